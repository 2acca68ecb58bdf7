//! `kill -9` of a process that writes flat out: no reader ever sees half a frame.
//!
//! The writer is this very test binary, started again with the socket as its standard input.
#![allow(clippy::unwrap_used, missing_docs)]

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use studio_lane::{Block, Frame, Meta, Shape, hello};

const KILLS: usize = 400;
const SHAPE: Shape = Shape { slots: 4, slot_bytes: 640 * 360 * 3 / 2 };
const IS_WRITER: &str = "STUDIO_LANE_KILL_WRITER";

/// Each word of a frame follows from the frame's stamp and the word's place, so a mix of two frames shows.
fn word(stamp: i64, place: usize) -> u64 {
    (stamp as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (place as u64).wrapping_mul(0xD1B5_4A32_D192_ED03)
}

fn is_whole(frame: &Frame) -> bool {
    let stamp = frame.meta.stamp_us;
    frame.bytes().len() == SHAPE.slot_bytes as usize
        && stamp as u64 == frame.seq
        && frame
            .bytes()
            .chunks_exact(8)
            .enumerate()
            .all(|(place, bytes)| bytes == word(stamp, place).to_ne_bytes())
}

/// Not a test of its own: the body of the process that is killed.
#[test]
fn writer_that_is_killed() {
    if std::env::var_os(IS_WRITER).is_none() {
        return;
    }
    let welcome = hello::receive(&hello::from_stdin().unwrap()).unwrap();
    let mut writer = welcome.block.writer(0).unwrap();
    for stamp in 1.. {
        let mut draft = loop {
            match writer.draft() {
                Some(draft) => break draft,
                None => std::thread::yield_now(),
            }
        };
        for (place, bytes) in draft.bytes().chunks_exact_mut(8).enumerate() {
            bytes.copy_from_slice(&word(stamp, place).to_ne_bytes());
        }
        draft.publish(Meta { stamp_us: stamp, len: SHAPE.slot_bytes, ..Meta::default() });
    }
}

#[test]
fn killing_the_writer_400_times_never_shows_a_torn_frame() {
    let (mut read, mut torn, mut unfinished, mut survivors) = (0u64, 0u64, 0usize, 0u64);
    for round in 0..KILLS {
        let block = Block::create(&[SHAPE]).unwrap();
        let mut reader = block.reader(0).unwrap();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer_that_is_killed"])
            .env(IS_WRITER, "1")
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        hello::send(&ours, 0, &[SHAPE], &block, &[]).unwrap();

        let started = Instant::now();
        let mut held = loop {
            match reader.newest() {
                Some(frame) => break frame,
                None => std::thread::yield_now(),
            }
            assert!(started.elapsed() < Duration::from_secs(30), "the writer never began");
        };
        read += 1;
        // A different moment in each round, so that the kill falls everywhere in a frame.
        let end = Instant::now() + Duration::from_micros(2_000 + (round as u64 * 7_919) % 16_000);
        while Instant::now() < end {
            if let Some(frame) = reader.newest() {
                read += 1;
                torn += u64::from(!is_whole(&frame));
                held = frame;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        unfinished += reader.unfinished();
        torn += u64::from(!is_whole(&held));
        for frame in std::iter::from_fn(|| reader.next()) {
            survivors += 1;
            torn += u64::from(!is_whole(&frame));
        }
    }
    println!(
        "{KILLS} kills: {read} frames read, {survivors} more after the death, {unfinished} slots half written, {torn} torn"
    );
    assert_eq!(torn, 0);
    assert!(unfinished > KILLS / 10, "the kills must fall inside frames to prove anything: {unfinished}");
    assert!(read >= KILLS as u64, "frames were read while they were written: {read}");
}
