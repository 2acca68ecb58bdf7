//! A safe binding to LiveKit's own client library, `liblivekit_ffi` 0.13.2, which the PyPI wheel `livekit`
//! 1.2.0 carries ready-made for every desktop.
//!
//! Requests and events are protobuf messages, whose types come from the same wheel and stay private. The
//! names are those of the `livekit` crate wherever it has the thing, so that it can take this crate's
//! place. Nothing here is async: a call that waits has a deadline, events come through a channel, pictures
//! and sound go **on the library's own threads** to the closure of their stream.
//!
//! # Contract
//!
//! The library is built to abort its process on any fault of its own. What is known to make it do so is
//! closed here, by types where possible:
//!
//! - **A plane whose size does not fit its picture** cannot be made: [`I420::tight`] computes the sizes,
//!   rounds chroma up and takes nothing else than exactly one picture.
//! - **One track cannot be published twice**: [`LocalParticipant::publish_track`] consumes it, and the
//!   publication holds it. That also closes publishing it anew after the server has taken it away: give the
//!   publication to [`LocalParticipant::unpublish_track`], then publish a new track on the same source.
//!
//!   ```compile_fail,E0382
//!   # use livekit_ffi_rs::{LocalParticipant, LocalVideoTrack, TrackPublishOptions};
//!   # fn twice(own: LocalParticipant, track: LocalVideoTrack, options: TrackPublishOptions) {
//!   let first = own.publish_track(track, options.clone());
//!   let second = own.publish_track(track, options);
//!   # }
//!   ```
//!
//! - **Sound comes in 10 ms frames of the source's own format** and a source has a queue of 0 or 100 ms:
//!   [`AudioQueue`] and [`NativeAudioSource::capture_frame`].
//! - **Every object of the library is given back exactly once**, also those in answers that come too late
//!   and in messages that are not wrapped.
//! - **A call that waits is refused on the library's threads** ([`CallError::InCallback`]).
//! - **A panic in a sink stays in the sink**; that stream is silent from then on.
//! - **No token gets into a log or an error**: all text of the library passes [`redact`], below WARN
//!   nothing passes.
//!
//! What remains is broken or hostile data from the server. Against that only another process helps: hold
//! this crate in a child of the application.
//!
//! # Not wrapped
//!
//! Wrapped is what the product uses: joining and leaving, publishing and who may subscribe to it, subscribing,
//! muting, statistics, pictures and sound both ways, calls, texts, packets, the room's events. Not wrapped are
//! byte streams and texts in pieces, chat, transcription, SIP, data tracks, end-to-end encryption, own metadata,
//! name and attributes, enabling and quality of remote tracks (the size asked for does both), session statistics,
//! frame metadata, encoded sources, picture conversion, resampling, echo cancellation, audio filters, the
//! platform's audio devices, simulated failures, and the events of the room itself (metadata, sid, moves).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod audio;
mod callback;
mod convert;
mod data;
mod error;
mod framing;
mod handle;
mod ids;
mod library;
mod memory;
mod participant;
mod proto;
mod publication;
mod redact;
mod room;
mod rpc;
mod sinks;
mod stats;
mod text;
mod track;
mod version;
mod video;
mod waiters;

pub use audio::{AudioFrame, AudioQueue, NativeAudioSource, NativeAudioStream};
pub use data::{DataPacket, Payload};
pub use error::{CallError, CaptureError, ConnectError, LoadError, PublishError};
pub use ids::{ParticipantIdentity, TrackSid};
pub use library::{VERSION, load, shutdown};
pub use participant::{
    LocalParticipant, ParticipantPermission, ParticipantTrackPermission, RemoteParticipant,
};
pub use publication::{
    AudioEncoding, DegradationPreference, LocalTrackPublication, RemoteTrackPublication, TrackPublishOptions,
    VideoCodec, VideoEncoding,
};
pub use redact::redact;
pub use room::{
    ConnectionQuality, ConnectionState, DisconnectReason, Events, RefreshedToken, Room, RoomEvent,
    RoomOptions,
};
pub use rpc::{PerformRpcData, RpcError, RpcErrorCode, RpcMethodInvocation};
pub use stats::{
    InboundRtpStats, OutboundRtpStats, QualityLimitationReason, RemoteInboundRtpStats, RtcStats,
};
pub use text::{StreamTextOptions, TextError, TextReading, TextStreamInfo, TextStreamReader};
pub use track::{
    AudioTrack, LocalAudioTrack, LocalTrack, LocalVideoTrack, RemoteAudioTrack, RemoteTrack,
    RemoteVideoTrack, TrackInfo, TrackKind, TrackSource, VideoTrack,
};
pub use video::{I420, NativeVideoSource, NativeVideoStream, VideoFrame, VideoResolution, VideoRotation};
