//! What goes in: what the machine starts from, and everything that can happen to it.

use studio_wire::command::Command;
use studio_wire::device::DeviceReport;
use studio_wire::ids::{Identity, Ticket};
use studio_wire::media::MediaReport;
use studio_wire::people::{Actor, Role};
use studio_wire::rtc::RtcReport;
use studio_wire::shell::ShellReport;
use studio_wire::store::{Kept, StoreReport};

/// What a [`Studio`](crate::Studio) starts from. The seed is the only chance it ever gets.
#[derive(Clone, Debug)]
pub struct Start {
    /// Ids are made from this and a counter.
    pub seed: u64,
    /// What the store held.
    pub kept: Kept,
    /// The host's identity in the rooms.
    pub me: Identity,
    /// The host's name, where preferences hold none.
    pub name: String,
    /// A seat on another machine's show; `None` where this machine holds the show.
    pub seat: Option<SeatStart>,
}

/// The seat that a program was started with. Its token is its port's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatStart {
    /// Whose seat.
    pub identity: Identity,
    /// What they are, as the seat says; the host's record says so in the end.
    pub role: Role,
    /// What to call them.
    pub name: String,
}

impl Start {
    /// A start with nothing kept.
    pub fn new(seed: u64, me: &str, name: &str) -> Self {
        Self { seed, kept: Kept::default(), me: me.into(), name: name.to_owned(), seat: None }
    }
}

/// Everything that can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Somebody wants something; answered by exactly one [`Effect::Reply`](crate::Effect::Reply).
    /// The actor is the door's word, never the command's.
    Command(Ticket, Actor, Command),
    /// From compositor, mixer and recorder.
    Media(MediaReport),
    /// From server and engines.
    Rtc(RtcReport),
    /// From microphones, speakers and cameras.
    Devices(DeviceReport),
    /// From the database.
    Store(StoreReport),
    /// From the window's shell.
    Shell(ShellReport),
    /// [`Studio::next_deadline`](crate::Studio::next_deadline) is reached. Harmless at any other time.
    Wake,
}
