//! Between a lane, whose sound comes when it comes, and the mixer, which wants a block each 10 ms. **What comes too late
//! is silence with a soft edge; what piles up is left out with a crossfade; the delay is 20 ms, more only for a lane that needs it.**

use std::collections::VecDeque;

use studio_wire::time::ShowTime;

use super::mix::Piece;
use super::{Block, FRAMES, RATE, SILENCE, from_i16};

/// Sample pairs in hand when sound begins: 20 ms, which leaves 10 ms after the first block was taken.
const LEAST_TARGET: usize = 2 * FRAMES;
/// And for a lane that comes as unevenly as we put up with: 80 ms.
const MOST_TARGET: usize = 8 * FRAMES;
/// Never more than this: 200 ms.
const MOST: usize = 20 * FRAMES;
/// Fades and crossfades last 5 ms.
const FADE: usize = FRAMES / 2;
/// Blocks over which the level must stay too high before something is left out: 1 s.
const PATIENCE: u32 = 100;
/// Such seconds without need after which a raised target is lowered by a block.
const CALM: u32 = 10;
/// Sound that comes again after so many blocks was late; after more it had stopped.
const LATE: u32 = 20;

/// One lane's sound on its way to the mixer.
#[derive(Debug)]
pub struct Jitter {
    pairs: VecDeque<[f32; 2]>,
    /// When the end of what came last was sent.
    newest: ShowTime,
    /// The end of the last whole block, for the fade when no other follows.
    end: [f32; 2 * FADE],
    /// Enough had come, and nothing was missing since.
    playing: bool,
    /// What has to be in hand to begin.
    target: usize,
    /// Silent blocks since sound was missing; starts at its most, because nothing has been late yet.
    waited: u32,
    /// The lowest level after a block was taken, and over how many blocks.
    lowest: usize,
    watched: u32,
    /// Seconds in which a block of the target was never needed.
    calm: u32,
    missed: u64,
    dropped: u64,
}

impl Default for Jitter {
    fn default() -> Self {
        Self {
            pairs: VecDeque::with_capacity(MOST + FRAMES),
            newest: ShowTime(0),
            end: [0.0; 2 * FADE],
            playing: false,
            target: LEAST_TARGET,
            waited: u32::MAX,
            lowest: usize::MAX,
            watched: 0,
            calm: 0,
            missed: 0,
            dropped: 0,
        }
    }
}

impl Jitter {
    /// Takes in what a lane carried: one or two channels, 48 kHz; anything else is left out.
    pub fn push(&mut self, piece: Piece<'_>) {
        if piece.rate != RATE {
            return;
        }
        let sample = |bytes: &[u8]| from_i16(i16::from_ne_bytes([bytes[0], bytes[1]]));
        let before = self.pairs.len();
        match piece.channels {
            1 => self.pairs.extend(piece.bytes.chunks_exact(2).map(|mono| [sample(mono); 2])),
            2 => {
                self.pairs.extend(piece.bytes.chunks_exact(4).map(|pair| [sample(pair), sample(&pair[2..])]))
            }
            _ => return,
        }
        self.newest = piece.sent + lasting(self.pairs.len() - before);
        if self.pairs.len() > MOST {
            self.drop_oldest(self.pairs.len() - self.target);
        }
    }

    /// When that was sent which is pulled next; `None` while nothing is played.
    pub fn oldest(&self) -> Option<ShowTime> {
        self.playing.then(|| ShowTime(self.newest.0.saturating_sub(lasting(self.pairs.len()).0)))
    }

    /// The next block; false when it is silence altogether.
    pub fn pull(&mut self, block: &mut Block) -> bool {
        *block = SILENCE;
        if !self.playing && !self.begins() {
            return false;
        }
        let fade_in = !self.playing;
        self.playing = self.pairs.len() >= FRAMES;
        let have = self.pairs.len().min(FRAMES);
        for (out, pair) in block.chunks_exact_mut(2).zip(self.pairs.drain(..have)) {
            out.copy_from_slice(&pair);
        }
        if fade_in {
            for (n, pair) in block.chunks_exact_mut(2).take(FADE).enumerate() {
                scale(pair, n as f32 / FADE as f32);
            }
        }
        if self.playing {
            self.end.copy_from_slice(&block[2 * (FRAMES - FADE)..]);
            self.watch();
        } else {
            self.missed += 1;
            (self.waited, self.lowest) = (0, 0);
            self.fade_out(block, have);
        }
        true
    }

    /// Whether enough is in hand to begin. What was missing and comes after all was late: then more is kept in hand, so
    /// that the same lateness is not heard twice.
    fn begins(&mut self) -> bool {
        if self.waited < LATE && !self.pairs.is_empty() {
            self.target = (self.target + FRAMES).min(MOST_TARGET);
            (self.waited, self.calm) = (LATE, 0);
        }
        self.waited = self.waited.saturating_add(1);
        self.pairs.len() >= self.target
    }

    /// Ends a sound of which only the first `have` pairs of a block came.
    fn fade_out(&self, block: &mut Block, have: usize) {
        if FRAMES - have < FADE {
            for (n, pair) in block[..2 * have].chunks_exact_mut(2).rev().take(FADE).enumerate() {
                scale(pair, n as f32 / FADE as f32);
            }
            return;
        }
        // What was just heard runs backwards into silence: no jump, whatever the sound was.
        let (heard, rest) = block.split_at_mut(2 * have);
        let backwards = heard.chunks_exact(2).rev().chain(self.end.chunks_exact(2).rev());
        for ((n, out), pair) in rest.chunks_exact_mut(2).take(FADE).enumerate().zip(backwards) {
            out.copy_from_slice(pair);
            scale(out, 1.0 - (n + 1) as f32 / FADE as f32);
        }
    }

    /// Once a second: leaves out what has been in hand beyond need all the time, as after a burst at the start or from a
    /// clock that runs fast, and lowers a target that has long been higher than this lane needs.
    fn watch(&mut self) {
        self.lowest = self.lowest.min(self.pairs.len());
        self.watched += 1;
        if self.watched < PATIENCE {
            return;
        }
        let lowest = std::mem::replace(&mut self.lowest, usize::MAX);
        self.watched = 0;
        self.calm = if lowest >= LEAST_TARGET { self.calm + 1 } else { 0 };
        if self.calm >= CALM && self.target > LEAST_TARGET {
            self.target -= FRAMES;
            self.calm = 0;
        }
        // After a block was taken the target is short of that block.
        let surplus = (lowest + FRAMES).saturating_sub(self.target);
        if surplus >= FRAMES {
            self.drop_oldest(surplus);
        }
    }

    /// Leaves out the oldest `count` pairs: fades from them to what follows.
    fn drop_oldest(&mut self, count: usize) {
        let fade = FADE.min(count).min(self.pairs.len().saturating_sub(count));
        for n in 0..fade {
            let share = (n + 1) as f32 / (fade + 1) as f32;
            let (old, new) = (self.pairs[n], self.pairs[count + n]);
            self.pairs[count + n] = [0, 1].map(|side| old[side] * (1.0 - share) + new[side] * share);
        }
        self.pairs.drain(..count);
        self.dropped += count as u64;
    }

    /// Blocks that had to be filled with silence after sound had begun.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Sample pairs left out because too many were in hand.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// How long so many sample pairs last.
fn lasting(pairs: usize) -> ShowTime {
    ShowTime(pairs as u64 * 1_000_000_000 / u64::from(RATE))
}

fn scale(pair: &mut [f32], gain: f32) {
    pair.iter_mut().for_each(|sample| *sample *= gain);
}

#[cfg(test)]
mod tests;
