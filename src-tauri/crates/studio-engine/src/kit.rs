//! The `livekit` crate in the words of `livekit-ffi-rs`: blocking calls, closures for frames, events without objects of
//! other people's rooms. Only what the engine uses.
//!
//! For a machine that can link libwebrtc. Where it cannot, this is type-checked: `DOCS_RS=1 cargo check
//! -p studio-engine --no-default-features --features livekit-crate`.

mod events;
mod media;
mod room;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tokio::runtime::Runtime;

pub(crate) use events::{Events, RoomEvent};
pub(crate) use livekit::DisconnectReason;
pub(crate) use livekit::options::{AudioEncoding, VideoEncoding};
pub(crate) use livekit::prelude::ConnectionQuality;
pub(crate) use livekit::prelude::{LocalTrack, ParticipantIdentity, TrackKind, TrackSid, TrackSource};
pub(crate) use livekit::webrtc::video_frame::VideoRotation;
pub(crate) use livekit::webrtc::video_source::VideoResolution;
pub(crate) use media::{
    AudioFrame, AudioQueue, I420, LocalAudioTrack, LocalVideoTrack, NativeAudioSource, NativeAudioStream,
    NativeVideoSource, NativeVideoStream, VideoFrame,
};
pub(crate) use room::{
    InboundRtpStats, LocalParticipant, LocalTrackPublication, RemoteParticipant, RemoteTrack,
    RemoteTrackPublication, Room, RoomOptions, RtcStats, TrackInfo, TrackPublishOptions, VideoCodec,
};
pub(crate) use words::{
    DataPacket, ParticipantTrackPermission, Payload, PerformRpcData, RpcError, RpcErrorCode,
    RpcMethodInvocation, StreamTextOptions, TextError, TextReading, TextStreamReader,
};

/// Version of the crate; the manifest pins it.
pub(crate) const VERSION: &str = "0.10.0";

/// Where the crate's tasks run. The engine's own threads wait for them.
static TASKS: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("threads for the room are what this process is for"));

/// Nothing is loaded: the crate is linked.
pub(crate) fn load(_path: &Path) -> Result<(), LoadError> {
    Ok(())
}

#[derive(Debug)]
#[allow(dead_code, reason = "a linked crate cannot be missing or wrong")]
pub(crate) enum LoadError {
    Missing { path: PathBuf },
    WrongVersion { found: String },
    NotALibrary,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("not the address of a LiveKit server")]
    BadUrl,
    #[error("not a token")]
    BadToken,
    #[error("{0}")]
    Failed(String),
}

/// What the crate refused, in its own words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct CallError(String);

impl CallError {
    fn of(error: impl fmt::Display) -> CallError {
        CallError(error.to_string())
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    #[error("publishing this source is not permitted")]
    NotPermitted,
    #[error(transparent)]
    Call(#[from] CallError),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum CaptureError {
    #[error("not a tight I420 picture of this size")]
    VideoSize,
    #[error(transparent)]
    Call(#[from] CallError),
}
