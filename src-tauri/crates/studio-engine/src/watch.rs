//! Inputs: from the library's thread into a lane.
//!
//! A track that was given up and is asked for anew mostly arrives where it arrived before, and the library says nothing
//! of it. So wherever a track has arrived once is listened to as long as it is watched, and what comes from one place
//! at a time is taken.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use studio_lane::{Block, Meta, Writer};
use studio_wire::LaneId;
use studio_wire::engine::Watch;

use crate::kit::{
    AudioFrame, NativeAudioStream, NativeVideoStream, RemoteTrack, RemoteTrackPublication, VideoFrame,
};
use crate::room::Delay;
use crate::watchdog::{Alarm, Watchdog};

/// Sound in lanes is always this.
const RATE: u32 = 48_000;
const CHANNELS: u32 = 2;
/// How long the stream that fills a lane may be silent before another one does.
const HANDOVER_US: i64 = 100_000;
/// Streams of one track; those of the places where it arrived last.
pub(crate) const PLACES: usize = 4;
/// A sender packs so much sound before it sends it.
const PACKED: Duration = Duration::from_millis(20);
/// What is said to take longer is not believed.
const MOST_ON_ITS_WAY: Duration = Duration::from_secs(1);
/// How long frames may be away after the connection was made again, until the wish is said once more.
const TO_CONFIRM: Duration = Duration::from_millis(300);

/// An in lane. Made once for each lane; the tracks that fill it change.
pub(crate) struct Inlet {
    writer: Mutex<Writer>,
    frames: AtomicU64,
    dropped: AtomicU64,
    /// Which stream fills it, and when it did last.
    live: AtomicU64,
    live_us: AtomicI64,
    /// `width << 32 | height` of a picture that did not fit and has not been reported yet; 0 if there is none.
    too_large: AtomicU64,
    /// How long what comes now has been on its way since it was sent, in µs.
    way_us: AtomicI64,
}

impl Inlet {
    pub(crate) fn new(lane: LaneId, block: &Block) -> Option<Inlet> {
        let writer = Mutex::new(block.writer(lane.0.into())?);
        Some(Inlet {
            writer,
            frames: 0.into(),
            dropped: 0.into(),
            live: 0.into(),
            live_us: 0.into(),
            too_large: 0.into(),
            way_us: 0.into(),
        })
    }

    /// Frames written, and frames that were not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.frames.load(Ordering::Relaxed), self.dropped.load(Ordering::Relaxed))
    }

    /// The size of a picture that did not fit, once.
    pub(crate) fn take_too_large(&self) -> Option<(u32, u32)> {
        match self.too_large.swap(0, Ordering::Relaxed) {
            0 => None,
            size => Some(((size >> 32) as u32, size as u32)),
        }
    }

    /// What comes from now on was sent so long ago.
    fn takes(&self, way: Duration) {
        self.way_us.store(way.min(MOST_ON_ITS_WAY).as_micros() as i64, Ordering::Relaxed);
    }

    /// Whether a frame of `stream` is to be taken: the same frames can come twice.
    fn admits(&self, stream: u64, now_us: i64) -> bool {
        let is_live = self.live.load(Ordering::Relaxed) == stream;
        let admitted = is_live || now_us - self.live_us.load(Ordering::Relaxed) >= HANDOVER_US;
        if admitted {
            self.live.store(stream, Ordering::Relaxed);
            self.live_us.store(now_us, Ordering::Relaxed);
        }
        admitted
    }

    /// On the library's thread: whatever size a guest sends that fits the lane is passed on as it is.
    fn picture(&self, frame: &VideoFrame<'_>) {
        let (width, height) = (frame.buffer.width(), frame.buffer.height());
        let len = frame.buffer.tight_len();
        let written = self.write(len, Meta { width, height, kind: Meta::I420, ..Meta::default() }, |slot| {
            frame.buffer.copy_to(slot) == len
        });
        if written == Err(TooLarge) {
            self.too_large.store(u64::from(width) << 32 | u64::from(height), Ordering::Relaxed);
        }
    }

    /// On the library's thread.
    fn sound(&self, frame: &AudioFrame<'_>) {
        let meta =
            Meta { width: frame.sample_rate, height: frame.num_channels, kind: Meta::PCM, ..Meta::default() };
        let _ = self.write(frame.data.len() * 2, meta, |slot| {
            slot.chunks_exact_mut(2)
                .zip(frame.data)
                .for_each(|(to, from)| to.copy_from_slice(&from.to_ne_bytes()));
            true
        });
    }

    fn write(&self, len: usize, meta: Meta, fill: impl FnOnce(&mut [u8]) -> bool) -> Result<(), TooLarge> {
        // Never contended: one stream at a time writes here. But the library's thread must not wait, even then.
        let mut writer = match self.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return self.lost(),
        };
        let Some(len32) = u32::try_from(len).ok().filter(|&len| len <= writer.slot_bytes()) else {
            let _ = self.lost();
            return Err(TooLarge);
        };
        let Some(mut draft) = writer.draft().filter(|_| len > 0) else { return self.lost() };
        if !fill(&mut draft.bytes()[..len]) {
            return self.lost();
        }
        let stamp_us = monotonic_us() - self.way_us.load(Ordering::Relaxed);
        draft.publish(Meta { stamp_us, len: len32, ..meta });
        self.frames.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn lost(&self) -> Result<(), TooLarge> {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[derive(Debug, PartialEq)]
struct TooLarge;

/// The clock that every process of the machine shares, in µs.
pub(crate) fn monotonic_us() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}

