//! What the ports are to do that follows from the state: made anew after each event and sent when it differs from
//! what was sent last. Who hears whom is decided here, each time, from the host's view and from nothing guessed.

use studio_wire::device::DeviceWant;
use studio_wire::engine::{Publish, Watch, lanes};
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, LaneId, SourceId};
use studio_wire::layout::Rect;
use studio_wire::media::{Drawing, Feed, Monitor, Tile, Wiring};
use studio_wire::mixer::{Mix, TalkTo};
use studio_wire::people::{Position, Presence};
use studio_wire::room::{HOST, RoomAsk};
use studio_wire::rtc::{RoomKind, RtcOrder, TrackKind};
use studio_wire::time::Now;
use studio_wire::view::PersonView;

use super::{Life, Visit};
use crate::effect::Effects;
use crate::here::connection::tracks::{Carries, Size};
use crate::here::devices::offered;
use crate::here::{devices, outputs};

/// The size at which other people's pictures are shown here.
const SMALL: Size = Some((320, 180));
const WHOLE: Rect = Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 };

/// Where this seat listens from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ear {
    Stage,
    Backstage,
    Audience,
}

impl Visit {
    /// Sends what changed.
    pub(super) fn settle(&mut self, now: Now, out: &mut Effects) {
        self.end_talk();
        let open = matches!(self.life, Life::Open { .. });
        let want = if open { self.wanted() } else { DeviceWant::default() };
        self.sent.devices(want, out);
        self.sent.framing(self.devices.framing(self.preferences.get()), out);
        self.devices.tell(self.preferences.get(), &mut self.notices, now.show);
        if !open {
            return;
        }
        let looping = self.connection.looping(now.show);
        self.notices.clear(|fault| matches!(fault, Fault::RoomLooping { room } if !looping.contains(room)));
        self.talk(now, out);
        self.tell_devices(out);
        let (sources, drawing, mix) = (self.sources(), self.drawing(), self.mix());
        self.sent.media(sources, drawing, mix, out);
        for room in self.sent.wished() {
            self.want(room, out);
        }
    }

    fn wanted(&self) -> DeviceWant {
        DeviceWant { screens: self.screens.want(), ..self.devices.want(self.preferences.get()) }
    }

    /// Sends a room's wish if it changed; the first time, always.
    pub(super) fn want(&mut self, room: RoomKind, out: &mut Effects) {
        let wish = match room {
            RoomKind::Crew => (self.outputs(), self.connection.tracks.watch(|source| self.need(source))),
            RoomKind::Air => (Vec::new(), self.program()),
        };
        self.sent.wish(room, wish, out);
    }

    /// Tells the host which devices this machine has, if that is news to it. Whoever is never on air has none to tell
    /// of. What comes of it is in the view; where a hello's says that the host has none of it, it is told anew.
    fn tell_devices(&mut self, out: &mut Effects) {
        let room = RoomKind::Crew;
        let may = self.in_touch() && self.role().may_be_on_air() && self.rooms.home == room;
        if !may || !self.connection.is_in(room) {
            return;
        }
        let devices = offered::of(&self.devices.view(self.sent.wanted(), self.preferences.get()));
        if self.told_devices.as_ref() != Some(&devices) {
            let (call, ask) = (self.call(), RoomAsk::Devices(devices.clone()));
            self.told_devices = Some(devices);
            out.rtc(RtcOrder::Ask { room, call, to: HOST.into(), ask });
        }
    }

    /// Published from when this seat is first allowed to, and then muted, never unpublished: that leaks.
    fn outputs(&self) -> Vec<Publish> {
        let mut published = Vec::new();
        if self.published.0 {
            published.push(outputs::camera(self.devices.camera));
        }
        if self.published.1 {
            let sends_voice = self.devices.sends_voice(self.preferences.get());
            published.push(outputs::microphone(sends_voice, self.heard_by()));
        }
        if self.talkback {
            published.push(outputs::talkback(self.devices.talk().is_some(), self.meant()));
        }
        published.extend(self.screens.outputs());
        published
    }

