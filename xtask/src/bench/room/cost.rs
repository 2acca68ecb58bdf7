//! What people cost: cores of each process by the number of guests on stage, and memory over their visits.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::show::figures::{slope, tenths};
use crate::show::robot::Robot;
use crate::show::{PATIENCE, Show, person, process};

/// How long cores are counted.
const COUNTED: Duration = Duration::from_secs(10);
/// How long everything rests before, so that nothing of a join is counted.
const SETTLED: Duration = Duration::from_secs(3);
/// Visits that fill what is only filled once.
const WARM_UP: u32 = 10;
const NAMES: [&str; 3] = ["app", "crew's engine", "server"];

/// Cores that each process used, with so many guests on stage.
pub struct Cost {
    guests: u32,
    cores: [f64; 3],
}

/// Memory of each process over visits.
pub struct Growth {
    visits: u32,
    /// By visits made: bytes of each.
    samples: Vec<(u32, [u64; 3])>,
}

/// Puts so many robots on stage and counts for ten seconds.
pub fn of(show: &mut Show, guests: u32) -> Result<Cost> {
    // Other people than before: those may still be on their way out.
    let name = format!("guest-of-{guests}");
    let robots: Vec<_> = (0..guests).map(|number| on_stage(show, number, &name)).collect::<Result<_>>()?;
    std::thread::sleep(SETTLED);
    let pids = pids(show)?;
    let cores = process::cores(&pids, COUNTED)?;
    drop(robots);
    Ok(Cost { guests, cores: [cores[0], cores[1], cores[2]] })
}

/// Lets a guest come on stage and leave so often, and looks at the memory all the while.
pub fn over_visits(show: &mut Show, visits: u32) -> Result<Growth> {
    let mut samples = Vec::new();
    let every = (visits / 10).max(1);
    for visit in 0..WARM_UP + visits {
        if let Some(made) = visit.checked_sub(WARM_UP).filter(|made| made % every == 0) {
            samples.push((made, memory(show)?));
        }
        // The same person each time, as guests who come and go are.
        drop(on_stage(show, 0, "visitor")?);
        let gone = |snapshot: &Value| (person(snapshot, "visitor-0")?["presence"] != "joined").then_some(());
        show.host.wait(PATIENCE, gone).context("a visitor does not go")?;
    }
    samples.push((visits, memory(show)?));
    Ok(Growth { visits, samples })
}

fn on_stage(show: &mut Show, number: u32, name: &str) -> Result<Robot> {
    let identity = format!("{name}-{number}");
    let seat = show.host.seat("guest", &identity, "");
    let robot = Robot::start(&show.cast, &seat, number)?;
    let came = |snapshot: &Value| (person(snapshot, &identity)?["presence"] == "joined").then_some(());
    show.host.wait(PATIENCE, came).with_context(|| format!("{identity} does not come"))?;
    // Somebody who was on stage and comes back is there already.
    let who = json!({ "bus": "program", "person": identity });
    let _ = show.host.command(json!({ "show": { "add_to_stage": who } }));
    let flows = |snapshot: &Value| {
        let person = person(snapshot, &identity)?;
        (person["camera"]["flowing"] == true && person["microphone"]["flowing"] == true).then_some(())
    };
    show.host.wait(PATIENCE, flows).with_context(|| {
        let shown = show.host.snapshot();
        format!("{identity} is not seen and heard: {}", person(&shown, &identity).unwrap_or(&Value::Null))
    })?;
    Ok(robot)
}

fn pids(show: &mut Show) -> Result<[u32; 3]> {
    let mut of = |name: &str| show.host.process(name).with_context(|| format!("there is no {name}"));
    let (engine, server) = (of("sidestage-engine crew")?, of("livekit-server")?);
    Ok([show.host.pid(), engine, server])
}

fn memory(show: &mut Show) -> Result<[u64; 3]> {
    let [app, engine, server] = pids(show)?;
    Ok([process::resident(app)?, process::resident(engine)?, process::resident(server)?])
}

impl Cost {
    /// For the report; `without` is the same with nobody on stage.
    pub fn json(&self, without: &Self) -> Value {
        let of = |at: usize| {
            let each = self.each(without, at).map(|cores| (cores * 1e4).round() / 1e4);
            json!({ "process": NAMES[at], "cores": (self.cores[at] * 1e4).round() / 1e4, "each_guest": each })
        };
        json!({ "guests": self.guests, "processes": [of(0), of(1), of(2)] })
    }

    fn each(&self, without: &Self, at: usize) -> Option<f64> {
        (self.guests > 0).then(|| (self.cores[at] - without.cores[at]) / f64::from(self.guests))
    }
}

/// For a person; the first is the one with nobody on stage.
pub fn print(costs: &[Cost]) {
    println!("cores, on stage, not live    {:>20}   {:>20}   {:>20}", NAMES[0], NAMES[1], NAMES[2]);
    for cost in costs {
        let columns: Vec<_> = (0..NAMES.len())
            .map(|at| {
                let each = cost.each(&costs[0], at);
                let each = each.map_or(String::new(), |cores| format!(" ({cores:+.3} each)"));
                format!("{:>20}", format!("{:.3}{each}", cost.cores[at]))
            })
            .collect();
        println!("{:3} guests                   {}", cost.guests, columns.join("   "));
    }
}

impl Growth {
    fn of(&self, at: usize) -> (f64, f64, f64) {
        let megabytes = |bytes: u64| {
            #[allow(clippy::cast_precision_loss, reason = "memory is less than 2^53 bytes")]
            let bytes = bytes as f64;
            bytes / 1e6
        };
        let points: Vec<_> =
            self.samples.iter().map(|(visits, bytes)| (f64::from(*visits), megabytes(bytes[at]))).collect();
        let ends =
            points.first().zip(points.last()).map(|(first, last)| (first.1, last.1)).unwrap_or_default();
        (ends.0, ends.1, slope(&points) * 1e3)
    }

    /// For the report.
    pub fn json(&self) -> Value {
        let processes = (0..NAMES.len()).map(|at| {
            let (start, end, slope) = self.of(at);
            json!({
                "process": NAMES[at], "start_mb": tenths(start), "end_mb": tenths(end),
                "kb_each_visit": tenths(slope),
            })
        });
        json!({ "visits": self.visits, "processes": processes.collect::<Vec<_>>() })
    }

    /// For a person.
    pub fn print(&self) {
        println!("resident over {:4} visits     start MB   end MB   kB each visit (slope)", self.visits);
        for (at, name) in NAMES.iter().enumerate() {
            let (start, end, slope) = self.of(at);
            println!("{name:28} {start:9.1}  {end:7.1}   {slope:13.1}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_costs_what_is_more_than_without_them() {
        let without = Cost { guests: 0, cores: [0.1, 0.2, 0.3] };
        let four = Cost { guests: 4, cores: [0.5, 0.2, 0.3] };
        assert_eq!(four.json(&without)["processes"][0]["each_guest"], 0.1);
        assert_eq!(without.json(&without)["processes"][0]["each_guest"], Value::Null);
    }

    #[test]
    fn growth_is_the_slope_and_not_the_difference_of_the_ends() {
        let at = |bytes| [bytes, 0, 0];
        let growth =
            Growth { visits: 3, samples: vec![(0, at(1_000_000)), (1, at(2_000_000)), (2, at(3_000_000))] };
        assert_eq!(growth.json()["processes"][0]["kb_each_visit"], 1000.0);
    }
}
