//! Between the core and what is kept.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::ids::{Epoch, Identity, SessionId, TakeId};
use crate::people::{Position, Presence, Role};
use crate::preferences::Preferences;
use crate::time::ShowTime;
use crate::view::StateName;

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
        /// Wall clock, ms.
        wall_ms: u64,
    },
    /// Somebody's record of this show, whole.
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
        /// Wall clock, ms.
        wall_ms: u64,
    },
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
    Preferences(Preferences),
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
}

/// A show that was under way when the app died.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unfinished {
    /// Which.
    pub session: SessionId,
    /// Its title.
    pub title: String,
    /// The state it was in.
    pub state: StateName,
    /// Recordings without an end.
    pub files: Vec<String>,
}
