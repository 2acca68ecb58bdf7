//! Somebody's record: what they are, what they may, what they send, and whose seat it is.

use studio_wire::chat::Reaction;
use studio_wire::device::{AskedDevice, MOST_SCREENS, OfferedDevice};
use studio_wire::ids::{Identity, SourceId};
use studio_wire::people::{Position, Presence, Quality, Rights, Role};
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::time::ShowTime;

use super::tally::Tally;
use crate::here::devices::may_talk;
use crate::show::strips::Strips;

/// The kinds of sources that a person can have, in the order of their places.
pub(crate) const KINDS: [TrackKind; 5] = [
    TrackKind::Camera,
    TrackKind::Microphone,
    TrackKind::Screen,
    TrackKind::ScreenSound,
    TrackKind::Talkback,
];

/// Whether a seat is held by who was given it.
///
/// *Free* → *held* when somebody says hello. Who is replaced while they were well leaves the seat *doubted*: the
/// newcomer has a moment to show that they are the same. They did: held. They did not: *contested*, until somebody
/// decides. Given back to the first one: *awaited*, and whoever else comes is put out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Hold {
    #[default]
    Free,
    Held,
    Doubted {
        until: ShowTime,
        held: bool,
    },
    Contested {
        held: bool,
    },
    Awaited,
    /// Given to the newcomer, who is to say hello once more.
    Given,
}

/// Somebody's record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub identity: Identity,
    pub name: String,
    pub role: Role,
    /// The role is one that the host gave, or that a token of the host's said. Somebody who was only heard yet, and
    /// whom the room has not announced, is a viewer until then.
    pub sure: bool,
    pub presence: Presence,
    pub rights: Rights,
    pub joined: ShowTime,
    sources: [Option<SourceId>; KINDS.len()],
    /// Shared screens beside the first one.
    more_screens: [Option<SourceId>; MOST_SCREENS - 1],
    /// How each of their sounds is mixed here.
    pub strips: Strips,
    /// Rooms that they are in, as far as is known.
    pub in_crew: bool,
    pub in_air: bool,
    /// Their room broke and they have not been seen since; they have not left either.
    pub awaited: bool,
    pub hold: Hold,
    /// When a track of theirs ended in the middle of what it sent.
    pub cut_off: Option<ShowTime>,
    pub asked: Vec<TrackKind>,
    /// What their machine has told of its devices.
    pub devices: Vec<OfferedDevice>,
    /// Which of these they are asked to use, one of a kind.
    pub asked_devices: Vec<AskedDevice>,
    /// How often each was switched off by somebody else: microphone, camera, screen.
    pub muted: [u32; 3],
    pub silenced: bool,
    pub requested: bool,
    pub quality: Quality,
    /// Until when they count as speaking; `None` while they are silent.
    pub speaking: Speech,
    pub tally: Tally,
}

/// Speech without the pauses between words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Speech {
    #[default]
    Silent,
    Speaking,
    Pausing {
        until: ShowTime,
    },
}

impl Person {
    pub fn new(identity: Identity, name: String, role: Role, joined: ShowTime) -> Self {
        Self {
            identity,
            name,
            role,
            sure: false,
            presence: Presence::Invited,
            rights: rights_of(role),
            joined,
            sources: [None; KINDS.len()],
            more_screens: [None; MOST_SCREENS - 1],
            strips: Strips::default(),
            in_crew: false,
            in_air: false,
            awaited: false,
            hold: Hold::Free,
            cut_off: None,
            asked: Vec::new(),
            devices: Vec::new(),
            asked_devices: Vec::new(),
            muted: [0; 3],
            silenced: false,
            requested: false,
            quality: Quality::Unknown,
            speaking: Speech::Silent,
            tally: Tally::default(),
        }
    }

    pub fn here(&self) -> bool {
        self.presence == Presence::Joined
    }

    /// Put out, and not to come back.
    pub fn refused(&self) -> bool {
        self.presence == Presence::Removed
    }

    pub fn contested(&self) -> bool {
        matches!(self.hold, Hold::Contested { .. })
    }

