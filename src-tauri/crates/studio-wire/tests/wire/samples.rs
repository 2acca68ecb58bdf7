//! One value of every variant. `every!` makes the compiler list what is missing here.

use studio_wire::command::{Act, Bus, Command, HereCommand, ShowCommand};
use studio_wire::engine::{
    Codec, EngineFault, Link, LostWhy, Media, Order, Person, Publish, Report, Room, Token, Track, TrackStats,
    Want, Watch,
};
use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, Identity, LaneId, ProgramId, SessionId, SourceId, TakeId, TrackSid};
use studio_wire::layout::{LayoutName, Rect};
use studio_wire::media::{Drawing, Feed, MediaFigures, MediaOrder, MediaReport, Tile, Voice, Wiring};
use studio_wire::people::{Actor, Position, Presence, Role, Seat};
use studio_wire::preferences::Preferences;
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, TrackKind};
use studio_wire::shell::{ShellOrder, ShellReport};
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::time::ShowTime;
use studio_wire::view::{
    Answer, BroadcastView, LayoutOffer, May, Meters, Notice, PersonView, ProgramFormat, Query, RecordingView,
    SceneView, ShowView, Snapshot, SourceView, StateName, Step, Update,
};

/// Values of an enum, one or more behind each of its patterns. A variant without a pattern does not compile.
macro_rules! every {
    ($kind:ty: $($pattern:pat => $($value:expr),+;)+) => {{
        let values: Vec<$kind> = vec![$($($value),+),+];
        for value in &values {
            match value { $($pattern => {})+ }
        }
        values
    }};
}

fn who() -> Identity {
    "leo".into()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn session() -> SessionId {
    "0e6c3b1a-6d2f-4c5e-9a41-7f1f0c9b2d33".into()
}

fn at(ms: u64) -> ShowTime {
    ShowTime::from_ms(ms)
}

pub fn commands() -> Vec<Command> {
    let here = every!(HereCommand:
        HereCommand::Microphone { .. } => HereCommand::Microphone { on: true };
        HereCommand::Camera { .. } => HereCommand::Camera { on: false };
        HereCommand::RecordingFolder { .. } => HereCommand::RecordingFolder { folder: Some(text("/videos")) },
            HereCommand::RecordingFolder { folder: None };
        HereCommand::Dismiss { .. } => HereCommand::Dismiss { notice: 3 };
    );
    let show = every!(ShowCommand:
        ShowCommand::Open { .. } => ShowCommand::Open { title: text("Evening show") };
        ShowCommand::Release => ShowCommand::Release;
        ShowCommand::GoLive => ShowCommand::GoLive;
        ShowCommand::EndStream => ShowCommand::EndStream;
        ShowCommand::Recover => ShowCommand::Recover;
        ShowCommand::EmergencyStop => ShowCommand::EmergencyStop;
        ShowCommand::AddToStage { .. } => ShowCommand::AddToStage { bus: Bus::Program, person: who() };
        ShowCommand::RemoveFromStage { .. } => ShowCommand::RemoveFromStage { bus: Bus::Preview, person: who() };
        ShowCommand::Layout { .. } => ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Grid },
            ShowCommand::Layout { bus: Bus::Preview, layout: LayoutName::Solo };
        ShowCommand::Take => ShowCommand::Take;
    );
    every!(Command: Command::Here(_) | Command::Show(_) => Command::Show(ShowCommand::Take););
    here.into_iter().map(Command::Here).chain(show.into_iter().map(Command::Show)).collect()
}

