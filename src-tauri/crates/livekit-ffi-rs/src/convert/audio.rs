//! Sound: the library's frames as ours, ours as the library's.

#![allow(unsafe_code, reason = "reads the samples of a frame that the library has just handed over")]

use crate::audio::AudioFrame;
use crate::memory;
use crate::proto;

/// More than any real frame has; guards the length computed below.
const MOST_SAMPLES: u32 = 1 << 20;

/// The sound behind an arriving frame, for as long as `info` is borrowed; the caller holds its handle
/// meanwhile.
pub(crate) fn frame(info: &proto::AudioFrameBufferInfo) -> Option<AudioFrame<'_>> {
    let samples = info.num_channels.checked_mul(info.samples_per_channel)?;
    if samples == 0 || samples > MOST_SAMPLES || info.sample_rate == 0 {
        return None;
    }
    // SAFETY: address and counts are the library's own, and the caller holds the handle.
    let data = unsafe { memory::at::<i16>(info.data_ptr, samples as usize) }?;
    Some(AudioFrame { data, sample_rate: info.sample_rate, num_channels: info.num_channels })
}

/// What the library is told about a frame whose samples are kept at `address`.
pub(crate) fn buffer(frame: &AudioFrame<'_>, address: u64) -> proto::AudioFrameBufferInfo {
    proto::AudioFrameBufferInfo {
        data_ptr: address,
        num_channels: frame.num_channels,
        sample_rate: frame.sample_rate,
        samples_per_channel: frame.samples_per_channel(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_in_an_impossible_format_is_not_looked_at() {
        let samples = [0i16; 960];
        let good = proto::AudioFrameBufferInfo {
            data_ptr: samples.as_ptr() as u64,
            num_channels: 2,
            sample_rate: 48_000,
            samples_per_channel: 480,
        };
        assert_eq!(frame(&good).unwrap().data.len(), 960);
        assert!(frame(&proto::AudioFrameBufferInfo { data_ptr: 0, ..good }).is_none());
        assert!(frame(&proto::AudioFrameBufferInfo { data_ptr: good.data_ptr + 1, ..good }).is_none());
        assert!(frame(&proto::AudioFrameBufferInfo { samples_per_channel: u32::MAX, ..good }).is_none());
        assert!(frame(&proto::AudioFrameBufferInfo { num_channels: 0, ..good }).is_none());
    }
}
