//! A stream of a PulseAudio server: one connection, one thread, one device. **The server may not move it to another
//! device; should it do so all the same, the stream ends before the first sample of the other device is looked at.**
//!
//! PulseAudio moves streams silently: when their device is pulled out, and even while it is there, as soon as somebody
//! makes another one the default. So each stream is opened as one that must not be moved, which ends it instead. What
//! the server says of a stream comes in the same order as its sound, so nothing can slip through in between.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use pulseaudio::protocol::stream::StreamFlags;
use pulseaudio::protocol::{SampleFormat, SampleSpec};
use studio_media::clock;
use studio_wire::device::DeviceTrouble;
use studio_wire::time::ShowTime;

use super::super::{SoundError, StreamNews};
use super::connection::{Connection, Hangup};

/// No sound for so long is a stall.
const STALL: Duration = Duration::from_secs(1);
/// Frames that are asked for at once: 10 ms at 48 kHz. The server gives what it likes.
pub const PIECE: u32 = 480;
/// Samples that are handed on at once, at most.
pub const MOST: usize = 8 * PIECE as usize;

/// A stream that is open, until it is dropped. Dropping waits for nobody.
#[derive(Debug)]
pub struct Open {
    /// Frames a second.
    pub rate: u32,
    /// Samples to a frame.
    pub channels: u16,
    /// How often sound was lost between the server and this program.
    pub faults: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
    hangup: Hangup,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        self.hangup.now();
    }
}

/// What a stream's thread shares with whoever opened it.
#[derive(Debug)]
pub struct Shared {
    closed: Arc<AtomicBool>,
    faults: Arc<AtomicU64>,
}

impl Shared {
    /// Whether nobody wants its sound any more.
    pub fn closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Counts a loss of sound.
    pub fn fault(&self) {
        self.faults.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs a stream on a thread of its own until it ends, and tells why it did unless it was closed.
pub fn spawn<N: FnMut(StreamNews) + Send + 'static>(
    connection: Connection,
    spec: SampleSpec,
    mut on_news: N,
    run: impl FnOnce(Connection, &Shared, &mut N) -> DeviceTrouble + Send + 'static,
) -> Result<Open, SoundError> {
    let (closed, faults) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let hangup = connection.hangup()?;
    let shared = Shared { closed: closed.clone(), faults: faults.clone() };
    let body = move || {
        clock::raise_priority("sound");
        let ended = catch_unwind(AssertUnwindSafe(|| run(connection, &shared, &mut on_news)));
        if !shared.closed() {
            on_news(StreamNews::Ended(ended.unwrap_or(DeviceTrouble::Broken)));
        }
    };
    thread::Builder::new().name("sound".to_owned()).spawn(body).map_err(|error| {
        tracing::warn!(%error, "no thread for a sound stream");
        SoundError::Broken(error.to_string())
    })?;
    Ok(Open { rate: spec.sample_rate, channels: spec.channels.into(), faults, closed, hangup })
}

/// The device's own rate and channels, in samples that need no conversion here.
pub fn float(device: SampleSpec) -> Result<SampleSpec, SoundError> {
    if device.channels == 0 || device.sample_rate == 0 {
        return Err(SoundError::NoFormat);
    }
    Ok(SampleSpec { format: SampleFormat::Float32Le, ..device })
}

/// Bytes to a frame of [`float`] samples.
pub fn frame(spec: SampleSpec) -> u32 {
    4 * u32::from(spec.channels)
}

/// How every stream is opened.
pub fn flags() -> StreamFlags {
    StreamFlags { no_move: true, adjust_latency: true, ..StreamFlags::default() }
}

/// When the server gave an answer that came now, by the clock on the wall that both read.
pub fn given(answered: SystemTime) -> ShowTime {
    let ago = SystemTime::now().duration_since(answered).unwrap_or_default();
    // The clock on the wall may just have been put right.
    let ago = if ago > STALL { Duration::ZERO } else { ago };
    clock::now().since(ShowTime(ago.as_nanos() as u64))
}

/// Tells when a stream stands still, and when it goes on.
#[derive(Debug)]
pub struct Watchdog {
    heard: Instant,
    stalled: bool,
}

impl Watchdog {
    /// Nothing stands still yet.
    pub fn new() -> Self {
        Self { heard: Instant::now(), stalled: false }
    }

    /// When it barks; `None` after it did.
    pub fn until(&self) -> Option<Instant> {
        (!self.stalled).then(|| self.heard + STALL)
    }

    /// Sound came. True if it did so after a stall or a pause that counting does not survive.
    pub fn heard(&mut self, on_news: &mut impl FnMut(StreamNews)) -> bool {
        let now = Instant::now();
        let paused = now - self.heard > STALL / 5;
        self.heard = now;
        if std::mem::take(&mut self.stalled) {
            on_news(StreamNews::Flowing);
        }
        paused
    }

    /// Nothing came until [`Self::until`].
    pub fn bark(&mut self, on_news: &mut impl FnMut(StreamNews)) {
        if !self.stalled && self.heard.elapsed() >= STALL {
            self.stalled = true;
            on_news(StreamNews::Stalled);
        }
    }
}
