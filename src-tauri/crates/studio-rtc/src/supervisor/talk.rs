//! What people say to each other through the rooms: from the core's words to an engine's, and back.

use std::time::{Duration, Instant};

use studio_wire::engine::{Order, Packet, Say};
use studio_wire::room::{RoomAnswer, RoomAsk, Tale, names};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport};
use studio_wire::{CallId, Fault, Identity, Role};

use super::Supervisor;
use super::calls::{Open, Overdue, Own};
use crate::protocol::{self, Call, Gift, Pages, RoomPass};
use crate::secret::Secret;
use crate::tokens::Pass;

/// How long an answer of the host is waited for.
const ASK_LIMIT: Duration = Duration::from_secs(3);
/// The same for the first word, which is answered with everything.
const HELLO_LIMIT: Duration = Duration::from_secs(5);
/// How long before that the core has to have answered: what is refused is better than what is lost.
const SOONER: Duration = Duration::from_millis(750);
/// The library takes this off the time that whoever is called has to answer.
const LIBRARY_ROUND_TRIP: Duration = Duration::from_secs(7);

impl Supervisor {
    /// Somebody calls.
    pub(super) fn asked(&mut self, room: RoomKind, life: u64, call: u64, from: Identity, ask: Call) {
        let (cut, mut secret) = (ask.cut(), None);
        let (limit, ask) = match ask {
            Call::Hello { version, secret: shown } => {
                let holder = self.holders.judge(&from, shown.as_ref());
                secret = shown;
                (HELLO_LIMIT, RoomAsk::Hello { version, holder })
            }
            Call::Command(command) => (ASK_LIMIT, RoomAsk::Command(command)),
            Call::Devices(devices) => (ASK_LIMIT, RoomAsk::Devices(devices)),
            Call::History(Pages { room, after, before }) => {
                (ASK_LIMIT, RoomAsk::History { room, after, before })
            }
            Call::Nonsense => (ASK_LIMIT, RoomAsk::Nonsense),
        };
        let open = Open { room, life, call, from: from.clone(), cut, secret };
        let call = self.calls.open(open, Instant::now() + limit - SOONER);
        self.tell_core(room, RoomNews::Asked { call, from, ask });
    }

    /// The core has decided.
    pub(super) fn answer(&mut self, call: CallId, answer: RoomAnswer) {
        // Its engine is gone, or the core took too long.
        let Some(mut open) = self.calls.close(call) else { return };
        let gift = match &answer {
            RoomAnswer::Welcome { view, passes, bind, .. } => {
                self.holders.note_role(&open.from, view.role);
                let name = view.people.iter().find(|person| person.identity == open.from);
                let name = name.map_or(open.from.as_str(), |person| person.name.as_str());
                let passes = passes.iter().filter_map(|room| self.mint(*room, view.role, &open.from, name));
                Gift { passes: passes.collect(), holder: bind.then(|| self.bind(&mut open)).flatten() }
            }
            _ => Gift::default(),
        };
        let words = protocol::write_answer(answer, gift, open.cut);
        self.reply(&open, words);
    }

    /// Answers what the core has had long enough, and gives up what nobody has answered.
    pub(super) fn end_overdue(&mut self) {
        let Overdue { open, own } = self.calls.overdue(Instant::now());
        for open in open {
            tracing::warn!(room = open.room.word(), from = %open.from, "a call was not answered");
            self.reply(&open, protocol::refusal(&Fault::Busy));
        }
        for own in own {
            self.tell_core(own.room, RoomNews::Answered { call: own.call, answer: None });
        }
    }

    fn reply(&mut self, open: &Open, words: String) {
        if self.life(open.room) == Some(open.life) {
            self.send(open.room, Order::Answer { call: open.call, answer: Ok(words) });
        }
    }

    fn bind(&mut self, open: &mut Open) -> Option<Secret> {
        let bound = self.holders.bind(&open.from, open.secret.take());
        bound.inspect_err(|error| tracing::error!(%error, "no secret for a seat")).ok()
    }

