//! Between the core and the rooms. No LiveKit type appears here.

use serde::{Deserialize, Serialize};

use crate::chat::Reaction;
use crate::engine::{LostWhy, Publish, Watch};
use crate::fault::Fault;
use crate::ids::{CallId, Epoch, Identity, LaneId, ServerId, SessionId, TrackSid};
use crate::people::{Parting, Position, Quality, Role};
use crate::room::{RoomAnswer, RoomAsk, Tale};
use crate::server::{SecretPlace, SecretText, ServerProfile, ServerTest};

/// The two rooms of a show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// People who may publish.
    #[default]
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
    /// Starts the server, or reaches the one chosen, and makes both rooms. Answered by `RoomsReady` or `Failed`.
    /// Sent again after `ServerLost`: the studio's own server comes back on the same ports with the same keys.
    Open {
        /// Of this life.
        epoch: Epoch,
        /// Names the rooms.
        session: SessionId,
        /// Whose server; `None` is the studio's own.
        server: Option<ServerProfile>,
        /// Take over the server that an earlier life of this app left running, with everybody who is in it.
        adopt: bool,
    },
    /// Takes the seat that this app was started with, on another machine's show: no server is started.
    /// Answered by `RoomsReady` or `Failed`.
    Attend {
        /// Of this life.
        epoch: Epoch,
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
    /// Gives up a room without ending anything else: its engine leaves and is not started again.
    Leave {
        /// Which room.
        room: RoomKind,
    },
    /// Has the server stamp somebody: attributes for everybody to see, and what they may publish. Tried a few
    /// times; answered by `Stamped`. A newer one for the same person and room takes the place of one that waits.
    Stamp {
        /// Where.
        room: RoomKind,
        /// Whom.
        identity: Identity,
        /// With what, whole.
        stamp: Stamp,
    },
    /// Has the server mute a track. There is no order to unmute one. A failure is only logged.
    Mute {
        /// Where.
        room: RoomKind,
        /// Whose.
        identity: Identity,
        /// Which.
        sid: TrackSid,
    },
    /// Puts somebody out of a room. Tried until it worked or they are gone.
    PutOut {
        /// Where.
        room: RoomKind,
        /// Whom.
        identity: Identity,
    },
    /// Asks the server which tracks it has in a room. Answered by `Standing`, or not at all.
    Look {
        /// Where.
        room: RoomKind,
    },
    /// Answers an `Asked`.
    Answer {
        /// Where it was asked.
        room: RoomKind,
        /// Of the `Asked`.
        call: CallId,
        /// With what.
        answer: RoomAnswer,
    },
    /// Tells some people something, in order.
    Tell {
        /// Where.
        room: RoomKind,
        /// Whom.
        to: Vec<Identity>,
        /// What.
        tale: Tale,
    },
    /// Asks the host something. Answered by `Answered`.
    Ask {
        /// Where.
        room: RoomKind,
        /// Given by the core.
        call: CallId,
        /// Whom.
        to: Identity,
        /// What.
        ask: RoomAsk,
    },
    /// Says something in the chat of a room, to everybody.
    Say {
        /// Where.
        room: RoomKind,
        /// The message's own id.
        id: String,
        /// What it says.
        text: String,
        /// Wall clock, ms since 1970.
        sent_ms: u64,
    },
    /// Cheers.
    React {
        /// Where.
        room: RoomKind,
        /// How.
        reaction: Reaction,
    },
    /// Keeps the secret of a profile, or forgets it (`None`). Answered by `SecretKept`.
    KeepSecret {
        /// Whose.
        server: ServerId,
        /// The secret.
        secret: Option<SecretText>,
    },
    /// Looks where the secret of a profile is. Answered by `SecretKept`.
    FindSecret {
        /// Whose.
        server: ServerId,
    },
    /// Tries a server: reach, key, making a room, latency. Answered by `ServerTested`.
    TestServer {
        /// Which.
        server: ServerProfile,
    },
    /// Leaves the rooms, ends engines and the studio's own server. Answered by `Closed`.
    Close {
        /// Of the `Open`.
        epoch: Epoch,
    },
}

/// What the server is to put on somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Attribute `role`.
    pub role: Role,
    /// Attribute `position`.
    pub position: Position,
    /// The only tracks that they may publish.
    pub may: Vec<TrackKind>,
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
    /// What came of a `Stamp`.
    Stamped {
        /// Where.
        room: RoomKind,
        /// Whom.
        identity: Identity,
        /// With what.
        stamp: Stamp,
        /// Why not, in the server's words, redacted; `None` if it is on.
        refused: Option<String>,
    },
    /// The tracks that the server has in a room.
    Standing {
        /// Where.
        room: RoomKind,
        /// Everybody's, with whose it is.
        tracks: Vec<(Identity, TrackSid)>,
    },
    /// Where the secret of a profile is.
    SecretKept {
        /// Whose.
        server: ServerId,
        /// Where.
        place: SecretPlace,
    },
    /// What came of a `TestServer`.
    ServerTested {
        /// Which.
        server: ServerId,
        /// What was measured, or what is wrong.
        outcome: Result<ServerTest, Fault>,
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
        /// Why, where the library gave up.
        gone: Option<LostWhy>,
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
        /// How.
        why: Parting,
    },
    /// Somebody's connection got better or worse.
    Quality {
        /// Whose.
        identity: Identity,
        /// How it is.
        quality: Quality,
    },
    /// The server muted or unmuted an output of ours.
    OwnMuted {
        /// Which.
        lane: LaneId,
        /// Muted now.
        muted: bool,
    },
    /// Somebody asks for something; each is answered once by [`RtcOrder::Answer`].
    Asked {
        /// To be given back.
        call: CallId,
        /// Who, as the server says.
        from: Identity,
        /// What.
        ask: RoomAsk,
    },
    /// What came of an [`RtcOrder::Ask`].
    Answered {
        /// Of the `Ask`.
        call: CallId,
        /// The answer; `None` if there was none in time, or nobody there.
        answer: Option<RoomAnswer>,
    },
    /// The host tells something.
    Told {
        /// What.
        tale: Tale,
    },
    /// Somebody said something in the chat.
    Said {
        /// Who, as the server says.
        from: Identity,
        /// The message's own id, as its sender says; of older clients there is none.
        id: Option<String>,
        /// What it says, as it came.
        text: String,
    },
    /// Somebody cheers.
    Reacted {
        /// Who, as the server says.
        from: Identity,
        /// How.
        reaction: Reaction,
    },
    /// Somebody sends more than anybody may; what was too much was dropped unread. Told at most once a second.
    Flooding {
        /// Who.
        from: Identity,
        /// How many since it was told last.
        dropped: u32,
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
    /// Clips and music of the host, without any voice. On the server it is a shared screen's sound with the name
    /// `stage-media`.
    StageMedia,
    /// A voice for those it is meant for, beside the show. On the server it is a microphone with the name `talkback`.
    Talkback,
}

impl TrackKind {
    /// What its track is called.
    pub const fn track_name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::Screen => "screen",
            Self::ScreenSound => "screen-sound",
            Self::StageMedia => "stage-media",
            Self::Talkback => "talkback",
        }
    }

    /// The sound that belongs to this picture.
    pub const fn sound(self) -> Option<Self> {
        match self {
            Self::Camera => Some(Self::Microphone),
            Self::Screen => Some(Self::ScreenSound),
            Self::Microphone | Self::ScreenSound | Self::StageMedia | Self::Talkback => None,
        }
    }

    /// It can be seen rather than heard.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Camera | Self::Screen)
    }
}
