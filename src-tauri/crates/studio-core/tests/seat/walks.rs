//! Random walks: a host that tells the truth late, twice, in the wrong order or never; rooms that come and go; a user
//! who presses everything. What must always hold is looked at after each event (`Rig::feed`).

use proptest::prelude::*;
use studio_core::Event;
use studio_wire::chat::Reaction;
use studio_wire::command::{Bus, Command, HereCommand, ShowCommand};
use studio_wire::engine::{LostWhy, lanes};
use studio_wire::fault::Fault;
use studio_wire::ids::LaneId;
use studio_wire::layout::LayoutName;
use studio_wire::people::{Position, Rights, Role};
use studio_wire::room::{RoomAnswer, RoomAsk, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport, TrackKind};
use studio_wire::shell::ShellReport;
use studio_wire::view::{Ack, Change, Mine, SeatLink};

use crate::rig::{Air, Crew, Rig, line, page};

type Step = (u8, u16);

/// 200 walks of 300 steps.
fn config() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

fn steps() -> impl Strategy<Value = (u8, Vec<Step>)> {
    (
        any::<u8>(),
        proptest::collection::vec((any::<u8>(), prop_oneof![1 => 0..64_u16, 2 => any::<u16>()]), 300),
    )
}

const ROLES: [Role; 4] = [Role::Cohost, Role::Producer, Role::Guest, Role::Viewer];

proptest! {
    #![proptest_config(config())]

    /// Tales that have been made and not been told, so that they can be lost, repeated and exchanged, are in `late`.
    #[test]
    fn whatever_the_rooms_say_no_device_is_switched_on_and_every_ticket_is_answered_once(
        (role, steps) in steps()
    ) {
        let mut rig = Rig::starting(ROLES[usize::from(role) % ROLES.len()]);
        let mut late = Vec::new();
        for step in steps {
            let (before, rev) = (rig.devices(), rig.snapshot().rev);
            let own = walk(&mut rig, step, &mut late);
            let after = rig.devices();
            if !own {
                prop_assert!(after.0 <= before.0 && after.1 <= before.1, "switched on by {step:?}");
            }
            prop_assert!(rig.snapshot().rev >= rev);
            numbers_follow(&rig);
        }
        rig.pass(60_000);
        let unanswered: Vec<_> = (1..=rig.tickets).filter(|ticket| rig.reply(*ticket).is_none()).collect();
        prop_assert!(unanswered.is_empty(), "{unanswered:?}");
    }

    #[test]
    fn whatever_was_lost_the_seat_ends_with_the_hosts_view_and_every_line((role, steps) in steps()) {
        let mut rig = Rig::starting(ROLES[usize::from(role) % ROLES.len()]);
        let mut late = Vec::new();
        let mut newest = 0;
        for step in steps {
            walk(&mut rig, step, &mut late);
            newest = newest.max(late_line(&late));
        }
        settle(&mut rig, newest);
        let show = rig.snapshot().show;
        prop_assert_eq!((&show.title, &show.program, show.role), (&rig.view.title, &rig.view.program, rig.view.role));
        prop_assert_eq!(rig.link(), SeatLink::In);
        prop_assert_eq!(rig.visit.chat(Air).newest, newest);
        numbers_follow(&rig);
    }
}

/// No line twice, none in the wrong place.
fn numbers_follow(rig: &Rig) {
    for room in RoomKind::ALL {
        let lines = rig.visit.chat_after(room, 0);
        assert!(lines.windows(2).all(|two| two[0].seq + 1 == two[1].seq), "{room:?}");
    }
}

fn late_line(late: &[Tale]) -> u64 {
    late.iter().map(|tale| if let Tale::Chat(line) = tale { line.seq } else { 0 }).max().unwrap_or_default()
}

/// One step; true if it was the user's own hand on a device.
fn walk(rig: &mut Rig, (what, how): Step, late: &mut Vec<Tale>) -> bool {
    match what % 32 {
        0..=2 => return user(rig, how),
        3..=5 => wish(rig, how),
        6..=11 => answer(rig, how, late_line(late)),
        12..=14 => change(rig, how, late),
        15..=20 => tell(rig, how, late),
        21..=23 => rooms(rig, how),
        24 => rig.pass(u64::from(how % 4_000)),
        25..=27 => tracks(rig, how),
        28 => {
            let lane = if how & 1 == 0 { lanes::CREW_MICROPHONE } else { lanes::CREW_CAMERA };
            rig.news(Crew, RoomNews::OwnMuted { lane, muted: how & 2 == 0 });
        }
        29 => rig.came(if how & 1 == 0 { "host" } else { "bo" }),
        30 if how & 3 == 0 => rig.left("host"),
        _ => rig.pass(u64::from(how % 300)),
    }
    false
}

