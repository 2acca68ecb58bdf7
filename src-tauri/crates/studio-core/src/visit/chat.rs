//! What was said, as the host has told it, and what this machine has said and the host has not told yet.
//!
//! **Each room's lines follow each other by number, none twice.** A number that was skipped is asked for, page by
//! page, until nothing is missing. An own message is sent again, under the same id, until the host tells it; **the
//! next one of that room is not sent before**, so that one that was lost on its way is not overtaken.

use std::collections::VecDeque;
use std::sync::Arc;

use studio_wire::chat::{ChatLine, ChatPage, PAGE};
use studio_wire::fault::Fault;
use studio_wire::ids::CallId;
use studio_wire::room::{HOST, RoomAnswer, RoomAsk};
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::time::{Now, ShowTime};

use super::Visit;
use super::wishes::ANSWER_LIMIT;
use crate::effect::Effects;
use crate::time::earlier;

/// Lines of a room in memory.
const TAIL: usize = 500;
/// Own messages that the host has not told yet, at most.
const MOST_UNTOLD: usize = 50;
/// Before a message that was not told is sent again.
const SAY_AGAIN: ShowTime = ShowTime::from_ms(2_000);

/// One room's lines.
#[derive(Clone, Debug, Default)]
struct Thread {
    /// The host has given a first page.
    known: bool,
    lines: Arc<VecDeque<Arc<ChatLine>>>,
    /// Everything up to this number is here, or was.
    last: u64,
    /// The newest number that was heard of.
    newest: u64,
    /// `last` when the hello that is open was said.
    at_hello: u64,
    asked: Option<(CallId, ShowTime)>,
    again: Option<ShowTime>,
    misses: u32,
}

impl Thread {
    fn append(&mut self, line: ChatLine) {
        self.last = line.seq;
        let lines = Arc::make_mut(&mut self.lines);
        if lines.len() == TAIL {
            lines.pop_front();
        }
        lines.push_back(Arc::new(line));
    }

    /// Everything of a page that is newer than what is here, in order.
    fn append_newer(&mut self, page: Vec<ChatLine>) {
        for line in page {
            if line.seq > self.last {
                self.append(line);
            }
        }
    }

    fn hear(&mut self, line: ChatLine) {
        self.newest = self.newest.max(line.seq);
        if self.known && line.seq == self.last + 1 {
            self.append(line);
        }
    }

    /// The newest page, with a welcome. A host that has begun to count anew is believed.
    fn welcome(&mut self, page: ChatPage) {
        if self.known && page.newest < self.at_hello {
            *self = Self::default();
        }
        self.newest = self.newest.max(page.newest);
        let whole = (PAGE as u64).min(page.newest);
        if !self.known {
            self.known = true;
            // A page that did not fit into the answer is asked for like any other gap.
            self.last = page.newest - whole;
        }
        let first = page.lines.first().map_or(u64::MAX, |line| line.seq);
        if first <= self.last + 1 || page.lines.len() as u64 >= whole && self.lines.is_empty() {
            self.append_newer(page.lines);
        }
    }

    fn history(&mut self, page: ChatPage) {
        self.newest = self.newest.max(page.newest);
        let before = self.last;
        self.append_newer(page.lines);
        if self.last == before {
            // Not even the host has it any more.
            self.last = self.newest;
        }
    }

    fn is_missing_some(&self) -> bool {
        self.known && self.last < self.newest
    }

    fn wait(&mut self, now: ShowTime) {
        self.again = Some(now + ShowTime::from_ms((1_000 << self.misses.min(3)).min(5_000)));
        self.misses += 1;
    }

    fn deadline(&self, in_touch: bool) -> Option<ShowTime> {
        let again = self.again.filter(|_| in_touch && self.is_missing_some());
        earlier(self.asked.map(|(_, until)| until), again)
    }
}

/// A message of this machine that the host has not told yet.
#[derive(Clone, Debug, PartialEq)]
struct Untold {
    room: RoomKind,
    id: String,
    text: String,
    sent_ms: u64,
    again: ShowTime,
}

/// Both rooms.
#[derive(Clone, Debug, Default)]
pub(super) struct Chat {
    crew: Thread,
    air: Thread,
    untold: Vec<Untold>,
}

impl Chat {
    fn thread(&self, room: RoomKind) -> &Thread {
        match room {
            RoomKind::Crew => &self.crew,
            RoomKind::Air => &self.air,
        }
    }

    fn thread_mut(&mut self, room: RoomKind) -> &mut Thread {
        match room {
            RoomKind::Crew => &mut self.crew,
            RoomKind::Air => &mut self.air,
        }
    }

    pub fn page(&self, room: RoomKind) -> ChatPage {
        let thread = self.thread(room);
        let from = thread.lines.len().saturating_sub(PAGE);
        let lines = thread.lines.range(from..).map(|line| line.as_ref().clone());
        ChatPage { room, lines: lines.collect(), newest: thread.last }
    }

    pub fn newest(&self, room: RoomKind) -> u64 {
        self.thread(room).last
    }

    pub fn after(&self, room: RoomKind, seq: u64) -> Vec<ChatLine> {
        let lines = self.thread(room).lines.iter().filter(|line| line.seq > seq);
        lines.map(|line| line.as_ref().clone()).collect()
    }

    /// A hello is said: what the welcome brings is at least as new as what is here now.
    pub fn hello(&mut self) {
        for room in RoomKind::ALL {
            let thread = self.thread_mut(room);
            thread.at_hello = thread.last;
        }
    }

