//! How old guests' sound is in the program: each sounds once a second, at an instant that its picture tells, and both are
//! found in the decoded recording.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Wanted, verdict};
use crate::show::rehearsal::Rehearsal;

/// In ms.
const P50_GOAL: f64 = 80.0;
const P99_GOAL: f64 = 120.0;
/// This share of the clicks has to be found: otherwise what is said is of the good ones only.
const FOUND: f64 = 0.95;

/// What was found.
pub struct Clicks {
    guests: u32,
    asked: u32,
    samples: u64,
    p50: f64,
    p95: Option<f64>,
    p99: Option<f64>,
    most: f64,
    late: u64,
}

/// Runs a rehearsal with these guests, and reads its recording.
pub fn measure(binaries: &Path, wanted: &Wanted) -> Result<Clicks> {
    let seconds = wanted.clicks.div_ceil(wanted.guests);
    eprintln!("clicks: {} guests for {seconds} s", wanted.guests);
    let mut rehearsal = Rehearsal::new(binaries, seconds + 2)?;
    rehearsal.command.args(["--guests", &wanted.guests.to_string(), "--layout", "grid"]);
    Clicks::of(&rehearsal.run()?, wanted.guests, wanted.guests * seconds)
}

impl Clicks {
    fn of(report: &Value, guests: u32, asked: u32) -> Result<Self> {
        let sound = &report["file"]["sound_ms"];
        let samples = sound["samples"].as_u64().with_context(|| format!("no sound in {report}"))?;
        let found = samples as f64 / f64::from(asked);
        ensure!(found >= FOUND, "only {samples} of {asked} clicks are in the recording");
        let figure = |name: &str| sound[name].as_f64();
        Ok(Self {
            guests,
            asked,
            samples,
            p50: figure("p50").context("no median")?,
            p95: figure("p95"),
            p99: figure("p99"),
            most: figure("most").context("no maximum")?,
            late: report["program"]["late"].as_u64().unwrap_or_default(),
        })
    }

    /// For the report.
    pub fn json(&self) -> Value {
        json!({
            "guests": self.guests,
            "asked": self.asked,
            "samples": self.samples,
            "p50": self.p50,
            "p95": self.p95,
            "p99": self.p99,
            "max": self.most,
            "late_frames": self.late,
            "goal_p50": P50_GOAL,
            "goal_p99": P99_GOAL,
        })
    }

    /// For a person.
    pub fn print(&self) {
        let Self { guests, asked, samples, most, late, .. } = self;
        println!(
            "guest's click → program, in the recording: {guests} guests, {samples} of {asked} clicks found"
        );
        println!("  p50 {:.1} ms, goal ≤ {P50_GOAL}: {}", self.p50, verdict(self.p50, P50_GOAL));
        match self.p99 {
            Some(p99) => println!("  p99 {p99:.1} ms, goal ≤ {P99_GOAL}: {}", verdict(p99, P99_GOAL)),
            None => println!("  p99 – (fewer than 1,000 clicks)"),
        }
        let p95 = self.p95.map_or("–".to_owned(), |p95| format!("{p95:.1}"));
        println!("  p95 {p95} ms, max {most:.1} ms; {late} program frames late meanwhile");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_that_lost_clicks_gives_no_figure() {
        let sound = json!({ "samples": 94, "p50": 60.0, "p95": 70.0, "p99": null, "most": 90.0 });
        let report = json!({ "file": { "sound_ms": sound }, "program": { "late": 2 } });
        assert!(Clicks::of(&report, 1, 100).is_err());
        let clicks = Clicks::of(&report, 1, 95).unwrap();
        assert_eq!((clicks.p50, clicks.p99, clicks.late), (60.0, None, 2));
    }
}
