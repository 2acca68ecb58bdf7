//! The own camera's pictures.

use super::*;
use crate::audio::level::Level;
use crate::frame::{Latest, Pool};
use crate::synthetic::code::{Luma, Placed, read_source};

#[test]
fn the_own_pattern_goes_to_the_others_with_number_and_clock_while_it_is_open() {
    let mut rig = Rig::open();
    let (lanes, _, mut far, _) = crew();
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.tick();
    assert!(far[0].newest().is_none(), "shut");
    rig.wire(PATTERN_SOURCE, Feed::Pattern, true);
    for tick in 1..5 {
        rig.tick();
        let frame = far[0].next().unwrap();
        assert_eq!((frame.meta.width, frame.meta.height, frame.meta.kind), (1280, 720, Meta::I420));
        let luma = Luma::tight(frame.bytes(), 1280, 720).unwrap();
        let code = read_source(&luma, Placed::whole(&luma)).unwrap();
        let at = rig.clock.at(tick);
        assert_eq!((u64::from(code.number), u64::from(code.clock_ms)), (tick, at.ms()));
        assert_eq!(frame.meta.stamp_us as u64, at.0 / 1_000);
    }
    rig.wire(PATTERN_SOURCE, Feed::Pattern, false);
    rig.tick();
    assert!(far[0].next().is_none(), "shut again");
}

#[test]
fn bars_go_to_the_others_and_the_program_at_each_tick_without_being_drawn_again() {
    let mut rig = Rig::open();
    let (lanes, _, mut far, _) = crew();
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.solo(PATTERN_SOURCE);
    rig.wire(PATTERN_SOURCE, Feed::Bars, true);
    for tick in 0..100 {
        let luma = rig.tick();
        assert_eq!(luma, 180, "the bar at the left is grey at 75 %");
        let frame = far[0].next().unwrap();
        assert_eq!((frame.meta.width, frame.meta.height, frame.meta.kind), (1280, 720, Meta::I420));
        assert_eq!(frame.meta.stamp_us as u64, rig.clock.at(tick).0 / 1_000, "it is as new as the tick");
        let row = [91, 274, 457, 640, 823, 1006, 1189].map(|x| frame.bytes()[100 * 1280 + x]);
        assert_eq!(row, [180, 168, 145, 133, 63, 51, 28]);
        let (_, number) =
            rig.desk.show.as_ref().unwrap().sources.shown(PATTERN_SOURCE, rig.clock.at(tick)).unwrap();
        assert_eq!(number, 1, "one picture, however often it is shown");
    }
    assert_eq!(rig.flowing(), [PATTERN_SOURCE]);
    rig.wire(PATTERN_SOURCE, Feed::Bars, false);
    rig.tick();
    assert!(far[0].next().is_none(), "shut");
}

#[test]
fn the_own_camera_changes_its_picture_from_one_tick_to_the_next() {
    let mut rig = Rig::open();
    rig.solo(PATTERN_SOURCE);
    let number = |rig: &Rig| {
        let shot = rig.shared.preview.program(ShowTime(0), (640, 360), std::time::Duration::ZERO).unwrap();
        let luma = Luma::tight(shot.planes().y, 640, 360).unwrap();
        read_source(&luma, Placed::whole(&luma)).map(|code| u64::from(code.number))
    };
    for tick in 0..8 {
        let feed = if tick % 2 == 0 { Feed::Pattern } else { Feed::Bars };
        rig.wire(PATTERN_SOURCE, feed, true);
        assert_eq!(rig.tick(), 180, "never a slate between them");
        assert_eq!(number(&rig), (tick % 2 == 0).then_some(tick));
    }
}

/// A camera's picture of one shade, taken long ago.
pub(super) fn shot(pool: &Pool, size: (u32, u32), luma: u8) -> Arc<crate::frame::PoolFrame> {
    taken(pool, size, luma, ShowTime(0))
}

fn taken(pool: &Pool, (width, height): (u32, u32), luma: u8, at: ShowTime) -> Arc<crate::frame::PoolFrame> {
    let mut draft = pool.draft(width, height).unwrap();
    let planes = draft.planes_mut();
    planes.y.fill(luma);
    planes.u.fill(128);
    planes.v.fill(128);
    draft.publish(at, 0)
}

