//! What is said through the rooms: a host's port, seats' ports and foreign clients with the real server and engine.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use studio_rtc::SeatToken;
use studio_wire::chat::{ChatLine, ChatPage, Reaction};
use studio_wire::command::ShowCommand;
use studio_wire::engine::LostWhy;
use studio_wire::people::Parting;
use studio_wire::room::{HOST, Holder, RoomAnswer, RoomAsk, Tale, VERSION, names};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, Stamp};
use studio_wire::view::{Ack, Change, PersonView, ShowView};
use studio_wire::{CallId, Epoch, Fault, Identity, Role, ShowTime};
use support::guest::Guest;
use support::{NoDesk, Studio, signal, tools_with_engine};

const CREW: RoomKind = RoomKind::Crew;
const AIR: RoomKind = RoomKind::Air;

/// Waits for news of a room.
fn news<T>(
    studio: &mut Studio,
    room: RoomKind,
    what: &str,
    mut wanted: impl FnMut(&RoomNews) -> Option<T>,
) -> T {
    studio.wait(what, |told| match told {
        RtcReport::Room { room: of, news, .. } if *of == room => wanted(news),
        _ => None,
    })
}

fn start(studio: &mut Studio, room: RoomKind, who: &str) {
    let (identity, name) = (who.into(), who.into());
    studio.order(RtcOrder::Start { room, epoch: Epoch(1), identity, name });
    news(studio, room, "joined", |news| (*news == RoomNews::Joined).then_some(()));
}

/// A show with the host in both rooms, who sends nothing.
fn open() -> Studio {
    let mut host = Studio::start(tools_with_engine(), NoDesk);
    host.open(1).unwrap();
    for room in RoomKind::ALL {
        start(&mut host, room, HOST);
    }
    host
}

fn seat(host: &Studio, role: Role, who: &str) -> SeatToken {
    SeatToken::parse(&host.rtc().seat_for(role, who, "").unwrap().to_json()).unwrap()
}

/// A second Sidestage in a seat, in the room of its role.
fn come(host: &Studio, role: Role, who: &str) -> Studio {
    let mut visitor = Studio::visit(tools_with_engine(), NoDesk, seat(host, role, who));
    visitor.order(RtcOrder::Attend { epoch: Epoch(1) });
    visitor.wait("the seat", |told| (*told == RtcReport::RoomsReady { epoch: Epoch(1) }).then_some(()));
    start(&mut visitor, role.room(), who);
    visitor
}

fn ask(visitor: &Studio, room: RoomKind, call: u64, ask: RoomAsk) {
    visitor.order(RtcOrder::Ask { room, call: CallId(call), to: HOST.into(), ask });
}

fn hello() -> RoomAsk {
    RoomAsk::Hello { version: VERSION, holder: Holder::First }
}

/// Waits until somebody is known to be there: before that nobody's name is on their packets.
fn present(studio: &mut Studio, room: RoomKind, who: &str) {
    news(studio, room, who, |news| match news {
        RoomNews::Came { identity, .. } if identity.as_str() == who => Some(()),
        _ => None,
    });
}

/// The next call of that person.
fn asked(host: &mut Studio, room: RoomKind, who: &str) -> (CallId, RoomAsk) {
    news(host, room, "a call", |news| match news {
        RoomNews::Asked { call, from, ask } if from.as_str() == who => Some((*call, ask.clone())),
        _ => None,
    })
}

fn answer(host: &Studio, room: RoomKind, call: CallId, answer: RoomAnswer) {
    host.order(RtcOrder::Answer { room, call, answer });
}

fn answered(visitor: &mut Studio, room: RoomKind, call: u64) -> Option<RoomAnswer> {
    news(visitor, room, "an answer", |news| match news {
        RoomNews::Answered { call: CallId(of), answer } if *of == call => Some(answer.clone()),
        _ => None,
    })
}

fn welcome(who: &str, role: Role, passes: &[RoomKind], bind: bool) -> RoomAnswer {
    let person = PersonView { identity: who.into(), name: "Some Body".into(), ..PersonView::default() };
    let view = ShowView { me: who.into(), role, people: vec![person], ..ShowView::default() };
    let lines = vec![line(1, "earlier")];
    RoomAnswer::Welcome {
        rev: 3,
        at: ShowTime::from_ms(40),
        view: Box::new(view),
        chat: vec![ChatPage { room: role.room(), lines, newest: 1 }],
        passes: passes.to_vec(),
        bind,
    }
}

