//! What the ports are to do that follows from the state: made anew after each event and sent when
//! it differs from what was sent last. Nobody has to remember to send it.

use std::collections::BTreeMap;

use studio_wire::command::Bus;
use studio_wire::device::DeviceWant;
use studio_wire::engine::{AIR_SIZE, Codec, Media, Publish, lanes};
use studio_wire::ids::{Identity, LaneId, SourceId};
use studio_wire::media::{Drawing, Feed, Tile, Wiring};
use studio_wire::mixer::{Strip, TalkTo};
use studio_wire::people::{Position, Role};
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::time::Now;
use studio_wire::view::{SceneView, StateName};

use crate::broadcast::Cue;
use crate::effect::Effects;
use crate::here::connection::tracks::{Carries, Size, Track};
use crate::here::devices::{self, Devices};
use crate::here::{outputs, sent};
use crate::show::roster::Person;
use crate::show::stage::layouts::places;

use super::Studio;
use super::kept::Record;

/// The program as `air` gets it.
const AIR_PICTURE: Media = Media::Video {
    width: AIR_SIZE.0,
    height: AIR_SIZE.1,
    fps: 30,
    kbps: 1_800,
    codec: Codec::H264,
    simulcast: false,
};
const AIR_SOUND: Media = Media::Audio { rate: 48_000, channels: 2, kbps: 128 };

/// A picture as it is shown backstage, among many, and alone.
const SMALL: (u32, u32) = (320, 180);
const MIDDLE: (u32, u32) = (640, 360);
const LARGE: (u32, u32) = (1280, 720);

/// What was sent last.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    pub ports: sent::Sent,
    pub people: Vec<Record>,
    pub strips: BTreeMap<Identity, Vec<(TrackKind, Strip)>>,
    pub scenes: Option<(SceneView, SceneView)>,
}

impl Studio {
    /// Sends what changed.
    pub(super) fn settle(&mut self, now: Now, out: &mut Effects) {
        self.end_talk();
        if self.broadcast.outputs_wanted() {
            let (sources, drawing, mix) = (self.sources(), self.drawing(), self.mix());
            self.sent.ports.media(sources, drawing, mix, out);
            for room in self.sent.ports.wished() {
                self.want(room, out);
            }
        } else {
            self.sent.ports.close();
            self.sent.scenes = None;
        }
        let open = self.broadcast.outputs_wanted();
        let testing = self.devices.testing(now.show);
        let want = match self.wanted() {
            want if open => want,
            want if testing => DeviceWant { speaker: want.speaker, ..DeviceWant::default() },
            _ => DeviceWant::default(),
        };
        self.sent.ports.devices(want, out);
        self.sent.ports.framing(self.devices.framing(self.preferences.get()), out);
        self.devices.tell(self.preferences.get(), &mut self.notices, now.show);
        if self.broadcast.run_is_open()
            && let Some(session) = self.session()
        {
            self.keep_people(now, &session, out);
            self.keep_scenes(&session, out);
            self.stamp_people(now, out);
        }
        if self.resuming == Some(true) && self.broadcast.name() == StateName::Ready {
            // The earlier life of this program was on air: so is this one, as soon as it can be.
            self.resuming = Some(false);
            self.cue(now, Cue::GoLive, out);
        }
    }

    fn wanted(&self) -> DeviceWant {
        DeviceWant { screens: self.screens.want(), ..self.devices.want(self.preferences.get()) }
    }

    /// Sends a room's wish if it changed; the first time, always.
    pub(super) fn want(&mut self, room: RoomKind, out: &mut Effects) {
        let wish = match room {
            RoomKind::Crew => (self.crew_outputs(), self.connection.tracks.watch(|source| self.need(source))),
            RoomKind::Air => (self.air_outputs(), Vec::new()),
        };
        self.sent.ports.wish(room, wish, out);
    }

    fn crew_outputs(&self) -> Vec<Publish> {
        let Devices { camera, stage_media, .. } = self.devices;
        let sends_voice = self.devices.sends_voice(self.preferences.get());
        let own = [
            outputs::camera(camera),
            outputs::microphone(sends_voice, self.hearers_of_host()),
            outputs::stage_media(stage_media),
            outputs::talkback(self.devices.talk().is_some(), self.meant()),
        ];
        own.into_iter().chain(self.screens.outputs()).collect()
    }

