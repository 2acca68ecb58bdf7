//! Between a sound device's callback and the mixer's tick. **A callback only moves samples through a ring and counts: no
//! allocation, no lock, no wait. The mixer does everything else: it measures the device's clock against the program's,
//! resamples from one to the other, holds the delay where it is, and makes every beginning and end soft.**
//!
//! A ring holds 200 ms. What does not fit is left out and counted by who writes, for a ring with one writer and one reader
//! gives nobody but the reader the right to drop what is old. The reader then sees the hole in the time stamps and skips
//! what has become too old, so time is not shifted: both together have the effect of dropping the oldest.

mod clock;
mod intake;
mod outlet;
mod stretch;
mod target;

pub use intake::{Intake, IntakeEnd, intake};
pub use outlet::{Outlet, OutletEnd, outlet};

use super::{RATE, clean};

/// What a device was measured to do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// How much faster its clock runs than the program's, in millionths. It takes some 10 s until it is right to 30.
    pub ppm: f32,
    /// Of a microphone: how old the sound is that leaves for the mixer now. Of a speaker: how long after the mixer gave
    /// it the sound leaves for the device. In ms; 0 while nothing is heard.
    pub latency_ms: f32,
    /// Times that sound had to stop because nothing was there.
    pub gaps: u64,
    /// Frames left out because there were too many, or too old.
    pub dropped: u64,
}

/// A block, in s.
const BLOCK: f64 = 0.01;
/// A device is listened to for so long before it is heard, in s.
const LISTEN: f64 = 0.1;
/// A delay that is off is mended within so many s.
const MEND: f64 = 5.0;
/// And by no more than this share of the pitch: nobody hears 1.7 cents.
const BEND: f64 = 0.001;
/// A delay that is off by more than this is mended by a jump with soft edges, in s.
const JUMP: f64 = 0.05;
/// Time stamps are this far apart at least, in ms: tiny callbacks share one.
const MARK_EVERY_MS: u64 = 2;
/// More stamps than 200 ms can hold.
const MARKS: usize = 256;

/// A rate that a device can have.
fn usable(rate: u32) -> u32 {
    rate.clamp(8_000, 192_000)
}

/// Frames of a ring.
fn capacity(rate: u32) -> usize {
    (rate.max(RATE) / 5) as usize
}

/// Frames of a soft edge: 5 ms.
fn edge(rate: u32) -> usize {
    (rate / 200) as usize
}

/// What was last heard: the stuff that soft ends are made of.
#[derive(Debug)]
struct Ending {
    last: Box<[f32]>,
    sides: usize,
}

impl Ending {
    fn new(rate: u32, sides: usize) -> Self {
        Self { last: vec![0.0; edge(rate) * sides].into(), sides }
    }

    /// Its length in frames.
    fn frames(&self) -> usize {
        self.last.len() / self.sides
    }

    /// These whole frames were heard.
    fn heard(&mut self, samples: &[f32]) {
        let room = self.room(samples.len() / self.sides);
        room.copy_from_slice(&samples[samples.len() - room.len()..]);
    }

    /// Where the last of so many frames that were heard belong: all of them, or as many as are kept.
    fn room(&mut self, frames: usize) -> &mut [f32] {
        let new = (frames * self.sides).min(self.last.len());
        self.last.copy_within(new.., 0);
        let keep = self.last.len() - new;
        &mut self.last[keep..]
    }

    /// Frame `n` after the end: what was heard runs backwards into silence, so there is no jump, whatever it was.
    fn after(&self, n: usize, side: usize) -> f32 {
        let frames = self.frames();
        if n >= frames {
            return 0.0;
        }
        self.last[(frames - 1 - n) * self.sides + side] * (1.0 - (n + 1) as f32 / frames as f32)
    }
}

#[cfg(test)]
mod tests;
