//! The port with a real server and no engine: opening, losing and closing a show.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use livekit_api::access_token::{AccessToken, VideoGrants};
use livekit_api::services::room::UpdateParticipantOptions;
use livekit_protocol::ParticipantInfo;
use rustix::process::Signal;
use serde_json::json;
use studio_lane::talk;
use studio_rtc::keeper::{self, Ask, Tell};
use studio_rtc::{Tools, keeper_waits};
use studio_wire::rtc::{RoomKind, RtcOrder, RtcReport, Stamp, TrackKind};
use studio_wire::{Epoch, Fault, Identity, Position, Role};
use support::guest::Guest;
use support::{
    NoDesk, Studio, block_on, command_line, keeper as keeper_program, runs, script, signal, tools, until,
};

fn start() -> Studio {
    Studio::start(tools(), NoDesk)
}

fn order_open(session: &str) -> RtcOrder {
    RtcOrder::Open { epoch: Epoch(1), session: session.into(), server: None, adopt: false }
}

fn closed(told: &RtcReport) -> Option<()> {
    matches!(told, RtcReport::Closed { epoch: Epoch(1) }).then_some(())
}

// S-249
#[test]
fn both_rooms_are_there_before_anybody_could_join_them() {
    let mut studio = start();
    assert_eq!(studio.rtc().air_seat("too-early"), Err(Fault::ServerLost));
    assert_eq!(studio.open(1), Ok(()));
    assert_eq!(studio.rooms(), [("air-show".to_owned(), 0), ("crew-show".to_owned(), 0)]);
    let rooms = block_on(studio.owner().list_rooms(Vec::new())).unwrap();
    assert!(rooms.iter().all(|room| (room.empty_timeout, room.departure_timeout) == (60, 120)));
}

// S-252
#[test]
fn the_server_takes_our_tokens_and_they_do_not_open_its_administration() {
    let mut studio = start();
    studio.open(1).unwrap();
    let guest = studio.rtc().seat(Role::Guest, "ana").unwrap();
    let viewer = studio.rtc().air_seat("viewer").unwrap();
    assert_eq!(studio.rtc().seat(Role::Viewer, "v"), Err(Fault::NobodyThere { person: Identity::from("v") }));
    for seat in [guest, viewer] {
        assert_eq!(validate(&seat.url, &seat.token.0), 200, "{}", seat.identity);
        assert_eq!(validate(&seat.url, &format!("{}x", seat.token.0)), 401);
        let client = livekit_api::services::room::RoomClient::with_token(&seat.url, &seat.token.0);
        assert!(block_on(client.list_rooms(Vec::new())).is_err());
        assert!(block_on(client.delete_room("air-show")).is_err());
        let change = UpdateParticipantOptions { metadata: "x".into(), ..Default::default() };
        assert!(block_on(client.update_participant("crew-show", "host", change)).is_err());
    }
}

// S-91
#[test]
fn a_stamp_is_what_everybody_sees_and_all_that_its_bearer_may_publish() {
    let mut studio = start();
    studio.open(1).unwrap();
    let _guest = Guest::join(&studio.rtc().seat(Role::Guest, "ana").unwrap(), false);
    let on_stage = Stamp {
        role: Role::Guest,
        position: Position::OnStage,
        may: vec![TrackKind::Camera, TrackKind::Microphone],
    };
    until("she is in", || person(&studio, "ana").is_some());
    assert_eq!(stamp(&mut studio, "ana", &on_stage), None);
    let ana = person(&studio, "ana").unwrap();
    assert_eq!(ana.attributes["role"], "guest");
    assert_eq!(ana.attributes["position"], "on_stage");
    let permission = ana.permission.unwrap();
    assert!(permission.can_publish && permission.can_subscribe && permission.can_publish_data);
    assert!(!permission.can_update_metadata);
    assert_eq!(permission.can_publish_sources, [1, 2], "camera and microphone");

    let nothing = Stamp { role: Role::Viewer, position: Position::None, may: Vec::new() };
    assert_eq!(stamp(&mut studio, "ana", &nothing), None);
    let ana = person(&studio, "ana").unwrap();
    assert_eq!(ana.attributes["role"], "viewer");
    assert_eq!(ana.permission.map(|permission| permission.can_publish), Some(false));
}

