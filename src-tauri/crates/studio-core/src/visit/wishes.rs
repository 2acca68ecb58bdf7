//! Wishes about the show that are open: asked and not answered, or done and not seen in the view yet.

use studio_wire::command::ShowCommand;
use studio_wire::ids::{CallId, Ticket};
use studio_wire::rtc::RoomKind;
use studio_wire::time::ShowTime;
use studio_wire::view::ShowView;

use super::guess;
use crate::time::earlier;

/// Unanswered wishes at most.
const MOST: usize = 32;
/// A call that has no answer by then never has one; the port gives up before.
pub(super) const ANSWER_LIMIT: ShowTime = ShowTime::from_ms(12_000);
/// How long the view may take to show what was done.
const SEEN_LIMIT: ShowTime = ShowTime::from_ms(2_000);

#[derive(Clone, Debug, PartialEq)]
struct Wish {
    call: CallId,
    ticket: Ticket,
    command: ShowCommand,
    /// Where it was asked.
    room: RoomKind,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asked { until: ShowTime },
    Done { rev: u64, until: ShowTime },
}

/// What ended, with whether it had been shown in advance.
pub(super) struct Ended {
    pub ticket: Ticket,
    pub guessed: bool,
}

/// In the order in which they were wished.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes(Vec<Wish>);

impl Wishes {
    pub fn full(&self) -> bool {
        self.0.iter().filter(|wish| wish.asked()).count() >= MOST
    }

    pub fn ask(&mut self, call: CallId, ticket: Ticket, command: ShowCommand, room: RoomKind, now: ShowTime) {
        self.0.push(Wish { call, ticket, command, room, stage: Stage::Asked { until: now + ANSWER_LIMIT } });
    }

    /// Whether that call is a wish that waits for its answer.
    pub fn waits(&self, call: CallId) -> bool {
        self.0.iter().any(|wish| wish.call == call && wish.asked())
    }

    /// The host has done it; what was shown in advance stays until the view with that number is here.
    pub fn done(&mut self, call: CallId, rev: u64, seen: u64, now: ShowTime) -> Option<Ticket> {
        let at = self.0.iter().position(|wish| wish.call == call && wish.asked())?;
        let ticket = self.0[at].ticket;
        if rev <= seen || !guess::can(&self.0[at].command) {
            self.0.remove(at);
        } else {
            self.0[at].stage = Stage::Done { rev, until: now + SEEN_LIMIT };
        }
        Some(ticket)
    }

    /// It was refused, or never answered.
    pub fn failed(&mut self, call: CallId) -> Option<Ended> {
        let at = self.0.iter().position(|wish| wish.call == call && wish.asked())?;
        Some(self.0.remove(at).end())
    }

    /// The view with that number is here.
    pub fn seen(&mut self, rev: u64) {
        self.0.retain(|wish| !matches!(wish.stage, Stage::Done { rev: due, .. } if due <= rev));
    }

    /// Calls through a room that can no longer be answered.
    pub fn cut(&mut self, room: RoomKind) -> Vec<Ended> {
        self.take(|wish| wish.asked() && wish.room == room)
    }

    /// Everything that is unanswered; what is done is forgotten.
    pub fn end(&mut self) -> Vec<Ended> {
        let ended = self.take(Wish::asked);
        self.0.clear();
        ended
    }

    /// Calls whose answer is overdue.
    pub fn overdue(&mut self, now: ShowTime) -> Vec<Ended> {
        self.take(|wish| matches!(wish.stage, Stage::Asked { until } if until <= now))
    }

    /// Whether something that was done should have been seen by now; it is no longer shown in advance.
    pub fn unseen(&mut self, now: ShowTime) -> bool {
        let before = self.0.len();
        self.0.retain(|wish| !matches!(wish.stage, Stage::Done { until, .. } if until <= now));
        self.0.len() < before
    }

    /// Shows in advance what is expected of every open wish, in order.
    pub fn lay_over(&self, view: &mut ShowView) {
        self.0.iter().for_each(|wish| guess::apply(view, &wish.command));
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        let due = |wish: &Wish| match wish.stage {
            Stage::Asked { until } | Stage::Done { until, .. } => until,
        };
        self.0.iter().map(due).fold(None, |first, due| earlier(first, Some(due)))
    }

    fn take(&mut self, of: impl Fn(&Wish) -> bool) -> Vec<Ended> {
        self.0.extract_if(.., |wish| of(wish)).map(Wish::end).collect()
    }
}

impl Wish {
    fn asked(&self) -> bool {
        matches!(self.stage, Stage::Asked { .. })
    }

    fn end(self) -> Ended {
        Ended { ticket: self.ticket, guessed: guess::can(&self.command) }
    }
}
