//! The mixer: takes a block from each source, sums what is heard on each bus, and meters all of it. **A change of gain is
//! a line through one block, never a step; a source that fails is silent and costs the others nothing; nothing is on a
//! bus that was not put there.**
//!
//! The buses: `program` is what the show sounds like, `monitor` what is heard at this machine, `microphone` and
//! `stage_media` what this machine gives to the others as their own tracks, before any gain.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use studio_wire::ids::SourceId;
use studio_wire::media::{Feed, Monitor, Wiring};
use studio_wire::time::ShowTime;

use super::jitter::Jitter;
use super::limit::Limiter;
use super::meter::{Peak, highest};
use super::{Block, FRAMES, SILENCE};
use crate::synthetic::tone::Tone;
use crate::synthetic::{Signature, chord};

/// Blocks that a microphone's sound is on its way at most.
const ON_ITS_WAY: u32 = 5;

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

/// Where the mixer gets sounds that others make.
pub trait Sounds {
    /// Hands the bytes, rate and channels of everything that came by a feed's lane since the last call to `take`.
    fn take(&mut self, feed: Feed, take: &mut dyn FnMut(&[u8], u32, u32));

    /// The block of the open microphone that begins at `at`; false, and nothing is changed, while there is none.
    fn microphone(&mut self, at: ShowTime, block: &mut Block) -> bool;
}

impl Sounds for () {
    fn take(&mut self, _: Feed, _: &mut dyn FnMut(&[u8], u32, u32)) {}

    fn microphone(&mut self, _: ShowTime, _: &mut Block) -> bool {
        false
    }
}

/// Mixes one program.
#[derive(Debug, Default)]
pub struct Mixer {
    strips: Vec<Strip>,
    voices: Vec<SourceId>,
    limiter: Limiter,
    monitor: Monitor,
    /// The program in the monitor.
    monitored: Gain,
    monitor_limiter: Limiter,
}

/// What one tick gave.
#[derive(Debug)]
pub struct Mixed {
    /// The program.
    pub program: Block,
    /// The own microphone for the other people, while it is open.
    pub microphone: Option<Block>,
    /// The own clips and music for the other people, while they are open; no voice is in it.
    pub stage_media: Option<Block>,
    /// What is heard at this machine; `None` while that is nothing.
    pub monitor: Option<Block>,
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
    /// Heard in the monitor beside the program, or not.
    monitored: Gain,
}

#[derive(Debug)]
enum Sound {
    Tone(Tone),
    Chord,
    /// The open microphone; so many blocks of it are still of the time before it was opened.
    Microphone(u32),
    /// From an engine.
    Lane(Feed, Box<Jitter>),
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
    pub fn voices(&mut self, voices: &[SourceId]) {
        self.voices = voices.to_vec();
        self.aim();
    }

    /// What is heard at this machine: the program's mix if it says so, and the voices it names **beside** it. One that is
    /// in both is heard twice as loud.
    pub fn monitor(&mut self, monitor: &Monitor) {
        self.monitor = monitor.clone();
        self.aim();
    }

    fn aim(&mut self) {
        let gain = |voices: &[SourceId], source| if voices.contains(&source) { 1.0 } else { 0.0 };
        for strip in &mut self.strips {
            strip.heard.to(gain(&self.voices, strip.source));
            strip.monitored.to(gain(&self.monitor.voices, strip.source));
        }
        self.monitored.to(if self.monitor.program { 1.0 } else { 0.0 });
    }

