//! What one show leaves behind, and what a restarted app goes on with.

use rusqlite::Connection;
use studio_wire::chat::ChatPage;
use studio_wire::device::{CameraSetup, Chosen, Framing};
use studio_wire::mixer::{Gate, MonitorBus, ProgramBus, Strip};
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::server::ServerProfile;
use studio_wire::store::{Kept, KeptPerson, PersonFigures, StoreOrder, StoreReport, Unfinished};
use studio_wire::view::{SceneView, StateName};
use studio_wire::{
    Epoch, Fault, Identity, LayoutName, Position, Preferences, Presence, Rights, Role, SessionId, ShowTime,
    TakeId,
};

use crate::bench::{Bench, hear, person, said, session};

// S-5 S-6
#[test]
fn preferences_survive_a_restart() {
    let bench = Bench::new();
    let framing = Framing { mirror: true, ..Framing::default() };
    let chosen = Preferences {
        layout: LayoutName::Solo,
        recording_folder: Some("/somewhere".to_owned()),
        name: Some("Mara".to_owned()),
        server: Some("node".into()),
        microphone: Some(Chosen { id: "pulseaudio:mic_a".into(), name: "Studio Microphone".into() }),
        speaker: None,
        camera: Some(Chosen { id: "camera:usb-1".into(), name: "Webcam".into() }),
        cameras: [("camera:usb-1".into(), CameraSetup { framing, ..CameraSetup::default() })].into(),
        monitor: MonitorBus { gain_db: -9.0, dim: true },
        push_to_talk: true,
        ignore_muted: true,
        voice: Strip { gain_db: 3.5, gate: Gate { on: true, ..Gate::default() }, ..Strip::default() },
        music: Strip { pan: -0.25, ..Strip::default() },
        program: ProgramBus { ceiling_db: -2.0, ..ProgramBus::default() },
    };
    let (store, kept, _) = bench.open();
    assert_eq!(kept, Kept::default());
    store.order(StoreOrder::Preferences(Box::new(chosen.clone())));
    store.close();
    assert_eq!(bench.open().1.preferences, chosen);
}

#[test]
fn a_broken_preference_falls_back_alone_and_an_unknown_one_is_ignored() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    let preferences = Preferences { name: Some("Mara".to_owned()), ..Preferences::default() };
    store.order(StoreOrder::Preferences(Box::new(preferences)));
    store.close();
    let change = "UPDATE preferences SET value = '\"spiral\"' WHERE field = 'layout';
                  INSERT INTO preferences VALUES ('colour_of_tomorrow', '7')";
    Connection::open(&bench.file).unwrap().execute_batch(change).unwrap();
    let kept = bench.open().1;
    assert_eq!(kept.preferences.name.as_deref(), Some("Mara"));
    assert_eq!(kept.preferences.layout, LayoutName::default());
    assert_eq!(kept.faults, [Fault::PreferenceBroken { group: "layout".to_owned() }]);
}

#[test]
fn an_intent_is_told_when_it_is_in_the_file() {
    let bench = Bench::new();
    let (store, _, reports) = bench.open();
    store.order(session(7, StateName::Initializing));
    assert_eq!(hear(&reports), StoreReport::Persisted { epoch: Epoch(7) });
    assert_eq!(bench.sql::<String>("SELECT broadcast_state FROM live_sessions"), "initializing");
    drop(store);
}

#[test]
fn a_record_of_a_person_keeps_the_first_coming() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    store.order(session(1, StateName::Ready));
    store.order(person(Presence::Joined, 10));
    store.order(person(Presence::Left, 20));
    store.order(person(Presence::Joined, 30));
    store.close();
    let row = "SELECT count(*) || ' ' || role || ' ' || joined_ms || ' ' || coalesce(left_ms, 'here')
               FROM live_participants";
    assert_eq!(bench.sql::<String>(row), "1 host 10 here");
}

#[test]
fn a_take_has_a_track_and_its_segments() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    let (show, take) = (SessionId::from("s"), TakeId(1));
    store.order(session(1, StateName::Live));
    store.order(StoreOrder::Take { session: show.clone(), take, at: ShowTime(5), wall_ms: 50 });
    for segment in 0..2 {
        let path = format!("/r/{segment}.mkv");
        store.order(StoreOrder::Segment { session: show.clone(), take, segment, path, at: ShowTime(6) });
    }
    store.order(StoreOrder::TakeDone {
        session: show,
        take,
        path: "/r/0.mp4".into(),
        frames: 600,
        wall_ms: 60,
    });
    store.close();
    assert_eq!(
        bench.sql::<i64>("SELECT count(*) FROM segments JOIN tracks USING (session_id, take, track)"),
        2
    );
    assert_eq!(bench.sql::<i64>("SELECT frames FROM takes WHERE ended_ms = 60"), 600);
}