#[test]
fn a_stamp_for_somebody_who_is_not_there_is_refused_in_the_servers_words_and_holds_up_nobody() {
    let mut studio = start();
    assert_eq!(stamp(&mut studio, "ana", &Stamp::default()).as_deref(), Some("no show is open"));
    studio.open(1).unwrap();
    let _guest = Guest::join(&studio.rtc().seat(Role::Guest, "ana").unwrap(), false);
    until("she is in", || person(&studio, "ana").is_some());
    for identity in ["nobody", "ana"] {
        studio.order(order_stamp(identity, &Stamp::default()));
    }
    let first = studio.wait("a stamp", |told| match told {
        RtcReport::Stamped { identity, refused, .. } => Some((identity.0.clone(), refused.clone())),
        _ => None,
    });
    assert_eq!(first, ("ana".into(), None), "what is tried again for one does not hold up the other");
    let refused = studio.wait("the refusal", stamped("nobody", &Stamp::default())).unwrap();
    assert!(refused.contains("not_found"), "{refused}");
}

#[test]
fn of_many_stamps_for_one_person_the_last_one_is_on() {
    let mut studio = start();
    studio.open(1).unwrap();
    let _guest = Guest::join(&studio.rtc().seat(Role::Guest, "ana").unwrap(), false);
    until("she is in", || person(&studio, "ana").is_some());
    for _ in 0..20 {
        for position in [Position::OnStage, Position::Backstage] {
            let stamp = Stamp { role: Role::Guest, position, may: vec![TrackKind::Camera] };
            studio.order(order_stamp("ana", &stamp));
        }
    }
    let last = Stamp { role: Role::Guest, position: Position::None, may: Vec::new() };
    assert_eq!(stamp(&mut studio, "ana", &last), None);
    assert_eq!(person(&studio, "ana").unwrap().attributes["position"], "none");
}

#[test]
fn a_muted_track_is_muted_for_all_and_who_is_put_out_is_gone() {
    let mut studio = start();
    studio.open(1).unwrap();
    let guest = Guest::join(&studio.rtc().seat(Role::Cohost, "ana").unwrap(), true);
    let voice = |studio: &Studio| {
        let tracks = person(studio, "ana").map(|ana| ana.tracks).unwrap_or_default();
        tracks.into_iter().find(|track| track.name == "microphone")
    };
    until("her voice is there", || voice(&studio).is_some());
    let track = voice(&studio).unwrap();
    assert!(!track.muted);
    let (room, identity) = (RoomKind::Crew, Identity::from("ana"));
    studio.order(RtcOrder::Mute { room, identity: identity.clone(), sid: track.sid.as_str().into() });
    until("it is muted", || voice(&studio).unwrap().muted);
    studio.order(RtcOrder::PutOut { room, identity });
    let said = guest.says("that she was put out", |word| word["disconnected"].is_number());
    assert_eq!(said["disconnected"], 4, "PARTICIPANT_REMOVED");
    assert!(person(&studio, "ana").is_none());
}

#[test]
fn errands_that_the_server_does_not_answer_hold_up_neither_each_other_nor_the_closing() {
    let mut studio = start();
    studio.open(1).unwrap();
    let server = studio.pid("livekit-server");
    signal(server, Signal::STOP);
    for n in 0..50 {
        let identity = Identity(format!("guest-{n}"));
        studio.order(RtcOrder::PutOut { room: RoomKind::Crew, identity });
    }
    let begun = Instant::now();
    studio.order(RtcOrder::Close { epoch: Epoch(1) });
    studio.wait("closed", closed);
    // The server's own limits add up to six seconds; the errands alone would take ten.
    assert!(begun.elapsed() < Duration::from_secs(9));
    assert!(!runs(server));
    // What was left undone does not hold up the next show.
    studio.open(2).unwrap();
    let refused = stamp(&mut studio, "guest-0", &Stamp::default()).unwrap();
    assert!(refused.contains("not_found"), "{refused}");
}

