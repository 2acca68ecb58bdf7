//! Pictures and sound that can be recognised after an encoder.

use std::f64::consts::TAU;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use livekit_ffi_rs::{
    AudioEncoding, AudioFrame, Events, I420, LocalVideoTrack, NativeAudioSource, NativeVideoSource,
    RoomEvent, TrackPublishOptions, TrackSource, VideoEncoding, VideoFrame, VideoResolution, VideoRotation,
};

/// Generous: two busy cores run many tests at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until `found` finds what it looks for in the events.
pub fn wait_for<T>(events: &Events, what: &str, mut found: impl FnMut(RoomEvent) -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match events.recv_timeout(left) {
            Ok(event) => {
                eprintln!("{event:?}");
                if let Some(found) = found(event) {
                    return found;
                }
            }
            Err(error) => panic!("{what}: {error}"),
        }
    }
}

/// Waits until `holds`.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A grey picture whose left half is dark and whose right half is bright.
pub fn halves(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = vec![128; I420::len_of(width, height)];
    let rows = bytes[..(width * height) as usize].chunks_exact_mut(width as usize);
    for row in rows {
        row[..width as usize / 2].fill(50);
        row[width as usize / 2..].fill(200);
    }
    bytes
}

/// Mean luma of the left and of the right half.
pub fn means(bytes: &[u8], width: u32, height: u32) -> (f64, f64) {
    let half = width as usize / 2;
    let mean = |range: std::ops::Range<usize>| {
        let rows = bytes[..(width * height) as usize].chunks_exact(width as usize);
        let sum: u64 = rows.map(|row| row[range.clone()].iter().map(|&b| u64::from(b)).sum::<u64>()).sum();
        sum as f64 / (range.len() * height as usize) as f64
    };
    (mean(0..half), mean(half..width as usize))
}

/// Something that runs until it is dropped.
pub struct Running(Arc<AtomicBool>, Option<JoinHandle<()>>);

impl Running {
    /// Calls `tick` each `period`, with its number.
    pub fn every(period: Duration, mut tick: impl FnMut(u64) + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = stop.clone();
        let thread = thread::spawn(move || {
            let start = Instant::now();
            for n in 0u32.. {
                if flag.load(Ordering::Relaxed) {
                    return;
                }
                tick(u64::from(n));
                thread::sleep((period * (n + 1)).saturating_sub(start.elapsed()));
            }
        });
        Self(stop, Some(thread))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        let _ = self.1.take().unwrap().join();
    }
}

/// A source that is fed 30 pictures a second, and the feeding.
pub fn picture(width: u32, height: u32) -> (NativeVideoSource, Running) {
    let source = NativeVideoSource::new(VideoResolution { width, height }, false).unwrap();
    let (bytes, fed) = (halves(width, height), source.clone());
    let running = Running::every(Duration::from_millis(33), move |_| {
        let buffer = I420::tight(width, height, &bytes).unwrap();
        let frame = VideoFrame { buffer, timestamp_us: 0, rotation: VideoRotation::VideoRotation0 };
        fed.capture_frame(&frame).unwrap();
    });
    (source, running)
}

/// Feeds a source of 48 kHz stereo with a tone of `hertz` at half of full scale.
pub fn tone(source: &NativeAudioSource, hertz: f64) -> Running {
    let fed = source.clone();
    Running::every(Duration::from_millis(10), move |n| {
        let sample = |i: u64| ((n * 480 + i) as f64 * hertz * TAU / 48_000.0).sin() * 16_384.0;
        let data: Vec<i16> = (0..480).flat_map(|i| [sample(i) as i16; 2]).collect();
        // A frame that is late on a busy machine is dropped: the tone goes on.
        let _ = fed.capture_frame(&AudioFrame { data: &data, sample_rate: 48_000, num_channels: 2 });
    })
}

/// How a picture is published: one layer, explicit encoding.
pub fn camera() -> TrackPublishOptions {
    TrackPublishOptions {
        source: TrackSource::Camera,
        video_encoding: Some(VideoEncoding { max_bitrate: 1_000_000, max_framerate: 30.0 }),
        simulcast: false,
        ..Default::default()
    }
}

/// How sound is published.
pub fn microphone() -> TrackPublishOptions {
    TrackPublishOptions {
        source: TrackSource::Microphone,
        audio_encoding: Some(AudioEncoding { max_bitrate: 96_000 }),
        dtx: false,
        ..Default::default()
    }
}

/// A new video track of `source`.
pub fn video_track(source: &NativeVideoSource) -> LocalVideoTrack {
    LocalVideoTrack::create_video_track("picture", source).unwrap()
}

/// A sink that keeps the newest picture and counts.
#[derive(Clone, Default)]
pub struct Newest(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    count: u64,
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

impl Newest {
    /// The closure for the stream.
    pub fn sink(&self) -> impl FnMut(VideoFrame<'_>) + Send + 'static {
        let seen = self.0.clone();
        move |frame| {
            let mut bytes = vec![0; frame.buffer.tight_len()];
            assert_eq!(frame.buffer.copy_to(&mut bytes), bytes.len());
            let mut seen = seen.lock().unwrap();
            let (width, height) = (frame.buffer.width(), frame.buffer.height());
            *seen = Seen { count: seen.count + 1, width, height, bytes };
        }
    }

    /// Pictures so far.
    pub fn count(&self) -> u64 {
        self.0.lock().unwrap().count
    }

    /// The newest picture: width, height, bytes.
    pub fn get(&self) -> (u32, u32, Vec<u8>) {
        let seen = self.0.lock().unwrap();
        (seen.width, seen.height, seen.bytes.clone())
    }
}

/// A sink that passes the first channel on.
pub fn listener() -> (impl FnMut(AudioFrame<'_>) + Send + 'static, mpsc::Receiver<Vec<i16>>) {
    let (sender, receiver) = mpsc::channel();
    let sink = move |frame: AudioFrame<'_>| {
        assert_eq!((frame.sample_rate, frame.num_channels, frame.data.len()), (48_000, 2, 960));
        let _ = sender.send(frame.data.iter().step_by(2).copied().collect());
    };
    (sink, receiver)
}

/// Strength of `hertz` in `samples` at 48 kHz: the amplitude of that tone.
pub fn amplitude(samples: &[i16], hertz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (i, &sample) in samples.iter().enumerate() {
        let angle = i as f64 * hertz * TAU / 48_000.0;
        re += f64::from(sample) * angle.cos();
        im += f64::from(sample) * angle.sin();
    }
    2.0 * re.hypot(im) / samples.len() as f64
}
