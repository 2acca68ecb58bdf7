//! From the mixer to a speaker's callback. **The delay stays where it is, however the device's clock runs; a callback that
//! finds too little plays what there is, ends softly, and is silent until a whole callback's worth is there again.**

mod end;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtrb::{Consumer, Producer, RingBuffer};
use studio_wire::time::ShowTime;

pub use end::OutletEnd;
use end::{Asked, Missed};

use super::clock::{DeviceClock, Fit};
use super::stretch::Stretch;
use super::target::Target;
use super::{BEND, BLOCK, Ending, Figures, JUMP, LISTEN, MARKS, MEND, capacity, clean, usable};
use crate::audio::{Block, FRAMES, RATE};

/// Kept in hand beyond need at first, in s: so late may the mixer's thread wake.
const SPARE: f64 = 0.004;
/// So much more after each gap, and at most, in s.
const MORE: (f64, f64) = (0.005, 0.04);
/// That much less again after so many blocks without one: 30 s.
const CALM: u32 = 3_000;
/// A speaker that has not asked for so long has stopped, in s.
const STOPPED: f64 = 0.2;

/// A speaker's way from the mixer: one end for the mixer, the other for its callback. The rate counts as its nearest from
/// 8 to 192 kHz; one channel gets the mean of both sides, more than two get silence beyond the first two.
pub fn outlet(rate: u32, channels: u16) -> (Outlet, OutletEnd) {
    let rate = usable(rate);
    let sides = usize::from(channels).clamp(1, 2);
    let (sound, ring) = RingBuffer::new(capacity(rate) * sides);
    let (stamps, marks) = RingBuffer::new(MARKS);
    let missed = Arc::new(Missed::default());
    let outlet = Outlet {
        ring: sound,
        marks,
        missed: missed.clone(),
        sides,
        clock: DeviceClock::new(rate),
        target: Target::default(),
        stretch: Stretch::to_device(rate, sides),
        ending: Ending::new(rate, sides),
        asked: None,
        written: 0,
        state: State::Idle,
        more: 0.0,
        calm: 0,
        gaps: 0,
        delay: 0.0,
        dropped: 0,
    };
    let end = OutletEnd::new(ring, stamps, missed, (rate, channels.into(), sides));
    (outlet, end)
}

/// The mixer's end.
#[derive(Debug)]
pub struct Outlet {
    ring: Producer<f32>,
    marks: Consumer<Asked>,
    missed: Arc<Missed>,
    sides: usize,
    clock: DeviceClock,
    /// How far ahead of its time the callback takes sound.
    target: Target,
    stretch: Stretch,
    ending: Ending,
    /// When the device last asked.
    asked: Option<ShowTime>,
    /// Frames that went into the ring.
    written: u64,
    state: State,
    /// Kept in hand because the mixer came late, in s.
    more: f64,
    calm: u32,
    /// Gaps that were answered.
    gaps: u64,
    /// How long what goes to the device now will be under way, in s.
    delay: f64,
    dropped: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The device does not ask.
    Idle,
    /// Nothing goes to the device, for too much is there.
    Leaving,
    Playing,
}

impl Outlet {
    /// Gives the block that begins at `at` to the device. Call it once a block, in order.
    pub fn push(&mut self, at: ShowTime, block: &Block) {
        self.listen();
        self.target.passed(BLOCK);
        let gap = self.heed_gaps();
        let Some(wanted) = self.wanted(at) else {
            self.state = State::Idle;
            self.delay = 0.0;
            return;
        };
        // The frame that goes into the ring next sounds like this moment, and leaves at that one.
        let moment = self.clock.seconds(at) + self.stretch.next() / f64::from(RATE);
        let missed = self.missed.frames.load(Ordering::Relaxed);
        self.delay = self.clock.time_of((self.written + missed) as f64) - moment;
        let much = self.delay - wanted;
        let gain: fn(f32) -> f32 = match self.state {
            State::Leaving if much > BLOCK / 2.0 => {
                self.dropped += FRAMES as u64;
                return;
            }
            State::Playing if much > JUMP => {
                self.state = State::Leaving;
                |along| 1.0 - along
            }
            State::Playing if much >= -BLOCK => {
                let bend = (much / MEND).clamp(-BEND, BEND);
                self.stretch.set_step(f64::from(RATE) / self.clock.rate() * (1.0 + bend));
                |_| 1.0
            }
            state => {
                // Where the callback ran dry it has made an end already.
                self.begin(-much, state == State::Playing && !gap);
                |along| along
            }
        };
        self.give(block, gain);
    }