fn order_stamp(identity: &str, stamp: &Stamp) -> RtcOrder {
    RtcOrder::Stamp { room: RoomKind::Crew, identity: identity.into(), stamp: stamp.clone() }
}

fn stamped(whom: &str, what: &Stamp) -> impl Fn(&RtcReport) -> Option<Option<String>> {
    move |told| match told {
        RtcReport::Stamped { room: RoomKind::Crew, identity, stamp, refused }
            if identity.as_str() == whom && stamp == what =>
        {
            Some(refused.clone())
        }
        _ => None,
    }
}

/// Stamps somebody; the words of a refusal.
fn stamp(studio: &mut Studio, identity: &str, stamp: &Stamp) -> Option<String> {
    studio.order(order_stamp(identity, stamp));
    studio.wait("the stamp", stamped(identity, stamp))
}

/// Somebody in `crew`, as the server has them.
fn person(studio: &Studio, identity: &str) -> Option<ParticipantInfo> {
    block_on(studio.owner().get_participant("crew-show", identity)).ok()
}

/// What the server says to a token.
fn validate(url: &str, token: &str) -> u16 {
    use std::io::{Read, Write};
    let address = url.strip_prefix("ws://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /rtc/validate?access_token={token} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_closed_show_leaves_no_process_and_no_socket() {
    let mut studio = start();
    studio.open(1).unwrap();
    let pids: Vec<u32> = studio.rtc().processes().into_iter().map(|(_, pid)| pid).collect();
    assert_eq!(pids.len(), 2, "keeper and server");
    studio.order(RtcOrder::Close { epoch: Epoch(1) });
    studio.wait("closed", closed);
    assert!(pids.iter().all(|pid| !runs(*pid)));
    assert_eq!(studio.rtc().processes(), []);
    assert!(!studio.home.path().join(keeper::SOCKET).exists());
    assert_eq!(studio.rtc().air_seat("too-late"), Err(Fault::ServerLost));
    assert_eq!(studio.open(2), Ok(()), "and the next show opens");
}

#[test]
fn a_dropped_port_leaves_no_process() {
    let mut studio = start();
    studio.open(1).unwrap();
    let pids: Vec<u32> = studio.rtc().processes().into_iter().map(|(_, pid)| pid).collect();
    studio.rtc = None;
    assert!(pids.iter().all(|pid| !runs(*pid)));
}

#[test]
fn a_show_closed_while_it_opens_leaves_no_process() {
    let mut studio = start();
    studio.order(order_open("show"));
    until("the keeper is started", || !studio.rtc().processes().is_empty());
    let keeper = studio.pid("sidestage-keeper");
    studio.order(RtcOrder::Close { epoch: Epoch(1) });
    studio.wait("closed", closed);
    assert!(!runs(keeper));
    assert!(!studio.home.path().join(keeper::SOCKET).exists());
}

#[test]
fn a_killed_server_is_reported_and_comes_back_at_the_same_address_with_both_rooms() {
    let mut studio = start();
    studio.open(1).unwrap();
    let before = studio.rtc().air_seat("viewer").unwrap();
    signal(studio.pid("livekit-server"), Signal::KILL);
    studio.wait("the loss", |told| matches!(told, RtcReport::ServerLost { epoch: Epoch(1) }).then_some(()));
    assert_eq!(studio.open(1), Ok(()));
    assert_eq!(studio.rtc().air_seat("viewer").unwrap().url, before.url);
    assert_eq!(validate(&before.url, &before.token.0), 200, "the keys are the same");
    assert_eq!(studio.rooms().len(), 2);
}

#[test]
fn a_killed_keeper_is_a_lost_server_and_the_show_opens_again() {
    let mut studio = start();
    studio.open(1).unwrap();
    let server = studio.pid("livekit-server");
    signal(studio.pid("sidestage-keeper"), Signal::KILL);
    studio.wait("the loss", |told| matches!(told, RtcReport::ServerLost { .. }).then_some(()));
    until("the server dies with it", || !runs(server));
    assert_eq!(studio.open(1), Ok(()));
    assert_eq!(studio.rooms().len(), 2);
}

#[test]
fn a_new_show_sends_away_the_keeper_of_an_app_that_has_crashed() {
    let home = tempfile::tempdir().unwrap();
    let (mut orphan, old) = left_behind(home.path());
    let mut studio = Studio::at(home, tools(), NoDesk);
    assert_eq!(studio.open(1), Ok(()));
    assert!(orphan.wait().unwrap().success());
    until("its server ends", || !runs(old.pid));
    assert_ne!(studio.pid("livekit-server"), old.pid);
}

/// Keeper and server of an app that has crashed.
fn left_behind(home: &Path) -> (Child, keeper::Serving) {
    let config = keeper::Config {
        socket: home.join(keeper::SOCKET),
        log: home.into(),
        server: tools().server.unwrap(),
        lease: Duration::from_secs(60),
    };
    let orphan = keeper::launch(&keeper_program(), &config).unwrap();
    until("the keeper listens", || keeper_waits(home));
    let (mut sender, mut receiver) = talk::split(keeper::connect(&config.socket).unwrap()).unwrap();
    sender.send(&Ask::Serve).unwrap();
    let Ok(Tell::Serving(old)) = receiver.receive() else { panic!("no server") };
    (orphan, old)
}

#[test]
fn a_restarted_app_goes_on_with_the_server_that_it_left_and_with_the_people_in_it() {
    let home = tempfile::tempdir().unwrap();
    assert!(!keeper_waits(home.path()));
    let (mut orphan, old) = left_behind(home.path());
    let seat = json!({ "url": old.url, "token": token(&old), "identity": "ana", "role": "guest" });
    let guest = Guest::join(&serde_json::from_value(seat).unwrap(), false);
    guest.says("that she is in", |word| word["joined"] == "crew-show");

    let mut studio = Studio::at(home, tools(), NoDesk);
    assert_eq!(studio.open_on(1, None, true), Ok(()));
    assert_eq!(studio.rooms().len(), 2);
    assert!(person(&studio, "ana").is_some());
    assert_eq!(studio.pid("livekit-server"), old.pid);
    assert_eq!(studio.pid("sidestage-keeper"), orphan.id());
    let seat = studio.rtc().seat(Role::Guest, "ana").unwrap();
    assert_eq!(seat.url, old.url);
    assert_eq!(validate(&seat.url, &seat.token.0), 200, "the keys are the same");

    // From here on it is like one that was started: watched, replaced, and ended with the show.
    signal(old.pid, Signal::KILL);
    studio.wait("the loss", |told| matches!(told, RtcReport::ServerLost { epoch: Epoch(1) }).then_some(()));
    assert_eq!(studio.open_on(1, None, true), Ok(()));
    let server = studio.pid("livekit-server");
    // Its parent is this test, which buries it; otherwise it would look as if it still ran.
    let buried = std::thread::spawn(move || orphan.wait().unwrap());
    studio.order(RtcOrder::Close { epoch: Epoch(1) });
    studio.wait("closed", closed);
    assert!(buried.join().unwrap().success());
    assert!(!runs(server));
    assert!(!keeper_waits(studio.home.path()));
}

#[test]
fn without_a_server_to_go_on_with_a_restarted_app_gets_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    let mut studio = Studio::at(home, tools(), NoDesk);
    assert_eq!(studio.open_on(1, None, true), Ok(()), "nobody has left one");
    studio.rtc = None;
    let home = std::mem::replace(&mut studio.home, tempfile::tempdir().unwrap());

    let (mut orphan, _) = left_behind(home.path());
    signal(orphan.id(), Signal::KILL);
    orphan.wait().unwrap();
    let mut studio = Studio::at(home, tools(), NoDesk);
    assert_eq!(studio.open_on(1, None, true), Ok(()), "what was left is dead");
    assert_eq!(studio.rooms().len(), 2);
}

