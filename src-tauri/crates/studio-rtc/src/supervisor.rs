//! The thread that starts, watches and ends the engines of both rooms, and carries everything that is said through
//! them. It lives as long as the port: the children's lives are tied to it by the system.

mod calls;
mod holders;
mod leave;
mod talk;
mod visit;

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use studio_wire::engine::{LostWhy, Order, Publish, Room, Want, Watch};
use studio_wire::room::names;
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport};
use studio_wire::{Epoch, Fault, Identity, Role};

use crate::engine::{Engine, Heard, LaneSink, Side, Sign};
use crate::port::{Shared, name_of};
use crate::seat::SeatToken;
use crate::tokens::Pass;
use crate::tools::{Programs, Tools};
use calls::Calls;
use holders::Holders;
use visit::Visit;

/// Who was in a room for so long has nothing to hold against the address.
const LONG_IN: Duration = Duration::from_secs(10);
/// How long the library may try to come back to a node while there are others.
const NODE_PATIENCE: Duration = Duration::from_secs(4);

/// What wakes the thread.
pub(crate) enum Event {
    /// From the core.
    Order(RtcOrder),
    /// From a child, with the number of its life.
    Sign(u64, Sign),
    /// What a seat's engine runs from was looked at.
    Looked(Epoch, Result<Programs, Fault>),
    /// The port is dropped.
    Quit,
}

/// Who sits in a room, and what they wish there; survives every engine.
#[derive(Default)]
struct Wish {
    who: Option<(Identity, String)>,
    /// Of the last `Start`.
    epoch: Epoch,
    publish: Vec<Publish>,
    watch: Vec<Watch>,
    /// Counts the joins that came to nothing: each next one goes to the next address.
    attempt: usize,
}

struct Life {
    number: u64,
    engine: Engine,
    /// Since when it is in its room.
    joined: Option<Instant>,
    /// Since when its library tries to come back by itself, where there are other nodes to go to.
    returning: Option<Instant>,
}

/// The thread's own.
pub(crate) struct Supervisor {
    shared: Arc<Shared>,
    tools: Tools,
    sink: Box<dyn LaneSink>,
    rooms: tokio::sync::mpsc::UnboundedSender<RtcOrder>,
    inbox: Sender<Event>,
    engines: BTreeMap<RoomKind, Life>,
    wishes: BTreeMap<RoomKind, Wish>,
    lives: u64,
    calls: Calls,
    holders: Holders,
    /// At a seat: what it has been given.
    visit: Option<Visit>,
}

impl Supervisor {
    pub fn new(
        shared: Arc<Shared>,
        tools: Tools,
        sink: Box<dyn LaneSink>,
        seat: Option<SeatToken>,
        rooms: tokio::sync::mpsc::UnboundedSender<RtcOrder>,
        inbox: Sender<Event>,
    ) -> Self {
        Self {
            shared,
            tools,
            sink,
            rooms,
            inbox,
            engines: BTreeMap::new(),
            wishes: BTreeMap::new(),
            lives: 0,
            calls: Calls::default(),
            holders: Holders::default(),
            visit: seat.as_ref().map(Visit::new),
        }
    }

    /// The thread's body.
    pub fn run(mut self, events: &Receiver<Event>) {
        let mut waiting = VecDeque::new();
        loop {
            let event = match waiting.pop_front().map_or_else(|| self.next(events), Ok) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if matches!(event, Some(Event::Quit)) {
                break;
            }
            // A panic in here would take both engines with it.
            let handled = catch_unwind(AssertUnwindSafe(|| {
                self.end_overdue();
                self.leave_dead_nodes();
                if let Some(event) = event {
                    self.handle(event, events, &mut waiting);
                }
            }));
            if handled.is_err() {
                tracing::error!("an order or report was dropped by a panic");
            }
        }
        for room in RoomKind::ALL {
            self.end(room);
        }
    }

