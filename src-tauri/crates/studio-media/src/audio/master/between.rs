//! How high a wave goes between its samples, by ITU-R BS.1770: four times as many samples, each from twelve.

use std::f64::consts::PI;

use crate::audio::chunk::{CHUNK, CHUNKS};
use crate::audio::{Block, FRAMES};

/// Samples that one place between two is worked out from.
const TAPS: usize = 12;
/// Places between two samples.
const PLACES: usize = 3;
/// No wave goes higher between samples than this times the highest of the samples around: the sum of the sizes of the taps.
const MOST: f32 = 2.5;

/// Measures block by block, and knows the end of the last one.
#[derive(Debug)]
pub struct Between {
    taps: [[f32; TAPS]; PLACES],
    /// The last samples of the block before, by side.
    ends: [[f32; TAPS - 1]; 2],
    /// The highest of them.
    end: f32,
}

impl Default for Between {
    fn default() -> Self {
        let tap = |place: usize, n: usize| {
            // A sinc in a Hann window, centred between the sixth and the seventh sample.
            let at = (n as f64 - 5.0) - (place + 1) as f64 / 4.0;
            let window = 0.5 + 0.5 * (PI * at / 6.0).cos();
            (window * (PI * at).sin() / (PI * at)) as f32
        };
        let taps = std::array::from_fn(|place| std::array::from_fn(|n| tap(place, n)));
        Self { taps, ends: [[0.0; TAPS - 1]; 2], end: 0.0 }
    }
}

impl Between {
    /// How high the wave goes in each chunk, seen from its newest samples: the end of a chunk is seen with the next one.
    /// Where the samples, whose peaks by chunk are `peaks`, are so low that it cannot reach `least`, 0.
    pub fn peaks(&mut self, block: &Block, peaks: &[f32; CHUNKS], least: f32) -> [f32; CHUNKS] {
        let loudest = peaks.iter().fold(self.end, |highest, peak| highest.max(*peak));
        let mut found = [0.0; CHUNKS];
        for (side, end) in self.ends.iter_mut().enumerate() {
            let mut wave = [0.0; TAPS - 1 + FRAMES];
            wave[..TAPS - 1].copy_from_slice(end);
            for (sample, pair) in wave[TAPS - 1..].iter_mut().zip(block.as_chunks::<2>().0) {
                *sample = pair[side];
            }
            end.copy_from_slice(&wave[FRAMES..]);
            if loudest * MOST < least {
                continue;
            }
            for (n, found) in found.iter_mut().enumerate() {
                let piece = &wave[n * CHUNK..][..CHUNK + TAPS - 1];
                for taps in &self.taps {
                    *found = highest(piece, taps).max(*found);
                }
            }
        }
        self.end = peaks[CHUNKS - 2].max(peaks[CHUNKS - 1]);
        found
    }
}

/// The highest of eight values, worked out beside each other.
fn highest(piece: &[f32], taps: &[f32; TAPS]) -> f32 {
    let mut sums = [0f32; CHUNK];
    for (n, tap) in taps.iter().enumerate() {
        for (sum, sample) in sums.iter_mut().zip(&piece[n..n + CHUNK]) {
            *sum += tap * sample;
        }
    }
    sums.iter().fold(0.0, |highest, sum| if sum.abs() > highest { sum.abs() } else { highest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wave_goes_higher_than_its_taps_allow() {
        for taps in Between::default().taps {
            assert!(taps.iter().map(|tap| tap.abs()).sum::<f32>() < MOST);
            assert!((taps.iter().sum::<f32>() - 1.0).abs() < 0.02, "a constant stays what it is");
        }
    }

    #[test]
    fn a_wave_whose_samples_miss_its_crests_is_seen_whole() {
        // A quarter of the rate, each sample an eighth of a wave beside the crest: 3 dB are between the samples.
        let wave = |n: usize| (PI * (n as f64 / 2.0 + 0.25)).sin() as f32;
        let block: Block = std::array::from_fn(|n| if n % 2 == 1 { wave(n / 2) } else { 0.0 });
        let mut between = Between::default();
        let peaks = [0.5f32.sqrt(); CHUNKS];
        between.peaks(&block, &peaks, 0.9);
        let found = between.peaks(&block, &peaks, 0.9);
        assert!(found.iter().all(|peak| (peak - 1.0).abs() < 0.02), "{found:?}");
        between.peaks(&block, &[0.01; CHUNKS], 0.9);
        assert_eq!(between.peaks(&block, &[0.01; CHUNKS], 0.9), [0.0; CHUNKS], "not even looked for");
    }
}
