//! Chunks: pieces of a block in which a level is looked at and a gain is worked out once. A chunk lasts a sixth of a
//! millisecond. **Between two chunks a gain runs along a straight line, sample by sample: it is never a step.**

use super::{Block, FRAMES};

/// Sample pairs of a chunk.
pub const CHUNK: usize = 8;
/// Chunks of a block.
pub const CHUNKS: usize = FRAMES / CHUNK;
/// A chunk: interleaved stereo.
pub type Chunk = [f32; 2 * CHUNK];

/// How much of a line through a chunk has been gone at each of its samples; the last pair has arrived.
pub const RISE: Chunk = {
    let mut rise = [0.0; 2 * CHUNK];
    let mut n = 0;
    while n < rise.len() {
        rise[n] = (n / 2 + 1) as f32 / CHUNK as f32;
        n += 1;
    }
    rise
};

/// A block's chunks, in order.
pub fn chunks(block: &Block) -> &[Chunk] {
    block.as_chunks().0
}

/// A block's chunks, in order, to change them.
pub fn chunks_mut(block: &mut Block) -> &mut [Chunk] {
    block.as_chunks_mut().0
}

/// The highest sample of a chunk, both sides together. Every sample has to be a number.
pub fn peak(chunk: &Chunk) -> f32 {
    // Four at a time: the order is free because the highest is the same in any.
    let mut highest = [0f32; 4];
    for four in chunk.as_chunks::<4>().0 {
        for (highest, sample) in highest.iter_mut().zip(four) {
            *highest = higher(sample.abs(), *highest);
        }
    }
    let [a, b, c, d] = highest;
    higher(higher(a, b), higher(c, d))
}

/// The power of a chunk: the mean of its squares, both sides together.
pub fn power(chunk: &Chunk) -> f32 {
    let mut sums = [0f32; 4];
    for four in chunk.as_chunks::<4>().0 {
        for (sum, sample) in sums.iter_mut().zip(four) {
            *sum += sample * sample;
        }
    }
    (sums[0] + sums[1] + sums[2] + sums[3]) / (2 * CHUNK) as f32
}

/// One instruction, where `f32::max` takes four for the sake of NaN.
#[inline]
fn higher(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Changes a chunk by a gain that runs along a line; from 1 to 1 changes no bit.
pub fn slide(chunk: &mut Chunk, from: f32, to: f32) {
    if from == 1.0 && to == 1.0 {
        return;
    }
    let way = to - from;
    for (sample, rise) in chunk.iter_mut().zip(RISE) {
        *sample *= from + way * rise;
    }
}

/// Fades a block from what it was, `dry`, to what it is, or back.
pub fn fade(dry: &Block, block: &mut Block, into: bool) {
    for (n, (pair, dry)) in block.chunks_exact_mut(2).zip(dry.chunks_exact(2)).enumerate() {
        let gone = (n + 1) as f32 / FRAMES as f32;
        let share = if into { gone } else { 1.0 - gone };
        for (sample, dry) in pair.iter_mut().zip(dry) {
            *sample = dry + (*sample - dry) * share;
        }
    }
}

/// Figures on their way to others: a straight line through one block, chunk by chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glide<const N: usize> {
    now: [f32; N],
    to: [f32; N],
}

impl<const N: usize> Glide<N> {
    /// Figures that stand.
    pub fn new(at: [f32; N]) -> Self {
        Self { now: at, to: at }
    }

    /// From the next block on it goes there.
    pub fn to(&mut self, wished: [f32; N]) {
        self.to = wished;
    }

    /// It is there.
    pub fn arrive(&mut self) {
        self.now = self.to;
    }

    /// Whether it is on its way.
    pub fn moves(&self) -> bool {
        self.now != self.to
    }

    /// The figures at the begin of the next block.
    pub fn now(&self) -> [f32; N] {
        self.now
    }

    /// The figures at the end of a chunk of the next block.
    pub fn at(&self, chunk: usize) -> [f32; N] {
        if !self.moves() {
            return self.to;
        }
        let gone = (chunk + 1) as f32 / CHUNKS as f32;
        std::array::from_fn(|n| self.now[n] + (self.to[n] - self.now[n]) * gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SILENCE;

    #[test]
    fn a_gain_slides_without_a_step_and_arrives() {
        let mut block = [1.0; 2 * FRAMES];
        let chunks = chunks_mut(&mut block);
        slide(&mut chunks[0], 1.0, 0.0);
        slide(&mut chunks[1], 0.0, 0.5);
        assert_eq!((chunks[0][0], chunks[0][1], chunks[0][15]), (0.875, 0.875, 0.0));
        assert_eq!((chunks[1][0], chunks[1][15]), (0.0625, 0.5));
    }

    #[test]
    fn a_chunks_peak_and_power_are_those_of_both_sides() {
        let mut block = SILENCE;
        (block[16], block[31]) = (0.25, -0.5);
        assert_eq!(chunks(&block).iter().map(peak).take(3).collect::<Vec<_>>(), [0.0, 0.5, 0.0]);
        assert_eq!(power(&chunks(&block)[1]), (0.0625 + 0.25) / 16.0);
    }

    #[test]
    fn figures_glide_through_one_block() {
        let mut glide = Glide::new([0.0, 10.0]);
        glide.to([6.0, 10.0]);
        assert!((glide.at(0)[0] - 0.1).abs() < 1e-6 && glide.at(0)[1] == 10.0);
        assert_eq!((glide.now(), glide.at(CHUNKS - 1)), ([0.0, 10.0], [6.0, 10.0]));
        glide.arrive();
        assert!(!glide.moves());
        assert_eq!(glide.at(0), [6.0, 10.0]);
    }
}
