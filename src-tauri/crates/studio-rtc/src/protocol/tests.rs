use serde_json::{Value, json};
use studio_wire::Identity;
use studio_wire::device::DeviceKind;
use studio_wire::room::{Holder, VERSION};

use super::*;

fn line(seq: u64, text: &str) -> ChatLine {
    ChatLine { seq, text: text.into(), from: Identity::from("ana"), ..ChatLine::default() }
}

fn page(lines: u64, text: &str) -> ChatPage {
    ChatPage { room: RoomKind::Air, lines: (1..=lines).map(|seq| line(seq, text)).collect(), newest: lines }
}

fn welcome(chat: Vec<ChatPage>) -> RoomAnswer {
    RoomAnswer::Welcome {
        rev: 7,
        at: ShowTime(5),
        view: Box::default(),
        chat,
        passes: vec![RoomKind::Air],
        bind: true,
    }
}

fn gift() -> Gift {
    let pass = RoomPass {
        room: RoomKind::Air,
        url: "ws://127.0.0.1:1".into(),
        urls: vec!["ws://127.0.0.1:1".into()],
        token: Token("eyJ".into()),
    };
    Gift { holder: Some(Secret::new("hush")), passes: vec![pass] }
}

fn json(words: &str) -> Value {
    serde_json::from_str(words).unwrap()
}

#[test]
fn every_call_of_ours_is_read_as_what_it_was() {
    let hello = RoomAsk::Hello { version: VERSION, holder: Holder::Other };
    let (method, words) = write_call(&hello, Some(&Secret::new("hush"))).unwrap();
    let secret = Some(Secret::new("hush"));
    assert_eq!(json(&words), json!({ "version": 1, "holder": "hush" }));
    assert_eq!(read_call(method, &words), Call::Hello { version: 1, secret });

    let command = ShowCommand::Request { up: true };
    let (method, words) = write_call(&RoomAsk::Command(command.clone()), None).unwrap();
    assert_eq!(json(&words), json!({ "request": { "up": true } }));
    assert_eq!(read_call(method, &words), Call::Command(command));

    let device = OfferedDevice {
        kind: DeviceKind::Camera,
        id: "camera:usb-1".into(),
        name: "Webcam".into(),
        used: true,
    };
    let (method, words) = write_call(&RoomAsk::Devices(vec![device.clone()]), None).unwrap();
    assert_eq!(read_call(method, &words), Call::Devices(vec![device]));
    let long = serde_json::to_string(&"x".repeat(caps::DEVICES)).unwrap();
    assert_eq!(read_call(method, &long), Call::Nonsense);

    let history = RoomAsk::History { room: RoomKind::Crew, after: Some(3), before: None };
    let (method, words) = write_call(&history, None).unwrap();
    let pages = Pages { room: RoomKind::Crew, after: Some(3), before: None };
    assert_eq!(read_call(method, &words), Call::History(pages));
    assert_eq!(write_call(&RoomAsk::Nonsense, None), None);
}

