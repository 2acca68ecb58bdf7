//! Turns down what is loud, both sides alike. **Below the bend it changes no bit.**
//!
//! Level and reduction are in dB. The reduction that the curve asks for comes back slowly, then goes down as fast as it
//! may: in that order a wave that lasts is reduced by what its crests ask for, not by a mean of its parts. Attack and
//! release are the times after which nine tenths of a change are done.

use studio_wire::mixer;

use super::part::Work;
use crate::audio::Block;
use crate::audio::chunk::{Glide, chunks_mut, peak, slide};
use crate::audio::units::{factor, keep, level, within};

/// A reduction of so few dB is none.
const NONE: f32 = 1e-5;

/// A compressor.
#[derive(Debug)]
pub struct Compressor {
    curve: Glide<4>,
    attack: f32,
    release: f32,
    /// The reduction that crests ask for, coming back slowly, in dB.
    wanted: f32,
    /// The reduction that is, in dB.
    reduced: f32,
    gain: f32,
}

impl Default for Compressor {
    fn default() -> Self {
        let mut compressor = Self {
            curve: Glide::new([0.0; 4]),
            attack: 0.0,
            release: 0.0,
            wanted: 0.0,
            reduced: 0.0,
            gain: 1.0,
        };
        compressor.set(&mixer::Compressor::default());
        compressor.reset();
        compressor
    }
}

impl Compressor {
    /// Works by these settings from the next block on.
    pub fn set(&mut self, settings: &mixer::Compressor) {
        let default = mixer::Compressor::default();
        let ratio = within(settings.ratio, 1.0..=20.0, default.ratio);
        self.curve.to([
            within(settings.threshold_db, -60.0..=0.0, default.threshold_db),
            1.0 - 1.0 / ratio,
            within(settings.knee_db, 0.0..=24.0, default.knee_db),
            within(settings.makeup_db, 0.0..=24.0, default.makeup_db),
        ]);
        self.attack = keep(within(settings.attack_ms, 0.1..=200.0, default.attack_ms));
        self.release = keep(within(settings.release_ms, 5.0..=2_000.0, default.release_ms));
    }

    /// How far it turns down at the end of the last block, in dB, 0 or more; what makes up for it does not count.
    pub fn reduced_db(&self) -> f32 {
        self.reduced
    }

    /// The gain at the end of a chunk of this peak.
    fn gain_after(&mut self, peak: f32, [threshold, slope, knee, makeup]: [f32; 4]) -> f32 {
        let over = level(peak) - threshold;
        let asked = if 2.0 * over <= -knee {
            0.0
        } else if 2.0 * over < knee {
            slope * (over + knee / 2.0).powi(2) / (2.0 * knee)
        } else {
            slope * over
        };
        self.wanted = asked.max(asked + (self.wanted - asked) * self.release);
        self.reduced = self.wanted + (self.reduced - self.wanted) * self.attack;
        if self.wanted.max(self.reduced) < NONE {
            (self.wanted, self.reduced) = (0.0, 0.0);
        }
        if makeup == self.reduced { 1.0 } else { factor(makeup - self.reduced) }
    }
}

impl Work for Compressor {
    fn reset(&mut self) {
        self.curve.arrive();
        let [_, _, _, makeup] = self.curve.at(0);
        (self.wanted, self.reduced, self.gain) = (0.0, 0.0, factor(makeup));
    }

    fn work(&mut self, block: &mut Block) {
        for (n, chunk) in chunks_mut(block).iter_mut().enumerate() {
            let gain = self.gain_after(peak(chunk), self.curve.at(n));
            slide(chunk, self.gain, gain);
            self.gain = gain;
        }
        self.curve.arrive();
    }
}

#[cfg(test)]
mod tests;
