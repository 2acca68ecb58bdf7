//! The thread that starts, watches and ends the engines of both rooms. It lives as long as the port: the children's
//! lives are tied to it by the system.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use studio_wire::engine::{Order, Publish, Room, Want, Watch};
use studio_wire::rtc::{RoomKind, RtcOrder, RtcReport};
use studio_wire::{Epoch, Fault, Identity, Role};

use crate::engine::{Engine, LaneSink, Sign};
use crate::port::{Shared, name_of};
use crate::rooms;
use crate::tokens::Pass;

/// How long engines may take to leave their rooms.
const LEAVE_LIMIT: Duration = Duration::from_millis(300);
/// How often is looked whether they have.
const LOOK: Duration = Duration::from_millis(5);

/// What wakes the thread.
pub(crate) enum Event {
    /// From the core.
    Order(RtcOrder),
    /// From a child, with the number of its life.
    Sign(u64, Sign),
    /// The port is dropped.
    Quit,
}

/// Who sits in a room, and what they wish there; survives every engine.
#[derive(Default)]
struct Wish {
    who: Option<(Identity, String)>,
    publish: Vec<Publish>,
    watch: Vec<Watch>,
}

struct Life {
    number: u64,
    engine: Engine,
}

/// The thread's own.
pub(crate) struct Supervisor {
    shared: Arc<Shared>,
    sink: Box<dyn LaneSink>,
    rooms: tokio::sync::mpsc::UnboundedSender<rooms::Order>,
    inbox: Sender<Event>,
    engines: BTreeMap<RoomKind, Life>,
    wishes: BTreeMap<RoomKind, Wish>,
    lives: u64,
}

impl Supervisor {
    pub fn new(
        shared: Arc<Shared>,
        sink: Box<dyn LaneSink>,
        rooms: tokio::sync::mpsc::UnboundedSender<rooms::Order>,
        inbox: Sender<Event>,
    ) -> Self {
        Self { shared, sink, rooms, inbox, engines: BTreeMap::new(), wishes: BTreeMap::new(), lives: 0 }
    }

    /// The thread's body.
    pub fn run(mut self, events: &Receiver<Event>) {
        let mut waiting = VecDeque::new();
        loop {
            let event = match waiting.pop_front() {
                Some(event) => event,
                None => match events.recv() {
                    Ok(event) => event,
                    Err(_) => break,
                },
            };
            if matches!(event, Event::Quit) {
                break;
            }
            // A panic in here would take both engines with it.
            if catch_unwind(AssertUnwindSafe(|| self.handle(event, events, &mut waiting))).is_err() {
                tracing::error!("an order or report was dropped by a panic");
            }
        }
        for room in RoomKind::ALL {
            self.end(room);
        }
    }

    fn handle(&mut self, event: Event, events: &Receiver<Event>, waiting: &mut VecDeque<Event>) {
        match event {
            Event::Order(RtcOrder::Open { epoch, session }) => {
                self.pass(rooms::Order::Open { epoch, session })
            }
            Event::Order(RtcOrder::Start { room, epoch, identity, name }) => {
                self.wishes.entry(room).or_default().who = Some((identity, name));
                self.start(room, epoch);
            }
            Event::Order(RtcOrder::Want { room, publish, watch }) => {
                let wish = self.wishes.entry(room).or_default();
                wish.publish = publish;
                wish.watch = watch;
                if let Some(epoch) = self.engines.get(&room).map(|life| life.engine.epoch()) {
                    self.send_wish(room, epoch);
                }
            }
            Event::Order(RtcOrder::Close { epoch }) => {
                self.leave(events, waiting);
                self.wishes.clear();
                self.pass(rooms::Order::Close { epoch });
            }
            Event::Sign(number, sign) => self.sign(number, sign),
            Event::Quit => {}
        }
    }

