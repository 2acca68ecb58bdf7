//! The mixer: takes a block from each source, lets its strip work on it, sums what is heard on each bus, and meters all of
//! it. **A change of any setting is a line or a fade through one block, never a step; a source that fails is silent and
//! costs the others nothing; nothing is on a bus that was not put there; a bus on which nothing is, is bits of zero.**
//!
//! A strip: care for the own voice, then [`Chain`](super::strip::Chain) up to the delay. There the tracks for the others
//! branch off, `microphone` and `stage_media`, and `talkback`, which takes the own voice away from everybody else. Pan and
//! fader come then, and behind them meters and buses: `program` is what the show sounds like, `monitor` what is heard at
//! this machine.
//!
//! **In time**: a source leaves its strip as late as the strip makes it (its delay, 5 ms while its limiter is on, up to
//! 19 ms of care) and is not brought into line with others: who delays one source means that one. Only the own voice waits for
//! the own picture, where that takes longer, so that both leave together within 15 ms; where a sound takes longer its
//! picture waits. The program leaves its bus 2.5 ms later, and in the monitor another 2.5 ms; a voice that is in the monitor
//! beside the program is 2.5 ms before it.

mod bus;
mod gain;
mod lips;
mod source;
mod strip;

use std::sync::Arc;

use studio_wire::ids::SourceId;
use studio_wire::media::{Feed, Monitor, Wiring};
use studio_wire::mixer::{self, Loudness, Mix};
use studio_wire::time::ShowTime;

use self::bus::{Ear, Program};
use self::source::Sound;
use self::strip::Strip;
use super::duck::Line;
use super::heed::Heed;
use super::level::Level;
use super::{Block, SILENCE};

/// A piece of a lane's sound.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// Interleaved i16.
    pub bytes: &'a [u8],
    /// Samples a second.
    pub rate: u32,
    /// How many are interleaved.
    pub channels: u32,
    /// When it was sent, as far as that is known.
    pub sent: ShowTime,
}

