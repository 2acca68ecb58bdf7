//! Twenty stereo sources, each with gate, equaliser, compressor and limiter, mixed into one: ours, ffmpeg's `amix` and
//! GStreamer's `audiomixer`, on the same wavs.
//!
//! What is compared is mixing alone: for the peers a run that only reads the same wavs is subtracted, for ours a run of
//! one second; both take the start of the process with them. Ours also measures the program's loudness and every level.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use rig::Dice;
use serde_json::{Value, json};

use super::super::contest::measure as cost;
use super::super::gate::Gate;
use super::{Rounds, Wanted, verdict};
use crate::tree::Tree;
use crate::{setup, shell};

const SOURCES: u32 = 20;
const RATE: u32 = 48_000;
/// Cores.
const GOAL: f64 = 0.03;
/// Of the better peer.
const RATIO_GOAL: f64 = 0.5;

/// One round, in cores: CPU seconds for a second of sound.
#[derive(Clone, Copy, Debug)]
struct Round {
    ours: f64,
    /// As our example says it of its mixing thread.
    itself: f64,
    /// Noise, echo and gain of one voice.
    voice: f64,
    amix: f64,
    audiomixer: Option<f64>,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.ours / self.audiomixer.map_or(self.amix, |other| other.min(self.amix))
    }
}

/// What the mixers cost.
pub struct Mixers {
    rounds: Rounds<Round>,
    seconds: u32,
}

/// Measures them, taking turns, on wavs that are made where they are missing.
pub fn measure(
    tree: &Tree,
    binaries: &Path,
    ffmpeg: &Path,
    wanted: &Wanted,
    gate: &mut Gate,
) -> Result<Mixers> {
    let (seconds, example) = (wanted.seconds, binaries.join("examples/mixer_bench"));
    let wavs = wavs(&tree.target.join("bench"), seconds)?;
    let with_gstreamer = has_gstreamer();
    let above = |full: &Command, reading: &Command| -> Result<f64> {
        Ok((cost(full)?.cpu_ms - cost(reading)?.cpu_ms) / 1e3 / f64::from(seconds))
    };
    let rounds = Rounds::take(wanted.rounds, gate, || {
        let (all, one) = (cost(&ours(&example, &wavs, seconds))?, cost(&ours(&example, &wavs, 1))?);
        let said: Value = serde_json::from_str(all.said.lines().last().unwrap_or_default())?;
        let figure = |name: &str| said[name].as_f64().with_context(|| format!("no {name} in {said}"));
        let voice = figure("voice_core")?;
        Ok(Round {
            // The process also ran the voice's part for as long, beside the mixer.
            ours: (all.cpu_ms - one.cpu_ms) / 1e3 / f64::from(seconds - 1) - voice,
            itself: figure("mixer_core")?,
            voice,
            amix: above(&amix(ffmpeg, &wavs, true), &amix(ffmpeg, &wavs, false))?,
            audiomixer: with_gstreamer
                .then(|| above(&audiomixer(&wavs, true), &audiomixer(&wavs, false)))
                .transpose()?,
        })
    })?;
    Ok(Mixers { rounds, seconds })
}

impl Mixers {
    /// For the report.
    pub fn json(&self) -> Value {
        let spread = |figure: fn(&Round) -> f64| {
            let [least, middle, most] = self.rounds.spread(figure);
            json!({ "p50": middle, "least": least, "most": most })
        };
        let with_gstreamer = self.rounds.kept.iter().all(|round| round.audiomixer.is_some());
        json!({
            "sources": SOURCES,
            "seconds": self.seconds,
            "ours_cores": spread(|round| round.ours),
            "itself_cores": spread(|round| round.itself),
            "voice_cores": spread(|round| round.voice),
            "amix_cores": spread(|round| round.amix),
            "audiomixer_cores": with_gstreamer.then(|| spread(|round| round.audiomixer.unwrap_or_default())),
            "ratio": spread(Round::ratio),
            "goal_cores": GOAL,
            "goal_ratio": RATIO_GOAL,
            "rounds": self.rounds.kept.len(),
            "dropped": self.rounds.dropped,
        })
    }

