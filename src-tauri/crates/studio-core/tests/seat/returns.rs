//! Coming back: from what goes by itself, and from what does not.

use studio_core::Event;
use studio_wire::command::HereCommand;
use studio_wire::engine::LostWhy;
use studio_wire::fault::Fault;
use studio_wire::people::Role;
use studio_wire::room::{RoomAnswer, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport};
use studio_wire::view::{Change, SeatLink};

use crate::rig::{Air, Crew, Rig, hello};

fn engine_lost(rig: &mut Rig, room: RoomKind) {
    let epoch = rig.engines[room as usize].unwrap();
    rig.feed(Event::Rtc(RtcReport::EngineLost { room, epoch }));
}

fn failed(rig: &mut Rig, room: RoomKind, fault: Fault) {
    let epoch = rig.engines[room as usize].unwrap();
    rig.feed(Event::Rtc(RtcReport::Failed { epoch, fault }));
}

#[test]
fn a_connection_that_resumes_is_greeted_again() {
    let mut rig = Rig::seated(Role::Guest);
    rig.lose(Crew, None);
    assert_eq!((rig.link(), rig.starts[0]), (SeatLink::Resuming, 1));
    assert_eq!(rig.faults(), [Fault::RoomLost { room: Crew }]);
    rig.news(Crew, RoomNews::Joined);
    assert_eq!((rig.link(), rig.hellos(), rig.faults()), (SeatLink::Resuming, 1, vec![]));
    rig.welcome();
    assert_eq!(rig.link(), SeatLink::In);
}

#[test]
fn a_server_that_is_away_is_tried_for_ever() {
    let mut rig = Rig::seated(Role::Guest);
    let mut waits = Vec::new();
    for _ in 0..40 {
        let before = (rig.now, rig.starts[0]);
        rig.lose(Crew, Some(LostWhy::Away));
        while rig.starts[0] == before.1 {
            assert_eq!(rig.link(), SeatLink::Resuming);
            rig.pass(50);
        }
        waits.push(rig.now - before.0);
    }
    assert!(waits.iter().skip(3).all(|wait| (1_000..=16_000).contains(wait)), "{waits:?}");
    rig.news(Crew, RoomNews::Joined);
    rig.welcome();
    assert_eq!(rig.link(), SeatLink::In);
}

#[test]
fn a_room_that_is_lost_again_and_again_is_tried_slowly_and_says_so() {
    let mut rig = Rig::seated(Role::Guest);
    let mut slow = 0;
    for _ in 0..4 {
        let (starts, lost) = (rig.starts[0], rig.now);
        rig.lose(Crew, Some(LostWhy::Away));
        while rig.starts[0] == starts {
            rig.pass(50);
        }
        slow = rig.now - lost;
        rig.news(Crew, RoomNews::Joined);
        rig.welcome();
    }
    assert!(slow >= 14_000, "{slow}");
    assert!(rig.faults().contains(&Fault::RoomLooping { room: Crew }));
    rig.pass(120_000);
    rig.here(HereCommand::Microphone { on: false }).unwrap();
    assert_eq!(rig.faults(), [], "it holds");
}

#[test]
fn a_dead_engine_is_started_again_in_its_room_alone() {
    for room in [Crew, Air] {
        let mut rig = Rig::seated(Role::Guest);
        engine_lost(&mut rig, room);
        rig.pass(1_000);
        let starts = if room == Crew { [2, 1] } else { [1, 2] };
        assert_eq!(rig.starts, starts);
        assert_eq!(rig.faults(), [Fault::EngineLost { room }]);
        rig.news(room, RoomNews::Joined);
        if room == Crew {
            rig.welcome();
        }
        assert_eq!((rig.link(), rig.faults(), rig.hellos()), (SeatLink::In, vec![], 0));
    }
}

#[test]
fn an_engine_that_cannot_start_is_tried_again() {
    let mut rig = Rig::starting(Role::Guest);
    failed(&mut rig, Crew, Fault::LibraryMissing { looked: vec![] });
    rig.pass(1_000);
    assert_eq!(rig.starts[0], 2);
    assert!(matches!(rig.faults()[..], [Fault::LibraryMissing { .. }]));
    let epoch = rig.life.unwrap();
    rig.feed(Event::Rtc(RtcReport::Failed { epoch, fault: Fault::ServerLost }));
    rig.pass(6_000);
    assert_eq!(rig.orders.iter().filter(|order| *order == "attend").count(), 2);
}

