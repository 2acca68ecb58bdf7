//! Between the core and the rooms. No LiveKit type appears here.

use serde::{Deserialize, Serialize};

use crate::engine::{Publish, Watch};
use crate::fault::Fault;
use crate::ids::{Epoch, Identity, LaneId, SessionId, TrackSid};
use crate::people::Role;

/// The two rooms of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// People who may publish.
    Crew,
    /// The audience; only the host publishes.
    Air,
}

impl RoomKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Crew, Self::Air];

    /// The word used in room names, logs and texts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Crew => "crew",
            Self::Air => "air",
        }
    }
}

/// What the core asks of server and engines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RtcOrder {
    /// Starts the local server and makes both rooms. Answered by `RoomsReady` or `Failed`.
    /// Sent again after `ServerLost`: the server comes back on the same ports with the same keys.
    Open {
        /// Of this life.
        epoch: Epoch,
        /// Names the rooms.
        session: SessionId,
    },
    /// Starts the engine of a room, with a fresh token for this identity; then sends it the last `Want`.
    Start {
        /// Which room.
        room: RoomKind,
        /// Of this engine's life.
        epoch: Epoch,
        /// As whom.
        identity: Identity,
        /// What to call them.
        name: String,
    },
    /// The whole wish of a room: what to publish and what to watch. Kept and sent again after a restart.
    Want {
        /// Which room.
        room: RoomKind,
        /// Every output.
        publish: Vec<Publish>,
        /// Every track wanted.
        watch: Vec<Watch>,
    },
    /// Leaves the rooms, ends engines and server. Answered by `Closed`.
    Close {
        /// Of the `Open`.
        epoch: Epoch,
    },
}

/// What server and engines tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RtcReport {
    /// Server healthy, both rooms made.
    RoomsReady {
        /// Of the `Open`.
        epoch: Epoch,
    },
    /// The server's process ended.
    ServerLost {
        /// Of the `Open`.
        epoch: Epoch,
    },
    /// Something asked for could not be done.
    Failed {
        /// Of the order.
        epoch: Epoch,
        /// Why.
        fault: Fault,
    },
    /// An engine's process ended or hung and was killed.
    EngineLost {
        /// Whose.
        room: RoomKind,
        /// Of its `Start`.
        epoch: Epoch,
    },
    /// From an engine.
    Room {
        /// Whose.
        room: RoomKind,
        /// Of its `Start`.
        epoch: Epoch,
        /// What.
        news: RoomNews,
    },
    /// Engines and server are gone.
    Closed {
        /// Of the `Open`.
        epoch: Epoch,
    },
}

/// What happens in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomNews {
    /// Connected; people and tracks already there follow as `Came` and `Track`.
    Joined,
    /// The connection is being made again by the library, or was lost for good (`gone`).
    Lost {
        /// The library gave up.
        gone: bool,
    },
    /// Somebody is there.
    Came {
        /// Who.
        identity: Identity,
        /// What to call them.
        name: String,
        /// The role in the attributes that the server stamped, if any.
        role: Option<Role>,
    },
    /// Somebody left.
    Left {
        /// Who.
        identity: Identity,
    },
    /// A track is on offer, or changed.
    Track {
        /// Whose.
        identity: Identity,
        /// Which.
        sid: TrackSid,
        /// What it carries.
        kind: TrackKind,
        /// Muted by its publisher.
        muted: bool,
    },
    /// A track is gone.
    TrackGone {
        /// Whose.
        identity: Identity,
        /// Which.
        sid: TrackSid,
    },
    /// An output is published and acknowledged by the server.
    Published {
        /// Which lane.
        lane: LaneId,
    },
    /// Pictures or sound arrive in a lane.
    Flowing {
        /// Which lane.
        lane: LaneId,
    },
    /// Nothing arrives in a lane although it is watched and not muted.
    Stalled {
        /// Which lane.
        lane: LaneId,
    },
    /// A lane's pictures are larger than it holds; they are dropped.
    TooLarge {
        /// Which lane.
        lane: LaneId,
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// Who speaks now.
    Speaking {
        /// Everybody who does.
        people: Vec<Identity>,
    },
}

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// A face.
    Camera,
    /// A voice.
    Microphone,
    /// A shared screen.
    Screen,
    /// A shared screen's sound.
    ScreenSound,
}
