//! A studio without a window: what a window does by clicks, this does by lines of JSON. It holds a show of its own, or
//! takes a seat on somebody else's, as the window does.
//!
//! In, one object a line, each with an `id` that its answer carries:
//! `{"id":1,"command":{…}}`, `{"id":2,"seat":{"role":"guest","identity":"g1","name":"Gina"}}`,
//! `{"id":3,"processes":true}`, `{"id":4,"figures":true}`, `{"id":5,"meters":true}`.
//! Out: `{"reply":{"id":1,"ok":{…}}}` or `{"reply":{"id":1,"refused":{…}}}`, `{"seat":{…}}`, `{"processes":{…}}`,
//! `{"figures":{…}}`, `{"meters":{…}}`; and unasked `{"snapshot":{…}}` at most 30 times a second and `{"chat":{…}}`.
//! The end of the input, SIGINT and SIGTERM close it as a window is closed.

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use studio_core::Event;
use studio_media::Media;
use studio_rtc::{Rtc, SeatToken};
use studio_wire::shell::{ShellOrder, ShellReport};
use studio_wire::{Actor, Command, Fault, Identity, Role, ShowCommand, Update};

use crate::arguments::Arguments;
use crate::home::Home;
use crate::logging;
use crate::ports::{MediaChoice, Opened, Ports};
use crate::rehearse::asked_to_end;
use crate::runtime::{Inbox, Runtime};
use crate::start;

/// Lines that wait for whoever reads them.
const LINES: usize = 4096;
/// The longest line that is taken in, in bytes.
const LONGEST: usize = 64 * 1024;

/// Runs it until its input ends. Exit code 0 after a clean end, 1 where it could not start, 2 for a seat that cannot
/// be taken.
pub fn run(arguments: &Arguments) -> ExitCode {
    let seat = match arguments.seat.as_deref().map(start::read_seat).transpose() {
        Ok(seat) => seat,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    };
    match console(arguments, seat) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn console(arguments: &Arguments, seat: Option<SeatToken>) -> anyhow::Result<()> {
    let home = Home::open(arguments.home.as_deref())?;
    let _log = logging::start(&home.log)?;
    let (out, lines) = sync_channel(LINES);
    let writer = thread::Builder::new().name("console".into()).spawn(move || write(&lines))?;

    let (inbox, mail) = Inbox::new();
    let (ended, end) = sync_channel::<()>(1);
    let shell = move |order| match order {
        ShellOrder::Exit => drop(ended.try_send(())),
    };
    let adopt = studio_rtc::keeper_waits(&home.runtime);
    let Opened { ports, kept, media, rtc } =
        Ports::open(&home, MediaChoice::default(), seat.clone(), &inbox, Box::new(shell))?;
    let start = start::of(kept, seat.as_ref(), arguments.test_sources)?;
    let runtime = Runtime::start(inbox.clone(), mail, start, ports).context("starting the studio")?;
    inbox.report(Event::Shell(ShellReport::Started { adopt }));
    follow(&inbox, out.clone());
    close_on_signals(inbox.clone())?;
    let desk = Desk { inbox, media: media.clone(), rtc, out };
    thread::Builder::new().name("console-in".into()).spawn(move || desk.read())?;

    // The core says when everything is closed.
    let _ = end.recv();
    media.settle();
    drop((runtime, media));
    // What was said last is still on its way to whoever reads it; a reader who is gone must not hold up the end.
    for _ in 0..20 {
        if writer.is_finished() {
            break;
        }
        thread::sleep(std::time::Duration::from_millis(10));
    }
    Ok(())
}

fn write(lines: &Receiver<String>) {
    let mut out = std::io::stdout().lock();
    for line in lines {
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// Snapshots replace each other: one that finds the way full is left out, and the next one is whole again.
fn follow(inbox: &Inbox, out: SyncSender<String>) {
    inbox.subscribe(Box::new(move |update| {
        match update {
            Update::Snapshot(snapshot) => drop(out.try_send(json!({ "snapshot": snapshot }).to_string())),
            Update::Chat(page) => drop(out.try_send(json!({ "chat": page }).to_string())),
            Update::Meters(_) => {}
        }
        true
    }));
}

fn close_on_signals(inbox: Inbox) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        if runtime.block_on(asked_to_end()).is_ok() {
            inbox.report(Event::Shell(ShellReport::Closing));
        }
    })?;
    Ok(())
}

/// One line of the input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: u64,
    #[serde(default)]
    command: Option<Command>,
    #[serde(default)]
    seat: Option<SeatWish>,
    #[serde(default)]
    processes: bool,
    #[serde(default)]
    figures: bool,
    #[serde(default)]
    meters: bool,
}

/// A seat to be given out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeatWish {
    role: Role,
    identity: String,
    #[serde(default)]
    name: String,
}

/// The reading end.
struct Desk {
    inbox: Inbox,
    media: Arc<Media>,
    rtc: Arc<Rtc>,
    out: SyncSender<String>,
}

impl Desk {
    fn read(self) {
        for line in std::io::stdin().lock().lines() {
            match line {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) if line.len() <= LONGEST => self.take(&line),
                Ok(line) => self.say(json!({ "trouble": format!("a line of {} bytes", line.len()) })),
                Err(_) => break,
            }
        }
        self.inbox.report(Event::Shell(ShellReport::Closing));
    }

    fn take(&self, line: &str) {
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => return self.say(json!({ "trouble": error.to_string() })),
        };
        let id = line.id;
        if let Some(command) = line.command {
            self.ask(id, command);
        }
        if let Some(SeatWish { role, identity, name }) = line.seat {
            self.give_seat(id, role, identity, name);
        }
        if line.processes {
            self.say(json!({ "processes": { "id": id, "list": self.rtc.processes() } }));
        }
        if line.figures {
            self.say(json!({ "figures": with_id(id, json!(self.media.figures())) }));
        }
        if line.meters {
            self.say(json!({ "meters": with_id(id, json!(self.media.meters())) }));
        }
    }

    fn ask(&self, id: u64, command: Command) {
        let out = self.out.clone();
        let reply = move |result: Result<studio_wire::view::Ack, Fault>| {
            let said = match result {
                Ok(ack) => json!({ "reply": { "id": id, "ok": ack } }),
                Err(fault) => json!({ "reply": { "id": id, "refused": fault } }),
            };
            let _ = out.try_send(said.to_string());
        };
        self.inbox.ask(Actor::LocalHost, command, Box::new(reply));
    }

    /// First the record, then the token: whoever comes is known.
    fn give_seat(&self, id: u64, role: Role, identity: String, name: String) {
        let (out, rtc) = (self.out.clone(), self.rtc.clone());
        let person = Identity(identity.clone());
        let expect = Command::Show(ShowCommand::Expect { person, role, name: name.clone() });
        let reply = move |result: Result<_, Fault>| {
            let seat = result.and_then(|_| rtc.seat_for(role, &identity, &name));
            let said = match seat {
                Ok(seat) => json!({ "seat": with_id(id, json!(seat)) }),
                Err(fault) => json!({ "reply": { "id": id, "refused": fault } }),
            };
            let _ = out.try_send(said.to_string());
        };
        self.inbox.ask(Actor::LocalHost, expect, Box::new(reply));
    }

    fn say(&self, said: Value) {
        let _ = self.out.send(said.to_string());
    }
}

fn with_id(id: u64, mut value: Value) -> Value {
    value["id"] = id.into();
    value
}
