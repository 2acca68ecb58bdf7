//! Whether frames come out of a subscription. The library can say "subscribed", decode, and never deliver; asking
//! anew has cured every case seen, and so it does where a track has silently not come back after a fault.
//!
//! A track that has flowed is left alone for a while: what is away for moments comes back by itself. Asking on and on
//! while its publisher sends nothing does no harm **as long as every place where the track has arrived is listened to**
//! ([`crate::watch`]): measured over eight pauses of 7 to 13 s with one or two askings in each, pictures are back 5 to 35 ms
//! after the publisher sends again, and 20 to 170 ms for 28 pauses of a publisher of LiveKit's Python SDK that stopped
//! sending or was stopped altogether. Listening only where the last arrival was told, they never came back.

use std::time::{Duration, Instant};

/// How long a subscription that is not yet confirmed may take.
const TO_SUBSCRIBE: Duration = Duration::from_secs(3);
/// How long the first frame may take once it is.
const TO_FLOW: Duration = Duration::from_secs(1);
/// How long frames that flowed may be away.
const PAUSE: Duration = Duration::from_secs(2);
/// How often to subscribe anew before saying that it is no use.
const TRIES: u32 = 2;
/// How long to wait after that, or after frames that flowed are missed, and between further attempts.
const TO_TRY_ON: Duration = Duration::from_secs(5);

/// What a look at a lane has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// Frames have begun to come.
    Flowing,
    /// None for too long: subscribe anew.
    Again,
    /// None although subscribed anew twice, or none any more. Said once.
    Stalled,
}

/// Watches one lane.
#[derive(Debug)]
pub(crate) struct Watchdog {
    frames: u64,
    since: Instant,
    subscribed: bool,
    /// Frames have come of this subscription.
    flowed: bool,
    /// Frames were coming at the last look.
    flowing: bool,
    tries: u32,
    stalled: bool,
}

impl Watchdog {
    /// For a track that has just been asked for. `frames` is what its lane has counted so far.
    pub(crate) fn new(now: Instant, frames: u64) -> Watchdog {
        let (subscribed, flowed, flowing, stalled) = (false, false, false, false);
        Watchdog { frames, since: now, subscribed, flowed, flowing, tries: 0, stalled }
    }

    /// Whether frames were coming at the last look.
    pub(crate) fn is_flowing(&self) -> bool {
        self.flowing
    }

    /// The subscription is confirmed.
    pub(crate) fn subscribed(&mut self, now: Instant) {
        self.subscribed = true;
        self.since = now;
    }

    /// There is no subscription any more.
    pub(crate) fn unsubscribed(&mut self, now: Instant) {
        self.subscribed = false;
        self.flowed = false;
        self.flowing = false;
        self.since = now;
    }

