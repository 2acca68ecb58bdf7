//! A seat between ports and a host that are values: the test decides what they answer, and when.
//!
//! [`Rig::feed`] is the loop of the runtime in small, and looks after each event at what must always hold.

use std::collections::BTreeMap;

use studio_core::{Effect, Effects, Event, SeatStart, Start, Visit};
use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::command::{Command, HereCommand, ShowCommand};
use studio_wire::device::{DeviceOrder, DeviceWant, OfferedDevice};
use studio_wire::engine::{Publish, Watch};
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Epoch, Identity, SourceId, Ticket};
use studio_wire::media::{Drawing, MediaOrder, MediaReport, Wiring};
use studio_wire::mixer::{Mix, MixerView, Strip, StripView};
use studio_wire::people::{Actor, Parting, Position, Presence, Rights, Role};
use studio_wire::preferences::Preferences;
use studio_wire::room::{RoomAnswer, RoomAsk, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, TrackKind};
use studio_wire::shell::ShellReport;
use studio_wire::store::StoreOrder;
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::{Ack, Change, PersonView, SceneView, SeatLink, ShowView, Snapshot, SourceView};

pub use studio_wire::rtc::RoomKind::{Air, Crew};

/// 21 November 2026, in the evening.
const WALL: u64 = 1_795_287_600_000;

/// A call that the host has not answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    pub room: RoomKind,
    pub call: CallId,
    pub ask: RoomAsk,
}

/// A seat, its time, its ports.
pub struct Rig {
    pub visit: Visit,
    pub now: u64,
    pub life: Option<Epoch>,
    pub engines: [Option<Epoch>; 2],
    /// How often each room's engine was started.
    pub starts: [u32; 2],
    pub publish: Vec<Publish>,
    pub watch: [Vec<Watch>; 2],
    pub sources: Vec<Wiring>,
    pub scene: Drawing,
    pub mix: Mix,
    /// What the devices were told last.
    pub wanted: DeviceWant,
    /// Not answered yet, oldest first.
    pub open: Vec<Open>,
    /// Messages as they were sent: when, id, text.
    pub said: Vec<(u64, String, String)>,
    pub replies: BTreeMap<u64, Result<Ack, Fault>>,
    pub tickets: u64,
    /// Orders in words.
    pub orders: Vec<String>,
    /// What the host was told of this machine's devices, each time.
    pub told_devices: Vec<Vec<OfferedDevice>>,
    pub exited: bool,
    /// A wish about who is on stage was made, and no whole view has come since.
    guessed: bool,
    /// The view as the host would have it, and its number.
    pub view: ShowView,
    pub rev: u64,
}

impl Rig {
    pub fn new(role: Role) -> Self {
        let mut start = Start::new(7, "nobody", "Nobody");
        start.seat = Some(SeatStart { identity: "ana".into(), role, name: "Ana".into() });
        start.kept.preferences = Preferences::default().on_test_sources();
        Self {
            visit: Visit::new(start),
            now: 1_000,
            life: None,
            engines: [None, None],
            starts: [0, 0],
            publish: Vec::new(),
            watch: [Vec::new(), Vec::new()],
            sources: Vec::new(),
            scene: Drawing::default(),
            mix: Mix::default(),
            wanted: DeviceWant::default(),
            open: Vec::new(),
            said: Vec::new(),
            replies: BTreeMap::new(),
            tickets: 0,
            orders: Vec::new(),
            told_devices: Vec::new(),
            exited: false,
            guessed: false,
            view: view(role),
            rev: 10,
        }
    }

    /// Started, with the rooms ready and the home's engine on its way in.
    pub fn starting(role: Role) -> Self {
        let mut rig = Self::new(role);
        rig.feed(Event::Shell(ShellReport::Started { adopt: false }));
        let epoch = rig.life.unwrap();
        rig.feed(Event::Media(MediaReport::Opened { epoch }));
        rig.feed(Event::Rtc(RtcReport::RoomsReady { epoch }));
        rig
    }

    /// In its rooms, and welcomed.
    pub fn seated(role: Role) -> Self {
        let mut rig = Self::starting(role);
        rig.news(role.room(), RoomNews::Joined);
        rig.welcome();
        if role != Role::Viewer {
            rig.news(Air, RoomNews::Joined);
        }
        assert_eq!(rig.link(), SeatLink::In);
        rig.orders.clear();
        rig
    }

    pub fn time(&self) -> Now {
        Now { show: ShowTime::from_ms(self.now), wall_ms: WALL + self.now }
    }

    pub fn snapshot(&self) -> Snapshot {
        self.visit.snapshot(self.time())
    }

    pub fn link(&self) -> SeatLink {
        self.snapshot().seat
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.snapshot().notices.into_iter().map(|notice| notice.fault).collect()
    }

