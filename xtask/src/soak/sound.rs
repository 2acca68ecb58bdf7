//! `cargo xtask soak sound`: a show on devices whose clocks are off, for long; and one whose devices are switched on air,
//! again and again.
//!
//! The sound server is one of its own. A microphone is a pipe that a process fills by a clock of its own (the example
//! `clockwork`), a speaker one that it empties, so 100 millionths are 100 millionths; cameras are the test camera's. What
//! is said of picture and sound is read from the decoded recording, what is said of gaps is what the app counts of its
//! devices.

mod recording;
mod steady;
mod studio;
mod switches;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::parts::Parts;
use crate::setup;
use crate::show::figures::tenths;
use crate::show::interrupt::Interrupt;
use crate::show::{Cast, Profile, process};
use crate::tree::Tree;

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    profile: Profile,
    json: bool,
    seconds: u32,
    switches: u32,
}

impl Wanted {
    fn of(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self { profile: Profile::default(), json: false, seconds: 600, switches: 50 };
        let mut only = None;
        let mut line = arguments.iter();
        while let Some(argument) = line.next() {
            let mut value = || line.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--json" => wanted.json = true,
                "--debug" => wanted.profile = Profile::Debug,
                "--seconds" => wanted.seconds = value()?.parse().context("--seconds")?,
                "--switches" => wanted.switches = value()?.parse().context("--switches")?,
                "--only" => only = Some(value()?.as_str()),
                _ => bail!(
                    "soak sound knows --only, --seconds, --switches, --json, --debug and --yes, not {argument}"
                ),
            }
        }
        match only {
            None => {}
            Some("steady") => wanted.switches = 0,
            Some("switches") => wanted.seconds = 0,
            Some(other) => bail!("there is no part {other}; there are steady and switches"),
        }
        ensure!(
            wanted.seconds == 0 || wanted.seconds >= steady::LEAST,
            "in less than {} s no drift is known",
            steady::LEAST
        );
        Ok(wanted)
    }
}

/// `cargo xtask soak sound [--only steady|switches] [--seconds N] [--switches N] [--json] [--debug]`. Exit code 0 when
/// nothing happened that must not happen, 1 otherwise, 130 when it was interrupted and all was well until then.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (yes, arguments) = setup::take_yes(arguments);
    let wanted = Wanted::of(&arguments)?;
    let binaries = Cast::with_examples(tree, wanted.profile, yes)?.binaries;
    let interrupt = Interrupt::listen()?;
    eprintln!("soak sound: {} s on air, {} switches of each device", wanted.seconds, wanted.switches);
    let (began, before) = (Instant::now(), tenths(process::load()));
    let mut parts = Parts::default();
    if wanted.seconds > 0 {
        parts.add("steady", steady::run(&binaries, wanted.seconds));
    }
    if wanted.switches > 0 && !interrupt.came() {
        parts.add("switches", switches::run(&binaries, wanted.switches));
    }
    let load = [before, tenths(process::load())];
    let seconds = began.elapsed().as_secs();
    if wanted.json {
        println!("{}", report(&wanted, seconds, load, &parts));
    } else {
        parts.print();
        println!("{} min {} s; load of this machine {} and {}", seconds / 60, seconds % 60, load[0], load[1]);
    }
    Ok(parts.exit(&interrupt))
}

fn report(wanted: &Wanted, seconds: u64, load: [f64; 2], parts: &Parts) -> Value {
    let json = json!({
        "schema": 1,
        "profile": if wanted.profile == Profile::Release { "release" } else { "debug" },
        "seconds": seconds,
        "load": load,
    });
    parts.put_into(json)
}

/// A goal of correctness beside what was found.
fn verdict(good: bool) -> &'static str {
    if good { "good" } else { "BAD" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(words: &[&str]) -> Result<Wanted> {
        Wanted::of(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn one_part_alone_leaves_the_other_out() {
        let only = wanted(&["--only", "switches", "--switches", "3"]).unwrap();
        assert_eq!((only.seconds, only.switches), (0, 3));
        assert_eq!(wanted(&[]).unwrap().seconds, 600);
        assert!(wanted(&["--only", "naps"]).is_err() && wanted(&["--seconds", "5"]).is_err());
    }
}
