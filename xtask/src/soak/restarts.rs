//! The server is killed under a show with guests: everything comes back, and nobody is heard or seen who was not.
//!
//! Two guests of LiveKit's Python SDK and a seat of ours are on stage. One guest's microphone and the seat's are off
//! from the beginning to the end. Another Python client in the same room looks at all of it from outside.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rig::Dice;
use serde_json::{Value, json};

use super::parts::Outcome;
use super::room::QUIET;
use crate::show::console::Console;
use crate::show::far::Far;
use crate::show::figures::Times;
use crate::show::interrupt::Interrupt;
use crate::show::{Cast, PATIENCE, Show, person};

/// What is not back after this is missing.
const BACK_WITHIN: Duration = Duration::from_secs(60);
/// A picture that no longer moves is noticed within 2 s: what has been right for longer than that is.
const STEADY: Duration = Duration::from_secs(3);
/// From the kill until everything is back, for 95 of 100 restarts, in ms.
const GOAL: f64 = 8_000.0;
/// A stock client that has no picture for so long asks for it anew: its library does not, where a subscription brings
/// nothing. One that is of ours does so by itself.
const STOCK_PATIENCE: Duration = Duration::from_secs(10);
/// Who is on stage, and whether their microphone is on.
const PEOPLE: [(&str, bool); 3] = [("ana", true), ("ben", false), ("cara", false)];
/// How often everything is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// What was counted.
#[derive(Default)]
pub struct Restarts {
    asked: u32,
    done: u32,
    /// Tracks that were not back in time, by their name, and how often.
    missing: BTreeMap<String, u32>,
    /// Microphones that were on and must not be, each counted once a restart.
    wrong_mutes: u32,
    /// Stock clients that gave up by themselves and were started again.
    gave_up: u32,
    /// Pictures for which the far client had to ask anew.
    asked_anew: u32,
    /// From the kill until another server runs.
    server: Times,
    /// From the kill until everything is back for good.
    back: Times,
}

struct Party {
    show: Show,
    seat: Console,
    guests: Vec<(&'static str, Far)>,
    far: Far,
    /// Looked at up to here for microphones that are switched on.
    heard: usize,
}

/// Kills the server so often.
pub fn run(cast: &Cast, count: u32, mut dice: Dice, interrupt: &Interrupt) -> Result<Restarts> {
    let mut restarts = Restarts { asked: count, ..Restarts::default() };
    let mut party = Party::begin(cast)?;
    while restarts.done < count && !interrupt.came() {
        interrupt.sleep(dice.time(QUIET[0], QUIET[1]));
        if interrupt.came() {
            break;
        }
        party.replace_those_who_gave_up(&mut restarts)?;
        party.kill_server(&mut restarts)?;
        restarts.done += 1;
        eprintln!("restart {} of {count}: {}", restarts.done, restarts.back.words());
    }
    if !restarts.is_good() {
        party.show.keep();
    }
    Ok(restarts)
}

impl Party {
    fn begin(cast: &Cast) -> Result<Self> {
        let mut show = Show::open(cast)?;
        let far = watcher(&mut show)?;
        let mut guests = Vec::new();
        for (identity, _) in &PEOPLE[..2] {
            guests.push((*identity, guest(&mut show, identity)?));
        }
        let mut seat = show.sit("guest", PEOPLE[2].0, None)?;
        show.bring_on(PEOPLE[2].0)?;
        let camera = seat.command(json!({ "here": { "camera": { "on": true } } }));
        camera.map_err(|fault| anyhow::anyhow!("the seat's camera: {fault}"))?;
        let mut party = Self { show, seat, guests, far, heard: 0 };
        let mut begun = Restarts::default();
        party.wait_until_back(Instant::now(), &mut begun)?;
        anyhow::ensure!(
            begun.missing.is_empty() && begun.wrong_mutes == 0,
            "the show does not begin as it should: missing {:?}, {} wrong mutes",
            begun.missing,
            begun.wrong_mutes
        );
        Ok(party)
    }

