//! Between the core and what is kept.

use serde::{Deserialize, Serialize};

use crate::chat::{ChatLine, ChatPage};
use crate::fault::Fault;
use crate::ids::{Epoch, Identity, ServerId, SessionId, TakeId, Ticket};
use crate::mixer::Strip;
use crate::people::{Position, Presence, Rights, Role};
use crate::preferences::Preferences;
use crate::rtc::{RoomKind, TrackKind};
use crate::server::ServerProfile;
use crate::time::ShowTime;
use crate::view::{SceneView, StateName};

/// What the core asks to be kept. Written in order; an order with an epoch is answered by `Persisted`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreOrder {
    /// A show begins (or its state changes): a durable intent.
    Session {
        /// To be answered.
        epoch: Epoch,
        /// Which.
        session: SessionId,
        /// Its title.
        title: String,
        /// The state it is in from now on.
        state: StateName,
        /// The server it runs on; `None` is the studio's own.
        server: Option<ServerId>,
        /// Wall clock, ms.
        wall_ms: u64,
    },
    /// The scenes of a show, whole: what a restarted app goes on with.
    Scenes {
        /// Which show.
        session: SessionId,
        /// On air.
        program: SceneView,
        /// Being prepared.
        preview: SceneView,
    },
    /// Somebody's record of this show, whole. Each time somebody comes a visit is begun; it ends when they go.
    Person {
        /// Which show.
        session: SessionId,
        /// Who.
        identity: Identity,
        /// What to call them.
        name: String,
        /// Their role.
        role: Role,
        /// Connected or not.
        presence: Presence,
        /// Where.
        position: Position,
        /// What they may send.
        rights: Rights,
        /// Wall clock, ms.
        wall_ms: u64,
    },
    /// What somebody did in this show so far, whole.
    Figures {
        /// Which show.
        session: SessionId,
        /// Who.
        identity: Identity,
        /// What.
        figures: PersonFigures,
    },
    /// The strips of somebody's sounds in this show, whole: those that are not as a strip is at first.
    Strips {
        /// Which show.
        session: SessionId,
        /// Who; never the host, whose strips are preferences.
        identity: Identity,
        /// Of which sound, and how; none is solo.
        strips: Vec<(TrackKind, Strip)>,
    },
    /// A chat message. One with the same sender and id is kept once.
    Chat {
        /// Which show.
        session: SessionId,
        /// The message.
        line: ChatLine,
    },
    /// Asks for chat that is no longer in memory. Answered by `Chat` with the same ticket.
    ReadChat {
        /// To be answered.
        ticket: Ticket,
        /// Which show.
        session: SessionId,
        /// Which room.
        room: RoomKind,
        /// Only lines with a larger number, the oldest of these.
        after: Option<u64>,
        /// Only lines with a smaller number, the newest of these.
        before: Option<u64>,
    },
    /// A server profile, new or changed.
    Server(ServerProfile),
    /// A server profile is no longer wanted.
    ForgetServer(ServerId),
    /// A recording begins.
    Take {
        /// Which show.
        session: SessionId,
        /// Which take.
        take: TakeId,
        /// Show time of its start.
        at: ShowTime,
        /// Wall clock, ms.
        wall_ms: u64,
    },
    /// A file of a recording.
    Segment {
        /// Which show.
        session: SessionId,
        /// Which take.
        take: TakeId,
        /// Counted from 0.
        segment: u32,
        /// The file.
        path: String,
        /// Show time of its first frame.
        at: ShowTime,
    },
    /// A recording is finished.
    TakeDone {
        /// Which show.
        session: SessionId,
        /// Which take.
        take: TakeId,
        /// The playable file.
        path: String,
        /// Its frames.
        frames: u64,
        /// Wall clock, ms.
        wall_ms: u64,
    },
    /// Preferences, whole.
    Preferences(Box<Preferences>),
    /// A row of the journal.
    Event {
        /// Which show, if one is open.
        session: Option<SessionId>,
        /// Counted up by the core.
        seq: u64,
        /// When.
        at: ShowTime,
        /// What, one word.
        kind: String,
        /// Detail as JSON, redacted.
        payload: String,
    },
}

/// What the store tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreReport {
    /// An intent is in the file (or in memory, where the file cannot be used).
    Persisted {
        /// Of the order.
        epoch: Epoch,
    },
    /// Answer to `ReadChat`; empty where the file cannot be read.
    Chat {
        /// Of the order.
        ticket: Ticket,
        /// What there is; `newest` is the newest in the file.
        page: ChatPage,
    },
    /// Something could not be kept; the show goes on.
    Trouble {
        /// What.
        fault: Fault,
    },
    /// What was troubled is well again.
    Well,
}

/// What the store holds when the app starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Preferences, with defaults where there were none.
    pub preferences: Preferences,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// A show that was not ended: the app crashed in it.
    pub unfinished: Option<Unfinished>,
    /// Server profiles, by name.
    pub servers: Vec<ServerProfile>,
}

/// What somebody did in a show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonFigures {
    /// How often they came.
    pub joins: u32,
    /// How long they were there, in ms.
    pub there_ms: u64,
    /// How long they were on stage, in ms.
    pub on_stage_ms: u64,
    /// How long they spoke, in ms.
    pub talk_ms: u64,
    /// How long their connection was poor or lost, in ms.
    pub poor_ms: u64,
}

/// Somebody's record as an unfinished show left it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptPerson {
    /// Who.
    pub identity: Identity,
    /// What to call them.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Connected or not.
    pub presence: Presence,
    /// What they may send.
    pub rights: Rights,
    /// What they did so far.
    pub figures: PersonFigures,
    /// The strips of their sounds, as far as they are not as at first.
    pub strips: Vec<(TrackKind, Strip)>,
}

/// A show that was under way when the app died.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unfinished {
    /// Which.
    pub session: SessionId,
    /// Its title.
    pub title: String,
    /// The state it was in.
    pub state: StateName,
    /// Recordings without an end.
    pub files: Vec<String>,
    /// Takes of it so far.
    pub takes: u32,
    /// The server it ran on; `None` is the studio's own.
    pub server: Option<ServerId>,
    /// The scene on air.
    pub program: SceneView,
    /// The scene being prepared.
    pub preview: SceneView,
    /// Everybody's record.
    pub people: Vec<KeptPerson>,
    /// The newest page of chat of each room.
    pub chat: Vec<ChatPage>,
}
