//! The broadcast: the seven states and every way from one to another.
//!
//! idle → initializing → ready → starting → live → stopping → idle; from all but idle and error to error;
//! error → idle; ready → idle by release; from everywhere to idle by emergency stop. A lost room is a
//! condition inside ready, starting and live ([`Lost`]), because the show is still on.
//!
//! What goes in is a [`Cue`] that is known to be current; what comes out is [`Ask`]s, in order. The machine
//! knows no person, no source and no file. A cue that does not fit the state does nothing.

mod closing;
mod seen;
mod steps;

use studio_wire::command::Act;
use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, SessionId};
use studio_wire::rtc::RoomKind;
use studio_wire::time::ShowTime;
use studio_wire::view::{StateName, Step};

use crate::ids::Ids;
use crate::time::{EXIT_LIMIT, START_LIMIT, STOP_LIMIT};
use closing::Closing;
pub(crate) use closing::Port;
use steps::Steps;

/// A show that was opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub session: SessionId,
    pub title: String,
    /// Of everything that was opened for it.
    pub epoch: Epoch,
}

/// Rooms whose connection is being made again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    crew: bool,
    air: bool,
}

impl Lost {
    fn set(&mut self, room: RoomKind, lost: bool) {
        match room {
            RoomKind::Crew => self.crew = lost,
            RoomKind::Air => self.air = lost,
        }
    }

    fn list(self) -> Vec<RoomKind> {
        let lost = |room: &RoomKind| match room {
            RoomKind::Crew => self.crew,
            RoomKind::Air => self.air,
        };
        RoomKind::ALL.into_iter().filter(lost).collect()
    }
}

/// A change under way: what is open, the intent that must be stored first, and when it has failed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Change {
    steps: Steps,
    intent: Epoch,
    until: ShowTime,
}

/// The states with what each of them needs.
#[derive(Clone, Debug, PartialEq)]
enum State {
    Idle,
    Initializing { run: Run, change: Change },
    Ready { run: Run, lost: Lost },
    Starting { run: Run, lost: Lost, change: Change },
    Live { run: Run, lost: Lost },
    Stopping { run: Run, change: Change },
    Error { run: Run, fault: Fault },
}

/// What the machine hears.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cue {
    Open {
        session: SessionId,
        title: String,
    },
    Release,
    GoLive,
    EndStream {
        recording: bool,
    },
    Recover,
    EmergencyStop,
    Leave {
        recording: bool,
    },
    Done(Step),
    In(RoomKind),
    Out(RoomKind),
    /// Something that this state cannot go on without.
    Fatal(Fault),
    Closed(Port),
    Tick,
}

/// What the machine asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ask {
    /// Write the state down; answered by the epoch's `Persisted`.
    Keep { run: Run, epoch: Epoch, state: StateName },
    /// Start program, server and rooms.
    Open { epoch: Epoch },
    /// Begin the recording; the program goes to `air`.
    Record,
    /// Finish the recording.
    Finish,
    /// End program, rooms and server.
    Close { epoch: Epoch },
    /// The run is over: nothing of it is wanted any more.
    Over { session: SessionId },
    /// The error's fault stands until recovery.
    Stand(Fault),
    /// The error is recovered from.
    Unstand(Fault),
    /// Everything is closed: the program may end.
    Exit,
}

/// The wish to end the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    No,
    By(ShowTime),
    Left,
}

/// The machine.
#[derive(Clone, Debug)]
pub(crate) struct Broadcast {
    state: State,
    since: ShowTime,
    closing: Closing,
    leaving: Leaving,
}

impl Broadcast {
    pub fn new() -> Self {
        Self {
            state: State::Idle,
            since: ShowTime::default(),
            closing: Closing::default(),
            leaving: Leaving::No,
        }
    }

    /// One cue, then everything that follows from it.
    pub fn apply(&mut self, now: ShowTime, cue: Cue, ids: &mut Ids) -> Vec<Ask> {
        let mut asks = Vec::new();
        match cue {
            Cue::Open { session, title } => self.open(now, session, title, ids, &mut asks),
            Cue::Release => self.release(now, ids, &mut asks),
            Cue::GoLive => self.go_live(now, ids, &mut asks),
            Cue::EndStream { recording } => self.end_stream(now, recording, ids, &mut asks),
            Cue::Recover => self.recover(now, ids, &mut asks),
            Cue::EmergencyStop => self.emergency_stop(now, ids, &mut asks),
            Cue::Leave { recording } => self.leave(now, recording, ids, &mut asks),
            Cue::Done(step) => self.done(now, step, ids, &mut asks),
            Cue::In(room) => self.room_in(now, room, ids, &mut asks),
            Cue::Out(room) => self.room_out(room),
            Cue::Fatal(fault) => self.fail(now, fault, ids, &mut asks),
            Cue::Closed(port) => {
                if self.closing.closed(port) {
                    self.done(now, Step::Close, ids, &mut asks);
                }
            }
            Cue::Tick => self.tick(now, ids, &mut asks),
        }
        self.exit(now, ids, &mut asks);
        asks
    }