    /// A stock client has a patience of its own.
    fn replace_those_who_gave_up(&mut self, restarts: &mut Restarts) -> Result<()> {
        for (identity, far) in &mut self.guests {
            if has_given_up(far) {
                restarts.gave_up += 1;
                *far = join(&mut self.show, identity)?;
            }
        }
        if has_given_up(&self.far) {
            restarts.gave_up += 1;
            self.far = watcher(&mut self.show)?;
            self.heard = 0;
        }
        Ok(())
    }

    fn kill_server(&mut self, restarts: &mut Restarts) -> Result<()> {
        let old = self.show.host.process("livekit-server").context("there is no server to kill")?;
        let killed = Instant::now();
        rig::kill(old);
        let another = loop {
            if self.show.host.process("livekit-server").is_some_and(|pid| pid != old) {
                break Some(killed.elapsed());
            }
            if killed.elapsed() > BACK_WITHIN {
                break None;
            }
            std::thread::sleep(GLANCE);
        };
        another.into_iter().for_each(|after| restarts.server.add(after));
        self.wait_until_back(killed, restarts)
    }

    /// Waits until everything is as it should be and stays so, at the host and at the far client; counts what is not.
    fn wait_until_back(&mut self, since: Instant, restarts: &mut Restarts) -> Result<()> {
        let end = Instant::now() + BACK_WITHIN;
        let mut good: Option<Instant> = None;
        let mut wrong = false;
        let mut frames = self.frames();
        let mut asked = since;
        let missing = loop {
            let snapshot = self.show.host.snapshot();
            wrong |= self.wrong_mute(&snapshot) || self.wrongly_heard();
            let mut missing = missing_at_host(&snapshot);
            if missing.is_empty() {
                missing = self.missing_far(&mut frames, &mut wrong);
            }
            let now = Instant::now();
            good = if missing.is_empty() { good.or(Some(now)) } else { None };
            if good.is_some_and(|good| now >= good + STEADY) {
                break Vec::new();
            }
            if now > end {
                break missing;
            }
            if now >= asked + STOCK_PATIENCE {
                asked = now;
                restarts.asked_anew += self.ask_anew(&missing);
            }
            std::thread::sleep(GLANCE);
        };
        match good.filter(|_| missing.is_empty()) {
            Some(good) => restarts.back.add(good - since),
            None => eprintln!("not back: {missing:?}"),
        }
        for track in missing {
            *restarts.missing.entry(track).or_default() += 1;
        }
        restarts.wrong_mutes += u32::from(wrong);
        Ok(())
    }

    /// Lets the far client ask for the pictures that it alone does not get; how many these are.
    fn ask_anew(&mut self, missing: &[String]) -> u32 {
        let mut asked = 0;
        for (identity, _) in PEOPLE {
            if missing.contains(&unseen(identity)) {
                self.far.order(json!({ "again": format!("{identity}/camera") }));
                asked += 1;
            }
        }
        asked
    }

    /// Somebody whose microphone is off is heard, says the host or their own seat.
    fn wrong_mute(&self, snapshot: &Value) -> bool {
        let on = |snapshot: &Value, identity: &str| {
            person(snapshot, identity).is_some_and(|person| person["microphone"]["on"] == true)
        };
        PEOPLE.iter().any(|(identity, speaks)| !speaks && on(snapshot, identity))
            || on(&self.seat.snapshot(), PEOPLE[2].0)
    }

    /// The same, says the far client. It is told of each change.
    fn wrongly_heard(&mut self) -> bool {
        let from = std::mem::replace(&mut self.heard, self.far.count());
        let opened = |event: &Value| {
            let it = &event["muted"];
            let silent = PEOPLE.iter().any(|(identity, speaks)| !speaks && it["of"] == *identity);
            (silent && it["source"] == "microphone" && it["muted"] == false).then_some(())
        };
        self.far.find(from, Duration::ZERO, opened).is_some()
    }

    /// What the far client has decoded of each picture.
    fn frames(&mut self) -> Value {
        self.far.ask("frames", true.into(), PATIENCE).unwrap_or_default()
    }

