//! WebRTC's own counters, those that the product shows or acts on.

/// One entry of a track's statistics.
#[derive(Debug, Clone, PartialEq)]
pub enum RtcStats {
    /// What arrives of one stream.
    InboundRtp(InboundRtpStats),
    /// What is sent of one layer.
    OutboundRtp(OutboundRtpStats),
    /// What the other side says that it gets of one layer.
    RemoteInboundRtp(RemoteInboundRtpStats),
}

/// What arrives of one stream.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "the names are WebRTC's: w3.org/TR/webrtc-stats")]
pub struct InboundRtpStats {
    pub kind: String,
    pub packets_received: u64,
    pub packets_lost: i64,
    /// In seconds.
    pub jitter: f64,
    pub bytes_received: u64,
    pub frames_received: u64,
    pub frames_decoded: u32,
    pub frames_dropped: u32,
    pub frame_width: u32,
    pub frame_height: u32,
    pub frames_per_second: f64,
    pub freeze_count: u32,
    /// In seconds, over all emitted frames or samples.
    pub jitter_buffer_delay: f64,
    pub jitter_buffer_emitted_count: u64,
    /// In seconds, over all decoded frames: from the first packet until it was decoded.
    pub total_processing_delay: f64,
    pub total_samples_received: u64,
    pub concealed_samples: u64,
    /// 0 to 1.
    pub audio_level: f64,
    pub decoder_implementation: String,
}

/// What is sent of one layer.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "the names are WebRTC's: w3.org/TR/webrtc-stats")]
pub struct OutboundRtpStats {
    pub kind: String,
    pub rid: String,
    pub packets_sent: u64,
    pub bytes_sent: u64,
    pub frames_sent: u32,
    pub frames_encoded: u32,
    pub frame_width: u32,
    pub frame_height: u32,
    pub frames_per_second: f64,
    /// In bits per second.
    pub target_bitrate: f64,
    /// In seconds, over all encoded frames.
    pub total_encode_time: f64,
    pub quality_limitation_reason: QualityLimitationReason,
    /// Whether the layer is encoded at all; false while nobody subscribes, with `dynacast`.
    pub active: bool,
    pub encoder_implementation: String,
}

/// What the other side says that it gets of one layer.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "the names are WebRTC's: w3.org/TR/webrtc-stats")]
pub struct RemoteInboundRtpStats {
    pub kind: String,
    pub packets_lost: i64,
    /// In seconds.
    pub jitter: f64,
    /// In seconds.
    pub round_trip_time: f64,
    /// 0 to 1.
    pub fraction_lost: f64,
}

/// What holds the quality down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QualityLimitationReason {
    /// Nothing.
    #[default]
    None,
    /// The processor.
    Cpu,
    /// The line.
    Bandwidth,
    /// Something else.
    Other,
}