    /// Whom this machine speaks to beside the show; nobody else may hear it.
    fn meant(&self) -> Vec<Identity> {
        let such = |person: &&PersonView| match self.devices.talk() {
            None => false,
            Some(TalkTo::Backstage) => person.position == Position::Backstage,
            Some(TalkTo::Person(who)) => person.identity == *who,
        };
        let there = self.truth.view.people.iter().filter(|person| self.can_be_told(&person.identity));
        there.filter(such).map(|person| person.identity.clone()).collect()
    }

    /// Whether somebody can be spoken to beside the show.
    pub(super) fn can_be_told(&self, who: &Identity) -> bool {
        let there = |person: &PersonView| {
            person.presence == Presence::Joined && person.role.room() == RoomKind::Crew && !person.contested
        };
        who != self.me() && self.person(who).is_some_and(there)
    }

    /// Whether this seat may speak to others beside the show.
    pub(super) fn may_tell(&self) -> bool {
        devices::may_talk(self.truth.view.role, self.truth.view.mine.rights)
    }

    /// Who has left is not spoken to any more, and who may not speak to others does not.
    fn end_talk(&mut self) {
        let over = match self.devices.talk() {
            None => return,
            Some(TalkTo::Person(who)) => !self.can_be_told(who),
            Some(TalkTo::Backstage) => false,
        };
        if over || !self.may_tell() || self.over.is_some() || !matches!(self.life, Life::Open { .. }) {
            self.devices.talk_to(None, self.preferences.get());
        }
    }

    /// What the mixer is set to: people's strips are the host's.
    fn mix(&self) -> Mix {
        let (monitor, talk) = (self.preferences.get().monitor, self.devices.talk().is_some());
        Mix { monitor, talk, ..Mix::default() }
    }

    /// Who may hear this machine: everybody while it is on stage; else whoever is not, and the host, because the
    /// stage never hears backstage.
    fn heard_by(&self) -> Option<Vec<Identity>> {
        if self.position() == Position::OnStage {
            return None;
        }
        let listens = |person: &&PersonView| {
            let off_stage = person.presence == Presence::Joined && person.position != Position::OnStage;
            person.identity != *self.me() && person.identity.as_str() != HOST && off_stage
        };
        let people = self.truth.view.people.iter().filter(listens).map(|person| person.identity.clone());
        Some(std::iter::once(HOST.into()).chain(people).collect())
    }

    /// Where the host says that this seat is.
    fn position(&self) -> Position {
        self.person(self.me()).map(|me| me.position).unwrap_or_default()
    }

    pub(super) fn person(&self, identity: &Identity) -> Option<&PersonView> {
        self.truth.view.people.iter().find(|person| person.identity == *identity)
    }

    fn ear(&self) -> Ear {
        if self.role().room() == RoomKind::Air {
            Ear::Audience
        } else if self.position() == Position::OnStage {
            Ear::Stage
        } else {
            Ear::Backstage
        }
    }

    /// Whether a source is of use here, and at which size: every face as a small picture, screens and voices of the
    /// stage to the stage, voices of backstage to backstage.
    pub(super) fn need(&self, source: SourceId) -> Option<Size> {
        let (identity, kind) = self.senses.owner(source)?;
        // Of a seat that two people claim nothing is shown or heard.
        let person = self.person(identity).filter(|person| !person.contested)?;
        let on_stage = person.position == Position::OnStage;
        let ear = self.ear();
        match kind {
            TrackKind::Camera => (ear != Ear::Audience).then_some(SMALL),
            TrackKind::Screen => (ear != Ear::Audience && on_stage).then_some(SMALL),
            TrackKind::Microphone => match ear {
                Ear::Stage => on_stage.then_some(None),
                Ear::Backstage => (person.position == Position::Backstage).then_some(None),
                Ear::Audience => None,
            },
            TrackKind::ScreenSound => (ear == Ear::Stage && on_stage).then_some(None),
            TrackKind::StageMedia => (ear == Ear::Stage).then_some(None),
            // Whoever may take it in is meant.
            TrackKind::Talkback => devices::may_talk(person.role, person.rights).then_some(None),
        }
    }