pub fn faults() -> Vec<Fault> {
    let path = || text("/videos");
    let looked = || vec![text("/usr/bin"), text("/opt")];
    every!(Fault:
        Fault::NotNow { .. } => Fault::NotNow { act: Act::GoLive, state: StateName::Idle };
        Fault::NotAllowed { .. } => Fault::NotAllowed { act: Act::EndStream, role: Role::Guest };
        Fault::NobodyThere { .. } => Fault::NobodyThere { person: who() };
        Fault::AlreadyOnStage { .. } => Fault::AlreadyOnStage { person: who() };
        Fault::NotOnStage { .. } => Fault::NotOnStage { person: who() };
        Fault::StageFull { .. } => Fault::StageFull { most: 20 };
        Fault::BadText { .. } => Fault::BadText { most: 120 };
        Fault::Busy => Fault::Busy;
        Fault::LibraryMissing { .. } => Fault::LibraryMissing { looked: looked() };
        Fault::LibraryWrong { .. } => Fault::LibraryWrong { path: path(), found: text("1"), wanted: text("2") };
        Fault::ServerMissing { .. } => Fault::ServerMissing { looked: looked() };
        Fault::ServerWrong { .. } => Fault::ServerWrong { path: path(), found: text("1"), wanted: text("2") };
        Fault::ServerFailed { .. } => Fault::ServerFailed { said: text("port in use") };
        Fault::ServerLost => Fault::ServerLost;
        Fault::RoomRefused { .. } => Fault::RoomRefused { room: RoomKind::Crew, said: text("no") };
        Fault::ProgramMissing { .. } => Fault::ProgramMissing { path: path() };
        Fault::EngineLost { .. } => Fault::EngineLost { room: RoomKind::Air };
        Fault::RoomLost { .. } => Fault::RoomLost { room: RoomKind::Crew };
        Fault::EncoderMissing { .. } => Fault::EncoderMissing { looked: looked() };
        Fault::EncoderLost { .. } => Fault::EncoderLost { segments: 2 };
        Fault::RemuxFailed { .. } => Fault::RemuxFailed { path: path() };
        Fault::FolderMissing { .. } => Fault::FolderMissing { path: path() };
        Fault::FolderReadOnly { .. } => Fault::FolderReadOnly { path: path() };
        Fault::FolderChanged { .. } => Fault::FolderChanged { path: path() };
        Fault::DiskFull { .. } => Fault::DiskFull { path: path() };
        Fault::DiskLow { .. } => Fault::DiskLow { path: path(), seconds: 90 };
        Fault::MediaFailed => Fault::MediaFailed;
        Fault::PictureTooLarge { .. } => Fault::PictureTooLarge { person: who(), width: 4096, height: 2160 };
        Fault::PictureStalled { .. } => Fault::PictureStalled { person: who() };
        Fault::StoreCorrupt { .. } => Fault::StoreCorrupt { kept: path() };
        Fault::StoreLocked => Fault::StoreLocked;
        Fault::StoreNewer { .. } => Fault::StoreNewer { found: 2, known: 1 };
        Fault::StoreFailed => Fault::StoreFailed;
        Fault::PreferenceBroken { .. } => Fault::PreferenceBroken { group: text("stage") };
        Fault::TookTooLong { .. } => Fault::TookTooLong { act: Act::Open };
        Fault::CoreRestarted => Fault::CoreRestarted;
        Fault::InboxFull => Fault::InboxFull;
    )
}

pub fn actors() -> Vec<Actor> {
    every!(Actor: Actor::LocalHost => Actor::LocalHost; Actor::Person(_) => Actor::Person(who());)
}

pub fn seats() -> Vec<Seat> {
    every!(Seat:
        Seat::Host => Seat::Host;
        Seat::Desk(_) => Seat::Desk(who());
        Seat::Guest(_) => Seat::Guest(who());
        Seat::Viewer(_) => Seat::Viewer(who());
    )
}

pub fn updates() -> Vec<Update> {
    every!(Update:
        Update::Snapshot(_) => Update::Snapshot(Box::new(snapshot()));
        Update::Meters(_) => Update::Meters(Meters { program: [-16.5, -120.0], sources: vec![(SourceId(1), -24.0)] });
    )
}

fn snapshot() -> Snapshot {
    let scene = SceneView { layout: LayoutName::Grid, people: vec![who()] };
    let source = SourceView { source: Some(SourceId(2)), on: true, flowing: true, cell: Some(1) };
    let person = PersonView {
        identity: who(),
        name: text("Leo"),
        role: Role::Guest,
        presence: Presence::Joined,
        position: Position::OnStage,
        local: false,
        microphone: SourceView::default(),
        camera: source,
        joined: at(100),
    };
    let show = ShowView {
        me: "host".into(),
        role: Role::Host,
        title: text("Evening show"),
        broadcast: BroadcastView {
            state: StateName::Live,
            since: at(500),
            fault: Some(Fault::MediaFailed),
            waiting: vec![Step::Persist, Step::Close],
            lost: vec![RoomKind::Air],
        },
        program: scene.clone(),
        preview: Some(scene),
        people: vec![person],
        layouts: vec![LayoutOffer { layout: LayoutName::Solo, places: vec![place()] }],
        format: ProgramFormat::default(),
        viewers: 3,
        recording: Some(RecordingView {
            since: at(510),
            path: text("/videos/x.mkv"),
            bytes: 9,
            running: true,
            segments: 1,
        }),
        may: vec![May { act: Act::Take, refusal: None }],
    };
    let fault = Fault::RoomLost { room: RoomKind::Air };
    Snapshot {
        rev: 7,
        at: at(900),
        session: Some(session()),
        show,
        preferences: Preferences::default(),
        notices: vec![Notice { key: 1, fault, count: 2, at: at(800), standing: true }],
    }
}

