//! What a speaker's callback holds. **A call moves samples out of a ring and now and then a stamp into another, and that is
//! all; where it finds too little it makes the end soft.**

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtrb::{Consumer, Producer};
use studio_wire::time::ShowTime;

use crate::audio::device::{Ending, MARK_EVERY_MS, edge};
use crate::clock;

/// What a callback did not find.
#[derive(Debug, Default)]
pub(super) struct Missed {
    pub(super) frames: AtomicU64,
    pub(super) gaps: AtomicU64,
}

/// A time stamp.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Frames that the device asked for before.
    pub(super) frame: u64,
    /// And now.
    pub(super) frames: u64,
    pub(super) at: ShowTime,
}

/// The callback's end.
#[derive(Debug)]
pub struct OutletEnd {
    ring: Consumer<f32>,
    marks: Producer<Asked>,
    missed: Arc<Missed>,
    channels: usize,
    sides: usize,
    ending: Ending,
    edge: usize,
    asked: u64,
    marked: ShowTime,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// For so many frames.
    Playing(usize),
    /// For so many frames.
    Silent(usize),
}

impl OutletEnd {
    /// `ring` gives frames of `sides` samples, for the first of `channels`; what it does not give is counted in `missed`.
    pub(super) fn new(
        ring: Consumer<f32>,
        marks: Producer<Asked>,
        missed: Arc<Missed>,
        (rate, channels, sides): (u32, usize, usize),
    ) -> Self {
        Self {
            ring,
            marks,
            missed,
            channels,
            sides,
            ending: Ending::new(rate, sides),
            edge: edge(rate),
            asked: 0,
            marked: ShowTime(0),
            state: State::Silent(usize::MAX),
        }
    }

    /// Fills what the device plays next: interleaved, all of it. Never waits and never allocates.
    pub fn fill(&mut self, out: &mut [f32]) {
        self.fill_at(out, clock::now());
    }

    /// [`Self::fill`] at another time than now.
    pub fn fill_at(&mut self, out: &mut [f32], now: ShowTime) {
        out.fill(0.0);
        let asked = out.len().checked_div(self.channels).unwrap_or(0);
        if asked == 0 {
            return;
        }
        if now.since(self.marked) >= ShowTime::from_ms(MARK_EVERY_MS)
            && self.marks.push(Asked { frame: self.asked, frames: asked as u64, at: now }).is_ok()
        {
            self.marked = now;
        }
        self.asked += asked as u64;
        let there = self.ring.slots() / self.sides;
        let plays = match self.state {
            State::Silent(_) if there < asked => 0,
            State::Silent(_) => {
                self.state = State::Playing(0);
                asked
            }
            State::Playing(_) => there.min(asked),
        };
        let (played, rest) = out.split_at_mut(plays * self.channels);
        self.play(played, plays);
        if plays < asked {
            self.missed.frames.fetch_add((asked - plays) as u64, Ordering::Relaxed);
            if let State::Playing(_) = self.state {
                self.missed.gaps.fetch_add(1, Ordering::Relaxed);
                self.state = State::Silent(0);
            }
            self.end(rest);
        }
    }

    /// Plays so many frames of what is there.
    fn play(&mut self, out: &mut [f32], frames: usize) {
        let State::Playing(since) = self.state else { return };
        let Ok(chunk) = self.ring.read_chunk(frames * self.sides) else { return };
        let (older, newer) = chunk.as_slices();
        let mut samples = older.iter().chain(newer);
        for (n, frame) in out.chunks_exact_mut(self.channels).enumerate() {
            let gain = ((since + n) as f32 / self.edge as f32).min(1.0);
            frame
                .iter_mut()
                .zip(samples.by_ref().take(self.sides))
                .for_each(|(out, from)| *out = from * gain);
        }
        chunk.commit_all();
        self.state = State::Playing(since.saturating_add(frames));
        // The last frames are all that an end is made of.
        let room = self.ending.room(frames);
        let tail = out.chunks_exact(self.channels).skip(frames - room.len() / self.sides);
        for (to, frame) in room.chunks_exact_mut(self.sides).zip(tail) {
            to.copy_from_slice(&frame[..self.sides]);
        }
    }

    /// Goes on with the end of what was played.
    fn end(&mut self, out: &mut [f32]) {
        let State::Silent(since) = self.state else { return };
        let frames = out.chunks_exact_mut(self.channels);
        self.state = State::Silent(since.saturating_add(frames.len()));
        for (n, frame) in frames.enumerate().take(self.ending.frames().saturating_sub(since)) {
            for (side, sample) in frame.iter_mut().take(self.sides).enumerate() {
                *sample = self.ending.after(since + n, side);
            }
        }
    }
}