    pub fn me(&self) -> PersonView {
        self.snapshot().show.people.into_iter().find(|person| person.local).unwrap()
    }

    /// Whether this machine sends voice and picture.
    pub fn devices(&self) -> (bool, bool) {
        let on = |source| self.sources.iter().any(|wiring| wiring.source == source && wiring.on);
        (on(SourceId(1)), on(SourceId(0)))
    }

    /// A wish of the person at this machine; its ticket.
    pub fn wish(&mut self, command: Command) -> u64 {
        self.guessed |= matches!(
            command,
            Command::Show(
                ShowCommand::AddToStage { .. } | ShowCommand::RemoveFromStage { .. } | ShowCommand::Take
            )
        );
        self.tickets += 1;
        self.feed(Event::Command(Ticket(self.tickets), Actor::LocalHost, command));
        self.tickets
    }

    pub fn here(&mut self, command: HereCommand) -> Result<(), Fault> {
        let ticket = self.wish(Command::Here(command));
        self.replies[&ticket].clone().map(drop)
    }

    pub fn show(&mut self, command: ShowCommand) -> u64 {
        self.wish(Command::Show(command))
    }

    /// The answer to a ticket, if there is one.
    pub fn reply(&self, ticket: u64) -> Option<Result<(), Fault>> {
        self.replies.get(&ticket).map(|reply| reply.clone().map(drop))
    }

    pub fn news(&mut self, room: RoomKind, news: RoomNews) {
        let epoch = self.engines[room as usize].unwrap_or(Epoch(u32::MAX));
        self.feed(Event::Rtc(RtcReport::Room { room, epoch, news }));
    }

    pub fn tell(&mut self, tale: Tale) {
        let room = if self.engines[0].is_some() { Crew } else { Air };
        self.news(room, RoomNews::Told { tale });
    }

    pub fn track(&mut self, room: RoomKind, who: &str, kind: TrackKind, muted: bool) {
        let sid = sid(who, kind).as_str().into();
        self.news(room, RoomNews::Track { identity: who.into(), sid, kind, muted });
    }

    pub fn came(&mut self, who: &str) {
        let role = Some(Role::Guest);
        self.news(self.home(), RoomNews::Came { identity: who.into(), name: who.into(), role });
    }

    pub fn left(&mut self, who: &str) {
        self.news(self.home(), RoomNews::Left { identity: who.into(), why: Parting::Left });
    }

    pub fn home(&self) -> RoomKind {
        if self.engines[0].is_some() { Crew } else { Air }
    }

    /// Takes the oldest open call that is of a kind.
    pub fn call(&mut self, of: impl Fn(&RoomAsk) -> bool) -> Option<Open> {
        let at = self.open.iter().position(|open| of(&open.ask))?;
        Some(self.open.remove(at))
    }

    pub fn hellos(&self) -> usize {
        self.open.iter().filter(|open| hello(&open.ask)).count()
    }

    pub fn answer(&mut self, open: &Open, answer: Option<RoomAnswer>) {
        self.news(open.room, RoomNews::Answered { call: open.call, answer });
    }

    /// The host answers the newest hello with the view as it has it.
    pub fn welcome(&mut self) {
        self.welcome_with(Vec::new());
    }

    pub fn welcome_with(&mut self, chat: Vec<ChatPage>) {
        let at = self.open.iter().rposition(|open| hello(&open.ask)).expect("nobody said hello");
        let open = self.open.remove(at);
        let answer = self.whole(chat);
        self.guessed = false;
        self.answer(&open, Some(answer));
    }

    pub fn whole(&self, chat: Vec<ChatPage>) -> RoomAnswer {
        let passes = if self.view.role == Role::Viewer { vec![Air] } else { vec![Crew, Air] };
        RoomAnswer::Welcome {
            rev: self.rev,
            at: self.time().show,
            view: Box::new(self.view.clone()),
            chat,
            passes,
            bind: true,
        }
    }

    /// The host changes its view and returns the tale of it, untold.
    pub fn change(&mut self, change: Change) -> Tale {
        match change.clone() {
            Change::Program(scene) => self.view.program = scene,
            Change::Title(title) => self.view.title = title,
            Change::Mine(mine) => self.view.mine = mine,
            Change::Role(role) => self.view.role = role,
            Change::May(may) => self.view.may = may,
            Change::Devices(devices) => self.view.devices = devices,
            Change::People { order, changed } => {
                assert_eq!(order.len(), changed.len());
                self.view.people = changed;
            }
            Change::Strips(strips) => {
                if let Some(mixer) = &mut self.view.mixer {
                    mixer.strips = strips;
                }
            }
            other => panic!("{other:?} is not played here"),
        }
        self.rev += 1;
        Tale::View { from: self.rev - 1, rev: self.rev, changes: vec![change] }
    }

