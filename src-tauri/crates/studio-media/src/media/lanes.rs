//! The lanes of the two engines as the media threads use them. **Giving and taking away never waits; when an engine
//! dies, its block is free as soon as the threads have run their next tick.**

use studio_lane::{Bell, Meta, Reader, Writer};
use studio_wire::engine::lanes;
use studio_wire::ids::LaneId;
use studio_wire::media::{Feed, Wiring};
use studio_wire::time::ShowTime;

use super::voice::OwnVoice;
use super::{PictureOrder, Post, SoundOrder, send};
use crate::audio::mix::{Piece, Sounds};
use crate::audio::{Block, FRAMES, RATE, to_i16};
use crate::frame::{PlanesMut, PoolFrame, i420_len};
use crate::video::yuv::{Area, draw};

/// A block of sound as lanes carry it.
pub(super) const SOUND_BYTES: usize = 4 * FRAMES;

/// An out lane and the bell that tells its reader of each frame.
pub struct Out {
    /// Writes it.
    pub writer: Writer,
    /// Rung after each frame.
    pub bell: Bell,
}

/// The lanes of the room `crew`.
pub struct CrewLanes {
    /// The own camera.
    pub camera: Out,
    /// The own microphone.
    pub microphone: Out,
    /// Clips and music, without any voice.
    pub stage_media: Out,
    /// The own voice beside the show.
    pub talkback: Out,
    /// The shared screens of this machine: index n is the n-th screen lane.
    pub screens: Vec<Out>,
    /// Pictures of the others: index n is the n-th picture lane.
    pub pictures: Vec<Reader>,
    /// Sounds of the others: index n is the n-th sound lane.
    pub sounds: Vec<Reader>,
}

/// The lanes of the room `air`. Its out lanes are written while no source is fed from `air`: what a machine draws and
/// mixes that itself gets the program from there is for its own window alone.
pub struct AirLanes {
    /// The program's picture.
    pub picture: Out,
    /// The program's sound.
    pub sound: Out,
    /// The program's picture as it comes from the host's machine.
    pub picture_in: Reader,
    /// The program's sound as it comes from there.
    pub sound_in: Reader,
}

/// Where lanes are given to the media threads and taken away. Cloning shares it.
#[derive(Clone)]
pub struct LaneDesk {
    pub(super) picture: Post<PictureOrder>,
    pub(super) sound: Post<SoundOrder>,
}

impl LaneDesk {
    /// New lanes of `crew`, or none: its engine is dead. Then each picture stands for up to two seconds and becomes a
    /// slate, each sound fades out.
    pub fn crew(&self, lanes: Option<CrewLanes>) {
        let (pictures, sounds) = match lanes {
            Some(CrewLanes { camera, microphone, stage_media, talkback, screens, pictures, sounds }) => (
                Some(CrewPictures { camera, screens, readers: pictures }),
                Some(CrewSounds { microphone, stage_media, talkback, readers: sounds }),
            ),
            None => (None, None),
        };
        send(&self.picture, PictureOrder::Crew(pictures));
        send(&self.sound, SoundOrder::Crew(sounds));
    }

    /// New lanes of `air`, or none: its engine is dead. The program goes on; where it comes from `air`, its picture
    /// stands for up to two seconds and its sound fades out.
    pub fn air(&self, lanes: Option<AirLanes>) {
        let (picture, sound) = match lanes {
            Some(AirLanes { picture, sound, picture_in, sound_in }) => (
                Some(AirEnds { program: picture, reader: picture_in }),
                Some(AirEnds { program: sound, reader: sound_in }),
            ),
            None => (None, None),
        };
        send(&self.picture, PictureOrder::Air(picture));
        send(&self.sound, SoundOrder::Air(sound));
    }
}

/// The picture half of `crew`.
pub(super) struct CrewPictures {
    pub camera: Out,
    pub screens: Vec<Out>,
    pub readers: Vec<Reader>,
}

/// The sound half of `crew`.
pub(super) struct CrewSounds {
    pub microphone: Out,
    pub stage_media: Out,
    pub talkback: Out,
    pub readers: Vec<Reader>,
}

/// The picture half, or the sound half, of `air`.
pub(super) struct AirEnds {
    pub program: Out,
    pub reader: Reader,
}

/// Every picture lane there is.
#[derive(Default)]
pub(super) struct PictureLanes {
    pub crew: Option<CrewPictures>,
    pub air: Option<AirEnds>,
}

/// Every sound lane there is.
#[derive(Default)]
pub(super) struct SoundLanes {
    pub crew: Option<CrewSounds>,
    pub air: Option<AirEnds>,
    /// The open microphone.
    pub voice: OwnVoice,
    /// How old the open camera's pictures are when they are drawn, in ms; `None` while it is shut.
    pub picture_age: Option<f32>,
}

