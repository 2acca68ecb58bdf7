//! How old something is when it gets here.

use std::sync::atomic::{AtomicU32, Ordering};

use studio_wire::time::ShowTime;

/// How much of a new age counts beside those before it.
const NEWEST: f32 = 0.1;

/// An age in ms, as a mean; one thread writes it, others read it. 0 is none.
#[derive(Debug, Default)]
pub struct Age(AtomicU32);

impl Age {
    /// Another one is there at `now`, which was taken at `at`.
    pub fn came(&self, at: ShowTime, now: ShowTime) {
        self.grew(now.since(at).0 as f32 / 1e6);
    }

    /// Another one is there, which is so many ms old.
    pub fn grew(&self, age: f32) {
        let mean = self.read().map_or(age, |mean| mean + NEWEST * (age - mean));
        self.0.store(mean.to_bits(), Ordering::Relaxed);
    }

    /// There are none any more.
    pub fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// It in ms, if there is one.
    pub fn read(&self) -> Option<f32> {
        Some(f32::from_bits(self.0.load(Ordering::Relaxed))).filter(|age| *age > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_mean_that_begins_with_the_first_and_ends() {
        let age = Age::default();
        assert_eq!(age.read(), None);
        age.came(ShowTime::from_ms(1_000), ShowTime::from_ms(1_040));
        assert_eq!(age.read(), Some(40.0));
        age.came(ShowTime::from_ms(1_000), ShowTime::from_ms(1_050));
        assert_eq!(age.read(), Some(41.0));
        age.end();
        assert_eq!(age.read(), None);
    }
}
