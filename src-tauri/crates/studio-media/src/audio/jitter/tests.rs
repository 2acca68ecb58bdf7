use std::f32::consts::TAU;

use super::*;
use crate::audio::to_i16;

/// Steepest step between two samples of [`Voice`], and a little for fades.
const STEEPEST: f32 = 0.5 * TAU * 440.0 / 48_000.0 + 0.006;

/// 440 Hz at half of full scale, block by block.
#[derive(Default)]
struct Voice(usize);

impl Voice {
    fn block(&mut self) -> Vec<u8> {
        let first = self.0 * FRAMES;
        self.0 += 1;
        let sample = |n: usize| to_i16(0.5 * (TAU * ((first + n) % 48_000) as f32 * 440.0 / 48_000.0).sin());
        (0..FRAMES).flat_map(|n| [sample(n); 2]).flat_map(i16::to_ne_bytes).collect()
    }
}

fn piece(bytes: &[u8], rate: u32, channels: u32) -> Piece<'_> {
    Piece { bytes, rate, channels, sent: ShowTime(0) }
}

/// Pulls a block a tick while `arrivals` says how many come before each one; gives what was heard on the left.
fn heard(jitter: &mut Jitter, arrivals: impl IntoIterator<Item = usize>) -> Vec<f32> {
    let mut voice = Voice::default();
    let mut left = Vec::new();
    for come in arrivals {
        for _ in 0..come {
            jitter.push(piece(&voice.block(), 48_000, 2));
        }
        let mut block = SILENCE;
        jitter.pull(&mut block);
        left.extend(block.iter().step_by(2));
    }
    left
}

