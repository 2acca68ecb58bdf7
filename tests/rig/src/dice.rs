//! Chance with a start value that is printed, so that a run can be repeated.

use std::time::Duration;

/// The variable that sets the start value of [`Dice::new`].
const SEED: &str = "SIDESTAGE_SEED";

/// A source of chance (SplitMix64). **The same start value gives the same numbers on every machine.**
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// Starts from `SIDESTAGE_SEED`, else from the clock, and prints the start value with the name of what
    /// uses it.
    ///
    /// # Panics
    /// When the variable holds no number.
    #[must_use]
    pub fn new(what: &str) -> Self {
        let seed = match std::env::var(SEED) {
            Ok(text) => text.parse().expect("SIDESTAGE_SEED is a number"),
            Err(_) => clock(),
        };
        eprintln!("{what}: {SEED}={seed}");
        Self::from_seed(seed)
    }

    /// Starts from this value.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Any number.
    pub fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not zero.
    pub fn below(&mut self, end: u64) -> u64 {
        // The high half of a wide product: even to within end / 2^64.
        let wide = u128::from(self.roll()) * u128::from(end);
        u64::try_from(wide >> 64).expect("the high half of 128 bits fits into 64")
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A time between the two, to the millisecond; `from` is not longer than `to`.
    pub fn time(&mut self, from: Duration, to: Duration) -> Duration {
        let span = u64::try_from((to - from).as_millis()).expect("a test's times are short");
        from + Duration::from_millis(self.below(span + 1))
    }

    /// One of `all`, which is not empty.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.below(all.len() as u64);
        &all[usize::try_from(at).expect("an index fits")]
    }
}

fn clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| u64::from(since.subsec_nanos()) ^ since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_published_ones_for_this_start_value() {
        let mut dice = Dice::from_seed(1_234_567);
        let first = [dice.roll(), dice.roll(), dice.roll()];
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn every_number_below_the_end_comes_and_no_other() {
        let mut dice = Dice::from_seed(7);
        let mut seen = [0; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(dice.below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
    }

    #[test]
    fn times_lie_within_their_ends_and_both_ends_come() {
        let mut dice = Dice::from_seed(3);
        let (from, to) = (Duration::from_millis(2), Duration::from_millis(4));
        let times: std::collections::BTreeSet<_> =
            (0..200).map(|_| dice.time(from, to).as_millis()).collect();
        assert_eq!(times.into_iter().collect::<Vec<_>>(), [2, 3, 4]);
        assert!((0..100).all(|_| !dice.chance(0) && dice.chance(100)));
        assert!([1, 2].contains(dice.pick(&[1, 2])));
    }
}
