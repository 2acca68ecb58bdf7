use super::*;
use crate::audio::SILENCE;
use crate::audio::probe::{db, sine};

fn duck(settings: Ducking) -> Duck {
    let mut duck = Duck::default();
    duck.set(&settings);
    duck
}

fn settings() -> Ducking {
    Ducking { on: true, ..Ducking::default() }
}

/// The gain of music in dB after each chunk, while such speech is heard.
fn gains(duck: &mut Duck, speech: &[f32]) -> Vec<f64> {
    let blocks: &[Block] = speech.as_chunks().0;
    blocks
        .iter()
        .flat_map(|block| duck.listen(block).0[1..].to_vec())
        .map(|gain| db(f64::from(gain)))
        .collect()
}

fn ms_until(gains: &[f64], holds: impl Fn(f64) -> bool) -> f64 {
    (gains.iter().position(|gain| holds(*gain)).unwrap() + 1) as f64 / 6.0
}

fn quiet(seconds: f64) -> Vec<f32> {
    sine(200.0, 0.0, seconds)
}

#[test]
fn music_is_down_after_the_attack_and_back_after_hold_and_release() {
    for (by_db, attack_ms, hold_ms, release_ms) in
        [(12.0, 80.0, 400.0, 600.0), (60.0, 1.0, 0.0, 10.0), (6.0, 500.0, 1_000.0, 2_000.0)]
    {
        let mut duck = duck(Ducking { by_db, attack_ms, hold_ms, release_ms, ..settings() });
        let by = f64::from(by_db);
        assert!(gains(&mut duck, &quiet(0.1)).iter().all(|gain| *gain == 0.0));
        let down = gains(&mut duck, &sine(200.0, 0.1, 1.0));
        let until = ms_until(&down, |gain| gain < -by + 1e-3);
        assert!((until - f64::from(attack_ms)).abs() < 5.0, "attack {attack_ms}: {until}");
        assert!((down[down.len() - 1] + by).abs() < 0.01);
        let up = gains(&mut duck, &quiet(4.0));
        let begins = ms_until(&up, |gain| gain > -by + 1e-3);
        assert!((begins - f64::from(hold_ms)).abs() < 5.0, "hold {hold_ms}: {begins}");
        let ends = ms_until(&up, |gain| gain == 0.0);
        let all = f64::from(hold_ms + release_ms);
        assert!((ends - all).abs() < 5.0, "hold and release {all}: {ends}");
    }
}

#[test]
fn half_of_the_way_is_half_of_the_dbs() {
    let mut duck = duck(Ducking { attack_ms: 100.0, by_db: 20.0, ..settings() });
    gains(&mut duck, &quiet(0.1));
    let down = gains(&mut duck, &sine(1_000.0, 0.5, 0.2));
    assert!((down[299] + 10.0).abs() < 1.0, "{}", down[299]);
}

#[test]
fn only_speech_from_the_threshold_on_counts() {
    for (level_db, ducked) in [(-42.0, false), (-38.0, true)] {
        let mut duck = duck(settings());
        // A sine whose RMS that is.
        let speech = sine(500.0, 10f64.powf((level_db + 3.01) / 20.0), 0.5);
        let gains = gains(&mut duck, &speech);
        assert_eq!(gains[gains.len() - 1] < -11.9, ducked, "{level_db}");
    }
}

#[test]
fn a_word_that_fades_goes_on_until_it_is_6_db_below_the_threshold() {
    let speech = |level_db: f64| sine(500.0, 10f64.powf((level_db + 3.01) / 20.0), 2.0);
    let mut duck = duck(settings());
    gains(&mut duck, &speech(-38.0));
    assert!(gains(&mut duck, &speech(-45.0)).iter().all(|gain| (gain + 12.0).abs() < 0.01));
    assert_eq!(gains(&mut duck, &speech(-47.0)).last(), Some(&0.0));
}

#[test]
fn a_pause_between_two_words_is_held() {
    let mut duck = duck(settings());
    gains(&mut duck, &sine(200.0, 0.1, 0.5));
    for _ in 0..5 {
        assert!(gains(&mut duck, &quiet(0.35)).iter().all(|gain| (gain + 12.0).abs() < 0.01));
        gains(&mut duck, &sine(200.0, 0.1, 0.1));
    }
}

#[test]
fn off_or_without_speech_music_keeps_every_bit() {
    let music: Block = std::array::from_fn(|n| n as f32 * 1e-3);
    for mut duck in [Duck::default(), duck(settings())] {
        let line = duck.listen(&SILENCE);
        assert!(line.is_open());
        let mut block = music;
        line.apply(&mut block);
        assert_eq!(block, music);
    }
    assert!(Duck::default().listen(&[0.5; 960]).is_open());
}

#[test]
fn switched_off_while_somebody_speaks_music_comes_back_along_a_line() {
    let mut duck = duck(settings());
    let speech = sine(200.0, 0.1, 1.0);
    gains(&mut duck, &speech);
    duck.set(&Ducking { on: false, ..settings() });
    let up = gains(&mut duck, &speech);
    assert!(up.windows(2).all(|two| two[1] >= two[0] && two[1] - two[0] < 0.1));
    assert!((ms_until(&up, |gain| gain == 0.0) - 600.0).abs() < 5.0);
}

#[test]
fn garbage_for_speech_gives_a_finite_line_and_is_soon_forgotten() {
    for garbage in [f32::NAN, f32::INFINITY, 1e30] {
        let mut duck = duck(Ducking { hold_ms: 0.0, release_ms: 10.0, ..settings() });
        for _ in 0..10 {
            assert!(
                duck.listen(&[garbage; 960]).0.iter().all(|gain| (0.0..=1.0).contains(gain)),
                "{garbage}"
            );
        }
        gains(&mut duck, &quiet(0.1));
        assert!(duck.listen(&SILENCE).is_open(), "{garbage}");
        let down = gains(&mut duck, &sine(200.0, 0.1, 0.2));
        assert!((down[down.len() - 1] + 12.0).abs() < 0.01, "{garbage}");
    }
}

#[test]
fn any_settings_give_a_finite_line() {
    for figure in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30] {
        let mut duck = duck(Ducking {
            on: true,
            threshold_db: figure,
            by_db: figure,
            attack_ms: figure,
            hold_ms: figure,
            release_ms: figure,
        });
        for block in [[0.9; 960], SILENCE, [1e-40; 960]] {
            assert!(duck.listen(&block).0.iter().all(|gain| (0.0..=1.0).contains(gain)), "{figure}");
        }
    }
}