#[test]
fn a_seat_that_is_lost_for_good_is_not_tried_again_until_its_user_asks() {
    let table = [
        (LostWhy::Duplicate, Fault::SeatTaken),
        (LostWhy::Removed, Fault::SeatRevoked),
        (LostWhy::Refused, Fault::SeatRefused),
    ];
    for role in [Role::Guest, Role::Viewer] {
        for (why, fault) in table.clone() {
            let home = role.room();
            let mut rig = Rig::seated(role);
            rig.lose(home, Some(why));
            assert_eq!((rig.link(), rig.faults()), (SeatLink::Over(why), vec![fault.clone()]));
            assert_eq!(rig.orders, [format!("leave {}", home.word())]);
            rig.pass(600_000);
            assert_eq!(rig.starts[home as usize], 1, "{role:?} {why:?}");
            assert_eq!(rig.link(), SeatLink::Over(why));
            assert_eq!(rig.engines[1].is_some(), role == Role::Guest, "the other room stays");
            rig.here(HereCommand::ComeBack).unwrap();
            assert_eq!((rig.starts[home as usize], rig.faults()), (2, vec![]));
            assert_eq!(rig.link(), SeatLink::Coming);
            rig.news(home, RoomNews::Joined);
            rig.welcome();
            assert_eq!(rig.link(), SeatLink::In);
        }
    }
}

#[test]
fn a_token_that_is_refused_is_tried_once_each_time_the_user_asks() {
    let mut rig = Rig::starting(Role::Guest);
    for n in 1..4 {
        failed(&mut rig, Crew, Fault::SeatRefused);
        rig.pass(60_000);
        assert_eq!((rig.starts[0], rig.link()), (n, SeatLink::Over(LostWhy::Refused)));
        rig.here(HereCommand::ComeBack).unwrap();
    }
    let mut rig = Rig::new(Role::Guest);
    rig.feed(Event::Shell(studio_wire::shell::ShellReport::Started { adopt: false }));
    let epoch = rig.life.unwrap();
    rig.feed(Event::Rtc(RtcReport::Failed { epoch, fault: Fault::SeatRefused }));
    rig.pass(60_000);
    assert_eq!(rig.orders, ["media open 960x540@30", "attend"]);
    assert_eq!(rig.link(), SeatLink::Over(LostWhy::Refused));
    rig.here(HereCommand::ComeBack).unwrap();
    rig.feed(Event::Rtc(RtcReport::RoomsReady { epoch }));
    assert_eq!(rig.orders[2..], ["attend", "start crew"]);
}

#[test]
fn a_recall_is_one_more_attempt() {
    let mut rig = Rig::seated(Role::Guest);
    rig.lose(Crew, Some(LostWhy::Duplicate));
    rig.news(Air, RoomNews::Told { tale: Tale::Recall });
    assert_eq!((rig.starts[0], rig.link(), rig.faults()), (2, SeatLink::Coming, vec![]));
    rig.news(Air, RoomNews::Told { tale: Tale::Recall });
    assert_eq!(rig.starts[0], 2, "one engine");
    rig.lose(Crew, Some(LostWhy::Duplicate));
    rig.pass(60_000);
    assert_eq!(rig.starts[0], 2, "one attempt");
    rig.news(Air, RoomNews::Told { tale: Tale::Recall });
    rig.news(Crew, RoomNews::Joined);
    rig.welcome();
    assert_eq!(rig.link(), SeatLink::In);
}

#[test]
fn a_recall_lets_a_viewer_in() {
    let mut rig = Rig::seated(Role::Viewer);
    rig.tell(Tale::Recall);
    assert_eq!(rig.starts, [1, 1]);
    rig.changed(Change::Title("still the audience's view".into()));
    assert_eq!(rig.starts, [1, 1], "it stays until the host says otherwise");
    rig.view = crate::rig::view(Role::Guest);
    rig.rev += 1;
    rig.news(Crew, RoomNews::Joined);
    rig.welcome();
    assert_eq!((rig.link(), rig.snapshot().show.role), (SeatLink::In, Role::Guest));
}