    /// The right to enter a room, if somebody of that role has one.
    fn mint(&self, room: RoomKind, role: Role, who: &Identity, name: &str) -> Option<RoomPass> {
        let name = if name.is_empty() { who.as_str() } else { name };
        match self.shared.token(Pass::of(room, role)?, who, name) {
            Ok((urls, token)) => Some(RoomPass { room, url: urls.first()?.clone(), urls, token }),
            Err(fault) => {
                tracing::error!(room = room.word(), ?fault, "no pass");
                None
            }
        }
    }

    /// The host tells people something.
    pub(super) fn tell(&mut self, room: RoomKind, to: Vec<Identity>, tale: Tale) {
        if to.is_empty() {
            return;
        }
        if tale != Tale::Recall {
            return self.pack(room, names::TELL, protocol::write_tale(tale, None), true, to);
        }
        for who in to {
            // Somebody of whom nothing else is known gets the least that opens the room.
            let role = self.holders.role(&who).filter(|role| *role != Role::Viewer).unwrap_or(Role::Guest);
            let pass = self.mint(RoomKind::Crew, role, &who, who.as_str());
            self.pack(room, names::TELL, protocol::write_tale(Tale::Recall, pass), true, vec![who]);
        }
    }

    /// Cheers.
    pub(super) fn react(&mut self, room: RoomKind, word: &str) {
        self.pack(room, names::REACTION, word.into(), false, Vec::new());
    }

    fn pack(&mut self, room: RoomKind, topic: &str, bytes: Vec<u8>, reliable: bool, to: Vec<Identity>) {
        self.send(room, Order::Send(Packet { topic: topic.to_owned(), bytes, reliable, to }));
    }

    /// Says something in the chat. Whether anybody heard it is for the host to say.
    pub(super) fn say(&mut self, room: RoomKind, id: &str, text: String, sent_ms: u64) {
        let (topic, attributes) = (names::CHAT.to_owned(), protocol::chat_attributes(id, sent_ms));
        let say = self.calls.number();
        self.send(room, Order::Say(Say { say, topic, text, attributes, to: Vec::new() }));
    }

    /// Asks the host something.
    pub(super) fn ask(&mut self, room: RoomKind, call: CallId, to: Identity, ask: &RoomAsk) {
        let secret = self.visit.as_ref().and_then(|visit| visit.secret());
        let asked = self.life(room).zip(protocol::write_call(ask, secret));
        let Some((life, (method, payload))) = asked else {
            return self.tell_core(room, RoomNews::Answered { call, answer: None });
        };
        let limit = if method == names::HELLO { HELLO_LIMIT } else { ASK_LIMIT };
        let within_ms = u32::try_from((limit + LIBRARY_ROUND_TRIP).as_millis()).expect("a few seconds");
        let call = self.calls.make(Own { room, life, call }, Instant::now() + limit);
        self.send(room, Order::Call { call, to, method: method.to_owned(), payload, within_ms });
    }

    /// What came of a call of ours.
    pub(super) fn answered(&mut self, call: u64, words: Option<String>) {
        let Some(own) = self.calls.made(call) else { return };
        let answer = words.and_then(|words| {
            let read = protocol::read_answer(&words);
            if read.is_none() {
                tracing::warn!(room = own.room.word(), "the host's answer is not understood");
            }
            read
        });
        let answer = answer.map(|(answer, gift)| {
            if let Some(visit) = &mut self.visit {
                visit.take(gift);
            }
            answer
        });
        self.tell_core(own.room, RoomNews::Answered { call: own.call, answer });
    }

    /// The host gives us a room.
    pub(super) fn recalled(&mut self, room: RoomKind, pass: Option<RoomPass>) {
        if let Some((visit, pass)) = self.visit.as_mut().zip(pass) {
            visit.admit(pass);
        }
        self.tell_core(room, RoomNews::Told { tale: Tale::Recall });
    }

    /// A life is over, and whoever waits for an answer to what it asked waits in vain.
    pub(super) fn hang_up(&mut self, life: u64) {
        for own in self.calls.end(life) {
            self.tell_core(own.room, RoomNews::Answered { call: own.call, answer: None });
        }
    }

    fn tell_core(&self, room: RoomKind, news: RoomNews) {
        let epoch = self.wishes.get(&room).map(|wish| wish.epoch).unwrap_or_default();
        self.shared.report(RtcReport::Room { room, epoch, news });
    }
}
