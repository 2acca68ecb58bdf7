//! A long show: a microphone that is 100 millionths fast, a speaker that is as slow, a camera, a guest.
//!
//! The camera flashes when the microphone hears a burst, each by the machine's clock, so the recording tells how old either
//! is in the program, how far they are apart and what became of that over time.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::super::parts::Outcome;
use super::studio::Studio;
use super::verdict;
use crate::show::figures::tenths;
use crate::show::rehearsal::Rehearsal;

/// Seconds: in the first thirty a device's clock becomes known, and a line is drawn through twenty bursts at least.
pub const LEAST: u32 = 60;
/// How far the clocks are off, in millionths.
const SKEW: i32 = 100;
/// The host's camera is of this number, which says when it flashes and at what pitch its microphone has to sound. The guest
/// is number 0.
const HOST: u32 = 7;
/// In ms, after the first half minute.
const DRIFT: f64 = 1.0;
/// In ms, 95 of 100.
const APART: f64 = 15.0;
/// This share of the host's bursts has to be found.
const FOUND: f64 = 0.95;

/// What a device came to.
#[derive(Clone, Debug, PartialEq)]
struct Device {
    kind: String,
    gaps: u64,
    dropped: u64,
    ppm: f64,
    latency_ms: f64,
}

/// What the show came to.
pub struct Steady {
    seconds: u32,
    devices: Vec<Device>,
    losses: u64,
    bursts: u64,
    drift_ms: Option<f64>,
    apart_p95: Option<f64>,
    offset_p50: Option<f64>,
    sound_p50: Option<f64>,
    picture_p50: Option<f64>,
    late: u64,
    missing: u64,
    repeated: u64,
}

/// Runs it.
pub fn run(binaries: &Path, seconds: u32) -> Result<Steady> {
    let mut studio = Studio::open(binaries)?;
    studio.microphone("quick_mic", "Quick Microphone", SKEW, ["--guest", &HOST.to_string()])?;
    studio.speaker("slow_spk", "Slow Speaker", -SKEW)?;
    studio.cameras.plug(HOST, "Webcam", &["YUYV 1280x720@30"]);
    let mut rehearsal = Rehearsal::new(binaries, seconds)?;
    let show = &mut rehearsal.command;
    studio.attach(show);
    show.args(["--guests", "1", "--layout", "grid", "--host-as", &HOST.to_string()]);
    show.args(["--microphone", "pulseaudio:quick_mic", "--camera", "camera:name-Webcam"]);
    show.args(["--speaker", "pulseaudio:slow_spk"]);
    let report = rehearsal.run()?;
    let steady = Steady::of(&report, studio.losses())?;
    if !steady.is_good() {
        rehearsal.keep();
    }
    Ok(steady)
}

impl Steady {
    fn of(report: &Value, losses: u64) -> Result<Self> {
        let devices = report["devices"].as_array().context("no devices in the report")?;
        let host =
            report["guests"].as_array().into_iter().flatten().find(|guest| guest["identity"] == "host");
        let host = host.context("the host is not in the report")?;
        let count = |value: &Value, what: &str| value.as_u64().with_context(|| format!("no {what}"));
        Ok(Self {
            seconds: report["seconds"].as_f64().context("no length")? as u32,
            devices: devices.iter().filter(|device| device["sound"].is_object()).map(Device::of).collect(),
            losses,
            bursts: count(&host["sound_ms"]["samples"], "bursts")?,
            drift_ms: host["sound_drift_ms"].as_f64(),
            apart_p95: host["av_apart_ms"]["p95"].as_f64(),
            offset_p50: host["av_offset_ms"]["p50"].as_f64(),
            sound_p50: host["sound_ms"]["p50"].as_f64(),
            picture_p50: host["latency_ms"]["p50"].as_f64(),
            late: count(&report["program"]["late"], "late frames")?,
            missing: count(&report["file"]["missing"], "missing frames")?,
            repeated: count(&report["file"]["repeated"], "repeated frames")?,
        })
    }

    fn has_no_gaps(&self) -> bool {
        let whole = |device: &Device| (device.gaps, device.dropped) == (0, 0);
        self.devices.len() == 2 && self.devices.iter().all(whole)
    }

    fn holds(&self) -> bool {
        self.drift_ms.is_some_and(|drift| drift.abs() <= DRIFT)
    }

    fn is_in_step(&self) -> bool {
        self.apart_p95.is_some_and(|apart| apart <= APART)
    }

    fn was_found(&self) -> bool {
        self.bursts as f64 >= f64::from(self.seconds) * FOUND
    }
}

