//! The blocks of memory that each engine gets, and their ends on this side.

use std::io;

use studio_lane::{Bell, Block, Reader, Shape, Writer};
use studio_wire::LaneId;
use studio_wire::engine::lanes;
use studio_wire::rtc::RoomKind;

/// One 1920×1080 picture.
const PICTURE_BYTES: u32 = 1920 * 1080 * 3 / 2;
/// 10 ms of 48 kHz stereo.
const SOUND_BYTES: u32 = 480 * 2 * 2;
/// One that is written, one that is shown, and those that wait for their sound; what is never used is no memory.
const PICTURES: Shape = Shape { slots: 6, slot_bytes: PICTURE_BYTES };
const PROGRAM: Shape = Shape { slots: 3, slot_bytes: PICTURE_BYTES };
const SOUNDS: Shape = Shape { slots: 16, slot_bytes: SOUND_BYTES };

/// Where frames go out: write a draft, publish it, ring.
pub struct Out {
    /// The lane.
    pub writer: Writer,
    /// Wakes the engine's capture thread of this lane.
    pub bell: Bell,
}

/// This side of the `crew` engine's lanes.
pub struct CrewBlock {
    /// The own camera.
    pub camera: Out,
    /// The own microphone.
    pub microphone: Out,
    /// Clips and music, without any voice.
    pub stage_media: Out,
    /// The own voice beside the show.
    pub talkback: Out,
    /// The shared screens of this machine: the n-th is lane `lanes::crew_screen(n)`.
    pub screens: Vec<Out>,
    /// The n-th is lane `lanes::crew_picture(n)`.
    pub pictures: Vec<Reader>,
    /// The n-th is lane `lanes::crew_sound(n)`.
    pub sounds: Vec<Reader>,
}

/// This side of the `air` engine's lanes.
pub struct AirBlock {
    /// The program's picture.
    pub picture: Out,
    /// The program's sound.
    pub sound: Out,
    /// The program's picture as it comes, at a seat that is not the host's.
    pub picture_in: Reader,
    /// The program's sound as it comes, at a seat that is not the host's.
    pub sound_in: Reader,
}

/// Who writes and reads the lanes. `None` means that the engine is gone: what its lanes held can still be read, and
/// what is written to them reaches nobody. Called from one thread, and must not wait.
pub trait LaneSink: Send + Sync {
    /// New lanes of `crew`, or none.
    fn crew(&self, lanes: Option<CrewBlock>);
    /// New lanes of `air`, or none.
    fn air(&self, lanes: Option<AirBlock>);
}

/// The ends that belong to one room.
pub(super) enum Ends {
    Crew(CrewBlock),
    Air(AirBlock),
}

/// A block with the bells that go to the child with it.
pub(super) struct Memory {
    pub shapes: Vec<Shape>,
    pub block: Block,
    pub bells: Vec<(u16, Bell)>,
}

/// Fresh memory for one life of a room's engine. It is never used by a second one, so whatever a dead child left
/// half written is nobody's concern.
pub(super) fn create(room: RoomKind) -> io::Result<(Memory, Ends)> {
    let shapes = shapes(room);
    let block = Block::create(&shapes)?;
    let mut bells = Vec::new();
    let mut out = |lane: LaneId| -> io::Result<Out> {
        let bell = Bell::create()?;
        bells.push((lane.0, bell.try_clone()?));
        Ok(Out { writer: block.writer(lane.0.into()).expect("a lane of these shapes, taken once"), bell })
    };
    let reader = |lane: LaneId| block.reader(lane.0.into()).expect("a lane of these shapes, taken once");
    let readers =
        |lane: fn(u16) -> Option<LaneId>| -> Vec<Reader> { (0..).map_while(lane).map(reader).collect() };
    let ends = match room {
        RoomKind::Crew => Ends::Crew(CrewBlock {
            camera: out(lanes::CREW_CAMERA)?,
            microphone: out(lanes::CREW_MICROPHONE)?,
            stage_media: out(lanes::CREW_STAGE_MEDIA)?,
            talkback: out(lanes::CREW_TALKBACK)?,
            screens: (0..).map_while(lanes::crew_screen).map(&mut out).collect::<io::Result<_>>()?,
            pictures: readers(lanes::crew_picture),
            sounds: readers(lanes::crew_sound),
        }),
        RoomKind::Air => Ends::Air(AirBlock {
            picture: out(lanes::AIR_PICTURE)?,
            sound: out(lanes::AIR_SOUND)?,
            picture_in: reader(lanes::AIR_PICTURE_IN),
            sound_in: reader(lanes::AIR_SOUND_IN),
        }),
    };
    Ok((Memory { shapes, block, bells }, ends))
}

fn shapes(room: RoomKind) -> Vec<Shape> {
    match room {
        RoomKind::Crew => [PICTURES, SOUNDS, SOUNDS, SOUNDS]
            .into_iter()
            .chain(std::iter::repeat_n(PROGRAM, lanes::CREW_SCREENS.into()))
            .chain(std::iter::repeat_n(PICTURES, lanes::CREW_PICTURES.into()))
            .chain(std::iter::repeat_n(SOUNDS, lanes::CREW_SOUNDS.into()))
            .collect(),
        RoomKind::Air => vec![PROGRAM, SOUNDS, PICTURES, SOUNDS],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_the_shape_of_what_it_carries() {
        let crew = shapes(RoomKind::Crew);
        let air = shapes(RoomKind::Air);
        let bytes = |shapes: &[Shape], lane: Option<LaneId>| shapes[usize::from(lane.unwrap().0)].slot_bytes;
        assert_eq!(crew.len(), 56);
        for n in 0..lanes::CREW_SCREENS {
            assert_eq!(bytes(&crew, lanes::crew_screen(n)), PICTURE_BYTES);
        }
        for n in 0..24 {
            assert_eq!(bytes(&crew, lanes::crew_picture(n)), PICTURE_BYTES);
            assert_eq!(bytes(&crew, lanes::crew_sound(n)), SOUND_BYTES);
        }
        assert_eq!(bytes(&crew, Some(lanes::CREW_CAMERA)), PICTURE_BYTES);
        assert_eq!(bytes(&crew, Some(lanes::CREW_MICROPHONE)), SOUND_BYTES);
        assert_eq!(bytes(&crew, Some(lanes::CREW_STAGE_MEDIA)), SOUND_BYTES);
        assert_eq!(bytes(&crew, Some(lanes::CREW_TALKBACK)), SOUND_BYTES);
        assert_eq!(air.len(), 4);
        for (picture, sound) in
            [(lanes::AIR_PICTURE, lanes::AIR_SOUND), (lanes::AIR_PICTURE_IN, lanes::AIR_SOUND_IN)]
        {
            assert_eq!(bytes(&air, Some(picture)), PICTURE_BYTES);
            assert_eq!(bytes(&air, Some(sound)), SOUND_BYTES);
        }
    }

    #[test]
    fn both_rooms_get_all_their_ends() {
        let Ok((memory, Ends::Crew(crew))) = create(RoomKind::Crew) else { panic!("no crew block") };
        assert_eq!((crew.pictures.len(), crew.sounds.len(), crew.screens.len()), (24, 24, 4));
        assert_eq!(memory.bells.len(), 8);
        let Ok((memory, Ends::Air(_))) = create(RoomKind::Air) else { panic!("no air block") };
        assert_eq!(memory.bells.len(), 2);
    }
}