    fn enter(&mut self, now: ShowTime, state: State) {
        (self.state, self.since) = (state, now);
    }

    /// Enters a state and has it written down; nobody waits for that.
    fn settle(&mut self, now: ShowTime, run: Run, state: State, ids: &mut Ids, asks: &mut Vec<Ask>) {
        self.enter(now, state);
        asks.push(Ask::Keep { run, epoch: ids.epoch(), state: self.name() });
    }

    fn open(&mut self, now: ShowTime, session: SessionId, title: String, ids: &mut Ids, asks: &mut Vec<Ask>) {
        let State::Idle = self.state else { return };
        let run = Run { session, title, epoch: ids.epoch() };
        let mut steps =
            Steps::of(&[Step::Persist, Step::Program, Step::Recorder, Step::Rooms, Step::Crew, Step::Air]);
        if !self.closing.done() {
            steps.put(Step::Close);
        }
        let change = Change { steps, intent: ids.epoch(), until: now + START_LIMIT };
        let keep = Ask::Keep { run: run.clone(), epoch: change.intent, state: StateName::Initializing };
        self.enter(now, State::Initializing { run, change });
        asks.push(keep);
    }

    fn release(&mut self, now: ShowTime, ids: &mut Ids, asks: &mut Vec<Ask>) {
        if let State::Ready { run, .. } = &self.state {
            let run = run.clone();
            self.shut(now, &run, asks);
            self.settle(now, run, State::Idle, ids, asks);
        }
    }

    fn go_live(&mut self, now: ShowTime, ids: &mut Ids, asks: &mut Vec<Ask>) {
        let State::Ready { run, lost } = &self.state else { return };
        let (run, lost) = (run.clone(), *lost);
        let steps = Steps::of(&[Step::Persist, Step::Recording, Step::Publish]);
        let change = Change { steps, intent: ids.epoch(), until: now + START_LIMIT };
        asks.push(Ask::Keep { run: run.clone(), epoch: change.intent, state: StateName::Starting });
        self.enter(now, State::Starting { run, lost, change });
    }

    fn end_stream(&mut self, now: ShowTime, recording: bool, ids: &mut Ids, asks: &mut Vec<Ask>) {
        let (State::Starting { run, .. } | State::Live { run, .. }) = &self.state else { return };
        let run = run.clone();
        let mut steps = Steps::of(&[Step::Persist, Step::Close]);
        if recording {
            steps.put(Step::Finish);
        }
        let change = Change { steps, intent: ids.epoch(), until: now + STOP_LIMIT };
        asks.push(Ask::Keep { run: run.clone(), epoch: change.intent, state: StateName::Stopping });
        self.enter(now, State::Stopping { run, change });
    }

    fn recover(&mut self, now: ShowTime, ids: &mut Ids, asks: &mut Vec<Ask>) {
        if let State::Error { run, fault } = &self.state {
            let (run, fault) = (run.clone(), fault.clone());
            asks.push(Ask::Unstand(fault));
            self.settle(now, run, State::Idle, ids, asks);
        }
    }

    /// Acts first and records after: outputs close before anything is written down.
    fn emergency_stop(&mut self, now: ShowTime, ids: &mut Ids, asks: &mut Vec<Ask>) {
        if let State::Error { .. } = self.state {
            return self.recover(now, ids, asks);
        }
        let Some(run) = self.run().cloned() else { return };
        self.shut(now, &run, asks);
        self.settle(now, run, State::Idle, ids, asks);
    }

    /// Rolls everything back, then says what happened.
    fn fail(&mut self, now: ShowTime, fault: Fault, ids: &mut Ids, asks: &mut Vec<Ask>) {
        if matches!(self.state, State::Idle | State::Error { .. }) {
            return;
        }
        let Some(run) = self.run().cloned() else { return };
        self.shut(now, &run, asks);
        asks.push(Ask::Stand(fault.clone()));
        self.settle(now, run.clone(), State::Error { run, fault }, ids, asks);
    }

    /// Closes the outputs of a run, unless they are closing already, and ends it.
    fn shut(&mut self, now: ShowTime, run: &Run, asks: &mut Vec<Ask>) {
        if self.has_outputs() {
            self.closing.begin(run.epoch, now);
            asks.push(Ask::Close { epoch: run.epoch });
        }
        asks.push(Ask::Over { session: run.session.clone() });
    }

    /// Whether something was opened for this run that nobody has told to close yet.
    fn has_outputs(&self) -> bool {
        match &self.state {
            State::Initializing { change, .. } => {
                !change.steps.has(Step::Persist) && !change.steps.has(Step::Close)
            }
            State::Ready { .. } | State::Starting { .. } | State::Live { .. } => true,
            State::Stopping { run, .. } => {
                let closing = |port| self.closing.waits_for(port, run.epoch);
                !closing(Port::Media) && !closing(Port::Rtc)
            }
            State::Idle | State::Error { .. } => false,
        }
    }

