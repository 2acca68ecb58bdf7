//! Pictures and sound in and out of the crate.

use futures_util::StreamExt;
use livekit::webrtc::audio_frame::AudioFrame as RtcAudioFrame;
use livekit::webrtc::audio_source::native::NativeAudioSource as AudioSource;
use livekit::webrtc::audio_source::{AudioSourceOptions, RtcAudioSource};
use livekit::webrtc::audio_stream::native::NativeAudioStream as AudioStream;
use livekit::webrtc::video_frame::{I420Buffer, VideoBuffer, VideoFrame as RtcVideoFrame};
use livekit::webrtc::video_source::RtcVideoSource;
use livekit::webrtc::video_source::native::NativeVideoSource as VideoSource;
use livekit::webrtc::video_stream::native::NativeVideoStream as VideoStream;
use tokio::task::JoinHandle;

use super::room::{RemoteAudioTrack, RemoteVideoTrack};
use super::{CallError, CaptureError, LocalTrack, TASKS, VideoResolution, VideoRotation};

/// A planar 4:2:0 picture: tight bytes of ours, or a buffer of the crate's.
pub(crate) enum I420<'a> {
    Tight { width: u32, height: u32, bytes: &'a [u8] },
    Buffer(I420Buffer),
}

impl<'a> I420<'a> {
    pub(crate) fn tight(width: u32, height: u32, bytes: &'a [u8]) -> Result<I420<'a>, CaptureError> {
        let fits = (16..=8192).contains(&width) && (16..=8192).contains(&height);
        if !fits || bytes.len() != len_of(width, height) {
            return Err(CaptureError::VideoSize);
        }
        Ok(I420::Tight { width, height, bytes })
    }

    pub(crate) fn width(&self) -> u32 {
        match self {
            I420::Tight { width, .. } => *width,
            I420::Buffer(buffer) => buffer.width(),
        }
    }

    pub(crate) fn height(&self) -> u32 {
        match self {
            I420::Tight { height, .. } => *height,
            I420::Buffer(buffer) => buffer.height(),
        }
    }

    pub(crate) fn tight_len(&self) -> usize {
        len_of(self.width(), self.height())
    }

    /// Writes the planes one after the other, without padding; 0 if `out` is too short.
    pub(crate) fn copy_to(&self, out: &mut [u8]) -> usize {
        let len = self.tight_len();
        let Some(out) = out.get_mut(..len) else { return 0 };
        match self {
            I420::Tight { bytes, .. } => out.copy_from_slice(bytes),
            I420::Buffer(buffer) => {
                let ((y, u, v), strides) = (buffer.data(), buffer.strides());
                let (width, height) = (self.width() as usize, self.height() as usize);
                let (luma, chroma) = out.split_at_mut(width * height);
                let (out_u, out_v) = chroma.split_at_mut(width.div_ceil(2) * height.div_ceil(2));
                rows(y, strides.0, luma, width);
                rows(u, strides.1, out_u, width.div_ceil(2));
                rows(v, strides.2, out_v, width.div_ceil(2));
            }
        }
        len
    }

    fn to_buffer(&self) -> I420Buffer {
        let (width, height) = (self.width(), self.height());
        let mut buffer = I420Buffer::new(width, height);
        if let I420::Tight { bytes, .. } = self {
            let luma = (width * height) as usize;
            let chroma = (width.div_ceil(2) * height.div_ceil(2)) as usize;
            let (y, u, v) = buffer.data_mut();
            y.copy_from_slice(&bytes[..luma]);
            u.copy_from_slice(&bytes[luma..luma + chroma]);
            v.copy_from_slice(&bytes[luma + chroma..]);
        }
        buffer
    }
}

fn rows(from: &[u8], stride: u32, to: &mut [u8], width: usize) {
    let rows = from.chunks(stride.max(1) as usize).zip(to.chunks_exact_mut(width.max(1)));
    rows.for_each(|(from, to)| to.copy_from_slice(&from[..to.len()]));
}

fn len_of(width: u32, height: u32) -> usize {
    let chroma = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
    width as usize * height as usize + 2 * chroma
}

pub(crate) struct VideoFrame<'a> {
    pub(crate) buffer: I420<'a>,
    pub(crate) timestamp_us: i64,
    pub(crate) rotation: VideoRotation,
}

#[derive(Clone)]
pub(crate) struct NativeVideoSource(VideoSource);

impl NativeVideoSource {
    pub(crate) fn new(resolution: VideoResolution, is_screencast: bool) -> Result<Self, CaptureError> {
        let _inside = TASKS.enter();
        Ok(NativeVideoSource(VideoSource::new(resolution, is_screencast)))
    }

