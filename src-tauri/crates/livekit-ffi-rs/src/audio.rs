//! Sound into the library and out of it, ten milliseconds at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::convert::audio::buffer;
use crate::error::CaptureError;
use crate::handle::Handle;
use crate::library::call;
use crate::proto;
use crate::proto::ffi_request::Message;
use crate::sinks::AUDIO;
use crate::track::AudioTrack;
use crate::waiters::hand_over;

/// Rates that the library takes ten milliseconds of.
const RATES: [u32; 6] = [8_000, 16_000, 24_000, 32_000, 44_100, 48_000];
/// Frames that may be on their way into the library: 200 ms.
const MOST_IN_FLIGHT: u32 = 20;
/// Frames that may wait in front of the sink: 100 ms.
const QUEUE: u32 = 10;
const FRAME_MS: u32 = 10;

/// Borrowed interleaved samples.
#[derive(Debug, Clone, Copy)]
pub struct AudioFrame<'a> {
    /// The samples, one of each channel in turn.
    pub data: &'a [i16],
    /// Samples per second.
    pub sample_rate: u32,
    /// Channels.
    pub num_channels: u32,
}

impl AudioFrame<'_> {
    /// Samples of each channel.
    pub fn samples_per_channel(&self) -> u32 {
        let samples = self.data.len() / self.num_channels.max(1) as usize;
        u32::try_from(samples).unwrap_or(u32::MAX)
    }
}

/// How much sound the library may hold before it is sent. Other sizes fail or drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudioQueue {
    /// Nothing: each frame is sent as it comes, so they have to come evenly.
    Immediate,
    /// 100 ms.
    Buffered,
}

/// Frames on their way into the library.
#[derive(Debug, Default)]
pub(crate) struct Flight {
    in_flight: AtomicU32,
    dropped: AtomicU64,
}

impl Flight {
    /// Takes a place, if one is free.
    fn start(&self) -> bool {
        if self.in_flight.fetch_add(1, Ordering::AcqRel) < MOST_IN_FLIGHT {
            return true;
        }
        self.landed(false);
        false
    }

    /// Gives a place back; a frame that was not taken is counted.
    pub(crate) fn landed(&self, taken: bool) {
        self.in_flight.fetch_sub(1, Ordering::AcqRel);
        if !taken {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Where sound goes in. Clones are the same source.
#[derive(Debug, Clone)]
pub struct NativeAudioSource {
    handle: Arc<Handle>,
    flight: Arc<Flight>,
    sample_rate: u32,
    num_channels: u32,
}

impl NativeAudioSource {
    /// A source of sound in this format: 8, 16, 24, 32, 44.1 or 48 kHz in one or two channels.
    pub fn new(sample_rate: u32, num_channels: u32, queue: AudioQueue) -> Result<Self, CaptureError> {
        if !RATES.contains(&sample_rate) || !(1..=2).contains(&num_channels) {
            return Err(CaptureError::AudioFormat { samples: 0, sample_rate, num_channels });
        }
        let queue_size_ms = match queue {
            AudioQueue::Immediate => 0,
            AudioQueue::Buffered => 100,
        };
        let request = proto::NewAudioSourceRequest {
            r#type: proto::AudioSourceType::AudioSourceNative.into(),
            sample_rate: Some(sample_rate),
            num_channels: Some(num_channels),
            queue_size_ms: Some(queue_size_ms),
            ..Default::default()
        };
        let handle = Handle::new(call!(NewAudioSource(request))?.source.handle);
        Ok(Self { handle: Arc::new(handle), flight: Arc::default(), sample_rate, num_channels })
    }

    pub(crate) fn handle_id(&self) -> u64 {
        self.handle.id()
    }

    /// Hands over exactly ten milliseconds in the format of the source. Never waits; `frame` is free on
    /// return.
    pub fn capture_frame(&self, frame: &AudioFrame<'_>) -> Result<(), CaptureError> {
        let AudioFrame { data, sample_rate, num_channels } = *frame;
        let expected = (self.sample_rate / 100 * self.num_channels) as usize;
        if sample_rate != self.sample_rate || num_channels != self.num_channels || data.len() != expected {
            return Err(CaptureError::AudioFormat { samples: data.len(), sample_rate, num_channels });
        }
        if !self.flight.start() {
            return Err(CaptureError::InFlight);
        }
        hand_over(data.into(), &self.flight, |id, address| {
            Message::CaptureAudioFrame(proto::CaptureAudioFrameRequest {
                source_handle: self.handle.id(),
                buffer: buffer(frame, address),
                request_async_id: Some(id),
            })
        })?;
        Ok(())
    }

    /// Frames that the library did not take, since the source was made.
    pub fn dropped(&self) -> u64 {
        self.flight.dropped.load(Ordering::Relaxed)
    }
}

/// Takes a track's sound until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the stream"]
pub struct NativeAudioStream {
    handle: Handle,
    /// Held, because the stream would end with the last handle of a track that is in no room.
    _track: Arc<Handle>,
}

impl NativeAudioStream {
    /// Gives the sound of `track`, in this format and ten milliseconds at a time, to `sink`, on the
    /// library's own thread: there it is copied once to where it belongs. `sink` must not wait. When the
    /// stream has been dropped it does not run any more.
    pub fn new(
        track: &impl AudioTrack,
        sample_rate: u32,
        num_channels: u32,
        sink: impl FnMut(AudioFrame<'_>) + Send + 'static,
    ) -> Result<Self, CaptureError> {
        if !RATES.contains(&sample_rate) || !(1..=2).contains(&num_channels) {
            return Err(CaptureError::AudioFormat { samples: 0, sample_rate, num_channels });
        }
        let request = proto::NewAudioStreamRequest {
            track_handle: track.handle().id(),
            r#type: proto::AudioStreamType::AudioStreamNative.into(),
            sample_rate: Some(sample_rate),
            num_channels: Some(num_channels),
            frame_size_ms: Some(FRAME_MS),
            queue_size_frames: Some(QUEUE),
            ..Default::default()
        };
        let handle = Handle::new(call!(NewAudioStream(request))?.stream.handle);
        AUDIO.add(handle.id(), Box::new(sink));
        Ok(Self { handle, _track: track.handle().clone() })
    }
}

impl Drop for NativeAudioStream {
    fn drop(&mut self) {
        AUDIO.remove(self.handle.id());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_in_flight_are_bounded_and_those_not_taken_are_counted() {
        let flight = Flight::default();
        assert!((0..MOST_IN_FLIGHT).all(|_| flight.start()));
        assert!(!flight.start());
        flight.landed(true);
        assert!(flight.start());
        flight.landed(false);
        assert_eq!(flight.dropped.load(Ordering::Relaxed), 2);
    }
}
