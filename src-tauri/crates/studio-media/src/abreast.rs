//! Sound and picture of one source come by ways of their own: the earlier one is held back until the other is there. **The
//! hold changes only where it has been wrong for a second, by more than is put up with: else it stands.**

/// Nothing is held back for longer, in ms: then it is the other one that is wrong.
pub const MOST_MS: f32 = 200.0;

/// How long something is held back.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    held_ms: f32,
    /// By how much it may be wrong.
    wrong_ms: f32,
    /// How often it was wrong, one time after the other.
    wrong: u32,
    /// How often that is in a second.
    second: u32,
}

impl Hold {
    /// Of something that comes so often in a second, and may be held for so many ms too long or too short; nothing at first.
    pub fn new(second: u32, wrong_ms: f32) -> Self {
        Self { held_ms: 0.0, wrong_ms, wrong: 0, second }
    }

    /// How long the next one is held back, in ms, when the other is so much later than it.
    pub fn next(&mut self, later_ms: f32) -> f32 {
        // What is no number is no reason to wait.
        let wanted = if later_ms.is_nan() { 0.0 } else { later_ms.clamp(0.0, MOST_MS) };
        self.wrong = if (wanted - self.held_ms).abs() > self.wrong_ms { self.wrong + 1 } else { 0 };
        if self.wrong >= self.second {
            (self.held_ms, self.wrong) = (wanted, 0);
        }
        self.held_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_early_waits_and_stands_while_the_other_shakes() {
        let mut hold = Hold::new(100, 8.0);
        let held: Vec<f32> = (0..300).map(|_| hold.next(60.0)).collect();
        assert_eq!((held[98], held[99], held[299]), (0.0, 60.0, 60.0));
        for n in 0..1_000 {
            let shaken = 60.0 + if n % 50 < 45 { 7.0 } else { -30.0 };
            assert_eq!(hold.next(shaken), 60.0);
        }
        (0..100).for_each(|_| assert!(hold.next(-40.0) >= 0.0));
        assert_eq!(hold.next(-40.0), 0.0, "what is late waits for nothing");
        (0..100).for_each(|_| assert!(hold.next(5_000.0) <= MOST_MS));
        assert_eq!(hold.next(5_000.0), MOST_MS);
        (0..100).for_each(|_| assert!(hold.next(f32::NAN) <= MOST_MS));
        assert_eq!(hold.next(f32::NAN), 0.0);
    }
}