/// A track that is watched.
pub(crate) struct Watching {
    pub(crate) wish: Watch,
    pub(crate) inlet: Arc<Inlet>,
    pub(crate) dog: Watchdog,
    publication: RemoteTrackPublication,
    streams: VecDeque<Stream>,
    /// When to ask anew, after the subscription has been given up to do so.
    again: Option<Instant>,
    /// When to say the wish once more, and the frames at the time of that decision, after the connection was made again.
    confirm: Option<(Instant, u64)>,
    reported_too_large: bool,
    /// What the lane had dropped at the last look.
    dropped: u64,
    /// What the library had measured at the last look.
    delay: Delay,
}

#[allow(dead_code, reason = "a stream is held, never asked: it ends when it is dropped")]
enum Stream {
    Video(NativeVideoStream),
    Audio(NativeAudioStream),
}

impl Watching {
    /// Asks for the track.
    pub(crate) fn new(
        wish: Watch,
        inlet: Arc<Inlet>,
        publication: RemoteTrackPublication,
        now: Instant,
    ) -> Watching {
        let (frames, dropped) = inlet.counts();
        // What an earlier track of this lane has left to report is not about this one.
        inlet.take_too_large();
        inlet.takes(Duration::ZERO);
        let dog = Watchdog::new(now, frames);
        let watching = Watching {
            wish,
            inlet,
            dog,
            publication,
            streams: VecDeque::new(),
            again: None,
            confirm: None,
            reported_too_large: false,
            dropped,
            delay: Delay::default(),
        };
        watching.ask(true);
        watching
    }

    fn ask(&self, subscribe: bool) {
        // Refused means that the publication is gone, which an event says, or the watchdog notices the silence.
        let _ = self.publication.set_subscribed(subscribe);
    }

    /// The track has arrived: its frames go to the lane from here on.
    pub(crate) fn arrived(&mut self, track: &RemoteTrack, now: Instant) {
        self.listen(track);
        self.dog.subscribed(now);
        self.resize(self.wish.size);
    }