    /// Nothing that comes from this seat is shown or heard: it is not known who sends it.
    pub fn doubtful(&self) -> bool {
        matches!(self.hold, Hold::Doubted { .. } | Hold::Contested { .. } | Hold::Awaited)
    }

    /// Said hello: it keeps its own list of who may hear it.
    pub fn keeps_list(&self) -> bool {
        matches!(self.hold, Hold::Held | Hold::Doubted { held: true, .. })
    }

    pub fn is_in(&self, room: RoomKind) -> bool {
        match room {
            RoomKind::Crew => self.in_crew,
            RoomKind::Air => self.in_air,
        }
    }

    pub fn inside(&mut self, room: RoomKind) -> &mut bool {
        match room {
            RoomKind::Crew => &mut self.in_crew,
            RoomKind::Air => &mut self.in_air,
        }
    }

    pub fn slot(&mut self, kind: TrackKind) -> Option<&mut Option<SourceId>> {
        place(kind).map(|place| &mut self.sources[place])
    }

    pub fn source(&self, kind: TrackKind) -> Option<SourceId> {
        place(kind).and_then(|place| self.sources[place])
    }

    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        self.sources.into_iter().chain(self.more_screens).flatten()
    }

    /// The screens that they share, or shared.
    pub fn screens(&self) -> impl Iterator<Item = SourceId> + use<> {
        self.source(TrackKind::Screen).into_iter().chain(self.more_screens.into_iter().flatten())
    }

    /// The places of their shared screens.
    pub fn screen_places(&mut self) -> Vec<&mut Option<SourceId>> {
        let first = place(TrackKind::Screen).and_then(|place| self.sources.get_mut(place));
        first.into_iter().chain(&mut self.more_screens).collect()
    }

    /// Every source of a kind.
    pub fn sources_of(&self, kind: TrackKind) -> impl Iterator<Item = SourceId> + use<> {
        let more = if kind == TrackKind::Screen { self.more_screens } else { Default::default() };
        self.source(kind).into_iter().chain(more.into_iter().flatten())
    }

    /// What that source of theirs carries.
    pub fn kind_of(&self, source: SourceId) -> Option<TrackKind> {
        KINDS.into_iter().find(|kind| self.sources_of(*kind).any(|of| of == source))
    }

    /// Whether a source of theirs may be seen or heard at all. It is known whose seat it is, and a voice beside the show
    /// comes from somebody who runs it; a producer has no other.
    pub fn counts(&self, source: SourceId) -> bool {
        let may = match self.kind_of(source) {
            Some(TrackKind::Talkback) => may_talk(self.role, self.rights),
            Some(TrackKind::Microphone) => self.role != Role::Producer,
            _ => true,
        };
        may && !self.doubtful()
    }

    pub fn forget_sources(&mut self) {
        (self.sources, self.more_screens) = ([None; KINDS.len()], [None; MOST_SCREENS - 1]);
    }

    /// Counts that somebody else has switched that off.
    pub fn count_mute(&mut self, kind: TrackKind) {
        let place = match kind {
            TrackKind::Microphone | TrackKind::ScreenSound | TrackKind::StageMedia | TrackKind::Talkback => 0,
            TrackKind::Camera => 1,
            TrackKind::Screen => 2,
        };
        self.muted[place] = self.muted[place].wrapping_add(1);
    }

    /// Changes what they are. Rights follow, where the new role means others than the old one.
    pub fn become_role(&mut self, role: Role) {
        if rights_of(self.role) != rights_of(role) {
            self.rights = rights_of(role);
        }
        (self.role, self.sure) = (role, true);
        self.requested = false;
        self.asked.clear();
        self.asked_devices.clear();
        if !role.may_be_on_air() {
            self.devices.clear();
        }
    }

    /// The tracks that the server is to let them publish.
    ///
    /// A client that keeps no list of who may hear it has a microphone on stage only: otherwise the stage would
    /// hear backstage.
    pub fn may_publish(&self, position: Position) -> Vec<TrackKind> {
        if self.doubtful() || self.refused() {
            return Vec::new();
        }
        let mut may = if self.role.may_be_on_air() { self.may_show(position) } else { Vec::new() };
        if may_talk(self.role, self.rights) && self.keeps_list() {
            may.push(TrackKind::Talkback);
        }
        may
    }

    /// What they may publish of what can be on air.
    fn may_show(&self, position: Position) -> Vec<TrackKind> {
        let mut may = Vec::new();
        if self.rights.video {
            may.push(TrackKind::Camera);
        }
        if self.rights.speak && (self.keeps_list() || position == Position::OnStage) {
            may.push(TrackKind::Microphone);
        }
        if self.rights.video && (self.keeps_list() || position == Position::OnStage) {
            may.push(TrackKind::Screen);
        }
        if self.rights.speak && may.contains(&TrackKind::Screen) && may.contains(&TrackKind::Microphone) {
            may.push(TrackKind::ScreenSound);
        }
        may
    }
}