    /// Who may hear the host's own voice: on stage everybody, backstage those who are not on stage.
    fn hearers_of_host(&self) -> Option<Vec<Identity>> {
        let on_stage = self.position(self.roster.host()) == Position::OnStage;
        (!on_stage).then(|| self.crew(|person| self.position(person) != Position::OnStage))
    }

    /// Whom the host speaks to beside the show; nobody else may hear it.
    fn meant(&self) -> Vec<Identity> {
        match self.devices.talk() {
            None => Vec::new(),
            Some(TalkTo::Backstage) => self.crew(|person| self.position(person) == Position::Backstage),
            Some(TalkTo::Person(who)) => self.crew(|person| person.identity == *who),
        }
    }

    /// Those of the others in `crew` who are such.
    fn crew(&self, such: impl Fn(&Person) -> bool) -> Vec<Identity> {
        let people = self.roster.people()[1..].iter().filter(|person| person.in_crew && such(person));
        people.map(|person| person.identity.clone()).collect()
    }

    /// Whether somebody can be spoken to beside the show.
    pub(crate) fn can_be_told(&self, who: &Identity) -> bool {
        let there = self.roster.present(who).filter(|person| person.identity != *self.me());
        there.is_some_and(|person| person.in_crew || person.awaited)
    }

    /// Who has left is not spoken to any more.
    fn end_talk(&mut self) {
        if let Some(TalkTo::Person(who)) = self.devices.talk()
            && !self.can_be_told(who)
        {
            self.devices.talk_to(None, self.preferences.get());
        }
    }

    /// Whether this machine has a use for a source of somebody's, and how large it is shown. Three sizes, so that
    /// a change of layout seldom costs a key frame.
    fn need(&self, source: SourceId) -> Option<Size> {
        let person = self.roster.owner(source).filter(|person| person.counts(source))?;
        let kind = person.kind_of(source)?;
        let scenes = [Bus::Program, Bus::Preview].map(|bus| self.stage.scene(bus));
        let shown = scenes.iter().filter(|scene| scene.holds(&person.identity));
        let fewest = shown.map(|scene| scene.shown_at_once()).min();
        match (kind, fewest) {
            (TrackKind::Camera, None) => Some(Some(SMALL)),
            (TrackKind::Camera, Some(people)) if people > 4 => Some(Some(MIDDLE)),
            (TrackKind::Camera, Some(_)) => Some(Some(LARGE)),
            (TrackKind::Screen | TrackKind::ScreenSound, None) => None,
            _ => Some(None),
        }
    }

    /// The program, from going live on. Before that `air` has nothing, not even a muted track.
    fn air_outputs(&self) -> Vec<Publish> {
        if !self.broadcast.on_air() {
            return Vec::new();
        }
        let output = |lane, name: &str, kind, media| Publish {
            lane,
            name: name.to_owned(),
            kind,
            media,
            muted: false,
            open_to: None,
        };
        vec![
            output(lanes::AIR_PICTURE, "program", TrackKind::Camera, AIR_PICTURE),
            output(lanes::AIR_SOUND, "program-sound", TrackKind::Microphone, AIR_SOUND),
        ]
    }

    /// Every source that has a feed.
    fn sources(&self) -> Vec<Wiring> {
        let own = [
            (devices::CAMERA, self.devices.camera_feed(self.preferences.get())),
            (devices::MICROPHONE, self.devices.microphone_feed(self.preferences.get())),
            (devices::STAGE_MEDIA, Feed::Chord),
        ];
        // While the own voice goes to somebody else, its source stays as it is: the mixer takes it out of the show.
        let keyed = self.devices.keyed(self.preferences.get());
        let own = own.into_iter().map(|(source, feed)| Wiring {
            source,
            feed,
            on: if source == devices::MICROPHONE { keyed } else { self.open(source) },
            cell: self.cell(source),
            sound: (source == devices::CAMERA).then_some(devices::MICROPHONE),
        });
        let people = self.roster.people()[1..].iter();
        let people = people.flat_map(|person| person.sources().map(move |source| (person, source)));
        let remote = people.filter_map(|(person, source)| {
            let track = self.connection.tracks.of(source)?;
            let lane = track.lane?;
            let feed = match track.carries {
                Carries::Picture => Feed::CrewPicture(lane),
                Carries::Sound => Feed::CrewSound(lane),
            };
            let sound = person.kind_of(source).and_then(TrackKind::sound);
            Some(Wiring {
                source,
                feed,
                on: self.open(source),
                cell: self.cell(source),
                sound: sound.and_then(|kind| person.source(kind)),
            })
        });
        own.chain(self.screens.wirings()).chain(remote).collect()
    }

