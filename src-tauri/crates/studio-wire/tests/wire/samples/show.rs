//! Of the show as it is seen.

use studio_wire::chat::ReactionCount;
use studio_wire::command::Act;
use studio_wire::device::DeviceKind;
use studio_wire::fault::Fault;
use studio_wire::ids::SourceId;
use studio_wire::layout::{LayoutName, Rect};
use studio_wire::mixer::MeterView;
use studio_wire::people::{Position, Presence, Quality, Rights, Role};
use studio_wire::preferences::Preferences;
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::server::SecretPlace;
use studio_wire::view::{
    BroadcastView, Counts, HostView, LayoutOffer, May, Meters, Mine, Notice, PersonView, ProgramFormat,
    RecordingView, SceneView, SeatLink, ServerView, ShowView, Snapshot, SourceView, StateName, Step, Update,
};

use super::devices::view;
use super::engine::lost_whys;
use super::mixer::{loudness, meter, mixer, sound};
use super::rooms::{page, reactions, tested};
use super::{at, profile, session, text, who};

pub fn updates() -> Vec<Update> {
    let (program, monitor) = (meter(), MeterView::default());
    let meters = Meters { program, monitor, sources: vec![(SourceId(1), meter())], loudness: loudness() };
    every!(Update:
        Update::Snapshot(_) => Update::Snapshot(Box::new(snapshot()));
        Update::Chat(_) => Update::Chat(page());
        Update::Meters(_) => Update::Meters(meters);
    )
}

pub fn seat_links() -> Vec<SeatLink> {
    let mut links = every!(SeatLink:
        SeatLink::Own => SeatLink::Own;
        SeatLink::Coming => SeatLink::Coming;
        SeatLink::In => SeatLink::In;
        SeatLink::HostAway => SeatLink::HostAway;
        SeatLink::Resuming => SeatLink::Resuming;
        SeatLink::Over(_) => SeatLink::Over(lost_whys()[0]);
    );
    links.extend(lost_whys().into_iter().map(SeatLink::Over));
    links
}

pub fn scene() -> SceneView {
    SceneView { layout: LayoutName::Grid, people: vec![who()] }
}

pub fn place() -> Rect {
    Rect { x: 0.0, y: 0.25, w: 0.5, h: 0.5 }
}

pub fn place_offer() -> LayoutOffer {
    LayoutOffer { layout: LayoutName::Solo, places: vec![place()] }
}

pub fn recording() -> RecordingView {
    RecordingView { since: at(510), path: text("/videos/x.mkv"), bytes: 9, running: true, segments: 1 }
}

pub fn person() -> PersonView {
    let camera = SourceView { source: Some(SourceId(2)), on: true, flowing: true, cell: Some(1) };
    PersonView {
        identity: who(),
        name: text("Leo"),
        role: Role::Guest,
        presence: Presence::Joined,
        position: Position::OnStage,
        local: false,
        microphone: SourceView::default(),
        camera,
        screen: SourceView::default(),
        more_screens: vec![SourceView { on: true, ..SourceView::default() }],
        screen_sound: SourceView::default(),
        joined: at(100),
        speaking: true,
        quality: Quality::Good,
        rights: Rights::ALL,
        awaited: false,
        contested: true,
        asked: vec![TrackKind::Microphone],
        silenced: true,
        tells_devices: true,
        asked_devices: vec![DeviceKind::Camera],
    }
}

pub fn show() -> ShowView {
    ShowView {
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
        program: scene(),
        preview: Some(scene()),
        people: vec![person()],
        layouts: vec![place_offer()],
        format: ProgramFormat::default(),
        viewers: 3,
        counts: Counts { online: 2, total: 5 },
        mine: Mine {
            rights: Rights { speak: false, video: true },
            muted: [1, 0, 2],
            asked: vec![TrackKind::Microphone],
            asked_devices: vec![super::devices::asked()],
            silenced: false,
        },
        devices: Some(super::devices::theirs()),
        host: Some(HostView { devices: view(), stage_media: true }),
        reactions: reactions().into_iter().map(|reaction| ReactionCount { reaction, count: 4 }).collect(),
        recording: Some(recording()),
        mixer: Some(mixer()),
        may: vec![May { act: Act::Take, refusal: None }],
    }
}

fn snapshot() -> Snapshot {
    let fault = Fault::RoomLost { room: RoomKind::Air };
    let server = |tested| ServerView {
        profile: profile(),
        secret: SecretPlace::Keychain,
        chosen: true,
        testing: false,
        tested,
    };
    Snapshot {
        rev: 7,
        at: at(900),
        session: Some(session()),
        show: show(),
        preferences: Preferences::default(),
        notices: vec![Notice { key: 1, fault, count: 2, at: at(800), standing: true }],
        seat: SeatLink::In,
        servers: vec![server(None), server(Some(Ok(tested()))), server(Some(Err(Fault::NoSuchServer)))],
        screens: vec![super::devices::shared()],
        devices: view(),
        camera: Some(super::devices::camera()),
        sound: sound(),
    }
}