    /// A look at what the lane has counted. With `expected` false (muted, or no connection) silence is all right.
    pub(crate) fn look(&mut self, now: Instant, frames: u64, expected: bool) -> Option<Alarm> {
        if frames > self.frames {
            self.frames = frames;
            self.since = now;
            self.tries = 0;
            self.stalled = false;
            self.flowed = true;
            return (!std::mem::replace(&mut self.flowing, true)).then_some(Alarm::Flowing);
        }
        if !expected {
            self.since = now;
            return None;
        }
        let quiet = now.duration_since(self.since);
        if self.flowed {
            let gone = self.flowing && quiet >= PAUSE;
            self.flowing &= !gone;
            self.stalled |= gone;
            if gone {
                return Some(Alarm::Stalled);
            }
            if self.flowing || quiet < PAUSE + TO_TRY_ON {
                return None;
            }
            self.unsubscribed(now);
            return Some(Alarm::Again);
        }
        let limit = match (self.stalled, self.subscribed) {
            (true, _) => TO_TRY_ON,
            (false, false) => TO_SUBSCRIBE,
            (false, true) => TO_FLOW,
        };
        if quiet < limit {
            return None;
        }
        if self.tries == TRIES && !self.stalled {
            self.stalled = true;
            self.since = now;
            return Some(Alarm::Stalled);
        }
        self.tries = TRIES.min(self.tries + 1);
        self.unsubscribed(now);
        Some(Alarm::Again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dog, and the time that passes by the script's milliseconds.
    fn dog() -> (Watchdog, impl Fn(u64) -> Instant) {
        let start = Instant::now();
        (Watchdog::new(start, 0), move |ms| start + Duration::from_millis(ms))
    }

    #[test]
    fn frames_that_come_are_told_once() {
        let (mut dog, at) = dog();
        dog.subscribed(at(100));
        assert_eq!(dog.look(at(200), 0, true), None);
        assert_eq!(dog.look(at(300), 1, true), Some(Alarm::Flowing));
        assert_eq!(dog.look(at(400), 2, true), None);
    }

    #[test]
    fn a_subscription_without_frames_is_made_anew_twice_then_told_once_and_then_made_anew_now_and_again() {
        let (mut dog, at) = dog();
        for start in [0, 2_000] {
            dog.subscribed(at(start));
            assert_eq!(dog.look(at(start + 999), 0, true), None);
            assert_eq!(dog.look(at(start + 1_000), 0, true), Some(Alarm::Again));
        }
        dog.subscribed(at(4_000));
        assert_eq!(dog.look(at(5_000), 0, true), Some(Alarm::Stalled));
        assert_eq!(dog.look(at(9_999), 0, true), None);
        assert_eq!(dog.look(at(10_000), 0, true), Some(Alarm::Again));
        dog.subscribed(at(10_200));
        assert_eq!(dog.look(at(15_200), 0, true), Some(Alarm::Again), "never told twice");
        assert_eq!(dog.look(at(15_300), 1, true), Some(Alarm::Flowing), "it may still come");
    }

    #[test]
    fn a_subscription_that_is_never_confirmed_is_asked_for_again() {
        let (mut dog, at) = dog();
        assert_eq!(dog.look(at(2_999), 0, true), None);
        assert_eq!(dog.look(at(3_000), 0, true), Some(Alarm::Again));
    }

    #[test]
    fn silence_of_a_muted_track_is_no_stall_and_its_time_starts_with_the_unmuting() {
        let (mut dog, at) = dog();
        dog.subscribed(at(0));
        assert_eq!(dog.look(at(50_000), 0, false), None);
        assert_eq!(dog.look(at(50_999), 0, true), None);
        assert_eq!(dog.look(at(51_000), 0, true), Some(Alarm::Again));
    }

    #[test]
    fn frames_that_stop_are_told_and_so_is_their_return_and_the_subscription_is_left_alone() {
        let (mut dog, at) = dog();
        dog.subscribed(at(0));
        assert_eq!(dog.look(at(10), 5, true), Some(Alarm::Flowing));
        assert_eq!(dog.look(at(2_009), 5, true), None);
        assert_eq!(dog.look(at(2_010), 5, true), Some(Alarm::Stalled));
        assert_eq!(dog.look(at(7_009), 5, true), None);
        assert_eq!(dog.look(at(7_009), 6, true), Some(Alarm::Flowing));
        assert_eq!(dog.look(at(9_008), 6, true), None, "and all of it begins again");
    }

    #[test]
    fn frames_that_stay_away_are_asked_for_anew_now_and_again_and_told_once() {
        let (mut dog, at) = dog();
        dog.subscribed(at(0));
        dog.look(at(10), 5, true);
        assert_eq!(dog.look(at(2_010), 5, true), Some(Alarm::Stalled));
        assert_eq!(dog.look(at(7_010), 5, true), Some(Alarm::Again));
        dog.subscribed(at(7_200));
        assert_eq!(dog.look(at(12_199), 5, true), None);
        assert_eq!(dog.look(at(12_200), 5, true), Some(Alarm::Again));
        assert_eq!(dog.look(at(17_200), 5, true), Some(Alarm::Again), "also when it is not even confirmed");
        assert_eq!(dog.look(at(17_300), 6, true), Some(Alarm::Flowing));
        assert_eq!(dog.look(at(17_400), 7, true), None);
    }

    #[test]
    fn a_track_that_flowed_and_is_muted_is_not_asked_for() {
        let (mut dog, at) = dog();
        dog.subscribed(at(0));
        dog.look(at(10), 5, true);
        assert_eq!(dog.look(at(60_000), 5, false), None);
        assert_eq!(dog.look(at(61_999), 5, true), None);
        assert_eq!(dog.look(at(62_000), 5, true), Some(Alarm::Stalled));
    }
}
