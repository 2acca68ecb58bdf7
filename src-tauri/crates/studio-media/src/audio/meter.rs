//! Meters: one writer that never waits, one reader at its leisure. **Nothing here locks, allocates, or counts a sample that
//! is not a number.**

use std::sync::atomic::{AtomicU32, Ordering};

use super::chunk::{Chunk, chunks};
use super::{Block, FRAMES};

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

/// Blocks over which loudness is a mean: 300 ms.
const WINDOW: usize = 30;

/// The root of the mean square of the last 300 ms of one side.
#[derive(Debug, Default)]
pub struct Rms {
    /// Power of each of the last blocks, as bits.
    powers: [AtomicU32; WINDOW],
    next: AtomicU32,
}

impl Rms {
    /// The power of the next block. Only one thread may call it.
    pub fn push(&self, power: f32) {
        let next = self.next.load(Ordering::Relaxed) as usize % WINDOW;
        let power = if power.is_finite() { power } else { 0.0 };
        self.powers[next].store(power.to_bits(), Ordering::Relaxed);
        self.next.store((next + 1) as u32, Ordering::Relaxed);
    }

    /// It is silent from now on.
    pub fn clear(&self) {
        self.powers.iter().for_each(|power| power.store(0, Ordering::Relaxed));
    }

    /// Reads it in dBFS; a full square wave is 0, a full sine −3.
    pub fn read(&self) -> f32 {
        let powers = self.powers.iter().map(|power| f32::from_bits(power.load(Ordering::Relaxed)));
        dbfs((powers.sum::<f32>() / WINDOW as f32).sqrt())
    }
}

/// How many samples were at full scale or above since that was last read.
#[derive(Debug, Default)]
pub struct Clips(AtomicU32);

impl Clips {
    /// So many more; it stays at its end rather than begin anew.
    pub fn add(&self, count: u32) {
        if count > 0 {
            let more = |clips: u32| Some(clips.saturating_add(count));
            // It never says no.
            let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        }
    }

    /// Reads it and starts anew.
    pub fn read(&self) -> u32 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// All that a meter shows of one sound; left comes first.
#[derive(Debug, Default)]
pub struct Meter {
    /// The highest sample of each side.
    pub peak: [Peak; 2],
    /// How loud each side is.
    pub rms: [Rms; 2],
    /// Where it was too loud.
    pub clips: Clips,
}

impl Meter {
    /// Takes the next block into account; what is not a number counts as silence. Only one thread may call it.
    pub fn hear(&self, block: &Block) {
        let (mut highest, mut power, mut clips) = ([0f32; 2], [0f32; 2], 0);
        for chunk in chunks(block) {
            let (peaks, powers) = measure(chunk);
            for side in 0..2 {
                highest[side] = highest[side].max(peaks[side]);
                power[side] += powers[side];
            }
            if peaks[0].max(peaks[1]) >= 1.0 {
                clips += chunk.iter().filter(|sample| sample.abs() >= 1.0).count() as u32;
            }
        }
        for side in 0..2 {
            self.peak[side].raise(highest[side].min(f32::MAX));
            self.rms[side].push(power[side] / FRAMES as f32);
        }
        self.clips.add(clips);
    }
}

/// The highest sample and the sum of the squares of each side of a chunk.
fn measure(chunk: &Chunk) -> ([f32; 2], [f32; 2]) {
    // Four at a time: left, right, left, right.
    let (mut highest, mut sums) = ([0f32; 4], [0f32; 4]);
    for four in chunk.as_chunks::<4>().0 {
        for ((highest, sum), sample) in highest.iter_mut().zip(&mut sums).zip(four) {
            let level = sample.abs();
            *highest = if level > *highest { level } else { *highest };
            *sum += sample * sample;
        }
    }
    ([highest[0].max(highest[2]), highest[1].max(highest[3])], [sums[0] + sums[2], sums[1] + sums[3]])
}

/// A level in dBFS, −120 at least.
pub fn dbfs(level: f32) -> f32 {
    (20.0 * level.max(1e-6).log10()).max(SILENT_DBFS)
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
    fn the_mean_is_that_of_the_last_300_ms() {
        let meter = Meter::default();
        let tone: Block =
            std::array::from_fn(|n| 0.5 * (std::f32::consts::TAU * (n / 2) as f32 / 48.0).sin());
        for _ in 0..15 {
            meter.hear(&tone);
        }
        assert!((meter.rms[0].read() + 12.04).abs() < 0.02, "half of the window: {}", meter.rms[0].read());
        for _ in 0..15 {
            meter.hear(&tone);
        }
        assert!((meter.rms[0].read() + 9.03).abs() < 0.02, "all of it: {}", meter.rms[0].read());
        for _ in 0..30 {
            meter.hear(&super::super::SILENCE);
        }
        assert_eq!(meter.rms[0].read(), SILENT_DBFS);
        assert!((meter.peak[0].read() + 6.02).abs() < 0.01);
    }

    #[test]
    fn each_side_has_its_own_level() {
        let meter = Meter::default();
        let block: Block = std::array::from_fn(|n| if n % 2 == 0 { 0.5 } else { -0.25 });
        (0..30).for_each(|_| meter.hear(&block));
        let levels = [&meter.rms[0], &meter.rms[1]].map(Rms::read);
        let peaks = [&meter.peak[0], &meter.peak[1]].map(Peak::read);
        for (side, level) in [(0, -6.02), (1, -12.04)] {
            assert!((levels[side] - level).abs() < 0.01 && (peaks[side] - level).abs() < 0.01, "{side}");
        }
    }

    #[test]
    fn clips_are_counted_until_they_are_read() {
        let meter = Meter::default();
        let mut block = [0.999; 960];
        meter.hear(&block);
        assert_eq!(meter.clips.read(), 0);
        (block[5], block[6], block[900]) = (1.0, -1.5, f32::INFINITY);
        meter.hear(&block);
        meter.hear(&block);
        assert_eq!((meter.clips.read(), meter.clips.read()), (6, 0));
        meter.clips.add(u32::MAX);
        meter.clips.add(7);
        assert_eq!(meter.clips.read(), u32::MAX);
    }

    #[test]
    fn what_is_no_number_harms_no_meter() {
        let meter = Meter::default();
        meter.hear(&[f32::NAN; 960]);
        meter.hear(&[f32::INFINITY; 960]);
        assert!(meter.peak[0].read().is_finite());
        assert_eq!(meter.rms[0].read(), SILENT_DBFS);
    }

    #[test]
    fn silence_is_a_number() {
        assert_eq!((dbfs(0.0), dbfs(1.0)), (SILENT_DBFS, 0.0));
    }
}
