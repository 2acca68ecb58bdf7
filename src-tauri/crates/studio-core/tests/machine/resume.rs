//! An app that crashed and is started again while its server still waits.

use studio_core::{Event, Start};
use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::layout::LayoutName;
use studio_wire::people::{Position, Presence, Rights, Role};
use studio_wire::room::{Holder, RoomAnswer};
use studio_wire::rtc::RoomKind;
use studio_wire::shell::ShellReport;
use studio_wire::store::{Kept, KeptPerson, Unfinished};
use studio_wire::view::{SceneView, StateName};

use crate::rig::Rig;
use crate::script::play_on;

fn crashed(state: StateName) -> Kept {
    let person = |identity: &str, role, presence| KeptPerson {
        identity: identity.into(),
        name: format!("Name of {identity}"),
        role,
        presence,
        rights: Rights { speak: false, video: true },
        ..KeptPerson::default()
    };
    let line = ChatLine { room: RoomKind::Crew, seq: 7, id: "m".into(), ..ChatLine::default() };
    let scene =
        SceneView { layout: LayoutName::Solo, people: vec!["leo".into(), "zoe".into(), "host".into()] };
    let unfinished = Unfinished {
        session: "old".into(),
        title: "Evening show".into(),
        state,
        takes: 2,
        program: scene.clone(),
        preview: scene,
        people: vec![
            person("host", Role::Host, Presence::Joined),
            person("leo", Role::Cohost, Presence::Joined),
            person("zoe", Role::Guest, Presence::Joined),
            person("eve", Role::Guest, Presence::Removed),
        ],
        chat: vec![ChatPage { room: RoomKind::Crew, lines: vec![line], newest: 7 }],
        ..Unfinished::default()
    };
    Kept { unfinished: Some(unfinished), ..Kept::default() }
}

fn restarted(state: StateName, adopt: bool) -> Rig {
    let mut rig = Rig::from(Start { kept: crashed(state), ..Start::new(8, "host", "Ada") });
    rig.feed(Event::Shell(ShellReport::Started { adopt }));
    rig.obey();
    rig
}

fn position(rig: &Rig, identity: &str) -> Position {
    let people = rig.snapshot().show.people;
    people.iter().find(|person| person.identity.as_str() == identity).unwrap().position
}

#[test]
fn a_show_that_was_live_is_live_again_with_its_people_its_layout_and_its_chat() {
    let mut rig = restarted(StateName::Live, true);
    assert_eq!(rig.state(), StateName::Live);
    let opened = |line: &&String| line.contains("rtc open") || line.contains("media record e");
    let record: Vec<_> = rig.lines.iter().filter(opened).collect();
    assert_eq!(record.len(), 2, "{record:?}");
    play_on(&mut rig, "1000 guest leo");
    let show = rig.snapshot().show;
    assert_eq!((show.title.as_str(), show.program.layout), ("Evening show", LayoutName::Solo));
    assert_eq!(position(&rig, "leo"), Position::OnStage);
    let leo = show.people.iter().find(|person| person.identity.as_str() == "leo").unwrap();
    assert_eq!(
        (leo.role, leo.rights.speak, leo.awaited),
        (Role::Cohost, false, false),
        "a record, not a token"
    );
    assert!(!show.people.iter().any(|person| person.local && (person.camera.on || person.microphone.on)));
    assert_eq!(rig.studio.chat_newest(RoomKind::Crew), 7);
    assert_eq!(rig.snapshot().session, Some("old".into()));
}

#[test]
fn whoever_does_not_come_back_in_time_has_left_and_who_was_refused_still_is() {
    let mut rig = restarted(StateName::Ready, true);
    assert_eq!(rig.state(), StateName::Ready);
    play_on(&mut rig, "100 guest leo");
    assert!(rig.snapshot().show.people.iter().any(|person| person.awaited));
    rig.pass(31_000);
    assert_eq!((position(&rig, "leo"), position(&rig, "zoe")), (Position::OnStage, Position::None));
    rig.lines.clear();
    play_on(&mut rig, "40000 guest eve");
    assert!(rig.lines.iter().any(|line| line.contains("rtc put out eve of crew")));
}

#[test]
fn a_seat_that_was_held_before_the_crash_is_taken_up_again() {
    let mut rig = restarted(StateName::Live, true);
    play_on(&mut rig, "1000 guest leo");
    let RoomAnswer::Welcome { bind, passes, .. } = rig.hello(RoomKind::Crew, "leo", Holder::First) else {
        panic!("no welcome")
    };
    assert!(bind && passes.len() == 2);
}

#[test]
fn without_a_server_that_waits_and_for_a_show_that_was_over_nothing_begins_by_itself() {
    for (state, adopt) in [(StateName::Live, false), (StateName::Stopping, true), (StateName::Error, true)] {
        let rig = restarted(state, adopt);
        assert_eq!(
            (rig.state(), rig.lines.iter().any(|line| line.contains("rtc"))),
            (StateName::Idle, false)
        );
    }
}

#[test]
fn the_next_take_of_a_resumed_show_has_the_next_number() {
    let rig = restarted(StateName::Live, true);
    assert!(rig.lines.iter().any(|line| line.trim() == "store take 3"), "{:#?}", rig.lines);
    assert_eq!(rig.studio.snapshot(rig.time()).show.program.people.len(), 3);
}
