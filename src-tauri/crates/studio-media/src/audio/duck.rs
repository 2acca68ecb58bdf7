//! Music steps back while somebody speaks. **Its gain is a line, never a step; while nobody speaks, no bit changes.**
//!
//! Speech is its RMS over 4 ms: a full sine has −3 dBFS. From the threshold on somebody speaks, until it is 6 dB below it
//! for as long as the hold. Down and up are straight lines in dB, each as long as its setting says.

use studio_wire::mixer::Ducking;

use super::Block;
use super::chunk::{CHUNKS, Glide, chunks, chunks_mut, power, slide};
use super::units::{factor, in_chunks, within};

/// Chunks over which speech is measured: 4 ms.
const WINDOW: usize = 24;
/// Speech ends this far below its threshold, as a factor of power: −6 dB.
const ENDS: f32 = 0.25;

/// Listens to speech, and says how loud music may be.
#[derive(Debug)]
pub struct Duck {
    on: bool,
    /// As power.
    threshold: f32,
    by_db: Glide<1>,
    /// Parts of the way per chunk.
    attack: f64,
    release: f64,
    /// In chunks.
    hold: u32,
    /// Power of the last chunks, and where the next one goes.
    powers: [f32; WINDOW],
    next: usize,
    speaks: bool,
    /// Chunks until it begins to come back.
    left: u32,
    /// From 0, as loud as ever, to 1, stepped back; f64, or a way of seconds would not arrive in time.
    share: f64,
    gain: f32,
}

impl Default for Duck {
    fn default() -> Self {
        let mut duck = Self {
            on: false,
            threshold: 0.0,
            by_db: Glide::new([0.0]),
            attack: 1.0,
            release: 1.0,
            hold: 0,
            powers: [0.0; WINDOW],
            next: 0,
            speaks: false,
            left: 0,
            share: 0.0,
            gain: 1.0,
        };
        duck.set(&Ducking::default());
        duck.by_db.arrive();
        duck
    }
}

/// The gain of music through one block.
#[derive(Clone, Debug, PartialEq)]
pub struct Line([f32; CHUNKS + 1]);

impl Line {
    /// Changes a block of music by it. One line serves any number of sources.
    pub fn apply(&self, block: &mut Block) {
        for (chunk, ends) in chunks_mut(block).iter_mut().zip(self.0.windows(2)) {
            slide(chunk, ends[0], ends[1]);
        }
    }

    /// Whether it changes nothing.
    pub fn is_open(&self) -> bool {
        self.0 == [1.0; CHUNKS + 1]
    }

    /// The gain at its end.
    pub fn end(&self) -> f32 {
        self.0[CHUNKS]
    }
}

impl Duck {
    /// Works by these settings from the next block on; off, it lets music come back.
    pub fn set(&mut self, settings: &Ducking) {
        let default = Ducking::default();
        let threshold = factor(within(settings.threshold_db, -80.0..=0.0, default.threshold_db));
        self.on = settings.on;
        self.threshold = threshold * threshold;
        self.by_db.to([within(settings.by_db, 0.0..=60.0, default.by_db)]);
        self.attack = 1.0 / f64::from(in_chunks(within(settings.attack_ms, 1.0..=500.0, default.attack_ms)));
        self.release =
            1.0 / f64::from(in_chunks(within(settings.release_ms, 10.0..=5_000.0, default.release_ms)));
        self.hold = in_chunks(within(settings.hold_ms, 0.0..=5_000.0, default.hold_ms)) as u32;
    }

    /// Hears a block of all that is spoken, and gives the gain of music in the same block. Every sample has to be a number.
    pub fn listen(&mut self, speech: &Block) -> Line {
        let mut line = [1.0; CHUNKS + 1];
        if !self.on && self.share == 0.0 {
            (self.powers, self.speaks, self.left, self.gain) = ([0.0; WINDOW], false, 0, 1.0);
            self.by_db.arrive();
            return Line(line);
        }
        line[0] = self.gain;
        // Summed anew for each block: what rounding adds does not add up.
        let mut sum: f64 = self.powers.iter().copied().map(f64::from).sum();
        for (n, chunk) in chunks(speech).iter().enumerate() {
            let power = if self.on { power(chunk) } else { 0.0 };
            sum += f64::from(power) - f64::from(std::mem::replace(&mut self.powers[self.next], power));
            self.next = (self.next + 1) % WINDOW;
            let [by_db] = self.by_db.at(n);
            line[n + 1] = self.gain_after((sum / WINDOW as f64) as f32, by_db);
        }
        self.by_db.arrive();
        self.gain = line[CHUNKS];
        Line(line)
    }

    fn gain_after(&mut self, power: f32, by_db: f32) -> f32 {
        let enough = if self.speaks { self.threshold * ENDS } else { self.threshold };
        if self.on && power >= enough {
            (self.speaks, self.left) = (true, self.hold);
        } else if self.on && self.left > 0 {
            self.left -= 1;
        } else {
            (self.speaks, self.left) = (false, 0);
        }
        let next = if self.speaks { self.share + self.attack } else { self.share - self.release };
        self.share = next.clamp(0.0, 1.0);
        factor(-by_db * self.share as f32)
    }
}

#[cfg(test)]
mod tests;