    /// The host changes its view and tells it.
    pub fn changed(&mut self, change: Change) {
        let tale = self.change(change);
        self.tell(tale);
    }

    /// The host puts people into a place and tells it.
    pub fn place(&mut self, who: &str, position: Position) {
        let mut people = self.view.people.clone();
        people
            .iter_mut()
            .filter(|person| person.identity.as_str() == who)
            .for_each(|p| p.position = position);
        self.changed(all(people));
    }

    pub fn lose(&mut self, room: RoomKind, gone: Option<studio_wire::engine::LostWhy>) {
        self.news(room, RoomNews::Lost { gone });
    }

    /// Lets time pass, waking the seat when it asked to be.
    pub fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(deadline) = self.visit.next_deadline().filter(|at| at.ms() <= until) {
            self.now = self.now.max(deadline.ms());
            self.feed(Event::Wake);
            let next = self.visit.next_deadline();
            assert_ne!(next, Some(deadline), "a deadline that stays would spin the loop");
        }
        self.now = until;
    }

    /// One event and everything that follows from it.
    pub fn feed(&mut self, event: Event) {
        let now = self.time();
        let before = self.snapshot();
        let mut effects = Effects::default();
        self.visit.apply(now, event, &mut effects);
        let after = self.snapshot();
        let published = effects.0.iter().filter(|effect| **effect == Effect::Publish).count();
        let changed = Snapshot { rev: 0, ..before.clone() } != Snapshot { rev: 0, ..after.clone() };
        assert_eq!(published, usize::from(changed), "published when it changed");
        assert_eq!(after.rev, before.rev + u64::from(changed), "counted when it changed");
        assert!(!changed || effects.0.last() == Some(&Effect::Publish));
        for effect in effects.0 {
            self.carry_out(effect, after.rev);
        }
        self.nobody_hears_backstage();
        self.somewhere();
    }

    /// A seat that is in no room, and not on its way into one, says so.
    fn somewhere(&self) {
        if self.starts != [0, 0] && self.engines == [None, None] && !self.orders.contains(&"rtc close".into())
        {
            assert!(matches!(self.link(), SeatLink::Over(_)), "nowhere, and nothing is tried");
        }
    }

    fn carry_out(&mut self, effect: Effect, rev: u64) {
        match effect {
            Effect::Reply(Ticket(ticket), reply) => {
                if let Ok(ack) = &reply {
                    assert_eq!(ack.rev, rev);
                }
                assert!(ticket <= self.tickets && self.replies.insert(ticket, reply).is_none(), "one reply");
            }
            Effect::Media(order) => self.carry_out_media(order),
            Effect::Rtc(order) => self.carry_out_rtc(order),
            Effect::Store(order) => assert!(matches!(order, StoreOrder::Preferences(_)), "{order:?}"),
            Effect::Devices(DeviceOrder::Chime) => self.orders.push("chime".into()),
            Effect::Devices(DeviceOrder::Want(want)) => self.wanted = want,
            Effect::Shell(_) => {
                assert!(!self.exited, "one end");
                self.exited = true;
            }
            Effect::Publish => {}
        }
    }

    fn carry_out_media(&mut self, order: MediaOrder) {
        match order {
            MediaOrder::Open { format, .. } => {
                self.orders.push(format!("media open {}x{}@{}", format.width, format.height, format.fps));
            }
            MediaOrder::Sources(sources) => self.sources = sources,
            MediaOrder::Scene { scene, .. } => self.scene = scene,
            MediaOrder::Framing(framing) => self.orders.push(format!("media framing {}%", framing.zoom)),
            MediaOrder::Mix(mix) => self.mix = mix,
            MediaOrder::Close { .. } => self.orders.push("media close".into()),
            other => panic!("a seat records nothing: {other:?}"),
        }
    }

    fn carry_out_rtc(&mut self, order: RtcOrder) {
        match order {
            RtcOrder::Attend { epoch } => {
                self.life = Some(epoch);
                self.orders.push("attend".into());
            }
            RtcOrder::Start { room, epoch, identity, name } => {
                assert_eq!((identity.as_str(), name.as_str()), ("ana", "Ana"));
                self.engines[room as usize] = Some(epoch);
                self.starts[room as usize] += 1;
                self.orders.push(format!("start {}", room.word()));
            }
            RtcOrder::Want { room, publish, watch } => {
                if room == Crew {
                    self.publish = publish;
                } else {
                    assert!(publish.is_empty(), "a seat publishes nothing to the audience");
                }
                self.watch[room as usize] = watch;
            }
            RtcOrder::Leave { room } => {
                self.engines[room as usize] = None;
                self.watch[room as usize].clear();
                if room == Crew {
                    self.publish.clear();
                }
                self.orders.push(format!("leave {}", room.word()));
            }
            RtcOrder::Ask { to, ask: RoomAsk::Devices(told), .. } => {
                assert_eq!(to.as_str(), "host");
                self.told_devices.push(told);
            }
            RtcOrder::Ask { room, call, to, ask } => {
                assert_eq!(to.as_str(), "host");
                assert!(self.open.iter().all(|open| open.call != call), "a call has one number");
                self.open.push(Open { room, call, ask });
            }
            RtcOrder::Say { id, text, .. } => self.said.push((self.now, id, text)),
            RtcOrder::React { room, reaction } => {
                self.orders.push(format!("react {} {}", room.word(), reaction.word()));
            }
            RtcOrder::Close { .. } => {
                self.engines = [None, None];
                self.orders.push("rtc close".into());
            }
            other => panic!("no order of a seat: {other:?}"),
        }
    }

    /// The microphone is open to the stage only from the stage. What is laid over by open wishes is no fact.
    fn nobody_hears_backstage(&self) {
        let people = self.snapshot().show.people;
        let on_stage = |who: &Identity| {
            people.iter().any(|person| person.identity == *who && person.position == Position::OnStage)
        };
        let mine = self.publish.iter().find(|output| output.kind == TrackKind::Microphone);
        if let Some(output) = mine.filter(|_| !self.guessed && !on_stage(&"ana".into())) {
            let hearers = output.open_to.as_ref().expect("everybody hears backstage");
            let heard = hearers.iter().find(|who| who.as_str() != "host" && on_stage(who));
            assert_eq!(heard, None, "the stage hears backstage");
        }
    }
}