impl PictureLanes {
    /// The lane that a feed names; `None` for what is no picture of a lane, and while its engine is dead.
    pub fn reader(&mut self, feed: Feed) -> Option<&mut Reader> {
        match feed {
            Feed::CrewPicture(lane) => nth(&mut self.crew.as_mut()?.readers, lanes::crew_picture(0)?, lane),
            Feed::AirPicture(lanes::AIR_PICTURE_IN) => Some(&mut self.air.as_mut()?.reader),
            Feed::AirPicture(_)
            | Feed::Pattern
            | Feed::Bars
            | Feed::Tone
            | Feed::Chord
            | Feed::Camera
            | Feed::Microphone
            | Feed::Screen(_)
            | Feed::AirSound(_)
            | Feed::CrewSound(_) => None,
        }
    }
}

impl SoundLanes {
    fn reader(&mut self, feed: Feed) -> Option<&mut Reader> {
        match feed {
            Feed::CrewSound(lane) => nth(&mut self.crew.as_mut()?.readers, lanes::crew_sound(0)?, lane),
            Feed::AirSound(lanes::AIR_SOUND_IN) => Some(&mut self.air.as_mut()?.reader),
            Feed::AirSound(_)
            | Feed::Pattern
            | Feed::Bars
            | Feed::Tone
            | Feed::Chord
            | Feed::Camera
            | Feed::Microphone
            | Feed::Screen(_)
            | Feed::AirPicture(_)
            | Feed::CrewPicture(_) => None,
        }
    }
}

impl Sounds for SoundLanes {
    fn take(&mut self, feed: Feed, take: &mut dyn FnMut(Piece<'_>)) {
        let Some(reader) = self.reader(feed) else { return };
        while let Some(frame) = reader.next() {
            if frame.meta.kind == Meta::PCM {
                let Meta { width: rate, height: channels, stamp_us, .. } = frame.meta;
                let sent = ShowTime(stamp_us.max(0) as u64 * 1_000);
                take(Piece { bytes: frame.bytes(), rate, channels, sent });
            }
        }
    }

    fn microphone(&mut self, at: ShowTime, block: &mut Block) -> bool {
        self.voice.pull(at, block)
    }

    fn voice_age(&self) -> Option<f32> {
        self.voice.age()
    }

    fn picture_age(&self) -> Option<f32> {
        self.picture_age
    }
}

/// The reader of a lane in a row of lanes.
fn nth(readers: &mut [Reader], first: LaneId, lane: LaneId) -> Option<&mut Reader> {
    readers.get_mut(usize::from(lane.0.checked_sub(first.0)?))
}

/// Whether the program comes from another machine: then what is drawn and mixed here goes to nobody in `air`.
pub(super) fn program_comes_in(wirings: &[Wiring]) -> bool {
    wirings.iter().any(|wiring| matches!(wiring.feed, Feed::AirPicture(_) | Feed::AirSound(_)))
}

impl Out {
    /// Copies a picture, as of `at`, into the lane. Left out when it does not fit, or its reader holds every slot.
    pub(super) fn picture(&mut self, frame: &PoolFrame, at: ShowTime) {
        let meta = Meta { width: frame.width(), height: frame.height(), kind: Meta::I420, ..Meta::default() };
        if publish(&mut self.writer, frame.bytes(), at, meta) {
            self.bell.ring();
        }
    }

    /// Scales a picture into the lane, at the size that it is published in.
    pub(super) fn scaled(&mut self, frame: &PoolFrame, size: (u32, u32)) {
        self.scaled_at(frame, size, frame.at());
    }

    /// The same, as of `at`.
    pub(super) fn scaled_at(&mut self, frame: &PoolFrame, (width, height): (u32, u32), at: ShowTime) {
        let Some(mut draft) = self.writer.draft() else { return };
        let len = i420_len(width, height);
        let slot = draft.bytes().get_mut(..len).and_then(|slot| PlanesMut::new(slot, width, height));
        let whole = Area::of(frame.width(), frame.height());
        if slot.is_some_and(|mut slot| draw(&frame.planes(), whole, &mut slot, Area::of(width, height))) {
            let stamp_us = (at.0 / 1_000) as i64;
            draft.publish(Meta { stamp_us, width, height, len: len as u32, kind: Meta::I420 });
            self.bell.ring();
        }
    }

    /// Copies a block of sound into the lane.
    pub(super) fn sound(&mut self, block: &Block, at: ShowTime) {
        if publish_sound(&mut self.writer, block, at) {
            self.bell.ring();
        }
    }
}

/// Copies a block of sound into a lane; false when its reader holds every slot.
pub(super) fn publish_sound(writer: &mut Writer, block: &Block, at: ShowTime) -> bool {
    let mut bytes = [0; SOUND_BYTES];
    for (out, sample) in bytes.chunks_exact_mut(2).zip(block) {
        out.copy_from_slice(&to_i16(*sample).to_ne_bytes());
    }
    publish(writer, &bytes, at, Meta { width: RATE, height: 2, kind: Meta::PCM, ..Meta::default() })
}

fn publish(writer: &mut Writer, bytes: &[u8], at: ShowTime, meta: Meta) -> bool {
    let Some(mut draft) = writer.draft() else { return false };
    let Some(slot) = draft.bytes().get_mut(..bytes.len()) else { return false };
    slot.copy_from_slice(bytes);
    draft.publish(Meta { stamp_us: (at.0 / 1_000) as i64, len: bytes.len() as u32, ..meta });
    true
}
