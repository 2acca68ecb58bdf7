//! Rooms, people and publications of the crate.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use livekit::prelude as lk;
use livekit::webrtc::stats::RtcStats as CrateStats;

use super::events::{Events, listen};
use super::words::Ear;
use super::{
    AudioEncoding, CallError, ConnectError, LocalTrack, ParticipantIdentity, PublishError, TASKS, TrackKind,
    TrackSid, TrackSource, VideoEncoding,
};

pub(crate) struct RoomOptions {
    pub(crate) auto_subscribe: bool,
    pub(crate) dynacast: bool,
    pub(crate) single_peer_connection: Option<bool>,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_stream_bytes: Option<u64>,
}

impl Default for RoomOptions {
    fn default() -> Self {
        RoomOptions {
            auto_subscribe: true,
            dynacast: false,
            single_peer_connection: Some(false),
            connect_timeout: Duration::from_secs(10),
            max_stream_bytes: None,
        }
    }
}

pub(crate) struct Room(lk::Room, Ear);

impl Room {
    pub(crate) fn connect(
        url: &str,
        token: &str,
        options: RoomOptions,
    ) -> Result<(Room, Events), ConnectError> {
        if !["ws://", "wss://", "http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(ConnectError::BadUrl);
        }
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConnectError::BadToken);
        }
        let mut lk_options = lk::RoomOptions::default();
        lk_options.auto_subscribe = options.auto_subscribe;
        lk_options.dynacast = options.dynacast;
        lk_options.single_peer_connection = options.single_peer_connection.unwrap_or(false);
        if let Some(most) = options.max_stream_bytes.and_then(|most| usize::try_from(most).ok()) {
            lk_options.data_stream = lk_options.data_stream.with_max_payload_byte_length(most);
        }
        let join = lk::Room::connect(url, token, lk_options);
        let joined = TASKS.block_on(async { tokio::time::timeout(options.connect_timeout, join).await });
        match joined {
            Ok(Ok((room, events))) => {
                let (sender, receiver) = mpsc::channel();
                let ear = Ear::new(sender);
                TASKS.spawn(listen(events, ear.clone()));
                Ok((Room(room, ear), Events(receiver)))
            }
            Ok(Err(error)) => Err(ConnectError::Failed(error.to_string())),
            Err(_) => Err(ConnectError::Failed("no answer in time".to_owned())),
        }
    }

    pub(crate) fn local_participant(&self) -> LocalParticipant {
        let inner = self.0.local_participant();
        LocalParticipant { identity: inner.identity(), inner, ear: self.1.clone() }
    }

    pub(crate) fn close(self, deadline: Duration) -> Result<(), CallError> {
        let left = TASKS.block_on(async { tokio::time::timeout(deadline, self.0.close()).await });
        left.map_err(CallError::of)?.map_err(CallError::of)
    }
}

pub(crate) struct RemoteParticipant {
    identity: ParticipantIdentity,
    name: String,
    attributes: HashMap<String, String>,
}

impl From<lk::RemoteParticipant> for RemoteParticipant {
    fn from(participant: lk::RemoteParticipant) -> Self {
        RemoteParticipant {
            identity: participant.identity(),
            name: participant.name(),
            attributes: participant.attributes(),
        }
    }
}

