//! Lets sound pass while it is loud enough. **Open, it changes no bit. It opens with the chunk in which the level is
//! reached, and both sides together.**
//!
//! Open from one level on, shut below another one: what lies between changes nothing. Opening and shutting are lines in
//! the factor, each as long as its setting says.

use studio_wire::mixer;

use super::part::Work;
use crate::audio::Block;
use crate::audio::chunk::{Glide, chunks_mut, peak, slide};
use crate::audio::units::{factor, in_chunks, within};

/// It stays open for so long at least: half a wave of the deepest voice, or it would shut between two of its crests.
const LEAST_HOLD_MS: f32 = 4.0;

/// A gate.
#[derive(Debug)]
pub struct Gate {
    open_at: f32,
    shut_below: f32,
    /// By so much per chunk.
    rise: f32,
    fall: f32,
    /// In chunks.
    hold: u32,
    floor: Glide<1>,
    open: bool,
    /// Chunks until it begins to shut.
    left: u32,
    /// From 0, shut, to 1, open.
    share: f32,
    gain: f32,
}

impl Default for Gate {
    fn default() -> Self {
        let mut gate = Self {
            open_at: 0.0,
            shut_below: 0.0,
            rise: 1.0,
            fall: 1.0,
            hold: 0,
            floor: Glide::new([0.0]),
            open: true,
            left: 0,
            share: 1.0,
            gain: 1.0,
        };
        gate.set(&mixer::Gate::default());
        gate.reset();
        gate
    }
}

impl Gate {
    /// Works by these settings from the next block on.
    pub fn set(&mut self, settings: &mixer::Gate) {
        let default = mixer::Gate::default();
        let open_db = within(settings.open_db, -80.0..=0.0, default.open_db);
        let shut_db = within(settings.shut_db, -80.0..=0.0, default.shut_db).min(open_db);
        let floor_db = within(settings.floor_db, -80.0..=0.0, default.floor_db);
        let hold_ms = within(settings.hold_ms, 0.0..=2_000.0, default.hold_ms);
        (self.open_at, self.shut_below) = (factor(open_db), factor(shut_db));
        self.rise = 1.0 / in_chunks(within(settings.attack_ms, 0.1..=100.0, default.attack_ms));
        self.fall = 1.0 / in_chunks(within(settings.release_ms, 1.0..=2_000.0, default.release_ms));
        self.hold = in_chunks(hold_ms.max(LEAST_HOLD_MS)) as u32;
        self.floor.to([if floor_db > -80.0 { factor(floor_db) } else { 0.0 }]);
    }

    /// The gain at the end of the last block.
    pub fn gain(&self) -> f32 {
        self.gain
    }

    /// The gain at the end of a chunk of this peak.
    fn gain_after(&mut self, peak: f32, floor: f32) -> f32 {
        if peak >= self.open_at || (self.open && peak >= self.shut_below) {
            (self.open, self.left) = (true, self.hold);
        } else if self.left > 0 {
            self.left -= 1;
        } else {
            self.open = false;
        }
        let next = if self.open { self.share + self.rise } else { self.share - self.fall };
        self.share = next.clamp(0.0, 1.0);
        if self.share == 1.0 { 1.0 } else { floor + (1.0 - floor) * self.share }
    }
}

impl Work for Gate {
    /// It begins open: who speaks while it is put on is not cut.
    fn reset(&mut self) {
        self.floor.arrive();
        (self.open, self.left, self.share, self.gain) = (true, self.hold, 1.0, 1.0);
    }

    fn work(&mut self, block: &mut Block) {
        for (n, chunk) in chunks_mut(block).iter_mut().enumerate() {
            let [floor] = self.floor.at(n);
            let gain = self.gain_after(peak(chunk), floor);
            slide(chunk, self.gain, gain);
            self.gain = gain;
        }
        self.floor.arrive();
    }
}

#[cfg(test)]
mod tests;