/// A guest's token that the app which crashed has given.
fn token(serving: &keeper::Serving) -> String {
    let grants = VideoGrants { room_join: true, room: "crew-show".into(), ..Default::default() };
    let token = AccessToken::with_api_key(serving.key.expose(), serving.secret.expose());
    token.with_identity("ana").with_grants(grants).to_jwt().unwrap()
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let shown = |path: &PathBuf| path.display().to_string();
    let other = place("other-server");
    script(&other, "echo livekit-server version 1.9.0");
    let library = place("liblivekit_ffi.so");
    std::fs::write(&library, "not a library").unwrap();
    let good = tools();
    let cases: Vec<(Tools, Fault)> = vec![
        (
            Tools { server: Err(vec!["/a".into(), "/b".into()]), ..good.clone() },
            Fault::ServerMissing { looked: vec!["/a".into(), "/b".into()] },
        ),
        (
            Tools { library: Err(vec!["/a".into()]), ..good.clone() },
            Fault::LibraryMissing { looked: vec!["/a".into()] },
        ),
        (
            Tools { server: Ok(other.clone()), ..good.clone() },
            Fault::ServerWrong { path: shown(&other), found: "1.9.0".into(), wanted: "1.13.5".into() },
        ),
        (
            Tools { engine: place("no-engine"), ..good.clone() },
            Fault::ProgramMissing { path: shown(&place("no-engine")) },
        ),
        (
            Tools { keeper: place("no-keeper"), ..good.clone() },
            Fault::ProgramMissing { path: shown(&place("no-keeper")) },
        ),
    ];
    for (tools, fault) in cases {
        assert_eq!(Studio::start(tools, NoDesk).open(1), Err(fault));
    }
    let wrong = Studio::start(Tools { library: Ok(library.clone()), ..good }, NoDesk).open(1);
    assert!(matches!(wrong, Err(Fault::LibraryWrong { path, .. }) if path == shown(&library)));
}

