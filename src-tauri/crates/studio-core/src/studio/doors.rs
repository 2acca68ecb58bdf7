//! What comes through the rooms from people: calls, chat, cheers. **Who asks is who the server says; what they may
//! is what the host's record says; every call is answered once.**

use std::collections::BTreeMap;

use studio_wire::chat::{ChatPage, Reaction};
use studio_wire::command::{Act, Command, ShowCommand};
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Identity, Ticket};
use studio_wire::people::Actor;
use studio_wire::room::{RoomAnswer, RoomAsk, Tale, VERSION};
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::store::StoreOrder;
use studio_wire::time::Now;
use studio_wire::view::Ack;

use crate::effect::Effects;
use crate::show::chat::Said;
use crate::text;

use super::Studio;

/// Answers that cannot be given at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Owed {
    /// To who asked for something that is done: answered when it is known from which view on it shows.
    done: Vec<(RoomKind, CallId, Identity, Option<Identity>)>,
    /// To who asked for chat that only the store has.
    reading: BTreeMap<Ticket, (RoomKind, CallId)>,
    tickets: u64,
}

/// Reads of the store that may be open at once.
const MOST_READS: usize = 64;

impl Studio {
    /// A call from a room.
    pub(super) fn asked(
        &mut self,
        now: Now,
        room: RoomKind,
        call: CallId,
        from: &Identity,
        ask: RoomAsk,
        out: &mut Effects,
    ) {
        let answer = match ask {
            RoomAsk::Hello { version, .. } if version != VERSION => {
                RoomAnswer::Refused(Fault::OtherVersion { found: version, known: VERSION })
            }
            RoomAsk::Hello { .. } if self.roster.find(from).is_some_and(|person| person.refused()) => {
                RoomAnswer::Refused(Fault::NotWelcome { person: from.clone() })
            }
            RoomAsk::Hello { holder, .. } => self.hello(now, room, from, holder, out),
            RoomAsk::Command(command) => match self.person_asks(now, room, call, from, command, out) {
                Ok(()) => return,
                Err(fault) => RoomAnswer::Refused(fault),
            },
            RoomAsk::Devices(told) => match self.devices_told(room, call, from, told) {
                Ok(()) => return,
                Err(fault) => RoomAnswer::Refused(fault),
            },
            RoomAsk::History { room: of, after, before } => {
                match self.history(room, call, from, of, after, before, out) {
                    Some(answer) => answer,
                    None => return,
                }
            }
            RoomAsk::Nonsense => RoomAnswer::Refused(Fault::NotUnderstood),
        };
        out.rtc(RtcOrder::Answer { room, call, answer });
    }

    fn person_asks(
        &mut self,
        now: Now,
        room: RoomKind,
        call: CallId,
        from: &Identity,
        command: ShowCommand,
        out: &mut Effects,
    ) -> Result<(), Fault> {
        let (actor, command) = (Actor::Person(from.clone()), Command::Show(command));
        self.allowed(&actor, &command)?;
        let about = self.about(&actor, &command);
        self.perform(now, &actor, command, out);
        self.owed.done.push((room, call, from.clone(), about));
        Ok(())
    }

    /// What somebody's machine has told is answered like a command that was done.
    pub(super) fn owe(&mut self, room: RoomKind, call: CallId, from: &Identity) {
        self.owed.done.push((room, call, from.clone(), None));
    }

