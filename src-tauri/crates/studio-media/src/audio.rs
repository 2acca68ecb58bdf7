//! Sound: what is heard in the program. **Inside, sound is 48 kHz stereo in blocks of 10 ms; block n begins n × 10 ms
//! after the program's tick 0, so sound and picture share one clock. No sample is ever NaN, and
//! none leaves a bus above full scale.**

pub mod age;
mod ahead;
pub mod care;
mod chunk;
pub mod device;
pub mod duck;
pub mod heed;
pub mod jitter;
pub mod level;
pub mod loudness;
pub mod master;
pub mod meter;
pub mod mix;
#[cfg(test)]
mod probe;
pub mod strip;
mod units;

/// Samples a second.
pub const RATE: u32 = 48_000;
/// Sample pairs of a block.
pub const FRAMES: usize = 480;
/// Blocks a second.
pub const BLOCKS: u32 = 100;
/// A block: interleaved stereo, full scale is 1.
pub type Block = [f32; 2 * FRAMES];
/// No sound.
pub const SILENCE: Block = [0.0; 2 * FRAMES];

/// One sample as lanes carry it.
pub fn to_i16(sample: f32) -> i16 {
    // `as` ends at both ends and turns NaN into silence.
    (sample * f32::from(i16::MAX)).round() as i16
}

/// One sample from a lane.
pub fn from_i16(sample: i16) -> f32 {
    f32::from(sample) / f32::from(i16::MAX)
}

/// A sample as it has to be: a number within full scale.
pub(crate) fn clean(sample: f32) -> f32 {
    // Below −240 dBFS nothing is heard, and arithmetic on numbers ever nearer to zero is slow.
    if sample.abs() < 1e-12 || sample.is_nan() { 0.0 } else { sample.clamp(-1.0, 1.0) }
}
