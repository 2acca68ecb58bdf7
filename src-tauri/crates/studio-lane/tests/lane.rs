//! What the two ends of a lane promise each other.
#![allow(clippy::unwrap_used, missing_docs)]

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use studio_lane::{Bell, Block, Frame, Meta, Reader, Shape, Writer};

fn lane(slots: u32, slot_bytes: u32) -> (Writer, Reader) {
    let block = Block::create(&[Shape { slots, slot_bytes }]).unwrap();
    (block.writer(0).unwrap(), block.reader(0).unwrap())
}

fn send(writer: &mut Writer, byte: u8) {
    let mut draft = writer.draft().unwrap();
    draft.bytes().fill(byte);
    let len = u32::try_from(draft.bytes().len()).unwrap();
    draft.publish(Meta { stamp_us: byte.into(), len, ..Meta::default() });
}

fn first_byte(frame: Option<Frame>) -> Option<u8> {
    frame.map(|frame| frame.bytes()[0])
}

#[test]
fn a_frame_arrives_with_its_bytes_its_description_and_its_number() {
    let (mut writer, mut reader) = lane(3, 100);
    let sent = Meta { stamp_us: -5, width: 10, height: 6, len: 90, kind: Meta::I420 };
    let mut draft = writer.draft().unwrap();
    draft.bytes()[..90].fill(7);
    draft.publish(sent);
    let frame = reader.newest().unwrap();
    assert_eq!((frame.meta, frame.seq), (sent, 1));
    assert_eq!(frame.bytes(), [7; 90]);
}

#[test]
fn an_empty_lane_gives_nothing_either_way() {
    let (_writer, mut reader) = lane(2, 1);
    assert!(reader.newest().is_none());
    assert!(reader.next().is_none());
}

#[test]
fn newest_skips_what_is_older_and_never_goes_back() {
    let (mut writer, mut reader) = lane(4, 1);
    (1..=3).for_each(|byte| send(&mut writer, byte));
    assert_eq!(first_byte(reader.newest()), Some(3));
    assert!(reader.newest().is_none());
    assert!(reader.next().is_none());
    send(&mut writer, 4);
    assert_eq!(first_byte(reader.newest()), Some(4));
}

#[test]
fn next_gives_every_frame_in_order() {
    let (mut writer, mut reader) = lane(4, 1);
    for round in 0..50 {
        (0..3).for_each(|k| send(&mut writer, round * 3 + k));
        (0..3).for_each(|k| assert_eq!(first_byte(reader.next()), Some(round * 3 + k)));
        assert!(reader.next().is_none());
    }
}

#[test]
fn a_slow_reader_loses_the_oldest_and_sees_the_gap_while_the_writer_goes_on() {
    let (mut writer, mut reader) = lane(4, 1);
    (1..=10).for_each(|byte| send(&mut writer, byte));
    let frames: Vec<(u64, u8)> =
        std::iter::from_fn(|| reader.next()).map(|f| (f.seq, f.bytes()[0])).collect();
    assert_eq!(frames, [(7, 7), (8, 8), (9, 9), (10, 10)]);
}

#[test]
fn a_frame_being_read_is_never_overwritten() {
    let (mut writer, mut reader) = lane(3, 64);
    send(&mut writer, 1);
    let held = reader.newest().unwrap();
    (2..=200).for_each(|byte| send(&mut writer, byte));
    assert_eq!(held.bytes(), [1; 64]);
    assert_eq!(first_byte(reader.newest()), Some(200));
}

#[test]
fn with_every_slot_being_read_the_writer_gets_none_at_once_and_a_dropped_frame_helps() {
    let (mut writer, mut reader) = lane(2, 1);
    send(&mut writer, 1);
    let first = reader.newest().unwrap();
    send(&mut writer, 2);
    let second = reader.newest().unwrap();
    assert!(writer.draft().is_none());
    drop(first);
    send(&mut writer, 3);
    drop(second);
    assert_eq!(first_byte(reader.newest()), Some(3));
}

#[test]
fn a_draft_that_is_dropped_sends_nothing_and_gives_its_slot_back() {
    let (mut writer, mut reader) = lane(2, 1);
    for _ in 0..5 {
        writer.draft().unwrap().bytes()[0] = 9;
    }
    assert!(reader.newest().is_none());
    assert_eq!(reader.unfinished(), 0);
    send(&mut writer, 1);
    assert_eq!(reader.newest().unwrap().seq, 1, "nothing was sent, so no number was used up");
}

#[test]
fn a_slot_whose_writer_stopped_inside_it_is_never_read_and_costs_only_itself() {
    let (mut writer, mut reader) = lane(3, 8);
    let mut draft = writer.draft().unwrap();
    draft.bytes().fill(0xEE);
    std::mem::forget(draft);
    assert_eq!(reader.unfinished(), 1);
    assert!(reader.newest().is_none());
    (1..=9).for_each(|byte| send(&mut writer, byte));
    let read: Vec<u8> = std::iter::from_fn(|| first_byte(reader.next())).collect();
    assert_eq!(read, [8, 9], "two of three slots still work");
}

