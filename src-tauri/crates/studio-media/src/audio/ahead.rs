//! Turns sound down before it is too loud. **Sound leaves a fixed time after it came; no sample leaves above the ceiling
//! under which it came; sound that stays below all the time changes no bit.**
//!
//! For each chunk somebody says which gain it needs. The lowest of what lies ahead, held until it has left and averaged
//! over nearly as long, is a gain that goes down along a line and has arrived when the loud chunk leaves.

use super::chunk::{CHUNK, Chunk, slide};

/// More chunks than any ring here needs.
const RING: usize = 32;
/// A gain that is so near to 1 is 1.
const OPEN: f64 = 1.0 - 1e-6;

/// Sound that waits, and the gains that it will need.
#[derive(Debug)]
pub struct Ahead {
    /// Chunks by which sound is later.
    delay: usize,
    sound: [Chunk; RING],
    ceilings: [f32; RING],
    /// Number of the chunk that comes next.
    next: usize,
    /// What each chunk needs.
    needs: [f32; RING],
    /// The lowest of them that counts, and the chunk that needs it.
    lowest: f32,
    lowest_at: usize,
    /// The lowest, coming back slowly, in steps too small for f32; its last values, and their sum.
    released: f64,
    levels: [f64; RING],
    sum: f64,
    /// Chunks since `released` was not 1.
    calm: usize,
    /// The gain at the end of the last chunk that left.
    gain: f32,
}

impl Ahead {
    /// Sound is later by so many chunks: 2 … 30.
    pub fn new(delay: usize) -> Self {
        let delay = delay.clamp(2, RING - 2);
        Self {
            delay,
            sound: [[0.0; 2 * CHUNK]; RING],
            ceilings: [1.0; RING],
            next: 0,
            needs: [1.0; RING],
            lowest: 1.0,
            lowest_at: 0,
            released: 1.0,
            levels: [1.0; RING],
            sum: (delay - 1) as f64,
            calm: delay,
            gain: 1.0,
        }
    }

    /// The gain at the end of the last chunk that left.
    pub fn gain(&self) -> f32 {
        self.gain
    }

    /// Takes a chunk and gives the one that came `delay` chunks ago. `needs` is the gain, at most 1, with which it stays
    /// below `ceiling`; what is noticed only with the chunk after it is in time. `keep` is how much of a reduction is left
    /// a chunk after its cause.
    pub fn pass(&mut self, chunk: &mut Chunk, needs: f32, ceiling: f32, keep: f32) {
        let slot = self.next % self.delay;
        std::mem::swap(chunk, &mut self.sound[slot]);
        let ceiling = std::mem::replace(&mut self.ceilings[slot], ceiling);
        let gain = self.gain_after(needs, keep);
        let from = std::mem::replace(&mut self.gain, gain);
        self.next += 1;
        if from == 1.0 && gain == 1.0 {
            return;
        }
        slide(chunk, from, gain);
        // The line is below already; this is for the last bit of a product.
        for sample in chunk {
            *sample = sample.clamp(-ceiling, ceiling);
        }
    }

    /// The gain at the end of the chunk that leaves now.
    ///
    /// A chunk that came as number c leaves while number c + delay comes, between the gains that were worked out with the
    /// latter and with its predecessor. Both average values of numbers c + 1 … c + delay, and each such value is at most
    /// what chunks c and c + 1 need, for it is the lowest of the last delay + 1.
    fn gain_after(&mut self, needs: f32, keep: f32) -> f32 {
        self.needs[self.next % RING] = needs;
        if needs <= self.lowest {
            (self.lowest, self.lowest_at) = (needs, self.next);
        } else if self.next - self.lowest_at > self.delay {
            self.find_lowest();
        }
        // Down at once, up slowly.
        let lowest = f64::from(self.lowest);
        self.released = (lowest + (self.released - lowest) * f64::from(keep)).min(lowest);
        if lowest == 1.0 && self.released > OPEN {
            self.released = 1.0;
        }
        self.average()
    }

    fn find_lowest(&mut self) {
        self.lowest = f32::INFINITY;
        for at in self.next.saturating_sub(self.delay)..=self.next {
            if self.needs[at % RING] <= self.lowest {
                (self.lowest, self.lowest_at) = (self.needs[at % RING], at);
            }
        }
    }

    fn average(&mut self) -> f32 {
        let count = self.delay - 1;
        let slot = self.next % count;
        let gone = std::mem::replace(&mut self.levels[slot], self.released);
        if self.released < 1.0 {
            self.calm = 0;
        } else if self.calm < count {
            self.calm += 1;
        }
        if self.calm >= count {
            // Exactly 1, whatever rounding left in the sum.
            self.sum = count as f64;
            return 1.0;
        }
        self.sum += self.released - gone;
        (self.sum / count as f64) as f32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The gain that each chunk gets when it leaves, for what each chunk needs.
    fn gains(delay: usize, needs: &[f32], keep: f32) -> Vec<f32> {
        let mut ahead = Ahead::new(delay);
        let pass = |needs: &f32| {
            let mut chunk = [1.0; 2 * CHUNK];
            ahead.pass(&mut chunk, *needs, 10.0, keep);
            chunk[0].max(chunk[2 * CHUNK - 1])
        };
        needs.iter().map(pass).skip(delay).collect()
    }

    #[test]
    fn the_gain_does_not_fall_before_it_has_to() {
        let mut needs = vec![1.0; 100];
        needs[60] = 0.1;
        assert!(gains(30, &needs, 0.0)[..30].iter().all(|gain| *gain == 1.0));
    }

    proptest! {
        #[test]
        fn the_gain_is_down_when_its_cause_leaves_and_a_chunk_before(
            delay in 2usize..=30, keep in prop_oneof![Just(0f32), 0f32..1.0],
            needs in prop::collection::vec(prop_oneof![9 => Just(1f32), 1 => 0.01f32..1.0], 50..300),
        ) {
            let gains = gains(delay, &needs, keep);
            for n in 0..needs.len() - delay {
                let least = needs[n].min(needs[n + 1]);
                prop_assert!(gains[n] <= least + 1e-6, "chunk {n}: {} over {least}", gains[n]);
            }
        }
    }

    #[test]
    fn the_gain_comes_back_to_exactly_1() {
        let mut needs = vec![1.0; 2_000];
        needs[5] = 0.2;
        let gains = gains(30, &needs, 0.97);
        assert!(gains.windows(2).skip(8).all(|two| two[1] >= two[0]), "always upwards");
        assert_eq!(gains[1_500], 1.0);
    }

    #[test]
    fn even_the_slowest_release_ends() {
        let mut ahead = Ahead::new(30);
        let keep = 0.999_62;
        ahead.pass(&mut [1.0; 2 * CHUNK], 0.01, 1.0, keep);
        for _ in 0..60_000 {
            ahead.pass(&mut [0.0; 2 * CHUNK], 1.0, 1.0, keep);
        }
        assert_eq!((ahead.released, ahead.sum, ahead.gain), (1.0, 29.0, 1.0));
    }
}
