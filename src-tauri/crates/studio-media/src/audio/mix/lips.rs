//! Holds the own voice back until the own picture is there. **The hold changes only where it has been wrong for a second, by
//! more than anybody notices: else it stands.**

use crate::audio::BLOCKS;
use crate::audio::units::within;

/// So far apart nobody notices, in ms.
const NOTICED: f32 = 8.0;
/// A voice is held back no longer than this, in ms: then it is the picture that is wrong.
pub const MOST_MS: f32 = 200.0;

/// How long a voice is held back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lips {
    held_ms: f32,
    /// Blocks for which it has been wrong.
    wrong: u32,
}

impl Lips {
    /// How long the next block is held back, in ms, when its picture is so much later than it.
    pub fn hold(&mut self, later_ms: f32) -> f32 {
        let wanted = within(later_ms, 0.0..=MOST_MS, 0.0);
        self.wrong = if (wanted - self.held_ms).abs() > NOTICED { self.wrong + 1 } else { 0 };
        if self.wrong >= BLOCKS {
            (self.held_ms, self.wrong) = (wanted, 0);
        }
        self.held_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_waits_for_its_picture_and_stands_while_the_picture_shakes() {
        let mut lips = Lips::default();
        let held: Vec<f32> = (0..300).map(|_| lips.hold(60.0)).collect();
        assert_eq!((held[98], held[99], held[299]), (0.0, 60.0, 60.0));
        for n in 0..1_000 {
            let shaken = 60.0 + if n % 50 < 45 { 7.0 } else { -30.0 };
            assert_eq!(lips.hold(shaken), 60.0);
        }
        (0..100).for_each(|_| assert!(lips.hold(-40.0) >= 0.0));
        assert_eq!(lips.hold(-40.0), 0.0, "a picture does not wait for its voice here");
        (0..100).for_each(|_| assert!(lips.hold(5_000.0) <= MOST_MS));
        assert_eq!(lips.hold(f32::NAN), MOST_MS);
    }
}
