//! What a seat on another machine and the host say to each other.
//!
//! A seat calls `studio.hello` as its first act, `studio.command` for everything that it wants done, and
//! `studio.history` for chat that it has missed. The host tells by packets on `studio.tell`: changes of the view,
//! numbered, and every chat line, numbered. Who finds a gap in the numbers asks. **Nothing that is told carries a
//! right: who asks is who the server says it is, and their role is the host's own record of them.**

use serde::{Deserialize, Serialize};

use crate::chat::{ChatLine, ChatPage};
use crate::command::ShowCommand;
use crate::device::OfferedDevice;
use crate::fault::Fault;
use crate::rtc::RoomKind;
use crate::time::ShowTime;
use crate::view::{Ack, Change, ShowView};

/// Of everything in this module.
pub const VERSION: u32 = 1;

/// The identity of whoever holds the show, in both rooms. No seat is ever given out under it.
pub const HOST: &str = "host";

/// Methods and topics.
pub mod names {
    /// A seat's first call.
    pub const HELLO: &str = "studio.hello";
    /// A wish about the show.
    pub const COMMAND: &str = "studio.command";
    /// The devices of a seat's machine.
    pub const DEVICES: &str = "studio.devices";
    /// Chat that was missed.
    pub const HISTORY: &str = "studio.history";
    /// What the host tells, by reliable packets.
    pub const TELL: &str = "studio.tell";
    /// Reactions, by lossy packets: a [`Reaction`](crate::chat::Reaction)'s word.
    pub const REACTION: &str = "studio.reaction";
    /// Chat as LiveKit's own components speak it.
    pub const CHAT: &str = "lk.chat";
    /// Chat as older clients speak it: a packet with `{"type":"chat","message":…,"timestamp":…}`.
    pub const OLD_CHAT: &str = "chat";
}

/// What a seat asks of the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomAsk {
    /// Here I am.
    Hello {
        /// What it speaks.
        version: u32,
        /// Whether this is who sat here before.
        holder: Holder,
    },
    /// Do this.
    Command(ShowCommand),
    /// These are the devices of my machine, whole. Told without a wish of its user's, by who may be on stage.
    Devices(Vec<OfferedDevice>),
    /// What was said before, or since.
    History {
        /// In which room.
        room: RoomKind,
        /// Lines with a larger number; the oldest of these come first.
        after: Option<u64>,
        /// Lines with a smaller number; the newest of these.
        before: Option<u64>,
    },
    /// Something that is none of these.
    Nonsense,
}

/// Whether a seat is held by who was given it. Known from a secret that its first holder was given by the
/// host's port and that nobody else has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// Nobody has said hello from this seat yet.
    #[default]
    First,
    /// The one who did.
    Same,
    /// Somebody else did.
    Other,
}

/// What the host answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomAnswer {
    /// To `Hello`: everything that the seat may know. The port adds tokens for `passes`.
    Welcome {
        /// Of the view.
        rev: u64,
        /// Show time at the host when it was made, so that a seat can tell the host's times by its own clock.
        at: ShowTime,
        /// Whole.
        view: Box<ShowView>,
        /// The newest chat lines of each room that it may read.
        chat: Vec<ChatPage>,
        /// The rooms that it may enter.
        passes: Vec<RoomKind>,
        /// From now on the caller is the one who holds this seat.
        bind: bool,
    },
    /// To `Command` and `Devices`: done; the view that first shows it has at least this `rev`.
    Done(Ack),
    /// To `History`.
    History(ChatPage),
    /// Not done.
    Refused(Fault),
}

/// What the host tells without being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tale {
    /// The view changed.
    View {
        /// The view that these are changes of.
        from: u64,
        /// The view that they make.
        rev: u64,
        /// In order.
        changes: Vec<Change>,
    },
    /// The view changed by more than fits: ask for it.
    Stale {
        /// The view that there is now.
        rev: u64,
    },
    /// Somebody said something.
    Chat(ChatLine),
    /// A message of the one who is told was not kept.
    Unsaid {
        /// The message's own id.
        id: String,
        /// Why.
        fault: Fault,
    },
    /// The seat in `crew` is yours (again): come in. The port adds a token.
    Recall,
}
