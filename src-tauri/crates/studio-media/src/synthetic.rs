//! Pictures and sounds that carry their own proof: who drew them, when, and in which order. **Everything here
//! depends on show time alone, so that picture and sound made in different threads or processes are in step.**
//!
//! A source flashes for 100 ms once a second and sounds at the same instant; its picture carries a running number
//! and the show time it was drawn at. `inspect` reads all of it back from a finished recording. Bars and chord are the
//! plain ones beside them: they always look and sound the same.

pub mod bars;
pub mod chord;
pub mod code;
#[cfg(test)]
pub(crate) mod hearing;
pub mod pattern;
pub mod tone;

/// How long a flash and its burst last.
pub const FLASH_MS: u64 = 100;

/// What tells one synthetic source from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signature {
    /// The pitch of its burst.
    pub hz: f64,
    /// When in each second of show time it flashes and sounds.
    pub phase_ms: u64,
    /// A click at the start of each burst.
    pub click: bool,
}

impl Signature {
    /// The host's own pattern and tone: 1 kHz on the full second, with a click.
    pub const fn host() -> Self {
        Self { hz: 1_000.0, phase_ms: 0, click: true }
    }

    /// Synthetic guest `k`: a semitone above the one before it. Its neighbours in pitch sound at least 300 ms apart.
    pub fn robot(k: u32) -> Self {
        Self {
            hz: 440.0 * 2f64.powf(f64::from(k) / 12.0),
            phase_ms: u64::from(k) * 7 % 20 * 50,
            click: false,
        }
    }

    /// Milliseconds of show time since the last flash began.
    pub const fn since_flash_ms(&self, at_ms: u64) -> u64 {
        (at_ms + 1_000 - self.phase_ms % 1_000) % 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_that_sound_at_once_are_at_least_two_semitones_apart() {
        for a in 0..20u32 {
            for b in 0..a {
                let (first, second) = (Signature::robot(a), Signature::robot(b));
                let apart = (first.phase_ms + 1_000 - second.phase_ms) % 1_000;
                if !(FLASH_MS..=1_000 - FLASH_MS).contains(&apart) {
                    assert!(first.hz / second.hz > 1.12, "{a} and {b}");
                }
            }
        }
    }
}