impl RemoteParticipant {
    pub(crate) fn identity(&self) -> &ParticipantIdentity {
        &self.identity
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn attributes(&self) -> &HashMap<String, String> {
        &self.attributes
    }
}

/// What a participant may do.
pub(crate) struct ParticipantPermission {
    can_publish: bool,
    sources: Vec<i32>,
}

impl ParticipantPermission {
    pub(crate) fn may_publish(&self, source: TrackSource) -> bool {
        // The numbers of the protocol.
        let number = match source {
            TrackSource::Unknown => 0,
            TrackSource::Camera => 1,
            TrackSource::Microphone => 2,
            TrackSource::Screenshare => 3,
            TrackSource::ScreenshareAudio => 4,
        };
        self.can_publish && (self.sources.is_empty() || self.sources.contains(&number))
    }
}

/// The codecs in use.
pub(crate) enum VideoCodec {
    Vp8,
    H264,
}

pub(crate) struct TrackPublishOptions {
    pub(crate) source: TrackSource,
    pub(crate) video_encoding: Option<VideoEncoding>,
    pub(crate) audio_encoding: Option<AudioEncoding>,
    pub(crate) video_codec: VideoCodec,
    pub(crate) simulcast: bool,
    pub(crate) dtx: bool,
    pub(crate) red: bool,
}

impl Default for TrackPublishOptions {
    fn default() -> Self {
        TrackPublishOptions {
            source: TrackSource::Unknown,
            video_encoding: None,
            audio_encoding: None,
            video_codec: VideoCodec::Vp8,
            simulcast: true,
            dtx: true,
            red: true,
        }
    }
}

impl From<TrackPublishOptions> for livekit::options::TrackPublishOptions {
    fn from(options: TrackPublishOptions) -> Self {
        livekit::options::TrackPublishOptions {
            source: options.source,
            video_encoding: options.video_encoding,
            audio_encoding: options.audio_encoding,
            video_codec: match options.video_codec {
                VideoCodec::Vp8 => livekit::options::VideoCodec::VP8,
                VideoCodec::H264 => livekit::options::VideoCodec::H264,
            },
            simulcast: options.simulcast,
            dtx: options.dtx,
            red: options.red,
            ..Self::default()
        }
    }
}

#[derive(Clone)]
pub(crate) struct LocalParticipant {
    identity: ParticipantIdentity,
    pub(super) inner: lk::LocalParticipant,
    pub(super) ear: Ear,
}

impl LocalParticipant {
    pub(crate) fn identity(&self) -> &ParticipantIdentity {
        &self.identity
    }

    pub(crate) fn permission(&self) -> Option<ParticipantPermission> {
        self.inner.permission().map(|permission| ParticipantPermission {
            can_publish: permission.can_publish,
            sources: permission.can_publish_sources,
        })
    }

    pub(crate) fn publish_track(
        &self,
        track: impl Into<LocalTrack>,
        options: TrackPublishOptions,
    ) -> Result<LocalTrackPublication, PublishError> {
        if self.permission().is_some_and(|permission| !permission.may_publish(options.source)) {
            return Err(PublishError::NotPermitted);
        }
        let published = TASKS.block_on(self.inner.publish_track(track.into(), options.into()));
        Ok(LocalTrackPublication(published.map_err(CallError::of)?))
    }

    pub(crate) fn unpublish_track(&self, publication: LocalTrackPublication) -> Result<(), CallError> {
        let taken = TASKS.block_on(self.inner.unpublish_track(&publication.sid()));
        taken.map(drop).map_err(CallError::of)
    }
}

pub(crate) struct LocalTrackPublication(lk::LocalTrackPublication);

impl LocalTrackPublication {
    pub(crate) fn sid(&self) -> TrackSid {
        self.0.sid()
    }

    pub(crate) fn mute(&self) -> Result<(), CallError> {
        self.0.mute();
        Ok(())
    }

    pub(crate) fn unmute(&self) -> Result<(), CallError> {
        self.0.unmute();
        Ok(())
    }

