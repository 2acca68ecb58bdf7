use proptest::prelude::*;

use super::*;
use crate::audio::probe::{crest, db, highest, level_at, noise, sharpest, sine, sound, through};

fn limiter(ceiling_db: f32, release_ms: f32) -> Limiter {
    let mut limiter = Limiter::default();
    limiter.set(&mixer::Limiter { on: true, ceiling_db, release_ms });
    limiter.reset();
    limiter
}

/// 5 ms of silence before what was given.
fn late(sound: &[f32]) -> Vec<f32> {
    let mut late = vec![0.0; 2 * LATENCY];
    late.extend_from_slice(&sound[..sound.len() - 2 * LATENCY]);
    late
}

#[test]
fn what_is_below_the_ceiling_comes_5_ms_later_and_unchanged() {
    let mut random = noise(5);
    let sound: Vec<f32> = (0..96_000).map(|_| 0.7 * random()).collect();
    let mut limiter = limiter(-3.0, 80.0);
    assert_eq!(through(&sound, |block| limiter.work(block)), late(&sound));
}

#[test]
fn a_steady_tone_comes_out_at_the_ceiling() {
    for hz in [102.0, 997.0, 8_011.0] {
        for (level, ceiling) in [(0.0, -3.0), (12.0, -3.0), (-1.0, -24.0), (-6.0, -3.0), (-3.0, -3.0)] {
            let mut limiter = limiter(ceiling as f32, 80.0);
            let tone = sine(hz, 10f64.powf(level / 20.0), 0.5);
            through(&tone, |block| limiter.work(block));
            let out = db(level_at(&through(&tone, |block| limiter.work(block)), hz));
            let formula = level.min(ceiling);
            assert!((out - formula).abs() < 0.5, "{hz} Hz {level} under {ceiling}: {out}");
        }
    }
}

#[test]
fn a_sudden_peak_is_met_by_a_line_and_not_by_a_cut() {
    let mut limiter = limiter(-12.0, 80.0);
    let tone = sound(0.5, |n| if n < 12_000 { 0.0 } else { ((n - 12_000) as f64 * 0.02).cos() });
    let out = through(&tone, |block| limiter.work(block));
    // The gain is there before the peak: the tone begins as the same shape, only smaller.
    let begin = 2 * (12_000 + LATENCY);
    let gain = out[begin];
    assert!((gain - 0.251).abs() < 0.002, "{gain}");
    assert!(
        out[begin..begin + 96]
            .iter()
            .zip(&tone[24_000..])
            .all(|(out, tone)| (out - tone * gain).abs() < 0.01)
    );
}

#[test]
fn nine_tenths_of_a_reduction_are_gone_after_the_release() {
    for release_ms in [20.0, 80.0, 500.0] {
        let mut limiter = limiter(-20.0, release_ms);
        through(&sound(0.2, |_| 1.0), |block| limiter.work(block));
        let out = through(&sound(2.0, |_| 0.05), |block| limiter.work(block));
        let back = out.chunks_exact(2).skip(LATENCY).position(|pair| pair[0] >= 0.05 * 0.91);
        let back = back.unwrap() as f32 / 48.0;
        assert!((back - release_ms).abs() < 6.0, "{release_ms}: {back}");
    }
}

#[test]
fn a_ceiling_on_its_way_down_holds_for_each_sample_that_comes_under_it() {
    let mut limiter = limiter(0.0, 80.0);
    let tone = crest(1_000.0, 1.0, 0.1);
    let before = through(&tone, |block| limiter.work(block));
    limiter.set(&mixer::Limiter { on: true, ceiling_db: -24.0, release_ms: 80.0 });
    let out = through(&tone, |block| limiter.work(block));
    assert!(sharpest(&before, &out) < 1.2 * sharpest(&tone, &tone));
    assert!(highest(&out[2 * (480 + LATENCY)..]) <= factor(-24.0));
}

proptest! {
    #[test]
    fn nothing_is_ever_above_the_ceiling(
        ceiling_db in -24f32..=0.0, release_ms in 5f32..1_000.0, seed in any::<u64>(),
        loud in prop::collection::vec((prop_oneof![0f32..2.0, 0f32..16.0, Just(0.0)], 1usize..700), 1..30),
    ) {
        let mut random = noise(seed);
        let mut limiter = limiter(ceiling_db, release_ms);
        let mut sound: Vec<f32> = Vec::new();
        for (level, count) in loud {
            sound.extend((0..count).map(|_| level * random()));
        }
        sound.resize(sound.len().next_multiple_of(960) + 960, 0.0);
        let highest = highest(&through(&sound, |block| limiter.work(block)));
        prop_assert!(highest <= factor(ceiling_db), "{highest} over {}", factor(ceiling_db));
    }
}
