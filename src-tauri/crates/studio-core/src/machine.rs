//! Either side of a show, behind one surface: the loop around it cannot tell which it runs.

use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::fault::Fault;
use studio_wire::rtc::RoomKind;
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::Snapshot;

use crate::effect::Effects;
use crate::event::{Event, Start};
use crate::studio::Studio;
use crate::visit::Visit;

/// The host's studio, or a seat in somebody else's.
#[derive(Clone, Debug)]
pub enum Machine {
    /// The show is this machine's own.
    Host(Box<Studio>),
    /// The show is another machine's.
    Seat(Box<Visit>),
}

impl Machine {
    /// A seat where the start names one, else a studio. Asks nothing of anybody.
    pub fn new(start: Start) -> Self {
        match start.seat {
            Some(_) => Self::Seat(Box::new(Visit::new(start))),
            None => Self::Host(Box::new(Studio::new(start))),
        }
    }

    /// One event, then everything that follows from it, in order.
    pub fn apply(&mut self, now: Now, event: Event, out: &mut Effects) {
        match self {
            Self::Host(studio) => studio.apply(now, event, out),
            Self::Seat(visit) => visit.apply(now, event, out),
        }
    }

    /// When to send [`Event::Wake`] next, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<ShowTime> {
        match self {
            Self::Host(studio) => studio.next_deadline(),
            Self::Seat(visit) => visit.next_deadline(),
        }
    }

    /// This app's window.
    pub fn snapshot(&self, now: Now) -> Snapshot {
        match self {
            Self::Host(studio) => studio.snapshot(now),
            Self::Seat(visit) => visit.snapshot(now),
        }
    }

    /// Tells of something that the loop around this machine met.
    pub fn note(&mut self, fault: Fault, now: Now) {
        match self {
            Self::Host(studio) => studio.note(fault, now),
            Self::Seat(visit) => visit.note(fault, now),
        }
    }

    /// The newest page of a room's chat.
    pub fn chat(&self, room: RoomKind) -> ChatPage {
        match self {
            Self::Host(studio) => studio.chat(room),
            Self::Seat(visit) => visit.chat(room),
        }
    }

    /// The number of the newest message of a room; 0 if there is none.
    pub fn chat_newest(&self, room: RoomKind) -> u64 {
        match self {
            Self::Host(studio) => studio.chat_newest(room),
            Self::Seat(visit) => visit.chat_newest(room),
        }
    }

    /// Every message in memory with a larger number, oldest first.
    pub fn chat_after(&self, room: RoomKind, seq: u64) -> Vec<ChatLine> {
        match self {
            Self::Host(studio) => studio.chat_after(room, seq),
            Self::Seat(visit) => visit.chat_after(room, seq),
        }
    }
}