#[test]
fn a_frame_outlives_its_writer_and_its_block() {
    let block = Block::create(&[Shape { slots: 2, slot_bytes: 4096 }]).unwrap();
    let mut reader = block.reader(0).unwrap();
    let mut writer = block.writer(0).unwrap();
    send(&mut writer, 42);
    let frame = reader.newest().unwrap();
    drop((writer, reader, block));
    let read = std::thread::spawn(move || frame.bytes().iter().all(|&byte| byte == 42));
    assert!(read.join().unwrap());
}

#[test]
fn a_length_beyond_the_slot_is_cut_to_the_slot() {
    let (mut writer, mut reader) = lane(2, 16);
    writer.draft().unwrap().publish(Meta { len: u32::MAX, ..Meta::default() });
    let frame = reader.newest().unwrap();
    assert_eq!((frame.meta.len, frame.bytes().len()), (16, 16));
}

#[test]
fn each_end_is_given_out_once_for_each_side() {
    let shapes = [Shape { slots: 2, slot_bytes: 8 }; 2];
    let ours = Block::create(&shapes).unwrap();
    let theirs = Block::from_fd(ours.fd().try_clone_to_owned().unwrap(), &shapes).unwrap();
    assert!(ours.writer(0).is_some() && theirs.reader(0).is_some());
    assert!(ours.writer(0).is_none() && theirs.reader(0).is_none());
    assert!(ours.writer(1).is_some());
    assert!(ours.writer(2).is_none() && theirs.reader(2).is_none(), "no such lane");
}

#[test]
fn lanes_of_one_block_do_not_touch_each_other() {
    let shapes = [(2, 1), (5, 63), (3, 64), (16, 1921), (2, 4096)];
    let shapes = shapes.map(|(slots, slot_bytes)| Shape { slots, slot_bytes });
    let block = Block::create(&shapes).unwrap();
    let mut writers: Vec<Writer> = (0..5).map(|lane| block.writer(lane).unwrap()).collect();
    let mut readers: Vec<Reader> = (0..5).map(|lane| block.reader(lane).unwrap()).collect();
    for (lane, shape) in shapes.iter().enumerate() {
        (0..shape.slots).for_each(|slot| send(&mut writers[lane], (lane * 20) as u8 + slot as u8));
    }
    for (lane, shape) in shapes.iter().enumerate() {
        for slot in 0..shape.slots {
            let frame = readers[lane].next().unwrap();
            assert_eq!(frame.bytes().len(), shape.slot_bytes as usize);
            assert!(frame.bytes().iter().all(|&byte| byte == (lane * 20) as u8 + slot as u8), "lane {lane}");
        }
    }
}

#[test]
fn a_block_refuses_shapes_that_make_no_lanes() {
    let shape = |slots, slot_bytes| Shape { slots, slot_bytes };
    for shapes in
        [vec![], vec![shape(1, 8)], vec![shape(257, 8)], vec![shape(2, 0)], vec![shape(256, u32::MAX); 9]]
    {
        assert!(Block::create(&shapes).is_err(), "{shapes:?}");
    }
    assert!(
        Block::from_fd(OwnedFd::from(std::fs::File::open("/dev/null").unwrap()), &[shape(2, 8)]).is_err()
    );
}

/// Ends a loop in another thread when the test ends, however it does.
struct Enough<'flag>(&'flag AtomicBool);

impl Drop for Enough<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn two_threads_flat_out_never_see_a_torn_or_repeated_frame() {
    for in_order in [false, true] {
        let (mut writer, mut reader) = lane(4, 4096);
        let enough = AtomicBool::new(false);
        let (sent, last) = std::thread::scope(|threads| {
            let writing = threads.spawn(|| {
                let mut sent = 0u64;
                while !enough.load(Ordering::Relaxed) {
                    send(&mut writer, (sent + 1) as u8);
                    sent += 1;
                }
                sent
            });
            let ended = Enough(&enough);
            let mut last = 0;
            let mut check = |frame: Frame| {
                assert!(frame.seq > last);
                last = frame.seq;
                assert!(frame.bytes().iter().all(|&byte| byte == last as u8), "torn frame {last}");
            };
            let mut read = 0;
            while read < 2_000 && !writing.is_finished() {
                match if in_order { reader.next() } else { reader.newest() } {
                    Some(frame) => {
                        check(frame);
                        read += 1;
                    }
                    None => std::thread::yield_now(),
                }
            }
            drop(ended);
            let sent = writing.join().unwrap();
            std::iter::from_fn(|| reader.next()).for_each(check);
            (sent, last)
        });
        assert_eq!(last, sent, "the last frame always arrives");
    }
}

#[test]
fn a_bell_wakes_its_waiter_once_for_any_number_of_rings() {
    let bell = Bell::create().unwrap();
    assert!(!bell.wait(Duration::from_millis(1)).unwrap(), "silent");
    let rope = bell.try_clone().unwrap();
    (0..3).for_each(|_| rope.ring());
    assert!(bell.wait(Duration::ZERO).unwrap());
    assert!(!bell.wait(Duration::ZERO).unwrap());
    let waiter = std::thread::spawn(move || {
        let start = Instant::now();
        (bell.wait(Duration::from_secs(30)).unwrap(), start.elapsed())
    });
    std::thread::sleep(Duration::from_millis(50));
    rope.ring();
    let (woken, waited) = waiter.join().unwrap();
    assert!(woken && waited < Duration::from_secs(20));
}
