//! Left and right. **In the middle no bit changes; nothing gets louder anywhere.**
//!
//! To one side, the other side is turned down by a quarter of a cosine; nothing is moved over. A voice, which is the same
//! on both sides, moves; music in stereo keeps what is on that side.

use std::f32::consts::FRAC_PI_2;

use crate::audio::Block;
use crate::audio::chunk::{Glide, RISE, chunks_mut};
use crate::audio::units::within;

/// A pan.
#[derive(Debug)]
pub struct Pan {
    /// Left and right.
    gains: Glide<2>,
}

impl Default for Pan {
    fn default() -> Self {
        Self { gains: Glide::new([1.0; 2]) }
    }
}

impl Pan {
    /// −1 is left, 1 is right, from the next block on.
    pub fn set(&mut self, pan: f32) {
        let pan = within(pan, -1.0..=1.0, 0.0);
        let far = if pan.abs() == 1.0 { 0.0 } else { (pan.abs() * FRAC_PI_2).cos() };
        self.gains.to(if pan > 0.0 { [far, 1.0] } else { [1.0, far] });
    }

    /// Without a line, before the first sound.
    pub fn start(&mut self) {
        self.gains.arrive();
    }

    /// Whether the next block passes untouched.
    pub fn is_idle(&self) -> bool {
        self.gains == Glide::new([1.0; 2])
    }

    /// The next block, in place.
    pub fn run(&mut self, block: &mut Block) {
        if self.is_idle() {
            return;
        }
        let mut from = self.gains.now();
        for (n, chunk) in chunks_mut(block).iter_mut().enumerate() {
            let to = self.gains.at(n);
            for (m, (sample, rise)) in chunk.iter_mut().zip(RISE).enumerate() {
                *sample *= from[m % 2] + (to[m % 2] - from[m % 2]) * rise;
            }
            from = to;
        }
        self.gains.arrive();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::FRAMES;

    fn panned(pan: f32) -> [f32; 2] {
        let mut part = Pan::default();
        part.set(pan);
        let mut block = [0.5; 2 * FRAMES];
        part.run(&mut block);
        [block[2 * FRAMES - 2], block[2 * FRAMES - 1]]
    }

    #[test]
    fn a_side_is_turned_down_by_a_cosine_and_the_other_stays() {
        for (pan, [left, right]) in [
            (0.0, [0.5, 0.5]),
            (1.0, [0.0, 0.5]),
            (-1.0, [0.5, 0.0]),
            (0.5, [0.353_553_4, 0.5]),
            (-7.0, [0.5, 0.0]),
            (f32::NAN, [0.5, 0.5]),
        ] {
            let [l, r] = panned(pan);
            assert!((l - left).abs() < 1e-6 && (r - right).abs() < 1e-6, "{pan}: {l} {r}");
        }
    }

    #[test]
    fn a_turn_of_the_pan_is_a_line_through_one_block() {
        let mut part = Pan::default();
        part.set(1.0);
        let mut block = [1.0; 2 * FRAMES];
        part.run(&mut block);
        for (n, pair) in block.chunks_exact(2).enumerate() {
            let left = 1.0 - (n + 1) as f32 / FRAMES as f32;
            assert!((pair[0] - left).abs() < 1e-6 && pair[1] == 1.0, "{n}: {pair:?}");
        }
    }
}
