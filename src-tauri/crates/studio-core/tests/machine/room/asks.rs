//! What people ask for by a call, what they get to know, how they are shown.

use super::*;

#[test]
fn a_desk_does_what_its_role_may_and_no_more() {
    let mut rig = rig();
    assert!(rig.call("pat", SOLO).is_ok());
    assert_eq!(rig.snapshot().show.program.layout, LayoutName::Solo);
    let add = ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() };
    let ack = rig.call("pat", add).unwrap();
    assert_eq!(ack.person.map(|person| person.position), Some(Position::OnStage));
    assert!(rig.call("kim", ShowCommand::Mute { person: "leo".into(), kind: TrackKind::Microphone }).is_ok());
    assert_eq!(rig.call("kim", ShowCommand::EndStream), refused(Act::EndStream, Role::Cohost));
    let role = ShowCommand::SetRole { person: "leo".into(), role: Role::Cohost };
    assert_eq!(rig.call("pat", role.clone()), refused(Act::SetRole, Role::Producer));
    assert!(rig.call("kim", role).is_ok());
}

#[test]
fn a_guest_is_refused_everything_that_is_not_its_own() {
    let mut rig = rig();
    let person = || Identity::from("kim");
    let bus = Bus::Program;
    for command in [
        SOLO,
        ShowCommand::GoLive,
        ShowCommand::EmergencyStop,
        ShowCommand::AddToStage { bus, person: "leo".into() },
        ShowCommand::SetRole { person: "leo".into(), role: Role::Cohost },
        ShowCommand::Permit { person: "leo".into(), speak: Some(true), video: None },
        ShowCommand::Mute { person: person(), kind: TrackKind::Microphone },
        ShowCommand::Remove { person: person(), refuse: true },
        ShowCommand::Silence { person: person(), on: true },
        ShowCommand::HostDevice { kind: DeviceKind::Camera, device: Some(test::BARS.into()) },
    ] {
        let act = Command::Show(command.clone()).act();
        assert_eq!(rig.call("leo", command.clone()), refused(act, Role::Guest));
        assert_eq!(rig.call("vi", command.clone()), refused(act, Role::Viewer));
        assert_eq!(rig.call("nobody", command), refused(act, Role::Viewer));
    }
    assert_eq!(rig.call("leo", ShowCommand::Decline { kind: TrackKind::Camera }), Err(Fault::NotAsked));
    assert!(rig.call("vi", ShowCommand::Request { up: true }).is_ok());
    assert_eq!(self::person(&rig, "vi").position, Position::Requested);
}

#[test]
fn what_is_no_wish_is_answered_so() {
    let mut rig = rig();
    let answer = rig.ask(RoomKind::Crew, "leo", RoomAsk::Nonsense);
    assert_eq!(answer, Some(RoomAnswer::Refused(Fault::NotUnderstood)));
    let old = RoomAsk::Hello { version: 7, holder: Holder::First };
    let wrong = Fault::OtherVersion { found: 7, known: studio_wire::room::VERSION };
    assert_eq!(rig.ask(RoomKind::Crew, "leo", old), Some(RoomAnswer::Refused(wrong)));
}

// S-187 S-188
#[test]
fn a_seat_that_says_hello_gets_its_view_its_chat_and_the_rooms_it_may_enter() {
    let mut rig = rig();
    rig.news(RoomKind::Crew, RoomNews::Said { from: "kim".into(), id: None, text: "secret".into() });
    rig.news(RoomKind::Air, RoomNews::Said { from: "vi".into(), id: None, text: "hi".into() });
    let RoomAnswer::Welcome { view, chat, passes, bind, .. } =
        rig.hello(RoomKind::Crew, "leo", Holder::First)
    else {
        panic!("no welcome")
    };
    assert_eq!((view.role, view.me.as_str(), bind), (Role::Guest, "leo", true));
    assert_eq!(chat.iter().map(|page| page.lines.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(passes, RoomKind::ALL);
    let RoomAnswer::Welcome { view, chat, passes, .. } = rig.hello(RoomKind::Air, "vi", Holder::First) else {
        panic!("no welcome")
    };
    assert_eq!((view.role, passes), (Role::Viewer, vec![RoomKind::Air]));
    assert_eq!(chat.iter().map(|page| page.room).collect::<Vec<_>>(), [RoomKind::Air]);
}

/// People who publish nothing are announced up to three seconds late: their own word is enough.
#[test]
fn a_hello_is_enough_to_be_there() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "zoe", Holder::First);
    assert_eq!(person(&rig, "zoe").presence, Presence::Joined);
    assert_eq!(person(&rig, "zoe").role, Role::Viewer, "what nobody stamped and no record says is a viewer");
}