#[test]
fn a_frozen_server_does_not_keep_a_show_from_closing() {
    let mut studio = start();
    studio.open(1).unwrap();
    let server = studio.pid("livekit-server");
    signal(server, Signal::STOP);
    studio.order(RtcOrder::Close { epoch: Epoch(1) });
    studio.wait("closed", closed);
    assert!(!runs(server));
}

// S-250
#[test]
fn a_room_that_cannot_be_made_is_a_fault_with_the_servers_words() {
    let mut studio = start();
    let session = "x".repeat(600); // longer than the server takes
    studio.order(order_open(&session));
    let (room, said) = studio.wait("the refusal", |told| match told {
        RtcReport::Failed { fault: Fault::RoomRefused { room, said }, .. } => Some((*room, said.clone())),
        _ => None,
    });
    assert_eq!(room, RoomKind::Crew);
    assert!(said.contains("room name"), "{said}");
    until("nothing is left", || studio.rtc().processes().is_empty());
}

#[test]
fn no_secret_and_no_token_is_in_a_log_or_an_argument() {
    let mut studio = start();
    studio.open(1).unwrap();
    let seat = studio.rtc().seat(Role::Guest, "ana").unwrap();
    // A refused join puts the whole token into the server's log.
    assert_eq!(validate(&seat.url, &format!("{}x", seat.token.0)), 401);
    let log = studio.home.path().join("livekit-server.log");
    until("the refusal is logged", || std::fs::read_to_string(&log).unwrap().contains("eyJ…"));
    let arguments: String = studio.rtc().processes().iter().map(|(_, pid)| command_line(*pid)).collect();
    let seen = std::fs::read_to_string(&log).unwrap() + &arguments + &format!("{seat:?}");
    let signature = seat.token.0.rsplit('.').next().unwrap();
    assert!(!seen.contains(signature), "{seen}");
}
