//! The host's microphone, camera and speaker, each switched on air again and again.
//!
//! Each microphone hears a tone of its own, and so does a third one that nobody chose: the one that the system offers
//! first, which a sound server likes to put in the place of one that goes.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::super::parts::Outcome;
use super::recording::Recording;
use super::studio::Studio;
use super::verdict;
use crate::shell;
use crate::show::figures::Times;
use crate::show::rehearsal::Rehearsal;

/// The two microphones: their names and what they hear, in Hz.
const MICROPHONES: [(&str, f64); 2] = [("mic_one", 997.0), ("mic_two", 2_311.0)];
/// The third one, of the rig's own.
const FOREIGN: (&str, f64) = ("mic_a", 5_003.0);
const CAMERAS: [(u32, &str); 2] = [(1, "Front"), (2, "Side")];
const SPEAKERS: [&str; 2] = ["spk_a", "spk_b"];
/// The first switch, and the time from one to the next of another kind, in ms.
const FIRST: u32 = 4_000;
const STEP: u32 = 700;
/// In ms.
const GAP: u32 = 20;
/// What is softer was not there, in dBFS.
const UNHEARD: f64 = -50.0;
/// After the new tone begins the old one is gone, in s: both are heard for a block of 10 ms.
const GONE: f64 = 0.1;
/// A bar of the cameras' pattern: a place in the program, and how bright it is there. A slate is darker.
const BAR: ((u32, u32), u8) = ((38, 216), 180);

/// What it came to.
pub struct Switches {
    asked: u32,
    /// From the command to the new tone in the recording.
    heard: Times,
    /// Switches after which the new tone was not heard.
    unheard: u32,
    /// The longest silence around any switch, in ms.
    gap_ms: u32,
    /// The loudest moment of the microphone that nobody chose, in dBFS.
    foreign: f64,
    /// The loudest moment of the microphone that had been left, in dBFS.
    left: f64,
    pictures: usize,
    /// Pictures that show no camera.
    slates: usize,
    late: u64,
    missing: u64,
    repeated: u64,
    /// Faults that the app reported.
    faults: Vec<String>,
    speaker_gaps: u64,
}

/// Runs it: so many switches of each kind.
pub fn run(binaries: &Path, switches: u32) -> Result<Switches> {
    let mut studio = Studio::open(binaries)?;
    for (n, (name, hz)) in MICROPHONES.into_iter().enumerate() {
        studio.microphone(name, name, [60, -60][n], ["--hz", &hz.to_string()])?;
    }
    let _foreign = studio.pulse.feed(FOREIGN.0, FOREIGN.1);
    for (number, name) in CAMERAS {
        studio.cameras.plug(number, name, &["YUYV 1280x720@30"]);
    }
    let seconds = (FIRST + 3 * STEP * switches) / 1_000 + 3;
    let mut rehearsal = Rehearsal::new(binaries, seconds)?;
    let script = rehearsal.file("script", &script(switches))?;
    let show = &mut rehearsal.command;
    studio.attach(show);
    show.args(["--guests", "0", "--layout", "solo", "--script"]).arg(script);
    for kind in Kind::ALL {
        show.args([format!("--{}", kind.word()), kind.device(0)]);
    }
    let report = rehearsal.run()?;
    let ffmpeg = shell::which("ffmpeg").context("ffmpeg is not on PATH")?;
    let recording = Recording::read(&ffmpeg, &rehearsal.recording(), BAR.0)?;
    let outcome = Switches::of(&report, &recording, switches)?;
    if !outcome.is_good() {
        rehearsal.keep();
    }
    Ok(outcome)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Microphone,
    Camera,
    Speaker,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Microphone, Self::Camera, Self::Speaker];

    fn word(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Speaker => "speaker",
        }
    }

    /// The first or the second one's id.
    fn device(self, which: u32) -> String {
        let which = which as usize % 2;
        match self {
            Self::Microphone => format!("pulseaudio:{}", MICROPHONES[which].0),
            Self::Camera => format!("camera:name-{}", CAMERAS[which].1),
            Self::Speaker => format!("pulseaudio:{}", SPEAKERS[which]),
        }
    }

    /// When its switch of this number comes, in ms of the recording.
    fn at_ms(self, number: u32) -> u32 {
        let offset = match self {
            Self::Microphone => 0,
            Self::Camera => STEP,
            Self::Speaker => 2 * STEP,
        };
        FIRST + number * 3 * STEP + offset
    }
}

/// The app's own script: a line for each switch.
fn script(switches: u32) -> String {
    let line = |kind: Kind, number: u32| {
        let choice = json!({ "kind": kind.word(), "device": kind.device(number + 1) });
        let command = json!({ "here": { "choose_device": choice } });
        format!("{}\n", json!({ "at_ms": kind.at_ms(number), "command": command }))
    };
    (0..switches).flat_map(|number| Kind::ALL.map(|kind| line(kind, number))).collect()
}

impl Switches {
    fn of(report: &Value, recording: &Recording, switches: u32) -> Result<Self> {
        let count = |value: &Value, what: &str| value.as_u64().with_context(|| format!("no {what}"));
        let devices = report["devices"].as_array().into_iter().flatten();
        let speaker = devices.clone().find(|device| device["kind"] == "speaker").context("no speaker")?;
        let faults = report["faults"].as_array().into_iter().flatten().map(Value::to_string);
        let mut outcome = Self {
            asked: switches,
            heard: Times::default(),
            unheard: 0,
            gap_ms: 0,
            foreign: recording.loudest(FOREIGN.1, 0.0, recording.seconds()),
            left: -120.0,
            pictures: recording.spot.len(),
            slates: recording.spot.iter().filter(|luma| luma.abs_diff(BAR.1) > 12).count(),
            late: count(&report["program"]["late"], "late frames")?,
            missing: count(&report["file"]["missing"], "missing frames")?,
            repeated: count(&report["file"]["repeated"], "repeated frames")?,
            faults: faults.collect(),
            speaker_gaps: count(&speaker["sound"]["gaps"], "gaps")?,
        };
        for number in 0..switches {
            outcome.listen(recording, number);
        }
        Ok(outcome)
    }