    /// The block that begins at `at`.
    pub fn mix(&mut self, at: ShowTime, sounds: &mut impl Sounds) -> Mixed {
        let monitors =
            !self.monitored.is_shut() || self.strips.iter().any(|strip| !strip.monitored.is_shut());
        let mut mixed = Mixed {
            program: SILENCE,
            microphone: None,
            stage_media: None,
            monitor: monitors.then_some(SILENCE),
        };
        for strip in &mut self.strips {
            let mut block = SILENCE;
            let was_open = !strip.open.is_shut();
            if strip.sound.next(at, was_open, sounds, &mut block) {
                strip.level.heard.store(at.0, Ordering::Relaxed);
            }
            strip.open.apply(&mut block);
            strip.level.peak.raise(highest(block.iter()));
            match strip.sound {
                Sound::Tone(_) | Sound::Microphone(_) if was_open => mixed.microphone = Some(block),
                Sound::Chord if was_open => mixed.stage_media = Some(block),
                Sound::Tone(_) | Sound::Microphone(_) | Sound::Chord | Sound::Lane(..) => {}
            }
            strip.heard.add(&block, &mut mixed.program);
            if let Some(monitor) = &mut mixed.monitor {
                strip.monitored.add(&block, monitor);
            }
        }
        self.limiter.limit(&mut mixed.program);
        if let Some(monitor) = &mut mixed.monitor {
            self.monitored.add(&mixed.program, monitor);
            self.monitor_limiter.limit(monitor);
        }
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
            Feed::Chord => Sound::Chord,
            Feed::Microphone => Sound::Microphone(ON_ITS_WAY),
            feed @ (Feed::CrewSound(_) | Feed::AirSound(_)) => {
                // What still lies in the lane is somebody else's.
                sounds.take(feed, &mut |_, _, _| ());
                Sound::Lane(feed, Box::default())
            }
            Feed::Pattern | Feed::Bars | Feed::Camera | Feed::CrewPicture(_) | Feed::AirPicture(_) => {
                return None;
            }
        };
        let (level, open, heard, monitored) = Default::default();
        Some(Self { source: wiring.source, sound, level, open, heard, monitored })
    }
}

impl Sound {
    fn is(&self, feed: Feed) -> bool {
        match self {
            Self::Tone(_) => feed == Feed::Tone,
            Self::Chord => feed == Feed::Chord,
            Self::Microphone(_) => feed == Feed::Microphone,
            Self::Lane(its, _) => feed == *its,
        }
    }

    /// Its next block; true when something came. An own sound is made only while it is open; a lane is emptied always.
    fn next(&mut self, at: ShowTime, open: bool, sounds: &mut impl Sounds, block: &mut Block) -> bool {
        match self {
            // One that is shut is emptied all the same: what was said then is heard by nobody, now or later.
            Self::Microphone(early) => {
                let came = sounds.microphone(at, block);
                *early = if open { early.saturating_sub(1) } else { ON_ITS_WAY };
                if *early > 0 {
                    *block = SILENCE;
                }
                came
            }
            Self::Tone(_) | Self::Chord if !open => true,
            Self::Tone(tone) => {
                tone.block(at, block);
                true
            }
            Self::Chord => {
                chord::block(at, block);
                true
            }
            Self::Lane(feed, jitter) => {
                let mut came = false;
                sounds.take(*feed, &mut |bytes, rate, channels| {
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

    /// Changes a block by it.
    fn apply(&mut self, block: &mut Block) {
        for (pair, gain) in block.chunks_exact_mut(2).zip(self.line()) {
            pair.iter_mut().for_each(|sample| *sample *= gain);
        }
    }

    /// Adds a block, changed by it, to a sum; one that is shut costs nothing.
    fn add(&mut self, block: &Block, sum: &mut Block) {
        if self.is_shut() {
            return;
        }
        for ((sum, pair), gain) in sum.chunks_exact_mut(2).zip(block.chunks_exact(2)).zip(self.line()) {
            (sum[0], sum[1]) = (sum[0] + pair[0] * gain, sum[1] + pair[1] * gain);
        }
    }

    /// The gain of each pair of the next block; the last has arrived.
    fn line(&mut self) -> impl Iterator<Item = f32> + use<> {
        let (from, to) = (self.now, self.to);
        self.now = to;
        (1..=FRAMES).map(move |n| from + (to - from) * (n as f32 / FRAMES as f32))
    }
}

#[cfg(test)]
mod tests;
