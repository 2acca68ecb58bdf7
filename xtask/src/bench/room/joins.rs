//! Joining: our engine and LiveKit's Python SDK in turn, in the room of the same host.
//!
//! Both count from their own call to connect. Both publish one 640×360 camera and a microphone, which the server
//! lets them do once the host has put them on stage, and it does so as soon as it sees them. The first frame is the
//! one that reaches the host's screen.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::super::gate::Gate;
use crate::show::far::Far;
use crate::show::figures::Times;
use crate::show::robot::Robot;
use crate::show::{PATIENCE, Show, person};

/// How long a pair waits for a free moment before it counts as dropped.
const FREE: Duration = Duration::from_secs(10);

/// One client's three times, from its call to connect.
#[derive(Clone, Copy)]
struct Join {
    connected: Duration,
    published: Duration,
    seen: Duration,
}

/// All pairs that were kept.
#[derive(Default)]
pub struct Joins {
    pairs: Vec<(Join, Join)>,
    dropped: usize,
}

/// Lets both join in turn until so many pairs are kept, or three times as many were dropped.
pub fn measure(show: &mut Show, wanted: usize) -> Result<Joins> {
    let mut gate = Gate::new();
    let mut joins = Joins::default();
    // The first of each pays for what is loaded once.
    ours(show, 0)?;
    theirs(show, 0)?;
    while joins.pairs.len() < wanted && joins.dropped < 3 * wanted {
        if !gate.wait(FREE) {
            joins.dropped += 1;
            continue;
        }
        let number = joins.pairs.len() + joins.dropped + 1;
        let pair = (ours(show, number)?, theirs(show, number)?);
        if gate.is_open() { joins.pairs.push(pair) } else { joins.dropped += 1 }
    }
    ensure!(!joins.pairs.is_empty(), "the machine was too busy to keep a single pair");
    Ok(joins)
}

fn ours(show: &mut Show, number: usize) -> Result<Join> {
    let identity = format!("ours-{number}");
    let seat = show.host.seat("guest", &identity, "");
    let since = Instant::now();
    let robot = Robot::start(&show.cast, &seat, 0)?;
    show.bring_on(&identity)?;
    let joined = robot.joined()?;
    let published = robot.published()?;
    let seen = first_frame(show, &identity, since)?;
    drop(robot);
    gone(show, &identity)?;
    Ok(Join { connected: joined.took, published, seen: seen.saturating_duration_since(joined.began) })
}

fn theirs(show: &mut Show, number: usize) -> Result<Join> {
    let identity = format!("theirs-{number}");
    let seat = show.host.seat("guest", &identity, "");
    let since = Instant::now();
    let far = Far::guest(&show.cast, &seat, Far::devices(440))?;
    show.bring_on(&identity)?;
    let (began, connected) = far.joined()?;
    let published = |what: &str| {
        let at = far.find(0, PATIENCE, |event| (event["published"] == what).then_some(()));
        at.map(|(at, ())| at.saturating_duration_since(began))
            .with_context(|| format!("{what} is not published"))
    };
    let published = published("camera")?.max(published("microphone")?);
    let seen = first_frame(show, &identity, since)?;
    far.leave();
    gone(show, &identity)?;
    Ok(Join { connected, published, seen: seen.saturating_duration_since(began) })
}

fn first_frame(show: &Show, identity: &str, since: Instant) -> Result<Instant> {
    let flows =
        |snapshot: &Value| person(snapshot, identity).is_some_and(|it| it["camera"]["flowing"] == true);
    show.host.when(since, PATIENCE, flows).with_context(|| format!("no picture of {identity}"))
}

fn gone(show: &Show, identity: &str) -> Result<()> {
    let gone = |snapshot: &Value| {
        person(snapshot, identity).is_none_or(|person| person["presence"] != "joined").then_some(())
    };
    show.host.wait(PATIENCE, gone).with_context(|| format!("{identity} does not go"))
}

type Figure = fn(&Join) -> Duration;
const FIGURES: [(&str, Figure); 3] = [
    ("connected", |join| join.connected),
    ("published", |join| join.published),
    ("first_frame", |join| join.seen),
];

/// Of all pairs: ours, theirs, and the ratios of each pair in order.
fn compared(pairs: &[(Join, Join)], figure: Figure) -> (Times, Times, Vec<f64>) {
    let (mut ours, mut theirs, mut ratios) = (Times::default(), Times::default(), Vec::new());
    for (our, their) in pairs {
        ours.add(figure(our));
        theirs.add(figure(their));
        ratios.push(figure(our).as_secs_f64() / figure(their).as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    (ours, theirs, ratios)
}

fn hundredths(ratio: f64) -> f64 {
    (ratio * 100.0).round() / 100.0
}

impl Joins {
    /// For the report.
    pub fn json(&self) -> Value {
        let mut json = json!({ "pairs": self.pairs.len(), "dropped": self.dropped });
        for (name, figure) in FIGURES {
            let (ours, theirs, ratios) = compared(&self.pairs, figure);
            json[name] = json!({
                "ours_ms": ours.json(),
                "python_sdk_ms": theirs.json(),
                "ratio": { "median": hundredths(ratios[ratios.len() / 2]), "min": hundredths(ratios[0]),
                    "max": hundredths(ratios[ratios.len() - 1]) },
            });
        }
        json
    }

    /// For a person.
    pub fn print(&self, goal: f64) {
        let tried = self.pairs.len() + self.dropped;
        println!("from the call to connect     ours ms   Python SDK ms   ratio (min–max)   pairs kept");
        for (name, figure) in FIGURES {
            let (ours, theirs, ratios) = compared(&self.pairs, figure);
            println!(
                "{:28} {:7.0}   {:13.0}   {:.2} ({:.2}–{:.2})   {} of {tried}{}",
                name.replace('_', " "),
                ours.at(0.5).unwrap_or_default(),
                theirs.at(0.5).unwrap_or_default(),
                ratios[ratios.len() / 2],
                ratios[0],
                ratios[ratios.len() - 1],
                self.pairs.len(),
                if name == "published" { String::new() } else { format!("   goal: ratio ≤ {goal}") },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_the_pairs_and_not_of_the_medians() {
        let join = |ms| {
            let time = Duration::from_millis(ms);
            Join { connected: time, published: time, seen: time }
        };
        let joins = Joins {
            pairs: vec![(join(100), join(200)), (join(300), join(100)), (join(90), join(90))],
            dropped: 1,
        };
        let json = joins.json();
        assert_eq!(json["first_frame"]["ratio"], json!({ "median": 1.0, "min": 0.5, "max": 3.0 }));
        assert_eq!(json["connected"]["ours_ms"]["p50"], 100.0);
        assert_eq!(json["dropped"], 1);
    }
}