    fn pass(&self, order: rooms::Order) {
        // Its thread has panicked, and took keeper and server with it.
        if let Err(tokio::sync::mpsc::error::SendError(order)) = self.rooms.send(order) {
            let said = "the thread of the local server is gone".to_owned();
            tracing::error!(said);
            self.shared.report(match order {
                rooms::Order::Open { epoch, .. } => {
                    RtcReport::Failed { epoch, fault: Fault::ServerFailed { said } }
                }
                rooms::Order::Close { epoch } => RtcReport::Closed { epoch },
            });
        }
    }

    /// Starts the engine of a room, in the place of a living one, and sends it the wish at once: it waits for nothing
    /// but its own library.
    fn start(&mut self, room: RoomKind, epoch: Epoch) {
        self.end(room);
        let Some(checked) = self.shared.checked() else {
            self.shared.report(RtcReport::Failed { epoch, fault: Fault::ServerLost });
            return;
        };
        self.lives += 1;
        let (number, inbox) = (self.lives, self.inbox.clone());
        let sign = move |sign| {
            let _ = inbox.send(Event::Sign(number, sign));
        };
        match Engine::start(&checked.engine, &checked.library, room, epoch, &*self.sink, sign) {
            Ok(engine) => {
                tracing::info!(room = room.word(), %epoch, pid = engine.pid(), "engine started");
                self.shared.process(&name_of(room), Some(engine.pid()));
                self.engines.insert(room, Life { number, engine });
                self.send_wish(room, epoch);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let path = checked.engine.display().to_string();
                self.shared.report(RtcReport::Failed { epoch, fault: Fault::ProgramMissing { path } });
            }
            Err(error) => {
                tracing::error!(room = room.word(), %epoch, %error, "engine not started");
                self.shared.report(RtcReport::EngineLost { room, epoch });
            }
        }
    }

    /// Sends the last wish of a room with a fresh token.
    fn send_wish(&mut self, room: RoomKind, epoch: Epoch) {
        let Some((wish, life)) = self.wishes.get(&room).zip(self.engines.get(&room)) else { return };
        let Some((identity, name)) = &wish.who else { return };
        let pass = Pass::of(room, Role::Host).expect("a host has a seat in both rooms");
        match self.shared.token(pass, identity, name) {
            Ok((url, token)) => {
                let (publish, watch) = (wish.publish.clone(), wish.watch.clone());
                let want = Want { room: Room { url, token }, publish, watch };
                if !life.engine.order(Order::Want(want)) {
                    let number = life.number;
                    self.sign(number, Sign::Dead("does not read its orders"));
                }
            }
            Err(fault) => self.shared.report(RtcReport::Failed { epoch, fault }),
        }
    }

    /// What comes from a life that is no longer the current one of its room is dropped here and nowhere else.
    fn sign(&mut self, number: u64, sign: Sign) {
        let Some((&room, life)) = self.engines.iter().find(|(_, life)| life.number == number) else { return };
        match sign {
            Sign::Said(report) => self.shared.report(report),
            Sign::Dead(how) => {
                let epoch = life.engine.epoch();
                tracing::warn!(room = room.word(), %epoch, how, "engine lost");
                self.end(room);
                self.shared.report(RtcReport::EngineLost { room, epoch });
            }
        }
    }

    /// Kills the engine of a room, if there is one.
    fn end(&mut self, room: RoomKind) {
        if let Some(life) = self.engines.remove(&room) {
            life.engine.kill(&*self.sink);
            self.shared.process(&name_of(room), None);
        }
    }

    /// Lets both engines leave their rooms, then ends them. What else comes meanwhile waits.
    fn leave(&mut self, events: &Receiver<Event>, waiting: &mut VecDeque<Event>) {
        for life in self.engines.values() {
            let _ = life.engine.order(Order::Leave);
        }
        let limit = Instant::now() + LEAVE_LIMIT;
        while Instant::now() < limit && self.engines.values_mut().any(|life| !life.engine.has_ended()) {
            match events.recv_timeout(LOOK) {
                Ok(Event::Sign(..)) | Err(RecvTimeoutError::Timeout) => {}
                Ok(event) => waiting.push_back(event),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        for room in RoomKind::ALL {
            self.end(room);
        }
    }
}
