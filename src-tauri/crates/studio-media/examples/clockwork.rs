//! A sound device whose clock runs as fast as it is told, at the other end of a pipe.
//!
//! * `clockwork speak PIPE --ppm N (--guest K | --hz HZ)` is a microphone's converter: every 10 ms of its clock it writes
//!   480 samples, 32-bit floats, of what sounded in the room meanwhile: synthetic guest K, or a sine.
//! * `clockwork listen PIPE --ppm N` is a loudspeaker's: every 10 ms of its clock it takes 480 stereo samples.
//!
//! N millionths is how much faster than this machine's clock it runs. A converter waits for nobody: what the pipe has no
//! room for is lost, what is not there is silence. Each loss inside of a stretch of good sound is a line `lost N`; what
//! comes before the first 5 s of good sound, or after the last of it, is the device not being in use.

use std::f64::consts::TAU;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use studio_media::clock::{SECOND, now, sleep_until};
use studio_media::synthetic::Signature;
use studio_media::synthetic::tone::Tone;
use studio_wire::time::ShowTime;

const RATE: f64 = 48_000.0;
const BLOCK: usize = 480;
/// Bytes of a pipe: 85 ms of one channel, 43 ms of two. The default would be a third of a second.
const PIPE: usize = 16 << 10;
/// Blocks of good sound after which a loss is one.
const GOOD: u32 = 500;

enum Way {
    Speak(Room),
    Listen,
}

/// What sounds where the microphone stands.
enum Room {
    Guest(Tone),
    Sine(f64),
}

impl Room {
    /// What sounds at a moment, in ns of show time.
    fn sample(&self, at: f64) -> f32 {
        match self {
            Self::Guest(tone) => {
                let mut pair = [0.0; 2];
                tone.block(ShowTime(at as u64), &mut pair);
                pair[0]
            }
            Self::Sine(hz) => (0.25 * (TAU * (hz * at / SECOND as f64).fract()).sin()) as f32,
        }
    }
}

struct Wish {
    way: Way,
    pipe: String,
    ppm: f64,
}

fn wish() -> Option<Wish> {
    let mut words = std::env::args().skip(1);
    let speaks = match words.next()?.as_str() {
        "speak" => true,
        "listen" => false,
        _ => return None,
    };
    let (pipe, mut ppm, mut room) = (words.next()?, 0.0, None);
    while let Some(word) = words.next() {
        let value = words.next()?;
        match word.as_str() {
            "--ppm" => ppm = value.parse().ok()?,
            "--guest" => room = Some(Room::Guest(Tone::new(Signature::robot(value.parse().ok()?)))),
            "--hz" => room = Some(Room::Sine(value.parse().ok()?)),
            _ => return None,
        }
    }
    let way = if speaks { Way::Speak(room?) } else { Way::Listen };
    Some(Wish { way, pipe, ppm })
}

/// Counts what is lost between two stretches of good sound.
#[derive(Default)]
struct Losses {
    good: u32,
    lost: u32,
}

impl Losses {
    fn block(&mut self, whole: bool) {
        if !whole {
            self.lost += u32::from(self.good >= GOOD);
        } else {
            if self.lost > 0 {
                println!("lost {}", self.lost);
                self.lost = 0;
            }
            self.good += 1;
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Wish { way, pipe, ppm } = wish().ok_or("the first lines of this example say how it is called")?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(OFlags::NONBLOCK.bits() as i32);
    let mut pipe = options.open(&pipe).map_err(|error| format!("{pipe}: {error}"))?;
    rustix::pipe::fcntl_setpipe_size(&pipe, PIPE)?;
    let (begin, frame) = (now().0 as f64, SECOND as f64 / (RATE * (1.0 + ppm / 1e6)));
    let mut losses = Losses::default();
    let mut end = 0;
    loop {
        let first = end;
        end += BLOCK;
        // A block is there when its last sample has sounded.
        sleep_until(ShowTime((begin + end as f64 * frame) as u64));
        let whole = match &way {
            Way::Speak(room) => {
                let sound = (first..end).map(|n| room.sample(begin + n as f64 * frame));
                speak(&mut pipe, &sound.flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?
            }
            Way::Listen => listen(&mut pipe)?,
        };
        losses.block(whole);
    }
}

/// Whether there was room for all of it. A block is smaller than what a pipe takes whole or not at all.
fn speak(pipe: &mut File, sound: &[u8]) -> std::io::Result<bool> {
    match pipe.write(sound) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether there was a whole block.
fn listen(pipe: &mut File) -> std::io::Result<bool> {
    let mut sound = [0; BLOCK * 2 * 4];
    match pipe.read(&mut sound) {
        Ok(got) => Ok(got == sound.len()),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}
