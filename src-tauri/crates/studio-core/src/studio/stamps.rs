//! What the server is to put on people: role and position for everybody to see, and what they may publish.
//!
//! Made anew after each event from the host's record, and sent where it differs from what the server was given
//! last, to whom, in which room. Whoever comes into a room is stamped anew, because an old token brings old rights.

use std::collections::BTreeMap;

use studio_wire::fault::Fault;
use studio_wire::ids::Identity;
use studio_wire::people::{Position, Role};
use studio_wire::rtc::{RoomKind, RtcOrder, Stamp};
use studio_wire::time::{Now, ShowTime};

use crate::effect::Effects;
use crate::show::roster::{KINDS, Person};
use crate::time::STAMP_AGAIN;

use super::Studio;

/// What the server was given last.
#[derive(Clone, Debug, Default)]
pub(super) struct Stamps {
    given: BTreeMap<(RoomKind, Identity), Stamp>,
    again: Option<ShowTime>,
}

impl Stamps {
    /// Somebody came: whatever they carry, it is stamped over.
    pub fn forget(&mut self, room: RoomKind, identity: &Identity) {
        self.given.remove(&(room, identity.clone()));
    }

    /// The server has forgotten everything.
    pub fn forget_room(&mut self, room: RoomKind) {
        self.given.retain(|(of, _), _| *of != room);
    }

    pub fn end(&mut self) {
        *self = Self::default();
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        self.again
    }
}

impl Studio {
    /// Sends what differs.
    pub(super) fn stamp_people(&mut self, now: Now, out: &mut Effects) {
        if self.stamps.again.is_some_and(|again| again > now.show) {
            return;
        }
        self.stamps.again = None;
        for person in self.roster.people() {
            for room in RoomKind::ALL {
                if !person.is_in(room) || !self.connection.is_in(room) {
                    continue;
                }
                let Some(stamp) = self.stamp(person, room) else { continue };
                let key = (room, person.identity.clone());
                if self.stamps.given.get(&key) != Some(&stamp) {
                    out.rtc(RtcOrder::Stamp { room, identity: key.1.clone(), stamp: stamp.clone() });
                    self.stamps.given.insert(key, stamp);
                }
            }
        }
    }

    /// What somebody is to carry in a room; `None` where the token they came with says it all.
    fn stamp(&self, person: &Person, room: RoomKind) -> Option<Stamp> {
        let (role, position) = (person.role, self.position(person));
        let host = *self.me() == person.identity;
        let may = match room {
            _ if host => KINDS.into(),
            RoomKind::Crew => person.may_publish(position),
            RoomKind::Air => Vec::new(),
        };
        // A hundred stock viewers who may nothing need not be told so by a hundred calls. One of ours is: until the
        // server has announced somebody who publishes nothing, which takes it up to 3 s, their packets have no name.
        let plain = room == RoomKind::Air && role == Role::Viewer && position == Position::None;
        let key = (room, person.identity.clone());
        let known = self.seats.sits(&key.1) || self.stamps.given.contains_key(&key);
        (!plain || known).then_some(Stamp { role, position, may })
    }

    /// What came of one. The record stays as it is and is sent again: it is the truth, and the server is late.
    pub(super) fn stamped(
        &mut self,
        now: Now,
        room: RoomKind,
        identity: &Identity,
        stamp: &Stamp,
        refused: Option<String>,
    ) {
        let still = self.roster.find(identity).is_some_and(|person| person.is_in(room));
        let same = |fault: &Fault| matches!(fault, Fault::UpdateFailed { person, .. } if person == identity);
        let Some(said) = refused else { return self.notices.clear(same) };
        let key = (room, identity.clone());
        if still && self.connection.is_in(room) && self.stamps.given.get(&key) == Some(stamp) {
            self.stamps.given.remove(&key);
            self.stamps.again = Some(now.show + STAMP_AGAIN);
            self.notices.stand(Fault::UpdateFailed { person: identity.clone(), said }, now.show);
        }
    }
}
