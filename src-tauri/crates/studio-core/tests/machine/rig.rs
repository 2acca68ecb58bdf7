//! A studio between ports that are values: they answer each order at once, late, twice, wrongly or never.
//!
//! [`Rig::feed`] is the loop of the runtime in small, and looks after each event at what must always hold.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use studio_core::{Effect, Effects, Event, Start, Studio};
use studio_wire::command::{Command, HereCommand, ShowCommand};
use studio_wire::device::{DeviceOrder, DeviceWant, Framing};
use studio_wire::engine::{Publish, Watch, lanes};
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Epoch, Identity, SourceId, Ticket, TrackSid};
use studio_wire::media::{Drawing, Feed, MediaOrder, MediaReport, Wiring};
use studio_wire::mixer::{Mix, TalkTo};
use studio_wire::people::{Actor, Position};
use studio_wire::room::{Holder, RoomAnswer, RoomAsk, Tale, VERSION};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, Stamp, TrackKind};
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::{Ack, PersonView, Snapshot, StateName};

use crate::printed;

/// 21 November 2026, in the evening.
pub const WALL: u64 = 1_795_287_600_000;

/// The own voice.
const MICROPHONE: SourceId = SourceId(1);
/// Clips and music.
const STAGE_MEDIA: SourceId = SourceId(2);

/// What the ports were told and have not been told to end.
#[derive(Default)]
pub struct Ports {
    pub media: Option<Epoch>,
    pub rtc: Option<Epoch>,
    pub check: Option<Epoch>,
    pub take: Option<Epoch>,
    pub recording: bool,
    pub engines: [Option<Epoch>; 2],
    pub air: Vec<Publish>,
    pub crew: Vec<Publish>,
    pub watch: Vec<Watch>,
    pub sources: Vec<Wiring>,
    pub scene: Drawing,
    pub mix: Mix,
    /// What the server was last told to put on people.
    pub stamps: BTreeMap<(RoomKind, Identity), Stamp>,
    /// Answers to calls, in order.
    pub answers: Vec<(CallId, RoomAnswer)>,
    /// What seats were told, in order.
    pub tales: Vec<(RoomKind, Vec<Identity>, Tale)>,
    /// The last intent: its epoch, its state, and whether it was stored.
    pub intent: Option<(Epoch, StateName, bool)>,
}

/// A studio, its time and its ports.
pub struct Rig {
    pub studio: Studio,
    pub now: u64,
    pub ports: Ports,
    /// Answers on their way.
    pub pending: VecDeque<Event>,
    /// Orders of these kinds are never answered: `store`, `media.record`, `rtc` …
    pub hung: BTreeSet<String>,
    /// What happened, as a transcript.
    pub lines: Vec<String>,
    pub exited: bool,
    /// What the devices were told last.
    pub devices: DeviceWant,
    /// How often the speaker was tested.
    pub chimes: u32,
    /// What of the own camera's picture is shown.
    pub framing: Framing,
    tickets: u64,
    tracks: u32,
}

impl Rig {
    pub fn new() -> Self {
        Self::from(Start::new(7, "host", "Ada"))
    }

    /// Nothing is attached: the studio's own sources are in the place of devices, unless others were chosen.
    pub fn from(mut start: Start) -> Self {
        if start.kept.preferences.camera.is_none() {
            start.kept.preferences = start.kept.preferences.on_test_sources();
        }
        Self {
            studio: Studio::new(start),
            now: 0,
            ports: Ports::default(),
            pending: VecDeque::new(),
            hung: BTreeSet::new(),
            lines: Vec::new(),
            exited: false,
            devices: DeviceWant::default(),
            chimes: 0,
            framing: Framing::default(),
            tickets: 0,
            tracks: 0,
        }
    }