    /// For a person.
    pub fn print(&self) {
        println!(
            "cores for {SOURCES} stereo sources, each with gate, equaliser, compressor and limiter; {} s, {}",
            self.seconds,
            self.rounds.kept()
        );
        let row = |what: &str, [least, middle, most]: [f64; 3]| {
            println!("  {what:34} {middle:.4} ({least:.4}–{most:.4})");
        };
        row("ours", self.rounds.spread(|round| round.ours));
        row("ours, as its thread says", self.rounds.spread(|round| round.itself));
        row("ffmpeg amix", self.rounds.spread(|round| round.amix));
        if self.rounds.kept.iter().all(|round| round.audiomixer.is_some()) {
            row("GStreamer audiomixer", self.rounds.spread(|round| round.audiomixer.unwrap_or_default()));
        }
        row("one voice: noise, echo and gain", self.rounds.spread(|round| round.voice));
        let (ours, ratio) = (self.rounds.spread(|round| round.ours)[1], self.rounds.spread(Round::ratio));
        println!("  ours {ours:.4}, goal ≤ {GOAL}: {}", verdict(ours, GOAL));
        println!(
            "  ours / the better peer {:.2} ({:.2}–{:.2}), goal ≤ {RATIO_GOAL}: {}",
            ratio[1],
            ratio[0],
            ratio[2],
            verdict(ratio[1], RATIO_GOAL)
        );
    }
}

fn has_gstreamer() -> bool {
    let there = ["audiomixer", "equalizer-nbands", "audiodynamic", "wavparse"].iter().all(|element| {
        let mut ask = Command::new("gst-inspect-1.0");
        shell::read(ask.args(["--exists", element])).is_ok()
    });
    if !there {
        eprintln!("GStreamer is left out: {}", setup::bench_command());
    }
    there
}

fn ours(example: &Path, wavs: &[PathBuf], seconds: u32) -> Command {
    let mut command = Command::new(example);
    command.args(["--strips", &wavs.len().to_string(), "--seconds", &seconds.to_string()]).args(wavs);
    command
}

/// ffmpeg, mixing or, to be subtracted, only reading the same inputs.
fn amix(ffmpeg: &Path, wavs: &[PathBuf], mixes: bool) -> Command {
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-v", "error"]);
    for wav in wavs {
        command.arg("-i").arg(wav);
    }
    if mixes {
        command.args(["-filter_complex", &filters(wavs.len()), "-map", "[program]"]);
    } else {
        for index in 0..wavs.len() {
            command.args(["-map", &format!("{index}:a")]);
        }
    }
    command.args(["-f", "null", "-"]);
    command
}

fn filters(sources: usize) -> String {
    const STRIP: &str = "aformat=sample_fmts=fltp,agate=threshold=0.01:attack=2:release=150,\
         highpass=f=80,lowshelf=f=120:g=3,equalizer=f=500:t=q:w=0.707:g=-4,\
         equalizer=f=3000:t=q:w=0.707:g=3,highshelf=f=8000:g=2,\
         acompressor=threshold=0.1:ratio=3:attack=10:release=150:knee=2,\
         alimiter=limit=0.7:attack=5:release=80:level=0";
    let strips: String = (0..sources).map(|index| format!("[{index}:a]{STRIP}[s{index}];")).collect();
    let ends: String = (0..sources).map(|index| format!("[s{index}]")).collect();
    format!("{strips}{ends}amix=inputs={sources}:normalize=0,alimiter=limit=0.89:level=0[program]")
}