    /// Pictures that did not move at the far client since it was looked at last, and tracks that it does not have or
    /// that it has as they must not be.
    fn missing_far(&mut self, before: &mut Value, wrong: &mut bool) -> Vec<String> {
        std::thread::sleep(Duration::from_millis(200));
        let now = self.frames();
        let mut missing: Vec<_> = PEOPLE
            .iter()
            .filter(|(identity, _)| {
                let key = format!("{identity}/camera");
                now[&key]["decoded"].as_u64().unwrap_or(0) == before[&key]["decoded"].as_u64().unwrap_or(0)
            })
            .map(|(identity, _)| unseen(identity))
            .collect();
        *before = now;
        let people = self.far.ask("people", true.into(), PATIENCE).unwrap_or_default();
        let microphone = |identity: &str| {
            let people = people.as_array()?;
            let tracks = people.iter().find(|other| other["identity"] == identity)?["tracks"].as_array()?;
            tracks.iter().find(|track| track["source"] == "microphone").cloned()
        };
        for (identity, speaks) in &PEOPLE {
            let muted = microphone(identity).map(|track| track["muted"] == true);
            // Our own seat has opened no microphone at all.
            let wanted = if *identity == PEOPLE[2].0 { None } else { Some(!speaks) };
            *wrong |= !speaks && muted == Some(false);
            if wanted.is_some() && muted != wanted {
                missing.push(format!("{identity}'s microphone at the far client"));
            }
        }
        missing
    }
}

/// What is missing when the far client does not see somebody.
fn unseen(identity: &str) -> String {
    format!("{identity}'s camera at the far client")
}

fn missing_at_host(snapshot: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    for (identity, speaks) in &PEOPLE {
        let shown = person(snapshot, identity).unwrap_or(&Value::Null);
        if shown["camera"]["flowing"] != true || shown["camera"]["on"] != true {
            missing.push(format!("{identity}'s camera"));
        }
        if *speaks && (shown["microphone"]["flowing"] != true || shown["microphone"]["on"] != true) {
            missing.push(format!("{identity}'s microphone"));
        }
        if shown["position"] != "on_stage" {
            missing.push(format!("{identity} on stage"));
        }
    }
    missing
}

/// Looks on from the room without sending anything.
fn watcher(show: &mut Show) -> Result<Far> {
    let seat = show.host.seat("producer", "watcher", "");
    let far = Far::guest(&show.cast, &seat, json!({}))?;
    far.joined().context("the far client")?;
    Ok(far)
}

fn guest(show: &mut Show, identity: &str) -> Result<Far> {
    let far = join(show, identity)?;
    show.bring_on(identity)?;
    Ok(far)
}

fn join(show: &mut Show, identity: &str) -> Result<Far> {
    let seat = show.host.seat("guest", identity, "");
    let mut far = Far::guest(&show.cast, &seat, Far::devices(440))?;
    far.joined().with_context(|| identity.to_owned())?;
    if PEOPLE.iter().any(|(of, speaks)| *of == identity && !speaks) {
        far.order(json!({ "mute": true }));
    }
    Ok(far)
}

fn has_given_up(far: &Far) -> bool {
    far.find(0, Duration::ZERO, |event| event.get("disconnected").map(drop)).is_some()
}

impl Outcome for Restarts {
    fn is_good(&self) -> bool {
        let soon = self.back.at(0.95).is_none_or(|p95| p95 <= GOAL);
        self.missing.is_empty() && self.wrong_mutes == 0 && soon
    }

    fn json(&self) -> Value {
        json!({
            "asked": self.asked,
            "done": self.done,
            "missing_tracks": self.missing.values().sum::<u32>(),
            "missing": self.missing,
            "wrong_mutes": self.wrong_mutes,
            "stock_clients_gave_up": self.gave_up,
            "stock_client_asked_anew": self.asked_anew,
            "server_ms": self.server.json(),
            "back_ms": self.back.json(),
        })
    }

    fn print(&self) {
        println!("server restarts       {} of {}", self.done, self.asked);
        println!("  missing tracks      {} {:?}", self.missing.values().sum::<u32>(), self.missing);
        println!("  wrong mutes         {}", self.wrong_mutes);
        println!("  another server      {}", self.server.words());
        println!("  everything is back  {}   goal: p95 ≤ {GOAL} ms", self.back.words());
        println!("  stock clients that gave up and were started again  {}", self.gave_up);
        println!("  pictures that the far, stock, client had to ask for anew  {}", self.asked_anew);
    }
}