    pub(crate) fn capture_frame(&self, frame: &VideoFrame<'_>) -> Result<(), CaptureError> {
        let buffer = frame.buffer.to_buffer();
        let mut rtc = RtcVideoFrame::new(frame.rotation, buffer);
        rtc.timestamp_us = frame.timestamp_us;
        let taken = self.0.capture_frame(&rtc);
        taken.then_some(()).ok_or_else(|| CallError::of("the picture was not taken").into())
    }
}

pub(crate) struct LocalVideoTrack(livekit::prelude::LocalVideoTrack);

impl LocalVideoTrack {
    pub(crate) fn create_video_track(name: &str, source: &NativeVideoSource) -> Result<Self, CallError> {
        let source = RtcVideoSource::Native(source.0.clone());
        Ok(LocalVideoTrack(livekit::prelude::LocalVideoTrack::create_video_track(name, source)))
    }
}

impl From<LocalVideoTrack> for LocalTrack {
    fn from(track: LocalVideoTrack) -> LocalTrack {
        LocalTrack::Video(track.0)
    }
}

/// Runs the sink on the crate's threads until it is dropped.
pub(crate) struct NativeVideoStream(JoinHandle<()>);

impl NativeVideoStream {
    pub(crate) fn new(
        track: &RemoteVideoTrack,
        mut sink: impl FnMut(VideoFrame<'_>) + Send + 'static,
    ) -> Result<Self, CallError> {
        let _inside = TASKS.enter();
        let mut stream = VideoStream::new(track.inner.rtc_track());
        Ok(NativeVideoStream(TASKS.spawn(async move {
            while let Some(frame) = stream.next().await {
                let (timestamp_us, rotation) = (frame.timestamp_us, frame.rotation);
                sink(VideoFrame { buffer: I420::Buffer(frame.buffer.to_i420()), timestamp_us, rotation });
            }
        })))
    }
}

impl Drop for NativeVideoStream {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(crate) struct AudioFrame<'a> {
    pub(crate) data: &'a [i16],
    pub(crate) sample_rate: u32,
    pub(crate) num_channels: u32,
}

pub(crate) enum AudioQueue {
    Immediate,
}

#[derive(Clone)]
pub(crate) struct NativeAudioSource(AudioSource);

impl NativeAudioSource {
    pub(crate) fn new(rate: u32, channels: u32, queue: AudioQueue) -> Result<Self, CaptureError> {
        let _inside = TASKS.enter();
        let AudioQueue::Immediate = queue;
        Ok(NativeAudioSource(AudioSource::new(AudioSourceOptions::default(), rate, channels, 0)))
    }

    pub(crate) fn capture_frame(&self, frame: &AudioFrame<'_>) -> Result<(), CaptureError> {
        let samples_per_channel = frame.data.len() as u32 / frame.num_channels.max(1);
        let frame = RtcAudioFrame {
            data: frame.data.into(),
            sample_rate: frame.sample_rate,
            num_channels: frame.num_channels,
            samples_per_channel,
        };
        TASKS.block_on(self.0.capture_frame(&frame)).map_err(|error| CallError(format!("{error:?}")).into())
    }
}

pub(crate) struct LocalAudioTrack(livekit::prelude::LocalAudioTrack);

impl LocalAudioTrack {
    pub(crate) fn create_audio_track(name: &str, source: &NativeAudioSource) -> Result<Self, CallError> {
        let source = RtcAudioSource::Native(source.0.clone());
        Ok(LocalAudioTrack(livekit::prelude::LocalAudioTrack::create_audio_track(name, source)))
    }
}

impl From<LocalAudioTrack> for LocalTrack {
    fn from(track: LocalAudioTrack) -> LocalTrack {
        LocalTrack::Audio(track.0)
    }
}

/// Runs the sink on the crate's threads until it is dropped.
pub(crate) struct NativeAudioStream(JoinHandle<()>);

impl NativeAudioStream {
    pub(crate) fn new(
        track: &RemoteAudioTrack,
        rate: u32,
        channels: u32,
        mut sink: impl FnMut(AudioFrame<'_>) + Send + 'static,
    ) -> Result<Self, CallError> {
        let _inside = TASKS.enter();
        let mut stream =
            AudioStream::new(track.inner.rtc_track(), rate.cast_signed(), channels.cast_signed());
        Ok(NativeAudioStream(TASKS.spawn(async move {
            while let Some(frame) = stream.next().await {
                let (sample_rate, num_channels) = (frame.sample_rate, frame.num_channels);
                sink(AudioFrame { data: &frame.data, sample_rate, num_channels });
            }
        })))
    }
}

impl Drop for NativeAudioStream {
    fn drop(&mut self) {
        self.0.abort();
    }
}
