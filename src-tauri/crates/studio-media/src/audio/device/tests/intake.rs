//! Microphones.

use proptest::prelude::*;

use super::*;
use crate::audio::{FRAMES, SILENCE};

/// Ten blocks of what came out.
#[derive(Default)]
struct Window {
    left: Vec<f32>,
    from: f64,
}

/// What a run came to, after it had settled.
#[derive(Debug)]
struct Outcome {
    /// Between the shortest and the longest delay, in s.
    spread: f64,
    /// The delay at the end, in s.
    lag: f64,
    snr: f64,
    figures: Figures,
}

/// Listens to a microphone for so long; only gaps count before `settle`.
fn listen(
    rate: u32,
    channels: u16,
    ppm: f64,
    manner: Manner,
    seconds: f64,
    settle: f64,
) -> (Outcome, Intake) {
    let (end, mut intake) = intake(rate, channels);
    let mut microphone = Microphone::new(end, rate, ppm, channels.into());
    let mut window = Window::default();
    let (mut least, mut most, mut snr, mut lag) = (f64::MAX, f64::MIN, f64::MAX, 0.0);
    for n in 0..(seconds * 100.0) as u64 {
        // Off the grid of the device, by a share of a block.
        let now = n as f64 / 100.0 + 0.001_3;
        microphone.run(now, manner);
        let mut block = SILENCE;
        intake.pull(at(now), &mut block);
        if now < settle {
            continue;
        }
        if window.left.is_empty() {
            window.from = now;
        }
        window.left.extend(block.iter().step_by(2));
        if window.left.len() == 10 * FRAMES {
            let said = f64::from(intake.figures().latency_ms) / 1e3;
            let (found, clean) = fit(&window.left, window.from, 48_000.0);
            lag = near(found, said);
            (least, most, snr) = (least.min(lag), most.max(lag), snr.min(clean));
            assert!((lag - said).abs() < 0.000_3 + manner.tremble / 5.0, "{lag} s at {now}, said {said}");
            window.left.clear();
        }
    }
    (Outcome { spread: most - least, lag, snr, figures: intake.figures() }, intake)
}

#[test]
fn ten_minutes_of_100_ppm_leave_the_delay_within_a_millisecond_and_the_tone_clean() {
    for ppm in [-100.0, 100.0] {
        let (outcome, _) = listen(48_000, 1, ppm, EVEN, 600.0, 2.0);
        assert!(outcome.spread < 0.001, "{outcome:?}");
        assert!(outcome.snr > 60.0, "{outcome:?}");
        assert_eq!((outcome.figures.gaps, outcome.figures.dropped), (0, 0));
        assert!((f64::from(outcome.figures.ppm) - ppm).abs() < 5.0, "{outcome:?}");
        assert!(outcome.lag < 0.010 + 0.020, "a callback's own 10 ms, and 20 ms: {outcome:?}");
    }
}

#[test]
fn trembling_stamps_and_uneven_callbacks_cost_neither_a_gap_nor_a_millisecond() {
    let manner = Manner { sizes: &[440, 480, 512], late: 0.003, tremble: 0.003 };
    for ppm in [-100.0, 100.0] {
        let (outcome, _) = listen(44_100, 2, ppm, manner, 300.0, 40.0);
        assert!(outcome.spread < 0.001, "{outcome:?}");
        assert!(outcome.snr > 60.0, "{outcome:?}");
        assert_eq!(outcome.figures.gaps, 0);
        assert!((f64::from(outcome.figures.ppm) - ppm).abs() < 30.0, "{outcome:?}");
    }
}

#[test]
fn callbacks_of_any_size_and_bursts_survive_without_a_gap() {
    for (sizes, late, own) in [
        (&[24][..], 0.0, 0.000_5),
        (&[1_920], 0.0, 0.040),
        (&[24, 24, 24, 1_920, 480, 777], 0.002, 0.042),
        (&[240], 0.020, 0.025),
        (&[480], 0.035, 0.045),
    ] {
        let (outcome, _) = listen(48_000, 1, 50.0, Manner { sizes, late, tremble: 0.0 }, 60.0, 45.0);
        assert_eq!(outcome.figures.gaps, 0, "{sizes:?} {late}: {outcome:?}");
        assert!(outcome.snr > 60.0, "{sizes:?} {late}: {outcome:?}");
        assert!(outcome.lag < own + 0.020, "{sizes:?} {late}: {outcome:?}");
    }
}