    /// Open: neither muted nor missing nor without a lane.
    pub(crate) fn open(&self, source: SourceId) -> bool {
        let own = self.devices.open(source, self.preferences.get());
        if let Some(open) = own.or_else(|| self.screens.open(source)) {
            return open;
        }
        let track = |track: &Track| !track.muted && track.lane.is_some();
        let hidden = self.roster.owner(source).is_none_or(|person| !person.counts(source));
        !hidden && self.connection.tracks.of(source).is_some_and(track)
    }

    /// Open, and frames or sound arrive.
    pub(super) fn flowing(&self, source: SourceId) -> bool {
        let arrives = match self.devices.open(source, self.preferences.get()) {
            Some(_) => self.program_runs && self.devices.gives(source, self.preferences.get()),
            None if self.screens.open(source).is_some() => self.program_runs && self.screens.gives(source),
            None => self.connection.tracks.of(source).is_some_and(|track| track.flowing),
        };
        arrives && self.open(source)
    }

    /// A picture's cell in the atlas: the own camera's is the first, then by lane, so that none moves.
    pub(super) fn cell(&self, source: SourceId) -> Option<u8> {
        if source == devices::CAMERA {
            return Some(0);
        }
        let track = self.connection.tracks.of(source)?;
        let LaneId(lane) = track.lane.filter(|_| track.carries == Carries::Picture)?;
        let LaneId(first) = lanes::crew_picture(0)?;
        u8::try_from(lane - first + 1).ok()
    }

    /// The program's scene, ready to be drawn: a place and a voice for everybody on stage. A shared screen has a
    /// place of its own, before its owner's face.
    fn drawing(&self) -> Drawing {
        let scene = self.stage.scene(Bus::Program);
        let people = self.people_on_stage();
        let pictures: Vec<(Option<SourceId>, bool)> = people
            .iter()
            .flat_map(|person| {
                let screens = self.screens_of(person).into_iter().filter(|source| self.open(*source));
                let camera = person.source(TrackKind::Camera).filter(|source| self.open(*source));
                screens.map(|screen| (Some(screen), true)).chain([(camera, false)])
            })
            .collect();
        let places = places(scene.layout, pictures.len());
        let tiles =
            pictures.into_iter().zip(places).map(|((source, whole), place)| Tile { source, place, whole });
        Drawing { tiles: tiles.collect(), voices: self.voices(), monitor: self.monitor() }
    }

    /// The screens that somebody shares: the host's are this machine's own.
    pub(super) fn screens_of(&self, person: &Person) -> Vec<SourceId> {
        if person.identity == *self.me() { self.screens.sources() } else { person.screens().collect() }
    }

    /// Whose picture and sound the program has, in the order of their places.
    fn people_on_stage(&self) -> Vec<&Person> {
        let people = self.stage.scene(Bus::Program).people.iter();
        people.filter_map(|who| self.roster.find(who)).filter(|person| !person.contested()).collect()
    }

    /// What the program lets be heard.
    pub(super) fn voices(&self) -> Vec<SourceId> {
        let people = self.people_on_stage().into_iter();
        people.flat_map(|person| self.voices_of(person)).chain(self.music()).collect()
    }

    /// The test chord plays.
    pub(crate) fn plays_media(&self) -> bool {
        self.devices.stage_media
    }

    /// Where somebody is. The stage says so and nothing else.
    pub(super) fn position(&self, person: &Person) -> Position {
        if !person.here() {
            Position::None
        } else if self.stage.scene(Bus::Program).holds(&person.identity) && !person.contested() {
            Position::OnStage
        } else if person.role == Role::Viewer {
            if person.requested { Position::Requested } else { Position::None }
        } else {
            Position::Backstage
        }
    }
}
