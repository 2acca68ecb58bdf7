//! The contention gate: on a busy machine a figure is worth nothing, so it is not kept.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How much slower than the best seen the fixed spin may be.
const TOLERANCE: f64 = 1.15;

/// A fixed amount of work, timed before and after each round.
pub struct Gate {
    turns: u64,
    best: Duration,
    steal_at_start: u64,
}

impl Gate {
    /// Sizes the work to about 200 ms.
    pub fn new() -> Self {
        let mut turns = 1 << 16;
        while spin(turns) < Duration::from_millis(200) {
            turns += turns / 4;
        }
        let best = (0..3).map(|_| spin(turns)).min().unwrap_or_default();
        Self { turns, best, steal_at_start: steal() }
    }

    /// Whether the machine is as free now as it has ever been since the start.
    pub fn is_open(&mut self) -> bool {
        let took = spin(self.turns);
        self.best = self.best.min(took);
        took.as_secs_f64() <= self.best.as_secs_f64() * TOLERANCE
    }

    /// Waits for a free moment, at most `limit`; says whether there was one.
    pub fn wait(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        while !self.is_open() {
            if start.elapsed() > limit {
                return false;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        true
    }

    /// CPU time that the host of this machine took away since the start, in ms.
    pub fn stolen_ms(&self) -> u64 {
        // /proc/stat counts in hundredths of a second.
        steal().saturating_sub(self.steal_at_start) * 10
    }
}

fn spin(turns: u64) -> Duration {
    let start = Instant::now();
    let mut state = 1u64;
    for turn in 0..turns {
        state = black_box(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(turn));
    }
    black_box(state);
    start.elapsed()
}

fn steal() -> u64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    stolen(&stat).unwrap_or(0)
}

fn stolen(stat: &str) -> Option<u64> {
    stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().nth(7)?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn steal_is_the_eighth_number_of_the_first_line() {
        assert_eq!(super::stolen("cpu  1 2 3 4 5 6 7 80 9 10\ncpu0 1 2 3 4 5 6 7 8\n"), Some(80));
    }
}
