//! Twenty guests in one program, through the encoder the recorder uses, and read back.

use std::io::Write;

use studio_wire::time::ShowTime;

use super::*;
use crate::clock::SECOND;
use crate::frame::{PlanesMut, i420_len};

const PROGRAM: ProgramFormat = ProgramFormat { width: 1920, height: 1080, fps: 30 };
const COLUMNS: usize = 5;
const GUESTS: usize = 20;
const TICKS: u64 = 75;
const FIRST: u64 = 1_000;
/// Not a whole number of milliseconds, as in life.
const START: ShowTime = ShowTime(123_456_789_012_345);

/// How old guest `k`'s picture and sound are in the program, in milliseconds.
fn delays(k: usize) -> (u64, u64) {
    (20 + k as u64, 65 - 3 * k as u64)
}

#[test]
fn twenty_guests_at_three_quarters_are_read_back_from_the_encoded_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grid.mkv");
    std::fs::write(&file, "").unwrap();
    let (mut encoder, inputs) = encoder::Encoder::start(&ffmpeg(), PROGRAM, &file).unwrap();
    let clock = TickClock::new(START, PROGRAM.fps);
    let encoder::Inputs { mut pictures, mut sounds } = inputs;
    let sound = std::thread::spawn(move || sounds.write_all(&mixed()).unwrap());
    let mut program = vec![16; i420_len(PROGRAM.width, PROGRAM.height)];
    let patterns: Vec<_> = (0..GUESTS).map(|k| Pattern::new(640, 360, Signature::robot(k as u32))).collect();
    for tick in 0..TICKS {
        compose(&mut program, &patterns, clock.at(tick));
        draw_tick(&mut PlanesMut::new(&mut program, 1920, 1080).unwrap(), (FIRST + tick) as u32);
        pictures.write_all(&program).unwrap();
    }
    drop(pictures);
    sound.join().unwrap();
    assert!(encoder.wait(|| true), "{}", encoder.last_words());

    let cell = |k: usize| Rect {
        x: (k % COLUMNS) as f32 / 5.0,
        y: (k / COLUMNS) as f32 / 4.0,
        w: 1.0 / 5.0,
        h: 1.0 / 4.0,
    };
    let tiles = (0..GUESTS)
        .map(|k| Tile { source: Some(SourceId(k as u32)), place: cell(k), whole: false })
        .collect();
    let question = Question {
        format: PROGRAM,
        first_tick_at: START,
        first_tick: FIRST,
        // Before, nobody was there.
        scenes: vec![(0, Drawing::default()), (FIRST, Drawing { tiles, ..Drawing::default() })],
        guests: (0..GUESTS as u32).map(|k| GuestMark { source: SourceId(k), k }).collect(),
    };
    let found = inspect(&ffmpeg(), &file, &question).unwrap();
    assert_eq!((found.frames, found.missing, found.repeated, found.unreadable), (TICKS, 0, 0, 0));
    for (k, guest) in found.guests.iter().enumerate() {
        let (picture, sound) = delays(k);
        assert_eq!((guest.latency_ms.samples, guest.first_seen), (TICKS as usize, Some(START)), "{k}");
        let age = guest.latency_ms.p50.unwrap();
        assert!((age - picture as f64).abs() < 1.1, "{k}: {age} for {picture}");
        let (wanted, offset) = (picture as f64 - sound as f64, guest.av_offset_ms.p50);
        assert!(offset.is_some_and(|offset| (offset - wanted).abs() < 3.0), "{k}: {offset:?} for {wanted}");
        assert!((guest.burst_dbfs.unwrap() + 24.0).abs() < 1.5, "{k}: {:?}", guest.burst_dbfs);
    }
}

/// Draws each guest as it looked some time before, its sides cut off, at three quarters.
fn compose(program: &mut [u8], patterns: &[Pattern], due: ShowTime) {
    let mut source = vec![0; i420_len(640, 360)];
    for (k, pattern) in patterns.iter().enumerate() {
        let drawn = due.since(ShowTime::from_ms(delays(k).0));
        pattern.draw(&mut PlanesMut::new(&mut source, 640, 360).unwrap(), 5, drawn);
        let (left, top) = (k % COLUMNS * 384, k / COLUMNS * 270);
        for y in 0..270 {
            let row = &mut program[(top + y) * 1920 + left..][..384];
            for (x, pixel) in row.iter_mut().enumerate() {
                // The mean of the two pixels around: soft, as a scaler leaves it.
                let (at, line) = (64 + x * 4 / 3, y * 4 / 3);
                let around = [(0, 0), (1, 0), (0, 1), (1, 1)]
                    .map(|(right, down)| u32::from(source[(line + down).min(359) * 640 + at + right]));
                *pixel = (around.iter().sum::<u32>() / 4) as u8;
            }
        }
    }
}

/// All guests' tones, each as it sounded some time before.
fn mixed() -> Vec<u8> {
    let samples = (TICKS * 1_600) as usize;
    let (mut sum, mut one) = (vec![0f32; samples * 2], vec![0f32; samples * 2]);
    for k in 0..GUESTS {
        let delay = ShowTime(delays(k).1 * SECOND / 1_000);
        Tone::new(Signature::robot(k as u32)).block(START.since(delay), &mut one);
        sum.iter_mut().zip(&one).for_each(|(sum, sample)| *sum += sample);
    }
    sum.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}
