//! Words: a command until everybody sees it, a request until it is answered, a chat line until it is told back.
//!
//! The host and four seats of ours, each a program of its own. Nobody says more than the host's gate lets in.

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
const SEATS: [(&str, &str); 4] =
    [("producer", "desk"), ("cohost", "cohost"), ("guest", "guest"), ("viewer", "viewer")];

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
    let mut seats = Vec::new();
    for (role, identity) in SEATS {
        seats.push(show.sit(role, identity, None)?);
    }
    let mut words = Words::default();
    commands(show, &mut seats, count, &mut words)?;
    requests(show, &mut seats[3], count, &mut words)?;
    chats(&mut seats, count, &mut words)?;
    Ok(words)
}

/// The desk switches between two layouts.
fn commands(show: &Show, seats: &mut [Console], count: usize, words: &mut Words) -> Result<()> {
    for number in 0..count {
        let layout = if number % 2 == 0 { "solo" } else { "grid" };
        let began = Instant::now();
        allowed(seats[0].command(json!({ "show": { "layout": { "bus": "program", "layout": layout } } })))?;
        let shows = |snapshot: &Value| snapshot["show"]["program"]["layout"] == layout;
        let all = std::iter::once(&show.host).chain(seats.iter());
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
fn chats(seats: &mut [Console], count: usize, words: &mut Words) -> Result<()> {
    let crew = SEATS.len() - 1;
    for number in 0..count {
        let seat = &mut seats[number % crew];
        let text = format!("line {number}");
        let began = Instant::now();
        allowed(seat.command(json!({ "here": { "say": { "room": "crew", "text": text } } })))?;
        let told = seat.told("crew", &text, SEEN_WITHIN).map(|told| told.at);
        note(began, told, &mut words.chat, &mut words.unseen);
        std::thread::sleep((PACE / 3).saturating_sub(began.elapsed()));
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
