//! What the ports are to do that follows from the state: made anew after each event and sent when
//! it differs from what was sent last. Nobody has to remember to send it.

use studio_wire::command::Bus;
use studio_wire::device::DeviceWant;
use studio_wire::engine::{AIR_SIZE, Codec, Media, Publish, lanes};
use studio_wire::ids::{Identity, LaneId, SourceId};
use studio_wire::media::{Drawing, Feed, Monitor, Tile, Wiring};
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
    pub scenes: Option<(SceneView, SceneView)>,
}

impl Studio {
    /// Sends what changed.
    pub(super) fn settle(&mut self, now: Now, out: &mut Effects) {
        if self.broadcast.outputs_wanted() {
            let (sources, drawing) = (self.sources(), self.drawing());
            self.sent.ports.media(sources, drawing, out);
            for room in self.sent.ports.wished() {
                self.want(room, out);
            }
        } else {
            self.sent.ports.close();
            self.sent.scenes = None;
        }
        let open = self.broadcast.outputs_wanted();
        let want = if open { self.devices.want(self.preferences.get()) } else { DeviceWant::default() };
        self.sent.ports.devices(want, out);
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

    /// Sends a room's wish if it changed; the first time, always.
    pub(super) fn want(&mut self, room: RoomKind, out: &mut Effects) {
        let wish = match room {
            RoomKind::Crew => (self.crew_outputs(), self.connection.tracks.watch(|source| self.need(source))),
            RoomKind::Air => (self.air_outputs(), Vec::new()),
        };
        self.sent.ports.wish(room, wish, out);
    }

    fn crew_outputs(&self) -> Vec<Publish> {
        let Devices { camera, microphone, stage_media, .. } = self.devices;
        vec![
            outputs::camera(camera),
            outputs::microphone(microphone, self.hearers_of_host()),
            outputs::stage_media(stage_media),
        ]
    }

    /// Who may hear the host's own voice: on stage everybody, backstage those who are not on stage.
    fn hearers_of_host(&self) -> Option<Vec<Identity>> {
        let host = self.roster.host();
        if self.position(host) == Position::OnStage {
            return None;
        }
        let backstage = |person: &&Person| person.in_crew && self.position(person) != Position::OnStage;
        Some(
            self.roster.people()[1..]
                .iter()
                .filter(backstage)
                .map(|person| person.identity.clone())
                .collect(),
        )
    }

    /// Whether this machine has a use for a source of somebody's, and how large it is shown. Three sizes, so that
    /// a change of layout seldom costs a key frame.
    fn need(&self, source: SourceId) -> Option<Size> {
        let person = self.roster.owner(source)?;
        if person.doubtful() {
            return None;
        }
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
        let own = own.into_iter().map(|(source, feed)| Wiring {
            source,
            feed,
            on: self.open(source),
            cell: self.cell(source),
        });
        let people = self.roster.people()[1..].iter().flat_map(Person::sources);
        let remote = people.filter_map(|source| {
            let track = self.connection.tracks.of(source)?;
            let lane = track.lane?;
            let feed = match track.carries {
                Carries::Picture => Feed::CrewPicture(lane),
                Carries::Sound => Feed::CrewSound(lane),
            };
            Some(Wiring { source, feed, on: self.open(source), cell: self.cell(source) })
        });
        own.chain(remote).collect()
    }

    /// Open: neither muted nor missing nor without a lane.
    pub(crate) fn open(&self, source: SourceId) -> bool {
        if let Some(open) = self.devices.open(source) {
            return open;
        }
        let track = |track: &Track| !track.muted && track.lane.is_some();
        let doubtful = self.roster.owner(source).is_none_or(Person::doubtful);
        !doubtful && self.connection.tracks.of(source).is_some_and(track)
    }

    /// Open, and frames or sound arrive.
    pub(super) fn flowing(&self, source: SourceId) -> bool {
        let arrives = match self.devices.open(source) {
            Some(_) => self.program_runs && self.devices.gives(source, self.preferences.get()),
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
        let people = scene.people.iter().filter_map(|who| self.roster.find(who));
        let people: Vec<&Person> = people.filter(|person| !person.contested()).collect();
        let shown = |source: Option<SourceId>| source.filter(|source| self.open(*source));
        let pictures: Vec<Option<SourceId>> = people
            .iter()
            .flat_map(|person| {
                let screen = shown(person.source(TrackKind::Screen)).map(Some);
                screen.into_iter().chain([shown(person.source(TrackKind::Camera))])
            })
            .collect();
        let places = places(scene.layout, pictures.len());
        let tiles = pictures.into_iter().zip(places).map(|(source, place)| Tile { source, place });
        let mut voices: Vec<SourceId> = people.iter().flat_map(|person| self.voices_of(person)).collect();
        if self.devices.stage_media {
            voices.push(devices::STAGE_MEDIA);
        }
        Drawing { tiles: tiles.collect(), voices, monitor: self.monitor() }
    }

    /// What of somebody is heard.
    fn voices_of(&self, person: &Person) -> Vec<SourceId> {
        let voice = |kind| person.source(kind).filter(|source| self.open(*source));
        [TrackKind::Microphone, TrackKind::ScreenSound].into_iter().filter_map(voice).collect()
    }

    /// What the host hears: on stage the others on stage and what is played to them; backstage the program and
    /// who else is backstage.
    fn monitor(&self) -> Monitor {
        let on_stage = self.position(self.roster.host()) == Position::OnStage;
        let heard = if on_stage { Position::OnStage } else { Position::Backstage };
        let others = self.roster.people()[1..].iter().filter(|person| self.position(person) == heard);
        let mut voices: Vec<SourceId> = others.flat_map(|person| self.voices_of(person)).collect();
        if on_stage && self.devices.stage_media {
            voices.push(devices::STAGE_MEDIA);
        }
        Monitor { program: !on_stage, voices }
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
