//! `cargo xtask soak room`: server restarts, resumed connections with messages under way, killed engines.

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use rig::Dice;
use serde_json::{Value, json};

use super::parts::Parts;
use super::{kills, restarts, resumes};
use crate::setup;
use crate::show::interrupt::Interrupt;
use crate::show::{Cast, Profile};
use crate::tree::Tree;

/// Between two faults, counted from when all was well again. What has lived for 3 s has lived well, and its death is
/// a first one: sooner than that, what is measured is how patiently the next life is waited for.
pub const QUIET: [Duration; 2] = [Duration::from_millis(3_500), Duration::from_millis(5_000)];

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    profile: Profile,
    json: bool,
    restarts: u32,
    resumes: u32,
    kills: u32,
    seed: u64,
}

impl Wanted {
    fn of(arguments: &[String]) -> Result<Self> {
        let profile = Profile::default();
        let mut wanted = Self { profile, json: false, restarts: 200, resumes: 50, kills: 200, seed: clock() };
        let mut only = None;
        let mut line = arguments.iter();
        while let Some(argument) = line.next() {
            let mut value = || line.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--json" => wanted.json = true,
                "--debug" => wanted.profile = Profile::Debug,
                "--restarts" => wanted.restarts = value()?.parse().context("--restarts")?,
                "--resumes" => wanted.resumes = value()?.parse().context("--resumes")?,
                "--kills" => wanted.kills = value()?.parse().context("--kills")?,
                "--seed" => wanted.seed = value()?.parse().context("--seed")?,
                "--only" => only = Some(value()?.as_str()),
                _ => bail!(
                    "soak room knows --only, --restarts, --resumes, --kills, --seed, --json, --debug and --yes, \
                     not {argument}"
                ),
            }
        }
        let asked = (wanted.restarts, wanted.resumes, wanted.kills);
        (wanted.restarts, wanted.resumes, wanted.kills) = match only {
            None => asked,
            Some("restarts") => (asked.0, 0, 0),
            Some("resumes") => (0, asked.1, 0),
            Some("kills") => (0, 0, asked.2),
            Some(other) => bail!("there is no part {other}; there are restarts, resumes and kills"),
        };
        Ok(wanted)
    }
}

fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// `cargo xtask soak room [--only PART] [--restarts N] [--resumes N] [--kills N] [--seed S] [--json] [--debug]`. Exit
/// code 0 when everything was survived as often as was asked for, 1 when something was not, 130 when it was
/// interrupted before the end and all was well until then.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (yes, arguments) = setup::take_yes(arguments);
    let wanted = Wanted::of(&arguments)?;
    let cast = Cast::ready(tree, wanted.profile, yes)?;
    let interrupt = Interrupt::listen()?;
    eprintln!(
        "soak room: start value {}; {} server restarts, {} resumes, {} engine kills",
        wanted.seed, wanted.restarts, wanted.resumes, wanted.kills
    );
    let (began, mut dice) = (Instant::now(), Dice::from_seed(wanted.seed));
    let mut parts = Parts::default();
    // Each part has chances of its own, so that it is the same with and without the others.
    let chances: [Dice; 3] = std::array::from_fn(|_| Dice::from_seed(dice.roll()));
    let [for_restarts, for_resumes, for_kills] = chances;
    if wanted.restarts > 0 {
        parts.add("restarts", restarts::run(&cast, wanted.restarts, for_restarts, &interrupt));
    }
    if wanted.resumes > 0 && !interrupt.came() {
        parts.add("resumes", resumes::run(&cast, wanted.resumes, for_resumes, &interrupt));
    }
    if wanted.kills > 0 && !interrupt.came() {
        parts.add("kills", kills::run(&cast, wanted.kills, for_kills, &interrupt));
    }
    let seconds = began.elapsed().as_secs();
    if wanted.json {
        println!("{}", report(&wanted, seconds, interrupt.came(), &parts));
    } else {
        say(&wanted, seconds, interrupt.came(), &parts);
    }
    Ok(parts.exit(&interrupt))
}

fn report(wanted: &Wanted, seconds: u64, stopped: bool, parts: &Parts) -> Value {
    let json = json!({
        "schema": 1,
        "seed": wanted.seed,
        "profile": if wanted.profile == Profile::Release { "release" } else { "debug" },
        "seconds": seconds,
        "interrupted": stopped,
    });
    parts.put_into(json)
}

fn say(wanted: &Wanted, seconds: u64, stopped: bool, parts: &Parts) {
    parts.print();
    let how = if stopped { ", interrupted" } else { "" };
    println!("start value {}, {} min {} s{how}", wanted.seed, seconds / 60, seconds % 60);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(line: &[&str]) -> Result<Wanted> {
        Wanted::of(&line.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn one_part_alone_leaves_the_others_out() {
        let wanted = wanted(&["--only", "resumes", "--resumes", "2", "--seed", "9"]).unwrap();
        assert_eq!((wanted.restarts, wanted.resumes, wanted.kills, wanted.seed), (0, 2, 0, 9));
    }

    #[test]
    fn without_a_word_everything_is_done_in_full_length() {
        let wanted = wanted(&[]).unwrap();
        assert_eq!((wanted.restarts, wanted.resumes, wanted.kills), (200, 50, 200));
        assert_eq!(wanted.profile, Profile::Release);
        assert!(super::tests::wanted(&["--only", "naps"]).is_err());
        assert!(super::tests::wanted(&["--kills"]).is_err());
    }
}