    /// What is heard of a switch of the microphone, until the next one.
    fn listen(&mut self, recording: &Recording, number: u32) {
        let time = |number| f64::from(Kind::Microphone.at_ms(number)) / 1e3;
        let (from, to) = (time(number), time(number + 1));
        let (old, new) = (MICROPHONES[number as usize % 2].1, MICROPHONES[(number as usize + 1) % 2].1);
        self.gap_ms = self.gap_ms.max(recording.silence_ms(from - 0.2, to - 0.2));
        match recording.begins(new, from, to) {
            Some(begins) => {
                self.heard.add(std::time::Duration::from_secs_f64(begins - from));
                self.left = self.left.max(recording.loudest(old, begins + GONE, to));
            }
            None => self.unheard += 1,
        }
    }

    fn has_all_frames(&self) -> bool {
        (self.late, self.missing, self.repeated) == (0, 0, 0)
    }

    fn is_clean(&self) -> bool {
        self.foreign < UNHEARD && self.left < UNHEARD && self.unheard == 0
    }
}

impl Outcome for Switches {
    fn is_good(&self) -> bool {
        self.has_all_frames()
            && self.is_clean()
            && self.gap_ms <= GAP
            && self.slates == 0
            && self.faults.is_empty()
    }

    fn json(&self) -> Value {
        json!({
            "asked": self.asked,
            "heard_after_ms": self.heard.json(),
            "unheard": self.unheard,
            "gap_ms": self.gap_ms,
            "foreign_dbfs": self.foreign,
            "left_dbfs": self.left,
            "pictures": self.pictures,
            "slates": self.slates,
            "late": self.late,
            "missing": self.missing,
            "repeated": self.repeated,
            "faults": self.faults,
            "speaker_gaps": self.speaker_gaps,
            "good": self.is_good(),
        })
    }

    fn print(&self) {
        println!("switches: microphone, camera and speaker on air, {} times each", self.asked);
        println!(
            "  program frames late {}, missing {}, repeated {}: {}",
            self.late,
            self.missing,
            self.repeated,
            verdict(self.has_all_frames())
        );
        println!("  the chosen microphone is heard {}; never heard {}", self.heard.words(), self.unheard);
        println!(
            "  loudest of one that nobody chose {:.0} dBFS, of one that was left {:.0} dBFS (1 ms would be −40): {}",
            self.foreign,
            self.left,
            verdict(self.is_clean())
        );
        println!("  longest silence {} ms, goal ≤ {GAP}: {}", self.gap_ms, verdict(self.gap_ms <= GAP));
        println!(
            "  pictures without a camera {} of {}: {}",
            self.slates,
            self.pictures,
            verdict(self.slates == 0)
        );
        println!("  gaps of the speakers, in all {}", self.speaker_gaps);
        for fault in &self.faults {
            println!("  fault {fault}: {}", verdict(false));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn the_script_switches_each_kind_in_turn_and_begins_with_the_second_device() {
        let script = script(2);
        let lines: Vec<Value> = script.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let choice = |n: usize| lines[n]["command"]["here"]["choose_device"]["device"].clone();
        assert_eq!(
            (lines.len(), choice(0), choice(3)),
            (6, "pulseaudio:mic_two".into(), "pulseaudio:mic_one".into())
        );
        assert_eq!((lines[4]["at_ms"].clone(), choice(1)), (6_800.into(), "camera:name-Side".into()));
    }

    /// A recording of one switch that took 200 ms, with some of a third tone for so many samples and a hole after it.
    fn recorded(third: usize, hole: usize) -> Recording {
        let tone = |hz: f64, n: usize| 0.25 * (TAU * hz * n as f64 / 48_000.0).sin();
        let takes_over = 48_000 * 42 / 10;
        let sample = |n: usize| {
            let hz = MICROPHONES[usize::from(n >= takes_over)].1;
            let foreign =
                if (240_000..240_000 + third).contains(&n) { 2.0 * tone(FOREIGN.1, n) } else { 0.0 };
            let silent = (takes_over..takes_over + hole).contains(&n);
            if silent { 0.0 } else { (tone(hz, n) + foreign) as f32 }
        };
        Recording { sound: (0..48_000 * 7).map(sample).collect(), spot: vec![180; 210] }
    }

    #[test]
    fn a_late_frame_a_hole_a_slate_and_a_foreign_millisecond_are_each_bad() {
        let report = |late: u64| {
            json!({
                "program": { "late": late }, "file": { "missing": 0, "repeated": 0 }, "faults": [],
                "devices": [{ "kind": "speaker", "sound": { "gaps": 0 } }],
            })
        };
        let outcome = |late, recording: &Recording| Switches::of(&report(late), recording, 1).unwrap();
        let good = outcome(0, &recorded(0, 0));
        assert!(good.is_good(), "{}", good.json());
        assert!((180.0..=200.0).contains(&good.heard.at(0.5).unwrap()), "{}", good.json());
        assert!(!outcome(1, &recorded(0, 0)).is_good());
        assert!(!outcome(0, &recorded(48, 0)).is_good());
        assert!(outcome(0, &recorded(0, 960)).is_good() && !outcome(0, &recorded(0, 1_200)).is_good());
        let slate = Recording { spot: vec![180, 40, 180], ..recorded(0, 0) };
        assert!(!outcome(0, &slate).is_good());
    }
}