fn steepest(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn steady_sound_comes_out_as_it_went_in_with_10_ms_to_spare() {
    let mut jitter = Jitter::default();
    let out = heard(&mut jitter, [1; 300]);
    let begin = out.iter().position(|sample| *sample != 0.0).unwrap();
    assert_eq!(begin / FRAMES, 1, "with the second block there are 20 ms in hand");
    for (n, sample) in out.iter().enumerate().skip(begin / FRAMES * FRAMES + FADE) {
        let right = 0.5 * (TAU * ((n - FRAMES) % 48_000) as f32 * 440.0 / 48_000.0).sin();
        assert!((sample - right).abs() < 1e-3, "sample {n}: {sample}, not {right}");
    }
    assert_eq!((jitter.missed(), jitter.dropped()), (0, 0));
}

#[test]
fn sound_that_comes_20_ms_early_or_late_is_heard_without_a_gap() {
    let mut jitter = Jitter::default();
    // Ten blocks in ten ticks, as unevenly as two blocks' delay allows.
    let uneven = [1, 0, 0, 3, 1, 0, 2, 0, 2, 1];
    let out = heard(&mut jitter, [3].into_iter().chain(uneven.into_iter().cycle().take(1_000)));
    assert_eq!((jitter.missed(), jitter.dropped()), (0, 0));
    assert!(steepest(&out) < STEEPEST, "{}", steepest(&out));
}

#[test]
fn a_gap_is_silence_with_soft_edges() {
    let mut jitter = Jitter::default();
    let arrivals = (0..200).map(|tick| usize::from(!(50..90).contains(&tick)));
    let out = heard(&mut jitter, arrivals);
    assert!(steepest(&out) < STEEPEST, "{}", steepest(&out));
    let silent = out[FRAMES * 10..].iter().filter(|sample| **sample == 0.0).count() / FRAMES;
    assert!((38..=42).contains(&silent), "{silent} silent blocks for 40 that did not come");
    assert_eq!(jitter.missed(), 1);
    assert!(out[FRAMES * 150..].iter().any(|sample| sample.abs() > 0.4), "it is heard again");
}

#[test]
fn half_a_block_ends_softly_too() {
    for keep in [1, 100, 240, 241, 400, 479] {
        let mut jitter = Jitter::default();
        let mut voice = Voice::default();
        for _ in 0..3 {
            jitter.push(piece(&voice.block(), 48_000, 2));
        }
        jitter.push(piece(&voice.block()[..4 * keep], 48_000, 2));
        let mut out = Vec::new();
        for _ in 0..8 {
            let mut block = SILENCE;
            jitter.pull(&mut block);
            out.extend(block.iter().step_by(2));
        }
        assert!(steepest(&out) < STEEPEST, "{keep}: {}", steepest(&out));
        assert!(out[5 * FRAMES..].iter().all(|sample| *sample == 0.0));
    }
}

#[test]
fn a_sender_whose_clock_runs_fast_does_not_pile_up_delay() {
    let mut jitter = Jitter::default();
    let arrivals = (0..6_000).map(|tick| if tick % 50 == 0 { 2 } else { 1 });
    let out = heard(&mut jitter, arrivals);
    assert!(jitter.pairs.len() <= 7 * FRAMES, "{} ms in hand", jitter.pairs.len() / 48);
    assert!(jitter.dropped() > 100 * FRAMES as u64);
    assert_eq!(jitter.missed(), 0);
    assert!(steepest(&out) < STEEPEST, "{}", steepest(&out));
}

#[test]
fn a_burst_at_the_start_shrinks_to_the_target_and_nothing_is_missed() {
    for burst in [1, 2, 3, 8, 15] {
        let arrivals = [LEAST_TARGET / FRAMES + burst].into_iter().chain([1; 299]);
        let mut jitter = Jitter::default();
        let out = heard(&mut jitter, arrivals);
        assert_eq!(jitter.pairs.len(), LEAST_TARGET - FRAMES, "after a burst of {burst}");
        assert_eq!(jitter.dropped(), (burst * FRAMES) as u64);
        assert_eq!(jitter.missed(), 0);
        assert!(steepest(&out) < STEEPEST, "{}", steepest(&out));
        heard(&mut jitter, [1; 2_000]);
        assert_eq!(jitter.dropped(), (burst * FRAMES) as u64, "steady sound is left alone");
    }
}

#[test]
fn what_was_late_once_is_not_missed_again_and_calm_brings_the_delay_down() {
    let mut jitter = Jitter::default();
    // Once a second nothing comes for 50 ms, and then all of it at once.
    let late = |tick: usize| match tick % 100 {
        50..55 => 0,
        55 => 6,
        _ => 1,
    };
    heard(&mut jitter, (0..1_000).map(late));
    let missed = jitter.missed();
    assert!((1..=5).contains(&missed), "{missed} gaps until it is used to it");
    heard(&mut jitter, (0..3_000).map(late));
    assert_eq!(jitter.missed(), missed);

    heard(&mut jitter, [1; 10_000]);
    assert_eq!((jitter.missed(), jitter.pairs.len()), (missed, LEAST_TARGET - FRAMES));
}

#[test]
fn a_flood_keeps_200_ms_at_most() {
    let mut jitter = Jitter::default();
    let mut voice = Voice::default();
    for _ in 0..1_000 {
        jitter.push(piece(&voice.block(), 48_000, 2));
        assert!(jitter.pairs.len() <= MOST);
    }
}

#[test]
fn one_channel_is_heard_on_both_sides_and_what_is_not_sound_is_left_out() {
    let mut jitter = Jitter::default();
    for (bytes, rate, channels) in [
        (&[1u8; 960][..], 44_100, 2),
        (&[1; 960], 48_000, 0),
        (&[1; 960], 48_000, 6),
        (&[], 48_000, 2),
        (&[1; 3], 48_000, 2),
        (&[1; 1], 48_000, 1),
    ] {
        jitter.push(piece(bytes, rate, channels));
    }
    assert!(jitter.pairs.is_empty());
    let mono: Vec<u8> = std::iter::repeat_n(8_000i16.to_ne_bytes(), LEAST_TARGET).flatten().collect();
    jitter.push(piece(&mono, 48_000, 1));
    let mut block = SILENCE;
    assert!(jitter.pull(&mut block));
    assert_eq!(block[958], block[959]);
    assert!((block[959] - 8_000.0 / 32_767.0).abs() < 1e-6);
}

#[test]
fn how_old_the_next_sound_is_is_known_whatever_waits_before_it() {
    let (mut jitter, mut voice, mut block) = (Jitter::default(), Voice::default(), SILENCE);
    assert_eq!(jitter.oldest(), None, "nothing came");
    for n in 0..50_u64 {
        // A block of 10 ms that ended only just now, and for once two.
        for more in 0..if n == 20 { 2 } else { 1 } {
            let sent = ShowTime::from_ms(1_000 + 10 * (n + more) + if n > 20 { 10 } else { 0 });
            jitter.push(Piece { sent, ..piece(&voice.block(), 48_000, 2) });
        }
        jitter.pull(&mut block);
        if n > 1 {
            assert_eq!(jitter.oldest(), Some(ShowTime::from_ms(1_000 + 10 * n)), "block {n}");
        }
    }
    for _ in 0..5 {
        jitter.pull(&mut block);
    }
    assert_eq!(jitter.oldest(), None, "nothing comes any more");
}