#[test]
fn who_is_put_out_of_crew_as_a_viewer_has_lost_nothing() {
    let mut rig = Rig::seated(Role::Guest);
    rig.lose(Crew, Some(LostWhy::Removed));
    assert_eq!(rig.link(), SeatLink::Over(LostWhy::Removed));
    rig.view = crate::rig::view(Role::Viewer);
    rig.rev += 1;
    // Its hello in the other room says what it is now.
    let open = rig.call(hello).unwrap();
    assert_eq!(open.room, Air);
    let answer = rig.whole(vec![]);
    rig.answer(&open, Some(answer));
    rig.welcome();
    assert_eq!((rig.link(), rig.faults()), (SeatLink::In, vec![]));

    let mut rig = Rig::seated(Role::Guest);
    rig.lose(Crew, Some(LostWhy::Removed));
    let open = rig.call(hello).unwrap();
    rig.answer(&open, Some(RoomAnswer::Refused(Fault::NotWelcome { person: "ana".into() })));
    rig.pass(600_000);
    assert_eq!((rig.link(), rig.hellos()), (SeatLink::Over(LostWhy::Removed), 0));
    assert_eq!(rig.starts, [1, 1]);
}

#[test]
fn who_claimed_somebody_elses_seat_and_is_put_out_of_it_is_out() {
    let mut rig = Rig::starting(Role::Guest);
    rig.view = crate::rig::view(Role::Viewer);
    rig.news(Crew, RoomNews::Joined);
    let open = rig.call(hello).unwrap();
    let RoomAnswer::Welcome { rev, at, view, chat, .. } = rig.whole(vec![]) else { unreachable!() };
    // Nothing but a viewer's view, and no room: nobody knows who this is.
    let doubted = RoomAnswer::Welcome { rev, at, view, chat, passes: vec![], bind: false };
    rig.answer(&open, Some(doubted));
    assert_eq!(rig.link(), SeatLink::In);
    rig.lose(Crew, Some(LostWhy::Removed));
    assert_eq!((rig.link(), rig.faults()), (SeatLink::Over(LostWhy::Removed), vec![Fault::SeatRevoked]));
    rig.pass(600_000);
    assert_eq!((rig.starts, rig.link()), ([1, 0], SeatLink::Over(LostWhy::Removed)));
}

#[test]
fn the_other_room_is_asked_for_once_more_when_its_token_is_refused() {
    let mut rig = Rig::seated(Role::Guest);
    failed(&mut rig, Air, Fault::SeatRefused);
    assert_eq!((rig.link(), rig.faults(), rig.hellos()), (SeatLink::In, vec![], 1));
    rig.welcome();
    assert_eq!(rig.starts, [1, 2], "with a fresh token");
    failed(&mut rig, Air, Fault::SeatRefused);
    rig.pass(600_000);
    assert_eq!((rig.hellos(), rig.starts), (0, [1, 2]), "and not a third time");
    assert_eq!(rig.link(), SeatLink::In);
}

#[test]
fn a_viewer_whose_rooms_are_lost_one_after_the_other_is_never_nowhere() {
    let mut rig = Rig::seated(Role::Viewer);
    rig.tell(Tale::Recall);
    rig.lose(Air, Some(LostWhy::Duplicate));
    rig.tell(Tale::Recall);
    rig.lose(Crew, Some(LostWhy::Duplicate));
    assert_eq!(rig.link(), SeatLink::Over(LostWhy::Duplicate));
    rig.here(HereCommand::ComeBack).unwrap();
    let mut rig = Rig::seated(Role::Viewer);
    rig.tell(Tale::Recall);
    rig.lose(Air, Some(LostWhy::Duplicate));
    assert_eq!(rig.link(), SeatLink::Over(LostWhy::Duplicate));
    rig.view = crate::rig::view(Role::Guest);
    rig.rev += 1;
    rig.news(Crew, RoomNews::Joined);
    rig.welcome();
    assert_eq!((rig.link(), rig.faults()), (SeatLink::In, vec![]), "the other room is home now");
}
