//! Between a lane, whose sound comes when it comes, and the mixer, which wants a block each 10 ms. **What comes too late
//! is silence with a soft edge; what piles up is left out with a crossfade; the delay stays about 30 ms.**

use std::collections::VecDeque;

use super::{Block, FRAMES, SILENCE, from_i16};

/// Sample pairs that are kept in hand: 30 ms.
const TARGET: usize = 3 * FRAMES;
/// Never more than this: 200 ms.
const MOST: usize = 20 * FRAMES;
/// Fades and crossfades last 5 ms.
const FADE: usize = FRAMES / 2;
/// Blocks over which the level must stay too high before something is left out: 1 s.
const PATIENCE: u32 = 100;

/// One lane's sound on its way to the mixer.
#[derive(Debug)]
pub struct Jitter {
    pairs: VecDeque<[f32; 2]>,
    /// The end of the last whole block, for the fade when no other follows.
    end: [f32; 2 * FADE],
    /// Enough had come, and nothing was missing since.
    playing: bool,
    /// The lowest level after a block was taken, and over how many blocks.
    lowest: usize,
    watched: u32,
    missed: u64,
    dropped: u64,
}

impl Default for Jitter {
    fn default() -> Self {
        Self {
            pairs: VecDeque::with_capacity(MOST + FRAMES),
            end: [0.0; 2 * FADE],
            playing: false,
            lowest: usize::MAX,
            watched: 0,
            missed: 0,
            dropped: 0,
        }
    }
}

impl Jitter {
    /// Takes in what a lane carried: interleaved i16 of one or two channels, 48 kHz; anything else is left out.
    pub fn push(&mut self, bytes: &[u8], rate: u32, channels: u32) {
        if rate != super::RATE {
            return;
        }
        let sample = |bytes: &[u8]| from_i16(i16::from_ne_bytes([bytes[0], bytes[1]]));
        match channels {
            1 => self.pairs.extend(bytes.chunks_exact(2).map(|mono| [sample(mono); 2])),
            2 => self.pairs.extend(bytes.chunks_exact(4).map(|pair| [sample(pair), sample(&pair[2..])])),
            _ => return,
        }
        if self.pairs.len() > MOST {
            self.drop_oldest(self.pairs.len() - TARGET);
        }
    }

    /// The next block; false when it is silence altogether.
    pub fn pull(&mut self, block: &mut Block) -> bool {
        *block = SILENCE;
        if !self.playing && self.pairs.len() < TARGET {
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
            self.fade_out(block, have);
        }
        true
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

    /// Leaves out what has been in hand beyond the target for a whole second: a clock that runs fast, a burst at the start.
    fn watch(&mut self) {
        self.lowest = self.lowest.min(self.pairs.len());
        self.watched += 1;
        if self.watched == PATIENCE {
            if self.lowest >= TARGET + FRAMES {
                self.drop_oldest(self.lowest - TARGET);
            }
            (self.lowest, self.watched) = (usize::MAX, 0);
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

fn scale(pair: &mut [f32], gain: f32) {
    pair.iter_mut().for_each(|sample| *sample *= gain);
}

#[cfg(test)]
mod tests;