fn place() -> Rect {
    Rect { x: 0.0, y: 0.25, w: 0.5, h: 0.5 }
}

pub fn queries() -> Vec<Query> {
    every!(Query: Query::Preview => Query::Preview;)
}

pub fn answers() -> Vec<Answer> {
    every!(Answer: Answer::Preview { .. } => Answer::Preview {
        url: text("ws://127.0.0.1:9/preview"), token: text("t"), gpu: false,
    };)
}

pub fn media_orders() -> Vec<MediaOrder> {
    let (epoch, program, take) = (Epoch(4), ProgramId(0), TakeId(1));
    let feeds = every!(Feed:
        Feed::Pattern => Feed::Pattern;
        Feed::Tone => Feed::Tone;
        Feed::CrewPicture(_) => Feed::CrewPicture(LaneId(2));
        Feed::CrewSound(_) => Feed::CrewSound(LaneId(26));
    );
    let sources = feeds.into_iter().map(|feed| Wiring { source: SourceId(2), feed, on: true, cell: Some(1) });
    let scene = Drawing {
        tiles: vec![
            Tile { source: Some(SourceId(2)), place: place() },
            Tile { source: None, place: place() },
        ],
        voices: vec![Voice { source: SourceId(3), gain: 1.0 }],
    };
    every!(MediaOrder:
        MediaOrder::Open { .. } => MediaOrder::Open { epoch, format: ProgramFormat::default() };
        MediaOrder::Sources(_) => MediaOrder::Sources(sources.collect());
        MediaOrder::Scene { .. } => MediaOrder::Scene { program, scene };
        MediaOrder::CheckRecorder { .. } => MediaOrder::CheckRecorder { epoch, folder: None };
        MediaOrder::Record { .. } => MediaOrder::Record {
            epoch, program, take, folder: Some(text("/videos")), name: text("Evening show"),
        };
        MediaOrder::Finish { .. } => MediaOrder::Finish { epoch };
        MediaOrder::Close { .. } => MediaOrder::Close { epoch };
    )
}

pub fn media_reports() -> Vec<MediaReport> {
    let epoch = Epoch(4);
    let path = || text("/videos/x.mkv");
    every!(MediaReport:
        MediaReport::Opened { .. } => MediaReport::Opened { epoch };
        MediaReport::RecorderReady { .. } => MediaReport::RecorderReady { epoch };
        MediaReport::Failed { .. } => MediaReport::Failed { epoch, fault: Fault::MediaFailed };
        MediaReport::Recording { .. } => MediaReport::Recording { epoch, segment: 0, path: path(), at: at(5) };
        MediaReport::RecordingFailed { .. } => MediaReport::RecordingFailed { epoch, fault: Fault::MediaFailed };
        MediaReport::RecordingTrouble { .. } => MediaReport::RecordingTrouble {
            epoch, fault: Fault::EncoderLost { segments: 1 },
        };
        MediaReport::Recorded { .. } => MediaReport::Recorded { epoch, path: path(), bytes: 9, frames: 600 };
        MediaReport::Remuxed { .. } => MediaReport::Remuxed { epoch, path: text("/videos/x.mp4"), bytes: 8 };
        MediaReport::Closed { .. } => MediaReport::Closed { epoch };
        MediaReport::Figures(_) => MediaReport::Figures(MediaFigures {
            due: 30, composed: 30, late: 1, recorded_bytes: 9, flowing: vec![SourceId(2)],
        });
    )
}