pub fn hello(ask: &RoomAsk) -> bool {
    matches!(ask, RoomAsk::Hello { .. })
}

pub fn command(ask: &RoomAsk) -> bool {
    matches!(ask, RoomAsk::Command(_))
}

pub fn history(ask: &RoomAsk) -> bool {
    matches!(ask, RoomAsk::History { .. })
}

pub fn sid(who: &str, kind: TrackKind) -> String {
    format!("TR_{who}_{}", kind.track_name())
}

pub fn all(people: Vec<PersonView>) -> Change {
    let order = people.iter().map(|person| person.identity.clone()).collect();
    Change::People { order, changed: people }
}

pub fn person(who: &str, role: Role, position: Position) -> PersonView {
    let rights = if role.may_be_on_air() { Rights::ALL } else { Rights::default() };
    PersonView {
        identity: who.into(),
        name: who.into(),
        role,
        presence: Presence::Joined,
        position,
        rights,
        camera: SourceView { on: true, flowing: true, ..SourceView::default() },
        microphone: SourceView { on: true, flowing: true, ..SourceView::default() },
        ..PersonView::default()
    }
}

/// A show for ana: the host and zoe on stage, bo backstage, ana backstage if she works in `crew`.
pub fn view(role: Role) -> ShowView {
    let place = if role == Role::Viewer { Position::None } else { Position::Backstage };
    let mut people = vec![
        person("host", Role::Host, Position::OnStage),
        person("zoe", Role::Guest, Position::OnStage),
        person("bo", Role::Guest, Position::Backstage),
    ];
    people.push(person("ana", role, place));
    let stage = SceneView { people: vec!["host".into(), "zoe".into()], ..SceneView::default() };
    let runs = matches!(role, Role::Cohost | Role::Producer);
    let mut view = ShowView {
        me: "ana".into(),
        role,
        title: "Evening show".into(),
        program: stage.clone(),
        preview: runs.then_some(stage),
        people,
        host: runs.then(Default::default),
        mixer: runs.then(mixer),
        ..ShowView::default()
    };
    if role.may_be_on_air() {
        view.mine.rights = Rights::ALL;
    }
    view
}

/// Bo's voice has a strip, as it is at first.
fn mixer() -> MixerView {
    let strip = StripView {
        person: "bo".into(),
        kind: TrackKind::Microphone,
        source: SourceId::default(),
        strip: Strip::default(),
        heard: Default::default(),
    };
    MixerView { strips: vec![strip], ..MixerView::default() }
}

pub fn line(room: RoomKind, seq: u64) -> ChatLine {
    let (from, name) = ("bo".into(), "Bo".into());
    ChatLine { room, seq, id: format!("m{seq}"), from, name, at_ms: seq, text: format!("line {seq}") }
}

/// A page of a room: the lines of a span, and the newest number.
pub fn page(room: RoomKind, lines: std::ops::RangeInclusive<u64>, newest: u64) -> ChatPage {
    ChatPage { room, lines: lines.map(|seq| line(room, seq)).collect(), newest }
}
