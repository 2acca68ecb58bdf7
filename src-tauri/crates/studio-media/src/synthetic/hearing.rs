//! How loud one pitch is in a sound, for tests: Goertzel's filter.

use std::f64::consts::TAU;

use super::tone::RATE;

/// Amplitude of a pitch over the left samples of interleaved stereo at 48 kHz. Other pitches do not count when both fit
/// into the sound in whole waves.
pub fn amplitude(stereo: &[f32], hz: f64) -> f64 {
    let turn = 2.0 * (TAU * hz / RATE as f64).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in stereo.iter().step_by(2) {
        (last, before) = (f64::from(*sample) + turn * last - before, last);
    }
    let power = last * last + before * before - turn * last * before;
    2.0 * power.max(0.0).sqrt() / (stereo.len() / 2).max(1) as f64
}
