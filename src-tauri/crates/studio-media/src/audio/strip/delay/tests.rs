use super::*;
use crate::audio::probe::{crest, noise, sharpest, through};

fn random(samples: usize) -> Vec<f32> {
    let mut random = noise(9);
    (0..samples).map(|_| random()).collect()
}

#[test]
fn sound_comes_later_by_the_delay_and_unchanged() {
    for (ms, pairs) in [(0.02, 1), (3.0, 144), (10.0, 480), (123.4, 5_923), (500.0, 24_000), (9e9, 24_000)] {
        let mut delay = Delay::default();
        delay.set(ms);
        delay.start();
        let sound = random(960 * 150);
        let out = through(&sound, |block| delay.run(block));
        assert!(out[..2 * pairs].iter().all(|sample| *sample == 0.0), "{ms}");
        assert_eq!(out[2 * pairs..], sound[..sound.len() - 2 * pairs], "{ms}");
    }
}

#[test]
fn without_a_delay_no_bit_changes_and_no_memory_is_taken() {
    let mut delay = Delay::default();
    for ms in [0.0, -3.0, f32::NAN, 0.01] {
        delay.set(ms);
        let sound = random(9_600);
        assert_eq!(through(&sound, |block| delay.run(block)), sound);
    }
    assert_eq!(delay.ring.capacity(), 0);
}

#[test]
fn a_change_of_the_delay_is_a_crossfade() {
    let mut delay = Delay::default();
    let tone = crest(100.0, 0.5, 0.7);
    let mut before = tone.clone();
    for ms in [0.0, 7.5, 322.5, 2.5, 0.0, 500.0, 0.0] {
        delay.set(ms);
        let out = through(&tone, |block| delay.run(block));
        let sharp = sharpest(&before, &out);
        before = out;
        assert!(sharp < 0.003, "to {ms} ms: {sharp}");
        assert_eq!(pairs(ms), (ms * 48.0) as usize);
    }
}