    /// Whether that call asked for what was missed.
    pub fn waits(&self, call: CallId) -> bool {
        self.asking(call).is_some()
    }

    fn asking(&self, call: CallId) -> Option<RoomKind> {
        let asks = |room: &RoomKind| self.thread(*room).asked.is_some_and(|(open, _)| open == call);
        RoomKind::ALL.into_iter().find(asks)
    }

    /// The connection is gone, and with it whatever was asked.
    pub fn cut(&mut self) {
        for room in RoomKind::ALL {
            let thread = self.thread_mut(room);
            (thread.asked, thread.again, thread.misses) = (None, None, 0);
        }
    }

    /// A room was joined: what was not told of there is said again at once.
    pub fn joined(&mut self, room: RoomKind, now: ShowTime) {
        for untold in self.untold.iter_mut().filter(|untold| untold.room == room) {
            untold.again = now;
        }
    }

    /// A room may no longer be read.
    pub fn forget(&mut self, room: RoomKind) {
        *self.thread_mut(room) = Thread::default();
        self.untold.retain(|untold| untold.room != room);
    }

    /// A message was not kept. True if it was one of this machine's.
    pub fn unsaid(&mut self, id: &str) -> bool {
        let before = self.untold.len();
        self.untold.retain(|untold| untold.id != id);
        self.untold.len() < before
    }

    /// Takes what was said by this machine as told.
    fn told(&mut self, me: &studio_wire::Identity, lines: &[ChatLine]) {
        let is = |untold: &Untold, line: &ChatLine| {
            line.room == untold.room && line.id == untold.id && line.from == *me
        };
        self.untold.retain(|untold| !lines.iter().any(|line| is(untold, line)));
    }

    /// The oldest message of a room that was not told: the only one that is on its way.
    fn first_untold(&self, room: RoomKind) -> Option<usize> {
        self.untold.iter().position(|untold| untold.room == room)
    }

    pub fn deadline(&self, may_talk: impl Fn(RoomKind) -> bool, in_touch: bool) -> Option<ShowTime> {
        let first = |room| Some(self.untold[self.first_untold(room)?].again);
        let untold = RoomKind::ALL.into_iter().filter(|room| may_talk(*room)).filter_map(first);
        let threads = earlier(self.crew.deadline(in_touch), self.air.deadline(in_touch));
        untold.fold(threads, |first, due| earlier(first, Some(due)))
    }
}

impl Visit {
    /// Takes a cleaned message on its way.
    pub(super) fn say(&mut self, now: Now, room: RoomKind, text: String) -> Result<(), Fault> {
        if self.chat.untold.len() >= MOST_UNTOLD {
            return Err(Fault::Busy);
        }
        let id = format!("{:016x}{:016x}", self.ids.dice(), self.ids.dice());
        self.chat.untold.push(Untold { room, id, text, sent_ms: now.wall_ms, again: now.show });
        Ok(())
    }

    /// Sends what is due, and asks for what is missing.
    pub(super) fn talk(&mut self, now: Now, out: &mut Effects) {
        for room in RoomKind::ALL {
            if let Some(at) = self.chat.first_untold(room).filter(|_| self.may_talk(room))
                && self.chat.untold[at].again <= now.show
            {
                let untold = &mut self.chat.untold[at];
                untold.again = now.show + SAY_AGAIN;
                let Untold { room, id, text, sent_ms, .. } = untold.clone();
                out.rtc(RtcOrder::Say { room, id, text, sent_ms });
            }
            let thread = self.chat.thread(room);
            let due = thread.asked.is_none() && thread.again.is_none_or(|again| again <= now.show);
            if due && thread.is_missing_some() && self.in_touch() {
                let (call, after) = (self.call(), Some(self.chat.thread(room).last));
                let thread = self.chat.thread_mut(room);
                (thread.asked, thread.again) = (Some((call, now.show + ANSWER_LIMIT)), None);
                let ask = RoomAsk::History { room, after, before: None };
                out.rtc(RtcOrder::Ask { room: self.rooms.home, call, to: HOST.into(), ask });
            }
        }
    }

    /// The newest pages, with a welcome.
    pub(super) fn pages_came(&mut self, pages: Vec<ChatPage>) {
        for page in pages {
            self.chat.told(&self.seat.identity, &page.lines);
            self.chat.thread_mut(page.room).welcome(page);
        }
    }

    /// The host tells what somebody said.
    pub(super) fn line_came(&mut self, line: ChatLine) {
        self.chat.told(&self.seat.identity, std::slice::from_ref(&line));
        self.chat.thread_mut(line.room).hear(line);
    }

    /// What came of asking for what was missed.
    pub(super) fn history_came(&mut self, now: Now, call: CallId, answer: Option<RoomAnswer>) {
        let Some(room) = self.chat.asking(call) else { return };
        let thread = self.chat.thread_mut(room);
        thread.asked = None;
        match answer {
            Some(RoomAnswer::History(page)) if page.room == room => {
                thread.misses = 0;
                thread.history(page.clone());
                self.chat.told(&self.seat.identity, &page.lines);
            }
            _ => thread.wait(now.show),
        }
    }

    /// A question whose answer is overdue is asked again.
    pub(super) fn wake_chat(&mut self, now: Now) {
        for room in RoomKind::ALL {
            let thread = self.chat.thread_mut(room);
            if thread.asked.take_if(|(_, until)| *until <= now.show).is_some() {
                thread.wait(now.show);
            }
        }
    }
}