    /// Waits for an event, or until somebody's call or a node has been waited for too long.
    fn next(&self, events: &Receiver<Event>) -> Result<Event, RecvTimeoutError> {
        let nodes = self.engines.values().filter_map(|life| life.returning).min();
        let nodes = nodes.map(|since| since + NODE_PATIENCE);
        match self.calls.deadline().into_iter().chain(nodes).min() {
            Some(limit) => events.recv_timeout(limit.saturating_duration_since(Instant::now())),
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn handle(&mut self, event: Event, events: &Receiver<Event>, waiting: &mut VecDeque<Event>) {
        match event {
            Event::Order(RtcOrder::Close { epoch }) => {
                self.leave(&RoomKind::ALL, events, waiting);
                self.wishes.clear();
                self.holders = Holders::default();
                self.pass(RtcOrder::Close { epoch });
            }
            Event::Order(RtcOrder::Leave { room }) => {
                self.leave(&[room], events, waiting);
                self.wishes.remove(&room);
            }
            Event::Order(order) => self.order(order),
            Event::Sign(number, sign) => self.sign(number, sign),
            Event::Looked(epoch, looked) => self.shared.report(match looked {
                Ok(programs) => {
                    self.shared.now().programs = Some(programs);
                    RtcReport::RoomsReady { epoch }
                }
                Err(fault) => RtcReport::Failed { epoch, fault },
            }),
            Event::Quit => {}
        }
    }

    fn order(&mut self, order: RtcOrder) {
        match order {
            RtcOrder::Attend { epoch } => self.attend(epoch),
            RtcOrder::Start { room, epoch, identity, name } => {
                let wish = self.wishes.entry(room).or_default();
                (wish.who, wish.epoch) = (Some((identity, name)), epoch);
                self.start(room, epoch);
            }
            RtcOrder::Want { room, publish, watch } => {
                let wish = self.wishes.entry(room).or_default();
                (wish.publish, wish.watch) = (publish, watch);
                self.send_wish(room);
            }
            RtcOrder::Answer { call, answer, .. } => self.answer(call, answer),
            RtcOrder::Tell { room, to, tale } => self.tell(room, to, tale),
            RtcOrder::Ask { room, call, to, ask } => self.ask(room, call, to, &ask),
            RtcOrder::Say { room, id, text, sent_ms } => self.say(room, &id, text, sent_ms),
            RtcOrder::React { room, reaction } => self.react(room, reaction.word()),
            RtcOrder::Stamp { identity, stamp, room } => {
                self.holders.note_role(&identity, stamp.role);
                self.pass(RtcOrder::Stamp { identity, stamp, room });
            }
            for_the_server @ (RtcOrder::Open { .. }
            | RtcOrder::Mute { .. }
            | RtcOrder::Look { .. }
            | RtcOrder::PutOut { .. }
            | RtcOrder::KeepSecret { .. }
            | RtcOrder::FindSecret { .. }
            | RtcOrder::TestServer { .. }) => self.pass(for_the_server),
            RtcOrder::Close { .. } | RtcOrder::Leave { .. } => unreachable!("handled with the events"),
        }
    }

    fn pass(&self, order: RtcOrder) {
        // Its thread has panicked, and took keeper and server with it.
        if let Err(tokio::sync::mpsc::error::SendError(order)) = self.rooms.send(order) {
            let said = "the thread of the local server is gone".to_owned();
            tracing::error!(said);
            match order {
                RtcOrder::Open { epoch, .. } => {
                    self.shared.report(RtcReport::Failed { epoch, fault: Fault::ServerFailed { said } });
                }
                RtcOrder::Close { epoch } => self.shared.report(RtcReport::Closed { epoch }),
                _ => {}
            }
        }
    }

    /// Takes the seat: all that can be missing is what engines run from.
    fn attend(&self, epoch: Epoch) {
        if self.visit.is_none() {
            self.shared.report(RtcReport::Failed { epoch, fault: Fault::SeatRefused });
            return;
        }
        if self.shared.programs().is_some() {
            self.shared.report(RtcReport::RoomsReady { epoch });
            return;
        }
        let (tools, inbox) = (self.tools.clone(), self.inbox.clone());
        thread::spawn(move || {
            let _ = inbox.send(Event::Looked(epoch, tools.check_engine()));
        });
    }

    /// Starts the engine of a room, in the place of a living one, and sends it the wish at once: it waits for nothing
    /// but its own library.
    fn start(&mut self, room: RoomKind, epoch: Epoch) {
        self.end(room);
        let (programs, place) = match (self.shared.programs(), self.place(room)) {
            (Some(programs), Ok(place)) => (programs, place),
            (None, _) => return self.fail(epoch, Fault::ServerLost),
            (_, Err(fault)) => return self.fail(epoch, fault),
        };
        self.lives += 1;
        let (number, inbox) = (self.lives, self.inbox.clone());
        let sign = move |sign| {
            let _ = inbox.send(Event::Sign(number, sign));
        };
        match Engine::start(&programs, room, epoch, self.side(), &*self.sink, sign) {
            Ok(engine) => {
                tracing::info!(room = room.word(), %epoch, pid = engine.pid(), "engine started");
                self.shared.process(&name_of(room), Some(engine.pid()));
                self.engines.insert(room, Life { number, engine, joined: None, returning: None });
                self.send_wish_for(room, place);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.fail(epoch, Fault::ProgramMissing { path: programs.engine.display().to_string() });
            }
            Err(error) => {
                tracing::error!(room = room.word(), %epoch, %error, "engine not started");
                self.shared.report(RtcReport::EngineLost { room, epoch });
            }
        }
    }

    fn fail(&self, epoch: Epoch, fault: Fault) {
        self.shared.report(RtcReport::Failed { epoch, fault });
    }

    fn side(&self) -> Side {
        if self.visit.is_some() { Side::Seat } else { Side::Host }
    }

    /// Where the next join of a room goes, and the right to it.
    fn place(&self, room: RoomKind) -> Result<Room, Fault> {
        let wish = self.wishes.get(&room).ok_or(Fault::ServerLost)?;
        let (urls, token) = match &self.visit {
            Some(visit) => visit.pass(room).ok_or(Fault::SeatRefused)?,
            None => {
                let (identity, name) = wish.who.as_ref().ok_or(Fault::ServerLost)?;
                let pass = Pass::of(room, Role::Host).expect("a host has a seat in both rooms");
                self.shared.token(pass, identity, name)?
            }
        };
        let url = urls.get(wish.attempt % urls.len().max(1)).cloned().ok_or(Fault::ServerLost)?;
        Ok(Room { url, token })
    }

    /// Sends the last wish of a room with a fresh token, if somebody is there to hear it.
    fn send_wish(&mut self, room: RoomKind) {
        let Some(epoch) = self.engines.get(&room).map(|life| life.engine.epoch()) else { return };
        match self.place(room) {
            Ok(place) => self.send_wish_for(room, place),
            Err(fault) => self.fail(epoch, fault),
        }
    }

    fn send_wish_for(&mut self, room: RoomKind, place: Room) {
        let Some(wish) = self.wishes.get(&room) else { return };
        let (listen, answer): (&[&str], &[&str]) = match self.side() {
            Side::Host => (&[names::CHAT], &[names::HELLO, names::COMMAND, names::DEVICES, names::HISTORY]),
            Side::Seat => (&[], &[]),
        };
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let want = Want {
            room: place,
            publish: wish.publish.clone(),
            watch: wish.watch.clone(),
            listen: owned(listen),
            answer: owned(answer),
        };
        self.send(room, Order::Want(want));
    }

    /// Which life of a room's engine is the current one.
    fn life(&self, room: RoomKind) -> Option<u64> {
        self.engines.get(&room).map(|life| life.number)
    }

    /// Sends an order to a room's engine; where there is none it is left out.
    fn send(&mut self, room: RoomKind, order: Order) {
        let Some(life) = self.engines.get(&room) else { return };
        if !life.engine.order(order) {
            let number = life.number;
            self.sign(number, Sign::Dead("does not read its orders"));
        }
    }

    /// What comes from a life that is no longer the current one of its room is dropped here and nowhere else.
    fn sign(&mut self, number: u64, sign: Sign) {
        let Some((&room, life)) = self.engines.iter_mut().find(|(_, life)| life.number == number) else {
            return;
        };
        match sign {
            Sign::Heard(Heard::News(report)) => {
                if let RtcReport::Room { news, .. } = &report {
                    self.note(room, news);
                }
                self.shared.report(report);
            }
            Sign::Heard(Heard::Asked { call, from, ask }) => self.asked(room, number, call, from, ask),
            Sign::Heard(Heard::Answered { call, words }) => self.answered(call, words),
            Sign::Heard(Heard::Recalled(pass)) => self.recalled(room, pass),
            Sign::Heard(Heard::Token(token)) => {
                if let Some(visit) = &mut self.visit {
                    visit.renew(room, token);
                }
            }
            Sign::Dead(how) => {
                let epoch = life.engine.epoch();
                let long_in = life.joined.is_some_and(|joined| joined.elapsed() >= LONG_IN);
                tracing::warn!(room = room.word(), %epoch, how, "engine lost");
                if !long_in {
                    self.try_next_address(room);
                }
                self.end(room);
                self.shared.report(RtcReport::EngineLost { room, epoch });
            }
        }
    }

    /// What of the news concerns this thread as well.
    fn note(&mut self, room: RoomKind, news: &RoomNews) {
        match news {
            RoomNews::Joined => {
                if let Some(life) = self.engines.get_mut(&room) {
                    (life.joined, life.returning) = (Some(Instant::now()), None);
                }
            }
            RoomNews::Lost { gone: None } if self.nodes() > 1 => {
                if let Some(life) = self.engines.get_mut(&room) {
                    life.returning.get_or_insert_with(Instant::now);
                }
            }
            RoomNews::Lost { gone: Some(LostWhy::Away | LostWhy::Refused) } => self.try_next_address(room),
            _ => {}
        }
    }

    /// How many addresses there are.
    fn nodes(&self) -> usize {
        match &self.visit {
            Some(visit) => visit.nodes(),
            None => self.shared.now().hosted.as_ref().map_or(0, |hosted| hosted.urls.len()),
        }
    }

    /// The library tries a dead node for half a minute before it gives up. Where there is another one, that is too
    /// long.
    fn leave_dead_nodes(&mut self) {
        let dead = |life: &Life| life.returning.is_some_and(|since| since.elapsed() >= NODE_PATIENCE);
        let dead = self.engines.iter().filter(|(_, life)| dead(life));
        let dead: Vec<(RoomKind, Epoch)> = dead.map(|(room, life)| (*room, life.engine.epoch())).collect();
        for (room, epoch) in dead {
            tracing::warn!(room = room.word(), %epoch, "the node does not answer; the next one is tried");
            self.try_next_address(room);
            self.end(room);
            let news = RoomNews::Lost { gone: Some(LostWhy::Away) };
            self.shared.report(RtcReport::Room { room, epoch, news });
        }
    }

    fn try_next_address(&mut self, room: RoomKind) {
        if let Some(wish) = self.wishes.get_mut(&room) {
            wish.attempt = wish.attempt.wrapping_add(1);
        }
    }

    /// Kills the engine of a room, if there is one.
    fn end(&mut self, room: RoomKind) {
        if let Some(life) = self.engines.remove(&room) {
            life.engine.kill(&*self.sink);
            self.shared.process(&name_of(room), None);
            self.hang_up(life.number);
        }
    }
}
