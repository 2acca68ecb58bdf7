//! The roster: everybody of this show, host first, then by arrival, with the sources that are theirs.
//!
//! **The role of record is the host's.** What the server has stamped on somebody counts only where there is no
//! record yet; after that an old token with an old role changes nothing. Where somebody is (backstage, on stage) is
//! not here: the stage knows. Whether a source is open is not here either: whoever feeds it knows. A person's record
//! outlives a lost engine; only `leave` ends presence.

mod person;
mod tally;

use studio_wire::ids::{Identity, SourceId};
use studio_wire::people::{Presence, Quality, Role};
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::store::KeptPerson;
use studio_wire::time::ShowTime;

use crate::show::strips::Strips;
use crate::time::{SPEECH_PAUSE, earlier};
pub(crate) use person::{Cheers, Hold, KINDS, Person, Speech};
pub(crate) use tally::{Doing, Tally};

/// Records of people who left, kept for a show; the oldest goes first.
const MOST_LEFT: usize = 100;

/// Everybody. The first one is the host, always.
#[derive(Clone, Debug)]
pub(crate) struct Roster {
    people: Vec<Person>,
}

impl Roster {
    /// Only the host, with the sources of this machine, not in a show yet.
    pub fn new(host: Identity, name: String, camera: SourceId, microphone: SourceId) -> Self {
        let mut person = Person::new(host, name, Role::Host, ShowTime::default());
        for (kind, source) in [(TrackKind::Camera, camera), (TrackKind::Microphone, microphone)] {
            if let Some(slot) = person.slot(kind) {
                *slot = Some(source);
            }
        }
        person.hold = Hold::Held;
        Self { people: vec![person] }
    }

    pub fn host(&self) -> &Person {
        &self.people[0]
    }

    pub fn people(&self) -> &[Person] {
        &self.people
    }

    pub fn people_mut(&mut self) -> &mut [Person] {
        &mut self.people
    }

    pub fn find(&self, identity: &Identity) -> Option<&Person> {
        self.people.iter().find(|person| person.identity == *identity)
    }

    /// The record of somebody who is connected.
    pub fn present(&self, identity: &Identity) -> Option<&Person> {
        self.find(identity).filter(|person| person.here())
    }

    /// Whose source that is.
    pub fn owner(&self, source: SourceId) -> Option<&Person> {
        self.people.iter().find(|person| person.sources().any(|own| own == source))
    }

    pub fn find_mut(&mut self, identity: &Identity) -> Option<&mut Person> {
        self.people.iter_mut().find(|person| person.identity == *identity)
    }

    /// A guest's record; never the host's.
    pub fn guest_mut(&mut self, identity: &Identity) -> Option<&mut Person> {
        self.people[1..].iter_mut().find(|person| person.identity == *identity)
    }

    /// A show begins: the host is in it, and nobody else.
    pub fn begin(&mut self, now: ShowTime) {
        self.people.truncate(1);
        self.people[0].presence = Presence::Joined;
        self.people[0].joined = now;
        self.people[0].tally = Tally::default();
    }

    /// A show goes on that an earlier life of this program was in: who was there is awaited.
    pub fn resume(&mut self, kept: Vec<KeptPerson>, now: ShowTime) {
        self.begin(now);
        for kept in kept {
            if kept.identity == self.people[0].identity {
                self.people[0].tally = Tally::resume(kept.figures);
                continue;
            }
            let mut person = Person::new(kept.identity, kept.name, kept.role, now);
            (person.presence, person.rights) = (kept.presence, kept.rights);
            person.awaited = person.here();
            person.sure = true;
            person.tally = Tally::resume(kept.figures);
            person.strips = Strips::new(kept.strips);
            self.people.push(person);
        }
    }

    /// The show is over.
    pub fn end(&mut self) {
        self.people.truncate(1);
        self.people[0].presence = Presence::Invited;
        (self.people[0].muted, self.people[0].speaking) = ([0; 3], Speech::Silent);
    }

    /// Somebody is given a seat.
    pub fn expect(&mut self, identity: &Identity, name: String, role: Role, now: ShowTime) {
        if self.find(identity).is_none() {
            self.people.push(Person::new(identity.clone(), name.clone(), role, now));
        }
        if let Some(person) = self.guest_mut(identity) {
            if person.role != role {
                person.become_role(role);
            }
            (person.name, person.sure) = (name, true);
        }
    }

