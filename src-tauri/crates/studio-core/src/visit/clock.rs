//! The host's clock, told by this machine's: each machine counts show time from its own start.

use studio_wire::time::ShowTime;
use studio_wire::view::ShowView;

/// A guess that is off by more than this is another clock, not a slower answer.
const OTHER_CLOCK: i64 = 1_000_000_000;

/// How far this machine's clock is ahead of the host's, in ns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock(Option<i64>);

impl Clock {
    /// An answer that was made at that time of the host has come now. The quickest answer knows best.
    pub fn set(&mut self, now: ShowTime, host: ShowTime) {
        let ahead = now.0.cast_signed().wrapping_sub(host.0.cast_signed());
        let keep = self.0.is_some_and(|known| known <= ahead && ahead.saturating_sub(known) < OTHER_CLOCK);
        if !keep {
            self.0 = Some(ahead);
        }
    }

    /// The host's times in a view as times of this machine. What happened before this machine started is now zero,
    /// as is what the host does not tell.
    pub fn turn(self, view: &mut ShowView) {
        let ahead = self.0.unwrap_or_default();
        let turn = |time: &mut ShowTime| {
            if time.0 != 0 {
                time.0 = time.0.saturating_add_signed(ahead);
            }
        };
        turn(&mut view.broadcast.since);
        view.people.iter_mut().for_each(|person| turn(&mut person.joined));
        if let Some(recording) = &mut view.recording {
            turn(&mut recording.since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_wire::view::{BroadcastView, PersonView, RecordingView};

    fn seen(clock: Clock, ms: u64) -> u64 {
        let at = ShowTime::from_ms(ms);
        let mut view = ShowView {
            broadcast: BroadcastView { since: at, ..BroadcastView::default() },
            people: vec![PersonView { joined: at, ..PersonView::default() }],
            recording: Some(RecordingView { since: at, ..RecordingView::default() }),
            ..ShowView::default()
        };
        clock.turn(&mut view);
        let since = view.broadcast.since;
        assert_eq!((view.people[0].joined, view.recording.unwrap().since), (since, since));
        since.ms()
    }

    #[test]
    fn times_of_the_host_are_shown_in_times_of_this_machine() {
        let at = ShowTime::from_ms;
        let mut clock = Clock::default();
        assert_eq!(seen(clock, 5), 5);
        clock.set(at(1_050), at(90_000));
        assert_eq!((seen(clock, 90_000), seen(clock, 89_500), seen(clock, 0)), (1_050, 550, 0));
        clock.set(at(2_300), at(91_000));
        assert_eq!(seen(clock, 90_000), 1_050, "a slow answer is no news");
        clock.set(at(3_010), at(92_000));
        assert_eq!(seen(clock, 90_000), 1_010, "a quicker one is");
        clock.set(at(9_000), at(1_000));
        assert_eq!(seen(clock, 1_000), 9_000, "the host's machine was started again");
        assert_eq!(seen(clock, u64::MAX / 1_000_000), u64::MAX / 1_000_000);
    }
}
