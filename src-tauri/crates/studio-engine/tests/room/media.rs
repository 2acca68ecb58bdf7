//! A picture that carries a number and a tone that can be recognised.

use std::f64::consts::TAU;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use studio_lane::{Bell, Frame, Meta, Writer};

pub const WIDTH: u32 = 640;
pub const HEIGHT: u32 = 360;
pub const TONE: f64 = 440.0;
/// −12 dBFS.
pub const LEVEL: f64 = 0.25;
const CELL: usize = 40;

pub const fn picture_bytes(width: u32, height: u32) -> u32 {
    width * height + 2 * width.div_ceil(2) * height.div_ceil(2)
}

/// Writes the number into 16 cells of the first row, and its opposite into the second.
fn burn(picture: &mut [u8], width: usize, number: u16) {
    picture.fill(128);
    for (row, bits) in [number, !number].into_iter().enumerate() {
        for y in row * CELL..(row + 1) * CELL {
            for bit in 0..16 {
                let luma = if bits >> bit & 1 == 1 { 235 } else { 16 };
                let start = y * width + bit * CELL;
                picture[start..start + CELL].fill(luma);
            }
        }
    }
}

/// The number in a picture of the right size, if it is one of ours.
pub fn number(frame: &Frame) -> Option<u16> {
    if (frame.meta.kind, frame.meta.width, frame.meta.height) != (Meta::I420, WIDTH, HEIGHT) {
        return None;
    }
    let read = |row: usize| {
        (0..16).fold(0u16, |bits, bit| {
            let centre = (row * CELL + CELL / 2) * WIDTH as usize + bit * CELL + CELL / 2;
            bits | u16::from(frame.bytes()[centre] > 128) << bit
        })
    };
    (read(0) == !read(1)).then(|| read(0))
}

/// Share of the tone in some samples of the left channel, and its amplitude (1.0 = full scale).
pub fn tone(left: &[f64]) -> (f64, f64) {
    let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
    for (n, sample) in left.iter().enumerate() {
        let phase = TAU * TONE * n as f64 / 48_000.0;
        re += sample * phase.cos();
        im += sample * phase.sin();
        power += sample * sample;
    }
    let amplitude = 2.0 * re.hypot(im) / left.len() as f64;
    (amplitude * amplitude / 2.0 / (power / left.len() as f64).max(1e-12), amplitude)
}

/// Feeds the two out lanes until it is dropped: 30 pictures and 100 blocks of the tone a second.
pub struct Feed {
    ended: Arc<AtomicBool>,
    paused: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Feed {
    pub fn new(mut picture: (Writer, Bell), mut sound: (Writer, Bell), size: (u32, u32)) -> Feed {
        let ended = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ended);
        let paused = Arc::new(AtomicBool::new(false));
        let pause = Arc::clone(&paused);
        let thread = std::thread::spawn(move || {
            let start = Instant::now();
            let (mut pictures, mut blocks) = (0u32, 0u32);
            while !flag.load(Ordering::Relaxed) {
                let elapsed = start.elapsed();
                while Duration::from_millis(10) * blocks < elapsed {
                    sing(&mut sound.0, blocks);
                    sound.1.ring();
                    blocks += 1;
                }
                if Duration::from_micros(33_333) * pictures < elapsed {
                    if !pause.load(Ordering::Relaxed) {
                        show(&mut picture.0, size, pictures as u16);
                        picture.1.ring();
                    }
                    pictures += 1;
                }
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        Feed { ended, paused, thread: Some(thread) }
    }

    /// Feeds no more pictures, or feeds them again.
    pub fn pause_pictures(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

fn show(writer: &mut Writer, (width, height): (u32, u32), number: u16) {
    let len = picture_bytes(width, height);
    if let Some(mut draft) = writer.draft() {
        burn(&mut draft.bytes()[..len as usize], width as usize, number);
        draft.publish(Meta { stamp_us: now_us(), width, height, len, kind: Meta::I420 });
    }
}

fn sing(writer: &mut Writer, block: u32) {
    if let Some(mut draft) = writer.draft() {
        for (n, both) in draft.bytes().chunks_exact_mut(4).enumerate() {
            let time = f64::from(block * 480 + n as u32) / 48_000.0;
            let sample = ((TAU * TONE * time).sin() * LEVEL * 32_767.0) as i16;
            both[..2].copy_from_slice(&sample.to_ne_bytes());
            both[2..].copy_from_slice(&sample.to_ne_bytes());
        }
        draft.publish(Meta { stamp_us: now_us(), width: 48_000, height: 2, len: 1_920, kind: Meta::PCM });
    }
}

pub fn now_us() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}
