//! The open steps of a change under way: a small set, in the order of a show.

use studio_wire::view::Step;

const ALL: [Step; 10] = [
    Step::Persist,
    Step::Program,
    Step::Recorder,
    Step::Rooms,
    Step::Crew,
    Step::Air,
    Step::Recording,
    Step::Publish,
    Step::Finish,
    Step::Close,
];

/// What is still to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Steps(u16);

impl Steps {
    pub fn of(steps: &[Step]) -> Self {
        steps.iter().fold(Self::default(), |set, step| set.with(*step))
    }

    pub fn with(self, step: Step) -> Self {
        Self(self.0 | 1 << step as u16)
    }

    pub fn has(self, step: Step) -> bool {
        self.0 & 1 << step as u16 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Takes a step off; false if it was not open.
    pub fn take(&mut self, step: Step) -> bool {
        let open = self.has(step);
        self.0 &= !(1 << step as u16);
        open
    }

    /// Opens a step again.
    pub fn put(&mut self, step: Step) {
        *self = self.with(step);
    }

    pub fn list(self) -> Vec<Step> {
        ALL.into_iter().filter(|step| self.has(*step)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_taken_once_and_every_step_is_listed() {
        let mut steps = Steps::of(&ALL);
        assert_eq!(steps.list(), ALL);
        assert!(steps.take(Step::Finish) && !steps.take(Step::Finish));
        assert_eq!(steps.list().len(), ALL.len() - 1);
    }
}
