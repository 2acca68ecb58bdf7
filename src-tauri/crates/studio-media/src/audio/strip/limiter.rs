//! Nothing of this source is louder than its ceiling. **While it is on, no sample leaves above the ceiling that stood when
//! it came; sound leaves 5 ms later; what is below the ceiling changes no bit.**
//!
//! Release is the time after which nine tenths of a reduction are gone.

use studio_wire::mixer;

use super::part::Work;
use crate::audio::Block;
use crate::audio::ahead::Ahead;
use crate::audio::chunk::{CHUNK, Glide, chunks_mut, peak};
use crate::audio::units::{factor, keep, within};

const DELAY: usize = 30;
/// Sample pairs by which sound is later: 5 ms.
pub const LATENCY: usize = DELAY * CHUNK;

/// A limiter.
#[derive(Debug)]
pub struct Limiter {
    ahead: Ahead,
    /// As a factor.
    ceiling: Glide<1>,
    release: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        let mut limiter = Self { ahead: Ahead::new(DELAY), ceiling: Glide::new([1.0]), release: 0.0 };
        limiter.set(&mixer::Limiter::default());
        limiter.reset();
        limiter
    }
}

impl Limiter {
    /// Works by these settings from the next block on.
    pub fn set(&mut self, settings: &mixer::Limiter) {
        let default = mixer::Limiter::default();
        self.ceiling.to([factor(within(settings.ceiling_db, -24.0..=0.0, default.ceiling_db))]);
        self.release = keep(within(settings.release_ms, 5.0..=1_000.0, default.release_ms));
    }

    /// The gain at the end of the last block.
    pub fn gain(&self) -> f32 {
        self.ahead.gain()
    }
}

impl Work for Limiter {
    fn reset(&mut self) {
        self.ceiling.arrive();
        self.ahead = Ahead::new(DELAY);
    }

    fn work(&mut self, block: &mut Block) {
        for (n, chunk) in chunks_mut(block).iter_mut().enumerate() {
            let [ceiling] = self.ceiling.at(n);
            let peak = peak(chunk);
            let needs = if peak > ceiling { ceiling / peak } else { 1.0 };
            self.ahead.pass(chunk, needs, ceiling, self.release);
        }
        self.ceiling.arrive();
    }
}

#[cfg(test)]
mod tests;
