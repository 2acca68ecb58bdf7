//! Tracks that have a place in a room, and how one is published.

use std::sync::Arc;

use crate::convert;
use crate::error::CallError;
use crate::handle::Handle;
use crate::ids::TrackSid;
use crate::library::call;
use crate::proto;
use crate::room::state::RoomState;
use crate::stats::RtcStats;
use crate::track::sealed::Track as _;
use crate::track::{LocalTrack, TrackInfo, TrackSource, stats};

/// How a picture is encoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VideoEncoding {
    /// Most bits per second, of the largest size.
    pub max_bitrate: u64,
    /// Most frames per second.
    pub max_framerate: f64,
}

/// How sound is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioEncoding {
    /// Most bits per second.
    pub max_bitrate: u64,
}

/// The codec asked for. The one that is used stands in [`TrackInfo::mime_type`]: H.265 without a hardware
/// encoder silently becomes VP8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoCodec {
    /// VP8.
    Vp8,
    /// H.264.
    H264,
    /// AV1.
    Av1,
    /// VP9.
    Vp9,
    /// H.265.
    H265,
}

/// What gives way when the line or the processor is too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DegradationPreference {
    /// Both, evenly.
    Balanced,
    /// The size.
    MaintainFramerate,
    /// The frame rate.
    MaintainResolution,
    /// Neither: only the quality.
    MaintainFramerateAndResolution,
}

/// How a track is published.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackPublishOptions {
    /// What it is for; has to be said.
    pub source: TrackSource,
    /// Has to be given for a picture: the library's own choice for a shared screen is 15 frames per second.
    pub video_encoding: Option<VideoEncoding>,
    /// The library's own choice if absent.
    pub audio_encoding: Option<AudioEncoding>,
    /// Codec of a picture.
    pub video_codec: VideoCodec,
    /// Whether smaller copies of the picture are sent too.
    pub simulcast: bool,
    /// Whether silence is not sent.
    pub dtx: bool,
    /// Whether sound is sent twice against loss.
    pub red: bool,
    /// What gives way; the library's own choice if absent.
    pub degradation_preference: Option<DegradationPreference>,
}

impl Default for TrackPublishOptions {
    fn default() -> Self {
        Self {
            source: TrackSource::Unknown,
            video_encoding: None,
            audio_encoding: None,
            video_codec: VideoCodec::Vp8,
            simulcast: true,
            dtx: true,
            red: true,
            degradation_preference: None,
        }
    }
}

/// What the library tells when a track is published.
#[derive(Debug)]
pub(crate) struct Published {
    pub handle: Handle,
    pub info: TrackInfo,
}

impl Published {
    pub(crate) fn new(owned: proto::OwnedTrackPublication) -> Self {
        Self { handle: Handle::new(owned.handle), info: convert::room::track_info(owned.info) }
    }
}

/// One of our own tracks in a room.
///
/// Holds the track for good, so that it cannot be published again. It stays published until it is given to
/// [`crate::LocalParticipant::unpublish_track`] or the room is closed; dropping this only lets go of the
/// means to mute it.
#[derive(Debug)]
#[must_use = "without it the track can no more be muted or unpublished"]
pub struct LocalTrackPublication {
    handle: Handle,
    track: LocalTrack,
    info: TrackInfo,
    room: Arc<RoomState>,
}

impl LocalTrackPublication {
    pub(crate) fn new(published: Published, track: LocalTrack, room: Arc<RoomState>) -> Self {
        room.publish(published.handle.id(), published.info.clone());
        Self { handle: published.handle, track, info: published.info, room }
    }

    /// What is known about it now; a full reconnect has changed the sid.
    pub fn info(&self) -> TrackInfo {
        self.room.published(self.handle.id()).unwrap_or_else(|| self.info.clone())
    }

    /// Which publication it is now; another one after a full reconnect.
    pub fn sid(&self) -> TrackSid {
        self.info().sid
    }

    /// Sends nothing any more, and says so to the others. Costs nothing and leaks nothing, other than
    /// unpublishing.
    pub fn mute(&self) -> Result<(), CallError> {
        self.set_muted(true)
    }

    /// Sends again.
    pub fn unmute(&self) -> Result<(), CallError> {
        self.set_muted(false)
    }

    fn set_muted(&self, mute: bool) -> Result<(), CallError> {
        let request = proto::LocalTrackMuteRequest { track_handle: self.track.handle().id(), mute };
        call!(LocalTrackMute(request)).map(drop)
    }

    /// How it is sent, by WebRTC's own counters. Waits up to 2 s.
    pub fn get_stats(&self) -> Result<Vec<RtcStats>, CallError> {
        stats(&self.track)
    }
}

impl Drop for LocalTrackPublication {
    fn drop(&mut self) {
        self.room.forget(self.handle.id());
    }
}

/// Somebody else's track in a room, subscribed to or not.
#[derive(Debug, Clone)]
pub struct RemoteTrackPublication {
    handle: Arc<Handle>,
    info: TrackInfo,
}

impl RemoteTrackPublication {
    pub(crate) fn new(owned: proto::OwnedTrackPublication) -> Self {
        let Published { handle, info } = Published::new(owned);
        Self { handle: Arc::new(handle), info }
    }

    /// What was known about it when it was told; events say what has changed since.
    pub fn info(&self) -> &TrackInfo {
        &self.info
    }

    /// Which publication it is.
    pub fn sid(&self) -> &TrackSid {
        &self.info.sid
    }

    /// Asks for the track, or asks for it no more. `TrackSubscribed` and `TrackUnsubscribed` say when it is
    /// so; a publisher who forbids it answers with silence.
    ///
    /// **A track that was given up and is asked for again often arrives without an event**, where it arrived before:
    /// keep every [`crate::RemoteTrack`] that was told of this publication, and listen to all of them.
    ///
    /// **Say it again after [`crate::RoomEvent::Reconnected`]**: said between `Reconnecting` and that, it can be
    /// lost without a word.
    pub fn set_subscribed(&self, subscribe: bool) -> Result<(), CallError> {
        let request = proto::SetSubscribedRequest { subscribe, publication_handle: self.handle.id() };
        call!(SetSubscribed(request)).map(drop)
    }

    /// Says how large the picture will be shown, so that a fitting size is sent.
    pub fn update_video_dimensions(&self, width: u32, height: u32) -> Result<(), CallError> {
        let track_publication_handle = self.handle.id();
        let request =
            proto::UpdateRemoteTrackPublicationDimensionRequest { track_publication_handle, width, height };
        call!(UpdateRemoteTrackPublicationDimension(request)).map(drop)
    }
}
