//! Whether a camera's frames flow. **A camera that is only slow does not flicker between "stalled" and "back": it is
//! back when two frames came close together.** Time is passed in.

use studio_media::clock::SECOND;
use studio_wire::device::DeviceTrouble;
use studio_wire::time::ShowTime;

/// How long there may be no frame.
const PATIENCE: ShowTime = ShowTime::from_ms(1_000);
/// How long there may be no first frame: cameras wake slowly.
const FIRST: ShowTime = ShowTime::from_ms(3_000);

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It gives nothing that can be shown.
    Troubled(DeviceTrouble),
    /// It gives frames again.
    Back,
}

/// Watches over the frames of one camera.
#[derive(Debug)]
pub(super) struct Flow {
    patience: ShowTime,
    /// When it will have been silent for too long.
    due: ShowTime,
    last_good: Option<ShowTime>,
    /// An unreadable frame came since the last good one.
    garbled: bool,
    close_together: bool,
    troubled: Option<DeviceTrouble>,
}

impl Flow {
    /// A camera that was started now, at this rate.
    pub fn new(fps: u32, now: ShowTime) -> Self {
        // At one frame a second, a second without one is nothing.
        let patience = PATIENCE.max(ShowTime(3 * SECOND / u64::from(fps.max(1))));
        let due = now + FIRST.max(patience);
        Self { patience, due, last_good: None, garbled: false, close_together: false, troubled: None }
    }

    /// It was started only now; what was told of it before holds until frames come.
    pub fn start(&mut self, fps: u32, now: ShowTime) {
        *self = Self { troubled: self.troubled, ..Self::new(fps, now) };
    }

    /// Whether its trouble was told and its return was not.
    pub fn is_troubled(&self) -> bool {
        self.troubled.is_some()
    }

    /// A frame that can be shown came.
    pub fn good(&mut self, now: ShowTime) {
        let gap = self.last_good.map(|last| now.since(last));
        self.close_together = gap.is_some_and(|gap| gap.0 <= self.patience.0 / 2);
        (self.last_good, self.garbled) = (Some(now), false);
        self.due = now + self.patience;
    }

    /// A frame that cannot be read came.
    pub fn bad(&mut self, now: ShowTime) {
        if !self.garbled && self.last_good.is_none() {
            // It is awake, so nothing but the usual time is left for a good one.
            self.due = self.due.min(now + self.patience);
        }
        self.garbled = true;
    }

    /// What changed up to now, and when to look again at the latest.
    pub fn look(&mut self, now: ShowTime) -> (Option<Change>, ShowTime) {
        let change = if now >= self.due {
            let trouble = if self.garbled { DeviceTrouble::Unreadable } else { DeviceTrouble::Stalled };
            // Whether frames that cannot be read still come is asked again each time.
            (self.due, self.garbled) = (now + self.patience, false);
            (self.troubled != Some(trouble)).then(|| {
                self.troubled = Some(trouble);
                Change::Troubled(trouble)
            })
        } else if self.troubled.is_some() && self.close_together {
            self.troubled = None;
            Some(Change::Back)
        } else {
            None
        };
        self.close_together &= self.troubled.is_none();
        (change, self.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALLED: Option<Change> = Some(Change::Troubled(DeviceTrouble::Stalled));
    const UNREADABLE: Option<Change> = Some(Change::Troubled(DeviceTrouble::Unreadable));

    /// Runs a camera whose frames come at these milliseconds (bad ones negative), looked at every 10 ms.
    fn changes(fps: u32, frames: &[i64], end: u64) -> Vec<(u64, Change)> {
        let at = ShowTime::from_ms;
        let mut flow = Flow::new(fps, at(0));
        let mut told = Vec::new();
        for ms in (0..end).step_by(10) {
            for frame in frames.iter().filter(|frame| frame.unsigned_abs() / 10 * 10 == ms) {
                if *frame < 0 { flow.bad(at(ms)) } else { flow.good(at(ms)) }
            }
            told.extend(flow.look(at(ms)).0.map(|change| (ms, change)));
        }
        told
    }

    fn every(ms: i64, range: std::ops::Range<i64>) -> impl Iterator<Item = i64> {
        range.step_by(ms as usize)
    }

    #[test]
    fn a_second_without_a_frame_is_a_stall_and_two_frames_end_it() {
        let frames: Vec<_> = every(33, 100..2_000).chain(every(33, 5_000..6_000)).collect();
        let told = changes(30, &frames, 6_000);
        let stalled = told[0];
        assert!((2_960..3_010).contains(&stalled.0) && Some(stalled.1) == STALLED, "{told:?}");
        assert!(told[1].0 < 5_060 && told[1].1 == Change::Back && told.len() == 2, "{told:?}");
    }

    #[test]
    fn a_camera_that_slows_to_one_frame_a_second_is_told_of_once() {
        // Some of its frames come within a second, some do not.
        let slow = every(2_040, 1_000..20_000).flat_map(|at| [at, at + 950]);
        let frames: Vec<_> = every(33, 10..1_000).chain(slow).collect();
        assert_eq!(changes(30, &frames, 20_000).len(), 1);
    }

    #[test]
    fn one_frame_a_second_is_no_stall_where_that_was_agreed() {
        let frames: Vec<_> = every(1_000, 1_000..20_000).collect();
        assert_eq!(changes(1, &frames, 20_000), []);
        let late: Vec<_> = every(1_000, 1_000..5_000).chain(every(1_000, 12_000..15_000)).collect();
        let told: Vec<_> = changes(1, &late, 15_000).into_iter().map(|(_, change)| Some(change)).collect();
        assert_eq!(told, [STALLED, Some(Change::Back)]);
    }

    #[test]
    fn a_second_of_nothing_but_garbage_is_unreadable_and_silence_after_it_is_a_stall() {
        let frames: Vec<_> = every(33, 100..2_000).chain(every(33, 2_000..5_000).map(|at| -at)).collect();
        let told = changes(30, &frames, 8_000);
        assert!(told[0].0 < 3_010 && Some(told[0].1) == UNREADABLE, "{told:?}");
        assert!((5_000..7_010).contains(&told[1].0) && Some(told[1].1) == STALLED, "{told:?}");
        let mixed: Vec<_> =
            every(33, 100..5_000).map(|at| if at / 33 % 20 == 0 { at } else { -at }).collect();
        assert_eq!(changes(30, &mixed, 5_000), [], "a good frame now and then is enough");
    }

    #[test]
    fn the_first_frame_may_take_three_seconds_and_the_first_readable_one_a_second_more() {
        let told = changes(30, &[], 4_000);
        assert_eq!((told[0].0, Some(told[0].1)), (3_000, STALLED));
        let garbage: Vec<_> = every(33, 500..3_000).map(|at| -at).collect();
        let told = changes(30, &garbage, 2_000);
        assert!((1_490..1_530).contains(&told[0].0) && Some(told[0].1) == UNREADABLE, "{told:?}");
    }
}