fn line(seq: u64, text: &str) -> ChatLine {
    ChatLine { seq, text: text.into(), from: "ana".into(), ..ChatLine::default() }
}

fn said(host: &mut Studio, room: RoomKind, text: &str) -> (Identity, Option<String>) {
    news(host, room, text, |news| match news {
        RoomNews::Said { from, id, text: said } if said == text => Some((from.clone(), id.clone())),
        _ => None,
    })
}

/// A call of a foreign client; `n` tells its answer from others.
fn call(n: u32, method: &str, payload: &Value) -> Value {
    json!({ "call": method, "to": HOST, "payload": payload.to_string(), "n": n })
}

/// The host's answer to the foreign call with that number.
fn reply(guest: &Guest, n: u32) -> Value {
    let word = guest.hears("an answer", |word| word["n"] == n);
    serde_json::from_str(word["answer"].as_str().unwrap_or_else(|| panic!("{word}"))).unwrap()
}

// S-185 S-187
#[test]
fn a_seat_is_welcomed_with_a_pass_for_the_audiences_room_and_known_again() {
    let mut host = open();
    let mut ana = come(&host, Role::Guest, "ana");
    ana.order(RtcOrder::Start { room: AIR, epoch: Epoch(2), identity: "ana".into(), name: "Ana".into() });
    let refused = RtcReport::Failed { epoch: Epoch(2), fault: Fault::SeatRefused };
    ana.wait("no pass, no room", |told| (*told == refused).then_some(()));

    ask(&ana, CREW, 1, hello());
    let (call, asked_for) = asked(&mut host, CREW, "ana");
    assert_eq!(asked_for, RoomAsk::Hello { version: VERSION, holder: Holder::First });
    answer(&host, CREW, call, welcome("ana", Role::Guest, &RoomKind::ALL, true));
    assert_eq!(answered(&mut ana, CREW, 1), Some(welcome("ana", Role::Guest, &RoomKind::ALL, true)));
    start(&mut ana, AIR, "ana");

    // Also from the other room, and after its engine died.
    for room in [AIR, CREW] {
        ask(&ana, room, 2, hello());
        let (call, asked_for) = asked(&mut host, room, "ana");
        assert_eq!(asked_for, RoomAsk::Hello { version: VERSION, holder: Holder::Same }, "{room:?}");
        answer(&host, room, call, welcome("ana", Role::Guest, &[], false));
        assert_eq!(answered(&mut ana, room, 2), Some(welcome("ana", Role::Guest, &[], false)));
        if room == AIR {
            signal(ana.pid("sidestage-engine crew"), Signal::KILL);
            ana.wait("the loss", |told| matches!(told, RtcReport::EngineLost { .. }).then_some(()));
            start(&mut ana, CREW, "ana");
        }
    }
}

#[test]
fn somebody_else_with_the_same_token_is_told_apart() {
    let mut host = open();
    let seat = seat(&host, Role::Guest, "ana");
    let mut first = come(&host, Role::Guest, "ana");
    ask(&first, CREW, 1, hello());
    let (id, _) = asked(&mut host, CREW, "ana");
    answer(&host, CREW, id, welcome("ana", Role::Guest, &[], true));
    answered(&mut first, CREW, 1);

    let mut second = Guest::talk(&seat);
    let gone = Some(LostWhy::Duplicate);
    news(&mut first, CREW, "it has to go", |news| (*news == RoomNews::Lost { gone }).then_some(()));
    for (n, secret) in [(1, Value::Null), (2, json!("0123456789abcdef"))] {
        second.act(&call(n, names::HELLO, &json!({ "version": 1, "holder": secret })));
        let (id, asked_for) = asked(&mut host, CREW, "ana");
        assert_eq!(asked_for, RoomAsk::Hello { version: VERSION, holder: Holder::Other });
        answer(&host, CREW, id, RoomAnswer::Refused(Fault::SeatTaken));
        assert_eq!(reply(&second, n), json!({ "refused": "seat_taken" }));
    }
}

#[test]
fn a_wish_is_done_or_refused_and_missed_chat_is_given() {
    let mut host = open();
    let mut ben = come(&host, Role::Viewer, "ben");
    let wish = ShowCommand::Request { up: true };
    for (n, asked_for, answer_is) in [
        (1, RoomAsk::Command(wish.clone()), RoomAnswer::Done(Ack { rev: 9, person: None })),
        (2, RoomAsk::Command(ShowCommand::EndStream), RoomAnswer::Refused(Fault::TooFast)),
        (
            3,
            RoomAsk::History { room: AIR, after: Some(4), before: None },
            RoomAnswer::History(ChatPage { room: AIR, lines: vec![line(5, "five")], newest: 5 }),
        ),
    ] {
        ask(&ben, AIR, n, asked_for.clone());
        let (call, came) = asked(&mut host, AIR, "ben");
        assert_eq!(came, asked_for);
        answer(&host, AIR, call, answer_is.clone());
        assert_eq!(answered(&mut ben, AIR, n), Some(answer_is));
    }
}

