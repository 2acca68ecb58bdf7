//! Sounds to send through a part, and measures of what comes out.

use std::f64::consts::TAU;

use super::{Block, RATE};

/// A sine on both sides, in whole blocks.
pub fn sine(hz: f64, level: f64, seconds: f64) -> Vec<f32> {
    sound(seconds, |n| level * (TAU * hz * n as f64 / f64::from(RATE)).sin())
}

/// The same, begun at a crest: where something changes at its begin, a step in the gain is a step in the sound.
pub fn crest(hz: f64, level: f64, seconds: f64) -> Vec<f32> {
    sound(seconds, |n| level * (TAU * hz * n as f64 / f64::from(RATE)).cos())
}

/// The same on both sides, sample by sample, in whole blocks.
pub fn sound(seconds: f64, sample: impl Fn(usize) -> f64) -> Vec<f32> {
    let blocks = (seconds * 100.0).round() as usize;
    (0..blocks * 480).flat_map(|n| [sample(n) as f32; 2]).collect()
}

/// White noise of which the two sides differ, from −1 to 1.
pub fn noise(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// What comes out, block by block.
pub fn through(sound: &[f32], mut part: impl FnMut(&mut Block)) -> Vec<f32> {
    let blocks: &[Block] = sound.as_chunks().0;
    assert_eq!(blocks.len() * 960, sound.len(), "whole blocks");
    let run = |block: &Block| {
        let mut block = *block;
        part(&mut block);
        block
    };
    blocks.iter().flat_map(run).collect()
}

/// The level of a sine of that pitch in the left side.
pub fn level_at(sound: &[f32], hz: f64) -> f64 {
    let (mut real, mut imaginary, mut weight) = (0.0, 0.0, 0.0);
    let pairs = sound.len() / 2;
    for (n, pair) in sound.chunks_exact(2).enumerate() {
        let window = 1.0 - (TAU * (n as f64 + 0.5) / pairs as f64).cos();
        let turn = TAU * hz * n as f64 / f64::from(RATE);
        real += window * f64::from(pair[0]) * turn.cos();
        imaginary += window * f64::from(pair[0]) * turn.sin();
        weight += window;
    }
    2.0 * real.hypot(imaginary) / weight
}

/// The highest sample.
pub fn highest(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |highest, sample| sample.abs().max(highest))
}

/// How sharp the sharpest bend is, in the left side of what follows something: a step of x is a bend of x, a slow wave
/// hardly any.
pub fn sharpest(before: &[f32], sound: &[f32]) -> f32 {
    let end = before.len().saturating_sub(4);
    let pairs = before[end..].chunks_exact(2).chain(sound.chunks_exact(2));
    let left: Vec<f32> = pairs.map(|pair| pair[0]).collect();
    left.windows(3).map(|three| (three[0] - 2.0 * three[1] + three[2]).abs()).fold(0.0, f32::max)
}

/// dB of a factor.
pub fn db(factor: f64) -> f64 {
    20.0 * factor.log10()
}

/// Milliseconds from the first pair to the first one for which it holds.
pub fn ms_until(sound: &[f32], holds: impl Fn(f32) -> bool) -> f64 {
    let pairs = sound.chunks_exact(2).position(|pair| holds(pair[0]));
    pairs.expect("it happens") as f64 / 48.0
}
