//! Signalling is cut while messages are under way: each is kept once, in the order in which its sender said it.
//!
//! Five seats of ours talk through a proxy that is snapped, or cut for a moment, in the middle of what they say.
//! Each says its words no faster than the host's gate lets one person speak, and says again what its own machine
//! refused. What is asserted was read from the host's screen and, at the end, from its database.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rig::{Dice, Proxy};
use serde_json::{Value, json};

use super::parts::Outcome;
use crate::shell;
use crate::show::console::Console;
use crate::show::figures::Times;
use crate::show::interrupt::Interrupt;
use crate::show::{Cast, Show};

const SENDERS: usize = 5;
/// Of each sender during each cut: 500 in all.
const MESSAGES: usize = 100;
/// A little less than the gate's own 10 a second and 30 at once, which calls and repeats share.
const BURST: usize = 20;
const PACE: Duration = Duration::from_millis(125);
/// What is not stored after this is lost.
const STORED_WITHIN: Duration = Duration::from_secs(60);
/// How long a cut lasts that is not mended at once.
const CUT: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(4)];

/// Prints what the database holds of the crew's chat, a line each: sender and text, in the order of their numbers.
const READ: &str = "
import json, sqlite3, sys
kept = sqlite3.connect(sys.argv[1])
for row in kept.execute(\"SELECT sender, text FROM chat WHERE room = 'crew' ORDER BY seq\"):
    print(json.dumps(row))
";

/// What was counted.
#[derive(Default)]
pub struct Resumes {
    asked: u32,
    done: u32,
    /// Messages that their own machine took.
    said: usize,
    /// What a machine refused at first.
    refused: usize,
    host: Kept,
    database: Kept,
    /// From the last word of a round until everything of it is stored.
    caught_up: Times,
}

/// What is there of what was said.
#[derive(Debug, Default, PartialEq, Eq)]
struct Kept {
    lost: usize,
    twice: usize,
    /// Later than one that its sender said after it.
    late: usize,
}

struct Sender {
    identity: String,
    console: Console,
    said: Vec<String>,
}

/// Cuts so often.
pub fn run(cast: &Cast, count: u32, mut dice: Dice, interrupt: &Interrupt) -> Result<Resumes> {
    let mut resumes = Resumes { asked: count, ..Resumes::default() };
    let mut show = Show::open(cast)?;
    let proxy = Proxy::to_port(show.port()?);
    let mut senders = Vec::new();
    for number in 1..=SENDERS {
        let identity = format!("sender-{number}");
        let console = show.sit("guest", &identity, Some(proxy.port()))?;
        senders.push(Sender { identity, console, said: Vec::new() });
    }
    ensure!(proxy.connections() >= SENDERS, "the seats do not go through the proxy");
    while resumes.done < count && !interrupt.came() {
        let round = resumes.done;
        talk(&mut senders, round, &proxy, &mut dice, &mut resumes)?;
        resumes.done += 1;
        let began = Instant::now();
        while missing(&show.host, &senders) > resumes.host.lost && began.elapsed() < STORED_WITHIN {
            std::thread::sleep(Duration::from_millis(50));
        }
        match missing(&show.host, &senders) - resumes.host.lost {
            0 => resumes.caught_up.add(began.elapsed()),
            lost => explain(lost, &senders),
        }
        // Not waited for again; the count at the end is what counts.
        resumes.host.lost = missing(&show.host, &senders);
        eprintln!(
            "resume {} of {count}: {} said, {} not stored, {} connections through the proxy",
            resumes.done,
            senders.iter().map(|sender| sender.said.len()).sum::<usize>(),
            missing(&show.host, &senders),
            proxy.connections(),
        );
    }
    if resumes.host.lost > 0 {
        show.keep();
    }
    let on_screen = show.host.chat("crew");
    let said: BTreeMap<_, _> =
        senders.iter().map(|sender| (sender.identity.clone(), sender.said.clone())).collect();
    drop(senders);
    let (database, _place) = show.close()?;
    resumes.said = said.values().map(Vec::len).sum();
    resumes.host = Kept::of(&said, on_screen.iter().filter_map(|line| pair(&line["from"], &line["text"])));
    resumes.database = Kept::of(&said, read(&database)?.iter().filter_map(|row| pair(&row[0], &row[1])));
    Ok(resumes)
}

/// Everybody talks; somewhere in the middle the proxy is snapped or cut.
fn talk(
    senders: &mut [Sender],
    round: u32,
    proxy: &Proxy,
    dice: &mut Dice,
    resumes: &mut Resumes,
) -> Result<()> {
    let cut_at = usize::try_from(dice.below(MESSAGES as u64))?;
    let cut_for = dice.chance(50).then(|| dice.time(CUT[0], CUT[1]));
    let (mut healed_at, began) = (None, Instant::now());
    for number in 0..MESSAGES {
        if number == cut_at {
            match cut_for {
                None => proxy.snap(),
                Some(long) => {
                    proxy.cut();
                    healed_at = Some(Instant::now() + long);
                }
            }
        }
        for sender in senders.iter_mut() {
            let text = format!("{round} {number} {}", dice.roll());
            resumes.refused += sender.say(text, || heal(proxy, &mut healed_at))?;
        }
        let due = began + PACE * u32::try_from(number.saturating_sub(BURST))?;
        while Instant::now() < due {
            heal(proxy, &mut healed_at);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    while healed_at.is_some() {
        heal(proxy, &mut healed_at);
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// What the seats say of what the host does not have.
fn explain(lost: usize, senders: &[Sender]) {
    eprintln!("{lost} messages were not stored within {STORED_WITHIN:?}");
    for Sender { identity, console, .. } in senders {
        let snapshot = console.snapshot();
        eprintln!("  {identity}: seat {}, notices {}", snapshot["seat"], snapshot["notices"]);
    }
}

fn heal(proxy: &Proxy, at: &mut Option<Instant>) {
    if at.is_some_and(|at| Instant::now() >= at) {
        proxy.heal();
        *at = None;
    }
}

impl Sender {
    /// Says it until its own machine takes it; how often it did not. `meanwhile` is done between two tries.
    fn say(&mut self, text: String, mut meanwhile: impl FnMut()) -> Result<usize> {
        let said = json!({ "here": { "say": { "room": "crew", "text": text } } });
        let began = Instant::now();
        let mut refused = 0;
        loop {
            match self.console.command(said.clone()) {
                Ok(_) => {
                    self.said.push(text);
                    return Ok(refused);
                }
                Err(fault) => {
                    let late = began.elapsed() > STORED_WITHIN || fault == "no_reply";
                    ensure!(!late, "{} may not speak: {fault}", self.identity);
                    refused += 1;
                    meanwhile();
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        }
    }
}

/// Messages of everybody that the host does not show.
fn missing(host: &Console, senders: &[Sender]) -> usize {
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let lines = host.chat("crew");
    for line in &lines {
        *shown.entry(line["from"].as_str().unwrap_or_default()).or_default() += 1;
    }
    let of = |sender: &Sender| shown.get(sender.identity.as_str()).copied().unwrap_or_default();
    senders.iter().map(|sender| sender.said.len().saturating_sub(of(sender))).sum()
}

fn read(database: &Path) -> Result<Vec<Value>> {
    let rows = shell::read(Command::new("python3").args(["-c", READ]).arg(database))?;
    rows.lines().map(|row| serde_json::from_str(row).context("a row of the chat")).collect()
}

fn pair<'a>(from: &'a Value, text: &'a Value) -> Option<(&'a str, &'a str)> {
    from.as_str().zip(text.as_str())
}

impl Kept {
    /// What is there, in the order of the host, against what everybody said, in theirs.
    fn of<'a>(said: &BTreeMap<String, Vec<String>>, lines: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut there: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        lines.for_each(|(from, text)| there.entry(from).or_default().push(text));
        let mut kept = Self::default();
        for (from, said) in said {
            let order: BTreeMap<&str, usize> =
                said.iter().enumerate().map(|(at, text)| (text.as_str(), at)).collect();
            let mut seen = vec![0_usize; said.len()];
            let mut latest = 0;
            for at in there.get(from.as_str()).into_iter().flatten().filter_map(|text| order.get(text)) {
                seen[*at] += 1;
                kept.late += usize::from(*at < latest && seen[*at] == 1);
                latest = latest.max(*at);
            }
            kept.lost += seen.iter().filter(|times| **times == 0).count();
            kept.twice += seen.iter().map(|times| times.saturating_sub(1)).sum::<usize>();
        }
        kept
    }

    fn json(&self) -> Value {
        json!({ "lost": self.lost, "twice": self.twice, "out_of_order": self.late })
    }

    fn words(&self) -> String {
        format!("{} lost, {} twice, {} out of order", self.lost, self.twice, self.late)
    }
}

impl Outcome for Resumes {
    fn is_good(&self) -> bool {
        self.host == Kept::default() && self.database == Kept::default()
    }

    fn json(&self) -> Value {
        json!({
            "asked": self.asked,
            "done": self.done,
            "messages": self.said,
            "refused_at_first": self.refused,
            "at_the_host": self.host.json(),
            "in_the_database": self.database.json(),
            "caught_up_ms": self.caught_up.json(),
        })
    }

    fn print(&self) {
        println!("forced resumes        {} of {}", self.done, self.asked);
        println!("  messages            {} ({} refused at first and said again)", self.said, self.refused);
        println!("  at the host         {}", self.host.words());
        println!("  in the database     {}", self.database.words());
        println!("  caught up after     {}", self.caught_up.words());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_doubled_or_late_is_counted() {
        let said: BTreeMap<_, _> =
            [("ana".to_owned(), ["a", "b", "c", "d"].map(str::to_owned).to_vec())].into();
        let kept = |texts: &[&'static str]| Kept::of(&said, texts.iter().map(|text| ("ana", *text)));
        assert_eq!(kept(&["a", "b", "c", "d"]), Kept::default());
        assert_eq!(kept(&["a", "c", "b", "d"]), Kept { late: 1, ..Kept::default() });
        assert_eq!(kept(&["a", "b", "b", "d"]), Kept { lost: 1, twice: 1, late: 0 });
        assert_eq!(Kept::of(&said, std::iter::empty()).lost, 4);
        assert_eq!(Kept::of(&said, [("ben", "a")].into_iter()).lost, 4, "somebody else said it");
    }
}