// S-187
#[test]
fn every_foreign_call_is_answered_whatever_it_says() {
    let mut host = open();
    let mut ana = Guest::talk(&seat(&host, Role::Guest, "ana"));
    for (n, method, payload) in [
        (1, names::COMMAND, json!({ "request": { "up": true, "person": "host" } })),
        (2, names::COMMAND, json!({ "from": "host", "command": "go_live" })),
        (3, names::HELLO, json!("hello")),
        (4, names::HISTORY, json!({ "room": "cellar" })),
        (5, names::COMMAND, json!({ "open": { "title": "x".repeat(5000) } })),
    ] {
        ana.act(&call(n, method, &payload));
        let (id, came) = asked(&mut host, CREW, "ana");
        assert_eq!(came, RoomAsk::Nonsense, "{payload}");
        answer(&host, CREW, id, RoomAnswer::Refused(Fault::NotUnderstood));
        assert_eq!(reply(&ana, n), json!({ "refused": "not_understood" }));
    }
    // What the host does not answer for, the library refuses.
    ana.act(&call(6, "studio.administer", &json!({})));
    assert_eq!(ana.hears("a refusal", |word| word["n"] == 6)["refused"], 1400);
    // A core that says nothing.
    let begun = Instant::now();
    ana.act(&call(7, names::COMMAND, &json!("take")));
    let (late, came) = asked(&mut host, CREW, "ana");
    assert_eq!(came, RoomAsk::Command(ShowCommand::Take));
    assert_eq!(reply(&ana, 7), json!({ "refused": "busy" }));
    assert!(begun.elapsed() >= Duration::from_secs(2));
    // An answer that comes too late goes nowhere.
    answer(&host, CREW, late, RoomAnswer::Done(Ack::default()));
    ana.act(&call(8, names::COMMAND, &json!("take")));
    let (id, _) = asked(&mut host, CREW, "ana");
    answer(&host, CREW, id, RoomAnswer::Done(Ack { rev: 2, person: None }));
    assert_eq!(reply(&ana, 8), json!({ "done": { "rev": 2, "person": null } }));
}

