//! From the start to the end of an app that sits in somebody else's show.

use studio_core::{Event, Machine, SeatStart, Start};
use studio_wire::command::{Command, HereCommand, ShowCommand};
use studio_wire::engine::lanes;
use studio_wire::fault::Fault;
use studio_wire::ids::Ticket;
use studio_wire::media::MediaReport;
use studio_wire::people::{Actor, Role};
use studio_wire::room::{Holder, RoomAnswer, RoomAsk, VERSION};
use studio_wire::rtc::{RoomNews, RtcReport};
use studio_wire::shell::ShellReport;
use studio_wire::view::{Change, SeatLink};

use crate::rig::{Air, Crew, Rig, command, hello};

// S-188
#[test]
fn a_seat_comes_in_in_one_order_room_hello_view_and_then_the_other_room() {
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Host) {
        let mut rig = Rig::new(role);
        assert_eq!((rig.link(), rig.orders.len()), (SeatLink::Coming, 0), "nothing before the start");
        rig.feed(Event::Shell(ShellReport::Started { adopt: false }));
        assert_eq!(rig.orders, ["media open 960x540@30", "attend"]);
        let epoch = rig.life.unwrap();
        rig.feed(Event::Rtc(RtcReport::RoomsReady { epoch }));
        let home = role.room();
        assert_eq!(rig.orders[2..], [format!("start {}", home.word())], "{role:?}");
        assert_eq!(rig.open, [], "no word before it is in");
        rig.news(home, RoomNews::Joined);
        let hello = RoomAsk::Hello { version: VERSION, holder: Holder::First };
        assert_eq!((rig.open.len(), rig.open[0].room, &rig.open[0].ask), (1, home, &hello));
        assert_eq!(rig.link(), SeatLink::Coming);
        rig.welcome();
        assert_eq!((rig.link(), rig.snapshot().show.title.as_str()), (SeatLink::In, "Evening show"));
        let more: &[&str] = if role == Role::Viewer { &[] } else { &["start air"] };
        assert_eq!(&rig.orders[3..], more, "{role:?}");
        rig.orders.clear();
        if role != Role::Viewer {
            rig.news(Air, RoomNews::Joined);
        }
        assert_eq!((rig.open.len(), rig.orders.len()), (0, 0), "one hello is enough");
    }
}

#[test]
fn a_host_that_does_not_answer_is_asked_again_more_and_more_slowly() {
    let mut rig = Rig::starting(Role::Guest);
    rig.news(Crew, RoomNews::Joined);
    let mut at = Vec::new();
    for _ in 0..6 {
        let open = rig.call(hello).expect("asked");
        at.push(rig.now);
        rig.answer(&open, None);
        assert_eq!(rig.link(), SeatLink::HostAway);
        while rig.hellos() == 0 {
            rig.pass(100);
        }
    }
    let waits: Vec<_> = at.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(waits, [1_000, 2_000, 4_000, 5_000, 5_000]);
    rig.welcome();
    assert_eq!(rig.link(), SeatLink::In);
}

#[test]
fn a_hello_whose_answer_never_comes_is_said_again() {
    let mut rig = Rig::starting(Role::Guest);
    rig.news(Crew, RoomNews::Joined);
    rig.pass(14_000);
    assert!(rig.hellos() > 1, "{:?}", rig.open);
    rig.welcome();
    assert_eq!(rig.link(), SeatLink::In);
}

#[test]
fn a_host_that_leaves_is_away_and_is_greeted_when_it_comes_again() {
    let mut rig = Rig::seated(Role::Guest);
    rig.left("host");
    assert_eq!((rig.link(), rig.hellos()), (SeatLink::HostAway, 0));
    rig.came("bo");
    assert_eq!(rig.hellos(), 0);
    rig.came("host");
    assert_eq!(rig.hellos(), 1, "at once");
    rig.came("host");
    assert_eq!(rig.hellos(), 1, "once");
    rig.welcome();
    assert_eq!(rig.link(), SeatLink::In);
}

#[test]
fn a_program_that_stops_makes_the_seat_look_whether_the_host_is_there() {
    let mut rig = Rig::seated(Role::Guest);
    assert_eq!(rig.hellos(), 0);
    rig.news(Air, RoomNews::Stalled { lane: lanes::AIR_PICTURE_IN });
    rig.pass(50);
    assert_eq!((rig.hellos(), rig.link()), (1, SeatLink::In));
    let open = rig.call(hello).expect("asked");
    rig.answer(&open, None);
    assert_eq!(rig.link(), SeatLink::HostAway);
}

#[test]
fn a_hello_that_is_refused_says_why_until_it_is_welcome() {
    let mut rig = Rig::starting(Role::Guest);
    rig.news(Crew, RoomNews::Joined);
    let fault = Fault::OtherVersion { found: 2, known: 1 };
    let open = rig.call(hello).unwrap();
    rig.answer(&open, Some(RoomAnswer::Refused(fault.clone())));
    assert_eq!((rig.faults(), rig.link()), (vec![fault], SeatLink::HostAway));
    rig.pass(9_000);
    assert_eq!(rig.hellos(), 0, "slowly");
    rig.pass(1_500);
    rig.welcome();
    assert_eq!((rig.faults(), rig.link()), (vec![], SeatLink::In));
}

