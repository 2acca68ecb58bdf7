//! The port itself: orders in, reports out, and the threads between.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use studio_wire::engine::Token;
use studio_wire::rtc::{RoomKind, RtcOrder, RtcReport};
use studio_wire::{Fault, Identity, Role, SessionId, room};

use crate::engine::LaneSink;
use crate::rooms::Rooms;
use crate::seat::SeatToken;
use crate::supervisor::{Event, Supervisor};
use crate::tokens::{Mint, Pass};
use crate::tools::{Programs, Tools};

/// The folders of a home that this crate writes to; they exist.
#[derive(Clone, Debug)]
pub struct HomePaths {
    /// For `livekit-server.log`.
    pub log: PathBuf,
    /// For the keeper's socket. Short: a socket's path has 107 bytes.
    pub runtime: PathBuf,
}

/// Both rooms of a show: server, engines, tokens. Dropped, it ends everything it has started.
pub struct Rtc {
    inbox: Sender<Event>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Rtc {
    /// Starts the port's threads; no server and no engine yet. With a seat it is that seat's side of somebody else's
    /// show, without one it holds a show of its own. `report` is called from the threads, in order for each room.
    pub fn start(
        tools: Tools,
        home: HomePaths,
        desk: impl LaneSink + 'static,
        seat: Option<SeatToken>,
        report: impl Fn(RtcReport) + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared { report: Box::new(report), now: Mutex::default() });
        let (inbox, events) = mpsc::channel();
        let (to_rooms, orders) = tokio::sync::mpsc::unbounded_channel();
        let rooms = Rooms::new(tools.clone(), home, shared.clone());
        let server = thread::Builder::new()
            .name("rtc-server".into())
            .spawn(move || rooms.run(orders))
            .expect("a thread at the start");
        let supervisor =
            Supervisor::new(shared.clone(), tools, Box::new(desk), seat, to_rooms, inbox.clone());
        let engines = thread::Builder::new()
            .name("rtc-engines".into())
            .spawn(move || supervisor.run(&events))
            .expect("a thread at the start");
        Self { inbox, shared, threads: vec![engines, server] }
    }

    /// Takes an order. Never waits.
    pub fn order(&self, order: RtcOrder) {
        if self.inbox.send(Event::Order(order)).is_err() {
            tracing::error!("the engines' thread is gone");
        }
    }

    /// A seat in `crew` for somebody who is not this app. Only after `RoomsReady`, and not for viewers.
    pub fn seat(&self, role: Role, identity: &str) -> Result<SeatToken, Fault> {
        let nobody = || Fault::NobodyThere { person: Identity::from(identity) };
        self.pass(Pass::of(RoomKind::Crew, role).ok_or_else(nobody)?, role, identity, "")
    }

    /// A viewer's seat in `air`. Only after `RoomsReady`.
    pub fn air_seat(&self, identity: &str) -> Result<SeatToken, Fault> {
        self.pass(Pass::AirAudience(Role::Viewer), Role::Viewer, identity, "")
    }

    /// A seat in the room that somebody of this role works in; an empty name is their identity. Only after
    /// `RoomsReady`. The host's own seat is given to nobody.
    pub fn seat_for(&self, role: Role, identity: &str, name: &str) -> Result<SeatToken, Fault> {
        let nobody = || Fault::NobodyThere { person: Identity::from(identity) };
        if role == Role::Host || identity == room::HOST {
            return Err(nobody());
        }
        self.pass(Pass::of(role.room(), role).ok_or_else(nobody)?, role, identity, name)
    }

    /// Every process that runs for this port, by name.
    pub fn processes(&self) -> Vec<(String, u32)> {
        self.shared.now().processes.iter().map(|(name, pid)| (name.clone(), *pid)).collect()
    }

    fn pass(&self, pass: Pass, role: Role, identity: &str, name: &str) -> Result<SeatToken, Fault> {
        let shown = if name.is_empty() { identity } else { name };
        let (urls, token) = self.shared.token(pass, &Identity::from(identity), shown)?;
        let url = urls.first().cloned().ok_or(Fault::ServerLost)?;
        let urls = if urls.len() > 1 { urls } else { Vec::new() };
        Ok(SeatToken { url, urls, token, identity: identity.to_owned(), role, name: name.to_owned() })
    }
}

impl Drop for Rtc {
    fn drop(&mut self) {
        // The engines' thread ends its children, then lets go of the other's inbox, which ends that one's.
        let _ = self.inbox.send(Event::Quit);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// The name of a room's engine in reports.
pub(crate) fn name_of(room: RoomKind) -> String {
    format!("sidestage-engine {}", room.word())
}

/// What the port's threads have in common.
pub(crate) struct Shared {
    report: Box<dyn Fn(RtcReport) + Send + Sync>,
    now: Mutex<Standing>,
}

/// What is there now.
#[derive(Default)]
pub(crate) struct Standing {
    pub hosted: Option<Hosted>,
    /// What engines run from, once it was looked at.
    pub programs: Option<Programs>,
    pub processes: BTreeMap<String, u32>,
}

/// A server with both rooms of a show. Stays while the server is replaced: address and keys do.
pub(crate) struct Hosted {
    /// Every node of it; at least one.
    pub urls: Vec<String>,
    pub mint: Mint,
    pub session: SessionId,
}

impl Shared {
    pub fn report(&self, report: RtcReport) {
        (self.report)(report);
    }

    pub fn now(&self) -> MutexGuard<'_, Standing> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What engines run from, if anything has been looked at yet.
    pub fn programs(&self) -> Option<Programs> {
        self.now().programs.clone()
    }

    /// Notes that a process runs, or no longer does.
    pub fn process(&self, name: &str, pid: Option<u32>) {
        let mut now = self.now();
        match pid {
            Some(pid) => now.processes.insert(name.to_owned(), pid),
            None => now.processes.remove(name),
        };
    }

    /// The server's addresses and a fresh token for it.
    pub fn token(&self, pass: Pass, identity: &Identity, name: &str) -> Result<(Vec<String>, Token), Fault> {
        let now = self.now();
        let hosted = now.hosted.as_ref().ok_or(Fault::ServerLost)?;
        match hosted.mint.mint(pass, &hosted.session, identity, name) {
            Ok(token) => Ok((hosted.urls.clone(), token)),
            Err(error) => Err(Fault::RoomRefused { room: pass.room(), said: error.to_string() }),
        }
    }
}
