//! Where a strip's sound comes from.

use studio_wire::media::Feed;
use studio_wire::time::ShowTime;

use super::Sounds;
use crate::audio::jitter::Jitter;
use crate::audio::{BLOCKS, Block};
use crate::synthetic::tone::Tone;
use crate::synthetic::{Signature, chord};

/// Blocks that a microphone's sound is on its way at most.
const ON_ITS_WAY: u32 = 5;

const BLOCK_MS: u64 = 1_000 / BLOCKS as u64;

/// A sound, block by block.
#[derive(Debug)]
pub(super) enum Sound {
    /// In place of a voice.
    Tone(Tone),
    /// In place of clips and music.
    Chord,
    /// The open microphone.
    Microphone,
    /// From an engine.
    Lane(Feed, Box<Jitter>),
}

impl Sound {
    /// What a feed brings; `None` when that is no sound.
    pub fn new(feed: Feed, sounds: &mut impl Sounds) -> Option<Self> {
        match feed {
            Feed::Tone => Some(Self::Tone(Tone::new(Signature::host()))),
            Feed::Chord => Some(Self::Chord),
            Feed::Microphone => Some(Self::Microphone),
            Feed::CrewSound(_) | Feed::AirSound(_) => {
                // What still lies in the lane is somebody else's.
                sounds.take(feed, &mut |_| ());
                Some(Self::Lane(feed, Box::default()))
            }
            Feed::Pattern
            | Feed::Bars
            | Feed::Camera
            | Feed::Screen(_)
            | Feed::CrewPicture(_)
            | Feed::AirPicture(_) => None,
        }
    }

    /// Whether a feed brings this one.
    pub fn is(&self, feed: Feed) -> bool {
        match self {
            Self::Tone(_) => feed == Feed::Tone,
            Self::Chord => feed == Feed::Chord,
            Self::Microphone => feed == Feed::Microphone,
            Self::Lane(its, _) => feed == *its,
        }
    }

    /// Whether it is the voice of who sits here.
    pub fn is_own_voice(&self) -> bool {
        matches!(self, Self::Tone(_) | Self::Microphone)
    }

    /// Whether it is this machine's clips and music.
    pub fn is_own_media(&self) -> bool {
        matches!(self, Self::Chord)
    }

    /// Blocks that it is old when it comes here.
    pub fn on_its_way(&self) -> u32 {
        if matches!(self, Self::Microphone) { ON_ITS_WAY } else { 0 }
    }

    /// Its next block, into one that is silent; true when something came. What is made here is made only while it is open; a
    /// lane and a microphone are emptied always.
    pub fn next(&mut self, at: ShowTime, open: bool, sounds: &mut impl Sounds, block: &mut Block) -> bool {
        match self {
            Self::Microphone => sounds.microphone(at, block),
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
                sounds.take(*feed, &mut |piece| {
                    came = true;
                    jitter.push(piece);
                });
                jitter.pull(block);
                came
            }
        }
    }

    /// How old the block is, in ms, that was taken last and begins at `at`; `None` for one that was made here, and while none
    /// comes.
    pub fn age(&self, at: ShowTime, sounds: &impl Sounds) -> Option<f32> {
        match self {
            Self::Microphone => sounds.voice_age(),
            Self::Tone(_) | Self::Chord => None,
            Self::Lane(_, jitter) => {
                // The next one will be as old at its time as this one is now.
                let next = at + ShowTime::from_ms(BLOCK_MS);
                jitter.oldest().map(|sent| next.since(sent).0 as f32 / 1e6)
            }
        }
    }
}
