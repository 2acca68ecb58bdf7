//! What is done to the voice at one microphone: echo out, noise out, level up, in this order. **Off, it costs nothing and
//! changes no bit; a part that is switched fades over one block; what comes out is sound, whatever goes in.**
//!
//! It is for voices only: the echo canceller hears nothing above 15.5 kHz, and a voice in the middle comes out on both
//! sides. Its parts allocate, so it belongs on the mixer's thread and never in a callback.

mod echo;
mod gain;
mod noise;

use studio_wire::mixer::VoiceCare;

use super::{Block, FRAMES, clean};
use echo::Echo;
use gain::Gain;
use noise::Noise;

/// A part is heard from this block on: the first ones are short of what came before.
const WARM: u32 = 3;

/// A block of one channel.
type Mono = [f32; FRAMES];

/// Takes care of one voice.
#[derive(Debug, Default)]
pub struct Care {
    echo: Part<Echo>,
    noise: Part<Noise>,
    gain: Part<Gain>,
    /// What comes out is one voice in the middle.
    middle: bool,
}

impl Care {
    /// What is done from the next block on.
    pub fn set(&mut self, care: VoiceCare) {
        self.echo.switch(care.echo);
        self.noise.switch(care.noise);
        self.gain.switch(care.gain);
    }

    /// Works on a block in place. `far` is what the loudspeakers were given for the same tick.
    pub fn work(&mut self, block: &mut Block, far: &Block) {
        let off = self.echo.is_off() && self.noise.is_off() && self.gain.is_off();
        if off && !self.middle {
            return;
        }
        let mut voice = middle(block);
        self.echo.work(&mut voice, |echo, voice| echo.work(voice, &middle(far)));
        self.noise.work(&mut voice, Noise::work);
        self.gain.work(&mut voice, Gain::work);
        for (n, (pair, voice)) in block.chunks_exact_mut(2).zip(voice).enumerate() {
            let voice = clean(voice);
            // Two sides become one over a block, and one two.
            let share = match (self.middle, off) {
                (true, false) => 1.0,
                (false, _) => along(n),
                (true, true) => 1.0 - along(n),
            };
            pair.iter_mut().for_each(|sample| *sample = fade(clean(*sample), voice, share));
        }
        self.middle = !off;
    }

    /// How much later a voice comes out than it went in, in samples, when all is done that was wished.
    pub fn delay(&self) -> usize {
        let Self { echo, noise, gain, .. } = self;
        delay(VoiceCare { echo: echo.wished, noise: noise.wished, gain: gain.wished })
    }
}

/// How much later a voice comes out than it went in, in samples.
pub fn delay(care: VoiceCare) -> usize {
    let parts = [(care.echo, echo::DELAY), (care.noise, noise::DELAY), (care.gain, gain::DELAY)];
    parts.iter().filter(|(on, _)| *on).map(|(_, delay)| delay).sum()
}

/// A part of it, with a soft switch.
#[derive(Debug)]
struct Part<T> {
    wished: bool,
    /// There while it works.
    inner: Option<Box<T>>,
    /// Blocks that it has worked on.
    worked: u32,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { wished: false, inner: None, worked: 0 }
    }
}

impl<T: Default> Part<T> {
    fn switch(&mut self, on: bool) {
        self.wished = on;
    }

    fn is_off(&self) -> bool {
        !self.wished && self.inner.is_none()
    }

    fn work(&mut self, voice: &mut Mono, mut work: impl FnMut(&mut T, &mut Mono)) {
        if self.is_off() {
            return;
        }
        let inner = self.inner.get_or_insert_with(Box::default);
        let before = *voice;
        work(inner, voice);
        if voice.iter().any(|sample| !sample.is_finite()) {
            // It has lost itself: another begins.
            (self.inner, self.worked, *voice) = (None, 0, before);
            return;
        }
        self.worked = self.worked.saturating_add(1);
        let share: fn(usize) -> f32 = match (self.wished, self.worked) {
            (true, ..WARM) => |_| 0.0,
            (true, WARM) => along,
            (true, _) => return,
            (false, ..=WARM) => |_| 0.0,
            (false, _) => |n| 1.0 - along(n),
        };
        for (n, (sample, before)) in voice.iter_mut().zip(before).enumerate() {
            *sample = fade(before, *sample, share(n));
        }
        if !self.wished {
            *self = Self::default();
        }
    }
}

/// How far through a block a sample is; the last has arrived.
fn along(n: usize) -> f32 {
    (n + 1) as f32 / FRAMES as f32
}

fn fade(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

/// Both sides as one.
fn middle(block: &Block) -> Mono {
    std::array::from_fn(|n| (clean(block[2 * n]) + clean(block[2 * n + 1])) / 2.0)
}

#[cfg(test)]
mod tests;
