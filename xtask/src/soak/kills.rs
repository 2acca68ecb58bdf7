//! The audience's engine is aborted while the show is live: the program is back at once, and none of it was composed
//! late.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rig::Dice;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::parts::Outcome;
use super::room::QUIET;
use crate::show::far::Far;
use crate::show::figures::Times;
use crate::show::interrupt::Interrupt;
use crate::show::{Cast, PATIENCE, Show};

const VIEWER: &str = include_str!("viewer.py");
/// What is not back after this does not come back.
const BACK_WITHIN: Duration = Duration::from_secs(30);

/// From the kill until the program is back, for 95 of 100 kills, in ms.
const GOAL: f64 = 1_000.0;

/// What was counted.
#[derive(Default)]
pub struct Kills {
    asked: u32,
    done: u32,
    /// Kills after which the program did not come back in time.
    never: u32,
    /// From the kill until a viewer decodes the program again.
    back: Times,
    due: u64,
    composed: u64,
    late: u64,
}

/// Kills so often.
pub fn run(cast: &Cast, count: u32, mut dice: Dice, interrupt: &Interrupt) -> Result<Kills> {
    let mut kills = Kills { asked: count, ..Kills::default() };
    let mut show = Show::open(cast)?;
    show.ask(json!({ "here": { "camera": { "on": true } } }))?;
    show.ask(json!({ "show": { "add_to_stage": { "bus": "program", "person": "host" } } }))?;
    show.go_live()?;
    let seat = show.host.seat("viewer", "far", "");
    let viewer = Far::run(&cast.python_sdk, VIEWER, &seat, json!({}))?;
    viewer.find(0, PATIENCE, |event| event.get("first").map(drop)).context("the viewer sees no program")?;
    let before = show.host.figures();
    while kills.done < count && !interrupt.came() {
        interrupt.sleep(dice.time(QUIET[0], QUIET[1]));
        if interrupt.came() {
            break;
        }
        match kill(&mut show, &viewer)? {
            Some(after) => kills.back.add(after),
            None => kills.never += 1,
        }
        kills.done += 1;
        eprintln!("kill {} of {count}: {}", kills.done, kills.back.words());
    }
    let after = show.host.figures();
    let since = |figure: &str| {
        let of =
            |figures: &Value| figures[figure].as_u64().with_context(|| format!("no {figure} in {figures}"));
        Ok::<_, anyhow::Error>(of(&after)?.saturating_sub(of(&before)?))
    };
    (kills.due, kills.composed, kills.late) = (since("due")?, since("composed")?, since("late")?);
    drop(viewer);
    if !kills.is_good() {
        show.keep();
    }
    show.close()?;
    Ok(kills)
}

/// Aborts the engine: how long it took, counted from then, until the viewer decoded the first picture of another
/// engine's track; `None` when there was none.
fn kill(show: &mut Show, viewer: &Far) -> Result<Option<Duration>> {
    let end = Instant::now() + BACK_WITHIN;
    // The one before may just be coming back to the list.
    let pid = loop {
        match show.host.process("sidestage-engine air") {
            Some(pid) => break pid,
            None if Instant::now() > end => return Ok(None),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let seen = viewer.count();
    let killed = monotonic();
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).context("a process has a number")?;
    kill_process(pid, Signal::ABORT).context("aborting the engine")?;
    // The viewer's clock is ours: the machine's own, in seconds. Each engine publishes a track of its own.
    let back = viewer.find(seen, BACK_WITHIN, |event| event["first"].as_f64().filter(|at| *at > killed));
    Ok(back.map(|(_, at)| Duration::from_secs_f64(at - killed)))
}

fn monotonic() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    #[allow(clippy::cast_precision_loss, reason = "a machine runs for less than 2^53 ns")]
    let seconds = now.tv_sec as f64 + now.tv_nsec as f64 / 1e9;
    seconds
}

impl Outcome for Kills {
    fn is_good(&self) -> bool {
        let soon = self.back.at(0.95).is_none_or(|p95| p95 <= GOAL);
        self.never == 0 && self.late == 0 && soon
    }

    fn json(&self) -> Value {
        json!({
            "asked": self.asked,
            "done": self.done,
            "never_back": self.never,
            "back_ms": self.back.json(),
            "frames": { "due": self.due, "composed": self.composed, "late": self.late },
        })
    }

    fn print(&self) {
        println!("engine kills          {} of {}", self.done, self.asked);
        println!("  program is back     {}   goal: p95 ≤ {GOAL} ms", self.back.words());
        println!("  never came back     {}", self.never);
        println!("  program frames      {} of {} composed, {} late", self.composed, self.due, self.late);
    }
}
