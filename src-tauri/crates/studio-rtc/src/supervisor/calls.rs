//! Calls that wait for an answer, in both directions.

use std::collections::BTreeMap;
use std::time::Instant;

use studio_wire::rtc::RoomKind;
use studio_wire::{CallId, Identity};

use crate::protocol::Cut;
use crate::secret::Secret;

/// Somebody's call that the core has not answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Open {
    pub room: RoomKind,
    /// Which life of the room's engine it came to.
    pub life: u64,
    /// The engine's number for it.
    pub call: u64,
    /// Who calls, as the server says.
    pub from: Identity,
    /// What may be left out of the answer.
    pub cut: Cut,
    /// What the caller shows to be known by, with a hello.
    pub secret: Option<Secret>,
}

/// A call of our own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Own {
    pub room: RoomKind,
    /// Which life of the room's engine makes it.
    pub life: u64,
    /// The core's number for it.
    pub call: CallId,
}

/// All of them, under numbers that are never given twice.
#[derive(Default)]
pub(super) struct Calls {
    last: u64,
    open: BTreeMap<CallId, (Instant, Open)>,
    own: BTreeMap<u64, (Instant, Own)>,
}

/// Those that have waited too long.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Overdue {
    pub open: Vec<Open>,
    pub own: Vec<Own>,
}

impl Calls {
    /// A number that nothing else has.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Takes somebody's call in, under the number that the core is given.
    pub fn open(&mut self, open: Open, limit: Instant) -> CallId {
        let call = CallId(self.number());
        self.open.insert(call, (limit, open));
        call
    }

    /// The call that this number was given to, once.
    pub fn close(&mut self, call: CallId) -> Option<Open> {
        self.open.remove(&call).map(|(_, open)| open)
    }

    /// When the first of all these calls has waited too long.
    pub fn deadline(&self) -> Option<Instant> {
        let open = self.open.values().map(|(limit, _)| *limit);
        open.chain(self.own.values().map(|(limit, _)| *limit)).min()
    }

    /// Those that have waited too long, once.
    pub fn overdue(&mut self, now: Instant) -> Overdue {
        if self.deadline().is_none_or(|limit| limit > now) {
            return Overdue::default();
        }
        let open = self.open.extract_if(.., |_, (limit, _)| *limit <= now).map(|(_, (_, open))| open);
        let own = self.own.extract_if(.., |_, (limit, _)| *limit <= now).map(|(_, (_, own))| own);
        Overdue { open: open.collect(), own: own.collect() }
    }

    /// Notes a call of our own, and gives it a number for the engine.
    pub fn make(&mut self, own: Own, limit: Instant) -> u64 {
        let number = self.number();
        self.own.insert(number, (limit, own));
        number
    }

    /// The call of our own that this number was given to, once.
    pub fn made(&mut self, number: u64) -> Option<Own> {
        self.own.remove(&number).map(|(_, own)| own)
    }

    /// A life is over: nobody waits for its open calls, and the ones it made, which are given back, have no answer.
    pub fn end(&mut self, life: u64) -> Vec<Own> {
        self.open.retain(|_, (_, open)| open.life != life);
        self.own.extract_if(.., |_, (_, own)| own.life == life).map(|(_, (_, own))| own).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn open(life: u64, call: u64) -> Open {
        Open { room: RoomKind::Crew, life, call, from: "ana".into(), cut: Cut::Oldest, secret: None }
    }

    fn own(life: u64, call: u64) -> Own {
        Own { room: RoomKind::Crew, life, call: CallId(call) }
    }

    #[test]
    fn a_call_is_answered_once() {
        let (mut calls, limit) = (Calls::default(), Instant::now());
        let number = calls.open(open(1, 7), limit);
        assert_eq!(calls.close(number), Some(open(1, 7)));
        assert_eq!(calls.close(number), None);
        let number = calls.make(own(1, 3), limit);
        assert_eq!(calls.made(number), Some(own(1, 3)));
        assert_eq!(calls.made(number), None);
    }

    #[test]
    fn a_call_is_overdue_at_its_limit_and_once() {
        let (mut calls, start) = (Calls::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        let answered = calls.open(open(1, 1), after(1));
        calls.open(open(1, 2), after(6));
        calls.make(own(1, 8), after(3));
        calls.open(open(1, 3), after(2));
        calls.close(answered);
        assert_eq!(calls.deadline(), Some(after(2)));
        assert_eq!(calls.overdue(after(1)), Overdue::default());
        assert_eq!(calls.overdue(after(4)), Overdue { open: vec![open(1, 3)], own: vec![own(1, 8)] });
        assert_eq!(calls.overdue(after(6)), Overdue { open: vec![open(1, 2)], own: Vec::new() });
        assert_eq!(calls.deadline(), None);
    }

    #[test]
    fn the_end_of_a_life_leaves_the_calls_of_others() {
        let (mut calls, limit) = (Calls::default(), Instant::now());
        let (dead, living) = (calls.open(open(1, 1), limit), calls.open(open(2, 1), limit));
        let (unmade, made) = (calls.make(own(1, 8), limit), calls.make(own(2, 9), limit));
        assert_eq!(calls.end(1), [own(1, 8)]);
        assert_eq!((calls.close(dead), calls.made(unmade)), (None, None));
        assert_eq!((calls.close(living), calls.made(made)), (Some(open(2, 1)), Some(own(2, 9))));
    }
}