#[test]
fn a_viewer_who_is_made_a_guest_moves_into_crew_and_back() {
    let mut rig = Rig::seated(Role::Viewer);
    let vi = rig.view.clone();
    rig.view = crate::rig::view(Role::Guest);
    let tale = rig.change(Change::Role(Role::Guest));
    rig.tell(tale);
    assert_eq!(rig.starts, [0, 1], "no token yet");
    rig.welcome();
    assert_eq!(rig.starts, [1, 1]);
    assert_eq!(rig.link(), SeatLink::In, "still spoken to in the other room");
    rig.news(Crew, RoomNews::Joined);
    let open = rig.open.last().unwrap().clone();
    assert_eq!((open.room, hello(&open.ask)), (Crew, true), "crew is home now");
    rig.welcome();
    assert_eq!((rig.link(), rig.snapshot().show.role), (SeatLink::In, Role::Guest));
    rig.here(HereCommand::Microphone { on: true }).unwrap();

    rig.orders.clear();
    rig.view.people = vi.people;
    rig.view.mine = vi.mine.clone();
    let role = Change::Role(Role::Viewer);
    let mine = Change::Mine(vi.mine);
    rig.changed(mine);
    rig.changed(role);
    assert_eq!(rig.orders, ["leave crew"]);
    assert_eq!(rig.devices(), (false, false), "what may not be sent is off");
    assert_eq!(rig.open.last().unwrap().room, Air, "hello from the new home");
    rig.welcome();
    assert_eq!((rig.link(), rig.snapshot().show.role), (SeatLink::In, Role::Viewer));
}

#[test]
fn a_role_that_keeps_changing_does_not_make_a_storm_of_hellos() {
    let mut rig = Rig::seated(Role::Viewer);
    rig.view.role = Role::Guest;
    rig.rev += 1;
    rig.tell(studio_wire::room::Tale::Stale { rev: rig.rev });
    // A host that says guest and gives no token for crew.
    for _ in 0..3 {
        let Some(open) = rig.call(hello) else { break };
        let RoomAnswer::Welcome { rev, at, view, chat, bind, .. } = rig.whole(vec![]) else { unreachable!() };
        rig.answer(&open, Some(RoomAnswer::Welcome { rev, at, view, chat, passes: vec![Air], bind }));
    }
    assert_eq!((rig.hellos(), rig.starts[0]), (0, 0));
}

// S-189
#[test]
fn leaving_closes_rooms_and_media_and_then_ends() {
    let mut rig = Rig::seated(Role::Cohost);
    let ticket = rig.show(ShowCommand::Take);
    let epoch = rig.life.unwrap();
    rig.feed(Event::Shell(ShellReport::Closing));
    assert_eq!(rig.orders, ["rtc close", "media close"]);
    assert_eq!(rig.reply(ticket), Some(Err(Fault::HostAway)), "no ticket stays open");
    rig.feed(Event::Rtc(RtcReport::Closed { epoch }));
    assert!(!rig.exited);
    rig.feed(Event::Media(MediaReport::Closed { epoch }));
    assert!(rig.exited);
    rig.feed(Event::Shell(ShellReport::Closing));
    rig.feed(Event::Rtc(RtcReport::Closed { epoch }));
    assert_eq!(rig.visit.next_deadline(), None);
}

#[test]
fn ports_that_do_not_close_keep_the_app_for_three_seconds_at_most() {
    let mut rig = Rig::seated(Role::Guest);
    rig.feed(Event::Shell(ShellReport::Closing));
    rig.pass(2_900);
    assert!(!rig.exited);
    rig.pass(200);
    assert!(rig.exited);
    let mut rig = Rig::new(Role::Guest);
    rig.feed(Event::Shell(ShellReport::Closing));
    assert!(rig.exited, "nothing was begun");
}

#[test]
fn nobody_in_the_room_has_a_say_on_this_machine() {
    let mut rig = Rig::seated(Role::Cohost);
    let commands = [
        Command::Here(HereCommand::Microphone { on: true }),
        Command::Here(HereCommand::ComeBack),
        Command::Show(ShowCommand::Take),
    ];
    for wish in commands {
        rig.tickets += 1;
        let act = wish.act();
        rig.feed(Event::Command(Ticket(rig.tickets), Actor::Person("host".into()), wish));
        let refused = Err(Fault::NotAllowed { act, role: Role::Cohost });
        assert_eq!(rig.reply(rig.tickets), Some(refused));
    }
    assert_eq!((rig.devices(), rig.call(command)), ((false, false), None));
}

#[test]
fn reports_of_another_life_change_nothing() {
    let mut rig = Rig::seated(Role::Guest);
    let old = rig.engines[0].unwrap();
    rig.feed(Event::Rtc(RtcReport::EngineLost { room: Crew, epoch: old }));
    let before = format!("{:?}", rig.visit);
    let gone = RoomNews::Lost { gone: Some(studio_wire::engine::LostWhy::Removed) };
    rig.feed(Event::Rtc(RtcReport::Room { room: Crew, epoch: old, news: gone }));
    rig.feed(Event::Rtc(RtcReport::Closed { epoch: rig.life.unwrap() }));
    assert_eq!(format!("{:?}", rig.visit), before);
}

#[test]
fn the_machine_is_a_seat_where_the_start_names_one() {
    let mut start = Start::new(7, "host", "Ada");
    assert!(matches!(Machine::new(start.clone()), Machine::Host(_)));
    start.seat = Some(SeatStart { identity: "ana".into(), role: Role::Guest, name: String::new() });
    let Machine::Seat(visit) = Machine::new(start) else { panic!("no seat") };
    let show = visit.snapshot(studio_wire::Now::default()).show;
    assert_eq!((show.me.as_str(), show.role), ("ana", Role::Guest));
}
