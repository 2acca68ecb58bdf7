//! From a microphone's callback to the mixer. **The age of the sound stays where it is to a fraction of a millisecond, however
//! the device's clock runs: as old as the device gives it, a block, and what the filter looks ahead. What is missing is
//! silence with soft edges, and the sound goes on where the clock is.**

mod end;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtrb::{Consumer, RingBuffer};
use studio_wire::time::ShowTime;

pub use end::IntakeEnd;
use end::Mark;

use super::clock::{DeviceClock, Fit, RateWatch};
use super::stretch::Stretch;
use super::target::Target;
use super::{BEND, BLOCK, Ending, Figures, JUMP, LISTEN, MARKS, MEND, capacity, clean, edge, usable};
use crate::audio::{Block, RATE, SILENCE};

/// Kept in hand beyond need, in s.
const SPARE: f64 = 0.002;

/// A microphone's way to the mixer: one end for its callback, the other for the mixer. The rate counts as its nearest
/// from 8 to 192 kHz; one channel is heard on both sides, of more than two the first two.
pub fn intake(rate: u32, channels: u16) -> (IntakeEnd, Intake) {
    let rate = usable(rate);
    let sides = usize::from(channels).clamp(1, 2);
    let (ring, sound) = RingBuffer::new(capacity(rate) * sides);
    let (stamps, marks) = RingBuffer::new(MARKS);
    let lost = Arc::new(AtomicU64::new(0));
    let end = IntakeEnd::new(ring, stamps, lost.clone(), (rate, channels.into(), sides));
    let intake = Intake {
        ring: sound,
        marks,
        lost,
        sides,
        rate,
        clock: DeviceClock::new(rate),
        watch: RateWatch::default(),
        target: Target::default(),
        stretch: Stretch::to_mixer(rate, sides),
        ending: Ending::new(rate, sides),
        seam: None,
        said: rate,
        read: 0,
        state: State::Waiting,
        begun: false,
        age: 0.0,
        gaps: 0,
        skipped: 0,
    };
    (end, intake)
}

/// Where sound stops and goes on anew.
#[derive(Clone, Copy, Debug)]
struct Seam {
    mark: Mark,
    /// Frames a second from here on.
    rate: u32,
}

/// The mixer's end.
#[derive(Debug)]
pub struct Intake {
    ring: Consumer<f32>,
    marks: Consumer<Mark>,
    lost: Arc<AtomicU64>,
    sides: usize,
    rate: u32,
    clock: DeviceClock,
    watch: RateWatch,
    /// How late callbacks come.
    target: Target,
    stretch: Stretch,
    ending: Ending,
    /// Sound stops before this frame, and goes on anew behind it.
    seam: Option<Seam>,
    /// The rate that the device says it has.
    said: u32,
    /// Frames that went out of the ring.
    read: u64,
    state: State,
    /// Something was heard before.
    begun: bool,
    /// How old what leaves is, in s.
    age: f64,
    gaps: u64,
    skipped: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is heard.
    Waiting,
    /// For so many frames.
    Playing(usize),
    /// For so many frames.
    Ending(usize),
}

impl Intake {
    /// The block that begins at `at`; false when it is silence altogether. Call it once a block, in order.
    pub fn pull(&mut self, at: ShowTime, block: &mut Block) -> bool {
        *block = SILENCE;
        // Counted first: the stamps of what is counted are there.
        let there = self.ring.slots() / self.sides;
        self.listen();
        self.target.passed(BLOCK);
        if self.state == State::Waiting && !self.begin(at, there) {
            return false;
        }
        self.steer(at);
        self.feed(there);
        let sides = self.sides;
        for (out, frame) in block.chunks_exact_mut(2).zip(self.stretch.run().chunks_exact(sides)) {
            (out[0], out[1]) = (clean(frame[0]), clean(frame[sides - 1]));
        }
        if let State::Ending(since) = self.state
            && since >= self.ending.frames() + self.stretch.delay()
        {
            self.state = State::Waiting;
        }
        true
    }

    /// What was measured.
    pub fn figures(&self) -> Figures {
        Figures {
            ppm: self.clock.ppm() as f32,
            latency_ms: if matches!(self.state, State::Playing(_)) { (self.age * 1e3) as f32 } else { 0.0 },
            gaps: self.gaps,
            dropped: self.skipped + self.lost.load(Ordering::Relaxed),
        }
    }