    /// A rig in that state, reached the usual way.
    pub fn in_state(state: StateName) -> Self {
        let mut rig = Self::new();
        let open = ShowCommand::Open { title: "Evening show".into() };
        if state == StateName::Idle {
            return rig;
        }
        rig.show(open).unwrap();
        if state == StateName::Initializing {
            return rig;
        }
        rig.obey();
        match state {
            StateName::Error => {
                let epoch = rig.ports.media.unwrap();
                rig.feed(Event::Media(MediaReport::Failed { epoch, fault: Fault::MediaFailed }));
            }
            StateName::Starting => drop(rig.show(ShowCommand::GoLive)),
            StateName::Live | StateName::Stopping => {
                rig.show(ShowCommand::GoLive).unwrap();
                rig.obey();
                if state == StateName::Stopping {
                    rig.show(ShowCommand::EndStream).unwrap();
                }
            }
            _ => {}
        }
        assert_eq!(rig.state(), state);
        rig
    }

    pub fn time(&self) -> Now {
        Now { show: ShowTime::from_ms(self.now), wall_ms: WALL + self.now }
    }

    pub fn state(&self) -> StateName {
        self.snapshot().show.broadcast.state
    }

    pub fn snapshot(&self) -> Snapshot {
        self.studio.snapshot(self.time())
    }

    /// A wish of the host about the show.
    pub fn show(&mut self, command: ShowCommand) -> Result<Ack, Fault> {
        self.wish(Actor::LocalHost, Command::Show(command))
    }

    /// A wish; its verdict must be the one that `allowed` gave before.
    pub fn here(&mut self, command: HereCommand) -> Result<Ack, Fault> {
        self.wish(Actor::LocalHost, Command::Here(command))
    }

    pub fn wish(&mut self, actor: Actor, command: Command) -> Result<Ack, Fault> {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let effects = self.feed(Event::Command(ticket, actor, command));
        effects
            .into_iter()
            .find_map(|effect| match effect {
                Effect::Reply(of, verdict) if of == ticket => Some(verdict),
                _ => None,
            })
            .unwrap()
    }

    /// News of a room's present engine; of an engine that never was, while there is none.
    pub fn news(&mut self, room: RoomKind, news: RoomNews) -> Vec<Effect> {
        let epoch = self.ports.engines[room as usize].unwrap_or(Epoch(u32::MAX));
        self.feed(Event::Rtc(RtcReport::Room { room, epoch, news }))
    }

    /// Somebody comes to `crew` with camera and microphone.
    pub fn guest(&mut self, identity: &str, role: studio_wire::people::Role) {
        let (identity, name) = (identity.into(), format!("Name of {identity}"));
        self.news(RoomKind::Crew, RoomNews::Came { identity, name, role: Some(role) });
    }

    /// Somebody asks for something in a room; the answer, if there was one at once.
    pub fn ask(&mut self, room: RoomKind, from: &str, ask: RoomAsk) -> Option<RoomAnswer> {
        self.tickets += 1;
        let call = CallId(self.tickets);
        self.news(room, RoomNews::Asked { call, from: from.into(), ask });
        let at = self.ports.answers.iter().position(|(of, _)| *of == call)?;
        Some(self.ports.answers.remove(at).1)
    }

    /// Somebody wants something done, by a call.
    pub fn call(&mut self, from: &str, command: ShowCommand) -> Result<Ack, Fault> {
        match self.ask(RoomKind::Crew, from, RoomAsk::Command(command)) {
            Some(RoomAnswer::Done(ack)) => Ok(ack),
            Some(RoomAnswer::Refused(fault)) => Err(fault),
            other => panic!("{other:?} is no answer to a command"),
        }
    }

    /// Somebody says hello.
    pub fn hello(&mut self, room: RoomKind, from: &str, holder: Holder) -> RoomAnswer {
        self.ask(room, from, RoomAsk::Hello { version: VERSION, holder }).unwrap()
    }

    /// What the server was last told to put on somebody in `crew`.
    pub fn stamp(&self, identity: &str) -> Option<Stamp> {
        self.ports.stamps.get(&(RoomKind::Crew, identity.into())).cloned()
    }

    /// A track with a sid of its own.
    pub fn track(&mut self, identity: &str, kind: TrackKind, muted: bool) -> TrackSid {
        self.tracks += 1;
        let sid = TrackSid(format!("TR_{}", self.tracks));
        let news = RoomNews::Track { identity: identity.into(), sid: sid.clone(), kind, muted };
        self.news(RoomKind::Crew, news);
        sid
    }

