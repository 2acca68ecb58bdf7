//! Orders and reports of an engine child. The core never sees them: it speaks [`crate::rtc`].
//!
//! They travel as postcard values over a socket pair. Every one is owned data: no handle of the library
//! leaves the child, and the whole wish can be sent again to a new one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{Identity, LaneId, TrackSid};
use crate::rtc::TrackKind;

/// A join token. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token(pub String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// App to child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// The whole wish; the child does the difference.
    Want(Want),
    /// Asks for one `Stats`.
    Stats,
    /// Asks for one `Pong` with the same number.
    Ping(u64),
    /// Leaves the room; the child then ends.
    Leave,
}

/// Where to be, what to publish, what to take in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Want {
    /// Where; another token means a fresh connection only after the old one was lost.
    pub room: Room,
    /// Every output, each published once and then muted or not.
    pub publish: Vec<Publish>,
    /// Every track to take in.
    pub watch: Vec<Watch>,
}

/// A room's address and the right to enter it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// `ws://…` or `wss://…`.
    pub url: String,
    /// For one identity and one room.
    pub token: Token,
}

/// An output: an out lane and how it is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    /// The out lane that feeds it.
    pub lane: LaneId,
    /// The track's name.
    pub name: String,
    /// What it carries.
    pub kind: TrackKind,
    /// How it is encoded.
    pub media: Media,
    /// Published but sending nothing.
    pub muted: bool,
}

/// How an output is encoded; always explicit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Media {
    /// A picture.
    Video {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// Frames a second.
        fps: u32,
        /// Highest bit rate.
        kbps: u32,
        /// Codec.
        codec: Codec,
        /// Three layers instead of one.
        simulcast: bool,
    },
    /// Sound; lanes carry interleaved i16 in blocks of 10 ms.
    Audio {
        /// Samples a second.
        rate: u32,
        /// Channels.
        channels: u32,
        /// Highest bit rate.
        kbps: u32,
    },
}

/// Video codecs in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Codec {
    /// Free, cheap to decode.
    Vp8,
    /// Played by everything.
    H264,
}

/// A track to take in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Which.
    pub track: TrackSid,
    /// The in lane it goes to.
    pub lane: LaneId,
    /// The size it is shown at, so that the server can send a smaller layer.
    pub size: Option<(u32, u32)>,
}

/// Child to app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// The library is loaded.
    Ready {
        /// Its version.
        engine: String,
    },
    /// The connection changed.
    Link(Link),
    /// Somebody is there, or changed.
    Person(Person),
    /// Somebody left.
    Gone(Identity),
    /// A track is on offer, or changed.
    Track(Track),
    /// A track is gone.
    TrackGone {
        /// Whose.
        identity: Identity,
        /// Which.
        sid: TrackSid,
    },
    /// An output is published.
    Published {
        /// Its lane.
        lane: LaneId,
        /// Its track.
        sid: TrackSid,
    },
    /// First frame in an in lane, also after a stall.
    Flowing(LaneId),
    /// No frame in a watched lane although subscribed twice again.
    Stalled(LaneId),
    /// Who speaks.
    Speaking(Vec<Identity>),
    /// Answer to `Stats`.
    Stats(Vec<TrackStats>),
    /// Something could not be done.
    Fault(EngineFault),
    /// Answer to `Ping`.
    Pong(u64),
}

/// State of the connection to the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// Connected.
    Joined,
    /// The library makes it again by itself.
    Resuming,
    /// Gone for good: a fresh `Want` with a fresh token joins again.
    Lost(LostWhy),
}

/// Why a connection is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LostWhy {
    /// Never got in.
    Refused,
    /// Somebody else joined under the same identity.
    Duplicate,
    /// Put out, or the room was deleted.
    Removed,
    /// The server went away or cannot be reached.
    Away,
}

/// Somebody in the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub identity: Identity,
    /// What to call them.
    pub name: String,
    /// Attributes as the server has them.
    pub attributes: Vec<(String, String)>,
}

/// A track on offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Whose.
    pub identity: Identity,
    /// Which.
    pub sid: TrackSid,
    /// What it carries.
    pub kind: TrackKind,
    /// Its name.
    pub name: String,
    /// Muted by its publisher.
    pub muted: bool,
}

/// Figures of one lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackStats {
    /// Which lane.
    pub lane: LaneId,
    /// Frames (pictures or 10 ms blocks) since the start.
    pub frames: u64,
    /// Frames lost because nobody took them, or they did not fit.
    pub dropped: u64,
    /// The encoder is at work, for outputs.
    pub active: bool,
}

/// What an engine could not do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EngineFault {
    /// The library is not there.
    LibraryMissing {
        /// Where it was looked for.
        path: String,
    },
    /// The library is of another version.
    LibraryWrong {
        /// Which file.
        path: String,
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
    /// The room refused an output.
    PublishRefused {
        /// Which lane.
        lane: LaneId,
    },
    /// Pictures do not fit their lane.
    PictureTooLarge {
        /// Which lane.
        lane: LaneId,
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// The program's picture as `air` gets it, in pixels: small, because who watches from afar pays for it with
/// every guest's uplink.
pub const AIR_SIZE: (u32, u32) = (960, 540);

/// The fixed numbering of lanes: the order of the shapes in each engine's block.
pub mod lanes {
    use crate::ids::LaneId;

    /// `crew`, out: the host's camera.
    pub const CREW_CAMERA: LaneId = LaneId(0);
    /// `crew`, out: the host's microphone.
    pub const CREW_MICROPHONE: LaneId = LaneId(1);
    /// `crew`, in: how many pictures, from lane 2 on.
    pub const CREW_PICTURES: u16 = 24;
    /// `crew`, in: how many sounds, after the pictures.
    pub const CREW_SOUNDS: u16 = 24;
    /// `air`, out: the program's picture.
    pub const AIR_PICTURE: LaneId = LaneId(0);
    /// `air`, out: the program's sound.
    pub const AIR_SOUND: LaneId = LaneId(1);

    /// The n-th picture lane of `crew`, if there are so many.
    pub const fn crew_picture(n: u16) -> Option<LaneId> {
        if n < CREW_PICTURES { Some(LaneId(2 + n)) } else { None }
    }

    /// The n-th sound lane of `crew`, if there are so many.
    pub const fn crew_sound(n: u16) -> Option<LaneId> {
        if n < CREW_SOUNDS { Some(LaneId(2 + CREW_PICTURES + n)) } else { None }
    }
}
