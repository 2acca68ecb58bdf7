//! What a microphone's callback holds. **A call moves samples into a ring and now and then a stamp into another, and that
//! is all.**

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtrb::Producer;
use studio_wire::time::ShowTime;

use crate::audio::device::{MARK_EVERY_MS, usable};
use crate::clock;

/// A time stamp.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// The number of the frame it stands on.
    pub(super) frame: u64,
    /// When that was taken.
    pub(super) taken: ShowTime,
    /// When it came.
    pub(super) came: ShowTime,
    /// Frames a second from here on, as the device says.
    pub(super) rate: u32,
    /// What comes before does not join on to this.
    pub(super) seam: bool,
}

/// The callback's end.
#[derive(Debug)]
pub struct IntakeEnd {
    ring: Producer<f32>,
    marks: Producer<Mark>,
    lost: Arc<AtomicU64>,
    channels: usize,
    sides: usize,
    rate: u32,
    /// Frames that went into the ring.
    written: u64,
    /// When the last stamp was.
    marked: ShowTime,
    /// The next stamp has to say that something is missing, or new.
    seam: bool,
}

impl IntakeEnd {
    /// `ring` takes frames of `sides` samples, the first of `channels`; what does not fit is counted in `lost`.
    pub(super) fn new(
        ring: Producer<f32>,
        marks: Producer<Mark>,
        lost: Arc<AtomicU64>,
        (rate, channels, sides): (u32, usize, usize),
    ) -> Self {
        let (written, marked) = (0, ShowTime(0));
        Self { ring, marks, lost, channels, sides, rate, written, marked, seam: true }
    }

    /// Takes in what the device heard: interleaved, the first sample taken at `taken`. Never waits and never allocates.
    ///
    /// Stamps may tremble. If all are off by the same time, only the latency that is said is off by it.
    pub fn heard(&mut self, samples: &[f32], taken: ShowTime) {
        self.heard_at(samples, taken, clock::now());
    }

    /// [`Self::heard`] at another time than now.
    pub fn heard_at(&mut self, samples: &[f32], taken: ShowTime, now: ShowTime) {
        let frames = samples.chunks_exact(self.channels.max(1));
        let offered = frames.len();
        if offered == 0 || self.channels == 0 {
            return;
        }
        // The stamp goes first: whoever sees the sound has its stamp.
        if self.seam || now.since(self.marked) >= ShowTime::from_ms(MARK_EVERY_MS) {
            let (frame, rate, seam) = (self.written, self.rate, self.seam);
            match self.marks.push(Mark { frame, taken, came: now, rate, seam }) {
                Ok(()) => (self.marked, self.seam) = (now, false),
                Err(_) if seam => {
                    self.lost.fetch_add(offered as u64, Ordering::Relaxed);
                    return;
                }
                Err(_) => {}
            }
        }
        let fits = offered.min(self.ring.slots() / self.sides);
        if let Ok(chunk) = self.ring.write_chunk_uninit(fits * self.sides) {
            let sides = self.sides;
            chunk.fill_from_iter(frames.take(fits).flat_map(|frame| frame[..sides].iter().copied()));
            self.written += fits as u64;
        }
        if fits < offered {
            self.lost.fetch_add((offered - fits) as u64, Ordering::Relaxed);
            self.seam = true;
        }
    }

    /// What comes from now on has another rate.
    pub fn set_rate(&mut self, rate: u32) {
        let rate = usable(rate);
        self.seam |= rate != self.rate;
        self.rate = rate;
    }
}