#[test]
fn twenty_microphones_of_twenty_rates_are_each_heard_at_their_pitch() {
    let rates = [
        8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400,
        192_000,
    ];
    let odd = [8_001, 9_999, 17_320, 37_800, 47_999, 50_000, 64_000];
    for (n, rate) in rates.into_iter().chain(odd).enumerate() {
        let ppm = [-80.0, 0.0, 60.0][n % 3];
        let manner = Manner { sizes: &[240], ..EVEN };
        let (outcome, _) = listen(rate, 1 + (n % 3) as u16, ppm, manner, 12.0, 6.0);
        assert!(outcome.snr > 60.0 && outcome.spread < 0.001, "{rate}: {outcome:?}");
        assert_eq!(outcome.figures.gaps, 0, "{rate}");
        assert!(outcome.lag < 240.0 / f64::from(rate) + 0.020, "{rate}: {outcome:?}");
    }
}

/// The mixer's blocks from a time on.
struct Blocks {
    next: u64,
    left: Vec<f32>,
}

impl Blocks {
    fn new() -> Self {
        Self { next: 0, left: Vec::new() }
    }

    fn now(&self) -> f64 {
        self.next as f64 / 100.0 + 0.004
    }

    /// Pulls until a time, and lets the microphone run.
    fn run(&mut self, until: f64, intake: &mut Intake, mut come: impl FnMut(f64)) {
        while self.now() < until {
            come(self.now());
            self.pull(intake);
        }
    }

    fn pull(&mut self, intake: &mut Intake) -> bool {
        let mut block = SILENCE;
        let heard = intake.pull(at(self.now()), &mut block);
        assert_eq!(heard, block.iter().any(|sample| *sample != 0.0), "at {}", self.now());
        self.next += 1;
        self.left.extend(block.iter().step_by(2));
        heard
    }

    /// What was heard from one time to another.
    fn heard(&self, from: f64, to: f64) -> &[f32] {
        let index = |time: f64| ((time - 0.004) * 48_000.0) as usize;
        &self.left[index(from)..index(to)]
    }
}

#[test]
fn a_gap_is_silence_with_soft_edges_and_afterwards_the_sound_is_where_it_was() {
    let (end, mut intake) = intake(48_000, 1);
    let mut microphone = Microphone::new(end, 48_000, 40.0, 1);
    let mut blocks = Blocks::new();
    blocks.run(3.0, &mut intake, |now| microphone.run(now, EVEN));
    let before = intake.figures().latency_ms;
    blocks.run(3.7, &mut intake, |_| ());
    assert_eq!(intake.figures().latency_ms, 0.0);
    assert!(
        blocks.heard(3.05, 3.69).iter().all(|sample| *sample == 0.0),
        "silent 30 ms after the last callback"
    );
    microphone.pause(3.7);
    blocks.run(6.0, &mut intake, |now| microphone.run(now, EVEN));
    assert!(steepest(&blocks.left) < STEEPEST, "{}", steepest(&blocks.left));
    assert_eq!(intake.figures().gaps, 1);
    assert!((intake.figures().latency_ms - before).abs() < 0.1, "{:?}", intake.figures());
    let (lag, snr) = fit(blocks.heard(5.0, 5.1), 5.0, 48_000.0);
    assert!(snr > 60.0 && (near(lag, 0.023) - f64::from(before) / 1e3).abs() < 0.000_1, "{lag} {snr}");
    assert!(blocks.heard(3.8, 3.9).iter().any(|sample| sample.abs() > 0.4), "it is back at once");
}

#[test]
fn sound_that_the_device_lost_is_silence_of_that_length_and_does_not_shift_time() {
    for hole in [0.02, 0.05, 0.3] {
        let (end, mut intake) = intake(48_000, 1);
        let mut microphone = Microphone::new(end, 48_000, -40.0, 1);
        let mut blocks = Blocks::new();
        blocks.run(3.0, &mut intake, |now| microphone.run(now, EVEN));
        microphone.pause(3.0 + hole);
        blocks.run(9.0, &mut intake, |now| microphone.run(now, EVEN));
        assert!(steepest(&blocks.left) < STEEPEST, "{hole}: {}", steepest(&blocks.left));
        assert!((1..=2).contains(&intake.figures().gaps), "{hole}: {:?}", intake.figures());
        let said = f64::from(intake.figures().latency_ms) / 1e3;
        let (lag, snr) = fit(blocks.heard(8.0, 8.1), 8.0, 48_000.0);
        assert!(snr > 60.0 && (near(lag, said) - said).abs() < 0.000_1, "{hole}: {lag} {snr}");
        assert!(said < 0.030, "{hole}: {said}");
    }
}