// S-185
#[test]
fn what_the_host_tells_comes_whole_in_order_and_from_nobody_else() {
    let mut host = open();
    let mut ana = come(&host, Role::Guest, "ana");
    let mut eve = Guest::talk(&seat(&host, Role::Guest, "eve"));
    present(&mut ana, CREW, "eve");
    present(&mut host, CREW, "eve");
    let forged = json!({ "stale": { "rev": 666 } }).to_string();
    eve.act(&json!({ "packet": forged, "topic": names::TELL }));
    eve.act(&json!({ "packet": forged, "topic": names::TELL, "only": ["ana"] }));
    // When this one is there, so is what was sent before it.
    eve.act(&json!({ "packet": "wow", "topic": names::REACTION }));
    let reacted = |news: &RoomNews| match news {
        RoomNews::Reacted { from, reaction: Reaction::Wow } if from.as_str() == "eve" => Some(()),
        _ => None,
    };
    news(&mut ana, CREW, "a cheer", reacted);
    news(&mut host, CREW, "the same cheer", reacted);

    let told: Vec<Tale> = (1..=100)
        .map(|n| match n % 3 {
            0 => Tale::Chat(line(n, "hi")),
            1 => Tale::View { from: n - 1, rev: n, changes: vec![Change::Title("x".repeat(2000))] },
            _ => Tale::Unsaid { id: format!("m{n}"), fault: Fault::Silenced },
        })
        .collect();
    for tale in &told {
        host.order(RtcOrder::Tell { room: CREW, to: vec!["ana".into()], tale: tale.clone() });
    }
    let large = vec![Change::Title("x".repeat(70_000))];
    host.order(RtcOrder::Tell {
        room: CREW,
        to: vec!["ana".into()],
        tale: Tale::View { from: 100, rev: 101, changes: large },
    });
    let mut heard = Vec::new();
    while heard.len() < told.len() + 1 {
        heard.push(news(&mut ana, CREW, "a tale", |news| match news {
            RoomNews::Told { tale } => Some(tale.clone()),
            _ => None,
        }));
    }
    assert_eq!(heard.pop(), Some(Tale::Stale { rev: 101 }));
    assert_eq!(heard, told);
    // The foreign client was told nothing of it.
    host.order(RtcOrder::Tell { room: CREW, to: vec!["eve".into()], tale: Tale::Stale { rev: 7 } });
    let first = eve.hears("a tale", |word| word["got"] == names::TELL);
    assert_eq!(
        (first["whose"].as_str(), first["bytes"].as_str()),
        (Some(HOST), Some(r#"{"stale":{"rev":7}}"#))
    );
}

// S-91
#[test]
fn a_viewer_who_is_recalled_has_a_token_for_the_crew_with_the_role_that_was_stamped() {
    let mut host = open();
    let mut ben = come(&host, Role::Viewer, "ben");
    let stamp = Stamp { role: Role::Guest, ..Stamp::default() };
    host.order(RtcOrder::Stamp { room: AIR, identity: "ben".into(), stamp });
    host.order(RtcOrder::Tell { room: AIR, to: vec!["ben".into()], tale: Tale::Recall });
    news(&mut ben, AIR, "the recall", |news| (*news == RoomNews::Told { tale: Tale::Recall }).then_some(()));
    start(&mut ben, CREW, "ben");
    let role = news(&mut host, CREW, "the guest", |news| match news {
        RoomNews::Came { identity, role, .. } if identity.as_str() == "ben" => Some(*role),
        _ => None,
    });
    assert_eq!(role, Some(Role::Guest));
    // And gives the room up again, without leaving the other one.
    ben.order(RtcOrder::Leave { room: CREW });
    news(&mut host, CREW, "the going", |news| match news {
        RoomNews::Left { identity, why: Parting::Left } if identity.as_str() == "ben" => Some(()),
        _ => None,
    });
    let names: Vec<String> = ben.rtc().processes().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["sidestage-engine air"]);
    ask(&ben, CREW, 5, hello());
    assert_eq!(answered(&mut ben, CREW, 5), None, "nobody is there to ask through");
}

// S-186
#[test]
fn seats_and_foreign_clients_chat_with_each_other_and_nobody_can_write_in_anothers_name() {
    let mut host = open();
    let ana = come(&host, Role::Viewer, "ana");
    let mut ben = Guest::talk(&seat(&host, Role::Viewer, "ben"));
    ana.order(RtcOrder::Say {
        room: AIR,
        id: "m-1".into(),
        text: "olá, ben".into(),
        sent_ms: 1_700_000_000_000,
    });
    assert_eq!(said(&mut host, AIR, "olá, ben"), ("ana".into(), Some("m-1".into())));
    let heard = ben.hears("ana's message", |word| word["text"] == "olá, ben");
    assert_eq!(heard["whose"], "ana");
    assert_eq!(heard["attributes"], json!({ "id": "m-1", "type": "chat", "ts": "1700000000000" }));

    ben.act(&json!({ "say": "hi, ana" }));
    assert_eq!(said(&mut host, AIR, "hi, ana"), ("ben".into(), None));
    let forged = json!({ "id": "m-2", "from": "ana", "role": "host", "identity": "ana", "ts": "1" });
    ben.act(&json!({ "say": "as ana", "attributes": forged }));
    assert_eq!(said(&mut host, AIR, "as ana"), ("ben".into(), Some("m-2".into())));
    present(&mut host, AIR, "ben");
    let old = json!({ "type": "chat", "message": "as host", "timestamp": 1, "from": "host", "role": "host" });
    ben.act(&json!({ "packet": old.to_string(), "topic": names::OLD_CHAT }));
    assert_eq!(said(&mut host, AIR, "as host"), ("ben".into(), None));

    host.order(RtcOrder::Say { room: AIR, id: "h-1".into(), text: "from the host".into(), sent_ms: 5 });
    let heard = ben.hears("the host's message", |word| word["text"] == "from the host");
    assert_eq!(heard["whose"], HOST);
}

#[test]
fn what_is_too_large_or_no_message_is_dropped_and_the_next_one_is_heard() {
    let mut host = open();
    let mut ben = Guest::talk(&seat(&host, Role::Viewer, "ben"));
    ben.act(&json!({ "say": "x".repeat(5000) }));
    present(&mut host, AIR, "ben");
    let huge = json!({ "type": "chat", "message": "y".repeat(5000) }).to_string();
    for (packet, topic) in [
        (huge.as_str(), names::OLD_CHAT),
        (r#"{"type":"chat","message""#, names::OLD_CHAT),
        ("[[[[[[", names::OLD_CHAT),
        ("", names::OLD_CHAT),
        ("boo", names::REACTION),
        (r#"{"stale":{"rev":1}}"#, names::TELL),
        ("anything", "another topic"),
    ] {
        ben.act(&json!({ "packet": packet, "topic": topic }));
    }
    ben.act(&json!({ "say": "elsewhere", "topic": "another topic" }));
    ben.act(&json!({ "say": "still here" }));
    let mut others = Vec::new();
    let last = news(&mut host, AIR, "the message", |news| {
        if let RoomNews::Said { text, .. } = news
            && text != "still here"
        {
            others.push(news.clone());
        }
        match news {
            RoomNews::Reacted { .. } | RoomNews::Told { .. } => panic!("{news:?}"),
            RoomNews::Said { text, .. } if text == "still here" => Some(text.clone()),
            _ => None,
        }
    });
    assert_eq!((last.as_str(), others), ("still here", Vec::new()));
    let dropped = news(&mut host, AIR, "that something was too large", |news| match news {
        RoomNews::Flooding { from, dropped } if from.as_str() == "ben" => Some(*dropped),
        _ => None,
    });
    assert_eq!(dropped, 1);
}

#[test]
fn a_flood_is_stopped_at_the_door_and_named_and_everybody_else_is_heard() {
    let mut host = open();
    let mut eve = Guest::talk(&seat(&host, Role::Viewer, "eve"));
    let mut ben = Guest::talk(&seat(&host, Role::Viewer, "ben"));
    present(&mut host, AIR, "eve");
    let begun = Instant::now();
    eve.act(&json!({ "flood": 1000, "seconds": 1 }));
    news(&mut host, AIR, "the flood", |news| match news {
        RoomNews::Flooding { from, .. } if from.as_str() == "eve" => Some(()),
        _ => None,
    });
    ben.act(&json!({ "say": "can you hear me?" }));
    assert_eq!(said(&mut host, AIR, "can you hear me?"), ("ben".into(), None));
    eve.act(&call(1, names::COMMAND, &json!({ "request": { "up": true } })));
    eve.hears("the end of it", |word| word["flooded"] == 1000);
    let took = begun.elapsed();
    let refused = reply(&eve, 1);
    assert!(
        refused == json!({ "refused": "too_fast" }) || refused == json!({ "refused": "busy" }),
        "{refused}"
    );

    // What was let in and what was dropped add up to all of it.
    let (mut through, mut dropped) = (0_u32, 1_u32);
    while through + dropped < 1000 {
        let more = news(&mut host, AIR, "the rest", |news| match news {
            RoomNews::Said { from, .. } if from.as_str() == "eve" => Some((1, 0)),
            RoomNews::Flooding { from, dropped } if from.as_str() == "eve" => Some((0, *dropped)),
            _ => None,
        });
        (through, dropped) = (through + more.0, dropped + more.1);
    }
    let most = 30.0 + 10.0 * (took.as_secs_f64() + 2.0);
    assert!(f64::from(through) <= most, "{through} of 1000 in {took:?}");
}

#[test]
fn a_seat_whose_engine_dies_is_not_left_waiting_for_an_answer() {
    let mut host = open();
    let mut ana = come(&host, Role::Guest, "ana");
    ask(&ana, CREW, 1, RoomAsk::Command(ShowCommand::Take));
    let (call, _) = asked(&mut host, CREW, "ana");
    signal(ana.pid("sidestage-engine crew"), Signal::KILL);
    assert_eq!(answered(&mut ana, CREW, 1), None);
    answer(&host, CREW, call, RoomAnswer::Done(Ack::default()));
    // And a host whose core says nothing does not say nothing.
    ana.wait("the loss", |told| matches!(told, RtcReport::EngineLost { .. }).then_some(()));
    start(&mut ana, CREW, "ana");
    let begun = Instant::now();
    ask(&ana, CREW, 2, RoomAsk::Command(ShowCommand::Take));
    assert_eq!(answered(&mut ana, CREW, 2), Some(RoomAnswer::Refused(Fault::Busy)));
    assert!(begun.elapsed() >= Duration::from_secs(2));
    // And one that is not there, not much longer.
    host.rtc = None;
    ask(&ana, CREW, 3, RoomAsk::Command(ShowCommand::Take));
    assert_eq!(answered(&mut ana, CREW, 3), None);
}