/// What a role brings with it.
pub(crate) fn rights_of(role: Role) -> Rights {
    if role.may_be_on_air() { Rights::ALL } else { Rights::default() }
}

fn place(kind: TrackKind) -> Option<usize> {
    KINDS.into_iter().position(|known| known == kind)
}

/// Cheers of a show, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cheers([u32; Reaction::ALL.len()]);

impl Cheers {
    pub fn count(&mut self, reaction: Reaction) {
        if let Some(place) = Reaction::ALL.into_iter().position(|known| known == reaction) {
            self.0[place] = self.0[place].saturating_add(1);
        }
    }

    /// Only those that came.
    pub fn list(self) -> Vec<studio_wire::chat::ReactionCount> {
        let counted = Reaction::ALL.into_iter().zip(self.0);
        let counted = counted.filter(|(_, count)| *count > 0);
        counted.map(|(reaction, count)| studio_wire::chat::ReactionCount { reaction, count }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest() -> Person {
        Person::new("leo".into(), "Leo".into(), Role::Guest, ShowTime::default())
    }

    #[test]
    fn a_client_that_keeps_no_list_has_a_voice_on_stage_only() {
        let mut leo = guest();
        assert_eq!(leo.may_publish(Position::Backstage), [TrackKind::Camera]);
        assert!(leo.may_publish(Position::OnStage).contains(&TrackKind::Microphone));
        leo.hold = Hold::Held;
        assert_eq!(
            leo.may_publish(Position::Backstage),
            [TrackKind::Camera, TrackKind::Microphone, TrackKind::Screen, TrackKind::ScreenSound]
        );
    }

    // S-67 S-85
    #[test]
    fn rights_are_none_for_who_looks_and_follow_the_role_and_the_host() {
        let mut leo = Person::new("leo".into(), "Leo".into(), Role::Viewer, ShowTime::default());
        assert_eq!((leo.rights, leo.may_publish(Position::None)), (Rights::default(), vec![]));
        leo.become_role(Role::Guest);
        leo.hold = Hold::Held;
        leo.rights.speak = false;
        assert_eq!(leo.may_publish(Position::OnStage), [TrackKind::Camera, TrackKind::Screen]);
        leo.become_role(Role::Cohost);
        assert!(!leo.rights.speak, "what the host took away stays away");
        leo.become_role(Role::Producer);
        assert_eq!(leo.may_publish(Position::Backstage), [TrackKind::Talkback], "has no other voice");
        leo.hold = Hold::Free;
        assert_eq!(leo.may_publish(Position::Backstage), []);
    }

    #[test]
    fn who_runs_the_show_and_may_speak_may_speak_beside_it_and_nobody_else() {
        let mut leo = Person { hold: Hold::Held, ..guest() };
        let mut may = |role, speak| {
            leo.become_role(role);
            leo.rights.speak = speak;
            leo.may_publish(Position::OnStage).contains(&TrackKind::Talkback)
        };
        assert!(may(Role::Cohost, true) && may(Role::Producer, false));
        assert!(!may(Role::Cohost, false), "it would be a microphone");
        assert!(!may(Role::Guest, true) && !may(Role::Viewer, true));
    }

    #[test]
    fn a_seat_in_doubt_may_publish_nothing() {
        for hold in
            [Hold::Doubted { until: ShowTime(1), held: true }, Hold::Contested { held: false }, Hold::Awaited]
        {
            let person = Person { hold, ..guest() };
            assert_eq!(person.may_publish(Position::OnStage), []);
        }
    }
}
