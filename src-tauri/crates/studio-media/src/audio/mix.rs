//! The mixer: takes a block from each source, sums what is heard, and meters all of it. **A change of gain is a line of
//! 5 ms, never a step; a source that fails is silent and costs the others nothing.**

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use studio_wire::ids::{LaneId, SourceId};
use studio_wire::media::{Feed, Voice, Wiring};
use studio_wire::time::ShowTime;

use super::jitter::Jitter;
use super::limit::Limiter;
use super::meter::{Peak, highest};
use super::{Block, FRAMES, SILENCE};
use crate::synthetic::Signature;
use crate::synthetic::tone::Tone;

/// A change of gain takes 5 ms.
const RAMP: usize = FRAMES / 2;
/// +12 dB: no wish makes a source louder.
const MOST_GAIN: f32 = 4.0;

/// What other threads read of a source's sound.
#[derive(Debug, Default)]
pub struct Level {
    /// Its meter.
    pub peak: Peak,
    /// Show time of the last block that came, in ns; 0 for never.
    pub heard: AtomicU64,
}

/// Where the mixer gets sounds that came by a lane: each call gives the next piece of one, in order.
pub trait Sounds {
    /// Hands the bytes, rate and channels of everything that came since the last call to `take`.
    fn take(&mut self, lane: LaneId, take: &mut dyn FnMut(&[u8], u32, u32));
}

impl Sounds for () {
    fn take(&mut self, _: LaneId, _: &mut dyn FnMut(&[u8], u32, u32)) {}
}

/// Mixes one program.
#[derive(Debug, Default)]
pub struct Mixer {
    strips: Vec<Strip>,
    voices: Vec<Voice>,
    limiter: Limiter,
}

/// What one tick gave.
#[derive(Debug)]
pub struct Mixed {
    /// The program.
    pub program: Block,
    /// The own microphone for the other people, while it is open.
    pub microphone: Option<Block>,
}

#[derive(Debug)]
struct Strip {
    source: SourceId,
    sound: Sound,
    level: Arc<Level>,
    /// Open or not.
    open: Gain,
    /// Heard in the program or not.
    heard: Gain,
}

#[derive(Debug)]
enum Sound {
    Tone(Tone),
    Lane(LaneId, Box<Jitter>),
}

impl Mixer {
    /// Every source with a sound, each time; what stays keeps its buffer and its level.
    pub fn wire(&mut self, wirings: &[Wiring], sounds: &mut impl Sounds) {
        let mut old = std::mem::take(&mut self.strips);
        for wiring in wirings {
            let kept =
                old.iter().position(|strip| strip.source == wiring.source && strip.sound.is(wiring.feed));
            let strip = match kept {
                Some(at) => Some(old.swap_remove(at)),
                None => Strip::new(wiring, sounds),
            };
            if let Some(mut strip) = strip {
                strip.open.to(if wiring.on { 1.0 } else { 0.0 });
                self.strips.push(strip);
            }
        }
        self.aim();
    }

    /// Who is heard, and how loud; everybody else fades out.
    pub fn voices(&mut self, voices: &[Voice]) {
        self.voices = voices.to_vec();
        self.aim();
    }

    fn aim(&mut self) {
        for strip in &mut self.strips {
            let voice = self.voices.iter().find(|voice| voice.source == strip.source);
            strip.heard.to(voice.map_or(0.0, |voice| voice.gain));
        }
    }

    /// The block that begins at `at`.
    pub fn mix(&mut self, at: ShowTime, sounds: &mut impl Sounds) -> Mixed {
        let mut mixed = Mixed { program: SILENCE, microphone: None };
        for strip in &mut self.strips {
            let mut block = SILENCE;
            if strip.sound.next(at, sounds, &mut block) {
                strip.level.heard.store(at.0, Ordering::Relaxed);
            }
            let was_open = !strip.open.is_shut();
            strip.open.apply(&mut block);
            strip.level.peak.raise(highest(block.iter()));
            if was_open && matches!(strip.sound, Sound::Tone(_)) {
                mixed.microphone = Some(block);
            }
            strip.heard.apply(&mut block);
            for (sum, sample) in mixed.program.iter_mut().zip(&block) {
                *sum += sample;
            }
        }
        self.limiter.limit(&mut mixed.program);
        mixed
    }

    /// The meters of all sources, for other threads.
    pub fn levels(&self) -> Vec<(SourceId, Arc<Level>)> {
        self.strips.iter().map(|strip| (strip.source, strip.level.clone())).collect()
    }
}

impl Strip {
    fn new(wiring: &Wiring, sounds: &mut impl Sounds) -> Option<Self> {
        let sound = match wiring.feed {
            Feed::Tone => Sound::Tone(Tone::new(Signature::host())),
            Feed::CrewSound(lane) => {
                // What still lies in the lane is somebody else's.
                sounds.take(lane, &mut |_, _, _| ());
                Sound::Lane(lane, Box::default())
            }
            Feed::Pattern | Feed::CrewPicture(_) => return None,
        };
        let (level, open, heard) = Default::default();
        Some(Self { source: wiring.source, sound, level, open, heard })
    }
}

impl Sound {
    fn is(&self, feed: Feed) -> bool {
        match self {
            Self::Tone(_) => feed == Feed::Tone,
            Self::Lane(lane, _) => feed == Feed::CrewSound(*lane),
        }
    }

    /// Its next block; true when something came.
    fn next(&mut self, at: ShowTime, sounds: &mut impl Sounds, block: &mut Block) -> bool {
        match self {
            Self::Tone(tone) => {
                tone.block(at, block);
                true
            }
            Self::Lane(lane, jitter) => {
                let mut came = false;
                sounds.take(*lane, &mut |bytes, rate, channels| {
                    came = true;
                    jitter.push(bytes, rate, channels);
                });
                jitter.pull(block);
                came
            }
        }
    }
}

/// A gain on its way to another.
#[derive(Clone, Copy, Debug, Default)]
struct Gain {
    now: f32,
    to: f32,
}

impl Gain {
    fn to(&mut self, wished: f32) {
        self.to = if wished.is_finite() { wished.clamp(0.0, MOST_GAIN) } else { 0.0 };
    }

    fn is_shut(&self) -> bool {
        self.now == 0.0 && self.to == 0.0
    }

    fn apply(&mut self, block: &mut Block) {
        let step = (self.to - self.now) / RAMP as f32;
        for (n, pair) in block.chunks_exact_mut(2).enumerate() {
            let gain = if n < RAMP { self.now + step * (n + 1) as f32 } else { self.to };
            pair.iter_mut().for_each(|sample| *sample *= gain);
        }
        self.now = self.to;
    }
}

#[cfg(test)]
mod tests;
