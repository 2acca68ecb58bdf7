//! The lanes of the two engines as the media threads use them. **Giving and taking away never waits; when an engine
//! dies, its block is free as soon as the threads have run their next tick.**

use studio_lane::{Bell, Meta, Reader, Writer};
use studio_wire::engine::lanes;
use studio_wire::ids::LaneId;
use studio_wire::time::ShowTime;

use super::{PictureOrder, Post, SoundOrder, send};
use crate::audio::mix::Sounds;
use crate::audio::{Block, RATE, to_i16};
use crate::frame::{PlanesMut, PoolFrame, i420_len};
use crate::video::yuv::{Area, draw};

/// An out lane and the bell that tells its reader of each frame.
pub struct Out {
    /// Writes it.
    pub writer: Writer,
    /// Rung after each frame.
    pub bell: Bell,
}

/// The lanes of the room `crew`.
pub struct CrewLanes {
    /// The host's camera.
    pub camera: Out,
    /// The host's microphone.
    pub microphone: Out,
    /// Pictures of the others: index n is the n-th picture lane.
    pub pictures: Vec<Reader>,
    /// Sounds of the others: index n is the n-th sound lane.
    pub sounds: Vec<Reader>,
}

/// The lanes of the room `air`.
pub struct AirLanes {
    /// The program's picture.
    pub picture: Out,
    /// The program's sound.
    pub sound: Out,
}

/// Where lanes are given to the media threads and taken away. Cloning shares it.
#[derive(Clone)]
pub struct LaneDesk {
    pub(super) picture: Post<PictureOrder>,
    pub(super) sound: Post<SoundOrder>,
}

impl LaneDesk {
    /// New lanes of `crew`, or none: its engine is dead. Then each picture stands for up to a second and becomes a
    /// slate, each sound fades out.
    pub fn crew(&self, lanes: Option<CrewLanes>) {
        let (pictures, sounds) = match lanes {
            Some(CrewLanes { camera, microphone, pictures, sounds }) => (
                Some(CrewPictures { camera, readers: pictures }),
                Some(CrewSounds { microphone, readers: sounds }),
            ),
            None => (None, None),
        };
        send(&self.picture, PictureOrder::Crew(pictures));
        send(&self.sound, SoundOrder::Crew(sounds));
    }

    /// New lanes of `air`, or none: its engine is dead. The program goes on.
    pub fn air(&self, lanes: Option<AirLanes>) {
        let (picture, sound) = lanes.map_or((None, None), |lanes| (Some(lanes.picture), Some(lanes.sound)));
        send(&self.picture, PictureOrder::Air(picture));
        send(&self.sound, SoundOrder::Air(sound));
    }
}

/// The picture half of `crew`.
pub(super) struct CrewPictures {
    pub camera: Out,
    pub readers: Vec<Reader>,
}

impl CrewPictures {
    pub fn reader(&mut self, lane: LaneId) -> Option<&mut Reader> {
        let first = lanes::crew_picture(0)?.0;
        self.readers.get_mut(usize::from(lane.0.checked_sub(first)?))
    }
}

/// The sound half of `crew`.
pub(super) struct CrewSounds {
    pub microphone: Out,
    pub readers: Vec<Reader>,
}

impl Sounds for Option<CrewSounds> {
    fn take(&mut self, lane: LaneId, take: &mut dyn FnMut(&[u8], u32, u32)) {
        let first = lanes::crew_sound(0).map_or(0, |lane| lane.0);
        let index = lane.0.checked_sub(first).map(usize::from);
        let reader = self.as_mut().zip(index).and_then(|(crew, index)| crew.readers.get_mut(index));
        let Some(reader) = reader else { return };
        while let Some(frame) = reader.next() {
            if frame.meta.kind == Meta::PCM {
                take(frame.bytes(), frame.meta.width, frame.meta.height);
            }
        }
    }
}

impl Out {
    /// Copies a picture into the lane. Left out when it does not fit, or its reader holds every slot.
    pub(super) fn picture(&mut self, frame: &PoolFrame) {
        let meta = Meta { width: frame.width(), height: frame.height(), kind: Meta::I420, ..Meta::default() };
        self.publish(frame.bytes(), frame.at(), meta);
    }

    /// Scales a picture into the lane, at the size that it is published in.
    pub(super) fn scaled(&mut self, frame: &PoolFrame, (width, height): (u32, u32)) {
        let Some(mut draft) = self.writer.draft() else { return };
        let len = i420_len(width, height);
        let slot = draft.bytes().get_mut(..len).and_then(|slot| PlanesMut::new(slot, width, height));
        let whole = Area::of(frame.width(), frame.height());
        if slot.is_some_and(|mut slot| draw(&frame.planes(), whole, &mut slot, Area::of(width, height))) {
            let stamp_us = (frame.at().0 / 1_000) as i64;
            draft.publish(Meta { stamp_us, width, height, len: len as u32, kind: Meta::I420 });
            self.bell.ring();
        }
    }

    /// Copies a block of sound into the lane.
    pub(super) fn sound(&mut self, block: &Block, at: ShowTime) {
        let mut bytes = [0; 4 * crate::audio::FRAMES];
        for (out, sample) in bytes.chunks_exact_mut(2).zip(block) {
            out.copy_from_slice(&to_i16(*sample).to_ne_bytes());
        }
        self.publish(&bytes, at, Meta { width: RATE, height: 2, kind: Meta::PCM, ..Meta::default() });
    }

    fn publish(&mut self, bytes: &[u8], at: ShowTime, meta: Meta) {
        let Some(mut draft) = self.writer.draft() else { return };
        let Some(slot) = draft.bytes().get_mut(..bytes.len()) else { return };
        slot.copy_from_slice(bytes);
        draft.publish(Meta { stamp_us: (at.0 / 1_000) as i64, len: bytes.len() as u32, ..meta });
        self.bell.ring();
    }
}
