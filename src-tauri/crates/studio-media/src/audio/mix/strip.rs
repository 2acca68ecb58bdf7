//! A source's strip: its sound, what is done to it, and the doors that it leaves by.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use studio_wire::ids::SourceId;
use studio_wire::mixer;
use studio_wire::time::ShowTime;

use super::gain::{Gain, Ramp, fader};
use super::lips::{Lips, MOST_MS};
use super::source::Sound;
use super::{Mixed, Sounds};
use crate::audio::care::Care;
use crate::audio::level::Level;
use crate::audio::master;
use crate::audio::strip::delay::{Delay, pairs};
use crate::audio::strip::{Chain, latency};
use crate::audio::units::tame;
use crate::audio::{Block, FRAMES, RATE};

/// One source on its way to the buses.
#[derive(Debug)]
pub(super) struct Strip {
    pub source: SourceId,
    pub sound: Sound,
    pub level: Arc<Level>,
    care: Care,
    lips: Lips,
    /// How long the voice shall wait for its picture, in ms.
    wait_ms: f32,
    waits: Delay,
    /// How the chain shall be.
    wished: mixer::Strip,
    chain: Chain,
    /// Wired as open.
    on: bool,
    /// Set to be heard nowhere.
    mute: bool,
    /// Set to be what the monitor hears.
    pub solo: bool,
    /// It steps back while somebody speaks.
    pub music: bool,
    /// It is a voice that speaks to the talkback.
    talk: bool,
    show: Door,
    talkback: Door,
    gain: Gain,
    /// In the program or not.
    pub heard: Gain,
    /// In the monitor beside the program, or not.
    pub monitored: Gain,
    /// Sample pairs by which the last block was later than it came.
    late: usize,
}

impl Strip {
    /// A strip that is shut, and works by these settings from its first sample on.
    pub fn new(source: SourceId, sound: Sound, settings: &mixer::Strip) -> Self {
        let (level, care, show, talkback, heard, monitored) = Default::default();
        let mut waits = Delay::default();
        if matches!(sound, Sound::Microphone) {
            // Takes its memory now.
            waits.set(MOST_MS);
            waits.set(0.0);
        }
        let mut strip = Self {
            source,
            sound,
            level,
            care,
            lips: Lips::default(),
            wait_ms: 0.0,
            waits,
            wished: *settings,
            chain: Chain::new(settings),
            on: false,
            mute: false,
            solo: false,
            music: false,
            talk: false,
            show,
            talkback,
            gain: Gain::at(fader(settings.gain_db)),
            heard,
            monitored,
            late: 0,
        };
        strip.set(settings);
        strip
    }

    /// Works by these settings from the next block on.
    pub fn set(&mut self, settings: &mixer::Strip) {
        // A tone is no voice at a microphone: care would take it for noise.
        if matches!(self.sound, Sound::Microphone) {
            self.care.set(settings.care);
        }
        self.wished = *settings;
        self.settle();
        self.gain.to(fader(settings.gain_db));
        (self.mute, self.solo) = (settings.mute, settings.solo);
        self.aim();
    }

    /// Open or not.
    pub fn open(&mut self, on: bool) {
        self.on = on;
        self.aim();
    }

    /// An own voice speaks to the talkback instead of the show.
    pub fn talk(&mut self, talk: bool) {
        self.talk = talk && self.sound.is_own_voice();
        self.aim();
    }

    /// Sets the chain as it shall be, unless that would bring back what came before a door was opened: then the door shuts
    /// first.
    fn settle(&mut self) {
        let wait = self.sound.on_its_way() + blocks(self.wished_late());
        if [&self.show, &self.talkback].iter().all(|door| door.is_shut() || door.since > wait) {
            self.chain.set(&self.wished);
            self.waits.set(self.wait_ms);
        }
    }

    /// Sample pairs by which sound leaves later than it came, when all is as it shall be.
    fn wished_late(&self) -> usize {
        self.care.delay() + pairs(self.wait_ms) + latency(&self.wished)
    }

    fn aim(&mut self) {
        self.show.set(self.on && !self.talk && !self.mute);
        self.talkback.set(self.talk && !self.mute);
    }

