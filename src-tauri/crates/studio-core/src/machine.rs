//! host only
use crate::{Effects, Event, Start, Studio};
use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::fault::Fault;
use studio_wire::rtc::RoomKind;
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::Snapshot;
/// Temporary.
#[derive(Clone, Debug)]
pub enum Machine {
    /// Host.
    Host(Box<Studio>),
}
#[allow(missing_docs)]
impl Machine {
    pub fn new(start: Start) -> Self {
        Self::Host(Box::new(Studio::new(start)))
    }
    pub fn apply(&mut self, now: Now, event: Event, out: &mut Effects) {
        let Self::Host(s) = self;
        s.apply(now, event, out)
    }
    pub fn next_deadline(&self) -> Option<ShowTime> {
        let Self::Host(s) = self;
        s.next_deadline()
    }
    pub fn snapshot(&self, now: Now) -> Snapshot {
        let Self::Host(s) = self;
        s.snapshot(now)
    }
    pub fn note(&mut self, fault: Fault, now: Now) {
        let Self::Host(s) = self;
        s.note(fault, now)
    }
    pub fn chat(&self, room: RoomKind) -> ChatPage {
        let Self::Host(s) = self;
        s.chat(room)
    }
    pub fn chat_after(&self, room: RoomKind, seq: u64) -> Vec<ChatLine> {
        let Self::Host(s) = self;
        s.chat_after(room, seq)
    }
    pub fn chat_newest(&self, room: RoomKind) -> u64 {
        let Self::Host(s) = self;
        s.chat_newest(room)
    }
}
