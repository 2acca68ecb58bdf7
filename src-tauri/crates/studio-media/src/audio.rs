//! Sound: what is heard in the program. **Inside, sound is 48 kHz stereo in blocks of 10 ms; block n begins n × 10 ms
//! after the program's tick 0, so sound and picture share one clock. No sample is ever NaN or above full scale.**

pub mod jitter;
pub mod limit;
pub mod meter;
pub mod mix;

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
