//! Statistics.

use crate::proto;
use crate::proto::rtc_stats::Stats;
use crate::stats::{
    InboundRtpStats, OutboundRtpStats, QualityLimitationReason, RemoteInboundRtpStats, RtcStats,
};

/// One entry, if it is of a kind that the crate wraps.
pub(crate) fn entry(entry: proto::RtcStats) -> Option<RtcStats> {
    Some(match entry.stats? {
        Stats::InboundRtp(s) => RtcStats::InboundRtp(inbound(s)),
        Stats::OutboundRtp(s) => RtcStats::OutboundRtp(outbound(s)),
        Stats::RemoteInboundRtp(s) => RtcStats::RemoteInboundRtp(RemoteInboundRtpStats {
            kind: s.stream.kind,
            packets_lost: s.received.packets_lost,
            jitter: s.received.jitter,
            round_trip_time: s.remote_inbound.round_trip_time,
            fraction_lost: s.remote_inbound.fraction_lost,
        }),
    })
}

fn inbound(s: proto::rtc_stats::InboundRtp) -> InboundRtpStats {
    let i = s.inbound;
    InboundRtpStats {
        kind: s.stream.kind,
        packets_received: s.received.packets_received,
        packets_lost: s.received.packets_lost,
        jitter: s.received.jitter,
        bytes_received: i.bytes_received,
        frames_received: i.frames_received,
        frames_decoded: i.frames_decoded,
        frames_dropped: i.frames_dropped,
        frame_width: i.frame_width,
        frame_height: i.frame_height,
        frames_per_second: i.frames_per_second,
        freeze_count: i.freeze_count,
        jitter_buffer_delay: i.jitter_buffer_delay,
        jitter_buffer_emitted_count: i.jitter_buffer_emitted_count,
        total_processing_delay: i.total_processing_delay,
        total_samples_received: i.total_samples_received,
        concealed_samples: i.concealed_samples,
        audio_level: i.audio_level,
        decoder_implementation: i.decoder_implementation,
    }
}

fn outbound(s: proto::rtc_stats::OutboundRtp) -> OutboundRtpStats {
    use proto::QualityLimitationReason as Reason;
    let o = s.outbound;
    OutboundRtpStats {
        kind: s.stream.kind,
        packets_sent: s.sent.packets_sent,
        bytes_sent: s.sent.bytes_sent,
        quality_limitation_reason: match o.quality_limitation_reason() {
            Reason::LimitationNone => QualityLimitationReason::None,
            Reason::LimitationCpu => QualityLimitationReason::Cpu,
            Reason::LimitationBandwidth => QualityLimitationReason::Bandwidth,
            Reason::LimitationOther => QualityLimitationReason::Other,
        },
        rid: o.rid,
        frames_sent: o.frames_sent,
        frames_encoded: o.frames_encoded,
        frame_width: o.frame_width,
        frame_height: o.frame_height,
        frames_per_second: o.frames_per_second,
        target_bitrate: o.target_bitrate,
        total_encode_time: o.total_encode_time,
        active: o.active,
        encoder_implementation: o.encoder_implementation,
    }
}