pub fn rtc_orders() -> Vec<RtcOrder> {
    let (room, epoch) = (RoomKind::Crew, Epoch(5));
    every!(RtcOrder:
        RtcOrder::Open { .. } => RtcOrder::Open { epoch, session: session() };
        RtcOrder::Start { .. } => RtcOrder::Start { room, epoch, identity: "host".into(), name: text("Ada") };
        RtcOrder::Want { .. } => RtcOrder::Want { room, publish: publish(), watch: watch() };
        RtcOrder::Close { .. } => RtcOrder::Close { epoch };
    )
}

pub fn rtc_reports() -> Vec<RtcReport> {
    let (room, epoch, lane) = (RoomKind::Air, Epoch(5), LaneId(2));
    let (identity, sid) = (who, || TrackSid::from("TR_1"));
    let news = every!(RoomNews:
        RoomNews::Joined => RoomNews::Joined;
        RoomNews::Lost { .. } => RoomNews::Lost { gone: true };
        RoomNews::Came { .. } => RoomNews::Came { identity: who(), name: text("Leo"), role: Some(Role::Guest) };
        RoomNews::Left { .. } => RoomNews::Left { identity: who() };
        RoomNews::Track { .. } => RoomNews::Track {
            identity: identity(), sid: sid(), kind: TrackKind::ScreenSound, muted: false,
        };
        RoomNews::TrackGone { .. } => RoomNews::TrackGone { identity: identity(), sid: sid() };
        RoomNews::Published { .. } => RoomNews::Published { lane };
        RoomNews::Flowing { .. } => RoomNews::Flowing { lane };
        RoomNews::Stalled { .. } => RoomNews::Stalled { lane };
        RoomNews::TooLarge { .. } => RoomNews::TooLarge { lane, width: 4096, height: 2160 };
        RoomNews::Speaking { .. } => RoomNews::Speaking { people: vec![who()] };
    );
    let mut reports = every!(RtcReport:
        RtcReport::RoomsReady { .. } => RtcReport::RoomsReady { epoch };
        RtcReport::ServerLost { .. } => RtcReport::ServerLost { epoch };
        RtcReport::Failed { .. } => RtcReport::Failed { epoch, fault: Fault::ServerLost };
        RtcReport::EngineLost { .. } => RtcReport::EngineLost { room, epoch };
        RtcReport::Room { .. } => RtcReport::Room { room, epoch, news: RoomNews::Joined };
        RtcReport::Closed { .. } => RtcReport::Closed { epoch };
    );
    reports.extend(news.into_iter().map(|news| RtcReport::Room { room, epoch, news }));
    reports
}

pub fn store_orders() -> Vec<StoreOrder> {
    let (take, wall_ms) = (TakeId(1), 1_795_287_600_000);
    every!(StoreOrder:
        StoreOrder::Session { .. } => StoreOrder::Session {
            epoch: Epoch(2), session: session(), title: text("Evening show"), state: StateName::Live, wall_ms,
        };
        StoreOrder::Person { .. } => StoreOrder::Person {
            session: session(), identity: who(), name: text("Leo"), role: Role::Guest,
            presence: Presence::Joined, position: Position::Backstage, wall_ms,
        };
        StoreOrder::Take { .. } => StoreOrder::Take { session: session(), take, at: at(5), wall_ms };
        StoreOrder::Segment { .. } => StoreOrder::Segment {
            session: session(), take, segment: 0, path: text("/videos/x.mkv"), at: at(5),
        };
        StoreOrder::TakeDone { .. } => StoreOrder::TakeDone {
            session: session(), take, path: text("/videos/x.mp4"), frames: 600, wall_ms,
        };
        StoreOrder::Preferences(_) => StoreOrder::Preferences(Preferences::default());
        StoreOrder::Event { .. } => StoreOrder::Event {
            session: None, seq: 1, at: at(5), kind: text("open"), payload: text("{}"),
        };
    )
}

pub fn store_reports() -> Vec<StoreReport> {
    every!(StoreReport:
        StoreReport::Persisted { .. } => StoreReport::Persisted { epoch: Epoch(2) };
        StoreReport::Trouble { .. } => StoreReport::Trouble { fault: Fault::StoreLocked };
        StoreReport::Well => StoreReport::Well;
    )
}