#[test]
fn what_is_no_call_is_nonsense_and_never_a_part_of_one() {
    for (method, words) in [
        (names::COMMAND, ""),
        (names::COMMAND, "null"),
        (names::COMMAND, "{"),
        (names::COMMAND, r#""fly""#),
        (names::COMMAND, r#"{"fly":{}}"#),
        (names::COMMAND, r#"{"request":{"up":1}}"#),
        (names::COMMAND, r#"{"request":{"up":true,"person":"host"}}"#),
        (names::COMMAND, r#"{"request":{"up":true},"actor":"local_host"}"#),
        (names::COMMAND, r#"{"here":{"come_back":null}}"#),
        (names::COMMAND, r#""take" "take""#),
        (names::HELLO, r#"{"version":-1,"holder":null}"#),
        (names::HELLO, r#"{"holder":"x"}"#),
        (names::HELLO, "[[[[[[[["),
        (names::HISTORY, r#"{"room":"cellar"}"#),
        (names::HISTORY, r#"{"room":"air","after":null,"before":null,"from":"host"}"#),
        ("studio.anything", "{}"),
    ] {
        assert_eq!(read_call(method, words), Call::Nonsense, "{method} {words}");
    }
    assert_eq!(read_call(names::COMMAND, &"[".repeat(caps::COMMAND)), Call::Nonsense);
    let long = json!({ "open": { "title": "x".repeat(caps::COMMAND) } }).to_string();
    assert_eq!(read_call(names::COMMAND, &long), Call::Nonsense);
    let long = json!({ "version": 1, "holder": "x".repeat(caps::HELLO) }).to_string();
    assert_eq!(read_call(names::HELLO, &long), Call::Nonsense);
}

#[test]
fn a_hello_of_a_later_version_is_still_a_hello() {
    let read = read_call(names::HELLO, r#"{"version":9,"holder":null,"colours":["red"]}"#);
    assert_eq!(read, Call::Hello { version: 9, secret: None });
}

#[test]
fn every_answer_is_read_as_what_it_was() {
    let words = write_answer(welcome(vec![page(2, "hi")]), gift(), Cut::Oldest);
    let passes =
        json!([{ "room": "air", "url": "ws://127.0.0.1:1", "urls": ["ws://127.0.0.1:1"], "token": "eyJ" }]);
    let read = json(&words);
    assert_eq!((&read["welcome"]["holder"], &read["welcome"]["passes"]), (&json!("hush"), &passes));
    assert_eq!(read_answer(&words), Some((welcome(vec![page(2, "hi")]), gift())));
    for (answer, tag) in [
        (RoomAnswer::Done(Ack { rev: 3, person: None }), "done"),
        (RoomAnswer::History(page(1, "a")), "history"),
        (RoomAnswer::Refused(Fault::TooFast), "refused"),
    ] {
        let words = write_answer(answer.clone(), Gift::default(), Cut::Oldest);
        assert!(json(&words).get(tag).is_some());
        assert_eq!(read_answer(&words), Some((answer, Gift::default())));
    }
    assert_eq!(refusal(&Fault::Busy), r#"{"refused":"busy"}"#);
    for nothing in ["", "null", "{}", r#"{"refused":"because"}"#, r#"{"done":{}}"#] {
        assert_eq!(read_answer(nothing), None, "{nothing}");
    }
}

#[test]
fn a_welcome_that_is_too_long_loses_its_oldest_lines_until_it_fits() {
    let text = "ü".repeat(1000);
    let words = write_answer(welcome(vec![page(100, &text), page(3, "hi")]), gift(), Cut::Oldest);
    assert!((limits::CALL / 2..=limits::CALL).contains(&words.len()), "{}", words.len());
    let Some((RoomAnswer::Welcome { chat, .. }, given)) = read_answer(&words) else { panic!("not read") };
    assert_eq!((chat[0].lines.last().unwrap().seq, chat[0].newest), (100, 100));
    assert!(chat[0].lines.len() > 10);
    assert_eq!((chat[1].lines.len(), given), (3, gift()));
}

#[test]
fn what_comes_after_a_line_is_cut_at_its_far_end() {
    let call =
        |after, before| read_call(names::HISTORY, &write(&Pages { room: RoomKind::Air, after, before }));
    let text = "x".repeat(1000);
    for (call, first) in
        [(call(Some(0), None), true), (call(None, Some(101)), false), (call(None, None), false)]
    {
        let words = write_answer(RoomAnswer::History(page(100, &text)), Gift::default(), call.cut());
        let Some((RoomAnswer::History(page), _)) = read_answer(&words) else { panic!("not read") };
        let seqs = [page.lines[0].seq, page.lines.last().unwrap().seq];
        assert_eq!([seqs[0] == 1, seqs[1] == 100], [first, !first], "{call:?}: {seqs:?}");
    }
}

#[test]
fn an_answer_that_cannot_be_made_to_fit_is_a_refusal() {
    let view = Box::new(ShowView { title: "x".repeat(limits::CALL), ..ShowView::default() });
    let answer = RoomAnswer::Welcome {
        rev: 1,
        at: ShowTime(5),
        view,
        chat: vec![page(9, "a")],
        passes: vec![],
        bind: false,
    };
    assert_eq!(write_answer(answer, Gift::default(), Cut::Oldest), refusal(&Fault::Busy));
}

#[test]
fn every_tale_is_read_as_what_it_was() {
    for tale in [
        Tale::View { from: 1, rev: 2, changes: vec![Change::Title("A".into()), Change::Viewers(3)] },
        Tale::Stale { rev: 4 },
        Tale::Chat(line(5, "hi")),
        Tale::Unsaid { id: "m1".into(), fault: Fault::Silenced },
    ] {
        assert_eq!(read_tale(&write_tale(tale.clone(), None)), Some((tale, None)));
    }
    let pass = gift().passes.pop();
    let words = write_tale(Tale::Recall, pass.clone());
    assert!(json(std::str::from_utf8(&words).unwrap())["recall"]["pass"]["token"] == "eyJ");
    assert_eq!(read_tale(&words), Some((Tale::Recall, pass)));
    for nothing in [&b""[..], b"\xff\xfe", b"{}", br#"{"view":{"from":1}}"#] {
        assert_eq!(read_tale(nothing), None);
    }
}

#[test]
fn changes_that_do_not_fit_a_packet_are_told_as_stale() {
    let changes = vec![Change::Title("x".repeat(limits::PACKET))];
    let words = write_tale(Tale::View { from: 1, rev: 2, changes }, None);
    assert_eq!(read_tale(&words), Some((Tale::Stale { rev: 2 }, None)));
}

#[test]
fn a_messages_id_is_short_and_plain_or_it_has_none() {
    let id = |id: &str| chat_id(vec![("x".into(), "y".into()), ("id".into(), id.into())]);
    assert_eq!(id("0123-abcd"), Some("0123-abcd".into()));
    assert_eq!(id(&"a".repeat(64)), Some("a".repeat(64)));
    for none in ["", "a b", "ü", "a\n", &"a".repeat(65)] {
        assert_eq!(id(none), None, "{none:?}");
    }
    assert_eq!(chat_id(vec![]), None);
    assert_eq!(chat_id(chat_attributes("m1", 5)), Some("m1".into()));
}

#[test]
fn an_old_chat_packet_is_its_message_and_nothing_that_it_says_of_its_sender() {
    let forged = br#"{"type":"chat","message":"hi","timestamp":1,"from":"host","role":"host","seq":1}"#;
    assert_eq!(read_old_chat(forged), Some("hi".into()));
    assert_eq!(read_old_chat(br#"{"type":"chat","message":"hi"}"#), Some("hi".into()));
    for nothing in [
        &br#"{"type":"tip","message":"hi"}"#[..],
        br#"{"message":"hi"}"#,
        br#"{"type":"chat","message":7}"#,
        b"hi",
        b"\xff",
        b"",
    ] {
        assert_eq!(read_old_chat(nothing), None);
    }
    let long = json!({ "type": "chat", "message": "x".repeat(4096) }).to_string();
    assert_eq!(read_old_chat(long.as_bytes()), None);
}

#[test]
fn only_known_reactions_are_reactions() {
    assert_eq!(read_reaction(b"heart"), Some(Reaction::Heart));
    for nothing in [&b""[..], b"Heart", b"heart ", b"\xff"] {
        assert_eq!(read_reaction(nothing), None);
    }
}
