//! Speakers.

use super::*;
use crate::audio::{FRAMES, SILENCE};

/// How a speaker behaves.
#[derive(Clone, Copy)]
struct Asks {
    sizes: &'static [usize],
    /// A callback comes up to so many s late.
    late: f64,
}

/// A speaker in virtual time.
struct Speaker {
    end: OutletEnd,
    rate: f64,
    channels: usize,
    frames: u64,
    last: f64,
    due: Option<(f64, usize)>,
    seed: u64,
    /// What it played, its first channel.
    played: Vec<f32>,
}

impl Speaker {
    fn new(end: OutletEnd, rate: u32, ppm: f64, channels: u16) -> Self {
        let rate = f64::from(rate) * (1.0 + ppm / 1e6);
        let (frames, last, due, seed, played) = (0, 0.0, None, 7, Vec::new());
        Self { end, rate, channels: channels.into(), frames, last, due, seed, played }
    }

    /// Every callback until `until`.
    fn run(&mut self, until: f64, asks: Asks) {
        loop {
            let (due, size) = *self.due.get_or_insert_with(|| {
                let pick = (random(&mut self.seed) * asks.sizes.len() as f64) as usize;
                let late = random(&mut self.seed) * asks.late;
                ((self.frames as f64 / self.rate + late).max(self.last), asks.sizes[pick])
            });
            if due > until {
                return;
            }
            let mut out = vec![f32::NAN; size * self.channels];
            self.end.fill_at(&mut out, at(due));
            assert!(out.iter().all(|sample| sample.is_finite()));
            self.played.extend(out.iter().step_by(self.channels));
            self.frames += size as u64;
            (self.last, self.due) = (due, None);
        }
    }

    /// When a frame that was played was due.
    fn time(&self, frame: usize) -> f64 {
        frame as f64 / self.rate
    }
}

/// The mixer, giving a tone block by block.
struct Mixer {
    outlet: Outlet,
    next: u64,
}

impl Mixer {
    fn now(&self) -> f64 {
        self.next as f64 / 100.0 + 0.002
    }

    fn push(&mut self) {
        let mut block = SILENCE;
        let now = self.now();
        for (n, pair) in block.chunks_exact_mut(2).enumerate() {
            pair.fill(tone(now + n as f64 / 48_000.0));
        }
        self.outlet.push(at(now), &block);
        self.next += 1;
    }

    fn run(&mut self, until: f64, mut ask: impl FnMut(f64)) {
        while self.now() < until {
            // What is asked for before the tick finds what the tick before gave.
            ask(self.now() - 1e-6);
            self.push();
        }
    }
}

fn play(rate: u32, channels: u16, ppm: f64, asks: Asks, seconds: f64) -> (Mixer, Speaker) {
    let (outlet, end) = outlet(rate, channels);
    let mut speaker = Speaker::new(end, rate, ppm, channels);
    let mut mixer = Mixer { outlet, next: 0 };
    mixer.run(seconds, |now| speaker.run(now, asks));
    (mixer, speaker)
}

/// Shortest and longest delay, and the lowest distance between the tone and the rest, from `settle` on.
fn check(speaker: &Speaker, settle: f64, said: f64) -> (f64, f64, f64) {
    let window = (speaker.rate / 10.0) as usize;
    let (mut least, mut most, mut snr) = (f64::MAX, f64::MIN, f64::MAX);
    let mut from = (settle * speaker.rate) as usize;
    while from + window < speaker.played.len() {
        let (lag, clean) = fit(&speaker.played[from..from + window], speaker.time(from), speaker.rate);
        let lag = near(lag, said);
        (least, most, snr) = (least.min(lag), most.max(lag), snr.min(clean));
        from += window;
    }
    (least, most, snr)
}

const EVEN: Asks = Asks { sizes: &[480], late: 0.0 };

#[test]
fn ten_minutes_of_100_ppm_leave_the_delay_to_a_speaker_within_a_millisecond() {
    for ppm in [-100.0, 100.0] {
        let (mixer, speaker) = play(48_000, 2, ppm, EVEN, 600.0);
        let figures = mixer.outlet.figures();
        let (least, most, snr) = check(&speaker, 5.0, f64::from(figures.latency_ms) / 1e3);
        assert!(most - least < 0.001 && snr > 60.0, "{ppm}: {least} … {most} s, {snr} dB");
        assert!((f64::from(figures.ppm) - ppm).abs() < 5.0);
        assert_eq!((figures.gaps, figures.dropped), (0, 0));
        assert!(most < 0.010 + 0.020, "a callback's own 10 ms, and 20 ms: {most}");
    }
}

