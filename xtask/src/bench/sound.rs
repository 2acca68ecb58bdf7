//! `cargo xtask bench sound`: what mixing costs beside ffmpeg and GStreamer, how old a guest's sound is in the program,
//! and what a picture of a screen costs beside ffmpeg's `x11grab`.
//!
//! Mixers and screens take turns with their peers in one run, and a round is kept only if the machine was free before and
//! after it. The guests' sound is read from the decoded recording of a rehearsal.

mod clicks;
mod mixers;
mod screens;

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use super::gate::Gate;
use crate::show::Profile;
use crate::show::figures::tenths;
use crate::tree::Tree;
use crate::{setup, shell};

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    profile: Profile,
    json: bool,
    rounds: usize,
    /// Of sound for the mixers.
    seconds: u32,
    /// Bursts of all guests together.
    clicks: u32,
    guests: u32,
    /// Pictures of the screen.
    frames: u32,
    parts: Vec<&'static str>,
}

const PARTS: [&str; 3] = ["mixers", "clicks", "screens"];

impl Wanted {
    fn of(arguments: &[String]) -> Result<Self> {
        let profile = Profile::default();
        let mut wanted = Self {
            profile,
            json: false,
            rounds: 5,
            seconds: 60,
            clicks: 1_040,
            guests: 4,
            frames: 300,
            parts: PARTS.to_vec(),
        };
        let mut line = arguments.iter();
        while let Some(argument) = line.next() {
            let mut value = || line.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--json" => wanted.json = true,
                "--debug" => wanted.profile = Profile::Debug,
                "--rounds" => wanted.rounds = value()?.parse().context("--rounds")?,
                "--seconds" => wanted.seconds = value()?.parse().context("--seconds")?,
                "--clicks" => wanted.clicks = value()?.parse().context("--clicks")?,
                "--guests" => wanted.guests = value()?.parse().context("--guests")?,
                "--frames" => wanted.frames = value()?.parse().context("--frames")?,
                "--only" => wanted.parts = vec![part(value()?)?],
                _ => bail!(
                    "bench sound knows --only, --rounds, --seconds, --clicks, --guests, --frames, --json, --debug \
                     and --yes, not {argument}"
                ),
            }
        }
        ensure!(
            wanted.rounds > 0 && wanted.seconds > 1 && wanted.frames > 1 && (1..=20).contains(&wanted.guests),
            "there must be something to measure: a round, two seconds, two frames, one to twenty guests"
        );
        ensure!(wanted.clicks >= wanted.guests, "each guest sounds once a second: at least one each");
        Ok(wanted)
    }

    fn has(&self, part: &str) -> bool {
        self.parts.contains(&part)
    }
}

fn part(word: &str) -> Result<&'static str> {
    let found = PARTS.into_iter().find(|part| *part == word);
    found.with_context(|| format!("there is no part {word}; there are {}", PARTS.join(", ")))
}

/// `cargo xtask bench sound [--only mixers|clicks|screens] [--rounds N] [--seconds N] [--clicks N] [--guests N]
/// [--frames N] [--json] [--debug]`. What is slow is printed and is no failure; what cannot be measured is one.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (yes, arguments) = setup::take_yes(arguments);
    let wanted = Wanted::of(&arguments)?;
    let binaries = crate::show::Cast::with_examples(tree, wanted.profile, yes)?.binaries;
    let ffmpeg = shell::which("ffmpeg").context("ffmpeg is not on PATH")?;
    if wanted.profile == Profile::Debug {
        eprintln!("DEBUG BINARIES: these figures say nothing about the product");
    }
    let mut gate = Gate::new();
    let load = crate::show::process::load();
    let mixers = wanted.has("mixers").then(|| mixers::measure(tree, &binaries, &ffmpeg, &wanted, &mut gate));
    let mixers = mixers.transpose()?;
    let screens = wanted.has("screens").then(|| screens::measure(&binaries, &ffmpeg, &wanted, &mut gate));
    let screens = screens.transpose()?;
    let clicks = wanted.has("clicks").then(|| clicks::measure(&binaries, &wanted)).transpose()?;
    let loads = [load, crate::show::process::load()].map(tenths);
    if wanted.json {
        println!(
            "{}",
            json!({
                "schema": 1,
                "profile": if wanted.profile == Profile::Release { "release" } else { "debug" },
                "mixers": mixers.as_ref().map(mixers::Mixers::json),
                "clicks": clicks.as_ref().map(clicks::Clicks::json),
                "screens": screens.as_ref().map(screens::Screens::json),
                "stolen_ms": gate.stolen_ms(),
                "load": loads,
            })
        );
    } else {
        mixers.as_ref().inspect(|mixers| mixers.print());
        screens.as_ref().inspect(|screens| screens.print());
        clicks.as_ref().inspect(|clicks| clicks.print());
        println!("load of this machine before and after: {} and {}", loads[0], loads[1]);
        println!("stolen from this machine meanwhile: {} ms of CPU time", gate.stolen_ms());
    }
    Ok(ExitCode::SUCCESS)
}

/// How long a round waits for a free moment before it counts as dropped.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Rounds that were measured while the machine was free.
struct Rounds<T> {
    kept: Vec<T>,
    dropped: usize,
}

impl<T> Rounds<T> {
    /// So many, or as many as came of three times that.
    fn take(wanted: usize, gate: &mut Gate, mut round: impl FnMut() -> Result<T>) -> Result<Self> {
        let mut rounds = Self { kept: Vec::new(), dropped: 0 };
        while rounds.kept.len() < wanted && rounds.dropped < 3 * wanted {
            if !gate.wait(PATIENCE) {
                rounds.dropped += 1;
                continue;
            }
            let figures = round()?;
            if gate.is_open() { rounds.kept.push(figures) } else { rounds.dropped += 1 }
        }
        ensure!(!rounds.kept.is_empty(), "the machine was too busy: no round was kept of {}", rounds.dropped);
        Ok(rounds)
    }

    /// Least, middle and most of one figure.
    fn spread(&self, figure: impl Fn(&T) -> f64) -> [f64; 3] {
        let mut all: Vec<f64> = self.kept.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        [all[0], super::compose::median(all.clone()), all[all.len() - 1]]
    }

    fn kept(&self) -> String {
        format!("{} of {} rounds kept", self.kept.len(), self.kept.len() + self.dropped)
    }
}

/// A goal beside what was measured.
fn verdict(figure: f64, goal: f64) -> &'static str {
    if figure <= goal { "met" } else { "MISSED" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(words: &[&str]) -> Result<Wanted> {
        Wanted::of(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn one_part_alone_can_be_asked_for_and_none_that_is_not_there() {
        let wanted_ = wanted(&["--only", "clicks", "--clicks", "40", "--guests", "2"]).unwrap();
        assert!(wanted_.has("clicks") && !wanted_.has("mixers"));
        assert!(wanted(&["--only", "naps"]).is_err() && wanted(&["--guests", "0"]).is_err());
        assert!(wanted(&["--clicks", "3"]).is_err(), "four guests");
    }

    #[test]
    fn the_spread_of_rounds_is_their_ends_and_their_middle() {
        let rounds = Rounds { kept: vec![3.0, 1.0, 2.0], dropped: 1 };
        assert_eq!(rounds.spread(|figure| *figure), [1.0, 2.0, 3.0]);
        assert_eq!(rounds.kept(), "3 of 4 rounds kept");
    }
}