#[test]
fn a_show_that_a_crash_cut_off_is_told_once_with_its_files() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    let (show, take) = (SessionId::from("s"), TakeId(1));
    store.order(session(1, StateName::Live));
    store.order(StoreOrder::Take { session: show.clone(), take, at: ShowTime(5), wall_ms: 50 });
    let path = "/r/0.mkv".to_owned();
    store.order(StoreOrder::Segment { session: show, take, segment: 0, path: path.clone(), at: ShowTime(6) });
    store.close();
    let unfinished = bench.open().1.unfinished.unwrap();
    assert_eq!((unfinished.state, unfinished.files), (StateName::Live, vec![path]));
    assert_eq!(bench.open().1.unfinished, None);
}

/// A show with everything that a restarted app goes on with.
fn whole_show() -> (Vec<StoreOrder>, Unfinished) {
    let show = SessionId::from("s");
    let program = SceneView { layout: LayoutName::Solo, people: vec!["host".into(), "gina".into()] };
    let preview = SceneView { layout: LayoutName::Grid, people: vec!["gina".into()] };
    let figures = PersonFigures { joins: 3, there_ms: 90, on_stage_ms: 60, talk_ms: 30, poor_ms: 1 };
    let strips = vec![(TrackKind::Microphone, Strip { gain_db: -6.0, ..Strip::default() })];
    let gina = KeptPerson {
        identity: Identity::from("gina"),
        name: "Gina".to_owned(),
        role: Role::Guest,
        presence: Presence::Left,
        rights: Rights { speak: true, video: false },
        figures,
        strips: strips.clone(),
    };
    let host = KeptPerson {
        identity: Identity::from("host"),
        name: "Mara".to_owned(),
        role: Role::Host,
        presence: Presence::Joined,
        rights: Rights::ALL,
        figures: PersonFigures::default(),
        strips: Vec::new(),
    };
    let mut orders = vec![
        StoreOrder::Session {
            epoch: Epoch(1),
            session: show.clone(),
            title: "Rivers".to_owned(),
            state: StateName::Live,
            server: Some("node".into()),
            wall_ms: 5,
        },
        person(Presence::Joined, 10),
        StoreOrder::Person {
            session: show.clone(),
            identity: gina.identity.clone(),
            name: gina.name.clone(),
            role: gina.role,
            presence: gina.presence,
            position: Position::None,
            rights: gina.rights,
            wall_ms: 20,
        },
        StoreOrder::Figures { session: show.clone(), identity: gina.identity.clone(), figures },
        StoreOrder::Strips { session: show.clone(), identity: gina.identity.clone(), strips },
        StoreOrder::Scenes { session: show.clone(), program: program.clone(), preview: preview.clone() },
    ];
    for number in 1..=3 {
        let (session, take, at) = (show.clone(), TakeId(number), ShowTime(0));
        let path = format!("/r/{number}.mkv");
        orders.push(StoreOrder::Take { session: session.clone(), take, at, wall_ms: 30 });
        orders.push(StoreOrder::Segment { session, take, segment: 0, path, at });
    }
    let (session, path) = (show.clone(), "/r/2.mp4".to_owned());
    orders.push(StoreOrder::TakeDone { session, take: TakeId(2), path, frames: 1, wall_ms: 40 });
    let lines: Vec<_> = (1..=130).map(|seq| said(RoomKind::Air, seq)).collect();
    orders.extend(lines.iter().map(|line| StoreOrder::Chat { session: show.clone(), line: line.clone() }));
    let unfinished = Unfinished {
        session: show,
        title: "Rivers".to_owned(),
        state: StateName::Live,
        files: vec!["/r/1.mkv".to_owned(), "/r/3.mkv".to_owned()],
        takes: 3,
        server: Some("node".into()),
        program,
        preview,
        people: vec![host, gina],
        chat: vec![
            ChatPage { room: RoomKind::Crew, lines: Vec::new(), newest: 0 },
            ChatPage { room: RoomKind::Air, lines: lines[30..].to_vec(), newest: 130 },
        ],
    };
    (orders, unfinished)
}

