//! The newest picture of each source. **A source that stalls keeps its last picture for two seconds and is a slate from
//! then on, until its next one; it never holds more than one picture, and never one that cannot be drawn.**

use studio_wire::ids::SourceId;
use studio_wire::time::ShowTime;

use super::yuv::{Area, draw};
use crate::frame::{Picture, Pool};

/// How long the last picture of a source stands.
pub const LAST_PICTURE: ShowTime = ShowTime::from_ms(2_000);
/// How long a source is said to flow after a picture of it came.
const FLOWING: ShowTime = ShowTime::from_ms(1_000);

/// Pictures by source.
#[derive(Debug, Default)]
pub struct Sources {
    held: Vec<Held>,
    pictures: u64,
}

#[derive(Debug)]
struct Held {
    source: SourceId,
    picture: Picture,
    number: u64,
    came: ShowTime,
}

/// A picture to draw, and a number that no other picture had.
pub type Shown<'a> = (&'a Picture, u64);

impl Sources {
    /// A new picture of a source. One without pixels, or with fewer bytes than its size needs, changes nothing: false.
    /// The one it has already stands for longer and keeps its number: a still picture is drawn once.
    pub fn show(&mut self, source: SourceId, picture: Picture, now: ShowTime) -> bool {
        if picture.planes().is_none() {
            return false;
        }
        let held = self.held.iter_mut().find(|held| held.source == source);
        if let Some(held) = held {
            if !held.picture.is(&picture) {
                self.pictures += 1;
                (held.picture, held.number) = (picture, self.pictures);
            }
            held.came = now;
            return true;
        }
        self.pictures += 1;
        self.held.push(Held { source, picture, number: self.pictures, came: now });
        true
    }

    /// What a source shows now; `None` is a slate.
    pub fn shown(&self, source: SourceId, now: ShowTime) -> Option<Shown<'_>> {
        let held = self.held(source)?;
        (now.since(held.came) <= LAST_PICTURE).then_some((&held.picture, held.number))
    }

    /// Whether a source's picture came within the last second.
    pub fn flows(&self, source: SourceId, now: ShowTime) -> bool {
        self.held(source).is_some_and(|held| now.since(held.came) <= FLOWING)
    }

    fn held(&self, source: SourceId) -> Option<&Held> {
        self.held.iter().find(|held| held.source == source)
    }

    /// Forgets a source's picture: it is a slate at once.
    pub fn clear(&mut self, source: SourceId) {
        self.held.retain(|held| held.source != source);
    }

    /// Forgets every source but these.
    pub fn keep(&mut self, keep: impl Fn(SourceId) -> bool) {
        self.held.retain(|held| keep(held.source));
    }

    /// Lets go of pictures that stand no longer, so that nobody's memory is held for them.
    pub fn expire(&mut self, now: ShowTime) {
        self.held.retain(|held| now.since(held.came) <= LAST_PICTURE);
    }

    /// Takes pictures that live in lanes into our own memory, so that the lanes' memory is free when its writer is dead.
    pub fn detach(&mut self) {
        for held in &mut self.held {
            if let Some(own) = own(&held.picture) {
                held.picture = own;
            }
        }
    }
}

