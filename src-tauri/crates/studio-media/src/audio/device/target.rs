//! How much has to be in hand, learned from how late the callbacks come. **It stays where it is while they come as they
//! did; it rises at once and sinks only after they have needed less for 14 s.**

/// Nobody is waited for longer than this beyond who comes first, in s.
const MOST_SPREAD: f64 = 0.1;
/// Lateness beyond this comes from stamps that mean something else than before, in s.
const NONSENSE: f64 = 0.2;
/// Lateness is looked back on for two of these, in s.
const WINDOW: f64 = 7.0;
/// Below this it is not worth while to sink, in s: sound that stays where it is beside its picture is worth more than a little
/// less delay, and a machine that was late by so much will be again.
const WORTH: f64 = 0.015;
/// Callbacks that are further apart in their lateness than this come unevenly, in s.
const UNEVEN: f64 = 0.002;
/// As much is added at first where callbacks come unevenly, in s.
const CAUTION: f64 = 0.006;

/// The lateness to be ready for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    ready_for: Option<f64>,
    now: Span,
    before: Span,
    /// For so long `now` has been looked at.
    looked: f64,
}

/// Earliest and latest.
#[derive(Clone, Copy, Debug)]
struct Span {
    least: f64,
    most: f64,
}

impl Span {
    const NONE: Self = Self { least: f64::INFINITY, most: f64::NEG_INFINITY };

    fn with(self, late: f64) -> Self {
        Self { least: self.least.min(late), most: self.most.max(late) }
    }

    fn and(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }

    /// Its end, or as much of it as we put up with.
    fn end(self) -> f64 {
        self.most.min(self.least + MOST_SPREAD)
    }
}

impl Default for Target {
    fn default() -> Self {
        Self { ready_for: None, now: Span::NONE, before: Span::NONE, looked: 0.0 }
    }
}

impl Target {
    /// A callback came so late, in s.
    pub(super) fn saw(&mut self, late: f64) {
        let seen = self.now.and(self.before);
        if late < seen.most - NONSENSE || late > seen.least + NONSENSE {
            *self = Self::default();
        }
        self.now = self.now.with(late);
        if let Some(ready_for) = &mut self.ready_for {
            *ready_for = ready_for.max(self.now.and(self.before).end());
        }
    }

    /// Time stamps jumped, and the callback that brought them came so late by the new ones, in s.
    pub(super) fn jumped(&mut self, late: f64) {
        let seen = self.now.and(self.before);
        if late < seen.least - MOST_SPREAD / 2.0 || late > seen.most + MOST_SPREAD / 2.0 {
            *self = Self::default();
        }
        self.saw(late);
    }

    /// So much time has passed, in s.
    pub(super) fn passed(&mut self, time: f64) {
        self.looked += time;
        if self.looked < WINDOW {
            return;
        }
        let seen = self.now.and(self.before);
        (self.before, self.now, self.looked) = (self.now, Span::NONE, 0.0);
        if let Some(ready_for) = &mut self.ready_for
            && seen.end() + WORTH < *ready_for
        {
            *ready_for = seen.end();
        }
    }

    /// Enough was seen to begin with.
    pub(super) fn settle(&mut self) {
        let seen = self.now.and(self.before);
        if self.ready_for.is_none() && seen.most.is_finite() {
            let uneven = seen.most - seen.least > UNEVEN;
            self.ready_for = Some(seen.end() + if uneven { CAUTION } else { 0.0 });
        }
    }

    /// The lateness to be ready for, in s; `None` until it has settled.
    pub(super) fn ready_for(&self) -> Option<f64> {
        self.ready_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sees this lateness each 10 ms for so many seconds.
    fn see(target: &mut Target, late: &[f64], seconds: usize) {
        for n in 0..seconds * 100 {
            target.saw(late[n % late.len()]);
            target.passed(0.01);
        }
    }

    #[test]
    fn even_callbacks_are_met_as_they_come() {
        let mut target = Target::default();
        see(&mut target, &[0.010, 0.010_5], 1);
        assert_eq!(target.ready_for(), None);
        target.settle();
        assert_eq!(target.ready_for(), Some(0.010_5));
        see(&mut target, &[0.009_8, 0.010_2], 600);
        assert_eq!(target.ready_for(), Some(0.010_5), "it does not follow what is not worth while");
    }

    #[test]
    fn a_late_one_raises_it_at_once_and_fourteen_calm_seconds_bring_it_down() {
        let mut target = Target::default();
        see(&mut target, &[0.010], 1);
        target.settle();
        target.saw(0.050);
        assert_eq!(target.ready_for(), Some(0.050));
        see(&mut target, &[0.010], 12);
        assert_eq!(target.ready_for(), Some(0.050));
        see(&mut target, &[0.010], 15);
        assert_eq!(target.ready_for(), Some(0.010));
    }

    #[test]
    fn nobody_is_waited_for_longer_than_a_tenth_of_a_second() {
        let mut target = Target::default();
        see(&mut target, &[0.010], 1);
        target.settle();
        target.saw(0.190);
        assert_eq!(target.ready_for(), Some(0.110));
    }

    #[test]
    fn stamps_that_mean_something_else_than_before_are_learned_anew() {
        let mut target = Target::default();
        see(&mut target, &[0.010], 1);
        target.settle();
        see(&mut target, &[-3_600.0], 1);
        assert_eq!(target.ready_for(), None);
        target.settle();
        assert_eq!(target.ready_for(), Some(-3_600.0));
    }
}