/// GStreamer, mixing or only reading. It has no gate and no limiter of its own: its `audiodynamic` stands for them.
fn audiomixer(wavs: &[PathBuf], mixes: bool) -> Command {
    const STRIP: &str = "audioconvert ! audio/x-raw,format=F32LE ! \
         audiodynamic mode=expander characteristics=soft-knee threshold=0.01 ratio=4 ! \
         equalizer-nbands num-bands=5 band0::freq=80 band0::gain=-12 band1::freq=120 band1::gain=3 \
         band2::freq=500 band2::gain=-4 band3::freq=3000 band3::gain=3 band4::freq=8000 band4::gain=2 ! \
         audiodynamic mode=compressor characteristics=soft-knee threshold=0.1 ratio=0.33 ! \
         audiodynamic mode=compressor characteristics=hard-knee threshold=0.7 ratio=0";
    let mut command = Command::new("gst-launch-1.0");
    command.arg("-q");
    if mixes {
        let end = "audiomixer name=program ! audiodynamic characteristics=hard-knee threshold=0.89 ratio=0 ! \
                   fakesink sync=false";
        command.args(end.split_whitespace());
    }
    for wav in wavs {
        command.arg("filesrc").arg(format!("location={}", wav.display())).args(["!", "wavparse", "!"]);
        if mixes {
            command.args(STRIP.split_whitespace()).args(["!", "program."]);
        } else {
            command.args(["fakesink", "sync=false"]);
        }
    }
    command
}

/// Twenty wavs of this length; made once.
fn wavs(folder: &Path, seconds: u32) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let wav = |source: u32| -> Result<PathBuf> {
        let path = folder.join(format!("sound-{seconds}-{source}.wav"));
        let bytes = u64::from(seconds * RATE * 4) + 44;
        if !fs::metadata(&path).is_ok_and(|file| file.len() == bytes) {
            fs::write(&path, words(source, seconds))
                .with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(path)
    };
    (0..SOURCES).map(wav).collect()
}

/// Words of noise over a tone, 16-bit stereo: each is as loud as chance will, and two in five are pauses.
fn words(source: u32, seconds: u32) -> Vec<u8> {
    let (mut dice, frames) = (Dice::from_seed(u64::from(source) + 1), seconds * RATE);
    let mut wav = header(frames * 4);
    let turn = std::f64::consts::TAU * (220.0 + 40.0 * f64::from(source)) / f64::from(RATE);
    let mut level = 0.0;
    for frame in 0..frames {
        if frame.is_multiple_of(RATE / 5) {
            level = if dice.chance(40) { 0.001 } else { dice.below(600) as f64 / 1e3 + 0.1 };
        }
        let tone = 0.4 * (turn * f64::from(frame)).sin();
        for _ in 0..2 {
            let noise = dice.below(20_001) as f64 / 1e4 - 1.0;
            let sample = level * (tone + 0.5 * noise) * 32_767.0;
            wav.extend((sample as i16).to_le_bytes());
        }
    }
    wav
}

fn header(bytes: u32) -> Vec<u8> {
    let mut wav = Vec::with_capacity(bytes as usize + 44);
    wav.extend(b"RIFF");
    wav.extend((bytes + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    for word in [1u16, 2] {
        wav.extend(word.to_le_bytes());
    }
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 4).to_le_bytes());
    for word in [4u16, 16] {
        wav.extend(word.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_peer_is_the_one_that_counts() {
        let round = Round { ours: 0.02, itself: 0.02, voice: 0.0, amix: 0.1, audiomixer: None };
        let ratio = |audiomixer| (Round { audiomixer, ..round }.ratio() * 100.0).round();
        assert_eq!([None, Some(0.05), Some(0.2)].map(ratio), [20.0, 40.0, 20.0]);
    }

    #[test]
    fn a_wav_is_as_long_as_its_header_says_and_the_same_each_time() {
        let wav = words(3, 1);
        assert_eq!((wav.len(), &wav[40..44]), (44 + 192_000, &192_000u32.to_le_bytes()[..]));
        assert!(wav == words(3, 1) && wav != words(4, 1));
    }

    #[test]
    fn every_source_goes_through_its_own_strip_into_the_mix() {
        let filters = filters(2);
        assert!(filters.starts_with("[0:a]aformat") && filters.contains("[s0];[1:a]aformat"), "{filters}");
        assert!(filters.contains("[s1];[s0][s1]amix=inputs=2:"), "{filters}");
    }
}