/// Where the mixer gets sounds that others make.
pub trait Sounds {
    /// Hands everything that came by a feed's lane since the last call to `take`.
    fn take(&mut self, feed: Feed, take: &mut dyn FnMut(Piece<'_>));

    /// The block of the open microphone that begins at `at`; false, and nothing is changed, while there is none.
    fn microphone(&mut self, at: ShowTime, block: &mut Block) -> bool;

    /// How old the sound of the open microphone is when it comes here, in ms; `None` while there is none.
    fn voice_age(&self) -> Option<f32> {
        None
    }

    /// How old the picture of the open camera is when it is drawn, in ms; `None` while it is shut.
    fn picture_age(&self) -> Option<f32> {
        None
    }
}

impl Sounds for () {
    fn take(&mut self, _: Feed, _: &mut dyn FnMut(Piece<'_>)) {}

    fn microphone(&mut self, _: ShowTime, _: &mut Block) -> bool {
        false
    }
}

/// Mixes one program.
#[derive(Debug)]
pub struct Mixer {
    strips: Vec<Strip>,
    mix: Mix,
    voices: Vec<SourceId>,
    monitor: Monitor,
    program: Program,
    ear: Ear,
    heed: Heed,
    /// What the loudspeakers were given last: what a microphone hears of them now is older still.
    far: Block,
}

impl Default for Mixer {
    fn default() -> Self {
        let (strips, mix, voices, monitor, program, ear, heed) = Default::default();
        Self { strips, mix, voices, monitor, program, ear, heed, far: SILENCE }
    }
}

/// What one tick gave.
#[derive(Debug)]
pub struct Mixed {
    /// The program.
    pub program: Block,
    /// The own voice for the other people, before pan and fader, while its source is open; silence while it is muted, or
    /// goes to the talkback.
    pub microphone: Option<Block>,
    /// The own clips and music for the other people, before pan and fader, while they are open; no voice is in it.
    pub stage_media: Option<Block>,
    /// The own voice beside the show, while it goes there.
    pub talkback: Option<Block>,
    /// What is heard at this machine; `None` while that is nothing.
    pub monitor: Option<Block>,
    /// How loud the program is, ten times a second.
    pub loudness: Option<Loudness>,
    /// Somebody begins to speak into a muted microphone, or no longer does.
    pub muted_speech: Option<bool>,
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
                None => Sound::new(wiring.feed, sounds)
                    .map(|sound| Strip::new(wiring.source, sound, &settings(&self.mix, wiring.source))),
            };
            if let Some(mut strip) = strip {
                strip.open(wiring.on);
                self.strips.push(strip);
            }
        }
        self.aim();
    }

    /// Who is heard; everybody else fades out.
    pub fn voices(&mut self, voices: &[SourceId]) {
        self.voices = voices.to_vec();
        self.aim();
    }

    /// What is heard at this machine: the program's mix if it says so, and the voices it names **beside** it. One that is
    /// in both is heard twice.
    pub fn monitor(&mut self, monitor: &Monitor) {
        self.monitor = monitor.clone();
        self.aim();
    }

    /// What strips and buses are set to. Takes memory where a delay or care for a voice is new, and only there.
    pub fn set(&mut self, mix: Mix) {
        self.program.set(&mix.program, mix.on_air);
        self.ear.set(mix.monitor);
        for strip in &mut self.strips {
            strip.set(&settings(&mix, strip.source));
        }
        self.mix = mix;
        self.aim();
    }

    /// Who is on which bus.
    fn aim(&mut self) {
        let solo = self.strips.iter().any(|strip| strip.solo);
        for strip in &mut self.strips {
            strip.music = self.mix.music.contains(&strip.source);
            strip.talk(self.mix.talk);
            strip.heard.open(self.voices.contains(&strip.source));
            let named = self.monitor.voices.contains(&strip.source);
            strip.monitored.open(if solo { strip.solo } else { named });
        }
        self.ear.program.open(self.monitor.program && !solo);
    }

    /// The block that begins at `at`.
    pub fn mix(&mut self, at: ShowTime, sounds: &mut impl Sounds) -> Mixed {
        let hears = self.ear.hears(self.strips.iter().any(|strip| !strip.monitored.is_shut()));
        let mut mixed = Mixed {
            program: SILENCE,
            microphone: None,
            stage_media: None,
            talkback: None,
            monitor: hears.then_some(SILENCE),
            loudness: None,
            muted_speech: None,
        };
        let (mut music, mut monitored_music) = (SILENCE, SILENCE);
        let mut heeds = false;
        for strip in &mut self.strips {
            let mut block = SILENCE;
            let came = strip.take(at, &self.far, sounds, &mut block);
            if came && strip.is_muted_voice() {
                (heeds, mixed.muted_speech) = (true, self.heed.hear(&block));
            }
            strip.abreast(at, sounds);
            strip.work(&mut block, &mut mixed);
            let sum = if strip.music { &mut music } else { &mut mixed.program };
            strip.heard.step().add(&block, sum);
            if let Some(monitor) = &mut mixed.monitor {
                let sum = if strip.music { &mut monitored_music } else { monitor };
                strip.monitored.step().add(&block, sum);
            }
        }
        if !heeds {
            mixed.muted_speech = self.heed.rest();
        }
        // Until here the program is what is spoken.
        let line = self.program.duck(&mixed.program);
        add_music(&mut mixed.program, music, &line);
        mixed.loudness = self.program.finish(&mut mixed.program);
        if let Some(monitor) = &mut mixed.monitor {
            add_music(monitor, monitored_music, &line);
            self.ear.program.step().add(&mixed.program, monitor);
            self.ear.finish(monitor);
        }
        self.far = mixed.monitor.unwrap_or(SILENCE);
        mixed
    }

    /// The levels of all sources, for other threads.
    pub fn levels(&self) -> Vec<(SourceId, Arc<Level>)> {
        self.strips.iter().map(|strip| (strip.source, strip.level.clone())).collect()
    }

    /// How far the limiters of program and monitor turn down, in dB, 0 or less.
    pub fn reduced_db(&self) -> [f32; 2] {
        [self.program.reduced_db(), self.ear.reduced_db()]
    }
}

/// The settings of a source's strip.
fn settings(mix: &Mix, source: SourceId) -> mixer::Strip {
    mix.strips.iter().find(|(its, _)| *its == source).map_or_else(Default::default, |(_, strip)| *strip)
}

/// Adds music, as loud as it may be.
fn add_music(sum: &mut Block, mut music: Block, line: &Line) {
    if !line.is_open() {
        line.apply(&mut music);
    }
    sum.iter_mut().zip(music).for_each(|(sum, sample)| *sum += sample);
}

#[cfg(test)]
mod tests;
