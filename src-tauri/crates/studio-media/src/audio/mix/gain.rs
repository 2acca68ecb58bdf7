//! Gains of the mixer. **A change of gain is a line through one block, never a step.**

use crate::audio::units::{factor, within};
use crate::audio::{Block, FRAMES, SILENCE};

/// In dB; what is as quiet, or more so, is silence.
const SILENT_DB: f32 = -60.0;
/// In dB; no wish makes anything louder.
const MOST_DB: f32 = 12.0;

/// How far a line has gone at each pair of a block; the last has arrived.
const GONE: [f32; FRAMES] = {
    let mut gone = [0.0; FRAMES];
    let mut n = 0;
    while n < FRAMES {
        gone[n] = (n + 1) as f32 / FRAMES as f32;
        n += 1;
    }
    gone
};

/// A gain on its way to another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gain {
    now: f32,
    to: f32,
}

/// What a gain does to one block: a line from one factor to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ramp {
    from: f32,
    to: f32,
}

/// The factor of a fader.
pub(super) fn fader(db: f32) -> f32 {
    let db = within(db, SILENT_DB..=MOST_DB, 0.0);
    if db > SILENT_DB { factor(db) } else { 0.0 }
}

impl Gain {
    /// One that stands.
    pub fn at(factor: f32) -> Self {
        Self { now: factor, to: factor }
    }

    /// There at the end of the next block.
    pub fn to(&mut self, factor: f32) {
        self.to = factor;
    }

    /// All of it, or nothing.
    pub fn open(&mut self, open: bool) {
        self.to(if open { 1.0 } else { 0.0 });
    }

    /// Whether the next block is silence.
    pub fn is_shut(&self) -> bool {
        self.now == 0.0 && self.to == 0.0
    }

    /// What it does to the next block, which is then done.
    pub fn step(&mut self) -> Ramp {
        Ramp { from: std::mem::replace(&mut self.now, self.to), to: self.to }
    }
}

impl Ramp {
    /// Changes a block by it; one that stands at 1 changes no bit.
    pub fn apply(self, block: &mut Block) {
        if self.from == 1.0 && self.to == 1.0 {
            return;
        }
        if self.is_shut() {
            *block = SILENCE;
            return;
        }
        for (pair, gone) in block.as_chunks_mut::<2>().0.iter_mut().zip(GONE) {
            let gain = self.after(gone);
            *pair = [pair[0] * gain, pair[1] * gain];
        }
    }

    /// Adds a block, changed by it, to a sum; one that is shut costs nothing.
    pub fn add(self, block: &Block, sum: &mut Block) {
        if self.is_shut() {
            return;
        }
        let pairs = sum.as_chunks_mut::<2>().0.iter_mut().zip(block.as_chunks::<2>().0);
        for ((sum, pair), gone) in pairs.zip(GONE) {
            let gain = self.after(gone);
            *sum = [sum[0] + pair[0] * gain, sum[1] + pair[1] * gain];
        }
    }

    fn is_shut(self) -> bool {
        self.from == 0.0 && self.to == 0.0
    }

    /// The factor when so much of the line has been gone.
    fn after(self, gone: f32) -> f32 {
        self.from + (self.to - self.from) * gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fader_ends_in_silence_below_and_at_12_db_above() {
        for (db, factor) in [
            (0.0, 1.0),
            (6.0, 1.995_262),
            (12.0, 3.981_072),
            (100.0, 3.981_072),
            (-60.0, 0.0),
            (-59.9, 0.001_011_58),
            (f32::NEG_INFINITY, 0.0),
            (f32::NAN, 1.0),
        ] {
            assert!((fader(db) - factor).abs() < 1e-5, "{db} dB: {}", fader(db));
        }
    }

    #[test]
    fn a_gain_is_a_line_through_one_block_and_then_stands() {
        let mut gain = Gain::at(1.0);
        gain.to(0.5);
        let mut block = [1.0; 2 * FRAMES];
        gain.step().apply(&mut block);
        for (n, pair) in block.chunks_exact(2).enumerate() {
            let due = 1.0 - 0.5 * (n + 1) as f32 / FRAMES as f32;
            assert!(pair.iter().all(|sample| (sample - due).abs() < 1e-6), "{n}");
        }
        let mut sum = [0.25; 2 * FRAMES];
        gain.step().add(&[1.0; 2 * FRAMES], &mut sum);
        assert_eq!(sum, [0.75; 2 * FRAMES]);
        gain.open(false);
        gain.step();
        assert!(gain.is_shut());
    }
}
