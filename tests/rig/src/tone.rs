//! How loud one pitch is in a sound.

use std::f64::consts::TAU;

/// The level of a sine of `hz` in mono `samples`, in dBFS: 0 for a sine of amplitude 1 that lasts throughout, −120 for
/// none at all. Seen through a Hann window, so that another pitch a hundred Hertz away does not leak in.
///
/// A sine of amplitude 1 that fills only a part of the samples counts as so much softer: 1 % of the time is −40 dBFS.
#[must_use]
pub fn level(samples: &[f32], rate: u32, hz: f64) -> f64 {
    let length = samples.len().max(1) as f64;
    let step = TAU * hz / f64::from(rate);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let n = n as f64;
        let window = 1.0 - (TAU * n / length).cos();
        let (sin, cos) = (step * n).sin_cos();
        real += f64::from(*sample) * window * cos;
        imaginary += f64::from(*sample) * window * sin;
    }
    (20.0 * (2.0 * real.hypot(imaginary) / length).log10()).max(-120.0)
}

/// The level in the loudest tenth of a second: a sine with holes in it still has its level in between.
#[must_use]
pub fn loudest(samples: &[f32], rate: u32, hz: f64) -> f64 {
    let tenth = (rate / 10) as usize;
    let starts = (0..samples.len().saturating_sub(tenth) + 1).step_by(tenth / 2);
    let levels = starts.map(|from| level(&samples[from..samples.len().min(from + tenth)], rate, hz));
    levels.fold(-120.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, amplitude: f64, count: u32) -> Vec<f32> {
        (0..count).map(|n| (amplitude * (TAU * hz * f64::from(n) / 48_000.0).sin()) as f32).collect()
    }

    #[test]
    fn a_sine_has_its_level_at_its_pitch_and_none_elsewhere() {
        let sound = sine(997.0, 0.5, 48_000);
        assert!((level(&sound, 48_000, 997.0) + 6.02).abs() < 0.05);
        assert!(level(&sound, 48_000, 2310.0) < -100.0);
        assert!(level(&[], 48_000, 997.0) <= -120.0);
        assert!(loudest(&[], 48_000, 997.0) <= -120.0);
    }

    #[test]
    fn a_hundredth_of_the_time_is_40_db_less() {
        let mut sound = vec![0.0; 48_000];
        sound[24_000..24_480].copy_from_slice(&sine(2300.0, 1.0, 480));
        assert!((loudest(&sine(997.0, 0.5, 48_000), 48_000, 997.0) + 6.02).abs() < 0.05);
        // In its middle the window counts double.
        assert!((level(&sound, 48_000, 2300.0) + 34.0).abs() < 0.5);
    }
}
