use super::*;
use crate::audio::probe::{crest, db, ms_until, sharpest, sine, sound, through};

fn gate(settings: mixer::Gate) -> Gate {
    let mut gate = Gate::default();
    gate.set(&settings);
    gate.reset();
    gate
}

fn settings() -> mixer::Gate {
    mixer::Gate { on: true, ..mixer::Gate::default() }
}

/// Levels in dBFS, each for so many seconds.
fn levels(steps: &[(f64, f64)]) -> Vec<f32> {
    steps.iter().flat_map(|(level, seconds)| sound(*seconds, |_| 10f64.powf(level / 20.0))).collect()
}

#[test]
fn a_gate_opens_within_its_attack() {
    for attack_ms in [0.1, 2.0, 20.0, 100.0] {
        let mut gate = gate(mixer::Gate { attack_ms, ..settings() });
        through(&levels(&[(-60.0, 1.0)]), |block| gate.work(block));
        let out = through(&levels(&[(-20.0, 0.2)]), |block| gate.work(block));
        let opened = ms_until(&out, |sample| sample >= 0.099_999);
        assert!((opened - f64::from(attack_ms)).abs() < 1.0, "{attack_ms}: {opened}");
    }
}

#[test]
fn a_gate_holds_and_then_shuts_within_its_release() {
    for (hold_ms, release_ms) in [(0.0, 50.0), (100.0, 1.0), (200.0, 150.0), (500.0, 400.0)] {
        let mut gate = gate(mixer::Gate { hold_ms, release_ms, ..settings() });
        through(&levels(&[(-20.0, 0.5)]), |block| gate.work(block));
        let out = through(&levels(&[(-60.0, 2.0)]), |block| gate.work(block));
        let begins = ms_until(&out, |sample| sample < 0.001);
        let ends = ms_until(&out, |sample| sample == 0.0);
        assert!((begins - f64::from(hold_ms)).abs() < 5.0, "{hold_ms}: {begins}");
        assert!((ends - f64::from(hold_ms + release_ms)).abs() < 5.0, "{hold_ms} + {release_ms}: {ends}");
    }
}

#[test]
fn between_its_two_levels_a_gate_stays_as_it_is() {
    let mut gate = gate(mixer::Gate { hold_ms: 10.0, release_ms: 10.0, ..settings() });
    let between = levels(&[(-43.0, 0.5)]);
    through(&levels(&[(-60.0, 0.5)]), |block| gate.work(block));
    assert!(through(&between, |block| gate.work(block)).iter().all(|sample| *sample == 0.0), "shut");
    through(&levels(&[(-39.0, 0.1)]), |block| gate.work(block));
    assert_eq!(through(&between, |block| gate.work(block)), between, "open, and not a bit is changed");
}

#[test]
fn a_shut_gate_lets_its_floor_pass() {
    for floor_db in [-60.0, -20.0, -6.0, 0.0] {
        let mut gate = gate(mixer::Gate { floor_db, ..settings() });
        let out = through(&levels(&[(-60.0, 2.0)]), |block| gate.work(block));
        let last = db(f64::from(out[out.len() - 1]));
        assert!((last - (-60.0 + f64::from(floor_db))).abs() < 0.1, "{floor_db}: {last}");
    }
}

#[test]
fn a_deep_voice_does_not_shut_a_gate_between_its_crests() {
    let mut gate = gate(mixer::Gate { hold_ms: 0.0, release_ms: 1.0, ..settings() });
    let voice = sine(130.0, 0.05, 1.0);
    assert_eq!(through(&voice, |block| gate.work(block)), voice);
}

#[test]
fn one_loud_side_opens_both() {
    let mut gate = gate(settings());
    let mut sound = levels(&[(-60.0, 1.0)]);
    through(&sound, |block| gate.work(block));
    sound.iter_mut().step_by(2).for_each(|left| *left = 0.5);
    let out = through(&sound, |block| gate.work(block));
    assert_eq!(out[960..], sound[960..]);
}

#[test]
fn a_turned_floor_is_a_line() {
    let mut gate = gate(mixer::Gate { open_db: 0.0, shut_db: 0.0, ..settings() });
    let before = through(&crest(100.0, 0.5, 1.0), |block| gate.work(block));
    gate.set(&mixer::Gate { open_db: 0.0, shut_db: 0.0, floor_db: 0.0, ..settings() });
    let out = through(&crest(100.0, 0.5, 0.1), |block| gate.work(block));
    assert!(sharpest(&before, &out) < 0.003);
}
