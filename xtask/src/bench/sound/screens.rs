//! A 1080p picture of a screen: ours beside ffmpeg's `x11grab`, on one display whose every picture is new.
//!
//! What is compared is our process and theirs; the X server's own time is in neither. `x11grab` alone hands on the memory
//! that the server wrote and touches none of it; ours is what the program is composed from, I420. So there are two ratios:
//! to ffmpeg with that conversion, and to ffmpeg without.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::super::contest::{measure as cost, own_figure};
use super::super::gate::Gate;
use super::{Rounds, Wanted, verdict};
use crate::display::{Bare, Running};

const SIZE: (u32, u32) = (1920, 1080);
/// CPU-ms for a picture.
const GOAL: f64 = 1.0;
const RATIO_GOAL: f64 = 1.0;

/// One round, in CPU-ms a picture.
#[derive(Clone, Copy, Debug)]
struct Round {
    ours: f64,
    x11grab: f64,
    converted: f64,
}

impl Round {
    fn same_work(&self) -> f64 {
        self.ours / self.converted
    }

    fn untouched(&self) -> f64 {
        self.ours / self.x11grab
    }
}

/// What pictures of a screen cost.
pub struct Screens {
    rounds: Rounds<Round>,
    frames: u32,
}

/// Measures both, taking turns.
pub fn measure(binaries: &Path, ffmpeg: &Path, wanted: &Wanted, gate: &mut Gate) -> Result<Screens> {
    let display = Bare::start(SIZE)?;
    let example = binaries.join("examples/screen_bench");
    let size = format!("{}x{}", SIZE.0, SIZE.1);
    let painter = ["paint", "--display", display.name(), "--size", &size];
    let _painter = Running::start(&example, &painter, &[])?;
    let frames = wanted.frames;
    let above = |converts: bool| -> Result<f64> {
        let run = |frames| cost(&x11grab(ffmpeg, display.name(), frames, converts));
        Ok((run(frames)?.cpu_ms - run(1)?.cpu_ms) / f64::from(frames - 1))
    };
    let rounds = Rounds::take(wanted.rounds, gate, || {
        let mut ours = Command::new(&example);
        ours.args(["take", "--display", display.name(), "--size", &size, "--frames", &frames.to_string()]);
        let ours = own_figure(&cost(&ours)?.said).context("screen_bench did not say cpu_ms_per_frame")?;
        Ok(Round { ours, x11grab: above(false)?, converted: above(true)? })
    })?;
    Ok(Screens { rounds, frames })
}

fn x11grab(ffmpeg: &Path, display: &str, frames: u32, converts: bool) -> Command {
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-framerate", "30"]);
    command.args(["-video_size", &format!("{}x{}", SIZE.0, SIZE.1), "-i", display]);
    command.args(["-frames:v", &frames.to_string()]);
    if converts {
        command.args(["-pix_fmt", "yuv420p"]);
    }
    command.args(["-f", "null", "-"]);
    command
}

impl Screens {
    /// For the report.
    pub fn json(&self) -> Value {
        let spread = |figure: fn(&Round) -> f64| {
            let [least, middle, most] = self.rounds.spread(figure);
            json!({ "p50": middle, "least": least, "most": most })
        };
        json!({
            "frames": self.frames,
            "ours_cpu_ms": spread(|round| round.ours),
            "x11grab_cpu_ms": spread(|round| round.x11grab),
            "x11grab_i420_cpu_ms": spread(|round| round.converted),
            "ratio_i420": spread(Round::same_work),
            "ratio": spread(Round::untouched),
            "goal_cpu_ms": GOAL,
            "goal_ratio": RATIO_GOAL,
            "rounds": self.rounds.kept.len(),
            "dropped": self.rounds.dropped,
        })
    }

    /// For a person.
    pub fn print(&self) {
        println!(
            "CPU-ms per 1080p picture of a screen at 30 a second; {} of them, {}",
            self.frames,
            self.rounds.kept()
        );
        let row = |what: &str, [least, middle, most]: [f64; 3]| {
            println!("  {what:34} {middle:.2} ({least:.2}–{most:.2})");
        };
        row("ours, as I420", self.rounds.spread(|round| round.ours));
        row("ffmpeg x11grab", self.rounds.spread(|round| round.x11grab));
        row("ffmpeg x11grab, as I420", self.rounds.spread(|round| round.converted));
        let ours = self.rounds.spread(|round| round.ours)[1];
        println!("  ours {ours:.2}, goal ≤ {GOAL}: {}", verdict(ours, GOAL));
        for (what, [least, middle, most]) in [
            ("x11grab as I420, the same work", self.rounds.spread(Round::same_work)),
            ("x11grab, which touches no pixel", self.rounds.spread(Round::untouched)),
        ] {
            let verdict = verdict(middle, RATIO_GOAL);
            println!("  ours / {what} {middle:.2} ({least:.2}–{most:.2}), goal ≤ {RATIO_GOAL}: {verdict}");
        }
    }
}
