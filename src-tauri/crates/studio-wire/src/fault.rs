//! What can go wrong, as codes with arguments. Words lie in Fluent files under `fault-<code>`.
//!
//! A code exists only where the window says or does something different for it. Technical detail goes to
//! the log of whoever met it, not here.

use serde::{Deserialize, Serialize};

use crate::command::Act;
use crate::device::{DeviceKind, DeviceTrouble};
use crate::ids::Identity;
use crate::people::Role;
use crate::rtc::{RoomKind, TrackKind};
use crate::view::StateName;

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Not possible now; nothing broke.
    Refusal,
    /// Something is worse than it should be; the show goes on.
    Warning,
    /// Something broke.
    Fault,
}

/// A code with what its sentence needs to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The act does not fit the state of the broadcast.
    NotNow {
        /// What was asked.
        act: Act,
        /// The state it met.
        state: StateName,
    },
    /// A role may not do that.
    NotAllowed {
        /// What was asked.
        act: Act,
        /// The role that may not: the asker's, or that of who should go on stage.
        role: Role,
    },
    /// Nobody of that identity is connected.
    NobodyThere {
        /// Who was meant.
        person: Identity,
    },
    /// Already in that scene.
    AlreadyOnStage {
        /// Who was meant.
        person: Identity,
    },
    /// Not in that scene.
    NotOnStage {
        /// Who was meant.
        person: Identity,
    },
    /// The stage holds no more.
    StageFull {
        /// The limit.
        most: u32,
    },
    /// A text was empty or too long.
    BadText {
        /// Most characters allowed.
        most: u32,
    },
    /// The same act is under way for too many others.
    Busy,
    /// That person was put out and refused.
    NotWelcome {
        /// Who was meant.
        person: Identity,
    },
    /// Nobody else claims that seat.
    NotContested {
        /// Whose seat was meant.
        person: Identity,
    },
    /// Nobody has asked for that.
    NotAsked,
    /// Their machine has not told which devices it has.
    NoDeviceList {
        /// Who was meant.
        person: Identity,
    },
    /// They send nothing of that kind.
    NothingToMute {
        /// Who was meant.
        person: Identity,
    },
    /// Too many wishes or messages of one person in a short time.
    TooFast,
    /// The host has taken the word of that person in the chat.
    Silenced,
    /// What was asked is no wish that this program knows.
    NotUnderstood,
    /// The other side speaks another version.
    OtherVersion {
        /// What the other side speaks.
        found: u32,
        /// What this one does.
        known: u32,
    },
    /// There is no profile of that name.
    NoSuchServer,
    /// That is not the address of a server, or not one that may be used without encryption.
    BadAddress {
        /// What was given.
        url: String,
    },
    /// The host cannot be reached; the wish was not sent.
    HostAway,

    /// The LiveKit library was not found.
    LibraryMissing {
        /// Where it was looked for.
        looked: Vec<String>,
    },
    /// The LiveKit library is not the one this program was made for.
    LibraryWrong {
        /// Which file.
        path: String,
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
    /// `livekit-server` was not found.
    ServerMissing {
        /// Where it was looked for.
        looked: Vec<String>,
    },
    /// `livekit-server` is of another version.
    ServerWrong {
        /// Which file.
        path: String,
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
    /// The local server did not start; `said` is its last line, redacted.
    ServerFailed {
        /// The last line it printed.
        said: String,
    },
    /// The local server died and is being started again.
    ServerLost,
    /// A room could not be made.
    RoomRefused {
        /// Which room.
        room: RoomKind,
        /// The server's words, redacted.
        said: String,
    },
    /// One of our own programs is not beside the app.
    ProgramMissing {
        /// Where it was looked for.
        path: String,
    },
    /// The child that holds the LiveKit library died; it is being started again.
    EngineLost {
        /// Whose.
        room: RoomKind,
    },
    /// The connection to a room is gone; it is being made again.
    RoomLost {
        /// Which.
        room: RoomKind,
    },

    /// ffmpeg was not found.
    EncoderMissing {
        /// Where it was looked for.
        looked: Vec<String>,
    },
    /// The encoder died or wrote nothing; recording goes on in a new segment.
    EncoderLost {
        /// Segments of this take so far.
        segments: u32,
    },
    /// The recording could not be made playable everywhere; the Matroska file is whole.
    RemuxFailed {
        /// The file that is kept.
        path: String,
    },
    /// The recording folder does not exist.
    FolderMissing {
        /// Which.
        path: String,
    },
    /// The recording folder cannot be written to.
    FolderReadOnly {
        /// Which.
        path: String,
    },
    /// The recording went on in another folder.
    FolderChanged {
        /// Where it goes now.
        path: String,
    },
    /// The disk is full: recording stopped, the stream goes on.
    DiskFull {
        /// Which folder.
        path: String,
    },
    /// Not much room is left.
    DiskLow {
        /// Which folder.
        path: String,
        /// Seconds left at the present rate.
        seconds: u32,
    },
    /// The picture or sound machinery failed.
    MediaFailed,

    /// There is no device for that: none was found, or the chosen one is not there.
    NoDevice {
        /// What for.
        kind: DeviceKind,
    },
    /// A device that should give something gives nothing; it comes back by itself when it can.
    DeviceLost {
        /// What for.
        kind: DeviceKind,
        /// What it is called; empty for one of the studio's own.
        name: String,
        /// Why.
        why: DeviceTrouble,
    },

    /// No more screens can be shared at the same time.
    ScreensFull {
        /// The limit.
        most: u32,
    },
    /// A screen is no longer shared: it was closed, or cannot be seen.
    ScreenLost {
        /// What it was called.
        title: String,
        /// Why.
        why: DeviceTrouble,
    },

    /// A person sends pictures too large to take in.
    PictureTooLarge {
        /// Whose.
        person: Identity,
        /// Their width.
        width: u32,
        /// Their height.
        height: u32,
    },
    /// A person's picture stopped; the tile shows a slate.
    PictureStalled {
        /// Whose.
        person: Identity,
    },

    /// The database was damaged; it was put aside whole and a fresh one begun.
    StoreCorrupt {
        /// Where the copy lies.
        kept: String,
    },
    /// Another program holds the database; the show waits in memory.
    StoreLocked,
    /// The database was written by a newer version; it is left untouched.
    StoreNewer {
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A write failed; the show goes on in memory.
    StoreFailed,
    /// A stored preference could not be read and fell back to its default.
    PreferenceBroken {
        /// Which group.
        group: String,
    },

    /// A step of going live, opening or stopping took too long.
    TookTooLong {
        /// Which act.
        act: Act,
    },
    /// The core itself failed and was rebuilt from what is stored.
    CoreRestarted,
    /// Too many wishes at once; some were not taken.
    InboxFull,

    /// The server did not take what is to be true of somebody; it is tried again.
    UpdateFailed {
        /// Whose.
        person: Identity,
        /// The server's words, redacted.
        said: String,
    },
    /// Two people claim one seat; the second one waits backstage without rights.
    SeatContested {
        /// Whose seat.
        person: Identity,
    },
    /// A room is lost again and again; it is tried more slowly.
    RoomLooping {
        /// Which.
        room: RoomKind,
    },
    /// Somebody sends more than anybody may.
    Flooding {
        /// Who.
        person: Identity,
        /// How many messages were dropped.
        dropped: u32,
    },
    /// The host has switched off what this machine sends.
    MutedByHost {
        /// What.
        kind: TrackKind,
    },
    /// Somebody speaks into the own microphone, which is muted.
    MutedSpeech,
    /// This system has no keychain: secrets are asked for in each session.
    KeychainMissing,
    /// Somebody else has joined with this seat.
    SeatTaken,
    /// The host has put this seat out.
    SeatRevoked,
    /// The server does not let this seat in: it was taken back, or its time is over.
    SeatRefused,
    /// A server does not answer.
    ServerUnreachable {
        /// Its address.
        url: String,
        /// The system's words.
        said: String,
    },
    /// Something answers at that address that is no LiveKit server.
    ServerNotLiveKit {
        /// Its address.
        url: String,
    },
    /// The server does not know that key, or the secret is another.
    ServerKeyRefused {
        /// Its address.
        url: String,
    },
    /// The server refuses what this machine signs because their clocks differ.
    ServerClockWrong {
        /// Its address.
        url: String,
    },
    /// The server answers too late to be used.
    ServerSlow {
        /// Its address.
        url: String,
    },
    /// The secret of a profile is not known in this session.
    SecretMissing {
        /// What the profile is called.
        server: String,
    },
}

impl Fault {
    /// The code: the name of its text and of its place in a report. Equal to serde's tag (tested).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotNow { .. } => "not_now",
            Self::NotAllowed { .. } => "not_allowed",
            Self::NobodyThere { .. } => "nobody_there",
            Self::AlreadyOnStage { .. } => "already_on_stage",
            Self::NotOnStage { .. } => "not_on_stage",
            Self::StageFull { .. } => "stage_full",
            Self::BadText { .. } => "bad_text",
            Self::Busy => "busy",
            Self::NotWelcome { .. } => "not_welcome",
            Self::NotContested { .. } => "not_contested",
            Self::NotAsked => "not_asked",
            Self::NoDeviceList { .. } => "no_device_list",
            Self::NothingToMute { .. } => "nothing_to_mute",
            Self::TooFast => "too_fast",
            Self::Silenced => "silenced",
            Self::NotUnderstood => "not_understood",
            Self::OtherVersion { .. } => "other_version",
            Self::NoSuchServer => "no_such_server",
            Self::BadAddress { .. } => "bad_address",
            Self::HostAway => "host_away",
            Self::LibraryMissing { .. } => "library_missing",
            Self::LibraryWrong { .. } => "library_wrong",
            Self::ServerMissing { .. } => "server_missing",
            Self::ServerWrong { .. } => "server_wrong",
            Self::ServerFailed { .. } => "server_failed",
            Self::ServerLost => "server_lost",
            Self::RoomRefused { .. } => "room_refused",
            Self::ProgramMissing { .. } => "program_missing",
            Self::EngineLost { .. } => "engine_lost",
            Self::RoomLost { .. } => "room_lost",
            Self::EncoderMissing { .. } => "encoder_missing",
            Self::EncoderLost { .. } => "encoder_lost",
            Self::RemuxFailed { .. } => "remux_failed",
            Self::FolderMissing { .. } => "folder_missing",
            Self::FolderReadOnly { .. } => "folder_read_only",
            Self::FolderChanged { .. } => "folder_changed",
            Self::DiskFull { .. } => "disk_full",
            Self::DiskLow { .. } => "disk_low",
            Self::MediaFailed => "media_failed",
            Self::NoDevice { .. } => "no_device",
            Self::DeviceLost { .. } => "device_lost",
            Self::ScreensFull { .. } => "screens_full",
            Self::ScreenLost { .. } => "screen_lost",
            Self::PictureTooLarge { .. } => "picture_too_large",
            Self::PictureStalled { .. } => "picture_stalled",
            Self::StoreCorrupt { .. } => "store_corrupt",
            Self::StoreLocked => "store_locked",
            Self::StoreNewer { .. } => "store_newer",
            Self::StoreFailed => "store_failed",
            Self::PreferenceBroken { .. } => "preference_broken",
            Self::TookTooLong { .. } => "took_too_long",
            Self::CoreRestarted => "core_restarted",
            Self::InboxFull => "inbox_full",
            Self::UpdateFailed { .. } => "update_failed",
            Self::SeatContested { .. } => "seat_contested",
            Self::RoomLooping { .. } => "room_looping",
            Self::Flooding { .. } => "flooding",
            Self::MutedByHost { .. } => "muted_by_host",
            Self::MutedSpeech => "muted_speech",
            Self::KeychainMissing => "keychain_missing",
            Self::SeatTaken => "seat_taken",
            Self::SeatRevoked => "seat_revoked",
            Self::SeatRefused => "seat_refused",
            Self::ServerUnreachable { .. } => "server_unreachable",
            Self::ServerNotLiveKit { .. } => "server_not_live_kit",
            Self::ServerKeyRefused { .. } => "server_key_refused",
            Self::ServerClockWrong { .. } => "server_clock_wrong",
            Self::ServerSlow { .. } => "server_slow",
            Self::SecretMissing { .. } => "secret_missing",
        }
    }

    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        match self {
            Self::NotNow { .. }
            | Self::NotAllowed { .. }
            | Self::NobodyThere { .. }
            | Self::AlreadyOnStage { .. }
            | Self::NotOnStage { .. }
            | Self::StageFull { .. }
            | Self::BadText { .. }
            | Self::Busy
            | Self::NotWelcome { .. }
            | Self::NotContested { .. }
            | Self::NotAsked
            | Self::NoDeviceList { .. }
            | Self::NothingToMute { .. }
            | Self::TooFast
            | Self::Silenced
            | Self::NotUnderstood
            | Self::OtherVersion { .. }
            | Self::NoSuchServer
            | Self::BadAddress { .. }
            | Self::NoDevice { .. }
            | Self::ScreensFull { .. }
            | Self::HostAway => Severity::Refusal,
            Self::ServerLost
            | Self::EngineLost { .. }
            | Self::RoomLost { .. }
            | Self::EncoderLost { .. }
            | Self::FolderChanged { .. }
            | Self::DiskLow { .. }
            | Self::DeviceLost { .. }
            | Self::ScreenLost { .. }
            | Self::PictureTooLarge { .. }
            | Self::PictureStalled { .. }
            | Self::PreferenceBroken { .. }
            | Self::StoreLocked
            | Self::CoreRestarted
            | Self::UpdateFailed { .. }
            | Self::SeatContested { .. }
            | Self::RoomLooping { .. }
            | Self::Flooding { .. }
            | Self::MutedByHost { .. }
            | Self::MutedSpeech
            | Self::KeychainMissing => Severity::Warning,
            _ => Severity::Fault,
        }
    }
}
