//! What the ports are to do and keep that follows from the state: made anew after each event and sent when
//! it differs from what was sent last. Nobody has to remember to send it.

use studio_wire::command::Bus;
use studio_wire::engine::{AIR_SIZE, Codec, Media, Publish, Watch, lanes};
use studio_wire::ids::{Identity, LaneId, ProgramId, SessionId, SourceId};
use studio_wire::media::{Drawing, Feed, MediaOrder, Tile, Voice, Wiring};
use studio_wire::people::{Position, Presence, Role};
use studio_wire::rtc::{RoomKind, RtcOrder, TrackKind};
use studio_wire::store::StoreOrder;
use studio_wire::time::Now;

use crate::effect::Effects;
use crate::here::connection::tracks::{Carries, Track};
use crate::here::devices::{self, Devices};
use crate::show::roster::Person;
use crate::show::stage::layouts::places;

use super::Studio;

/// The own camera as `crew` gets it: the size of the pattern.
const CREW_PICTURE: Media =
    Media::Video { width: 640, height: 360, fps: 30, kbps: 800, codec: Codec::Vp8, simulcast: false };
const CREW_SOUND: Media = Media::Audio { rate: 48_000, channels: 2, kbps: 96 };
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

type Wish = (Vec<Publish>, Vec<Watch>);
type Record = (Identity, String, Role, Presence, Position);

/// What was sent last. `None`: the port knows nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    sources: Option<Vec<Wiring>>,
    scene: Option<Drawing>,
    crew: Option<Wish>,
    air: Option<Wish>,
    people: Vec<Record>,
}

impl Sent {
    fn wish(&mut self, room: RoomKind) -> &mut Option<Wish> {
        match room {
            RoomKind::Crew => &mut self.crew,
            RoomKind::Air => &mut self.air,
        }
    }
}

impl Studio {
    /// Sends what changed.
    pub(super) fn settle(&mut self, now: Now, out: &mut Effects) {
        if self.broadcast.outputs_wanted() {
            let sources = Some(self.sources());
            if sources != self.sent.sources {
                out.media(MediaOrder::Sources(sources.clone().unwrap_or_default()));
                self.sent.sources = sources;
            }
            let drawing = Some(self.drawing());
            if drawing != self.sent.scene {
                let scene = drawing.clone().unwrap_or_default();
                out.media(MediaOrder::Scene { program: ProgramId(0), scene });
                self.sent.scene = drawing;
            }
            for room in RoomKind::ALL {
                if self.sent.wish(room).is_some() {
                    self.want(room, out);
                }
            }
        } else {
            self.sent = Sent { people: std::mem::take(&mut self.sent.people), ..Sent::default() };
        }
        if self.broadcast.run_is_open()
            && let Some(session) = self.session()
        {
            self.keep_people(now, &session, out);
        }
    }

    /// Sends a room's wish if it changed; the first time, always.
    pub(super) fn want(&mut self, room: RoomKind, out: &mut Effects) {
        let wish = match room {
            RoomKind::Crew => (self.crew_outputs(), self.connection.tracks.watch()),
            RoomKind::Air => (self.air_outputs(), Vec::new()),
        };
        let sent = self.sent.wish(room);
        if sent.as_ref() != Some(&wish) {
            let (publish, watch) = wish.clone();
            *sent = Some(wish);
            out.rtc(RtcOrder::Want { room, publish, watch });
        }
    }

    /// Published once and muted, never unpublished: that leaks.
    fn crew_outputs(&self) -> Vec<Publish> {
        let output = |lane, name: &str, kind, media, on: bool| Publish {
            lane,
            name: name.to_owned(),
            kind,
            media,
            muted: !on,
        };
        let Devices { camera, microphone } = self.devices;
        vec![
            output(lanes::CREW_CAMERA, "camera", TrackKind::Camera, CREW_PICTURE, camera),
            output(lanes::CREW_MICROPHONE, "microphone", TrackKind::Microphone, CREW_SOUND, microphone),
        ]
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
        };
        vec![
            output(lanes::AIR_PICTURE, "program", TrackKind::Camera, AIR_PICTURE),
            output(lanes::AIR_SOUND, "program-sound", TrackKind::Microphone, AIR_SOUND),
        ]
    }

    /// Every source that has a feed.
    fn sources(&self) -> Vec<Wiring> {
        let own = [(devices::CAMERA, Feed::Pattern), (devices::MICROPHONE, Feed::Tone)];
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
    pub(super) fn open(&self, source: SourceId) -> bool {
        let track = |track: &Track| !track.muted && track.lane.is_some();
        self.devices.open(source).unwrap_or_else(|| self.connection.tracks.of(source).is_some_and(track))
    }

    /// Open, and frames or sound arrive.
    pub(super) fn flowing(&self, source: SourceId) -> bool {
        let arrives = match self.devices.open(source) {
            Some(_) => self.program_runs,
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

    /// The program's scene, ready to be drawn: a place and a voice for everybody on stage.
    fn drawing(&self) -> Drawing {
        let scene = self.stage.scene(Bus::Program);
        let people: Vec<&Person> = scene.people.iter().filter_map(|who| self.roster.find(who)).collect();
        let shown = |source: Option<SourceId>| source.filter(|source| self.open(*source));
        let places = places(scene.layout, people.len());
        let tiles =
            people.iter().zip(places).map(|(person, place)| Tile { source: shown(person.camera), place });
        let voices = people.iter().filter_map(|person| shown(person.microphone));
        Drawing { tiles: tiles.collect(), voices: voices.map(|source| Voice { source, gain: 1.0 }).collect() }
    }

    /// Where somebody is. The stage says so and nothing else.
    pub(super) fn position(&self, person: &Person) -> Position {
        if !person.here() {
            Position::None
        } else if self.stage.scene(Bus::Program).holds(&person.identity) {
            Position::OnStage
        } else if person.role == Role::Viewer {
            Position::None
        } else {
            Position::Backstage
        }
    }

    fn keep_people(&mut self, now: Now, session: &SessionId, out: &mut Effects) {
        let record = |person: &Person| {
            let position = self.position(person);
            (person.identity.clone(), person.name.clone(), person.role, person.presence, position)
        };
        let records: Vec<Record> = self.roster.people().iter().map(record).collect();
        for record in &records {
            if !self.sent.people.contains(record) {
                keep(record.clone(), now, session, out);
            }
        }
        self.sent.people = records;
    }

    /// The show is over: who is still here has left.
    pub(super) fn keep_goodbyes(&mut self, now: Now, session: &SessionId, out: &mut Effects) {
        for (identity, name, role, presence, _) in std::mem::take(&mut self.sent.people) {
            if presence == Presence::Joined {
                keep((identity, name, role, Presence::Left, Position::None), now, session, out);
            }
        }
    }
}

fn keep(record: Record, now: Now, session: &SessionId, out: &mut Effects) {
    let (identity, name, role, presence, position) = record;
    let (session, wall_ms) = (session.clone(), now.wall_ms);
    out.store(StoreOrder::Person { session, identity, name, role, presence, position, wall_ms });
}