    /// Somebody is in a room. True if they were not before, or it was not known.
    pub fn come(
        &mut self,
        identity: &Identity,
        name: String,
        role: Option<Role>,
        room: RoomKind,
        now: ShowTime,
    ) -> bool {
        if *identity == self.people[0].identity {
            return !std::mem::replace(self.people[0].inside(room), true);
        }
        // Only this machine is the host, whatever somebody's token says.
        let role = role.filter(|role| *role != Role::Host);
        if self.find(identity).is_none() {
            self.people.push(Person::new(identity.clone(), name.clone(), Role::default(), now));
        }
        let Some(person) = self.find_mut(identity) else { return false };
        if let Some(role) = role.filter(|_| !person.sure) {
            person.become_role(role);
        }
        let fresh = !std::mem::replace(person.inside(room), true) || person.awaited;
        if !name.is_empty() {
            person.name = name;
        }
        if person.refused() || room != person.role.room() && room == RoomKind::Air {
            return fresh;
        }
        if !person.here() {
            (person.presence, person.joined) = (Presence::Joined, now);
        }
        person.awaited = false;
        fresh
    }

    /// Somebody is no longer in a room. True if they have left the show with it; their sources are theirs no longer.
    pub fn leave(&mut self, identity: &Identity, room: RoomKind) -> bool {
        let Some(person) = self.guest_mut(identity) else { return false };
        *person.inside(room) = false;
        // A viewer who was in `crew` alone has nowhere else to be.
        let stays = room != person.role.room() && (room == RoomKind::Air || person.in_air);
        if stays {
            return false;
        }
        if person.here() {
            person.presence = Presence::Left;
        }
        (person.awaited, person.quality, person.speaking) = (false, Quality::Unknown, Speech::Silent);
        person.requested = false;
        person.asked.clear();
        person.devices.clear();
        person.asked_devices.clear();
        person.forget_sources();
        person.hold = match person.hold {
            Hold::Doubted { held: true, .. } | Hold::Contested { held: true } | Hold::Given => Hold::Held,
            Hold::Doubted { .. } | Hold::Contested { .. } => Hold::Free,
            hold => hold,
        };
        self.shed();
        true
    }

    /// Their room broke: everybody stays on the roster until they are seen again or the wait is over.
    pub fn await_all(&mut self, room: RoomKind) {
        for person in &mut self.people[1..] {
            let was_in = std::mem::replace(person.inside(room), false);
            person.awaited |= person.here() && room == person.role.room() && (was_in || person.awaited);
        }
        *self.people[0].inside(room) = false;
    }

    /// They vanished while their room was broken.
    pub fn await_one(&mut self, identity: &Identity, room: RoomKind) {
        if let Some(person) = self.guest_mut(identity) {
            *person.inside(room) = false;
            person.awaited |= person.here() && room == person.role.room();
        }
    }

    /// Who has not been seen since their room broke.
    pub fn awaited(&self) -> Vec<(Identity, RoomKind)> {
        let awaited = self.people.iter().filter(|person| person.awaited);
        awaited.map(|person| (person.identity.clone(), person.role.room())).collect()
    }

    /// The source of a person's track: the same one whenever a track of that kind comes back.
    pub fn source(
        &mut self,
        identity: &Identity,
        kind: TrackKind,
        new: impl FnOnce() -> SourceId,
    ) -> Option<SourceId> {
        let person = self.people[1..].iter_mut().find(|p| p.identity == *identity && p.here())?;
        person.slot(kind).map(|slot| *slot.get_or_insert_with(new))
    }

    /// Who speaks at this moment, as the server hears it. Pauses between words are passed over.
    pub fn speak(&mut self, speakers: &[Identity], now: ShowTime) {
        for person in &mut self.people {
            let speaks = person.here() && speakers.contains(&person.identity);
            person.speaking = match (speaks, person.speaking) {
                (true, _) => Speech::Speaking,
                (false, Speech::Speaking) => Speech::Pausing { until: now + SPEECH_PAUSE },
                (false, other) => other,
            };
        }
    }

    /// Ends pauses that have become silence, and doubts that nobody has cleared up: whose, is returned.
    pub fn tick(&mut self, now: ShowTime) -> Vec<Identity> {
        let mut unclear = Vec::new();
        for person in &mut self.people {
            if matches!(person.speaking, Speech::Pausing { until } if until <= now) {
                person.speaking = Speech::Silent;
            }
            if matches!(person.hold, Hold::Doubted { until, .. } if until <= now) {
                unclear.push(person.identity.clone());
            }
        }
        unclear
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        let pause = |person: &Person| match person.speaking {
            Speech::Pausing { until } => Some(until),
            _ => None,
        };
        let doubt = |person: &Person| match person.hold {
            Hold::Doubted { until, .. } => Some(until),
            _ => None,
        };
        self.people
            .iter()
            .fold(None, |soonest, person| earlier(soonest, earlier(pause(person), doubt(person))))
    }

