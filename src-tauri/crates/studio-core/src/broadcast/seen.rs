//! What others may know of the broadcast. Questions only: nothing here changes a state.

use studio_wire::fault::Fault;
use studio_wire::ids::Epoch;
use studio_wire::rtc::RoomKind;
use studio_wire::time::ShowTime;
use studio_wire::view::{StateName, Step};

use crate::time::earlier;

use super::{Broadcast, Change, Leaving, Port, Run, State};

impl Broadcast {
    pub fn name(&self) -> StateName {
        match self.state {
            State::Idle => StateName::Idle,
            State::Initializing { .. } => StateName::Initializing,
            State::Ready { .. } => StateName::Ready,
            State::Starting { .. } => StateName::Starting,
            State::Live { .. } => StateName::Live,
            State::Stopping { .. } => StateName::Stopping,
            State::Error { .. } => StateName::Error,
        }
    }

    pub fn since(&self) -> ShowTime {
        self.since
    }

    /// The show under way, or the one that failed.
    pub fn run(&self) -> Option<&Run> {
        match &self.state {
            State::Idle => None,
            State::Initializing { run, .. }
            | State::Ready { run, .. }
            | State::Starting { run, .. }
            | State::Live { run, .. }
            | State::Stopping { run, .. }
            | State::Error { run, .. } => Some(run),
        }
    }

    /// Neither idle nor in error: something is, or may be, open.
    pub fn run_is_open(&self) -> bool {
        !matches!(self.state, State::Idle | State::Error { .. })
    }

    /// Program and rooms were asked for and not told to close.
    pub fn outputs_wanted(&self) -> bool {
        self.run_is_open() && self.has_outputs()
    }

    /// The program goes to `air`.
    pub fn on_air(&self) -> bool {
        match &self.state {
            State::Starting { change, .. } => !change.steps.has(Step::Persist),
            State::Live { .. } => true,
            State::Stopping { .. } => self.has_outputs(),
            _ => false,
        }
    }

    /// A step of the change under way is open.
    pub fn waits_for(&self, step: Step) -> bool {
        self.change().is_some_and(|change| change.steps.has(step))
    }

    /// Whether that epoch is the intent that must be stored before the state goes on.
    pub fn intends(&self, epoch: Epoch) -> bool {
        self.change().is_some_and(|change| change.intent == epoch && change.steps.has(Step::Persist))
    }

    pub fn closing(&self, port: Port, epoch: Epoch) -> bool {
        self.closing.waits_for(port, epoch)
    }

    pub fn waiting(&self) -> Vec<Step> {
        self.change().map(|change| change.steps.list()).unwrap_or_default()
    }

    pub fn lost(&self) -> Vec<RoomKind> {
        match &self.state {
            State::Ready { lost, .. } | State::Starting { lost, .. } | State::Live { lost, .. } => {
                lost.list()
            }
            _ => Vec::new(),
        }
    }

    pub fn fault(&self) -> Option<&Fault> {
        match &self.state {
            State::Error { fault, .. } => Some(fault),
            _ => None,
        }
    }

    /// Whether the program is about to end: nothing new begins.
    pub fn leaving(&self) -> bool {
        self.leaving != Leaving::No
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        let leaving = match self.leaving {
            Leaving::By(limit) => Some(limit),
            Leaving::No | Leaving::Left => None,
        };
        let change = self.change().map(|change| change.until);
        earlier(earlier(change, self.closing.deadline()), leaving)
    }

    fn change(&self) -> Option<&Change> {
        match &self.state {
            State::Initializing { change, .. }
            | State::Starting { change, .. }
            | State::Stopping { change, .. } => Some(change),
            _ => None,
        }
    }
}
