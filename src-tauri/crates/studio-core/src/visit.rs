//! A seat in another machine's show: the same surface as [`Studio`](crate::Studio), with a received view in the
//! place where the host has the show.
//!
//! **What is here is this machine's: own devices, tracks, connection, notices. What is in the view is the host's
//! word**, kept whole and apart from what this machine expects of wishes that are still open; the snapshot is the
//! one with the other laid over it. Nothing that comes from a room ever switches a device on.

mod chat;
mod clock;
mod commands;
mod derived;
mod greeting;
mod guess;
mod reports;
mod rooms;
mod senses;
mod told;
mod views;
mod wishes;

use std::sync::Arc;

use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::device::OfferedDevice;
use studio_wire::engine::LostWhy;
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Epoch, Identity, Ticket};
use studio_wire::people::Actor;
use studio_wire::rtc::RoomKind;
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::{Ack, PersonView, ShowView, Snapshot};

use crate::effect::{Effect, Effects};
use crate::event::{Event, SeatStart, Start};
use crate::here::connection::Connection;
use crate::here::devices::Devices;
use crate::here::notices::Notices;
use crate::here::preferences::Chosen;
use crate::here::screens::Screens;
use crate::here::sent::Sent;
use crate::ids::Ids;
use crate::text;
use crate::time::earlier;
use chat::Chat;
use clock::Clock;
use greeting::Greeting;
use rooms::Rooms;
use senses::Senses;
use wishes::Wishes;

/// Where this app's life is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Life {
    /// Not asked to begin.
    #[default]
    New,
    Open {
        epoch: Epoch,
    },
    /// On its way out: waits for what is still open.
    Closing {
        epoch: Epoch,
        media: bool,
        rtc: bool,
        until: ShowTime,
    },
    Ended,
}

/// What the host said last.
#[derive(Clone, Debug, Default)]
struct Truth {
    /// The host has answered a hello in this life of the app.
    known: bool,
    rev: u64,
    view: Arc<ShowView>,
    clock: Clock,
}

/// What a wish came to: with how its person is now.
type Verdict = Result<Option<Box<PersonView>>, Fault>;

/// The truth of one seat on its own machine. **Changed by [`Visit::apply`] alone**, but for what the loop itself has
/// to say ([`Visit::note`]).
///
/// A clone is a copy of the whole truth: a loop that keeps one can undo an event.
#[derive(Clone, Debug)]
pub struct Visit {
    ids: Ids,
    seat: SeatStart,
    life: Life,
    /// Compositor and mixer run.
    program_runs: bool,
    connection: Connection,
    rooms: Rooms,
    /// Why the seat is lost for good.
    over: Option<LostWhy>,
    greeting: Greeting,
    truth: Truth,
    wishes: Wishes,
    chat: Chat,
    senses: Senses,
    devices: Devices,
    screens: Screens,
    /// What the host was told of them; `None` where it is to be told anew.
    told_devices: Option<Vec<OfferedDevice>>,
    /// What this machine was ever allowed to publish: published from then on, muted or not.
    published: (bool, bool),
    /// The same of the own voice beside the show.
    talkback: bool,
    preferences: Chosen,
    notices: Notices,
    calls: u64,
    /// To be answered when the snapshot is made.
    verdicts: Vec<(Ticket, Verdict)>,
    /// What the ports were told last.
    sent: Sent,
    /// The snapshot as it was published last.
    shown: Snapshot,
}

impl Visit {
    /// On its way in, with both devices off. Asks nothing of anybody before the shell has started.
    pub fn new(start: Start) -> Self {
        let Start { seed, kept, me, name, seat } = start;
        let mut seat = seat.unwrap_or_else(|| SeatStart {
            identity: me,
            role: studio_wire::people::Role::default(),
            name,
        });
        seat.name = text::name(&seat.name, seat.identity.as_str());
        let mut ids = Ids::new(seed);
        let mut visit = Self {
            life: Life::default(),
            program_runs: false,
            connection: Connection::default(),
            rooms: Rooms::new(seat.role.room()),
            over: None,
            greeting: Greeting::default(),
            truth: Truth::default(),
            wishes: Wishes::default(),
            chat: Chat::default(),
            senses: Senses::new(&mut ids),
            devices: Devices::default(),
            screens: Screens::default(),
            told_devices: None,
            published: (false, false),
            talkback: false,
            preferences: Chosen::new(kept.preferences),
            notices: Notices::default(),
            calls: 0,
            verdicts: Vec::new(),
            sent: Sent::default(),
            shown: Snapshot::default(),
            ids,
            seat,
        };
        for fault in kept.faults {
            visit.tell_store(fault, ShowTime::default());
        }
        visit.shown = visit.project();
        visit
    }

