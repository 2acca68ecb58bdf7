//! Chat and cheers.

use super::*;

// S-27
#[test]
fn a_message_is_kept_once_numbered_and_told_to_who_may_hear_it() {
    let mut rig = rig();
    for who in ["kim", "leo"] {
        rig.hello(RoomKind::Crew, who, Holder::First);
    }
    rig.hello(RoomKind::Air, "vi", Holder::First);
    rig.ports.tales.clear();
    let say = |rig: &mut Rig, room, from: &str, id: &str, text: &str| {
        rig.news(room, RoomNews::Said { from: from.into(), id: Some(id.into()), text: text.into() });
    };
    say(&mut rig, RoomKind::Crew, "leo", "m1", " to the crew\u{202e} ");
    say(&mut rig, RoomKind::Crew, "leo", "m1", " to the crew\u{202e} ");
    say(&mut rig, RoomKind::Air, "vi", "m1", "hello");
    let lines = rig.studio.chat_after(RoomKind::Crew, 0);
    assert_eq!(
        lines.iter().map(|line| (line.seq, line.text.as_str())).collect::<Vec<_>>(),
        [(1, "to the crew")]
    );
    let chat = |tale: &Tale| matches!(tale, Tale::Chat(_));
    let told: Vec<_> =
        rig.ports.tales.iter().filter(|(_, _, tale)| chat(tale)).map(|(_, to, _)| to.len()).collect();
    // Both of crew; the sender once more, who sent it twice; both of crew and the viewer.
    assert_eq!(told, [2, 1, 2, 1]);
    assert_eq!(rig.lines.iter().filter(|line| line.contains("store chat crew")).count(), 1);
}

#[test]
fn what_may_not_be_said_is_not_kept_and_its_sender_learns_why() {
    let mut rig = rig();
    rig.hello(RoomKind::Air, "vi", Holder::First);
    rig.show(ShowCommand::Silence { person: "vi".into(), on: true }).unwrap();
    let say = |rig: &mut Rig, room, from: &str, text: String| {
        rig.ports.tales.clear();
        rig.news(room, RoomNews::Said { from: from.into(), id: Some("x".into()), text });
        match rig.ports.tales.pop() {
            Some((_, _, Tale::Unsaid { fault, .. })) => fault,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(say(&mut rig, RoomKind::Air, "vi", "hi".into()), Fault::Silenced);
    rig.show(ShowCommand::Silence { person: "vi".into(), on: false }).unwrap();
    assert_eq!(say(&mut rig, RoomKind::Air, "vi", " ".into()), Fault::BadText { most: 1_000 });
    assert_eq!(say(&mut rig, RoomKind::Air, "vi", "x".repeat(1_001)), Fault::BadText { most: 1_000 });
    let act = Act::Say;
    assert_eq!(
        say(&mut rig, RoomKind::Crew, "vi", "hi".into()),
        Fault::NotAllowed { act, role: Role::Viewer }
    );
    assert_eq!(rig.studio.chat_newest(RoomKind::Air) + rig.studio.chat_newest(RoomKind::Crew), 0);
}

#[test]
fn the_audience_cannot_read_what_the_crew_says() {
    let mut rig = rig();
    let history = |room| RoomAsk::History { room, after: Some(0), before: None };
    let act = Act::Say;
    let refused = RoomAnswer::Refused(Fault::NotAllowed { act, role: Role::Viewer });
    assert_eq!(rig.ask(RoomKind::Air, "vi", history(RoomKind::Crew)), Some(refused));
    assert!(matches!(rig.ask(RoomKind::Crew, "leo", history(RoomKind::Crew)), Some(RoomAnswer::History(_))));
}

#[test]
fn what_memory_has_forgotten_the_store_is_asked_for() {
    let mut rig = rig();
    for n in 0..1_200 {
        let text = format!("{n}");
        rig.news(RoomKind::Crew, RoomNews::Said { from: "leo".into(), id: None, text });
    }
    let ask = RoomAsk::History { room: RoomKind::Crew, after: Some(10), before: None };
    assert_eq!(rig.ask(RoomKind::Crew, "kim", ask), None);
    assert!(ordered(&rig, "store read chat t1"));
    let page = studio_wire::chat::ChatPage { newest: 3, ..Default::default() };
    let ticket = studio_wire::Ticket(1);
    rig.feed(Event::Store(studio_wire::store::StoreReport::Chat { ticket, page }));
    let Some((_, RoomAnswer::History(page))) = rig.ports.answers.pop() else { panic!("no answer") };
    assert_eq!(page.newest, 1_200);
}

#[test]
fn cheers_are_counted_and_not_kept() {
    let mut rig = rig();
    for _ in 0..3 {
        rig.news(RoomKind::Air, RoomNews::Reacted { from: "vi".into(), reaction: Reaction::Heart });
    }
    rig.news(RoomKind::Air, RoomNews::Reacted { from: "nobody".into(), reaction: Reaction::Clap });
    let counted: Vec<_> = rig.snapshot().show.reactions.iter().map(|c| (c.reaction, c.count)).collect();
    assert_eq!(counted, [(Reaction::Heart, 3)]);
    assert!(!rig.lines.iter().any(|line| line.contains("store")), "{:#?}", rig.lines);
}

#[test]
fn somebody_who_floods_is_named_once() {
    let mut rig = rig();
    for dropped in [40, 60] {
        rig.news(RoomKind::Air, RoomNews::Flooding { from: "vi".into(), dropped });
    }
    let notices = rig.snapshot().notices;
    assert_eq!((notices.len(), notices[0].count), (1, 2));
}

#[test]
fn what_is_said_while_it_is_not_known_who_speaks_is_neither_kept_nor_refused() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 8");
    replaced(&mut rig);
    rig.ports.tales.clear();
    let say = |rig: &mut Rig, from: &str, room| {
        rig.news(room, RoomNews::Said { from: from.into(), id: Some("m".into()), text: "hi".into() });
    };
    say(&mut rig, "leo", RoomKind::Crew);
    assert!(rig.ports.tales.iter().all(|(_, _, tale)| !matches!(tale, Tale::Unsaid { .. } | Tale::Chat(_))));
    rig.hello(RoomKind::Crew, "leo", Holder::Same);
    say(&mut rig, "leo", RoomKind::Crew);
    assert_eq!(rig.studio.chat_newest(RoomKind::Crew), 1);
    // Somebody whom the room has not announced yet.
    say(&mut rig, "ann", RoomKind::Air);
    assert_eq!(rig.studio.chat_newest(RoomKind::Air), 1);
}
