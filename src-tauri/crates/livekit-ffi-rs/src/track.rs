//! Tracks: what is sent and what arrives, before and after it has a place in a room.

use std::sync::Arc;
use std::time::Duration;

use crate::audio::NativeAudioSource;
use crate::error::CallError;
use crate::handle::Handle;
use crate::ids::TrackSid;
use crate::library::call;
use crate::proto;
use crate::proto::ffi_request::Message;
use crate::stats::RtcStats;
use crate::video::NativeVideoSource;
use crate::waiters::{Answer, ask};

const STATS_DEADLINE: Duration = Duration::from_secs(2);

/// Picture or sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Not said.
    Unknown,
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// What a track is for; rights are given by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackSource {
    /// Not said. Nothing can be published as this.
    Unknown,
    /// A camera, or what stands for one.
    Camera,
    /// A microphone, or what stands for one.
    Microphone,
    /// A shared screen.
    Screenshare,
    /// The sound of a shared screen.
    ScreenshareAudio,
}

/// What is known about a published track, as of the moment that it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackInfo {
    /// Which publication.
    pub sid: TrackSid,
    /// The publisher's name for it.
    pub name: String,
    /// Picture or sound.
    pub kind: TrackKind,
    /// What it is for.
    pub source: TrackSource,
    /// Whether the publisher has muted it.
    pub muted: bool,
    /// Whether it comes in several sizes.
    pub simulcasted: bool,
    /// Pixels across as published; 0 for sound.
    pub width: u32,
    /// Pixels down as published; 0 for sound.
    pub height: u32,
    /// The codec that is really used, such as `video/VP8`.
    pub mime_type: String,
}

pub(crate) mod sealed {
    use std::sync::Arc;

    use crate::handle::Handle;

    /// What only this crate can be: a track in the library.
    pub trait Track {
        fn handle(&self) -> &Arc<Handle>;
    }
}

/// A track with a picture.
pub trait VideoTrack: sealed::Track {}
/// A track with sound.
pub trait AudioTrack: sealed::Track {}

macro_rules! local_track {
    ($(#[$doc:meta])* $type:ident: $marker:ident,
     $create:ident($source:ident) by $call:ident($request:ident)) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $type {
            handle: Arc<Handle>,
        }

        impl $type {
            /// Makes a track of what `source` captures. One source can feed several tracks.
            pub fn $create(name: &str, source: &$source) -> Result<Self, CallError> {
                let request = proto::$request { name: name.to_owned(), source_handle: source.handle_id() };
                let response = call!($call(request))?;
                Ok(Self { handle: Arc::new(Handle::new(response.track.handle)) })
            }
        }

        impl sealed::Track for $type {
            fn handle(&self) -> &Arc<Handle> {
                &self.handle
            }
        }

        impl $marker for $type {}
    };
}

local_track! {
    /// A picture to be published. Not `Clone`: **publishing consumes it**, for the library aborts the
    /// process when one track is published twice.
    LocalVideoTrack: VideoTrack,
    create_video_track(NativeVideoSource) by CreateVideoTrack(CreateVideoTrackRequest)
}
local_track! {
    /// Sound to be published. Not `Clone`: **publishing consumes it**, for the library aborts the process
    /// when one track is published twice.
    LocalAudioTrack: AudioTrack,
    create_audio_track(NativeAudioSource) by CreateAudioTrack(CreateAudioTrackRequest)
}

/// A track to be published.
#[derive(Debug)]
pub enum LocalTrack {
    /// Sound.
    Audio(LocalAudioTrack),
    /// Picture.
    Video(LocalVideoTrack),
}

impl From<LocalAudioTrack> for LocalTrack {
    fn from(track: LocalAudioTrack) -> Self {
        Self::Audio(track)
    }
}

impl From<LocalVideoTrack> for LocalTrack {
    fn from(track: LocalVideoTrack) -> Self {
        Self::Video(track)
    }
}

impl sealed::Track for LocalTrack {
    fn handle(&self) -> &Arc<Handle> {
        match self {
            Self::Audio(track) => track.handle(),
            Self::Video(track) => track.handle(),
        }
    }
}

macro_rules! remote_track {
    ($(#[$doc:meta])* $type:ident: $marker:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $type {
            handle: Arc<Handle>,
            sid: TrackSid,
            name: String,
        }

        impl $type {
            pub(crate) fn new(handle: Handle, info: proto::TrackInfo) -> Self {
                Self { handle: Arc::new(handle), sid: info.sid.into(), name: info.name }
            }

            /// Which publication it belongs to.
            pub fn sid(&self) -> &TrackSid {
                &self.sid
            }

            /// The publisher's name for it.
            pub fn name(&self) -> &str {
                &self.name
            }

            /// How it arrives, by WebRTC's own counters. Waits up to 2 s.
            pub fn get_stats(&self) -> Result<Vec<RtcStats>, CallError> {
                stats(self)
            }
        }

        impl sealed::Track for $type {
            fn handle(&self) -> &Arc<Handle> {
                &self.handle
            }
        }

        impl $marker for $type {}
    };
}

remote_track! {
    /// A picture that arrives.
    RemoteVideoTrack: VideoTrack
}
remote_track! {
    /// Sound that arrives.
    RemoteAudioTrack: AudioTrack
}

/// A track that arrives.
#[derive(Debug, Clone)]
pub enum RemoteTrack {
    /// Sound.
    Audio(RemoteAudioTrack),
    /// Picture.
    Video(RemoteVideoTrack),
}

impl RemoteTrack {
    /// Which publication it belongs to.
    pub fn sid(&self) -> &TrackSid {
        match self {
            Self::Audio(track) => track.sid(),
            Self::Video(track) => track.sid(),
        }
    }

    /// The publisher's name for it.
    pub fn name(&self) -> &str {
        match self {
            Self::Audio(track) => track.name(),
            Self::Video(track) => track.name(),
        }
    }

    /// How it arrives, by WebRTC's own counters. Waits up to 2 s.
    pub fn get_stats(&self) -> Result<Vec<RtcStats>, CallError> {
        match self {
            Self::Audio(track) => track.get_stats(),
            Self::Video(track) => track.get_stats(),
        }
    }
}

/// Asks the library for a track's counters.
pub(crate) fn stats(track: &impl sealed::Track) -> Result<Vec<RtcStats>, CallError> {
    let request = |id| {
        let track_handle = track.handle().id();
        Message::GetStats(proto::GetStatsRequest { track_handle, request_async_id: Some(id) })
    };
    match ask("GetStats", STATS_DEADLINE, request)? {
        Answer::Stats(stats) => Ok(stats),
        _ => Err(CallError::Malformed { request: "GetStats" }),
    }
}
