//! Orders and reports of an engine child. The core never sees them: it speaks [`crate::rtc`].
//!
//! They travel as postcard values over a socket pair. Every one is owned data: no handle of the library
//! leaves the child, and the whole wish can be sent again to a new one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{Identity, LaneId, TrackSid};
use crate::people::{Parting, Quality};
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
    /// Sends a text on a topic, as a stream. Answered by `Sent`; that it was sent does not mean that anybody got it.
    Say(Say),
    /// Sends bytes on a topic, as one packet. Not answered.
    Send(Packet),
    /// Calls a method of somebody. Answered by `Answered` with the same number, at the latest when its time is over.
    Call {
        /// Given by the app, unique in this engine's life.
        call: u64,
        /// Whom.
        to: Identity,
        /// Which method.
        method: String,
        /// What is asked, at most [`limits::CALL`] bytes.
        payload: String,
        /// How long an answer is waited for, in ms.
        within_ms: u32,
    },
    /// Answers an `Asked`. A second answer to the same call is left out.
    Answer {
        /// Of the `Asked`.
        call: u64,
        /// The answer, or why there is none.
        answer: Result<String, CallRefusal>,
    },
    /// Leaves the room; the child then ends.
    Leave,
}

/// A text for a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    /// Given by the app, unique in this engine's life.
    pub say: u64,
    /// Which topic.
    pub topic: String,
    /// The text, at most [`limits::TEXT`] bytes.
    pub text: String,
    /// Keys and values that go with it.
    pub attributes: Vec<(String, String)>,
    /// To whom; nobody named is everybody.
    pub to: Vec<Identity>,
}

/// Bytes for a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// Which topic.
    pub topic: String,
    /// At most [`limits::PACKET`].
    pub bytes: Vec<u8>,
    /// Sent again when it is lost, and in order; else sent once.
    pub reliable: bool,
    /// To whom; nobody named is everybody.
    pub to: Vec<Identity>,
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRefusal {
    /// LiveKit's own codes are 1400 … 1999 (1400 no such method, 1501 nobody there, 1502 too late).
    pub code: u32,
    /// In words of whoever refused.
    pub message: String,
}

/// What an engine takes in at most, in bytes. More is counted and dropped before it is looked at.
pub mod limits {
    /// A text of a topic that is listened to.
    pub const TEXT: usize = 4 * 1024;
    /// Keys and values that go with a text, together.
    pub const ATTRIBUTES: usize = 1024;
    /// What is asked by a call that comes in.
    pub const ASK: usize = 15 * 1024;
    /// What is asked or answered by a call of our own.
    pub const CALL: usize = 60 * 1024;
    /// A packet from the host.
    pub const PACKET: usize = 60 * 1024;
    /// Calls that wait for an answer of ours; more are refused by the engine itself.
    pub const OPEN_CALLS: usize = 256;
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
    /// Topics whose texts are read; texts of others are dropped unread.
    pub listen: Vec<String>,
    /// Methods that can be called.
    pub answer: Vec<String>,
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
    /// Who may take it in, besides nobody; `None` is everybody. The server enforces it.
    pub open_to: Option<Vec<Identity>>,
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
    Gone {
        /// Who.
        identity: Identity,
        /// How.
        why: Parting,
    },
    /// Somebody's connection got better or worse; also our own.
    Quality(Identity, Quality),
    /// The server has renewed the token: the next join is with this one.
    Token(Token),
    /// The server muted or unmuted an output of ours.
    OwnMuted {
        /// Which.
        lane: LaneId,
        /// Muted now.
        muted: bool,
    },
    /// A text came on a topic that is listened to, whole.
    Said {
        /// Whose, as the server says.
        from: Identity,
        /// On which topic.
        topic: String,
        /// The stream's name, given by its sender.
        stream: String,
        /// What it says.
        text: String,
        /// Keys and values that went with it, given by its sender.
        attributes: Vec<(String, String)>,
    },
    /// A packet came.
    Got {
        /// Whose, as the server says. Packets that the server puts nobody's name on are dropped.
        from: Identity,
        /// On which topic.
        topic: String,
        /// What it holds, at most [`limits::PACKET`].
        bytes: Vec<u8>,
        /// It was sent reliably.
        reliable: bool,
    },
    /// Something larger than [`limits`] came and was dropped.
    Oversize(Identity),
    /// Somebody calls a method of ours.
    Asked {
        /// To be given back in the `Answer`.
        call: u64,
        /// Who, as the server says.
        from: Identity,
        /// Which method.
        method: String,
        /// What is asked, at most [`limits::ASK`] bytes.
        payload: String,
    },
    /// What came of a `Call`.
    Answered {
        /// Of the `Call`.
        call: u64,
        /// The answer, or why there is none.
        answer: Result<String, CallRefusal>,
    },
    /// What came of a `Say`.
    Sent {
        /// Of the `Say`.
        say: u64,
        /// It was handed to the connection.
        handed: bool,
    },
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
    /// No frame in a watched lane although subscribed twice again, or none for 2 s any more.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// `crew`, out: clips and music, without any voice.
    pub const CREW_STAGE_MEDIA: LaneId = LaneId(2);
    /// `crew`, out: the own voice beside the show.
    pub const CREW_TALKBACK: LaneId = LaneId(3);
    /// `crew`, out: how many shared screens, after the talkback.
    pub const CREW_SCREENS: u16 = 4;
    /// `crew`, in: how many pictures, after the outputs.
    pub const CREW_PICTURES: u16 = 24;
    /// `crew`, in: how many sounds, after the pictures.
    pub const CREW_SOUNDS: u16 = 24;
    /// `air`, out: the program's picture.
    pub const AIR_PICTURE: LaneId = LaneId(0);
    /// `air`, out: the program's sound.
    pub const AIR_SOUND: LaneId = LaneId(1);
    /// `air`, in: the program's picture, at a seat that is not the host's.
    pub const AIR_PICTURE_IN: LaneId = LaneId(2);
    /// `air`, in: the program's sound, at a seat that is not the host's.
    pub const AIR_SOUND_IN: LaneId = LaneId(3);

    const CREW_OUTPUTS: u16 = 4 + CREW_SCREENS;

    /// The n-th lane for a shared screen in `crew`, if there are so many.
    pub const fn crew_screen(n: u16) -> Option<LaneId> {
        if n < CREW_SCREENS { Some(LaneId(4 + n)) } else { None }
    }

    /// The n-th picture lane of `crew`, if there are so many.
    pub const fn crew_picture(n: u16) -> Option<LaneId> {
        if n < CREW_PICTURES { Some(LaneId(CREW_OUTPUTS + n)) } else { None }
    }

    /// The n-th sound lane of `crew`, if there are so many.
    pub const fn crew_sound(n: u16) -> Option<LaneId> {
        if n < CREW_SOUNDS { Some(LaneId(CREW_OUTPUTS + CREW_PICTURES + n)) } else { None }
    }
}
