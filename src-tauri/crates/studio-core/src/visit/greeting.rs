//! Hello: the first word after each join, and the way back to a whole view after anything was missed.
//!
//! *Silent* → *asked* → (*welcomed*) silent, or *again* after a while when nobody answers. While a hello is open,
//! changes of the view are held back, because the whole view may be older or newer than they are.

use studio_wire::fault::Fault;
use studio_wire::ids::CallId;
use studio_wire::room::{HOST, Holder, RoomAnswer, RoomAsk, Tale, VERSION};
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::time::{Now, ShowTime};

use super::Visit;
use super::wishes::ANSWER_LIMIT;
use crate::effect::Effects;
use crate::time::earlier;

/// Changes held back at most; with more the gap is found by their numbers.
const MOST_HELD: usize = 256;
/// Before a hello that was refused is tried again.
const REFUSED_WAIT: ShowTime = ShowTime::from_ms(10_000);

/// Whether the host is there, as far as is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum HostIs {
    /// Not asked yet since this connection was made.
    #[default]
    Unknown,
    Here,
    Away,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Silent,
    Asked {
        call: CallId,
        until: ShowTime,
    },
    Again {
        at: ShowTime,
    },
}

/// Where this seat stands with the host.
#[derive(Clone, Debug, Default)]
pub(super) struct Greeting {
    state: State,
    pub host: HostIs,
    misses: u32,
    /// The whole view is to be read again from then on.
    anew: Option<ShowTime>,
    held: Vec<Tale>,
    /// Why the host does not welcome this seat.
    refused: Option<Fault>,
}

impl Greeting {
    pub fn waits(&self, call: CallId) -> bool {
        matches!(self.state, State::Asked { call: open, .. } if open == call)
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Asked { .. })
    }

    /// The connection is gone, and with it whatever was asked.
    pub fn cut(&mut self) {
        *self = Self { refused: self.refused.take(), ..Self::default() };
    }

    /// Keeps a change for after the welcome.
    pub fn hold(&mut self, tale: Tale) {
        if self.held.len() < MOST_HELD {
            self.held.push(tale);
        }
    }

    /// The whole view is to be read again, from then on.
    pub fn read_anew(&mut self, at: ShowTime) {
        self.anew = earlier(self.anew, Some(at));
    }

    fn wait(&mut self, now: ShowTime) {
        let wait = ShowTime::from_ms((1_000 << self.misses.min(3)).min(5_000));
        self.misses += 1;
        self.state = State::Again { at: now + wait };
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        match self.state {
            State::Silent => self.anew,
            State::Asked { until, .. } => Some(until),
            State::Again { at } => Some(at),
        }
    }
}

impl Visit {
    /// Says hello in a room, if this machine is in it. Whatever hello was open before is forgotten.
    pub(super) fn greet(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        if !self.connection.is_in(room) {
            return;
        }
        let call = self.call();
        self.greeting.state = State::Asked { call, until: now.show + ANSWER_LIMIT };
        self.greeting.anew = None;
        self.greeting.held.clear();
        self.chat.hello();
        // Who holds the seat is the port's knowledge: it puts the secret in.
        let ask = RoomAsk::Hello { version: VERSION, holder: Holder::First };
        out.rtc(RtcOrder::Ask { room, call, to: HOST.into(), ask });
    }

    /// Says hello at home, if that is due.
    pub(super) fn read_anew(&mut self, now: Now, out: &mut Effects) {
        if self.over.is_some() {
            self.greeting.anew = None;
        }
        if self.greeting.state == State::Silent && self.greeting.anew.is_some_and(|at| at <= now.show) {
            self.greeting.anew = None;
            self.greet(now, self.rooms.home, out);
        }
    }

    /// The host is in the room again, or for the first time.
    pub(super) fn host_came(&mut self, now: Now, out: &mut Effects) {
        if self.greeting.host == HostIs::Away && !self.greeting.is_open() && self.over.is_none() {
            self.greet(now, self.rooms.home, out);
        }
    }

    /// The host has left the room; it is asked for all the same, in case its return is not told.
    pub(super) fn host_left(&mut self, now: Now) {
        (self.greeting.host, self.greeting.misses) = (HostIs::Away, 0);
        self.greeting.wait(now.show);
    }

    /// What came of the hello that was open.
    pub(super) fn greeted(&mut self, now: Now, answer: Option<RoomAnswer>, out: &mut Effects) {
        self.greeting.state = State::Silent;
        match answer {
            Some(RoomAnswer::Welcome { rev, at, view, chat, passes, .. }) => {
                let held = std::mem::take(&mut self.greeting.held);
                self.greeting.misses = 0;
                self.greeting.host = HostIs::Here;
                if let Some(refused) = self.greeting.refused.take() {
                    self.notices.clear(|fault| fault.code() == refused.code());
                }
                self.truth.clock.set(now.show, at);
                self.welcomed(now, rev, *view, chat, passes, out);
                held.into_iter().for_each(|tale| self.hear_tale(now, tale, out));
            }
            // Lost for good: one question was enough.
            _ if self.over.is_some() => {}
            Some(RoomAnswer::Refused(fault)) => {
                self.greeting.host = HostIs::Away;
                self.greeting.state = State::Again { at: now.show + REFUSED_WAIT };
                self.notices.stand(fault.clone(), now.show);
                self.greeting.refused = Some(fault);
            }
            _ => {
                self.greeting.host = HostIs::Away;
                self.greeting.wait(now.show);
            }
        }
    }

    /// A hello that is overdue, or due again.
    pub(super) fn wake_greeting(&mut self, now: Now, out: &mut Effects) {
        match self.greeting.state {
            State::Asked { until, .. } if until <= now.show => self.greeted(now, None, out),
            State::Again { at } if at <= now.show => {
                self.greeting.state = State::Silent;
                self.greet(now, self.rooms.home, out);
            }
            _ => {}
        }
    }
}
