//! Rooms, people and tracks.

use std::collections::HashMap;

use crate::participant::ParticipantPermission;
use crate::proto;
use crate::publication::{DegradationPreference, TrackPublishOptions, VideoCodec};
use crate::room::{ConnectionQuality, ConnectionState, DisconnectReason, RoomOptions};
use crate::track::{TrackInfo, TrackKind, TrackSource};

/// Two enums whose variants pair off one to one.
macro_rules! pairs {
    ($(#[$doc:meta])* $name:ident: $from:ty => $to:ty { $($a:ident => $b:ident),+ $(,)? }) => {
        $(#[$doc])*
        pub(crate) fn $name(value: $from) -> $to {
            match value {
                $(<$from>::$a => <$to>::$b,)+
            }
        }
    };
}

pairs!(track_kind: proto::TrackKind => TrackKind {
    KindUnknown => Unknown, KindAudio => Audio, KindVideo => Video,
});
pairs!(track_source: proto::TrackSource => TrackSource {
    SourceUnknown => Unknown, SourceCamera => Camera, SourceMicrophone => Microphone,
    SourceScreenshare => Screenshare, SourceScreenshareAudio => ScreenshareAudio,
});
pairs!(to_track_source: TrackSource => proto::TrackSource {
    Unknown => SourceUnknown, Camera => SourceCamera, Microphone => SourceMicrophone,
    Screenshare => SourceScreenshare, ScreenshareAudio => SourceScreenshareAudio,
});
pairs!(to_codec: VideoCodec => proto::VideoCodec {
    Vp8 => Vp8, H264 => H264, Av1 => Av1, Vp9 => Vp9, H265 => H265,
});
pairs!(to_degradation: DegradationPreference => proto::DegradationPreference {
    Balanced => Balanced, MaintainFramerate => MaintainFramerate, MaintainResolution => MaintainResolution,
    MaintainFramerateAndResolution => MaintainFramerateAndResolution,
});
pairs!(connection_state: proto::ConnectionState => ConnectionState {
    ConnDisconnected => Disconnected, ConnConnected => Connected, ConnReconnecting => Reconnecting,
});
pairs!(connection_quality: proto::ConnectionQuality => ConnectionQuality {
    QualityPoor => Poor, QualityGood => Good, QualityExcellent => Excellent, QualityLost => Lost,
});
pairs!(disconnect_reason: proto::DisconnectReason => DisconnectReason {
    UnknownReason => UnknownReason, ClientInitiated => ClientInitiated,
    DuplicateIdentity => DuplicateIdentity, ServerShutdown => ServerShutdown,
    ParticipantRemoved => ParticipantRemoved, RoomDeleted => RoomDeleted,
    StateMismatch => StateMismatch, JoinFailure => JoinFailure, Migration => Migration,
    SignalClose => SignalClose, RoomClosed => RoomClosed, UserUnavailable => UserUnavailable,
    UserRejected => UserRejected, SipTrunkFailure => SipTrunkFailure,
    ConnectionTimeout => ConnectionTimeout, MediaFailure => MediaFailure, AgentError => AgentError,
});

pub(crate) fn track_info(info: proto::TrackPublicationInfo) -> TrackInfo {
    TrackInfo {
        kind: track_kind(info.kind()),
        source: track_source(info.source()),
        sid: info.sid.into(),
        name: info.name,
        muted: info.muted,
        simulcasted: info.simulcasted,
        width: info.width,
        height: info.height,
        mime_type: info.mime_type,
    }
}

pub(crate) fn permission(p: proto::ParticipantPermission) -> ParticipantPermission {
    ParticipantPermission {
        can_publish_sources: p.can_publish_sources().map(track_source).collect(),
        can_subscribe: p.can_subscribe,
        can_publish: p.can_publish,
        can_publish_data: p.can_publish_data,
        hidden: p.hidden,
        can_update_metadata: p.can_update_metadata,
    }
}

pub(crate) fn attributes(entries: Vec<proto::AttributesEntry>) -> HashMap<String, String> {
    entries.into_iter().map(|entry| (entry.key, entry.value)).collect()
}

pub(crate) fn room_options(options: &RoomOptions) -> proto::RoomOptions {
    proto::RoomOptions {
        auto_subscribe: Some(options.auto_subscribe),
        adaptive_stream: Some(options.adaptive_stream),
        dynacast: Some(options.dynacast),
        single_peer_connection: options.single_peer_connection,
        connect_timeout_ms: u64::try_from(options.connect_timeout.as_millis()).ok(),
        data_stream: options.max_stream_bytes.map(|most| proto::RoomDataStreamOptions {
            max_payload_byte_length: Some(most),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub(crate) fn publish_options(options: &TrackPublishOptions) -> proto::TrackPublishOptions {
    proto::TrackPublishOptions {
        video_encoding: options
            .video_encoding
            .map(|e| proto::VideoEncoding { max_bitrate: e.max_bitrate, max_framerate: e.max_framerate }),
        audio_encoding: options.audio_encoding.map(|e| proto::AudioEncoding { max_bitrate: e.max_bitrate }),
        video_codec: Some(to_codec(options.video_codec).into()),
        dtx: Some(options.dtx),
        red: Some(options.red),
        simulcast: Some(options.simulcast),
        source: Some(to_track_source(options.source).into()),
        degradation_preference: options.degradation_preference.map(|p| to_degradation(p).into()),
        ..Default::default()
    }
}
