use super::*;
use crate::audio::probe::{crest, db, level_at, ms_until, noise, sharpest, sine, sound, through};

fn compressor(settings: &mixer::Compressor) -> Compressor {
    let mut compressor = Compressor::default();
    compressor.set(settings);
    compressor.reset();
    compressor
}

fn settings() -> mixer::Compressor {
    mixer::Compressor { on: true, ..mixer::Compressor::default() }
}

/// The level that comes out of a level, in dB, by the book: straight, a parabola, straight.
fn formula(of: &mixer::Compressor, level: f64) -> f64 {
    let [threshold, ratio, knee, makeup] =
        [of.threshold_db, of.ratio, of.knee_db, of.makeup_db].map(f64::from);
    let over = level - threshold;
    let out = if 2.0 * over.abs() <= knee && knee > 0.0 {
        level + (1.0 / ratio - 1.0) * (over + knee / 2.0) * (over + knee / 2.0) / (2.0 * knee)
    } else if over > 0.0 {
        threshold + over / ratio
    } else {
        level
    };
    out + makeup
}

#[test]
fn steady_sound_comes_out_by_the_curve() {
    let soft = mixer::Compressor { threshold_db: -30.0, ratio: 4.0, knee_db: 12.0, ..settings() };
    for settings in [
        settings(),
        soft,
        mixer::Compressor { threshold_db: -40.0, ratio: 20.0, knee_db: 0.0, makeup_db: 12.0, ..settings() },
        mixer::Compressor { threshold_db: -12.0, ratio: 2.0, knee_db: 24.0, attack_ms: 0.1, ..settings() },
        mixer::Compressor { ratio: 1.0, attack_ms: 200.0, ..soft },
    ] {
        for hz in [97.0, 997.0, 5_003.0] {
            for level in (-50..=0).step_by(5).map(f64::from) {
                let tone = sine(hz, 10f64.powf(level / 20.0), 0.6);
                let mut compressor = compressor(&settings);
                through(&tone, |block| compressor.work(block));
                let out = through(&tone, |block| compressor.work(block));
                let (out, formula) = (db(level_at(&out[out.len() / 2..], hz)), formula(&settings, level));
                assert!((out - formula).abs() < 0.5, "{settings:?} {hz} Hz, {level}: {out} for {formula}");
            }
        }
    }
}

#[test]
fn nine_tenths_of_a_change_are_done_after_attack_and_release() {
    for (attack_ms, release_ms) in [(1.0, 50.0), (10.0, 150.0), (50.0, 500.0)] {
        let settings = mixer::Compressor { attack_ms, release_ms, knee_db: 0.0, ..settings() };
        let mut compressor = compressor(&settings);
        let steady = |level: f64, seconds| sound(seconds, |_| level);
        through(&steady(0.01, 0.5), |block| compressor.work(block));
        // 20 dB over: 13.3 dB of reduction, of which 12 are 9/10.
        let out = through(&steady(1.0, 3.0), |block| compressor.work(block));
        let down = ms_until(&out, |sample| sample <= 10f32.powf(-12.0 / 20.0));
        assert!((down - f64::from(attack_ms)).abs() < 1.0, "{attack_ms}: {down}");
        let out = through(&steady(0.01, 3.0), |block| compressor.work(block));
        let up = ms_until(&out, |sample| sample >= 0.01 * 10f32.powf(-1.333 / 20.0));
        // The attack smooths what the release gives, and adds at most its own length.
        let most = f64::from(release_ms + attack_ms) + 5.0;
        assert!((f64::from(release_ms) - 5.0..most).contains(&up), "{release_ms}: {up}");
    }
}

#[test]
fn below_the_bend_no_bit_changes() {
    let mut random = noise(3);
    let sound: Vec<f32> = (0..96_000).map(|_| 0.06 * random()).collect();
    let mut compressor = compressor(&settings());
    assert_eq!(through(&sound, |block| compressor.work(block)), sound);
}

#[test]
fn one_loud_side_turns_both_down() {
    let mut compressor = compressor(&settings());
    let sound: Vec<f32> =
        sound(1.0, |_| 0.01).iter().enumerate().map(|(n, s)| if n % 2 == 0 { 1.0 } else { *s }).collect();
    let out = through(&sound, |block| compressor.work(block));
    let [left, right] = [out[out.len() - 2], out[out.len() - 1]];
    assert!(left < 0.3 && (right / 0.01 - left).abs() < 1e-4, "{left} {right}");
}

#[test]
fn a_change_of_the_curve_is_a_line() {
    let fast = mixer::Compressor { attack_ms: 0.1, release_ms: 5.0, ..settings() };
    for (from, to) in [(0.0, -60.0), (-60.0, 0.0)] {
        let mut compressor = compressor(&mixer::Compressor { threshold_db: from, ..fast });
        let tone = crest(100.0, 0.5, 0.3);
        let before = through(&tone, |block| compressor.work(block));
        compressor.set(&mixer::Compressor { threshold_db: to, makeup_db: 12.0, ratio: 20.0, ..fast });
        let sharp = sharpest(&before, &through(&tone, |block| compressor.work(block)));
        assert!(sharp < 0.01, "{from} to {to}: {sharp}");
    }
}

#[test]
fn after_silence_nothing_is_left_to_cost_time() {
    let mut compressor = compressor(&mixer::Compressor { release_ms: 2_000.0, ..settings() });
    through(&sine(997.0, 1.0, 0.5), |block| compressor.work(block));
    through(&vec![0.0; 960 * 1_500], |block| compressor.work(block));
    assert_eq!((compressor.wanted, compressor.reduced, compressor.gain), (0.0, 0.0, 1.0));
}