    fn done(&mut self, now: ShowTime, step: Step, ids: &mut Ids, asks: &mut Vec<Ask>) {
        match &mut self.state {
            State::Initializing { run, change } => {
                let epoch = run.epoch;
                let gate = matches!(step, Step::Persist | Step::Close);
                let open = |steps: Steps| !steps.has(Step::Persist) && !steps.has(Step::Close);
                if change.steps.take(step) && gate && open(change.steps) {
                    asks.push(Ask::Open { epoch });
                }
                if change.steps.is_empty() {
                    let run = run.clone();
                    let state = State::Ready { run: run.clone(), lost: Lost::default() };
                    self.settle(now, run, state, ids, asks);
                }
            }
            State::Starting { run, lost, change } => {
                if change.steps.take(step) && step == Step::Persist {
                    asks.push(Ask::Record);
                }
                if change.steps.is_empty() {
                    let (run, lost) = (run.clone(), *lost);
                    self.settle(now, run.clone(), State::Live { run, lost }, ids, asks);
                }
            }
            State::Stopping { run, change } => {
                let epoch = run.epoch;
                if !change.steps.take(step) {
                    return;
                }
                let steps = change.steps;
                if step == Step::Persist && steps.has(Step::Finish) {
                    asks.push(Ask::Finish);
                } else if step != Step::Close && !steps.has(Step::Persist) && !steps.has(Step::Finish) {
                    self.closing.begin(epoch, now);
                    asks.push(Ask::Close { epoch });
                } else if steps.is_empty() {
                    let run = run.clone();
                    asks.push(Ask::Over { session: run.session.clone() });
                    self.settle(now, run, State::Idle, ids, asks);
                }
            }
            State::Idle | State::Ready { .. } | State::Live { .. } | State::Error { .. } => {}
        }
    }

    fn room_in(&mut self, now: ShowTime, room: RoomKind, ids: &mut Ids, asks: &mut Vec<Ask>) {
        match &mut self.state {
            State::Initializing { .. } => self.done(now, room_step(room), ids, asks),
            State::Ready { lost, .. } | State::Starting { lost, .. } | State::Live { lost, .. } => {
                lost.set(room, false);
            }
            State::Idle | State::Stopping { .. } | State::Error { .. } => {}
        }
    }

    fn room_out(&mut self, room: RoomKind) {
        match &mut self.state {
            State::Initializing { change, .. } => change.steps.put(room_step(room)),
            State::Starting { lost, change, .. } => {
                lost.set(room, true);
                if room == RoomKind::Air {
                    change.steps.put(Step::Publish);
                }
            }
            State::Ready { lost, .. } | State::Live { lost, .. } => lost.set(room, true),
            State::Idle | State::Stopping { .. } | State::Error { .. } => {}
        }
    }

    /// The window was closed: what runs is stopped as its state allows.
    fn leave(&mut self, now: ShowTime, recording: bool, ids: &mut Ids, asks: &mut Vec<Ask>) {
        if self.leaving != Leaving::No {
            return;
        }
        self.leaving = Leaving::By(now + EXIT_LIMIT);
        match self.state {
            State::Initializing { .. } => self.emergency_stop(now, ids, asks),
            State::Ready { .. } => self.release(now, ids, asks),
            State::Starting { .. } | State::Live { .. } => self.end_stream(now, recording, ids, asks),
            State::Idle | State::Stopping { .. } | State::Error { .. } => {}
        }
    }

    fn tick(&mut self, now: ShowTime, ids: &mut Ids, asks: &mut Vec<Ask>) {
        let late = |change: &Change| change.until <= now;
        let act = match &self.state {
            State::Initializing { change, .. } if late(change) => Some(Act::Open),
            State::Starting { change, .. } if late(change) => Some(Act::GoLive),
            State::Stopping { change, .. } if late(change) => Some(Act::EndStream),
            _ => None,
        };
        if let Some(act) = act {
            self.fail(now, Fault::TookTooLong { act }, ids, asks);
        }
        if self.closing.tick(now) {
            self.done(now, Step::Close, ids, asks);
        }
    }

    fn exit(&mut self, now: ShowTime, ids: &mut Ids, asks: &mut Vec<Ask>) {
        let Leaving::By(limit) = self.leaving else { return };
        if limit <= now && self.run_is_open() {
            self.emergency_stop(now, ids, asks);
        }
        if !self.run_is_open() && (self.closing.done() || limit <= now) {
            self.leaving = Leaving::Left;
            asks.push(Ask::Exit);
        }
    }
}

fn room_step(room: RoomKind) -> Step {
    match room {
        RoomKind::Crew => Step::Crew,
        RoomKind::Air => Step::Air,
    }
}