    fn shed(&mut self) {
        let left = |person: &Person| person.presence == Presence::Left && person.hold != Hold::Awaited;
        if self.people.iter().filter(|person| left(person)).count() > MOST_LEFT
            && let Some(oldest) = self.people.iter().position(left)
        {
            self.people.remove(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        let mut roster = Roster::new("host".into(), "Ada".into(), SourceId(0), SourceId(1));
        roster.begin(ShowTime::from_ms(1));
        roster
    }

    #[test]
    fn nobody_becomes_the_host_by_coming() {
        let mut roster = roster();
        roster.come(&"eve".into(), "Eve".into(), Some(Role::Host), RoomKind::Crew, ShowTime::from_ms(2));
        roster.come(&"host".into(), "Eve".into(), Some(Role::Guest), RoomKind::Crew, ShowTime::from_ms(3));
        assert_eq!(roster.find(&"eve".into()).unwrap().role, Role::Viewer);
        assert_eq!((roster.host().role, roster.host().name.as_str()), (Role::Host, "Ada"));
        roster.leave(&"host".into(), RoomKind::Crew);
        assert!(roster.host().here());
    }

    // S-73
    #[test]
    fn somebody_without_a_role_is_a_viewer_and_is_shown() {
        let mut roster = roster();
        roster.come(&"leo".into(), "leo".into(), None, RoomKind::Crew, ShowTime::from_ms(2));
        assert_eq!(roster.people()[1].role, Role::Viewer);
        assert!(!roster.people()[1].role.may_be_on_air());
    }

    #[test]
    fn a_kind_of_track_keeps_its_source_as_long_as_its_owner_stays() {
        let mut roster = roster();
        roster.come(&"leo".into(), "Leo".into(), Some(Role::Guest), RoomKind::Crew, ShowTime::from_ms(2));
        let mut next = 10;
        let mut ask = |roster: &mut Roster, kind| {
            roster.source(&"leo".into(), kind, || {
                next += 1;
                SourceId(next)
            })
        };
        assert_eq!(ask(&mut roster, TrackKind::Camera), Some(SourceId(11)));
        assert_eq!(ask(&mut roster, TrackKind::Microphone), Some(SourceId(12)));
        assert_eq!(ask(&mut roster, TrackKind::Screen), Some(SourceId(13)));
        roster.await_all(RoomKind::Crew);
        assert_eq!(ask(&mut roster, TrackKind::Camera), Some(SourceId(11)));
        roster.leave(&"leo".into(), RoomKind::Crew);
        assert_eq!(ask(&mut roster, TrackKind::Camera), None);
    }

    #[test]
    fn a_thousand_guests_who_came_and_left_do_not_fill_the_memory() {
        let mut roster = roster();
        for n in 0..1_000 {
            let guest = Identity(format!("guest-{n}"));
            roster.come(&guest, "Guest".into(), Some(Role::Guest), RoomKind::Crew, ShowTime::from_ms(n));
            roster.leave(&guest, RoomKind::Crew);
        }
        assert_eq!(roster.people().len(), 1 + MOST_LEFT);
        assert_eq!(roster.host().identity.as_str(), "host");
    }

    #[test]
    fn an_old_token_brings_no_old_role_back() {
        let mut roster = roster();
        roster.come(&"leo".into(), "Leo".into(), Some(Role::Cohost), RoomKind::Crew, ShowTime::from_ms(2));
        roster.guest_mut(&"leo".into()).unwrap().become_role(Role::Guest);
        roster.leave(&"leo".into(), RoomKind::Crew);
        roster.come(&"leo".into(), "Leo".into(), Some(Role::Cohost), RoomKind::Crew, ShowTime::from_ms(9));
        assert_eq!(roster.people()[1].role, Role::Guest);
    }

    #[test]
    fn a_crew_person_is_here_by_crew_and_a_viewer_by_air() {
        let mut roster = roster();
        let here = |roster: &Roster, who: &str| roster.present(&who.into()).is_some();
        roster.come(&"leo".into(), "Leo".into(), Some(Role::Guest), RoomKind::Air, ShowTime::from_ms(2));
        roster.come(&"vi".into(), "Vi".into(), Some(Role::Viewer), RoomKind::Air, ShowTime::from_ms(2));
        assert_eq!((here(&roster, "leo"), here(&roster, "vi")), (false, true));
        roster.come(&"leo".into(), "Leo".into(), Some(Role::Guest), RoomKind::Crew, ShowTime::from_ms(3));
        assert!(!roster.leave(&"leo".into(), RoomKind::Air));
        assert!(here(&roster, "leo"));
        assert!(roster.leave(&"vi".into(), RoomKind::Air));
        assert!(!here(&roster, "vi"));
    }

    #[test]
    fn speech_has_no_gaps_between_words() {
        let mut roster = roster();
        let at = ShowTime::from_ms;
        let speaks = |roster: &Roster| roster.host().speaking != Speech::Silent;
        roster.speak(&["host".into()], at(100));
        roster.speak(&[], at(200));
        assert_eq!(roster.deadline(), Some(at(200) + SPEECH_PAUSE));
        roster.tick(at(500));
        assert!(speaks(&roster));
        roster.speak(&["host".into()], at(600));
        roster.tick(at(900));
        assert!(speaks(&roster));
        roster.speak(&[], at(1_000));
        roster.tick(at(1_000) + SPEECH_PAUSE);
        assert!(!speaks(&roster));
    }
}