    /// Takes what comes from where the track has arrived. A stream that the library will not make is silence, and for
    /// silence there is the watchdog.
    pub(crate) fn listen(&mut self, track: &RemoteTrack) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let inlet = Arc::clone(&self.inlet);
        let stream = match track {
            RemoteTrack::Video(track) => NativeVideoStream::new(track, move |frame| {
                if inlet.admits(number, monotonic_us()) {
                    inlet.picture(&frame);
                }
            })
            .map(Stream::Video)
            .map_err(log),
            RemoteTrack::Audio(track) => NativeAudioStream::new(track, RATE, CHANNELS, move |frame| {
                if inlet.admits(number, monotonic_us()) {
                    inlet.sound(&frame);
                }
            })
            .map(Stream::Audio)
            .map_err(log),
        };
        self.streams.truncate(PLACES - 1);
        if let Ok(stream) = stream {
            self.streams.push_front(stream);
        }
    }

    /// The track has gone away, asked for or not.
    pub(crate) fn departed(&mut self, now: Instant) {
        if self.again.is_none() {
            self.dog.unsubscribed(now);
        }
    }

    /// Tells the server the size it is shown at.
    pub(crate) fn resize(&mut self, size: Option<(u32, u32)>) {
        self.wish.size = size;
        if let (Some((width, height)), Some(Stream::Video(_))) = (size, self.streams.front()) {
            let _ = self.publication.update_video_dimensions(width, height);
        }
    }

    /// Gives the subscription up; [`Watching::ask_anew`] asks again at `when`.
    pub(crate) fn give_up_until(&mut self, when: Instant) {
        self.ask(false);
        self.again = Some(when);
    }

    /// Asks again, if it is time to.
    pub(crate) fn ask_anew(&mut self, now: Instant) {
        if self.again.is_some_and(|when| when <= now) {
            self.again = None;
            self.dog.unsubscribed(now);
            self.ask(true);
        }
    }

    /// The connection was made again: what was asked for in the meantime can be lost without a word.
    pub(crate) fn confirm_from(&mut self, now: Instant) {
        self.confirm = Some((now + TO_CONFIRM, self.inlet.counts().0));
    }

    /// Asks once more, if it is time to and nothing has come since.
    pub(crate) fn confirm(&mut self, now: Instant) {
        if let Some((_, frames)) = self.confirm.take_if(|(when, _)| *when <= now)
            && self.inlet.counts().0 == frames
            && self.again.is_none()
        {
            self.ask(true);
        }
    }

    /// What the lane shows. Frames that come but do not fit are no silence.
    pub(crate) fn look(&mut self, now: Instant, expected: bool) -> Option<Alarm> {
        let (frames, dropped) = self.inlet.counts();
        let arriving = std::mem::replace(&mut self.dropped, dropped) != dropped;
        self.dog.look(now, frames, expected && !arriving && self.again.is_none())
    }

    /// What the library has measured by now: how long what comes was on its way, as a mean over what came since the last look.
    pub(crate) fn took(&mut self, delay: Delay) {
        let before = std::mem::replace(&mut self.delay, delay);
        if let Some(way) = delay.since(before) {
            let sound = matches!(self.streams.front(), Some(Stream::Audio(_)));
            self.inlet.takes(if sound { way + PACKED } else { way });
        }
    }

    /// The size of a picture that did not fit; told once for each track.
    pub(crate) fn too_large(&mut self) -> Option<(u32, u32)> {
        let size = self.inlet.take_too_large()?;
        (!std::mem::replace(&mut self.reported_too_large, true)).then_some(size)
    }

    /// Gives the track up for good.
    pub(crate) fn end(self) {
        drop(self.streams);
        let _ = self.publication.set_subscribed(false);
    }
}

fn log(error: impl std::error::Error) {
    tracing::warn!("no stream for a track: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_lane::Shape;

    fn inlet(slot_bytes: u32) -> (Inlet, studio_lane::Reader) {
        let block = Block::create(&[Shape { slots: 3, slot_bytes }]).unwrap();
        (Inlet::new(LaneId(0), &block).unwrap(), block.reader(0).unwrap())
    }

    #[test]
    fn bytes_that_fit_are_written_and_counted() {
        let (inlet, mut reader) = inlet(8);
        assert_eq!(
            inlet.write(3, Meta::default(), |slot| {
                slot.fill(7);
                true
            }),
            Ok(())
        );
        assert_eq!(reader.newest().unwrap().bytes(), [7; 3]);
        assert_eq!(inlet.counts(), (1, 0));
    }

    #[test]
    fn bytes_that_do_not_fit_and_frames_of_no_bytes_are_dropped_and_counted() {
        let (inlet, mut reader) = inlet(8);
        assert_eq!(inlet.write(9, Meta::default(), |_| unreachable!()), Err(TooLarge));
        assert_eq!(inlet.write(0, Meta::default(), |_| unreachable!()), Ok(()));
        assert!(reader.newest().is_none());
        assert_eq!(inlet.counts(), (0, 2));
    }

    #[test]
    fn one_stream_at_a_time_fills_a_lane_and_another_one_when_it_is_silent() {
        let (inlet, _reader) = inlet(8);
        assert!(inlet.admits(1, 1_000_000));
        assert!(!inlet.admits(2, 1_010_000), "the same once more");
        assert!(inlet.admits(1, 1_020_000));
        assert!(inlet.admits(2, 1_020_000 + HANDOVER_US), "the first one has ended");
        assert!(!inlet.admits(1, 1_030_000 + HANDOVER_US));
    }
}