#[test]
fn a_cameras_picture_waits_until_it_is_as_old_as_the_voice_to_it() {
    const VOICE: SourceId = SourceId(3);
    let mut rig = Rig::open();
    let (pool, camera, level) = (Pool::new(9, 640, 360), Latest::default(), Arc::new(Level::default()));
    rig.solo(PATTERN_SOURCE);
    let (source, feed) = (PATTERN_SOURCE, Feed::Camera);
    let wiring = Wiring { source, feed, on: true, cell: None, sound: Some(VOICE) };
    rig.desk.apply(PictureOrder::Sources([wiring].into()));
    rig.desk.apply(PictureOrder::Camera(Some(camera.clone())));
    let behind = |rig: &mut Rig, number: u8| {
        camera.put(taken(&pool, (640, 360), 60 + number, rig.clock.at(rig.tick)));
        60 + number - rig.tick()
    };
    assert!((0..30).all(|number| behind(&mut rig, number) == 0), "nobody speaks");
    level.age.grew(60.0);
    rig.shared.set_levels(vec![(VOICE, level)]);
    let waited: Vec<u8> = (30..90).map(|number| behind(&mut rig, number)).collect();
    assert_eq!((waited[0], waited[59]), (0, 2), "{waited:?}");
    assert!(waited.is_sorted() && (60.0..80.0).contains(&rig.shared.camera_age.read().unwrap()));
}

#[test]
fn a_cameras_newest_picture_is_seen_until_the_camera_is_taken_away() {
    let mut rig = Rig::open();
    let (pool, camera) = (Pool::new(4, 1920, 1080), Latest::default());
    rig.solo(PATTERN_SOURCE);
    rig.wire(PATTERN_SOURCE, Feed::Camera, true);
    let slate = rig.tick();
    rig.desk.apply(PictureOrder::Camera(Some(camera.clone())));
    camera.put(shot(&pool, (1280, 720), 60));
    camera.put(shot(&pool, (1280, 720), 200));
    assert_eq!(rig.tick(), 200);
    assert!(rig.shared.camera_age.read().is_some(), "and how old it was when it was drawn");
    assert_eq!(rig.tick(), 200, "it stands while no other comes");
    rig.desk.apply(PictureOrder::Camera(None));
    assert_eq!(rig.shared.camera_age.read(), None);
    assert_eq!(rig.tick(), slate, "a slate at once");
    camera.put(shot(&pool, (1280, 720), 90));
    assert_eq!(rig.tick(), slate, "nobody looks there any more");
}

#[test]
fn a_camera_that_is_too_large_goes_to_the_others_in_its_own_shape() {
    let mut rig = Rig::open();
    let (lanes, _, mut far, _) = crew();
    let (pool, camera) = (Pool::new(4, 1920, 1440), Latest::default());
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.wire(PATTERN_SOURCE, Feed::Camera, true);
    rig.desk.apply(PictureOrder::Camera(Some(camera.clone())));
    for (size, sent) in [
        ((640, 480), (640, 480)),
        ((1920, 1080), (1280, 720)),
        ((1440, 1080), (960, 720)),
        ((1080, 1440), (540, 720)),
    ] {
        camera.put(shot(&pool, size, 100));
        rig.tick();
        let frame = far[0].newest().unwrap();
        assert_eq!((frame.meta.width, frame.meta.height), sent);
    }
    rig.wire(PATTERN_SOURCE, Feed::Camera, false);
    camera.put(shot(&pool, (640, 480), 100));
    rig.tick();
    assert!(far[0].newest().is_none(), "shut");
}

#[test]
fn what_is_shown_of_the_camera_is_shown_to_everybody() {
    let mut rig = Rig::open();
    let (lanes, _, mut far, _) = crew();
    let (pool, camera) = (Pool::new(4, 640, 360), Latest::default());
    rig.solo(PATTERN_SOURCE);
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.wire(PATTERN_SOURCE, Feed::Camera, true);
    rig.desk.apply(PictureOrder::Camera(Some(camera.clone())));
    let mut shown = |framing| {
        rig.desk.apply(PictureOrder::Framing(framing));
        let mut draft = pool.draft(640, 360).unwrap();
        let planes = draft.planes_mut();
        planes.u.fill(128);
        planes.v.fill(128);
        planes.y.iter_mut().enumerate().for_each(|(n, pixel)| *pixel = if n % 640 < 320 { 60 } else { 200 });
        camera.put(draft.publish(ShowTime(0), 0));
        rig.tick();
        let frame = far[0].newest().unwrap();
        let row = &frame.bytes()[180 * 640..181 * 640];
        (row[100], row[540])
    };
    assert_eq!(shown(Framing::default()), (60, 200));
    assert_eq!(shown(Framing { mirror: true, ..Framing::default() }), (200, 60));
    assert_eq!(shown(Framing { zoom: 250, x: 0, ..Framing::default() }), (60, 60));
    assert_eq!(shown(Framing { zoom: 250, x: 0, mirror: true, ..Framing::default() }), (60, 60));
}
