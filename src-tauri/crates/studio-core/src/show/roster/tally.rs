//! What somebody did in the show, counted from the changes of what they do.

use studio_wire::store::PersonFigures;
use studio_wire::time::ShowTime;

/// What somebody does at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Doing {
    pub there: bool,
    pub on_stage: bool,
    pub talking: bool,
    pub poor: bool,
}

/// Sums so far, and since when what is going on goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    sums: PersonFigures,
    doing: Doing,
    since: ShowTime,
}

impl Tally {
    /// Goes on from what an earlier life of the program counted.
    pub fn resume(sums: PersonFigures) -> Self {
        Self { sums, ..Self::default() }
    }

    /// What they do now.
    pub fn doing(&self) -> Doing {
        self.doing
    }

    /// From now on they do this. True if that is another thing than before.
    pub fn mark(&mut self, doing: Doing, now: ShowTime) -> bool {
        if doing == self.doing {
            return false;
        }
        self.sums = self.at(now);
        if doing.there && !self.doing.there {
            self.sums.joins += 1;
        }
        (self.doing, self.since) = (doing, now);
        true
    }

    /// The sums now.
    pub fn at(&self, now: ShowTime) -> PersonFigures {
        let passed = now.since(self.since).ms();
        let add = |sum: u64, on: bool| if on { sum + passed } else { sum };
        let Doing { there, on_stage, talking, poor } = self.doing;
        PersonFigures {
            joins: self.sums.joins,
            there_ms: add(self.sums.there_ms, there),
            on_stage_ms: add(self.sums.on_stage_ms, on_stage),
            talk_ms: add(self.sums.talk_ms, talking),
            poor_ms: add(self.sums.poor_ms, poor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_add_up_over_visits_and_a_visit_that_lasts_is_counted_too() {
        let mut tally = Tally::resume(PersonFigures { joins: 1, there_ms: 500, ..PersonFigures::default() });
        let at = ShowTime::from_ms;
        let there = Doing { there: true, ..Doing::default() };
        assert!(tally.mark(there, at(1_000)));
        assert!(!tally.mark(there, at(1_500)));
        assert!(tally.mark(Doing { on_stage: true, ..there }, at(2_000)));
        assert!(tally.mark(Doing { on_stage: true, talking: true, poor: true, ..there }, at(2_250)));
        assert!(tally.mark(Doing { on_stage: true, ..there }, at(2_500)));
        assert!(tally.mark(Doing::default(), at(3_000)));
        assert!(tally.mark(there, at(10_000)));
        let sums = tally.at(at(10_100));
        let expected =
            PersonFigures { joins: 3, there_ms: 2_600, on_stage_ms: 1_000, talk_ms: 250, poor_ms: 250 };
        assert_eq!(sums, expected);
    }
}