    /// The rate the device was found to have, or said it has.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The callback's end is gone: nothing will come any more.
    pub fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned()
    }

    /// Takes in the stamps, up to the next seam.
    fn listen(&mut self) {
        while self.seam.is_none()
            && let Ok(mark) = self.marks.pop()
        {
            let new = mark.rate != self.said;
            if self.clock.is_set() && (mark.seam || new) {
                self.seam = Some(Seam { mark, rate: if new { mark.rate } else { self.rate } });
                return;
            }
            let first = !self.clock.is_set();
            if self.mark(mark) == Fit::Anew && !first {
                self.stop();
            }
            if let Some(rate) = self.watch.mark(mark.frame, mark.taken, self.rate) {
                self.seam = Some(Seam { mark, rate });
                self.stop();
            }
        }
    }

    fn mark(&mut self, mark: Mark) -> Fit {
        let mut fit = self.clock.mark(mark.frame, mark.taken);
        if fit == Fit::Stray && self.state == State::Waiting {
            // Nothing is heard that could be torn.
            fit = self.clock.anew(mark.frame, mark.taken);
        }
        let late = self.clock.seconds(mark.came) - self.clock.time_of(mark.frame as f64);
        match fit {
            Fit::Near => self.target.saw(late),
            Fit::Anew => self.target.jumped(late),
            Fit::Stray => {}
        }
        fit
    }

    /// What is heard ends now.
    fn stop(&mut self) {
        if matches!(self.state, State::Playing(_)) {
            self.state = State::Ending(0);
            self.gaps += 1;
        }
    }

    /// Whether sound begins with this block: it does where what is as old as it shall be is there, and enough of it.
    fn begin(&mut self, at: ShowTime, there: usize) -> bool {
        let mut there = there;
        while let Some(seam) = self.seam {
            let before = seam.mark.frame.saturating_sub(self.read).min(there as u64) as usize;
            self.skip(before);
            there -= before;
            if self.read < seam.mark.frame {
                return false;
            }
            self.cross(seam);
            self.listen();
        }
        if self.clock.heard() < LISTEN {
            return false;
        }
        self.target.settle();
        let Some(age) = self.wanted_age() else { return false };
        let step = self.clock.rate() / f64::from(RATE);
        self.stretch.reset();
        self.stretch.set_step(step);
        let first = self.clock.frame_at(self.clock.seconds(at) - age) - self.stretch.next();
        // As many frames lie between.
        let old = (first - self.read as f64).round();
        if old < 0.0 {
            return false;
        }
        let old = (old as usize).min(there);
        let enough = there - old >= self.stretch.input().len() / self.sides;
        self.skip(old);
        if enough {
            (self.state, self.begun) = (State::Playing(0), true);
        }
        enough
    }

    /// Begins anew behind a seam.
    fn cross(&mut self, Seam { mark, rate }: Seam) {
        self.seam = None;
        self.said = mark.rate;
        self.watch = RateWatch::default();
        if rate != self.rate {
            self.rate = rate;
            (self.clock, self.target) = (DeviceClock::new(rate), Target::default());
            (self.stretch, self.ending) =
                (Stretch::to_mixer(rate, self.sides), Ending::new(rate, self.sides));
        }
        self.clock.anew(mark.frame, mark.taken);
        self.target.jumped(self.clock.seconds(mark.came) - self.clock.time_of(mark.frame as f64));
    }

    /// How old sound shall be when it leaves, in s: then what a block needs has always come.
    fn wanted_age(&self) -> Option<f64> {
        let ahead = self.stretch.delay() as f64 / 2.0 / self.clock.rate();
        Some(self.target.ready_for()? + BLOCK + ahead + SPARE)
    }

    /// Sets how fast the next block goes through what is in hand.
    fn steer(&mut self, at: ShowTime) {
        if !matches!(self.state, State::Playing(_)) {
            return;
        }
        let leaves = self.clock.time_of(self.read as f64 + self.stretch.next());
        self.age = self.clock.seconds(at) - leaves;
        let late = self.wanted_age().map_or(0.0, |wanted| self.age - wanted);
        if late.abs() > JUMP {
            self.stop();
            return;
        }
        let bend = (late / MEND).clamp(-BEND, BEND);
        self.stretch.set_step(self.clock.rate() / f64::from(RATE) * (1.0 + bend));
    }

    /// Fills the next block's input: from the ring, or with what follows an end.
    fn feed(&mut self, there: usize) {
        let before_seam = self.seam.map_or(u64::MAX, |seam| seam.mark.frame.saturating_sub(self.read));
        let there = there.min(usize::try_from(before_seam).unwrap_or(usize::MAX));
        let input = self.stretch.input();
        let wants = input.len() / self.sides;
        let mut have = 0;
        if let State::Playing(since) = self.state {
            have = there.min(wants);
            let heard = &mut input[..have * self.sides];
            take(&mut self.ring, heard);
            self.read += have as u64;
            fade_in(heard, self.sides, since, edge(self.rate));
            self.ending.heard(heard);
            self.state = State::Playing(since.saturating_add(have));
            if have < wants {
                (self.state, self.gaps) = (State::Ending(0), self.gaps + 1);
            }
        }
        if let State::Ending(since) = self.state {
            for (n, frame) in input[have * self.sides..].chunks_exact_mut(self.sides).enumerate() {
                for (side, sample) in frame.iter_mut().enumerate() {
                    *sample = self.ending.after(since + n, side);
                }
            }
            self.state = State::Ending(since + wants - have);
        }
    }

    /// Leaves out the oldest frames.
    fn skip(&mut self, frames: usize) {
        if let Ok(chunk) = self.ring.read_chunk(frames * self.sides) {
            chunk.commit_all();
            self.read += frames as u64;
            self.skipped += if self.begun { frames as u64 } else { 0 };
        }
    }
}

/// Fills `to` from a ring that holds as much.
fn take(ring: &mut Consumer<f32>, to: &mut [f32]) {
    let Ok(chunk) = ring.read_chunk(to.len()) else { return };
    let (older, newer) = chunk.as_slices();
    for (to, from) in to.iter_mut().zip(older.iter().chain(newer)) {
        *to = clean(*from);
    }
    chunk.commit_all();
}

/// Raises frames from `since` after a beginning on; from `edge` on they are as they are.
fn fade_in(samples: &mut [f32], sides: usize, since: usize, edge: usize) {
    let frames = samples.chunks_exact_mut(sides).take(edge.saturating_sub(since));
    for (n, frame) in frames.enumerate() {
        frame.iter_mut().for_each(|sample| *sample *= (since + n) as f32 / edge as f32);
    }
}