    /// Delivers answers until none is on its way.
    pub fn obey(&mut self) {
        while let Some(event) = self.pending.pop_front() {
            self.feed(event);
        }
    }

    /// Lets time pass, waking the studio when it asked to be.
    pub fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(deadline) = self.studio.next_deadline().filter(|at| at.ms() <= until) {
            self.now = self.now.max(deadline.ms());
            self.feed(Event::Wake);
            assert_ne!(
                self.studio.next_deadline(),
                Some(deadline),
                "a deadline that stays would spin the loop"
            );
        }
        self.now = until;
    }

    /// One event and everything that follows from it.
    pub fn feed(&mut self, event: Event) -> Vec<Effect> {
        let now = self.time();
        let before = self.snapshot();
        let verdict = match &event {
            Event::Command(ticket, actor, command) => {
                Some((*ticket, self.studio.allowed(actor, command), format!("{:?}", self.studio)))
            }
            _ => None,
        };
        if let (Event::Store(report), Some((epoch, _, stored))) = (&event, &mut self.ports.intent) {
            *stored |= match report {
                StoreReport::Persisted { epoch: of } => of == epoch,
                StoreReport::Trouble { .. } => true,
                StoreReport::Well | StoreReport::Chat { .. } => false,
            };
        }
        let what = printed::event(&event);
        let mut effects = Effects::default();
        self.studio.apply(now, event, &mut effects);
        let after = self.snapshot();
        for effect in &effects.0 {
            self.carry_out(effect);
        }
        self.check_replies(verdict, &before, &after, &effects.0);
        self.check_ports(&after);
        printed::step(&mut self.lines, self.now, &what, &before, &after, &effects.0);
        effects.0
    }

    /// One reply for a command and none for a report; `Publish` last, and exactly when `rev` went up.
    fn check_replies(
        &self,
        verdict: Option<(Ticket, Result<(), Fault>, String)>,
        before: &Snapshot,
        after: &Snapshot,
        effects: &[Effect],
    ) {
        let replies: Vec<_> = effects.iter().filter(|effect| matches!(effect, Effect::Reply(..))).collect();
        match verdict {
            None => assert!(replies.is_empty()),
            Some((ticket, Ok(()), _)) => {
                let [Effect::Reply(of, Ok(ack))] = replies[..] else { panic!("allowed, then {replies:?}") };
                assert_eq!((*of, ack.rev), (ticket, after.rev), "allowed, then taken");
            }
            Some((ticket, Err(fault), whole)) => {
                assert_eq!(effects, [Effect::Reply(ticket, Err(fault))], "refused, and nothing else");
                assert_eq!(format!("{:?}", self.studio), whole, "a refusal changes nothing");
            }
        }
        let published = effects.iter().filter(|effect| **effect == Effect::Publish).count();
        let changed = *before != *after;
        assert_eq!(published, usize::from(changed), "published when it changed");
        assert_eq!(after.rev, before.rev + u64::from(changed));
        assert!(!changed || effects.last() == Some(&Effect::Publish));
    }

    fn check_ports(&self, after: &Snapshot) {
        let ports = &self.ports;
        let state = after.show.broadcast.state;
        if matches!(state, StateName::Idle | StateName::Error) {
            assert_eq!((ports.media, ports.rtc, ports.engines), (None, None, [None, None]), "{state:?}");
            assert!(!ports.recording && ports.air.is_empty(), "{state:?} with outputs");
        }
        for source in self.on_air_sources() {
            if source == STAGE_MEDIA {
                assert!(
                    after.show.host.as_ref().is_some_and(|host| host.stage_media),
                    "media plays by itself"
                );
                continue;
            }
            let sources = |person: &PersonView| {
                let first = [&person.camera, &person.microphone, &person.screen, &person.screen_sound];
                first.into_iter().chain(&person.more_screens).map(|own| own.source).collect::<Vec<_>>()
            };
            let owner = after.show.people.iter().find(|person| sources(person).contains(&Some(source)));
            assert!(owner.is_some_and(|person| !person.contested), "{source:?} of nobody knows whom");
            assert_eq!(owner.map(|person| person.position), Some(Position::OnStage), "{source:?} is on air");
        }
        assert!(after.notices.len() <= 20);
        self.check_talk(after);
    }

    /// Who speaks beside the show is on no air, and is heard by nobody who is not meant.
    fn check_talk(&self, after: &Snapshot) {
        let Some(talkback) = self.ports.crew.iter().find(|output| output.kind == TrackKind::Talkback) else {
            return;
        };
        let meant = talkback.open_to.as_ref().expect("a talkback is never open to everybody");
        if self.ports.media.is_none() {
            return;
        }
        let talk = after.sound.talk.as_ref();
        assert_eq!((!talkback.muted, self.ports.mix.talk), (talk.is_some(), talk.is_some()));
        assert!(
            talk.is_none() || !self.ports.scene.voices.contains(&MICROPHONE),
            "both on air and beside it"
        );
        for who in meant {
            let person = after.show.people.iter().find(|person| person.identity == *who).unwrap();
            match talk {
                None => panic!("{who} hears what nobody says"),
                Some(TalkTo::Person(one)) => assert_eq!(who, one),
                Some(TalkTo::Backstage) => assert_eq!(person.position, Position::Backstage),
            }
        }
    }

    /// Sources in the program that the ports were told of.
    pub fn on_air_sources(&self) -> Vec<SourceId> {
        if self.ports.media.is_none() {
            return Vec::new();
        }
        let scene = &self.ports.scene;
        let tiles = scene.tiles.iter().filter_map(|tile| tile.source);
        tiles.chain(scene.voices.iter().copied()).collect()
    }

    /// Where a source of the program comes from, as the ports were told.
    pub fn feed_of(&self, source: SourceId) -> Option<Feed> {
        self.ports.sources.iter().find(|wiring| wiring.source == source).map(|wiring| wiring.feed)
    }

    fn answer(&mut self, port: &str, kind: &str, event: Event) {
        if !self.hung.contains(port) && !self.hung.contains(kind) {
            self.pending.push_back(event);
        }
    }

    fn carry_out(&mut self, effect: &Effect) {
        match effect {
            Effect::Store(order) => self.carry_out_store(order),
            Effect::Media(order) => self.carry_out_media(order),
            Effect::Rtc(order) => self.carry_out_rtc(order),
            Effect::Devices(DeviceOrder::Want(want)) => self.devices = want.clone(),
            Effect::Devices(DeviceOrder::Chime) => self.chimes += 1,
            Effect::Shell(_) => {
                assert!(!self.exited, "one end");
                self.exited = true;
            }
            Effect::Reply(..) | Effect::Publish => {}
        }
    }

    fn carry_out_store(&mut self, order: &StoreOrder) {
        if let StoreOrder::Session { epoch, state, .. } = order {
            self.ports.intent = Some((*epoch, *state, false));
            self.answer("store", "store", Event::Store(StoreReport::Persisted { epoch: *epoch }));
        }
    }

    /// A durable step comes after its stored intent.
    fn intended(&self, state: StateName) {
        let stored = self.ports.intent.is_some_and(|(_, of, stored)| of == state && stored);
        assert!(stored, "{state:?} goes on before it is stored: {:?}", self.ports.intent);
    }

    fn carry_out_media(&mut self, order: &MediaOrder) {
        match order.clone() {
            MediaOrder::Open { epoch, .. } => {
                self.intended(StateName::Initializing);
                assert_eq!(self.ports.media.replace(epoch), None, "two programs at once");
                self.answer("media", "media.open", Event::Media(MediaReport::Opened { epoch }));
            }
            MediaOrder::CheckRecorder { epoch, .. } => {
                self.ports.check = Some(epoch);
                self.answer("media", "media.check", Event::Media(MediaReport::RecorderReady { epoch }));
            }
            MediaOrder::Record { epoch, name, .. } => {
                self.intended(StateName::Starting);
                assert!(!self.ports.recording, "two recordings at once");
                (self.ports.take, self.ports.recording) = (Some(epoch), true);
                let (path, at) = (format!("/videos/{name}.mkv"), self.time().show);
                let recording = MediaReport::Recording { epoch, segment: 0, path, at };
                self.answer("media", "media.record", Event::Media(recording));
            }
            MediaOrder::Finish { epoch } => {
                self.intended(StateName::Stopping);
                // A port that hangs in it still finishes the file when it is told to close.
                self.ports.recording = ["media", "media.finish"].iter().any(|kind| self.hung.contains(*kind));
                self.recorded(epoch, "media.finish");
            }
            MediaOrder::Close { epoch } => {
                assert_eq!(self.ports.media.take(), Some(epoch));
                if std::mem::take(&mut self.ports.recording)
                    && let Some(take) = self.ports.take
                {
                    self.recorded(take, "media.close");
                }
                self.answer("media", "media.close", Event::Media(MediaReport::Closed { epoch }));
            }
            MediaOrder::Sources(sources) => self.ports.sources = sources,
            MediaOrder::Scene { scene, .. } => self.ports.scene = scene,
            MediaOrder::Framing(framing) => self.framing = framing,
            MediaOrder::Mix(mix) => self.ports.mix = mix,
        }
    }

    fn recorded(&mut self, epoch: Epoch, kind: &str) {
        let path = "/videos/Evening show.mkv".to_owned();
        let report = MediaReport::Recorded { epoch, path, bytes: 5_000_000, frames: 900 };
        self.answer("media", kind, Event::Media(report));
    }

    fn carry_out_rtc(&mut self, order: &RtcOrder) {
        match order.clone() {
            RtcOrder::Open { epoch, .. } => {
                if self.ports.rtc != Some(epoch) {
                    self.intended(StateName::Initializing);
                    assert_eq!(self.ports.rtc.replace(epoch), None, "two servers at once");
                }
                self.answer("rtc", "rtc.open", Event::Rtc(RtcReport::RoomsReady { epoch }));
            }
            RtcOrder::Start { room, epoch, .. } => {
                assert!(self.ports.rtc.is_some(), "an engine without a server");
                self.ports.engines[room as usize] = Some(epoch);
                let joined = RtcReport::Room { room, epoch, news: RoomNews::Joined };
                self.answer("rtc", &format!("rtc.{}", room.word()), Event::Rtc(joined));
                self.publish(room);
            }
            RtcOrder::Want { room: RoomKind::Crew, publish, watch } => {
                (self.ports.crew, self.ports.watch) = (publish, watch);
            }
            RtcOrder::Want { room, publish, .. } => {
                if room == RoomKind::Air && publish != self.ports.air {
                    self.ports.air = publish;
                    self.publish(room);
                }
            }
            RtcOrder::Stamp { room, identity, stamp } => {
                self.ports.stamps.insert((room, identity), stamp);
            }
            RtcOrder::Answer { call, answer, .. } => self.ports.answers.push((call, answer)),
            RtcOrder::Tell { room, to, tale } => self.ports.tales.push((room, to, tale)),
            RtcOrder::Attend { .. } | RtcOrder::Ask { .. } | RtcOrder::Leave { .. } => {
                panic!("the host has no seat to take")
            }
            RtcOrder::Mute { .. }
            | RtcOrder::PutOut { .. }
            | RtcOrder::Look { .. }
            | RtcOrder::Say { .. }
            | RtcOrder::React { .. }
            | RtcOrder::KeepSecret { .. }
            | RtcOrder::FindSecret { .. }
            | RtcOrder::TestServer { .. } => {}
            RtcOrder::Close { epoch } => {
                assert_eq!(self.ports.rtc.take(), Some(epoch));
                (self.ports.engines, self.ports.air) = ([None, None], Vec::new());
                self.ports.crew.clear();
                self.answer("rtc", "rtc.close", Event::Rtc(RtcReport::Closed { epoch }));
            }
        }
    }

    fn publish(&mut self, room: RoomKind) {
        let Some(epoch) = self.ports.engines[room as usize] else { return };
        if room == RoomKind::Air && !self.ports.air.is_empty() {
            for lane in [lanes::AIR_PICTURE, lanes::AIR_SOUND] {
                let news = RoomNews::Published { lane };
                self.answer("rtc", "rtc.publish", Event::Rtc(RtcReport::Room { room, epoch, news }));
            }
        }
    }
}
