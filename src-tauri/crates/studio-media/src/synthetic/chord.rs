//! The sound that stands for clips and music.

use std::f64::consts::TAU;

use studio_wire::time::ShowTime;

use super::tone::{RATE, sample_at};

/// Its pitches in Hz: whole ones, so that it is the same in each second.
pub const PITCHES: [u64; 3] = [440, 554, 659];
/// Peak of each pitch: −30 dBFS.
pub const LEVEL: f64 = 0.031_622_777;

/// Fills interleaved stereo with the chord; the first pair is the sample nearest to `at`. **What it sounds like depends
/// on show time only, however it is cut into blocks.**
pub fn block(at: ShowTime, stereo: &mut [f32]) {
    for (n, pair) in (sample_at(at)..).zip(stereo.chunks_exact_mut(2)) {
        let wave = |hz: u64| (TAU * (hz * (n % RATE) % RATE) as f64 / RATE as f64).sin();
        pair.fill((LEVEL * PITCHES.map(wave).iter().sum::<f64>()) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::hearing::amplitude;

    #[test]
    fn each_pitch_is_there_at_minus_30_dbfs_whenever_one_listens() {
        for ms in [0, 990, 7_123] {
            let mut stereo = vec![0.0; 2 * RATE as usize];
            // Cut into blocks as the mixer does.
            for (n, part) in (0u64..).zip(stereo.chunks_exact_mut(960)) {
                block(ShowTime::from_ms(ms + 10 * n), part);
            }
            for hz in PITCHES {
                let level = amplitude(&stereo, hz as f64);
                assert!((20.0 * level.log10() + 30.0).abs() < 0.05, "{hz} Hz at {ms} ms: {level}");
            }
            assert!(amplitude(&stereo, 1_000.0) < 1e-6);
        }
    }
}
