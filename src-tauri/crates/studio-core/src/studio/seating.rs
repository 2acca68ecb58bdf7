//! Views for seats on other machines: who gets one, and who is told of which change.

use studio_wire::ids::Identity;
use studio_wire::people::{Role, Seat};
use studio_wire::room::{Holder, RoomAnswer, Tale};
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::time::Now;
use studio_wire::view::PersonView;

use crate::effect::Effects;
use crate::show::roster::Hold;

use super::Studio;

impl Studio {
    /// The seat of somebody, by the record.
    pub(super) fn seat_of(&self, identity: &Identity) -> Seat {
        let role = self.roster.present(identity).map(|person| person.role).unwrap_or_default();
        match role {
            Role::Host | Role::Cohost | Role::Producer => Seat::Desk(identity.clone()),
            Role::Guest => Seat::Guest(identity.clone()),
            Role::Viewer => Seat::Viewer(identity.clone()),
        }
    }

    /// Somebody as a seat sees them.
    pub(super) fn person_view(&self, seat: &Seat, who: &Identity) -> Option<PersonView> {
        let people = self.view(seat, Now::default()).people;
        people.into_iter().find(|person| person.identity == *who)
    }

    /// Somebody says hello: they are there, whatever the room has told so far, and get everything that they may
    /// know.
    pub(super) fn hello(
        &mut self,
        now: Now,
        room: RoomKind,
        from: &Identity,
        holder: Holder,
        out: &mut Effects,
    ) -> RoomAnswer {
        if self.roster.present(from).is_none() || !self.roster.present(from).is_some_and(|p| p.is_in(room)) {
            self.came(now, room, from.clone(), String::new(), None);
        }
        let bind = self.claim(now, room, from, holder);
        if self.roster.find(from).is_some_and(|person| person.hold == Hold::Awaited) {
            // Not the one whom the seat was given back to.
            out.rtc(RtcOrder::PutOut { room, identity: from.clone() });
        }
        // The answer to a hello has no room for another machine's devices; who still looks at them says so again.
        self.looks.remove(from);
        let seat = self.seat_of(from);
        let view = self.view(&seat, now);
        let contested = self.roster.find(from).is_some_and(|person| person.doubtful());
        let (passes, chats): (Vec<RoomKind>, &[RoomKind]) = match view.role {
            _ if contested => (Vec::new(), &[]),
            Role::Viewer => (vec![RoomKind::Air], &[RoomKind::Air]),
            _ => (RoomKind::ALL.into(), &RoomKind::ALL),
        };
        let chat = chats.iter().map(|room| self.chat.page(*room)).collect();
        let rev = self.seats.sit(from.clone(), room, view.clone());
        RoomAnswer::Welcome { rev, at: now.show, view: Box::new(view), chat, passes, bind }
    }

    /// Whose seat it is, as far as the one who says hello can show it. True: they hold it from now on.
    fn claim(&mut self, now: Now, room: RoomKind, from: &Identity, holder: Holder) -> bool {
        let Some(person) = self.roster.guest_mut(from).filter(|_| room == RoomKind::Crew) else {
            return true;
        };
        let was = person.hold;
        match (was, holder) {
            (Hold::Given, _) | (Hold::Free, Holder::First | Holder::Same) => person.hold = Hold::Held,
            (_, Holder::Same) => person.hold = Hold::Held,
            (Hold::Held | Hold::Free, _) | (Hold::Doubted { .. }, _) => {
                self.contest(now, from);
                return false;
            }
            (Hold::Contested { .. } | Hold::Awaited, _) => return false,
        }
        if was != Hold::Held {
            self.seats.stir();
        }
        self.settle_claim(from);
        holder != Holder::Same
    }

    /// Tells every seat what has changed for it, as often as a seat is told at all.
    pub(super) fn tell_seats(&mut self, now: Now, out: &mut Effects) {
        let mut seats = std::mem::take(&mut self.seats);
        let tales = seats.tell(now.show, |identity| self.view(&self.seat_of(identity), now));
        self.seats = seats;
        for (room, identity, tale) in tales {
            out.rtc(RtcOrder::Tell { room, to: vec![identity], tale });
        }
    }

    /// Tells one person something, where they sit.
    pub(super) fn tell(&self, room: RoomKind, to: &Identity, tale: Tale, out: &mut Effects) {
        out.rtc(RtcOrder::Tell { room, to: vec![to.clone()], tale });
    }
}