    /// Whether it is an own voice that is open to nobody.
    pub fn is_muted_voice(&self) -> bool {
        self.sound.is_own_voice() && !self.on && !self.talk
    }

    /// Its next block, with all care taken, into one that is silent; true when something came. `far` is what the
    /// loudspeakers were given last.
    pub fn take(&mut self, at: ShowTime, far: &Block, sounds: &mut impl Sounds, block: &mut Block) -> bool {
        let open = self.on || self.talk || !self.show.is_shut() || !self.talkback.is_shut();
        let came = self.sound.next(at, open, sounds, block);
        if came {
            self.level.heard.store(at.0, Ordering::Relaxed);
        }
        // Where no device is, nobody is to be taken care of.
        if came || !self.is_muted_voice() {
            self.care.work(block, far);
        }
        came
    }

    /// Measures how old the sound is that the strip gives, and lets the own voice wait for the own picture where that is older.
    /// Call it once a block.
    pub fn abreast(&mut self, at: ShowTime, sounds: &impl Sounds) {
        let Some(age) = self.sound.age(at, sounds) else { return self.level.age.end() };
        // A delay that was asked for is none that anything waits for.
        let undelayed = mixer::Strip { delay_ms: 0.0, ..self.wished };
        let late = self.care.delay() + latency(&undelayed) + master::LATENCY;
        let age = age + late as f32 * 1e3 / RATE as f32;
        self.level.age.grew(age);
        if matches!(self.sound, Sound::Microphone) {
            self.wait_ms = self.lips.hold(sounds.picture_age().map_or(0.0, |picture| picture - age));
        }
    }

    /// Does to a block all that the strip does; what is left is what a bus hears of it. Tracks of our own are given out on
    /// the way.
    pub fn work(&mut self, block: &mut Block, mixed: &mut Mixed) {
        self.settle();
        self.waits.run(block);
        self.chain.run(block);
        let wait = self.wait();
        let published = self.on || !self.show.is_shut();
        let talks = self.talk || !self.talkback.is_shut();
        let (show, talkback) = (self.show.step(wait), self.talkback.step(wait));
        if self.sound.is_own_voice() {
            mixed.microphone = published.then(|| track(block, show));
            mixed.talkback = talks.then(|| track(block, talkback));
        } else if self.sound.is_own_media() {
            mixed.stage_media = published.then(|| track(block, show));
        }
        self.chain.place(block);
        self.gain.step().apply(block);
        // Who is muted still sees that the own microphone works.
        if self.sound.is_own_voice() {
            self.level.hear(block, self.chain.reduced_db());
            show.apply(block);
        } else {
            show.apply(block);
            self.level.hear(block, self.chain.reduced_db());
        }
    }

    /// Blocks for which a door stays shut after it was opened, so that nothing leaves that came before.
    fn wait(&mut self) -> u32 {
        let late = self.wished_late().max(self.care.delay() + self.waits.latency() + self.chain.latency());
        // A delay that is turned down still fades out.
        let most = std::mem::replace(&mut self.late, late).max(late);
        self.sound.on_its_way() + blocks(most)
    }
}

/// Blocks in which so many sample pairs have gone by.
fn blocks(pairs: usize) -> u32 {
    pairs.div_ceil(FRAMES) as u32
}

/// A block as a track for the others.
fn track(block: &Block, door: Ramp) -> Block {
    let mut track = *block;
    door.apply(&mut track);
    tame(&mut track, 1.0);
    track
}

/// Where sound leaves a strip. **What came while it was shut leaves by it at no time, however late the strip makes it:
/// a door that was opened stays shut for as long as what comes out of the strip is older.**
#[derive(Debug, Default)]
struct Door {
    open: bool,
    /// Blocks since it was opened.
    since: u32,
    gain: Gain,
}

impl Door {
    fn set(&mut self, open: bool) {
        if open && !self.open {
            self.since = 0;
        }
        self.open = open;
    }

    fn is_shut(&self) -> bool {
        self.gain.is_shut()
    }

    fn step(&mut self, wait: u32) -> Ramp {
        self.since = self.since.saturating_add(1);
        self.gain.open(self.open && self.since > wait);
        self.gain.step()
    }
}
