//! How long things may take, and how long to wait before trying again.

use studio_wire::time::ShowTime;

/// From `Open` to ready, and from `GoLive` to live.
pub(crate) const START_LIMIT: ShowTime = ShowTime::from_ms(15_000);
/// From `EndStream` to idle; also how long a close that was not waited for may take.
pub(crate) const STOP_LIMIT: ShowTime = ShowTime::from_ms(10_000);
/// From the window's close to the program's end.
pub(crate) const EXIT_LIMIT: ShowTime = ShowTime::from_ms(10_000);
/// An engine that started and has neither joined nor died by then is started again.
pub(crate) const JOIN_LIMIT: ShowTime = ShowTime::from_ms(20_000);
/// A connection that the library still makes again by then is given to a new engine.
pub(crate) const RESUME_LIMIT: ShowTime = ShowTime::from_ms(30_000);
/// After a room came back: whoever was there and has not returned by then has left.
pub(crate) const MUSTER_LIMIT: ShowTime = ShowTime::from_ms(10_000);
/// A life of this length was a good one: the next death is a first death again.
pub(crate) const STEADY: ShowTime = ShowTime::from_ms(10_000);

/// A row of waiting times; the last one repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff(&'static [u64]);

impl Backoff {
    /// Before an engine is started again.
    pub const ENGINE: Self = Self(&[0, 500, 1_000, 2_000, 5_000]);
    /// Before the server is started again.
    pub const SERVER: Self = Self(&[0, 1_000, 2_000, 5_000]);

    /// How long to wait before the n-th attempt, counted from 0.
    pub fn wait(self, attempt: u32) -> ShowTime {
        let last = self.0.len() - 1;
        ShowTime::from_ms(self.0[last.min(attempt as usize)])
    }
}

/// The earlier of two deadlines.
pub(crate) fn earlier(a: Option<ShowTime>, b: Option<ShowTime>) -> Option<ShowTime> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A wall clock time as UTC for a file's name: `2026-11-21 02-05-09Z`.
pub(crate) fn stamp(wall_ms: u64) -> String {
    let (day, second) = (wall_ms / 86_400_000, wall_ms / 1_000 % 86_400);
    // Days to a date by eras of 400 years that begin on 1 March, so that the leap day is a year's last.
    let z = day + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{date:02} {:02}-{:02}-{:02}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_then_stays() {
        let waits: Vec<u64> = (0..7).map(|n| Backoff::ENGINE.wait(n).ms()).collect();
        assert_eq!(waits, [0, 500, 1_000, 2_000, 5_000, 5_000, 5_000]);
    }

    #[test]
    fn a_stamp_knows_leap_days_and_turns_of_years() {
        assert_eq!(stamp(0), "1970-01-01 00-00-00Z");
        assert_eq!(stamp(951_782_399_000), "2000-02-28 23-59-59Z");
        assert_eq!(stamp(951_782_400_000), "2000-02-29 00-00-00Z");
        assert_eq!(stamp(1_798_761_599_999), "2026-12-31 23-59-59Z");
        assert_eq!(stamp(1_798_761_600_000), "2027-01-01 00-00-00Z");
    }
}
