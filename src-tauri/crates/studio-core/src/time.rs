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
/// After a room came back: whoever was there and has not returned by then has left. A web client needs up to 14 s
/// after a restart of the server, and on a busy machine more; whoever is given up loses their place on stage.
pub(crate) const MUSTER_LIMIT: ShowTime = ShowTime::from_ms(30_000);
/// A life of this length was a good one: the next death is a first death again.
pub(crate) const STEADY: ShowTime = ShowTime::from_ms(3_000);

/// A connection that was in and was lost so often within [`LOOP_WINDOW`] is tried more slowly.
pub(crate) const LOOP_FALLS: usize = 3;
/// See [`LOOP_FALLS`].
pub(crate) const LOOP_WINDOW: ShowTime = ShowTime::from_ms(60_000);
/// How slowly.
pub(crate) const LOOP_WAIT: ShowTime = ShowTime::from_ms(15_000);
/// Speech that pauses for no longer than this is one piece of speech.
pub(crate) const SPEECH_PAUSE: ShowTime = ShowTime::from_ms(600);
/// How long somebody who comes in the place of another may take to show that they are the same.
pub(crate) const CLAIM_LIMIT: ShowTime = ShowTime::from_ms(1_500);
/// After the crew room came back: when the server is asked what it has.
pub(crate) const LOOK_AFTER: ShowTime = ShowTime::from_ms(3_000);
/// Before it is asked once more, if something was missing.
pub(crate) const LOOK_AGAIN: ShowTime = ShowTime::from_ms(1_500);
/// Whose tracks ended in the middle of what they sent no longer ago than this was well until then.
pub(crate) const CUT_OFF: ShowTime = ShowTime::from_ms(1_000);
/// How often a seat is told of changes at most.
pub(crate) const TELL_EVERY: ShowTime = ShowTime::from_ms(33);
/// Before what the server refused to stamp is tried again.
pub(crate) const STAMP_AGAIN: ShowTime = ShowTime::from_ms(2_000);

/// Waiting times that grow from attempt to attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// Before the second attempt, in ms; the first one is made at once.
    base: u64,
    /// No wait is longer, in ms.
    most: u64,
}

impl Backoff {
    /// Before an engine is started again.
    pub const ENGINE: Self = Self { base: 300, most: 7_000 };
    /// Before the server is started again.
    pub const SERVER: Self = Self { base: 1_000, most: 5_000 };

    /// How long to wait before the n-th attempt, counted from 0. `dice` shortens it by up to a half, so that many
    /// who lost the same server do not all come back in the same moment; 0 does not.
    pub fn wait(self, attempt: u32, dice: u64) -> ShowTime {
        let Some(doublings) = attempt.checked_sub(1) else { return ShowTime::default() };
        let whole = self.base.saturating_mul(1 << doublings.min(20)).min(self.most);
        ShowTime::from_ms(whole - dice % (whole / 2 + 1))
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
    fn waiting_grows_and_then_stays_and_chance_only_shortens_it() {
        let waits = |dice: u64| (0..8).map(|n| Backoff::ENGINE.wait(n, dice).ms()).collect::<Vec<_>>();
        assert_eq!(waits(0), [0, 300, 600, 1_200, 2_400, 4_800, 7_000, 7_000]);
        for dice in 1..500_u64 {
            let shortened = waits(dice.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            assert!(shortened.iter().zip(waits(0)).all(|(some, all)| (all / 2..=all).contains(some)));
        }
        assert_eq!(Backoff::ENGINE.wait(u32::MAX, 0).ms(), 7_000);
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