    /// Answers what was done since the last publication. Whoever looks for the effect finds it in the view with the
    /// number that is given.
    pub(super) fn answer_owed(&mut self, out: &mut Effects) {
        for (room, call, from, about) in std::mem::take(&mut self.owed.done) {
            let seat = self.seat_of(&from);
            let person = about.and_then(|who| self.person_view(&seat, &who)).map(Box::new);
            let ack = Ack { rev: self.seats.next_rev(&from), person };
            out.rtc(RtcOrder::Answer { room, call, answer: RoomAnswer::Done(ack) });
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one question")]
    fn history(
        &mut self,
        room: RoomKind,
        call: CallId,
        from: &Identity,
        of: RoomKind,
        after: Option<u64>,
        before: Option<u64>,
        out: &mut Effects,
    ) -> Option<RoomAnswer> {
        let actor = Actor::Person(from.clone());
        if !self.may_read(from, of) {
            let role = self.role_of(&actor);
            return Some(RoomAnswer::Refused(Fault::NotAllowed { act: Act::Say, role }));
        }
        if let Some(page) = self.chat.history(of, after, before) {
            return Some(RoomAnswer::History(page));
        }
        let Some(session) = self.session() else { return Some(RoomAnswer::History(ChatPage::default())) };
        if self.owed.reading.len() >= MOST_READS {
            return Some(RoomAnswer::Refused(Fault::Busy));
        }
        self.owed.tickets += 1;
        let ticket = Ticket(self.owed.tickets);
        self.owed.reading.insert(ticket, (room, call));
        out.store(StoreOrder::ReadChat { ticket, session, room: of, after, before });
        None
    }

    /// The store has read a page.
    pub(super) fn read(&mut self, ticket: Ticket, mut page: ChatPage, out: &mut Effects) {
        let Some((room, call)) = self.owed.reading.remove(&ticket) else { return };
        page.newest = page.newest.max(self.chat.newest(page.room));
        out.rtc(RtcOrder::Answer { room, call, answer: RoomAnswer::History(page) });
    }

    /// Whether somebody hears what is said in a room: crew people both, the audience its own.
    fn may_read(&self, who: &Identity, of: RoomKind) -> bool {
        let person = self.roster.present(who).filter(|person| !person.doubtful());
        person.is_some_and(|person| of == RoomKind::Air || person.role.room() == RoomKind::Crew)
    }

    /// Somebody says something in a room. It is kept once, numbered, and told to every seat; who sent it learns so
    /// from the same words, or why not.
    pub(super) fn said(
        &mut self,
        now: Now,
        room: RoomKind,
        from: &Identity,
        id: Option<String>,
        body: &str,
        out: &mut Effects,
    ) {
        let person = self.roster.find(from);
        if person.is_none_or(|person| !person.here() && !person.refused()) {
            // Whoever speaks is there, even if nobody said so yet.
            self.came(now, room, from.clone(), String::new(), None);
        } else if person.is_some_and(|person| person.doubtful()) {
            // It is not known who speaks. If they are who they should be, they say it again.
            return;
        }
        let id = id.as_deref().and_then(text::message_id);
        if let Some(known) = id.as_ref().and_then(|id| self.chat.find(room, from, id)) {
            let tale = Tale::Chat(known.clone());
            return self.tell(self.seat_room(from, room), from, tale, out);
        }
        let verdict = self.may_say(from, room).and_then(|()| text::message(body));
        match verdict {
            Ok(clean) => {
                let id = id.unwrap_or_else(|| self.ids.message());
                self.keep_line(now, room, from, id, clean, out);
            }
            Err(fault) => {
                if let Some(id) = id {
                    self.tell(self.seat_room(from, room), from, Tale::Unsaid { id, fault }, out);
                }
            }
        }
    }

    /// Where somebody is told what concerns a message that came through `room`.
    fn seat_room(&self, who: &Identity, room: RoomKind) -> RoomKind {
        let crew = self.roster.find(who).is_some_and(|person| person.in_crew);
        if crew { RoomKind::Crew } else { room }
    }

    fn may_say(&self, from: &Identity, room: RoomKind) -> Result<(), Fault> {
        let actor = Actor::Person(from.clone());
        let refused = Fault::NotAllowed { act: Act::Say, role: self.role_of(&actor) };
        let person = self.roster.present(from).filter(|person| !person.doubtful()).ok_or(refused.clone())?;
        if person.silenced {
            Err(Fault::Silenced)
        } else if room == RoomKind::Crew && person.role.room() != RoomKind::Crew {
            Err(refused)
        } else {
            self.may(&actor, Act::Say)
        }
    }

    pub(super) fn keep_line(
        &mut self,
        now: Now,
        room: RoomKind,
        from: &Identity,
        id: String,
        text: String,
        out: &mut Effects,
    ) {
        let Some(session) = self.session() else { return };
        let name = self.roster.find(from).map(|person| person.name.clone()).unwrap_or_default();
        let said = Said { from: from.clone(), name, id, text, at_ms: now.wall_ms };
        let line = self.chat.keep(room, said);
        out.store(StoreOrder::Chat { session, line: line.clone() });
        for (through, to) in self.seats.hearers(room) {
            out.rtc(RtcOrder::Tell { room: through, to, tale: Tale::Chat(line.clone()) });
        }
        // A client that says no hello waits for the word that its message is kept, too.
        if from != self.me() && !self.seats.sits(from) {
            self.tell(self.seat_room(from, room), from, Tale::Chat(line), out);
        }
    }

    pub(super) fn reacted(&mut self, from: &Identity, reaction: Reaction) {
        let there = self.roster.present(from).filter(|person| !person.doubtful() && !person.silenced);
        if there.is_some() {
            self.cheers.count(reaction);
        }
    }

    pub(super) fn forget_owed(&mut self) {
        self.owed.done.clear();
        self.owed.reading.clear();
    }
}