fn user(rig: &mut Rig, how: u16) -> bool {
    let room = RoomKind::ALL[usize::from(how / 8 % 2)];
    let command = match how % 8 {
        0 | 1 => HereCommand::Microphone { on: how & 16 == 0 },
        2 | 3 => HereCommand::Camera { on: how & 16 == 0 },
        4 => HereCommand::Say { room, text: format!("text {how}") },
        5 => HereCommand::React { room, reaction: Reaction::Heart },
        6 => HereCommand::ComeBack,
        _ => HereCommand::RecordingFolder { folder: None },
    };
    let own = how % 8 < 4;
    let refused = rig.here(command).is_err();
    own && !refused
}

fn wish(rig: &mut Rig, how: u16) {
    let person = ["bo", "zoe", "ana", "leo"][usize::from(how / 8 % 4)].into();
    rig.wish(Command::Show(match how % 8 {
        0 => ShowCommand::AddToStage { bus: Bus::Program, person },
        1 => ShowCommand::RemoveFromStage { bus: Bus::Program, person },
        2 => ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo },
        3 => ShowCommand::Take,
        4 => ShowCommand::Mute { person, kind: TrackKind::Microphone },
        5 => ShowCommand::Request { up: how & 8 == 0 },
        6 => ShowCommand::SetRole { person, role: Role::Guest },
        _ => ShowCommand::GoLive,
    }));
}

/// The host answers some open call, rightly or with nothing.
fn answer(rig: &mut Rig, how: u16, newest: u64) {
    if rig.open.is_empty() {
        return;
    }
    let at = usize::from(how / 8) % rig.open.len();
    let open = rig.open.remove(at);
    let answer = match (&open.ask, how % 8) {
        (_, 0) => None,
        (RoomAsk::Hello { .. }, _) => Some(rig.whole(pages(newest))),
        (RoomAsk::Command(_), 1..=3) => Some(RoomAnswer::Refused(Fault::Busy)),
        (RoomAsk::Command(_), 4) => Some(RoomAnswer::Done(Ack { rev: rig.rev + 1, person: None })),
        (RoomAsk::Command(_), _) => Some(RoomAnswer::Done(Ack { rev: rig.rev, person: None })),
        (RoomAsk::History { room, after, .. }, _) => Some(RoomAnswer::History(since(*room, *after, newest))),
        (RoomAsk::Devices(_) | RoomAsk::Nonsense, _) => unreachable!(),
    };
    rig.answer(&open, answer);
}

fn pages(newest: u64) -> Vec<studio_wire::chat::ChatPage> {
    vec![page(Air, newest.saturating_sub(99).max(1)..=newest, newest)]
}

fn since(room: RoomKind, after: Option<u64>, newest: u64) -> studio_wire::chat::ChatPage {
    let newest = if room == Air { newest } else { 0 };
    let after = after.unwrap_or_default();
    page(room, after + 1..=newest.min(after + 100), newest)
}

/// Something changes at the host; it is told later, or never.
fn change(rig: &mut Rig, how: u16, late: &mut Vec<Tale>) {
    let tale = match how % 8 {
        0 | 1 => rig.change(Change::Title(format!("title {how}"))),
        2 => {
            let layout = LayoutName::ALL[usize::from(how / 8 % 2)];
            let scene = studio_wire::view::SceneView { layout, ..rig.view.program.clone() };
            rig.change(Change::Program(scene))
        }
        3 => {
            let mut people = rig.view.people.clone();
            let one = usize::from(how / 8) % people.len();
            people[one].position = [Position::OnStage, Position::Backstage][usize::from(how / 64 % 2)];
            rig.change(crate::rig::all(people))
        }
        4 => {
            let rights = Rights { speak: how & 8 == 0, video: how & 16 == 0 };
            let muted = [u32::from(how / 32 % 4), u32::from(how / 128 % 4), 0];
            rig.change(Change::Mine(Mine { rights, muted, ..Mine::default() }))
        }
        5 if how & 24 == 0 => rig.change(Change::Role(ROLES[usize::from(how / 32 % 4)])),
        6 => Tale::Stale { rev: rig.rev },
        _ => Tale::Chat(line(Air, late_line(late) + 1)),
    };
    late.push(tale);
}

