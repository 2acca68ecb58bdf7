//! The sound to the pattern's flash.

use std::f64::consts::TAU;

use studio_wire::time::ShowTime;

use super::{FLASH_MS, Signature};

/// Samples a second.
pub const RATE: u64 = 48_000;
/// Peak of a burst: −24 dBFS.
pub const LEVEL: f64 = 0.063_095_734;
/// Peak of the click: −12 dBFS.
const CLICK_LEVEL: f64 = 0.251_188_643;
const CLICK_SAMPLES: u64 = RATE / 1_000;
const BURST_SAMPLES: u64 = FLASH_MS * RATE / 1_000;
/// Rise and fall in milliseconds: softer than a step, so that a burst does not sound in its neighbours' pitch.
pub const RAMP_MS: f64 = 2.0;
const RAMP_SAMPLES: u64 = RATE / 500;

/// A burst a second, silence between. **Sample-exact: what it sounds like depends on show time only, however it is
/// cut into blocks.**
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    signature: Signature,
}

impl Tone {
    /// The tone to a signature.
    pub fn new(signature: Signature) -> Self {
        Self { signature }
    }

    /// Fills interleaved stereo; the first pair is the sample nearest to `at`.
    pub fn block(&self, at: ShowTime, stereo: &mut [f32]) {
        let first = sample_at(at);
        for (n, pair) in (0u64..).zip(stereo.chunks_exact_mut(2)) {
            pair.fill(self.sample(first + n) as f32);
        }
    }

    /// The value of one sample, counted from show time 0.
    fn sample(&self, sample: u64) -> f64 {
        let phase = self.signature.phase_ms % 1_000 * RATE / 1_000;
        let n = (sample + RATE - phase) % RATE;
        if n >= BURST_SAMPLES {
            return 0.0;
        }
        let edge = n.min(BURST_SAMPLES - 1 - n);
        let ramp = if edge < RAMP_SAMPLES { edge as f64 / RAMP_SAMPLES as f64 } else { 1.0 };
        let burst = LEVEL * ramp * (TAU * self.signature.hz * n as f64 / RATE as f64).sin();
        if self.signature.click && n < CLICK_SAMPLES { burst + CLICK_LEVEL } else { burst }
    }
}

/// The sample nearest to a show time.
pub(super) fn sample_at(at: ShowTime) -> u64 {
    const SECOND: u64 = 1_000_000_000;
    at.0 / SECOND * RATE + (at.0 % SECOND * RATE + SECOND / 2) / SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(tone: Tone, block: usize) -> Vec<f32> {
        let mut left = Vec::new();
        let mut stereo = vec![0.0; block * 2];
        while left.len() < RATE as usize {
            tone.block(ShowTime(7_000_000_000 + left.len() as u64 * 1_000_000_000 / RATE), &mut stereo);
            left.extend(stereo.iter().step_by(2));
        }
        left
    }

    #[test]
    fn a_tone_does_not_depend_on_how_it_is_cut_into_blocks() {
        let tone = Tone::new(Signature::robot(5));
        assert_eq!(second(tone, 480), second(tone, 48));
    }

    #[test]
    fn a_burst_begins_with_its_phase_lasts_100_ms_and_peaks_at_minus_24_dbfs() {
        for k in [0, 3, 19] {
            let signature = Signature::robot(k);
            let sound = second(Tone::new(signature), 480);
            let start = sound.iter().position(|sample| *sample != 0.0).unwrap() as u64;
            let end = sound.iter().rposition(|sample| *sample != 0.0).unwrap() as u64;
            let phase = signature.phase_ms * RATE / 1_000;
            assert!(
                start - phase <= 2 && phase + BURST_SAMPLES - end <= 3,
                "{k}: {start}..{end} from {phase}"
            );
            let peak = sound.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
            assert!((20.0 * peak.log10() + 24.0).abs() < 0.1, "{k}: {peak}");
        }
    }

    #[test]
    fn a_burst_has_its_own_pitch() {
        for k in [0, 7, 19] {
            let signature = Signature::robot(k);
            let sound = second(Tone::new(signature), 480);
            let rises = sound.windows(2).filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0).count() as f64;
            assert!((rises - signature.hz / 10.0).abs() <= 2.0, "{k}: {rises} in 100 ms");
        }
    }

    #[test]
    fn the_host_clicks_at_the_start_of_its_burst_only() {
        let sound = second(Tone::new(Signature::host()), 480);
        assert!(sound[..CLICK_SAMPLES as usize].iter().all(|sample| *sample > 0.18));
        assert!(sound[CLICK_SAMPLES as usize..].iter().all(|sample| sample.abs() < 0.064));
    }
}
