//! The shared screens of this machine.

use super::own::shot;
use super::*;
use crate::frame::{Latest, Pool};
use crate::video::slate;

const SCREEN: SourceId = SourceId(8);

/// A screen in the first place, alone in the program and shown whole.
fn shared(rig: &mut Rig, place: Option<&Latest>) {
    let tile = Tile { source: Some(SCREEN), place: Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 }, whole: true };
    rig.desk.apply(PictureOrder::Scene(Drawing { tiles: vec![tile], ..Drawing::default() }));
    rig.wire(SCREEN, Feed::Screen(0), true);
    rig.desk.apply(PictureOrder::Screen(0, place.cloned()));
}

/// The luma of the program at a place.
fn luma(rig: &Rig, x: usize, y: usize) -> u8 {
    let shot = rig.shared.preview.program(ShowTime(0), (640, 360), std::time::Duration::ZERO).unwrap();
    shot.planes().y[y * 640 + x]
}

#[test]
fn a_shared_screen_is_shown_whole_with_bars_beside_it() {
    let mut rig = Rig::open();
    let (pool, pictures) = (Pool::new(4, 1024, 1024), Latest::default());
    shared(&mut rig, Some(&pictures));
    pictures.put(shot(&pool, (720, 720), 200));
    rig.tick();
    assert_eq!([140, 499].map(|x| luma(&rig, x, 180)), [200, 200], "360 pixels in the middle");
    assert_eq!([138, 501].map(|x| luma(&rig, x, 180)), [slate::GROUND[0]; 2]);
    assert_eq!([1, 300].map(|y| luma(&rig, 320, y)), [200, 200], "nothing is cut off");
}

#[test]
fn a_screen_that_is_taken_away_is_a_slate_at_once() {
    let mut rig = Rig::open();
    let (pool, pictures) = (Pool::new(4, 640, 360), Latest::default());
    shared(&mut rig, Some(&pictures));
    let slate = rig.tick();
    pictures.put(shot(&pool, (640, 360), 200));
    assert_eq!((rig.tick(), rig.flowing()), (200, vec![SCREEN]));
    rig.desk.apply(PictureOrder::Screen(0, None));
    assert_eq!(rig.tick(), slate);
    pictures.put(shot(&pool, (640, 360), 90));
    assert_eq!(rig.tick(), slate, "nobody looks there any more");
}

#[test]
fn the_others_get_a_screen_when_it_changes_and_now_and_then_while_it_does_not() {
    let mut rig = Rig::open();
    let (lanes, _, mut far, _) = crew();
    let (pool, pictures) = (Pool::new(6, 2560, 1440), Latest::default());
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    shared(&mut rig, Some(&pictures));
    let still = shot(&pool, (640, 360), 90);
    let mut sent = Vec::new();
    for tick in 0..40 {
        pictures.put(still.clone());
        rig.tick();
        while let Some(frame) = far[1].next() {
            assert_eq!(frame.meta.stamp_us as u64, rig.clock.at(tick).0 / 1_000, "as new as the tick");
            sent.push(tick);
        }
    }
    assert_eq!(sent, [0, 15, 30]);
    for (tick, goes) in [(40, true), (41, false), (42, true)] {
        pictures.put(shot(&pool, (640, 360), tick));
        rig.tick();
        assert_eq!(far[1].next().is_some(), goes, "at every second tick at most");
    }
    assert!(far[0].next().is_none(), "the camera's lane has none of it");
    pictures.put(shot(&pool, (2560, 1440), 90));
    rig.tick();
    rig.tick();
    pictures.put(shot(&pool, (2560, 1440), 91));
    rig.tick();
    let frame = far[1].newest().unwrap();
    assert_eq!((frame.meta.width, frame.meta.height), (1920, 1080), "as large as a lane holds");
}
