//! Show time and the program clock. **Tick n is due at start + n × period, computed and never added up, so a
//! program of any length does not drift; a late tick is counted and composed, never left out.**

use rustix::thread::clock_nanosleep_absolute;
use rustix::time::{ClockId, Timespec, clock_gettime};
use studio_wire::time::ShowTime;

/// A second in the unit of show time.
pub const SECOND: u64 = 1_000_000_000;

/// What time it is: `CLOCK_MONOTONIC`, the same in every process of the machine.
pub fn now() -> ShowTime {
    let at = clock_gettime(ClockId::Monotonic);
    ShowTime(at.tv_sec as u64 * SECOND + at.tv_nsec as u64)
}

/// Sleeps until a show time; returns at once when it has passed. Signals do not cut it short.
pub fn sleep_until(at: ShowTime) {
    let request = Timespec { tv_sec: (at.0 / SECOND) as i64, tv_nsec: (at.0 % SECOND) as _ };
    while let Err(error) = clock_nanosleep_absolute(ClockId::Monotonic, &request) {
        if error != rustix::io::Errno::INTR {
            return;
        }
    }
}

/// Which tick is due when: a start and a rate. Two clocks with one start never part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickClock {
    start: ShowTime,
    rate: u32,
}

impl TickClock {
    /// Tick 0 is due at `start`, and `rate` (at least 1) more with each second.
    pub fn new(start: ShowTime, rate: u32) -> Self {
        Self { start, rate: rate.max(1) }
    }

    /// When tick 0 was due.
    pub fn start(&self) -> ShowTime {
        self.start
    }

    /// Ticks a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Time between two ticks, rounded down to whole nanoseconds. Never add it up: ask [`Self::at`].
    pub fn period(&self) -> ShowTime {
        ShowTime(SECOND / u64::from(self.rate))
    }

    /// When a tick is due, exact to the nanosecond for every tick.
    pub fn at(&self, tick: u64) -> ShowTime {
        let rate = u64::from(self.rate);
        // Whole seconds apart from the rest: no product outgrows 64 bits in a show of 500 years.
        ShowTime(self.start.0 + tick / rate * SECOND + tick % rate * SECOND / rate)
    }

    /// How many ticks are due by `now` (tick 0 included).
    pub fn due(&self, now: ShowTime) -> u64 {
        if now < self.start {
            return 0;
        }
        let (rate, passed) = (u64::from(self.rate), now.since(self.start).0);
        let mut ticks = passed / SECOND * rate + passed % SECOND * rate / SECOND;
        // `at` rounds down, so the next one may be due a fraction of a nanosecond "early".
        if self.at(ticks + 1) <= now {
            ticks += 1;
        }
        ticks + 1
    }
}

/// Walks a [`TickClock`] and keeps the figures of it.
#[derive(Clone, Debug)]
pub struct ProgramClock {
    ticks: TickClock,
    next: u64,
    late: u64,
}

impl ProgramClock {
    /// A clock that has not ticked yet.
    pub fn new(ticks: TickClock) -> Self {
        Self { ticks, next: 0, late: 0 }
    }

    /// The tick to do next and when it is due. Past ticks come one after another, none is left out.
    pub fn next(&self) -> (u64, ShowTime) {
        (self.next, self.ticks.at(self.next))
    }

    /// The tick of [`Self::next`] was done at `now`. True when that was late: more than one period after it
    /// was due.
    pub fn done(&mut self, now: ShowTime) -> bool {
        let late = now.since(self.ticks.at(self.next)) > self.ticks.period();
        self.late += u64::from(late);
        self.next += 1;
        late
    }

    /// Ticks done so far.
    pub fn composed(&self) -> u64 {
        self.next
    }

    /// Of these, late.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// The clock it walks.
    pub fn ticks(&self) -> TickClock {
        self.ticks
    }
}

/// Raises the calling thread's priority to nice −10, or as far as the system permits. Says in the log when it
/// does not.
pub fn raise_priority(thread: &str) {
    const NICE: i32 = -10;
    match rustix::process::setpriority_process(None, NICE) {
        Ok(()) => tracing::debug!(thread, nice = NICE, "raised priority"),
        Err(error) => {
            tracing::info!(thread, %error, "the system refuses a raised priority; a busy machine may cost ticks")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: ShowTime = ShowTime(987_654_321_987);

    #[test]
    fn a_million_ticks_do_not_drift() {
        for rate in [24, 25, 30, 50, 60, 100] {
            let ticks = TickClock::new(START, rate);
            let mut clock = ProgramClock::new(ticks);
            for tick in 0..1_000_000u64 {
                let (next, due) = clock.next();
                let exact = u128::from(tick) * u128::from(SECOND) / u128::from(rate);
                assert_eq!((next, due.since(START).0), (tick, exact as u64));
                clock.done(due + ShowTime(tick % 7 * 1_000_000));
            }
            assert_eq!((clock.composed(), clock.late()), (1_000_000, 0));
        }
    }

    #[test]
    fn a_tick_is_due_from_its_nanosecond_on() {
        for rate in [1, 24, 30, 60, 100] {
            let ticks = TickClock::new(START, rate);
            for tick in (0..10_000).chain(100_000_000..100_000_100) {
                let at = ticks.at(tick);
                assert_eq!(ticks.due(at), tick + 1);
                assert_eq!(ticks.due(ShowTime(at.0 - 1)), tick);
            }
        }
    }

    #[test]
    fn after_a_stall_every_missed_tick_is_done_and_counted_as_late() {
        let ticks = TickClock::new(START, 30);
        let mut clock = ProgramClock::new(ticks);
        let mut now = START;
        let mut done = Vec::new();
        while clock.composed() < 90 {
            let (tick, due) = clock.next();
            now = now.max(due);
            if tick == 40 {
                now = now + ShowTime::from_ms(200);
            }
            clock.done(now);
            done.push(tick);
        }
        assert_eq!(done, (0..90).collect::<Vec<_>>());
        // 200 ms are six periods: tick 40 is six late, 44 two, 45 one, which is not more than one.
        assert_eq!(clock.late(), 5);
        assert_eq!(ticks.due(now), 90);
    }

    #[test]
    fn sleeping_ends_at_the_time_and_not_before() {
        let until = now() + ShowTime::from_ms(20);
        sleep_until(until);
        assert!(now() >= until);
        sleep_until(ShowTime(0));
    }
}
