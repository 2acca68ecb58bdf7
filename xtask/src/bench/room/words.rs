//! Words: a command until everybody sees it, a request until it is answered, a chat line until it is told back.
//!
//! The host, four seats of the crew and a viewer, each a program of its own. Nobody says more than the host's gate lets in.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use serde_json::{Value, json};

use crate::show::console::Console;
use crate::show::figures::Times;
use crate::show::{Show, person};

/// Ten words a second of one person are let in for ever.
const PACE: Duration = Duration::from_millis(105);
/// What is not seen after this is not seen.
const SEEN_WITHIN: Duration = Duration::from_secs(5);
/// The crew, which sees the show before it is live; the desk first.
const CREW: [(&str, &str); 4] =
    [("producer", "desk"), ("cohost", "cohost"), ("guest", "guest"), ("guest", "other")];

/// What was measured.
#[derive(Default)]
pub struct Words {
    /// From a desk's command until the last of all machines shows it.
    pub command: Times,
    /// From a viewer's request until the host's answer is back.
    pub answer: Times,
    /// From the same until the host's screen shows it.
    pub request: Times,
    /// From a line said at a seat until it is told back, numbered by the host.
    pub chat: Times,
    /// What never came, of all of these.
    pub unseen: usize,
}

/// Takes so many samples of each kind.
pub fn measure(show: &mut Show, count: usize) -> Result<Words> {
    let mut crew = Vec::new();
    for (role, identity) in CREW {
        crew.push(show.sit(role, identity, None)?);
    }
    let mut viewer = show.sit("viewer", "viewer", None)?;
    let mut words = Words::default();
    commands(show, &mut crew, count, &mut words)?;
    requests(show, &mut viewer, count, &mut words)?;
    chats(&mut crew, count, &mut words)?;
    Ok(words)
}

/// The desk switches between two layouts.
fn commands(show: &Show, crew: &mut [Console], count: usize, words: &mut Words) -> Result<()> {
    for number in 0..count {
        let layout = if number % 2 == 0 { "solo" } else { "grid" };
        let began = Instant::now();
        allowed(crew[0].command(json!({ "show": { "layout": { "bus": "program", "layout": layout } } })))?;
        let shows = |snapshot: &Value| snapshot["show"]["program"]["layout"] == layout;
        let all = std::iter::once(&show.host).chain(crew.iter());
        let seen: Option<Vec<_>> = all.map(|console| console.when(began, SEEN_WITHIN, shows)).collect();
        note(began, seen.and_then(|seen| seen.into_iter().max()), &mut words.command, &mut words.unseen);
        rest(began);
    }
    Ok(())
}

/// A viewer asks to be let on stage, and no longer, in turn.
fn requests(show: &Show, viewer: &mut Console, count: usize, words: &mut Words) -> Result<()> {
    for number in 0..count {
        let up = number % 2 == 0;
        let began = Instant::now();
        allowed(viewer.command(json!({ "show": { "request": { "up": up } } })))?;
        words.answer.add(began.elapsed());
        let position = if up { "requested" } else { "none" };
        let shows = |snapshot: &Value| {
            person(snapshot, "viewer").is_some_and(|person| person["position"] == position)
        };
        let seen = show.host.when(began, SEEN_WITHIN, shows);
        note(began, seen, &mut words.request, &mut words.unseen);
        rest(began);
    }
    Ok(())
}

/// The crew speaks in turn.
fn chats(crew: &mut [Console], count: usize, words: &mut Words) -> Result<()> {
    let people = crew.len();
    for number in 0..count {
        let seat = &mut crew[number % people];
        let text = format!("line {number}");
        let began = Instant::now();
        allowed(seat.command(json!({ "here": { "say": { "room": "crew", "text": text } } })))?;
        let told = seat.told("crew", &text, SEEN_WITHIN).map(|told| told.at);
        note(began, told, &mut words.chat, &mut words.unseen);
        std::thread::sleep((PACE / 4).saturating_sub(began.elapsed()));
    }
    Ok(())
}

fn allowed(answer: Result<Value, Value>) -> Result<()> {
    answer.map(drop).map_err(|fault| anyhow!("a seat was refused what it may do: {fault}"))
}

fn note(began: Instant, at: Option<Instant>, times: &mut Times, unseen: &mut usize) {
    match at {
        Some(at) => times.add(at.saturating_duration_since(began)),
        None => *unseen += 1,
    }
}

fn rest(began: Instant) {
    std::thread::sleep(PACE.saturating_sub(began.elapsed()));
}