#[test]
fn a_mixer_that_slept_gets_what_the_ring_could_hold_and_the_delay_is_as_before() {
    for sleep in [0.1, 0.175, 0.19, 0.6] {
        let (end, mut intake) = intake(48_000, 2);
        let mut microphone = Microphone::new(end, 48_000, 0.0, 2);
        let mut blocks = Blocks::new();
        blocks.run(3.0, &mut intake, |now| microphone.run(now, EVEN));
        let before = intake.figures().latency_ms;
        // The blocks of the time slept through are pulled one after another, late.
        microphone.run(blocks.now() + sleep, EVEN);
        blocks.run(3.0 + sleep, &mut intake, |_| ());
        blocks.run(6.0, &mut intake, |now| microphone.run(now, EVEN));
        let figures = intake.figures();
        assert_eq!((figures.gaps, figures.dropped > 0), if sleep < 0.18 { (0, false) } else { (1, true) });
        assert!(steepest(&blocks.left) < STEEPEST, "{sleep}: {}", steepest(&blocks.left));
        assert!((figures.latency_ms - before).abs() < 0.1, "{sleep}: {figures:?}");
        // At once, and not after a while.
        let soon = 3.08 + sleep;
        let (lag, snr) = fit(blocks.heard(soon, soon + 0.03), soon, 48_000.0);
        let off = near(lag, 0.023) - f64::from(before) / 1e3;
        assert!(snr > 60.0 && off.abs() < 0.000_05, "{sleep}: off by {off} s, {snr} dB");
    }
}

#[test]
fn a_rate_that_changes_is_heard_at_its_pitch_again_said_or_not() {
    for (from, to, said) in [
        (48_000, 44_100, true),
        (44_100, 48_000, false),
        (48_000, 16_000, false),
        (16_000, 96_000, true),
        (48_000, 44_100, false),
    ] {
        let (end, mut intake) = intake(from, 1);
        let mut microphone = Microphone::new(end, from, 20.0, 1);
        let manner = Manner { sizes: &[160, 240], ..EVEN };
        let mut blocks = Blocks::new();
        blocks.run(3.0, &mut intake, |now| microphone.run(now, manner));
        microphone.begin = microphone.time(microphone.frames);
        microphone.begin -= microphone.frames as f64 / f64::from(to);
        (microphone.rate, microphone.size) = (f64::from(to), 0);
        if said {
            microphone.end.set_rate(to);
        }
        blocks.run(8.0, &mut intake, |now| microphone.run(now, manner));
        let (_, snr) = fit(blocks.heard(7.0, 7.1), 7.0, 48_000.0);
        assert_eq!(intake.rate(), to);
        assert!(snr > 60.0, "{from} to {to}: {snr}");
        if said {
            assert!(steepest(&blocks.left) < STEEPEST, "{from} to {to}: {}", steepest(&blocks.left));
            assert_eq!(intake.figures().gaps, 1);
            let (_, snr) = fit(blocks.heard(3.4, 3.5), 3.4, 48_000.0);
            assert!(snr > 60.0, "{from} to {to}, soon: {snr}");
        }
    }
}

#[test]
fn one_channel_is_heard_on_both_sides_and_of_more_the_first_two() {
    for channels in [1u16, 2, 3, 8] {
        let (mut end, mut intake) = intake(48_000, channels);
        let mut block = SILENCE;
        for n in 0..40u64 {
            let frame: Vec<f32> = (0..channels).map(|channel| 0.1 * f32::from(channel + 1)).collect();
            end.heard_at(&frame.repeat(FRAMES), at(n as f64 / 100.0), at((n + 1) as f64 / 100.0));
            intake.pull(at((n + 1) as f64 / 100.0), &mut block);
        }
        let right = if channels == 1 { 0.1 } else { 0.2 };
        assert!(
            (block[0] - 0.1).abs() < 1e-4 && (block[1] - right).abs() < 1e-4,
            "{channels}: {:?}",
            &block[..2]
        );
    }
    let (mut end, mut intake) = intake(48_000, 0);
    end.heard(&[1.0; 100], at(0.0));
    assert!(!intake.pull(at(0.01), &mut SILENCE.clone()));
}

