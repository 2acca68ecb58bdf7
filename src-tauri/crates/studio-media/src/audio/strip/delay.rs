//! Sound later by a time. **A change of the time is a crossfade through one block; without a delay no bit changes and no
//! memory is taken.**

use crate::audio::chunk::fade;
use crate::audio::units::within;
use crate::audio::{Block, FRAMES, RATE, SILENCE};

/// 500 ms.
const MOST_MS: f32 = 500.0;
/// A ring of whole blocks, one more than the longest delay.
const RING: usize = 51 * 2 * FRAMES;

/// A delay.
#[derive(Debug, Default)]
pub struct Delay {
    ring: Vec<f32>,
    /// Where the next block goes.
    end: usize,
    /// Sample pairs, as heard.
    now: usize,
    to: usize,
}

impl Delay {
    /// Later by this from the next block on. Takes memory when there is a delay for the first time.
    pub fn set(&mut self, ms: f32) {
        self.to = pairs(ms);
        if self.to > 0 && self.ring.is_empty() {
            self.ring = vec![0.0; RING];
        }
    }

    /// Without a fade, before the first sound.
    pub fn start(&mut self) {
        self.ring.fill(0.0);
        (self.now, self.end) = (self.to, 0);
    }

    /// The delay that is set, in sample pairs.
    pub fn latency(&self) -> usize {
        self.to
    }

    /// Whether the next block passes untouched.
    pub fn is_idle(&self) -> bool {
        self.now == 0 && self.to == 0
    }

    /// The next block, in place.
    pub fn run(&mut self, block: &mut Block) {
        if self.is_idle() {
            return;
        }
        if self.now == 0 {
            // What was before is not there: the sound begins anew, softly.
            self.ring.fill(0.0);
            let mut begun = *block;
            fade(&SILENCE, &mut begun, true);
            self.push(&begun);
        } else {
            self.push(block);
        }
        if self.now == self.to {
            self.heard(self.now, block);
        } else {
            let mut before = *block;
            if self.now > 0 {
                self.heard(self.now, &mut before);
            }
            if self.to > 0 {
                self.heard(self.to, block);
            }
            fade(&before, block, true);
            self.now = self.to;
        }
    }

    fn push(&mut self, block: &Block) {
        self.ring[self.end..self.end + block.len()].copy_from_slice(block);
        self.end = (self.end + block.len()) % RING;
    }

    /// The last block as it is heard that many pairs later.
    fn heard(&self, delay: usize, block: &mut Block) {
        let start = (self.end + 2 * RING - block.len() - 2 * delay) % RING;
        let first = block.len().min(RING - start);
        block[..first].copy_from_slice(&self.ring[start..start + first]);
        let rest = block.len() - first;
        block[first..].copy_from_slice(&self.ring[..rest]);
    }
}

/// A delay in sample pairs.
pub fn pairs(ms: f32) -> usize {
    (within(ms, 0.0..=MOST_MS, 0.0) * (RATE as f32 / 1e3)).round() as usize
}

#[cfg(test)]
mod tests;