    /// The program, as `air` has it: its picture always, its sound to whoever is not in it.
    fn program(&self) -> Vec<Watch> {
        let watch = |track: &super::senses::AirTrack, lane| {
            track.sid.clone().map(|track| Watch { track, lane, size: None })
        };
        let picture = watch(&self.senses.picture, lanes::AIR_PICTURE_IN);
        let sound = watch(&self.senses.sound, lanes::AIR_SOUND_IN).filter(|_| self.ear() != Ear::Stage);
        picture.into_iter().chain(sound).collect()
    }

    fn hears_program(&self) -> bool {
        self.ear() != Ear::Stage && self.senses.sound.is_open()
    }

    /// Every source that has a feed.
    fn sources(&self) -> Vec<Wiring> {
        let (picture, sound) = (&self.senses.picture, &self.senses.sound);
        let chosen = self.preferences.get();
        let seen = |source, feed, on, cell, sound| Wiring { source, feed, on, cell, sound };
        let heard = |source, feed, on| Wiring { source, feed, on, cell: None, sound: None };
        let (camera, voice) = (self.devices.camera_feed(chosen), self.devices.microphone_feed(chosen));
        let (air_picture, air_sound) =
            (Feed::AirPicture(lanes::AIR_PICTURE_IN), Feed::AirSound(lanes::AIR_SOUND_IN));
        let own = [
            seen(devices::CAMERA, camera, self.devices.camera, Some(0), Some(devices::MICROPHONE)),
            heard(devices::MICROPHONE, voice, self.devices.keyed(chosen)),
            seen(picture.source, air_picture, picture.is_open(), None, Some(sound.source)),
            heard(sound.source, air_sound, self.hears_program()),
        ];
        let people = self.senses.people().filter_map(|(who, kind, source)| {
            let track = self.taken(source)?;
            let lane = track.lane?;
            let feed = match track.carries {
                Carries::Picture => Feed::CrewPicture(lane),
                Carries::Sound => Feed::CrewSound(lane),
            };
            let sound = kind.sound().and_then(|kind| self.senses.of(who, kind));
            Some(seen(source, feed, !track.muted, self.cell(source), sound))
        });
        own.into_iter().chain(self.screens.wirings()).chain(people).collect()
    }

    /// The track of a source that is taken in.
    pub(super) fn taken(&self, source: SourceId) -> Option<&crate::here::connection::tracks::Track> {
        let track = self.connection.tracks.of(source)?;
        (track.lane.is_some() && self.need(source).is_some()).then_some(track)
    }

    /// A picture's cell in the atlas: the own camera's is the first, then by lane, so that none moves.
    pub(super) fn cell(&self, source: SourceId) -> Option<u8> {
        let track = self.taken(source)?;
        let LaneId(lane) = track.lane.filter(|_| track.carries == Carries::Picture)?;
        let LaneId(first) = lanes::crew_picture(0)?;
        u8::try_from(lane - first + 1).ok()
    }

    /// The program fills the picture; what is heard is heard at this machine alone.
    fn drawing(&self) -> Drawing {
        let picture = &self.senses.picture;
        let shown = picture.is_open().then_some(picture.source);
        let voices = self.senses.people().filter_map(|(_, _, source)| {
            let track = self.taken(source)?;
            (track.carries == Carries::Sound && !track.muted).then_some(source)
        });
        let program = self.hears_program().then_some(self.senses.sound.source);
        let voices = voices.chain(program).collect();
        Drawing {
            tiles: vec![Tile { source: shown, place: WHOLE, whole: false }],
            voices: Vec::new(),
            monitor: Monitor { program: false, voices },
        }
    }
}
