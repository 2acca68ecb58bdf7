//! One clock for the whole show.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// Monotonic nanoseconds since the machine started. Stands on frames, sound, chat, journal and segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ShowTime(pub u64);

impl ShowTime {
    /// Whole milliseconds to nanoseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms * 1_000_000)
    }

    /// Milliseconds, rounded down.
    pub const fn ms(self) -> u64 {
        self.0 / 1_000_000
    }

    /// The distance to an earlier time; zero if it is not earlier.
    pub const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

impl Add for ShowTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for ShowTime {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.since(other)
    }
}

/// What time it is, passed in with every event: show time for order, wall clock (ms since 1970) for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Monotonic.
    pub show: ShowTime,
    /// Milliseconds since 1970; may jump.
    pub wall_ms: u64,
}