pub fn shell_orders() -> Vec<ShellOrder> {
    every!(ShellOrder: ShellOrder::Exit => ShellOrder::Exit;)
}

pub fn shell_reports() -> Vec<ShellReport> {
    every!(ShellReport: ShellReport::Closing => ShellReport::Closing;)
}

fn publish() -> Vec<Publish> {
    let output =
        |lane, kind, media| Publish { lane: LaneId(lane), name: text("x"), kind, media, muted: true };
    let video = |codec| Media::Video { width: 640, height: 360, fps: 30, kbps: 800, codec, simulcast: false };
    let media = every!(Media:
        Media::Video { .. } => video(Codec::Vp8), video(Codec::H264);
        Media::Audio { .. } => Media::Audio { rate: 48_000, channels: 2, kbps: 96 };
    );
    let kinds = every!(TrackKind:
        TrackKind::Camera => TrackKind::Camera;
        TrackKind::Screen => TrackKind::Screen;
        TrackKind::Microphone => TrackKind::Microphone;
        TrackKind::ScreenSound => TrackKind::ScreenSound;
    );
    kinds.into_iter().zip(media).zip(0..).map(|((kind, media), lane)| output(lane, kind, media)).collect()
}

fn watch() -> Vec<Watch> {
    vec![
        Watch { track: "TR_1".into(), lane: LaneId(2), size: None },
        Watch { track: "TR_2".into(), lane: LaneId(3), size: Some((640, 360)) },
    ]
}

pub fn engine_orders() -> Vec<Order> {
    let room = Room { url: text("ws://127.0.0.1:9"), token: Token(text("secret")) };
    every!(Order:
        Order::Want(_) => Order::Want(Want { room, publish: publish(), watch: watch() });
        Order::Stats => Order::Stats;
        Order::Ping(_) => Order::Ping(7);
        Order::Leave => Order::Leave;
    )
}

pub fn engine_reports() -> Vec<Report> {
    let (sid, lane) = (|| TrackSid::from("TR_1"), LaneId(2));
    let attributes = vec![(text("role"), text("guest"))];
    let track =
        Track { identity: who(), sid: sid(), kind: TrackKind::Camera, name: text("camera"), muted: false };
    let links = every!(Link:
        Link::Joined => Link::Joined;
        Link::Resuming => Link::Resuming;
        Link::Lost(LostWhy::Refused | LostWhy::Duplicate | LostWhy::Removed | LostWhy::Away) =>
            Link::Lost(LostWhy::Refused), Link::Lost(LostWhy::Duplicate), Link::Lost(LostWhy::Removed),
            Link::Lost(LostWhy::Away);
    );
    let faults = every!(EngineFault:
        EngineFault::LibraryMissing { .. } => EngineFault::LibraryMissing { path: text("/x.so") };
        EngineFault::LibraryWrong { .. } => EngineFault::LibraryWrong {
            path: text("/x.so"), found: text("1"), wanted: text("2"),
        };
        EngineFault::PublishRefused { .. } => EngineFault::PublishRefused { lane };
        EngineFault::PictureTooLarge { .. } => EngineFault::PictureTooLarge { lane, width: 4096, height: 2160 };
    );
    let mut reports = every!(Report:
        Report::Ready { .. } => Report::Ready { engine: text("1.2.3") };
        Report::Link(_) => Report::Link(Link::Joined);
        Report::Person(_) => Report::Person(Person { identity: who(), name: text("Leo"), attributes });
        Report::Gone(_) => Report::Gone(who());
        Report::Track(_) => Report::Track(track);
        Report::TrackGone { .. } => Report::TrackGone { identity: who(), sid: sid() };
        Report::Published { .. } => Report::Published { lane, sid: sid() };
        Report::Flowing(_) => Report::Flowing(lane);
        Report::Stalled(_) => Report::Stalled(lane);
        Report::Speaking(_) => Report::Speaking(vec![who()]);
        Report::Stats(_) => Report::Stats(vec![TrackStats { lane, frames: 9, dropped: 1, active: true }]);
        Report::Fault(_) => Report::Fault(EngineFault::PublishRefused { lane });
        Report::Pong(_) => Report::Pong(7);
    );
    reports.extend(links.into_iter().map(Report::Link));
    reports.extend(faults.into_iter().map(Report::Fault));
    reports
}
