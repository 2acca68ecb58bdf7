//! What is done to one source's sound before it goes to the buses. **Whatever comes in and whatever is set: what goes out
//! is finite and at most +24 dBFS; a part that is off changes no bit and costs nothing; no change of a setting is a step.**
//!
//! The parts stand in the order of [`Strip`]: gate, equaliser, compressor, limiter, delay; then [`Chain::place`] pans, which
//! not everybody hears. Care for a voice is done before them; gain, mute and solo are the mixer's, after them.

mod compressor;
pub(in crate::audio) mod delay;
mod eq;
mod gate;
mod limiter;
mod pan;
mod part;

use studio_wire::mixer::Strip;

use self::compressor::Compressor;
use self::delay::Delay;
use self::eq::Eq;
use self::gate::Gate;
use self::limiter::Limiter;
use self::pan::Pan;
use self::part::Part;
use super::Block;
use super::meter::SILENT_DBFS;
use super::units::{level, tame};

/// No sample is beyond this: +24 dBFS. Sound from a device ends at 1; the rest is room for what is lifted here.
pub const LOUDEST: f32 = 15.848_932;

/// The parts of one source's strip, with all that they remember of its sound.
#[derive(Debug, Default)]
pub struct Chain {
    /// As last set.
    settings: Strip,
    gate: Part<Gate>,
    eq: Part<Eq>,
    compressor: Part<Compressor>,
    limiter: Part<Limiter>,
    delay: Delay,
    pan: Pan,
}

impl Chain {
    /// A chain that works by these settings from its first sample on.
    pub fn new(settings: &Strip) -> Self {
        let mut chain = Self::default();
        chain.set(settings);
        chain.gate.start();
        chain.eq.start();
        chain.compressor.start();
        chain.limiter.start();
        chain.delay.start();
        chain.pan.start();
        chain
    }

    /// Works by these settings from the next block on; what it has heard stays. The same settings again cost nothing.
    ///
    /// What moves arrives within one block; a part or a band that is switched on is heard after two, because it has to know
    /// the sound before. Takes memory when a delay is set for the first time, and only then.
    pub fn set(&mut self, settings: &Strip) {
        if self.settings == *settings {
            return;
        }
        self.settings = *settings;
        let Strip { gate, eq, compressor, limiter, .. } = settings;
        self.gate.set(gate.on);
        self.gate.work.set(gate);
        self.eq.set(eq.on);
        self.eq.work.set(eq);
        self.compressor.set(compressor.on);
        self.compressor.work.set(compressor);
        self.limiter.set(limiter.on);
        self.limiter.work.set(limiter);
        self.delay.set(settings.delay_ms);
        self.pan.set(settings.pan);
    }

    /// The next block of the source, in place, up to its delay.
    pub fn run(&mut self, block: &mut Block) {
        tame(block, LOUDEST);
        if self.is_idle() {
            return;
        }
        self.gate.run(block);
        self.eq.run(block);
        self.compressor.run(block);
        self.limiter.run(block);
        self.delay.run(block);
        tame(block, LOUDEST);
    }

    /// Puts a block that has come through to its side. Call it once a block.
    pub fn place(&mut self, block: &mut Block) {
        self.pan.run(block);
    }

    /// How far gate, compressor and limiter turn down at the end of the last block, in dB, −120 … 0.
    pub fn reduced_db(&self) -> f32 {
        let gain = |on: bool, gain: f32| if on { gain } else { 1.0 };
        let gate = gain(self.gate.is_on(), self.gate.work.gain());
        let limiter = gain(self.limiter.is_on(), self.limiter.work.gain());
        let compressor = if self.compressor.is_on() { self.compressor.work.reduced_db() } else { 0.0 };
        (level(gate * limiter) - compressor).clamp(SILENT_DBFS, 0.0)
    }

    /// Sample pairs by which sound leaves later than it came, as set: those of the delay, and 240 while the limiter is on.
    pub fn latency(&self) -> usize {
        latency(&self.settings)
    }

    fn is_idle(&self) -> bool {
        self.gate.is_idle()
            && self.eq.is_idle()
            && self.compressor.is_idle()
            && self.limiter.is_idle()
            && self.delay.is_idle()
    }
}

/// Sample pairs by which sound leaves a chain with these settings later than it came.
pub fn latency(settings: &Strip) -> usize {
    delay::pairs(settings.delay_ms) + if settings.limiter.on { limiter::LATENCY } else { 0 }
}

#[cfg(test)]
mod tests;
