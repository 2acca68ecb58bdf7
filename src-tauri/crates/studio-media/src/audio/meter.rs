//! Meters: one writer that never waits, one reader at its leisure.

use std::sync::atomic::{AtomicU32, Ordering};

/// What silence reads as.
pub const SILENT_DBFS: f32 = -120.0;

/// The highest sample since it was last read.
#[derive(Debug, Default)]
pub struct Peak(AtomicU32);

impl Peak {
    /// Takes a sample's size into account; the mixer calls it once a block.
    pub fn raise(&self, level: f32) {
        // The bits of numbers from 0 up are ordered as the numbers are; `abs` of NaN would be the highest of all.
        if level > 0.0 {
            self.0.fetch_max(level.to_bits(), Ordering::Relaxed);
        }
    }

    /// Reads it in dBFS and starts anew.
    pub fn read(&self) -> f32 {
        dbfs(f32::from_bits(self.0.swap(0, Ordering::Relaxed)))
    }
}

/// A level in dBFS, −120 at least.
pub fn dbfs(level: f32) -> f32 {
    (20.0 * level.max(1e-6).log10()).max(SILENT_DBFS)
}

/// The size of the highest sample; NaN counts as none.
pub fn highest<'a>(samples: impl Iterator<Item = &'a f32>) -> f32 {
    samples.fold(0.0, |highest, sample| sample.abs().max(highest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_the_highest_since_it_was_read() {
        let peak = Peak::default();
        for level in [0.1, 0.5, 0.25, f32::NAN, -1.0] {
            peak.raise(level);
        }
        assert!((peak.read() + 6.02).abs() < 0.01);
        assert_eq!(peak.read(), SILENT_DBFS);
    }

    #[test]
    fn silence_is_a_number() {
        assert_eq!((dbfs(0.0), dbfs(1.0)), (SILENT_DBFS, 0.0));
    }
}