fn tell(rig: &mut Rig, how: u16, late: &[Tale]) {
    if how.is_multiple_of(64) {
        return rig.tell(Tale::Recall);
    }
    if how % 64 == 1 {
        return rig.tell(Tale::Unsaid { id: format!("{how}"), fault: Fault::TooFast });
    }
    // Mostly what is newest, sometimes anything.
    let at = if how & 3 == 0 {
        usize::from(how / 4)
    } else {
        late.len().wrapping_sub(1 + usize::from(how / 4 % 3))
    };
    if let Some(tale) = late.get(at) {
        rig.tell(tale.clone());
    }
}

fn rooms(rig: &mut Rig, how: u16) {
    let room = RoomKind::ALL[usize::from(how / 16 % 2)];
    let gone =
        [LostWhy::Away, LostWhy::Duplicate, LostWhy::Removed, LostWhy::Refused][usize::from(how / 32 % 4)];
    match (how % 16, rig.engines[room as usize]) {
        (0..=7, _) => rig.news(room, RoomNews::Joined),
        (8 | 9, _) => rig.lose(room, None),
        (10, _) => rig.lose(room, Some(LostWhy::Away)),
        (11, _) => rig.lose(room, Some(gone)),
        (12, Some(epoch)) => rig.feed(Event::Rtc(RtcReport::EngineLost { room, epoch })),
        (13, Some(epoch)) => {
            rig.feed(Event::Rtc(RtcReport::Failed {
                epoch,
                fault: Fault::RoomRefused { room, said: "no".into() },
            }));
        }
        (14, _) => {
            let epoch = rig.life.unwrap();
            rig.feed(Event::Rtc(RtcReport::RoomsReady { epoch }));
        }
        _ => {}
    }
}

fn tracks(rig: &mut Rig, how: u16) {
    let room = if how.is_multiple_of(5) { Air } else { Crew };
    let who = ["host", "bo", "zoe", "leo"][usize::from(how / 8 % 4)];
    let kinds = [TrackKind::Camera, TrackKind::Microphone, TrackKind::Screen, TrackKind::StageMedia];
    let kind = kinds[usize::from(how / 32 % 4)];
    let sid = crate::rig::sid(who, kind).as_str().into();
    match how % 8 {
        0..=3 => rig.track(room, who, kind, how & 256 != 0),
        4 => rig.news(room, RoomNews::TrackGone { identity: who.into(), sid }),
        5 => rig.news(room, RoomNews::Flowing { lane: LaneId(how / 8 % 52) }),
        6 => rig.news(room, RoomNews::Stalled { lane: LaneId(how / 8 % 52) }),
        _ => rig.news(room, RoomNews::Published { lane: LaneId(how / 8 % 3) }),
    }
}

/// From here on everything works: what was lost is made good.
fn settle(rig: &mut Rig, newest: u64) {
    rig.view.mine.rights = Rights::default();
    rig.rev += 1;
    let epoch = rig.life.unwrap();
    for _ in 0..60 {
        rig.feed(Event::Rtc(RtcReport::RoomsReady { epoch }));
        if matches!(rig.link(), SeatLink::Over(_)) {
            rig.here(HereCommand::ComeBack).unwrap();
        }
        for room in RoomKind::ALL {
            if rig.engines[room as usize].is_some() {
                rig.news(room, RoomNews::Joined);
            }
        }
        let stale = Tale::Stale { rev: rig.rev };
        rig.tell(stale);
        while let Some(open) = rig.call(|_| true) {
            let answer = match &open.ask {
                RoomAsk::Hello { .. } => rig.whole(pages(newest)),
                RoomAsk::History { room, after, .. } => RoomAnswer::History(since(*room, *after, newest)),
                _ => RoomAnswer::Refused(Fault::Busy),
            };
            rig.answer(&open, Some(answer));
        }
        rig.pass(2_000);
    }
}

#[test]
fn a_walk_ends_when_the_app_does() {
    let mut rig = Rig::seated(Role::Guest);
    rig.feed(Event::Shell(ShellReport::Closing));
    for n in 0..2_000_u16 {
        walk(&mut rig, ((n % 251) as u8, n.wrapping_mul(31_337)), &mut Vec::new());
    }
    assert!(rig.exited && rig.orders.iter().all(|order| !order.starts_with("start")));
}