    pub(crate) fn get_stats(&self) -> Result<Vec<RtcStats>, CallError> {
        let Some(track) = self.0.track() else { return Ok(Vec::new()) };
        let stats = TASKS.block_on(track.get_stats()).map_err(CallError::of)?;
        Ok(stats.into_iter().filter_map(RtcStats::of).collect())
    }
}

pub(crate) enum RtcStats {
    InboundRtp(InboundRtpStats),
    OutboundRtp(OutboundRtpStats),
}

impl RtcStats {
    fn of(entry: CrateStats) -> Option<RtcStats> {
        match entry {
            CrateStats::InboundRtp(stats) => Some(RtcStats::InboundRtp(InboundRtpStats {
                frames_decoded: stats.inbound.frames_decoded,
                jitter_buffer_delay: stats.inbound.jitter_buffer_delay,
                jitter_buffer_emitted_count: stats.inbound.jitter_buffer_emitted_count,
                total_processing_delay: stats.inbound.total_processing_delay,
            })),
            CrateStats::OutboundRtp(stats) => {
                Some(RtcStats::OutboundRtp(OutboundRtpStats { active: stats.outbound.active }))
            }
            _ => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct InboundRtpStats {
    pub(crate) frames_decoded: u32,
    pub(crate) jitter_buffer_delay: f64,
    pub(crate) jitter_buffer_emitted_count: u64,
    pub(crate) total_processing_delay: f64,
}

pub(crate) struct OutboundRtpStats {
    pub(crate) active: bool,
}

pub(crate) struct TrackInfo {
    pub(crate) sid: TrackSid,
    pub(crate) name: String,
    pub(crate) kind: TrackKind,
    pub(crate) source: TrackSource,
    pub(crate) muted: bool,
}

#[derive(Clone)]
pub(crate) struct RemoteTrackPublication {
    info: Arc<TrackInfo>,
    inner: lk::RemoteTrackPublication,
}

impl From<lk::RemoteTrackPublication> for RemoteTrackPublication {
    fn from(inner: lk::RemoteTrackPublication) -> Self {
        let info = TrackInfo {
            sid: inner.sid(),
            name: inner.name(),
            kind: inner.kind(),
            source: inner.source(),
            muted: inner.is_muted(),
        };
        RemoteTrackPublication { info: info.into(), inner }
    }
}

impl RemoteTrackPublication {
    pub(crate) fn info(&self) -> &TrackInfo {
        &self.info
    }

    pub(crate) fn set_subscribed(&self, subscribe: bool) -> Result<(), CallError> {
        // The crate starts a task for it.
        let _inside = TASKS.enter();
        self.inner.set_subscribed(subscribe);
        Ok(())
    }

    pub(crate) fn update_video_dimensions(&self, width: u32, height: u32) -> Result<(), CallError> {
        let _inside = TASKS.enter();
        self.inner.update_video_dimensions(livekit::track::TrackDimension(width, height));
        Ok(())
    }
}

/// A picture that arrives.
#[derive(Clone)]
pub(crate) struct RemoteVideoTrack {
    pub(super) inner: lk::RemoteVideoTrack,
    sid: TrackSid,
}

/// Sound that arrives.
#[derive(Clone)]
pub(crate) struct RemoteAudioTrack {
    pub(super) inner: lk::RemoteAudioTrack,
    sid: TrackSid,
}

#[derive(Clone)]
pub(crate) enum RemoteTrack {
    Audio(RemoteAudioTrack),
    Video(RemoteVideoTrack),
}

impl From<lk::RemoteTrack> for RemoteTrack {
    fn from(track: lk::RemoteTrack) -> Self {
        match track {
            lk::RemoteTrack::Audio(inner) => RemoteTrack::Audio(RemoteAudioTrack { sid: inner.sid(), inner }),
            lk::RemoteTrack::Video(inner) => RemoteTrack::Video(RemoteVideoTrack { sid: inner.sid(), inner }),
        }
    }
}

impl RemoteTrack {
    pub(crate) fn sid(&self) -> &TrackSid {
        match self {
            RemoteTrack::Audio(track) => &track.sid,
            RemoteTrack::Video(track) => &track.sid,
        }
    }

    pub(crate) fn get_stats(&self) -> Result<Vec<RtcStats>, CallError> {
        let stats = TASKS.block_on(async {
            match self {
                RemoteTrack::Audio(track) => track.inner.get_stats().await,
                RemoteTrack::Video(track) => track.inner.get_stats().await,
            }
        });
        Ok(stats.map_err(CallError::of)?.into_iter().filter_map(RtcStats::of).collect())
    }
}