// S-87 S-187
#[test]
fn seats_are_told_of_each_change_that_concerns_them_and_a_command_names_the_view_that_shows_it() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "kim", Holder::First);
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    rig.pass(100);
    rig.ports.tales.clear();
    let ack = rig.call("kim", SOLO).unwrap();
    rig.pass(100);
    let Some((_, _, Tale::View { rev, changes, .. })) =
        rig.ports.tales.iter().find(|(_, to, _)| to[..] == ["kim".into()])
    else {
        panic!("{:?}", rig.ports.tales)
    };
    assert_eq!(*rev, ack.rev);
    assert!(
        changes
            .iter()
            .any(|change| matches!(change, Change::Program(scene) if scene.layout == LayoutName::Solo))
    );
    assert!(rig.ports.tales.iter().any(|(_, to, _)| to[..] == ["leo".into()]));
    rig.ports.tales.clear();
    rig.show(ShowCommand::AddToStage { bus: Bus::Preview, person: "leo".into() }).unwrap();
    rig.pass(100);
    let to: Vec<_> = rig.ports.tales.iter().flat_map(|(_, to, _)| to.clone()).collect();
    assert_eq!(to, ["kim".into()], "the preview is no guest's business");
}

// S-70 S-72 S-74 S-76 S-77
#[test]
fn a_record_and_what_the_room_tells_are_one_view() {
    let mut rig = rig();
    play_on(&mut rig, "20 flowing 8\n21 flowing 32");
    rig.news(RoomKind::Crew, RoomNews::Quality { identity: "leo".into(), quality: Quality::Poor });
    rig.news(RoomKind::Crew, RoomNews::Speaking { people: vec!["leo".into()] });
    let leo = person(&rig, "leo");
    assert_eq!((leo.name.as_str(), leo.role, leo.presence), ("Name of leo", Role::Guest, Presence::Joined));
    assert!(leo.speaking && leo.camera.on && leo.camera.flowing && leo.microphone.flowing && !leo.local);
    assert_eq!((leo.quality, leo.rights, leo.joined.ms()), (Quality::Poor, Rights::ALL, 10));
    assert!(person(&rig, "host").local);
    let counts = rig.snapshot().show.counts;
    assert_eq!((counts.online, counts.total), (5, 5));
    play_on(&mut rig, "30 left leo");
    let counts = rig.snapshot().show.counts;
    assert_eq!((counts.online, counts.total), (4, 5), "records outlive a visit");
    assert!(!person(&rig, "leo").speaking);
}

// S-80 S-81 S-83
#[test]
fn coming_and_going_is_stored_and_logged() {
    let mut rig = Rig::in_state(StateName::Ready);
    play_on(&mut rig, "10 came leo\n20 left leo");
    assert!(ordered(&rig, "store person leo guest Joined Backstage"), "{:#?}", rig.lines);
    assert!(ordered(&rig, "store person leo guest Left None"));
    let rows: Vec<_> = rig.studio.journal().map(|row| (row.kind, row.about.as_str())).collect();
    assert!(rows.contains(&("rtc.came", "leo")) && rows.contains(&("rtc.left", "leo")), "{rows:?}");
}

// S-82 S-186 S-189
#[test]
fn who_has_left_is_told_nothing_and_a_show_that_is_over_tells_nobody() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    rig.hello(RoomKind::Crew, "kim", Holder::First);
    play_on(&mut rig, "20 left leo");
    rig.pass(100);
    rig.ports.tales.clear();
    rig.show(SOLO).unwrap();
    rig.pass(100);
    assert!(rig.ports.tales.iter().all(|(_, to, _)| to[..] == ["kim".into()]), "{:?}", rig.ports.tales);
    rig.show(ShowCommand::Release).unwrap();
    rig.obey();
    rig.ports.tales.clear();
    rig.pass(5_000);
    assert!(rig.ports.tales.is_empty());
}

// S-71
#[test]
fn each_seat_knows_itself_the_others_and_how_many_they_are() {
    let rig = rig();
    for (seat, me) in
        [(Seat::Host, "host"), (Seat::Desk("kim".into()), "kim"), (Seat::Guest("leo".into()), "leo")]
    {
        let view = rig.studio.view(&seat, rig.time());
        let (own, others): (Vec<_>, Vec<_>) = view.people.iter().partition(|person| person.local);
        assert_eq!(own.iter().map(|person| person.identity.as_str()).collect::<Vec<_>>(), [me]);
        assert_eq!((view.me.as_str(), others.len()), (me, if me == "host" { 4 } else { 3 }));
    }
    assert_eq!(rig.snapshot().show.counts.online, 5);
}
