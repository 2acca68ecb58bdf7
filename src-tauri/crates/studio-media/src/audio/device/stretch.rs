//! From one rate to another while the ratio moves. **It always knows, to a fraction of a frame, which moment of what went
//! in comes out next.**

use std::fmt;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Adjustable, Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

use crate::audio::{FRAMES, RATE};

/// The ratio moves by no more than this.
const RANGE: f64 = 1.03;
/// Points of the filter at 48 kHz: flat to 20 kHz, and nothing that mirrors above −90 dB.
const POINTS: u32 = 128;

/// Resamples one or two channels, block by block.
pub(super) struct Stretch {
    inner: Async<f32>,
    sides: usize,
    /// Frames that went in per frame that comes out.
    step: f64,
    /// What goes in next.
    input: Vec<f32>,
    output: Vec<f32>,
    /// The moment that came out last, in frames beyond what went in.
    last: f64,
    begin: f64,
}

impl fmt::Debug for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stretch")
            .field("sides", &self.sides)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl Stretch {
    /// From a device of this rate to blocks of the mixer.
    pub(super) fn to_mixer(rate: u32, sides: usize) -> Self {
        // At low rates fewer points: they are longer there, and the sound ends at 8 kHz anyway.
        let points = if rate <= 16_000 { POINTS / 2 } else { POINTS * rate.max(RATE) / RATE };
        Self::new(f64::from(RATE) / f64::from(rate), points, sides, FixedAsync::Output)
    }

    /// From blocks of the mixer to a device of this rate.
    pub(super) fn to_device(rate: u32, sides: usize) -> Self {
        let points = (POINTS * RATE / rate.min(RATE)).min(4 * POINTS);
        Self::new(f64::from(rate) / f64::from(RATE), points, sides, FixedAsync::Input)
    }

    fn new(ratio: f64, points: u32, sides: usize, fixed: FixedAsync) -> Self {
        let points = points.next_multiple_of(8) as usize;
        let parameters = SincInterpolationParameters::new(points, WindowFunction::BlackmanHarris2)
            .oversampling_factor(128)
            .interpolation(SincInterpolationType::Linear);
        let inner = Async::new_sinc(ratio, RANGE, &parameters, FRAMES, sides, fixed)
            .expect("the ratio of two rates from 8 to 192 kHz is one");
        // The filter's window lies over the newest `points` frames, and sounds like the moment in its middle.
        let begin = -(points as f64 / 2.0);
        let input = vec![0.0; inner.input_frames_max() * sides];
        let output = vec![0.0; inner.output_frames_max() * sides];
        Self { inner, sides, step: 1.0 / ratio, input, output, last: begin, begin }
    }

    /// Forgets what went in.
    pub(super) fn reset(&mut self) {
        self.inner.reset();
        self.last = self.begin;
    }

    /// So many frames go in per frame that comes out, from the next block on.
    pub(super) fn set_step(&mut self, step: f64) {
        if self.inner.set_resample_ratio(1.0 / step, false).is_ok() {
            self.step = step;
        }
    }

    /// The moment that comes out next, in frames beyond what went in: below 0.
    pub(super) fn next(&self) -> f64 {
        self.last + self.step
    }

    /// How long what went in takes until it has come out altogether, in frames of what goes in.
    pub(super) fn delay(&self) -> usize {
        (-2.0 * self.begin) as usize
    }

    /// Where to put what goes in next: interleaved, all of it.
    pub(super) fn input(&mut self) -> &mut [f32] {
        let samples = self.inner.input_frames_next() * self.sides;
        &mut self.input[..samples]
    }

    /// Takes [`Self::input`] in, and gives what comes out.
    pub(super) fn run(&mut self) -> &mut [f32] {
        let (frames_in, frames_out) = (self.inner.input_frames_next(), self.inner.output_frames_next());
        let samples = frames_out * self.sides;
        let input = InterleavedSlice::new(&self.input[..], self.sides, frames_in);
        let output = InterleavedSlice::new_mut(&mut self.output[..], self.sides, frames_out);
        let (input, mut output) =
            input.ok().zip(output.ok()).expect("the buffers hold the most there can be");
        self.inner.process_into_buffer(&input, &mut output, None).expect("it was given what it wants");
        self.last += frames_out as f64 * self.step - frames_in as f64;
        &mut self.output[..samples]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds ramps whose value is the number of its frame: what comes out says which moment it is.
    fn check(mut stretch: Stretch, nominal: f64) {
        const RAMP: usize = 5_000;
        let (mut fed, mut checked) = (0usize, 0);
        for block in 0..600 {
            stretch.set_step(nominal * (1.0 + 0.004 * f64::from(block).sin()));
            let next = fed as f64 + stretch.next();
            for sample in stretch.input() {
                *sample = (fed % RAMP) as f32 / RAMP as f32;
                fed += 1;
            }
            let first = f64::from(stretch.run()[0]) * RAMP as f64;
            let on_ramp = next % RAMP as f64;
            if next > 0.0 && (600.0..4_400.0).contains(&on_ramp) {
                assert!((first - on_ramp).abs() < 0.1, "block {block}: {first}, said {on_ramp}");
                checked += 1;
            }
        }
        assert!(checked > 300);
    }

    #[test]
    fn it_knows_which_moment_comes_out_next() {
        for rate in [8_000, 16_000, 44_100, 48_000, 96_000, 192_000] {
            check(Stretch::to_mixer(rate, 1), f64::from(rate) / 48_000.0);
            check(Stretch::to_device(rate, 1), 48_000.0 / f64::from(rate));
        }
    }
}
