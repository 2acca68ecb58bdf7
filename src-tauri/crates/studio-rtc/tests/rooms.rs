//! The port with a real server and no engine: opening, losing and closing a show.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::path::PathBuf;
use std::time::Duration;

use livekit_api::services::room::UpdateParticipantOptions;
use rustix::process::Signal;
use studio_lane::talk;
use studio_rtc::Tools;
use studio_rtc::keeper::{self, Ask, Tell};
use studio_wire::rtc::{RoomKind, RtcOrder, RtcReport};
use studio_wire::{Epoch, Fault, Identity, Role};
use support::{
    NoDesk, Studio, block_on, command_line, keeper as keeper_program, runs, script, signal, tools, until,
};

fn start() -> Studio {
    Studio::start(tools(), NoDesk)
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
    studio.order(RtcOrder::Open { epoch: Epoch(1), session: "show".into() });
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
    let config = keeper::Config {
        socket: home.path().join(keeper::SOCKET),
        log: home.path().into(),
        server: tools().server.unwrap(),
        lease: Duration::from_secs(60),
    };
    let mut orphan = keeper::launch(&keeper_program(), &config).unwrap();
    until("the keeper listens", || keeper::connect(&config.socket).is_ok());
    let (mut sender, mut receiver) = talk::split(keeper::connect(&config.socket).unwrap()).unwrap();
    sender.send(&Ask::Serve).unwrap();
    let Ok(Tell::Serving(old)) = receiver.receive() else { panic!("no server") };
    drop((sender, receiver));

    let mut studio = Studio::at(home, tools(), NoDesk);
    assert_eq!(studio.open(1), Ok(()));
    assert!(orphan.wait().unwrap().success());
    until("its server ends", || !runs(old.pid));
    assert_ne!(studio.pid("livekit-server"), old.pid);
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
    studio.order(RtcOrder::Open { epoch: Epoch(1), session: session.as_str().into() });
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
