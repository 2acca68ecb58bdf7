//! The loop: inbox → core → effects → ports. The only thread that touches the show's truth.
//!
//! **One event, then all its effects, then the next event.** Ports never wait here, so the inbox drains
//! faster than anything fills it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use studio_core::{Effect, Effects, Event, Machine, Start};
use studio_media::clock;
use studio_wire::chat::ChatPage;
use studio_wire::rtc::RoomKind;
use studio_wire::view::Ack;
use studio_wire::{Actor, Command, Fault, Now, ShowTime, Snapshot, Ticket, Update};

use crate::ports::Ports;

const INBOX: usize = 1024;
const SNAPSHOT_EVERY: ShowTime = ShowTime::from_ms(33);
const METERS_EVERY: ShowTime = ShowTime::from_ms(50);
const SLEEP_AT_MOST: Duration = Duration::from_secs(1);

/// Where an answer goes. Called once, from the studio thread; must not wait.
pub type Reply = Box<dyn FnOnce(Result<Ack, Fault>) + Send>;
/// Where updates go. Called from the studio thread; must not wait. `false` ends the subscription.
pub type Subscriber = Box<dyn Fn(Update) -> bool + Send>;

enum Message {
    Event(Event),
    Ask(Actor, Command, Reply),
    Subscribe(Subscriber),
    End,
}

/// The door to the studio thread.
#[derive(Clone)]
pub struct Inbox(SyncSender<Message>);

impl Inbox {
    /// A new inbox and its other end, for [`Runtime::start`]. Ports are made in between.
    pub fn new() -> (Self, Mail) {
        let (sender, receiver) = sync_channel(INBOX);
        (Self(sender), Mail(receiver))
    }

    /// Hands over a report. Never dropped; waits only while the inbox is full, which is logged.
    pub fn report(&self, event: Event) {
        self.put(Message::Event(event));
    }

    /// Asks for something; the reply is called exactly once unless the app ends first.
    pub fn ask(&self, actor: Actor, command: Command, reply: Reply) {
        self.put(Message::Ask(actor, command, reply));
    }

    /// Follows the studio: a whole snapshot at once, then every change.
    pub fn subscribe(&self, subscriber: Subscriber) {
        self.put(Message::Subscribe(subscriber));
    }

    fn put(&self, message: Message) {
        match self.0.try_send(message) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(message)) => {
                tracing::error!("the studio's inbox is full");
                let _ = self.0.send(message);
            }
        }
    }
}

/// The receiving end of an inbox.
pub struct Mail(Receiver<Message>);

/// The running studio thread. Dropping it ends the thread and then the ports.
pub struct Runtime {
    inbox: Inbox,
    thread: Option<JoinHandle<()>>,
}

impl Runtime {
    /// Starts the studio thread over ports that are ready.
    pub fn start(inbox: Inbox, mail: Mail, start: Start, ports: Ports) -> std::io::Result<Self> {
        let thread = thread::Builder::new().name("studio".to_owned()).spawn(move || {
            let mut desk = Desk::new(Machine::new(start), ports);
            desk.run(&mail);
            desk.ports.close();
        })?;
        Ok(Self { inbox, thread: Some(thread) })
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.inbox.put(Message::End);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the studio thread ended by a panic");
        }
    }
}

struct Desk {
    studio: Machine,
    ports: Ports,
    replies: HashMap<Ticket, Reply>,
    next_ticket: u64,
    subscribers: Vec<Subscriber>,
    /// The newest chat line of each room that subscribers were told of.
    told: [u64; 2],
    changed: bool,
    published: ShowTime,
    metered: ShowTime,
}

impl Desk {
    fn new(studio: Machine, ports: Ports) -> Self {
        Self {
            studio,
            ports,
            replies: HashMap::new(),
            next_ticket: 1,
            subscribers: Vec::new(),
            told: [0; 2],
            changed: false,
            published: ShowTime::default(),
            metered: ShowTime::default(),
        }
    }

