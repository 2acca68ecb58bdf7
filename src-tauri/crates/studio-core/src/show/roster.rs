//! The roster: everybody of this show, host first, then by arrival, with the sources that are theirs.
//!
//! Where somebody is (backstage, on stage) is not here: the stage knows. Whether a source is open is not
//! here either: whoever feeds it knows. A person's record outlives a lost engine; only `leave` ends presence.

use studio_wire::ids::{Identity, SourceId};
use studio_wire::people::{Presence, Role};
use studio_wire::rtc::TrackKind;
use studio_wire::time::ShowTime;

/// Records of people who left, kept for a show; the oldest goes first.
const MOST_LEFT: usize = 100;

/// Somebody's record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub identity: Identity,
    pub name: String,
    pub role: Role,
    pub presence: Presence,
    pub joined: ShowTime,
    pub camera: Option<SourceId>,
    pub microphone: Option<SourceId>,
    /// Their room broke and they have not been seen since; they have not left either.
    awaited: bool,
}

impl Person {
    fn new(identity: Identity, name: String, role: Role, joined: ShowTime) -> Self {
        Self {
            identity,
            name,
            role,
            presence: Presence::Joined,
            joined,
            camera: None,
            microphone: None,
            awaited: false,
        }
    }

    pub fn here(&self) -> bool {
        self.presence == Presence::Joined
    }

    /// Whether a scene may show them: a producer works and is never on air, a viewer looks.
    pub fn may_be_on_air(&self) -> bool {
        matches!(self.role, Role::Host | Role::Cohost | Role::Guest)
    }

    fn slot(&mut self, kind: TrackKind) -> Option<&mut Option<SourceId>> {
        match kind {
            TrackKind::Camera => Some(&mut self.camera),
            TrackKind::Microphone => Some(&mut self.microphone),
            TrackKind::Screen | TrackKind::ScreenSound => None,
        }
    }

    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        [self.camera, self.microphone].into_iter().flatten()
    }
}

/// Everybody. The first one is the host, always.
#[derive(Clone, Debug)]
pub(crate) struct Roster {
    people: Vec<Person>,
}

impl Roster {
    /// Only the host, with the sources of this machine, not in a show yet.
    pub fn new(host: Identity, name: String, camera: SourceId, microphone: SourceId) -> Self {
        let mut person = Person::new(host, name, Role::Host, ShowTime::default());
        person.presence = Presence::Invited;
        (person.camera, person.microphone) = (Some(camera), Some(microphone));
        Self { people: vec![person] }
    }

    pub fn host(&self) -> &Person {
        &self.people[0]
    }

    pub fn people(&self) -> &[Person] {
        &self.people
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

    fn find_mut(&mut self, identity: &Identity) -> Option<&mut Person> {
        self.people.iter_mut().find(|person| person.identity == *identity)
    }

    /// A show begins: the host is in it, and nobody else.
    pub fn begin(&mut self, now: ShowTime) {
        self.people.truncate(1);
        self.people[0].presence = Presence::Joined;
        self.people[0].joined = now;
    }

    /// The show is over.
    pub fn end(&mut self) {
        self.people.truncate(1);
        self.people[0].presence = Presence::Invited;
    }

    /// Somebody is there. Who was here before keeps record and role; a role that the server did not stamp,
    /// or that only this machine can have, is a viewer's.
    pub fn come(&mut self, identity: Identity, name: String, role: Option<Role>, now: ShowTime) {
        let role = role.filter(|role| *role != Role::Host);
        if identity == self.people[0].identity {
            return;
        }
        let Some(person) = self.find_mut(&identity) else {
            self.people.push(Person::new(identity, name, role.unwrap_or_default(), now));
            return;
        };
        if !person.here() {
            (person.presence, person.joined) = (Presence::Joined, now);
        }
        if let Some(role) = role {
            person.role = role;
        }
        person.name = name;
        person.awaited = false;
    }

    /// Somebody left; their sources are theirs no longer.
    pub fn leave(&mut self, identity: &Identity) {
        if let Some(person) = self.people[1..].iter_mut().find(|person| person.identity == *identity) {
            (person.presence, person.awaited) = (Presence::Left, false);
            (person.camera, person.microphone) = (None, None);
            self.shed();
        }
    }

    /// Their room broke: everybody stays on the roster until they are seen again or the wait is over.
    pub fn await_all(&mut self) {
        for person in self.people[1..].iter_mut().filter(|person| person.here()) {
            person.awaited = true;
        }
    }

    /// They vanished while their room was broken.
    pub fn await_one(&mut self, identity: &Identity) {
        if let Some(person) = self.people[1..].iter_mut().find(|p| p.identity == *identity && p.here()) {
            person.awaited = true;
        }
    }

    /// Who has not been seen since their room broke.
    pub fn awaited(&self) -> Vec<Identity> {
        self.people.iter().filter(|person| person.awaited).map(|person| person.identity.clone()).collect()
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

    fn shed(&mut self) {
        let left = |person: &Person| person.presence == Presence::Left;
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
        roster.come("eve".into(), "Eve".into(), Some(Role::Host), ShowTime::from_ms(2));
        roster.come("host".into(), "Eve".into(), Some(Role::Guest), ShowTime::from_ms(3));
        assert_eq!(roster.find(&"eve".into()).unwrap().role, Role::Viewer);
        assert_eq!((roster.host().role, roster.host().name.as_str()), (Role::Host, "Ada"));
        roster.leave(&"host".into());
        assert!(roster.host().here());
    }

    // S-73
    #[test]
    fn somebody_without_a_role_is_a_viewer_and_is_shown() {
        let mut roster = roster();
        roster.come("leo".into(), "leo".into(), None, ShowTime::from_ms(2));
        assert_eq!(roster.people()[1].role, Role::Viewer);
        assert!(!roster.people()[1].may_be_on_air());
    }

    #[test]
    fn a_kind_of_track_keeps_its_source_as_long_as_its_owner_stays() {
        let mut roster = roster();
        roster.come("leo".into(), "Leo".into(), Some(Role::Guest), ShowTime::from_ms(2));
        let mut next = 10;
        let mut ask = |roster: &mut Roster, kind| {
            roster.source(&"leo".into(), kind, || {
                next += 1;
                SourceId(next)
            })
        };
        assert_eq!(ask(&mut roster, TrackKind::Camera), Some(SourceId(11)));
        assert_eq!(ask(&mut roster, TrackKind::Microphone), Some(SourceId(12)));
        assert_eq!(ask(&mut roster, TrackKind::Screen), None);
        roster.await_all();
        assert_eq!(ask(&mut roster, TrackKind::Camera), Some(SourceId(11)));
        roster.leave(&"leo".into());
        assert_eq!(ask(&mut roster, TrackKind::Camera), None);
    }

    #[test]
    fn a_thousand_guests_who_came_and_left_do_not_fill_the_memory() {
        let mut roster = roster();
        for n in 0..1_000 {
            let guest = Identity(format!("guest-{n}"));
            roster.come(guest.clone(), "Guest".into(), Some(Role::Guest), ShowTime::from_ms(n));
            roster.leave(&guest);
        }
        assert_eq!(roster.people().len(), 1 + MOST_LEFT);
        assert_eq!(roster.host().identity.as_str(), "host");
    }
}