    /// What was measured.
    pub fn figures(&self) -> Figures {
        Figures {
            ppm: self.clock.ppm() as f32,
            latency_ms: if self.state == State::Playing { (self.delay * 1e3) as f32 } else { 0.0 },
            gaps: self.missed.gaps.load(Ordering::Relaxed),
            dropped: self.dropped,
        }
    }

    /// The callback's end is gone: nobody will ask any more.
    pub fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned()
    }

    /// Takes in the stamps.
    fn listen(&mut self) {
        while let Ok(mark) = self.marks.pop() {
            let fit = match self.asked.replace(mark.at) {
                Some(_) => self.clock.mark(mark.frame, mark.at),
                None => self.clock.anew(mark.frame, mark.at),
            };
            let until = self.clock.time_of((mark.frame + mark.frames) as f64);
            let ahead = until - self.clock.seconds(mark.at);
            match fit {
                Fit::Near => self.target.saw(ahead),
                Fit::Anew => self.target.jumped(ahead),
                Fit::Stray => {}
            }
        }
    }

    /// After a gap more is kept in hand, so that the same lateness is not heard twice; calm brings it down. Says whether
    /// there was one.
    fn heed_gaps(&mut self) -> bool {
        let gaps = self.missed.gaps.load(Ordering::Relaxed);
        self.calm += 1;
        let gap = gaps > self.gaps;
        if gap {
            self.more = (self.more + MORE.0).min(MORE.1);
            self.calm = 0;
        } else if self.calm >= CALM {
            self.more = (self.more - MORE.0).max(0.0);
            self.calm = 0;
        }
        self.gaps = gaps;
        gap
    }

    /// How long sound shall be under way, in s; `None` while the device does not ask.
    fn wanted(&mut self, at: ShowTime) -> Option<f64> {
        if at.since(self.asked?).0 as f64 / 1e9 > STOPPED {
            self.asked = None;
        }
        if self.asked.is_none() || self.clock.heard() < LISTEN {
            return None;
        }
        self.target.settle();
        let filter = self.stretch.delay() as f64 / 2.0 / f64::from(RATE);
        Some(self.target.ready_for()? + SPARE + self.more + filter)
    }

    /// Begins anew, and makes up for so many s that are not there: with silence, and if `heard` with the end of what was
    /// given before it.
    fn begin(&mut self, lack: f64, heard: bool) {
        let lack = (lack * self.clock.rate()).max(0.0) as usize;
        let frames = lack.min(self.ring.slots() / self.sides);
        let first = if heard { 0 } else { usize::MAX };
        let sides = self.sides;
        if let Ok(chunk) = self.ring.write_chunk_uninit(frames * sides) {
            let ending = &self.ending;
            let samples =
                (0..frames * sides).map(|n| ending.after((n / sides).saturating_add(first), n % sides));
            self.written += (chunk.fill_from_iter(samples) / sides) as u64;
        }
        self.stretch.reset();
        self.stretch.set_step(f64::from(RATE) / self.clock.rate());
        self.state = State::Playing;
    }

    /// Gives a block to the device, `gain` its gain from its beginning, 0, to its end, 1.
    fn give(&mut self, block: &Block, gain: fn(f32) -> f32) {
        let sides = self.sides;
        let input = self.stretch.input();
        for (n, (frame, pair)) in input.chunks_exact_mut(sides).zip(block.chunks_exact(2)).enumerate() {
            let gain = gain(n as f32 / FRAMES as f32);
            let (left, right) = (clean(pair[0]) * gain, clean(pair[1]) * gain);
            match frame {
                [middle] => *middle = (left + right) / 2.0,
                _ => frame.copy_from_slice(&[left, right]),
            }
        }
        let out = self.stretch.run();
        out.iter_mut().for_each(|sample| *sample = clean(*sample));
        let fits = (out.len() / sides).min(self.ring.slots() / sides);
        if let Ok(chunk) = self.ring.write_chunk_uninit(fits * sides) {
            chunk.fill_from_iter(out.iter().copied());
        }
        self.ending.heard(&out[..fits * sides]);
        self.written += fits as u64;
        self.dropped += (out.len() / sides - fits) as u64;
    }
}
