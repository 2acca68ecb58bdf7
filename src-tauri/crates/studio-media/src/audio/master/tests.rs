use ebur128::{EbuR128, Mode};
use proptest::prelude::*;

use super::*;
use crate::audio::SILENCE;
use crate::audio::probe::{crest, db, highest, noise, sharpest, sine, through};

/// What an EBU R 128 meter says, in dBTP.
fn true_peak(sound: &[f32]) -> f64 {
    let mut meter = EbuR128::new(2, 48_000, Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(sound).unwrap();
    db(meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap()))
}

fn limited(ceiling: f32, sound: &[f32]) -> Vec<f32> {
    let mut master = Master::new(ceiling);
    through(sound, |block| master.limit(block))
}

#[test]
fn what_stays_below_comes_2_5_ms_later_and_unchanged() {
    let mut random = noise(1);
    let sound: Vec<f32> = (0..96_000).map(|_| 0.4 * random()).collect();
    let out = limited(-1.0, &sound);
    assert!(out[..2 * LATENCY].iter().all(|sample| *sample == 0.0));
    assert_eq!(out[2 * LATENCY..], sound[..sound.len() - 2 * LATENCY]);
    assert_eq!(LATENCY, 120);
}

#[test]
fn a_wave_that_is_too_high_only_between_its_samples_is_turned_down() {
    // 12 kHz, each sample an eighth of a wave beside the crest: samples at −1.2 dBFS, the wave at +1.8 dBTP.
    let level = 10f64.powf(1.8 / 20.0);
    let wave = |n: usize| level * (std::f64::consts::FRAC_PI_2 * (n as f64 + 0.5)).sin();
    let sound: Vec<f32> = (0..48_000).flat_map(|n| [wave(n) as f32; 2]).collect();
    assert!(db(f64::from(highest(&sound))) < -1.2 && true_peak(&sound) > 1.7);
    let out = limited(-1.0, &sound);
    let peak = true_peak(&out);
    assert!((-1.5..=-1.0).contains(&peak), "{peak}");
}

#[test]
fn a_loud_tone_ends_at_the_ceiling() {
    for (hz, ceiling) in [(60.0, -1.0), (997.0, -1.0), (7_001.0, -9.0)] {
        let out = limited(ceiling, &sine(hz, 4.0, 1.0));
        let peak = true_peak(&out);
        assert!((f64::from(ceiling) - 0.5..=f64::from(ceiling)).contains(&peak), "{hz} Hz: {peak}");
    }
}

#[test]
fn another_ceiling_comes_without_a_click() {
    let mut master = Master::default();
    let tone = crest(100.0, 0.8, 0.2);
    let mut before = through(&tone, |block| master.limit(block));
    for ceiling in [-20.0, 0.0, -6.0, f32::NAN] {
        master.set_ceiling(ceiling);
        let out = through(&tone, |block| master.limit(block));
        assert!(sharpest(&before, &out) < 0.003, "{ceiling}: {}", sharpest(&before, &out));
        before = out;
    }
    master.set_ceiling(-12.0);
    let out = through(&tone, |block| master.limit(block));
    assert!(highest(&out[2 * (480 + LATENCY)..]) <= factor(-12.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_leaves_above_the_ceiling_by_sample_or_by_meter(
        ceiling in -12f32..=0.0, seed in any::<u64>(),
        pieces in prop::collection::vec((0f32..6.0, 0u32..4, 1usize..1_500), 1..20),
    ) {
        let mut random = noise(seed);
        let mut sound: Vec<f32> = Vec::new();
        for (level, smooth, count) in pieces {
            // White, or with ever more treble gone.
            let mut last = 0.0;
            for _ in 0..count {
                last += (random() - last) / (1 << smooth) as f32;
                sound.extend([level * last, level * random() / (1 << smooth) as f32]);
            }
        }
        sound.resize(sound.len().next_multiple_of(960) + 960, 0.0);
        let out = limited(ceiling, &sound);
        prop_assert!(highest(&out) <= factor(ceiling));
        prop_assert!(true_peak(&out) <= f64::from(ceiling) + 0.1, "{} over {ceiling}", true_peak(&out));
    }

    #[test]
    fn garbage_becomes_finite_and_does_not_stay(
        levels in prop::collection::vec(prop_oneof![
            -1f32..1.0, -1e38f32..1e38, Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(1e-42),
        ], 1..40),
    ) {
        let mut master = Master::default();
        for level in levels {
            let mut block = [level; 960];
            master.limit(&mut block);
            prop_assert!(block.iter().all(|sample| sample.abs() <= factor(-1.0)), "{level}");
        }
        for _ in 0..300 {
            master.limit(&mut SILENCE.clone());
        }
        let mut block = [0.25; 960];
        master.limit(&mut block.clone());
        master.limit(&mut block);
        prop_assert!(block == [0.25; 960], "{}", block[0]);
    }
}