/// A copy of a lane's picture in memory of its own; `None` when it is ours already.
fn own(picture: &Picture) -> Option<Picture> {
    let Picture::Lane(_) = picture else { return None };
    let planes = picture.planes()?;
    let mut copy = Pool::new(1, planes.width, planes.height).draft(planes.width, planes.height)?;
    let whole = Area::of(planes.width, planes.height);
    draw(&planes, whole, &mut copy.planes_mut(), whole);
    Some(copy.publish(picture.at(), 0).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: SourceId = SourceId(7);

    fn picture() -> Picture {
        Pool::new(1, 16, 16).draft(16, 16).unwrap().publish(ShowTime(0), 0).into()
    }

    #[test]
    fn a_stalled_source_keeps_its_last_picture_for_two_seconds() {
        let mut sources = Sources::default();
        assert!(sources.show(CAMERA, picture(), ShowTime::from_ms(5_000)));
        let flows = [6_000, 6_001].map(|ms| sources.flows(CAMERA, ShowTime::from_ms(ms)));
        assert_eq!(flows, [true, false], "it has stalled before its picture goes");
        assert!(sources.shown(CAMERA, ShowTime::from_ms(7_000)).is_some());
        assert!(sources.shown(CAMERA, ShowTime::from_ms(7_001)).is_none());
        sources.show(CAMERA, picture(), ShowTime::from_ms(9_000));
        assert!(sources.flows(CAMERA, ShowTime::from_ms(9_033)), "it is back with its next picture");
    }

    #[test]
    fn a_still_picture_stands_for_as_long_as_it_is_shown_and_is_never_a_new_one() {
        let (mut sources, still) = (Sources::default(), picture());
        for second in 0..9 {
            sources.show(CAMERA, still.clone(), ShowTime::from_ms(second * 1_000));
            let (_, number) = sources.shown(CAMERA, ShowTime::from_ms(second * 1_000 + 999)).unwrap();
            assert_eq!(number, 1);
        }
        sources.show(CAMERA, picture(), ShowTime::from_ms(9_000));
        assert_eq!(sources.shown(CAMERA, ShowTime::from_ms(9_000)).unwrap().1, 2);
    }

    #[test]
    fn a_picture_that_cannot_be_drawn_leaves_the_last_one() {
        use studio_lane::{Block, Meta, Shape};
        let block = Block::create(&[Shape { slots: 4, slot_bytes: 1_000 }]).unwrap();
        let (mut writer, mut reader) = (block.writer(0).unwrap(), block.reader(0).unwrap());
        let mut sources = Sources::default();
        let mut send = |width, height, len, kind| {
            writer.draft().unwrap().publish(Meta { stamp_us: 0, width, height, len, kind });
            let frame = reader.newest().unwrap();
            sources.show(CAMERA, Picture::Lane(frame.into()), ShowTime(0))
        };
        assert!(send(1, 1, 3, Meta::I420));
        assert!(send(15, 17, 15 * 17 + 2 * 8 * 9, Meta::I420));
        assert!(!send(0, 16, 0, Meta::I420), "no pixels");
        assert!(!send(16, 0, 100, Meta::I420), "no pixels");
        assert!(!send(16, 16, 383, Meta::I420), "a byte short");
        assert!(!send(u32::MAX, u32::MAX, 1_000, Meta::I420), "larger than any picture");
        assert!(!send(16, 16, 384, Meta::PCM), "a sound");
        assert_eq!(sources.shown(CAMERA, ShowTime(0)).unwrap().0.planes().unwrap().width, 15);
    }

    #[test]
    fn a_detached_picture_needs_its_lane_no_longer() {
        use studio_lane::{Block, Meta, Shape};
        let block = Block::create(&[Shape { slots: 2, slot_bytes: 6 }]).unwrap();
        let (mut writer, mut reader) = (block.writer(0).unwrap(), block.reader(0).unwrap());
        let mut draft = writer.draft().unwrap();
        draft.bytes().copy_from_slice(&[1, 2, 3, 4, 5, 6]);
        draft.publish(Meta { stamp_us: 9, width: 2, height: 2, len: 6, kind: Meta::I420 });
        let mut sources = Sources::default();
        sources.show(CAMERA, Picture::Lane(reader.newest().unwrap().into()), ShowTime(0));
        sources.detach();
        let (picture, _) = sources.shown(CAMERA, ShowTime(0)).unwrap();
        assert!(matches!(picture, Picture::Pool(frame) if frame.bytes() == [1, 2, 3, 4, 5, 6]));
        assert_eq!(picture.at(), ShowTime(9_000));
    }
}
