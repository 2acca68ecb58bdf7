//! Whose tracks there are, and which source of this machine each of them feeds.

use std::collections::BTreeMap;

use studio_wire::ids::{Identity, SourceId, TrackSid};
use studio_wire::rtc::TrackKind;

use crate::ids::Ids;

/// One half of the program, as the audience gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AirTrack {
    pub source: SourceId,
    pub sid: Option<TrackSid>,
    pub muted: bool,
    pub flowing: bool,
}

impl AirTrack {
    pub fn is_open(&self) -> bool {
        self.sid.is_some() && !self.muted
    }

    pub fn offer(&mut self, sid: TrackSid, muted: bool) {
        self.flowing &= self.sid.as_ref() == Some(&sid);
        (self.sid, self.muted) = (Some(sid), muted);
    }

    fn lose(&mut self) {
        (self.sid, self.muted, self.flowing) = (None, false, false);
    }

    pub fn gone(&mut self, sid: &TrackSid) {
        if self.sid.as_ref() == Some(sid) {
            self.lose();
        }
    }
}

/// Sources that come from other machines.
#[derive(Clone, Debug)]
pub(super) struct Senses {
    people: BTreeMap<(Identity, TrackKind), SourceId>,
    pub picture: AirTrack,
    pub sound: AirTrack,
}

impl Senses {
    pub fn new(ids: &mut Ids) -> Self {
        let mut track = || AirTrack { source: ids.source(), ..AirTrack::default() };
        Self { people: BTreeMap::new(), picture: track(), sound: track() }
    }

    pub fn of(&self, identity: &Identity, kind: TrackKind) -> Option<SourceId> {
        self.people.get(&(identity.clone(), kind)).copied()
    }

    /// The source of that kind, made when it is first heard of.
    pub fn source(&mut self, identity: &Identity, kind: TrackKind, ids: &mut Ids) -> SourceId {
        *self.people.entry((identity.clone(), kind)).or_insert_with(|| ids.source())
    }

    /// Whose source that is, and what it carries.
    pub fn owner(&self, source: SourceId) -> Option<(&Identity, TrackKind)> {
        self.people.iter().find(|(_, of)| **of == source).map(|((identity, kind), _)| (identity, *kind))
    }

    pub fn all_of(&self, identity: &Identity) -> Vec<SourceId> {
        self.people.iter().filter(|((of, _), _)| of == identity).map(|(_, source)| *source).collect()
    }

    /// Every source of a person, with whose it is.
    pub fn people(&self) -> impl Iterator<Item = (&Identity, TrackKind, SourceId)> {
        self.people.iter().map(|((identity, kind), source)| (identity, *kind, *source))
    }

    /// Somebody has left.
    pub fn forget(&mut self, identity: &Identity) {
        self.people.retain(|(of, _), _| of != identity);
    }

    pub fn forget_people(&mut self) {
        self.people.clear();
    }

    pub fn lose_program(&mut self) {
        self.picture.lose();
        self.sound.lose();
    }
}