// S-69
#[test]
fn a_restarted_app_has_everything_that_it_goes_on_with() {
    let bench = Bench::new();
    let (orders, unfinished) = whole_show();
    let (store, ..) = bench.open();
    orders.into_iter().for_each(|order| store.order(order));
    store.close();
    assert_eq!(bench.open().1, Kept { unfinished: Some(unfinished), ..Kept::default() });
    assert_eq!(bench.open().1, Kept::default(), "it is told once");
}

#[test]
fn a_show_that_is_gone_on_with_is_found_again_after_the_next_crash() {
    let bench = Bench::new();
    let (orders, mut unfinished) = whole_show();
    let (store, ..) = bench.open();
    orders.into_iter().for_each(|order| store.order(order));
    store.close();

    let (store, ..) = bench.open();
    assert_eq!(bench.sql::<String>("SELECT broadcast_state || crashed FROM live_sessions"), "error1");
    store.order(session(2, StateName::Ready));
    store.order(person(Presence::Joined, 900));
    store.order(StoreOrder::Chat { session: "s".into(), line: said(RoomKind::Crew, 1) });
    store.close();
    let row = "SELECT broadcast_state || crashed || coalesce(ended_ms, 'open') FROM live_sessions";
    assert_eq!(bench.sql::<String>(row), "ready1open");
    assert_eq!(
        bench.sql::<String>("SELECT group_concat(came_ms || coalesce(left_ms, '')) FROM visits"),
        "10"
    );

    unfinished.state = StateName::Ready;
    unfinished.server = None;
    unfinished.chat[0] = ChatPage { room: RoomKind::Crew, lines: vec![said(RoomKind::Crew, 1)], newest: 1 };
    assert_eq!(bench.open().1.unfinished, Some(unfinished));
}

#[test]
fn a_show_that_was_ended_is_not_gone_on_with() {
    for end in [StateName::Idle, StateName::Error] {
        let bench = Bench::new();
        let (store, ..) = bench.open();
        whole_show().0.into_iter().for_each(|order| store.order(order));
        store.order(session(2, end));
        store.close();
        assert_eq!(bench.open().1.unfinished, None, "{end:?}");
        assert_eq!(bench.sql::<i64>("SELECT crashed FROM live_sessions"), 0, "{end:?}");
    }
}

// S-84
#[test]
fn every_visit_is_in_the_file() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    store.order(session(1, StateName::Ready));
    for (presence, wall_ms) in [(Presence::Joined, 10), (Presence::Left, 20), (Presence::Joined, 30)] {
        store.order(person(presence, wall_ms));
    }
    store.close();
    let visits = "SELECT group_concat(came_ms || '-' || coalesce(left_ms, ''), ' ') FROM visits";
    assert_eq!(bench.sql::<String>(visits), "10-20 30-");
}

#[test]
fn server_profiles_survive_a_restart_until_they_are_forgotten() {
    let bench = Bench::new();
    let profile = |id: &str, name: &str| ServerProfile {
        id: id.into(),
        name: name.to_owned(),
        urls: vec!["wss://one.example".to_owned(), "wss://two.example".to_owned()],
        key: "APIkey".to_owned(),
    };
    let (store, ..) = bench.open();
    store.order(StoreOrder::Server(profile("1", "West")));
    store.order(StoreOrder::Server(profile("2", "East")));
    store.close();
    let (store, kept, _) = bench.open();
    assert_eq!(kept.servers, [profile("2", "East"), profile("1", "West")]);
    store.order(StoreOrder::ForgetServer("2".into()));
    store.close();
    assert_eq!(bench.open().1.servers, [profile("1", "West")]);
}

#[test]
fn what_cannot_be_read_is_told_and_takes_nothing_else_with_it() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    whole_show().0.into_iter().for_each(|order| store.order(order));
    store.order(StoreOrder::Server(ServerProfile { id: "1".into(), ..ServerProfile::default() }));
    let preferences = Preferences { name: Some("Mara".to_owned()), ..Preferences::default() };
    store.order(StoreOrder::Preferences(Box::new(preferences)));
    store.close();
    let not_text = "UPDATE live_participants SET name = CAST(x'ff' AS TEXT)";
    Connection::open(&bench.file).unwrap().execute_batch(not_text).unwrap();
    let kept = bench.open().1;
    assert_eq!((kept.faults, kept.unfinished), (vec![Fault::StoreFailed], None));
    assert_eq!((kept.servers.len(), kept.preferences.name.as_deref()), (1, Some("Mara")));
    assert_eq!(bench.open().1.faults, [], "a show that cannot be read is told once, too");
}
