//! `cargo xtask bench room`: how fast people are in a show, how fast it follows them, and what each of them costs.
//!
//! One server, one host, one run. Joining is measured beside LiveKit's own Python SDK, taking turns in the same room;
//! everything else is time on one clock, taken where a line of a console came, with the machine's load beside it.

mod cost;
mod joins;
mod words;

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use self::cost::{Cost, Growth};
use self::joins::Joins;
use self::words::Words;
use crate::setup;
use crate::show::figures::{Times, tenths};
use crate::show::{Cast, Profile, Show, process};
use crate::tree::Tree;

/// Command → every seat, in ms.
const COMMAND_GOAL: f64 = 200.0;
/// Request → host → answer, in ms.
const ANSWER_GOAL: f64 = 100.0;
/// First frame, ours beside the SDK's.
const JOIN_GOAL: f64 = 1.1;

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    profile: Profile,
    json: bool,
    pairs: usize,
    words: usize,
    guests: Vec<u32>,
    visits: u32,
}

impl Wanted {
    fn of(arguments: &[String]) -> Result<Self> {
        let profile = Profile::default();
        let mut wanted =
            Self { profile, json: false, pairs: 10, words: 1_000, guests: vec![1, 4, 10], visits: 200 };
        let mut line = arguments.iter();
        while let Some(argument) = line.next() {
            let mut number = || -> Result<usize> {
                let value = line.next().with_context(|| format!("{argument} needs a number"))?;
                value.parse().with_context(|| format!("{argument} {value}"))
            };
            match argument.as_str() {
                "--quick" => {
                    (wanted.pairs, wanted.words, wanted.guests, wanted.visits) = (2, 60, vec![1, 3], 10);
                }
                "--json" => wanted.json = true,
                "--debug" => wanted.profile = Profile::Debug,
                "--pairs" => wanted.pairs = number()?,
                "--words" => wanted.words = number()?,
                "--visits" => wanted.visits = u32::try_from(number()?)?,
                _ => bail!(
                    "bench room knows --quick, --json, --debug, --pairs, --words, --visits and --yes, not {argument}"
                ),
            }
        }
        ensure!(
            wanted.pairs > 0 && wanted.words > 0 && wanted.visits > 1,
            "there must be something to measure"
        );
        Ok(wanted)
    }
}

/// `cargo xtask bench room [--quick] [--json] [--debug] [--pairs N] [--words N] [--visits N]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (yes, arguments) = setup::take_yes(arguments);
    let wanted = Wanted::of(&arguments)?;
    let cast = Cast::ready(tree, wanted.profile, yes)?;
    let report = measure(&cast, &wanted)?;
    if wanted.json {
        println!("{}", report.json());
    } else {
        report.print();
    }
    Ok(if report.growth.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything that was measured.
struct Report {
    profile: Profile,
    joins: Joins,
    words: Words,
    costs: Vec<Cost>,
    /// What stood in its way costs nothing of what was measured before.
    growth: Result<Growth>,
    /// Processes that waited for a core, at the end of each part.
    load: Vec<(&'static str, f64)>,
}

fn measure(cast: &Cast, wanted: &Wanted) -> Result<Report> {
    let mut load = Vec::new();
    let mut done = |part| load.push((part, tenths(process::load())));
    let mut show = Show::open(cast)?;
    eprintln!("joining: {} pairs", wanted.pairs);
    let joins = joins::measure(&mut show, wanted.pairs)?;
    done("joins");
    eprintln!("words: {} of each kind", wanted.words);
    let words = words::measure(&mut show, wanted.words)?;
    done("words");
    let mut costs = vec![cost::of(&mut show, 0)?];
    for guests in &wanted.guests {
        eprintln!("cost of {guests} on stage");
        costs.push(cost::of(&mut show, *guests)?);
    }
    done("costs");
    eprintln!("memory over {} visits", wanted.visits);
    let growth = cost::over_visits(&mut show, wanted.visits);
    done("visits");
    if growth.is_err() {
        show.keep();
    }
    show.close()?;
    Ok(Report { profile: wanted.profile, joins, words, costs, growth, load })
}

impl Report {
    fn json(&self) -> Value {
        let word = |times: &Times, goal: Option<f64>| {
            let mut json = times.json();
            json["goal_p99"] = goal.into();
            json
        };
        json!({
            "schema": 1,
            "profile": if self.profile == Profile::Release { "release" } else { "debug" },
            "joins": self.joins.json(),
            "command_to_all_ms": word(&self.words.command, Some(COMMAND_GOAL)),
            "request_to_answer_ms": word(&self.words.answer, Some(ANSWER_GOAL)),
            "request_to_host_ms": word(&self.words.request, None),
            "chat_to_told_ms": word(&self.words.chat, None),
            "unseen": self.words.unseen,
            "cores": self.costs.iter().map(|cost| cost.json(&self.costs[0])).collect::<Vec<_>>(),
            "memory": self.growth.as_ref().map_or_else(|error| json!({ "failed": format!("{error:#}") }), Growth::json),
            "load": self.load.iter().map(|(part, load)| json!({ "after": part, "load": load })).collect::<Vec<_>>(),
        })
    }

    fn print(&self) {
        if self.profile == Profile::Debug {
            println!("DEBUG BINARIES: these figures say nothing about the product");
        }
        self.joins.print(JOIN_GOAL);
        println!();
        let rows = [
            ("command → seen by everyone", &self.words.command, Some(COMMAND_GOAL)),
            ("request → host → answer", &self.words.answer, Some(ANSWER_GOAL)),
            ("request → the host's screen", &self.words.request, None),
            ("chat → stored and told back", &self.words.chat, None),
        ];
        for (what, times, goal) in rows {
            let goal = goal.map_or(String::new(), |goal| format!("   goal: p99 ≤ {goal} ms"));
            println!("{what:28} {}{goal}", times.words());
        }
        println!("{:28} {}", "never seen, of all of these", self.words.unseen);
        println!();
        cost::print(&self.costs);
        println!();
        match &self.growth {
            Ok(growth) => growth.print(),
            Err(error) => println!("memory: could not be measured: {error:#}"),
        }
        let load: Vec<_> = self.load.iter().map(|(part, load)| format!("{part} {load}")).collect();
        println!("load of this machine after    {}", load.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_check_is_short_and_can_be_changed_afterwards() {
        let wanted = Wanted::of(&["--quick", "--words", "5", "--debug"].map(String::from)).unwrap();
        assert_eq!((wanted.pairs, wanted.words, wanted.profile), (2, 5, Profile::Debug));
        assert!(Wanted::of(&["--words".to_owned()]).is_err());
        assert!(Wanted::of(&["--tiles".to_owned()]).is_err());
        assert!(Wanted::of(&["--words".to_owned(), "0".to_owned()]).is_err());
    }
}
