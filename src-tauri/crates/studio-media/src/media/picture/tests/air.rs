//! The program on its way to `air`, and at a seat that gets it from there.

use super::super::super::lanes::AirEnds;
use super::*;

/// The picture lanes of `air`, what an engine would hold of them, and what the kernel calls their memory.
fn ends() -> (AirEnds, studio_lane::Reader, Bell, Writer, u64) {
    let block =
        Block::create(&[Shape { slots: 3, slot_bytes: i420_len(AIR_SIZE.0, AIR_SIZE.1) as u32 }; 2]).unwrap();
    let bell = Bell::create().unwrap();
    let rung = bell.try_clone().unwrap();
    let program = Out { writer: block.writer(0).unwrap(), bell };
    let ends = AirEnds { program, reader: block.reader(1).unwrap() };
    (ends, block.reader(0).unwrap(), rung, block.writer(1).unwrap(), inode(&block))
}

#[test]
fn the_program_is_in_the_air_lane_tick_by_tick_and_an_absent_engine_costs_none() {
    let mut rig = Rig::open();
    let (lanes, mut far, rung, ..) = ends();
    rig.tick();
    rig.desk.apply(PictureOrder::Air(Some(lanes)));
    for tick in 1..20 {
        rig.tick();
        // A reader that is away for a while loses pictures and finds the newest.
        if tick % 5 == 0 {
            assert!(rung.wait(std::time::Duration::ZERO).unwrap());
            let frame = far.newest().unwrap();
            assert_eq!(frame.meta.stamp_us as u64, rig.clock.at(tick).0 / 1_000);
        }
    }
    rig.desk.apply(PictureOrder::Air(None));
    rig.tick();
    let figures = rig.shared.figures(|_| ());
    assert_eq!((figures.due, figures.composed, figures.late), (21, 21, 0));
}

#[test]
fn a_seat_shows_the_program_from_air_and_sends_nothing_of_its_own_there() {
    let mut rig = Rig::open();
    let (lanes, mut far, rung, mut host, memory) = ends();
    rig.desk.apply(PictureOrder::Air(Some(lanes)));
    rig.solo(GUEST);
    rig.wire(GUEST, Feed::AirPicture(lanes::AIR_PICTURE_IN), true);
    let slate = rig.tick();
    for luma in [90, 120, 150, 180] {
        send(&mut host, luma);
        assert_eq!(rig.tick(), luma);
    }
    assert_eq!(rig.flowing(), [GUEST]);
    for tick in 1..=75 {
        let expected = if tick <= 60 { 180 } else { slate };
        assert_eq!(rig.tick(), expected, "{tick} ticks after the last picture");
    }
    send(&mut host, 99);
    assert_eq!(rig.tick(), 99, "it is back with the next picture");
    assert!(far.newest().is_none() && !rung.wait(std::time::Duration::ZERO).unwrap());

    drop((far, host));
    assert!(is_mapped(memory));
    rig.desk.apply(PictureOrder::Air(None));
    assert!(!is_mapped(memory), "the dead engine's block is still mapped");
    assert_eq!(rig.tick(), 99, "its last picture stands");
    let (lanes, _far, _rung, mut host, _) = ends();
    rig.desk.apply(PictureOrder::Air(Some(lanes)));
    send(&mut host, 77);
    assert_eq!(rig.tick(), 77);
}

#[test]
fn a_lane_of_air_that_carries_no_picture_in_is_a_slate() {
    let mut rig = Rig::open();
    let (lanes, _far, _rung, mut host, _) = ends();
    rig.desk.apply(PictureOrder::Air(Some(lanes)));
    rig.solo(GUEST);
    let slate = rig.tick();
    for lane in [lanes::AIR_PICTURE, lanes::AIR_SOUND_IN, studio_wire::ids::LaneId(99)] {
        rig.wire(GUEST, Feed::AirPicture(lane), true);
        send(&mut host, 90);
        assert_eq!(rig.tick(), slate);
    }
}