impl Device {
    fn of(device: &Value) -> Self {
        let sound = &device["sound"];
        Self {
            kind: device["kind"].as_str().unwrap_or_default().to_owned(),
            // What is not said counts as bad.
            gaps: sound["gaps"].as_u64().unwrap_or(u64::MAX),
            dropped: sound["dropped"].as_u64().unwrap_or(u64::MAX),
            ppm: sound["ppm"].as_f64().unwrap_or(f64::NAN),
            latency_ms: sound["latency_ms"].as_f64().unwrap_or(f64::NAN),
        }
    }
}

impl Outcome for Steady {
    fn is_good(&self) -> bool {
        self.has_no_gaps() && self.holds() && self.is_in_step() && self.was_found()
    }

    fn json(&self) -> Value {
        let device = |device: &Device| {
            json!({
                "kind": device.kind,
                "gaps": device.gaps,
                "dropped": device.dropped,
                "ppm": tenths(device.ppm),
                "latency_ms": tenths(device.latency_ms),
            })
        };
        json!({
            "seconds": self.seconds,
            "skew_ppm": SKEW,
            "devices": self.devices.iter().map(device).collect::<Vec<_>>(),
            "lost_by_the_rig": self.losses,
            "bursts": self.bursts,
            "drift_ms": self.drift_ms,
            "av_apart_p95_ms": self.apart_p95,
            "av_offset_p50_ms": self.offset_p50,
            "sound_p50_ms": self.sound_p50,
            "picture_p50_ms": self.picture_p50,
            "late": self.late,
            "missing": self.missing,
            "repeated": self.repeated,
            "good": self.is_good(),
        })
    }

    fn print(&self) {
        let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
        println!("steady: {} s on air, clocks off by ±{SKEW} ppm", self.seconds);
        for Device { kind, gaps, dropped, ppm, latency_ms } in &self.devices {
            println!(
                "  {kind:<10} {gaps} gaps, {dropped} frames lost, measured {ppm:+.1} ppm, {latency_ms:.1} ms on the way"
            );
        }
        println!("  no gap and no loss of ours: {}", verdict(self.has_no_gaps()));
        if self.losses > 0 {
            println!(
                "  the rig itself lost {} blocks of 10 ms: this machine was too busy for it",
                self.losses
            );
        }
        println!("  bursts found in the recording: {}: {}", self.bursts, verdict(self.was_found()));
        let drift = self.drift_ms.map_or("–".to_owned(), |drift| format!("{drift:+.2}"));
        println!(
            "  sound has become older by {drift} ms after the first 30 s, goal ±{DRIFT}: {}",
            verdict(self.holds())
        );
        println!(
            "  picture and sound apart p95 {} ms, goal ≤ {APART}: {}; picture − sound p50 {} ms",
            figure(self.apart_p95),
            verdict(self.is_in_step()),
            figure(self.offset_p50),
        );
        println!(
            "  age in the program: sound {} ms, picture {} ms",
            figure(self.sound_p50),
            figure(self.picture_p50)
        );
        println!("  program frames late {}, missing {}, repeated {}", self.late, self.missing, self.repeated);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(gaps: u64, drift: f64, apart: f64, bursts: u64) -> Value {
        let device = |kind: &str, gaps: u64| {
            let sound = json!({ "gaps": gaps, "dropped": 0, "ppm": 99.0, "latency_ms": 20.0 });
            json!({ "kind": kind, "sound": sound })
        };
        let range = |value: f64| json!({ "samples": bursts, "p50": value, "p95": value });
        json!({
            "seconds": 60.0,
            "program": { "late": 0 },
            "file": { "missing": 0, "repeated": 0 },
            "devices": [device("microphone", gaps), device("speaker", 0), { "kind": "camera", "sound": null }],
            "guests": [{
                "identity": "host", "sound_ms": range(20.0), "av_apart_ms": range(apart),
                "av_offset_ms": range(1.0), "latency_ms": range(30.0), "sound_drift_ms": drift,
            }],
        })
    }

    #[test]
    fn each_goal_is_missed_by_itself() {
        let good = |report: &Value| Steady::of(report, 0).unwrap().is_good();
        assert!(good(&report(0, -0.9, 14.9, 58)));
        for bad in [
            report(1, 0.0, 1.0, 60),
            report(0, 1.1, 1.0, 60),
            report(0, 0.0, 15.1, 60),
            report(0, 0.0, 1.0, 50),
        ] {
            assert!(!good(&bad), "{bad}");
        }
    }
}