    fn run(&mut self, mail: &Mail) {
        loop {
            match mail.0.recv_timeout(self.patience(clock::now())) {
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = clock::now();
            if self.studio.next_deadline().is_some_and(|deadline| deadline <= now) {
                self.apply(Event::Wake);
            }
            self.tell(now);
        }
    }

    /// How long nothing needs to be done.
    fn patience(&self, now: ShowTime) -> Duration {
        let mut until = self.studio.next_deadline();
        let mut sooner = |at: ShowTime| until = Some(until.map_or(at, |earlier| earlier.min(at)));
        if !self.subscribers.is_empty() {
            sooner(self.metered + METERS_EVERY);
            if self.changed {
                sooner(self.published + SNAPSHOT_EVERY);
            }
        }
        until.map_or(SLEEP_AT_MOST, |at| Duration::from_nanos(at.since(now).0)).min(SLEEP_AT_MOST)
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Event(event) => self.apply(event),
            Message::Ask(actor, command, reply) => {
                let ticket = Ticket(self.next_ticket);
                self.next_ticket += 1;
                self.replies.insert(ticket, reply);
                self.apply(Event::Command(ticket, actor, command));
            }
            Message::Subscribe(subscriber) => {
                let pages = RoomKind::ALL.map(|room| Update::Chat(self.studio.chat(room)));
                if subscriber(self.snapshot()) && pages.into_iter().all(&*subscriber) {
                    self.subscribers.push(subscriber);
                }
            }
            Message::End => {}
        }
    }

    /// Applies one event and carries out all its effects. A panic of the core undoes the event, so that a
    /// bug costs one wish and not the show.
    fn apply(&mut self, event: Event) {
        let before = self.studio.clone();
        let ticket = match &event {
            Event::Command(ticket, ..) => Some(*ticket),
            _ => None,
        };
        let mut effects = Effects::default();
        let done = catch_unwind(AssertUnwindSafe(|| self.studio.apply(now(), event, &mut effects)));
        if done.is_err() {
            self.studio = before;
            self.studio.note(Fault::CoreRestarted, now());
            self.changed = true;
            if let Some(reply) = ticket.and_then(|ticket| self.replies.remove(&ticket)) {
                reply(Err(Fault::CoreRestarted));
            }
            return;
        }
        for effect in effects.drain() {
            self.carry_out(effect);
        }
        for room in RoomKind::ALL {
            self.pass_on_chat(room);
        }
    }

    /// Tells subscribers what was said since they were told last; in another show, its newest page.
    fn pass_on_chat(&mut self, room: RoomKind) {
        let newest = self.studio.chat_newest(room);
        let told = std::mem::replace(&mut self.told[room as usize], newest);
        if newest == told || self.subscribers.is_empty() {
            return;
        }
        let page = if newest < told {
            self.studio.chat(room)
        } else {
            ChatPage { room, lines: self.studio.chat_after(room, told), newest }
        };
        self.subscribers.retain(|subscriber| subscriber(Update::Chat(page.clone())));
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Media(order) => self.ports.media(order),
            Effect::Rtc(order) => self.ports.rtc(order),
            Effect::Store(order) => self.ports.store(order),
            Effect::Devices(order) => self.ports.devices(order),
            Effect::Shell(order) => self.ports.shell(order),
            Effect::Publish => self.changed = true,
            Effect::Reply(ticket, result) => {
                if let Some(reply) = self.replies.remove(&ticket) {
                    reply(result);
                }
            }
        }
    }

    fn snapshot(&self) -> Update {
        let snapshot: Snapshot = self.studio.snapshot(now());
        Update::Snapshot(Box::new(snapshot))
    }

    /// Pushes what is due: snapshots at most 30 a second, levels 20 a second.
    fn tell(&mut self, now: ShowTime) {
        if self.changed && now.since(self.published) >= SNAPSHOT_EVERY {
            self.changed = false;
            self.published = now;
            if !self.subscribers.is_empty() {
                let update = self.snapshot();
                self.subscribers.retain(|subscriber| subscriber(update.clone()));
            }
        }
        if !self.subscribers.is_empty() && now.since(self.metered) >= METERS_EVERY {
            self.metered = now;
            let update = Update::Meters(self.ports.meters());
            self.subscribers.retain(|subscriber| subscriber(update.clone()));
        }
    }
}

/// Show time and wall clock together, as the core takes them.
fn now() -> Now {
    let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Now { show: clock::now(), wall_ms: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX) }
}
