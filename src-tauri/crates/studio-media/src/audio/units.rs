//! Settings as the parts of a strip count with them. **Every figure that comes out is finite and within its range.**

use std::ops::RangeInclusive;

use super::chunk::CHUNK;
use super::{Block, RATE};

/// Chunks in a millisecond.
const CHUNKS_PER_MS: f32 = RATE as f32 / 1e3 / CHUNK as f32;

/// A setting within its range: what lies outside counts as the nearest end, NaN as the default.
pub fn within(value: f32, range: RangeInclusive<f32>, default: f32) -> f32 {
    if value.is_nan() { default } else { value.clamp(*range.start(), *range.end()) }
}

/// A level in dB as a factor; 0 dB is exactly 1.
pub fn factor(db: f32) -> f32 {
    (db * (std::f32::consts::LOG2_10 / 20.0)).exp2()
}

/// A factor as a level in dB; 0 is −∞.
pub fn level(factor: f32) -> f32 {
    factor.log2() * (20.0 / std::f32::consts::LOG2_10)
}

/// A time in chunks.
pub fn in_chunks(ms: f32) -> f32 {
    ms * CHUNKS_PER_MS
}

/// What is left per chunk of a way of which nine tenths are gone after `ms`.
pub fn keep(ms: f32) -> f32 {
    (-std::f32::consts::LN_10 / in_chunks(ms)).exp()
}

/// Below −600 dBFS. Numbers far smaller still are slow to count with.
const NOTHING: f32 = 1e-30;

/// Makes every sample a number of at most `most`: NaN and what is smaller than any sound are silence, what is louder is
/// cut. Sound within changes no bit.
pub fn tame(block: &mut Block, most: f32) {
    let is_fine = |level: f32| (level <= most) & ((level >= NOTHING) | (level == 0.0));
    // One look without a branch, because nearly every block is fine.
    if block.iter().fold(true, |fine, sample| fine & is_fine(sample.abs())) {
        return;
    }
    for sample in block {
        let is_sound = sample.abs() >= NOTHING;
        *sample = if is_sound { sample.clamp(-most, most) } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SILENCE;

    #[test]
    fn a_setting_outside_of_its_range_is_its_nearest_end() {
        for (value, counts) in [
            (5.0, 5.0),
            (-1.0, 0.0),
            (11.0, 10.0),
            (f32::INFINITY, 10.0),
            (f32::NEG_INFINITY, 0.0),
            (f32::NAN, 3.0),
        ] {
            assert_eq!(within(value, 0.0..=10.0, 3.0), counts, "{value}");
        }
    }

    #[test]
    fn dbs_and_factors_are_each_others_reverse() {
        assert_eq!(factor(0.0), 1.0);
        for db in -120..60 {
            let db = db as f32;
            assert!((level(factor(db)) - db).abs() < 1e-4, "{db}");
            assert!((factor(db) / 10f32.powf(db / 20.0) - 1.0).abs() < 1e-5, "{db}");
        }
    }

    #[test]
    fn garbage_becomes_sound_and_sound_stays() {
        let mut block = SILENCE;
        let given = [0.5, -0.25, 1e-40, 1e-29, f32::NAN, f32::INFINITY, -1e30];
        block[..7].copy_from_slice(&given);
        tame(&mut block, 2.0);
        assert_eq!(block[..7], [0.5, -0.25, 0.0, 1e-29, 0.0, 2.0, -2.0]);
        let mut fine = [-2.0; 960];
        fine[3] = -0.0;
        let before = fine;
        tame(&mut fine, 2.0);
        assert!(fine.map(f32::to_bits) == before.map(f32::to_bits));
    }
}