    /// One event, then everything that follows from it, in order: orders, replies, `Publish`.
    ///
    /// A wish about the show is answered when the host has answered it; every other command at once. A report of an
    /// older epoch changes nothing.
    pub fn apply(&mut self, now: Now, event: Event, out: &mut Effects) {
        match event {
            Event::Command(ticket, actor, command) => {
                let verdict = match actor {
                    Actor::LocalHost => self.wish(now, ticket, command, out),
                    // Nobody has a say on another machine than their own.
                    Actor::Person(_) => Err(self.not_allowed(command.act())),
                };
                match verdict {
                    Ok(commands::Taken::Now) => self.verdicts.push((ticket, Ok(None))),
                    Ok(commands::Taken::Asked) => {}
                    Err(fault) => return out.reply(ticket, Err(fault)),
                }
            }
            report if !self.current(&report) => return,
            report => self.hear(now, report, out),
        }
        self.read_anew(now, out);
        self.settle(now, out);
        self.publish(out);
    }

    /// Tells of something that the loop around this machine met. Asks nothing of any port; the snapshot has a
    /// new `rev`.
    pub fn note(&mut self, fault: Fault, now: Now) {
        self.notices.tell(fault, now.show);
        self.publish(&mut Effects::default());
    }

    /// When to send [`Event::Wake`] next, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<ShowTime> {
        match self.life {
            Life::New | Life::Ended => None,
            Life::Closing { until, .. } => Some(until),
            Life::Open { .. } => {
                let asked = earlier(self.greeting.deadline(), self.wishes.deadline());
                let chat = self.chat.deadline(|room| self.may_talk(room), self.in_touch());
                earlier(self.connection.deadline(), earlier(asked, chat))
            }
        }
    }

    /// This app's window. Costs a copy: the projection was made when the state changed.
    pub fn snapshot(&self, now: Now) -> Snapshot {
        Snapshot { at: now.show, ..self.shown.clone() }
    }

    /// The newest messages of a room, as the host has told them.
    pub fn chat(&self, room: RoomKind) -> ChatPage {
        self.chat.page(room)
    }

    /// The number of the newest message of a room that is here; 0 if there is none.
    pub fn chat_newest(&self, room: RoomKind) -> u64 {
        self.chat.newest(room)
    }

    /// Every message in memory with a larger number, oldest first.
    pub fn chat_after(&self, room: RoomKind, seq: u64) -> Vec<ChatLine> {
        self.chat.after(room, seq)
    }

    /// Counts the snapshot up if it differs from the one shown last, and answers what is to be answered.
    fn publish(&mut self, out: &mut Effects) {
        let mut fresh = self.project();
        (fresh.rev, fresh.at) = (self.shown.rev, self.shown.at);
        let changed = fresh != self.shown;
        if changed {
            fresh.rev += 1;
            self.shown = fresh;
        }
        let rev = self.shown.rev;
        for (ticket, verdict) in std::mem::take(&mut self.verdicts) {
            out.reply(ticket, verdict.map(|person| Ack { rev, person }));
        }
        if changed {
            out.0.push(Effect::Publish);
        }
    }

    fn me(&self) -> &Identity {
        &self.seat.identity
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    /// Trouble with the store stands until it is well; a preference that was lost is told once.
    fn tell_store(&mut self, fault: Fault, at: ShowTime) {
        match fault {
            Fault::PreferenceBroken { .. } => self.notices.tell(fault, at),
            _ => self.notices.stand(fault, at),
        }
    }
}