#[test]
fn callbacks_of_any_size_find_what_they_ask_for() {
    for (sizes, late) in
        [(&[24][..], 0.0), (&[1_920], 0.0), (&[24, 24, 1_920, 480, 777], 0.002), (&[240], 0.015)]
    {
        let (mixer, speaker) = play(48_000, 2, -50.0, Asks { sizes, late }, 80.0);
        let figures = mixer.outlet.figures();
        let (least, most, snr) = check(&speaker, 60.0, f64::from(figures.latency_ms) / 1e3);
        assert_eq!((figures.gaps, figures.dropped), (0, 0), "{sizes:?}");
        assert!(most - least < 0.001 && snr > 60.0, "{sizes:?}: {least} … {most} s, {snr} dB");
    }
}

#[test]
fn every_rate_plays_at_its_pitch() {
    for rate in [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 47_999, 48_000, 88_200, 96_000, 192_000] {
        let (mixer, speaker) = play(rate, 1, 30.0, Asks { sizes: &[240], late: 0.0 }, 12.0);
        let figures = mixer.outlet.figures();
        let (least, most, snr) = check(&speaker, 6.0, f64::from(figures.latency_ms) / 1e3);
        assert!(snr > 60.0 && most - least < 0.001, "{rate}: {snr} dB");
        assert_eq!(figures.gaps, 0, "{rate}");
    }
}

#[test]
fn a_mixer_that_sleeps_is_silence_with_soft_edges_and_the_delay_comes_back() {
    let (mut mixer, mut speaker) = play(48_000, 2, 0.0, EVEN, 3.0);
    let before = mixer.outlet.figures().latency_ms;
    // Then what was slept through comes at once.
    speaker.run(3.3, EVEN);
    mixer.run(3.3, |_| ());
    mixer.run(20.0, |now| speaker.run(now, EVEN));
    let figures = mixer.outlet.figures();
    assert!((1..=2).contains(&figures.gaps), "{figures:?}");
    assert!((figures.latency_ms - before).abs() < 10.5, "{before}: {figures:?}");
    assert!(steepest(&speaker.played) < STEEPEST, "{}", steepest(&speaker.played));
    let (_, _, snr) = check(&speaker, 15.0, f64::from(figures.latency_ms) / 1e3);
    assert!(snr > 60.0, "{snr}");
}

#[test]
fn a_speaker_that_stops_asking_and_comes_back_hears_what_is_said_then() {
    let (mut mixer, mut speaker) = play(48_000, 2, 0.0, EVEN, 3.0);
    mixer.run(5.0, |_| ());
    assert_eq!(mixer.outlet.figures().latency_ms, 0.0);
    speaker.played.resize(5 * 48_000, 0.0);
    (speaker.frames, speaker.last, speaker.due) = (5 * 48_000, 5.0, None);
    mixer.run(20.0, |now| speaker.run(now, EVEN));
    let figures = mixer.outlet.figures();
    let (_, most, snr) = check(&speaker, 15.0, f64::from(figures.latency_ms) / 1e3);
    assert!(snr > 60.0 && most < 0.040, "{most} {snr}");
}

#[test]
fn a_speaker_with_one_channel_plays_both_sides_and_one_with_more_only_the_first_two() {
    for channels in [1u16, 2, 6] {
        let (mut outlet, mut end) = outlet(48_000, channels);
        let mut out = vec![f32::NAN; FRAMES * usize::from(channels)];
        let mut block = SILENCE;
        block.chunks_exact_mut(2).for_each(|pair| pair.copy_from_slice(&[0.2, 0.4]));
        for n in 0..60 {
            end.fill_at(&mut out, at(f64::from(n) / 100.0));
            outlet.push(at(f64::from(n) / 100.0 + 0.001), &block);
        }
        let wanted: &[f32] = match channels {
            1 => &[0.3],
            2 => &[0.2, 0.4],
            _ => &[0.2, 0.4, 0.0, 0.0, 0.0, 0.0],
        };
        let near = |(out, wanted): (&f32, &f32)| (out - wanted).abs() < 1e-3;
        assert!(out[..wanted.len()].iter().zip(wanted).all(near), "{channels}: {:?}", &out[..wanted.len()]);
    }
    let (_, mut end) = outlet(48_000, 0);
    end.fill(&mut [0.0; 7]);
}

#[test]
fn garbage_from_the_mixer_is_sound_at_the_speaker() {
    let (outlet, end) = outlet(44_100, 2);
    let mut speaker = Speaker::new(end, 44_100, 0.0, 2);
    let mut mixer = Mixer { outlet, next: 0 };
    let garbage = [f32::NAN, f32::INFINITY, -1e30, 1e-42, 3.0];
    for n in 0..300 {
        speaker.run(mixer.now(), EVEN);
        let mut block = SILENCE;
        block.iter_mut().enumerate().for_each(|(k, sample)| *sample = garbage[(n + k) % garbage.len()]);
        mixer.outlet.push(at(mixer.now()), &block);
        mixer.next += 1;
    }
    assert!(speaker.played.iter().all(|sample| sample.abs() <= 1.0));
}
