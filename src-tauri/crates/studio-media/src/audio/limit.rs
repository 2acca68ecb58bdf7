//! The last stage of the program's sound: nothing leaves above −0.1 dBFS. **What stays below −1 dBFS passes unchanged.**

use super::{Block, FRAMES};

/// −0.1 dBFS.
pub const CEILING: f32 = 0.988_553;
/// −1 dBFS: from here on peaks bend.
const KNEE: f32 = 0.891_251;
/// Up by at most 1 dB in 100 ms.
const RELEASE: f32 = 1.011_58;

/// Turns the whole down while it is too loud, and bends what is left of a peak.
#[derive(Debug)]
pub struct Limiter {
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl Limiter {
    /// Limits one block in place.
    pub fn limit(&mut self, block: &mut Block) {
        let mut peak = 0f32;
        for sample in block.iter_mut() {
            if !sample.is_finite() {
                *sample = 0.0;
            }
            peak = peak.max(sample.abs());
        }
        let wanted = if peak > KNEE { KNEE / peak } else { 1.0 };
        let next = if wanted < self.gain { wanted } else { (self.gain * RELEASE).min(wanted) };
        if next == 1.0 && self.gain == 1.0 {
            return;
        }
        // Down and up along a line through the block: no step in the level. What the line lets pass, the bend catches.
        let step = (next - self.gain) / FRAMES as f32;
        for (n, pair) in block.chunks_exact_mut(2).enumerate() {
            let gain = self.gain + step * (n + 1) as f32;
            for sample in pair {
                *sample = bend(*sample * gain);
            }
        }
        self.gain = next;
    }
}

/// Straight up to the knee, then ever flatter to the ceiling.
fn bend(sample: f32) -> f32 {
    let level = sample.abs();
    if level <= KNEE {
        return sample;
    }
    let room = CEILING - KNEE;
    (KNEE + room * ((level - KNEE) / room).tanh()).copysign(sample)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_leaves_above_the_ceiling_and_nothing_is_nan(
            levels in prop::collection::vec(prop_oneof![
                -1f32..1.0, -1e30f32..1e30, Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY),
            ], 1..40),
        ) {
            let mut limiter = Limiter::default();
            for level in levels {
                let mut block = [level; 2 * FRAMES];
                limiter.limit(&mut block);
                prop_assert!(block.iter().all(|sample| sample.abs() <= CEILING + 1e-6), "{level}: {}", block[0]);
            }
        }

        #[test]
        fn what_is_not_too_loud_passes_unchanged(level in -0.89f32..0.89) {
            let mut block = [level; 2 * FRAMES];
            Limiter::default().limit(&mut block);
            prop_assert!(block.iter().all(|sample| *sample == level));
        }
    }

    #[test]
    fn after_a_peak_the_level_comes_back_within_two_seconds() {
        let mut limiter = Limiter::default();
        limiter.limit(&mut [4.0; 2 * FRAMES]);
        let mut block = [0.1; 2 * FRAMES];
        for _ in 0..200 {
            block = [0.1; 2 * FRAMES];
            limiter.limit(&mut block);
        }
        assert_eq!(block[2 * FRAMES - 1], 0.1);
    }
}
