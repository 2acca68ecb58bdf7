//! Devices in virtual time: ten minutes pass in a second.

use std::f64::consts::TAU;

use studio_wire::time::ShowTime;

use super::*;

mod intake;
mod outlet;

const HZ: f64 = 997.0;
/// Show time when a simulation begins.
const BEGIN: f64 = 1_000.0;

fn at(seconds: f64) -> ShowTime {
    ShowTime(((BEGIN + seconds) * 1e9).round() as u64)
}

/// What is heard at a time.
fn tone(seconds: f64) -> f32 {
    (0.5 * (TAU * (HZ * seconds).fract()).sin()) as f32
}

fn random(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1u64 << 53) as f64
}

/// A microphone in virtual time.
struct Microphone {
    end: IntakeEnd,
    rate: f64,
    channels: usize,
    /// Frames that were taken.
    frames: u64,
    /// When frame 0 was.
    begin: f64,
    /// When the callback comes that waits, and what it holds.
    due: f64,
    size: usize,
    last: f64,
    seed: u64,
}

/// How a microphone behaves.
#[derive(Clone, Copy)]
struct Manner {
    sizes: &'static [usize],
    /// A callback comes up to so many s late.
    late: f64,
    /// Its stamp trembles by up to so many s.
    tremble: f64,
}

const EVEN: Manner = Manner { sizes: &[480], late: 0.0, tremble: 0.0 };

impl Microphone {
    fn new(end: IntakeEnd, rate: u32, ppm: f64, channels: usize) -> Self {
        let rate = f64::from(rate) * (1.0 + ppm / 1e6);
        Self { end, rate, channels, frames: 0, begin: 0.0, due: 0.0, size: 0, last: 0.0, seed: 1 }
    }

    fn time(&self, frame: u64) -> f64 {
        self.begin + frame as f64 / self.rate
    }

    /// Everything that comes until `until`.
    fn run(&mut self, until: f64, manner: Manner) {
        self.run_with(until, manner, tone);
    }

    fn run_with(&mut self, until: f64, manner: Manner, sound: impl Fn(f64) -> f32) {
        loop {
            if self.size == 0 {
                let pick = (random(&mut self.seed) * manner.sizes.len() as f64) as usize;
                self.size = manner.sizes[pick];
                let late = random(&mut self.seed) * manner.late;
                self.due = (self.time(self.frames + self.size as u64) + late).max(self.last);
            }
            if self.due > until {
                return;
            }
            let samples: Vec<f32> = (0..self.size)
                .flat_map(|n| std::iter::repeat_n(sound(self.time(self.frames + n as u64)), self.channels))
                .collect();
            let tremble = (random(&mut self.seed) * 2.0 - 1.0) * manner.tremble;
            self.end.heard_at(&samples, at(self.time(self.frames) + tremble), at(self.due));
            self.frames += self.size as u64;
            (self.last, self.size) = (self.due, 0);
        }
    }

    /// Nothing is taken from now until then.
    fn pause(&mut self, until: f64) {
        let frames = self.frames;
        self.begin += until - self.time(frames);
        self.size = 0;
    }
}

/// How far behind the tone is in s, modulo its period, and how far below it everything else is, in dB. A pitch that
/// is off by some millionths is a delay that moves, and no noise.
fn fit(samples: &[f32], from: f64, rate: f64) -> (f64, f64) {
    let terms = |n: usize| {
        let (sin, cos) = (TAU * (HZ * (from + n as f64 / rate)).fract()).sin_cos();
        let along = n as f64 / samples.len() as f64 - 0.5;
        [sin, cos, along * sin, along * cos]
    };
    // Least squares by the normal equations.
    let mut rows = [[0.0; 5]; 4];
    for (n, sample) in samples.iter().enumerate() {
        let terms = terms(n);
        for (row, term) in rows.iter_mut().zip(terms) {
            for (cell, other) in row.iter_mut().zip(terms.into_iter().chain([f64::from(*sample)])) {
                *cell += term * other;
            }
        }
    }
    for pivot in 0..4 {
        let lead = rows[pivot];
        for (n, row) in rows.iter_mut().enumerate().filter(|(n, _)| *n != pivot) {
            let share = row[pivot] / lead[pivot];
            assert!(share.is_finite(), "row {n}");
            row.iter_mut().zip(lead).for_each(|(cell, lead)| *cell -= share * lead);
        }
    }
    let found: [f64; 4] = std::array::from_fn(|n| rows[n][4] / rows[n][n]);
    let (mut rest, mut whole) = (1e-30, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let tone: f64 = terms(n).iter().zip(found).map(|(term, share)| term * share).sum();
        (rest, whole) = (rest + (f64::from(*sample) - tone).powi(2), whole + tone * tone);
    }
    (-found[1].atan2(found[0]) / TAU / HZ, 10.0 * (whole / rest).log10())
}

/// The nearest to `to` of what is the same modulo the tone's period.
fn near(lag: f64, to: f64) -> f64 {
    lag + ((to - lag) * HZ).round() / HZ
}

/// The steepest step between two samples.
fn steepest(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

/// Of [`tone`], with a little for fades.
const STEEPEST: f32 = (0.5 * TAU * HZ / 48_000.0) as f32 + 0.006;