#[test]
fn the_mixer_learns_that_the_callback_is_gone() {
    let (end, intake) = intake(48_000, 1);
    assert!(!intake.is_abandoned());
    drop(end);
    assert!(intake.is_abandoned());
}

#[test]
fn a_steady_pressure_is_a_soft_step_and_no_more() {
    let (end, mut intake) = intake(44_100, 1);
    let mut microphone = Microphone::new(end, 44_100, 0.0, 1);
    let mut blocks = Blocks::new();
    blocks.run(1.0, &mut intake, |now| microphone.run_with(now, EVEN, |_| 1.0));
    blocks.run(1.1, &mut intake, |_| ());
    assert!(steepest(&blocks.left) < 0.01, "{}", steepest(&blocks.left));
    assert!(blocks.left.iter().all(|sample| (0.0..=1.0).contains(sample) || sample.abs() < 1e-3));
    assert!(blocks.heard(0.5, 0.9).iter().all(|sample| (sample - 1.0).abs() < 1e-3));
}

fn samples() -> impl Strategy<Value = f32> {
    prop_oneof![
        -1f32..1.0,
        any::<f32>(),
        Just(f32::NAN),
        Just(f32::INFINITY),
        Just(f32::NEG_INFINITY),
        Just(1e-42),
        Just(f32::MAX),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_comes_whenever_what_leaves_is_sound(
        rate in any::<u32>(),
        channels in 0u16..5,
        seed in any::<u64>(),
        calls in prop::collection::vec(
            (samples(), 0usize..3_000, -50_000_000i64..50_000_000, 0u64..40_000_000, 0u32..200), 1..200),
    ) {
        let (mut end, mut intake) = intake(rate, channels);
        let mut seed = seed;
        let (mut now, mut tick) = (1_000_000_000_000i64, 1_000_000_000_000u64);
        for (sample, count, off, passed, odd) in calls {
            now += passed as i64;
            if odd == 0 {
                end.set_rate((random(&mut seed) * 300_000.0) as u32);
            }
            let stamp = if odd == 1 { random(&mut seed) * 1e18 } else { (now + off) as f64 };
            let sound: Vec<f32> =
                (0..count).map(|_| if random(&mut seed) < 0.5 { sample } else { 0.1 }).collect();
            end.heard_at(&sound, ShowTime(stamp as u64), ShowTime(now as u64));
            while (tick as i64) < now {
                let mut block = SILENCE;
                intake.pull(ShowTime(tick), &mut block);
                prop_assert!(block.iter().all(|sample| sample.abs() <= 1.0));
                tick += 10_000_000;
            }
            let figures = intake.figures();
            prop_assert!(figures.ppm.is_finite() && figures.latency_ms.is_finite());
        }
    }

    #[test]
    fn after_any_mess_good_sound_is_good_again_within_two_seconds(
        seed in any::<u64>(), mess in 1usize..60,
    ) {
        let (mut end, mut intake) = intake(48_000, 1);
        let mut seed = seed;
        let mut blocks = Blocks::new();
        for _ in 0..mess {
            let count = (random(&mut seed) * 2_000.0) as usize;
            let off = (random(&mut seed) - 0.5) * 10.0;
            let now = blocks.now();
            end.heard_at(&vec![f32::NAN; count], at(now + off), at(now));
            let mut block = SILENCE;
            intake.pull(at(now), &mut block);
            blocks.next += 1;
        }
        let mut microphone = Microphone::new(end, 48_000, 0.0, 1);
        microphone.begin = blocks.now();
        let begin = blocks.now();
        let first = blocks.next;
        blocks.left = vec![0.0; (first as usize) * FRAMES];
        while blocks.now() < begin + 3.0 {
            microphone.run(blocks.now(), EVEN);
            let mut block = SILENCE;
            intake.pull(at(blocks.now()), &mut block);
            blocks.next += 1;
            blocks.left.extend(block.iter().step_by(2));
        }
        let (_, snr) = fit(blocks.heard(begin + 2.5, begin + 2.6), begin + 2.5, 48_000.0);
        prop_assert!(snr > 40.0, "{snr} {:?}", intake.figures());
    }
}
