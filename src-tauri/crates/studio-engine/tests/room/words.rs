//! Calls, texts, packets, who may take in what, and what the server says of people.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use studio_wire::engine::{CallRefusal, Link, LostWhy, Order, Packet, Report, Room, Say, Token, limits};
use studio_wire::people::Parting;
use studio_wire::rtc::TrackKind;
use studio_wire::{Identity, TrackSid};

use crate::alone;
use crate::media::{self, HEIGHT, LEVEL, WIDTH};
use crate::seat::{PICTURE_IN, Run, SOUND_IN, SOUND_OUT, Seat};
use crate::server::Server;

/// Two in a room who know of each other.
fn two(server: &Server) -> (Seat, Seat) {
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    near.want.answer = vec!["echo".into()];
    far.want.answer = vec!["echo".into()];
    near.want.listen = vec!["chat".into()];
    far.want.listen = vec!["chat".into()];
    near.join(server, "crew", "near", true);
    far.join(server, "crew", "far", true);
    // Told at once, unlike the joining.
    server.permit("crew", "far", true);
    near.expect("far", |report| {
        matches!(report, Report::Person(p) if p.identity.as_str() == "far").then_some(())
    });
    far.expect("near", |report| {
        matches!(report, Report::Person(p) if p.identity.as_str() == "near").then_some(())
    });
    (near, far)
}

fn call(seat: &mut Seat, call: u64, to: &str, method: &str, payload: &str, within_ms: u32) {
    let (to, method, payload) = (to.into(), method.into(), payload.into());
    seat.order(&Order::Call { call, to, method, payload, within_ms });
}

fn asked(seat: &mut Seat) -> (u64, Identity, String) {
    seat.expect("asked", |report| match report {
        Report::Asked { call, from, method, payload } if method == "echo" => {
            Some((*call, from.clone(), payload.clone()))
        }
        _ => None,
    })
}

fn answered(seat: &mut Seat, of: u64) -> Result<String, CallRefusal> {
    seat.expect("answered", |report| match report {
        Report::Answered { call, answer } if *call == of => Some(answer.clone()),
        _ => None,
    })
}

fn code(answer: Result<String, CallRefusal>) -> u32 {
    answer.unwrap_err().code
}

#[test]
fn a_call_is_asked_and_answered_both_ways_with_the_name_that_the_server_gives() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = two(&server);
    for (one, two, whose) in [(0, 1, "near"), (1, 0, "far")] {
        let seats = [&mut near, &mut far];
        call(seats[one], 7, if whose == "near" { "far" } else { "near" }, "echo", "how are you", 5_000);
        let (number, from, payload) = asked(seats[two]);
        assert_eq!((from.as_str(), payload.as_str()), (whose, "how are you"));
        seats[two].order(&Order::Answer { call: number, answer: Ok("well".into()) });
        seats[two].order(&Order::Answer { call: number, answer: Ok("again".into()) });
        assert_eq!(answered(seats[one], 7), Ok("well".to_owned()));
    }
    call(&mut near, 8, "far", "echo", "may I", 5_000);
    let (number, ..) = asked(&mut far);
    let refusal = CallRefusal { code: 1777, message: "you may not".into() };
    far.order(&Order::Answer { call: number, answer: Err(refusal.clone()) });
    assert_eq!(answered(&mut near, 8), Err(refusal));
}

#[test]
fn every_call_ends_whether_it_is_heard_or_not() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = two(&server);
    call(&mut near, 1, "far", "other", "", 5_000);
    assert_eq!(code(answered(&mut near, 1)), 1400, "no such method");
    call(&mut near, 2, "nobody", "echo", "", 1_000);
    assert_eq!(code(answered(&mut near, 2)), 1502, "its time is over");
    call(&mut near, 3, "far", "echo", "", 600);
    let (late, ..) = asked(&mut far);
    assert_eq!(code(answered(&mut near, 3)), 1502);
    far.order(&Order::Answer { call: late, answer: Ok(String::new()) });
    call(&mut near, 4, "far", "echo", &"x".repeat(limits::CALL + 1), 5_000);
    assert_eq!(code(answered(&mut near, 4)), 1402);
    far.want.answer.clear();
    far.wish();
    far.order(&Order::Ping(1));
    far.expect("pong", |report| (*report == Report::Pong(1)).then_some(()));
    call(&mut near, 5, "far", "echo", "", 5_000);
    assert_eq!(code(answered(&mut near, 5)), 1400, "taken no more");
    call(&mut near, 6, "nobody", "echo", "", 60_000);
    server.remove("crew", "near");
    // The library may say so before we do, in one of several ways.
    assert!(answered(&mut near, 6).is_err(), "the room is gone");
    near.expect("removed", |report| (*report == Report::Link(Link::Lost(LostWhy::Removed))).then_some(()));
    call(&mut near, 7, "far", "echo", "", 60_000);
    assert_eq!(code(answered(&mut near, 7)), 1501, "there is none");
}

#[test]
fn a_question_that_is_too_long_is_refused_by_the_engine_and_a_long_answer_comes() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = two(&server);
    call(&mut near, 1, "far", "echo", &"x".repeat(limits::ASK + 1), 5_000);
    let who = far.expect("oversize", |report| match report {
        Report::Asked { .. } => panic!("passed on"),
        Report::Oversize(who) => Some(who.clone()),
        _ => None,
    });
    assert_eq!(who.as_str(), "near");
    assert_eq!(code(answered(&mut near, 1)), 1402);
    call(&mut near, 2, "far", "echo", "everything", 5_000);
    let (number, ..) = asked(&mut far);
    let long = "ż".repeat(limits::CALL / 2);
    far.order(&Order::Answer { call: number, answer: Ok(long.clone()) });
    assert_eq!(answered(&mut near, 2), Ok(long));
}

#[test]
fn calls_that_nobody_answers_take_their_places_only_for_their_time() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = two(&server);
    let open = limits::OPEN_CALLS as u64;
    for n in 0..=open {
        call(&mut near, n, "far", "echo", "", 3_000);
    }
    let refused = near.expect("one too many is refused", |report| match report {
        Report::Answered { call, answer: Err(refusal) } if refusal.code == 1500 => Some(*call),
        _ => None,
    });
    assert!(refused <= open);
    // Each of the others ends with its time.
    for _ in 0..open {
        near.expect("late", |report| {
            matches!(report, Report::Answered { answer: Err(refusal), .. } if refusal.code == 1502)
                .then_some(())
        });
    }
    std::thread::sleep(Duration::from_secs(3));
    call(&mut near, 1_000, "far", "echo", "now", 5_000);
    while asked(&mut far).2 != "now" {}
}

fn say(seat: &mut Seat, say: u64, topic: &str, text: &str) {
    let attributes = vec![("id".into(), say.to_string()), ("type".into(), "chat".into())];
    seat.order(&Order::Say(Say { say, topic: topic.into(), text: text.into(), attributes, to: vec![] }));
}

fn sent(seat: &mut Seat, of: u64) -> bool {
    seat.expect("sent", |report| match report {
        Report::Sent { say, handed } if *say == of => Some(*handed),
        _ => None,
    })
}

#[test]
fn texts_come_whole_and_in_order_on_the_topics_that_are_listened_to() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = two(&server);
    say(&mut near, 1_000, "other", "not for these ears");
    for n in 0..50 {
        say(&mut near, n, "chat", &format!("text {n} {}", "ö".repeat(if n % 2 == 0 { 1_900 } else { 1 })));
    }
    assert!(sent(&mut near, 49));
    for n in 0..50 {
        let (from, text, attributes) = far.expect("said", |report| match report {
            Report::Said { from, topic, text, attributes, .. } => {
                assert_eq!(topic, "chat");
                Some((from.clone(), text.clone(), attributes.clone()))
            }
            _ => None,
        });
        assert_eq!(from.as_str(), "near");
        assert!(text.starts_with(&format!("text {n} ")), "{n}: {text}");
        let expected = [("id".to_owned(), n.to_string()), ("type".to_owned(), "chat".to_owned())];
        assert_eq!(attributes, expected);
    }
    assert!(!{
        say(&mut near, 51, "chat", &"x".repeat(limits::TEXT + 1));
        sent(&mut near, 51)
    });
    say(&mut near, 52, "chat", &"x".repeat(limits::TEXT));
    assert!(sent(&mut near, 52));
    far.expect("the longest", |report| {
        matches!(report, Report::Said { text, .. } if text.len() == limits::TEXT).then_some(())
    });
}

#[test]
fn packets_come_with_the_name_that_the_server_gives_and_those_without_one_do_not() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = two(&server);
    server.send_data("crew", b"whose?");
    let bytes: Vec<u8> = (0..limits::PACKET).map(|n| n as u8).collect();
    for (reliable, bytes, to) in [
        (true, bytes, vec![]),
        (true, b"to you".to_vec(), vec![Identity::from("far")]),
        (false, b"soon".to_vec(), vec![]),
    ] {
        let packet = Packet { topic: "tell".into(), bytes: bytes.clone(), reliable, to };
        near.order(&Order::Send(packet));
        let got = far.expect("a packet", |report| match report {
            Report::Got { from, topic, bytes, reliable } => {
                assert_eq!((from.as_str(), topic.as_str()), ("near", "tell"), "no other");
                Some((bytes.clone(), *reliable))
            }
            _ => None,
        });
        assert!(got == (bytes, reliable), "{} bytes", got.0.len());
    }
    near.order(&Order::Send(Packet {
        topic: "tell".into(),
        bytes: vec![0; limits::PACKET + 1],
        reliable: true,
        to: vec![],
    }));
    near.order(&Order::Ping(1));
    near.expect("too long a packet is no end", |report| (*report == Report::Pong(1)).then_some(()));
}

/// Every camera picture so far is thrown away; whether one comes within a second.
fn sees(seat: &mut Seat) -> bool {
    while seat.picture.newest().is_some() {}
    let limit = Instant::now() + Duration::from_secs(1);
    while Instant::now() < limit {
        if seat.new_number().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Whether the tone arrives; a muted track goes on as silence.
fn hears(seat: &mut Seat) -> bool {
    while seat.sound.next().is_some() {}
    media::tone(&seat.listen()).1 > LEVEL / 2.0
}

#[test]
fn an_output_is_taken_in_only_by_whom_it_is_open_to_also_after_the_server_was_killed() {
    let _alone = alone();
    let mut server = Server::start();
    let mut near = Seat::new(Run::Thread);
    let (mut friend, mut stranger) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    near.publish_both();
    near.want.publish[0].open_to = Some(vec!["friend".into()]);
    let _feed = near.feed((WIDTH, HEIGHT));
    // One is there before, one comes after: both are to be served.
    stranger.join(&server, "crew", "stranger", false);
    near.join(&server, "crew", "near", true);
    friend.join(&server, "crew", "friend", false);
    let watch = |seat: &mut Seat, before: Option<&TrackSid>| {
        let camera = seat.track("near", TrackKind::Camera, before);
        let microphone = seat.track("near", TrackKind::Microphone, None);
        seat.watch(&camera, PICTURE_IN);
        seat.watch(&microphone, SOUND_IN);
        camera.sid
    };
    let before = watch(&mut friend, None);
    watch(&mut stranger, None);
    for seat in [&mut friend, &mut stranger] {
        seat.flowing(SOUND_IN);
        assert!(hears(seat), "what is open to everybody");
    }
    friend.next_number();
    assert!(!sees(&mut stranger), "closed from the first moment");

    near.want.publish[0].open_to = Some(vec!["stranger".into()]);
    near.wish();
    stranger.next_number();
    std::thread::sleep(Duration::from_secs(1));
    assert!(!sees(&mut friend), "taken away");

    server.kill();
    std::thread::sleep(Duration::from_secs(1));
    server.start_again();
    let joined = |report: &Report| (*report == Report::Link(Link::Joined)).then_some(());
    for seat in [&mut near, &mut friend, &mut stranger] {
        seat.expect("back", joined);
    }
    for seat in [&mut friend, &mut stranger] {
        let camera = seat.track("near", TrackKind::Camera, Some(&before));
        seat.watch(&camera, PICTURE_IN);
    }
    while stranger.picture.newest().is_some() {}
    stranger.next_number();
    assert!(!sees(&mut friend), "closed under the new sid too");
    near.want.publish[0].open_to = None;
    near.wish();
    friend.next_number();
}

#[test]
fn of_many_words_about_who_may_take_in_an_output_the_last_one_holds() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    near.publish_both();
    near.want.publish[0].open_to = Some(Vec::new());
    let _feed = near.feed((WIDTH, HEIGHT));
    far.join(&server, "crew", "far", false);
    near.join(&server, "crew", "near", true);
    let camera = far.track("near", TrackKind::Camera, None);
    far.watch(&camera, PICTURE_IN);
    for round in 0..10 {
        // People come and go on and off stage: several words within a millisecond.
        for open_to in [vec![], vec!["somebody".into()], vec![], vec!["far".into()]] {
            near.want.publish[0].open_to = Some(open_to);
            near.wish();
        }
        while far.picture.newest().is_some() {}
        far.next_number();
        for open_to in [vec!["somebody".into()], vec!["far".into()], vec![]] {
            near.want.publish[0].open_to = Some(open_to);
            near.wish();
        }
        std::thread::sleep(Duration::from_secs(1));
        assert!(!sees(&mut far), "closed in round {round}");
    }
}

#[test]
fn a_mute_by_the_server_is_told_and_stays_until_the_app_says_otherwise() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = crate::in_touch(&server, &mut near, &mut far);
    // Our own muting is no news.
    for muted in [true, false, true, false] {
        near.want.publish[1].muted = muted;
        near.wish();
    }
    let sid = far.track("near", TrackKind::Microphone, None).sid;
    std::thread::sleep(Duration::from_secs(1));
    server.mute("crew", "near", sid.as_str());
    let told = near.expect("muted by the server", |report| match report {
        Report::OwnMuted { lane, muted } => Some((*lane, *muted)),
        _ => None,
    });
    assert_eq!(told, (SOUND_OUT, true));
    let muted = |wish: bool| {
        move |report: &Report| {
            matches!(report, Report::Track(track) if track.kind == TrackKind::Microphone && track.muted == wish)
                .then_some(())
        }
    };
    far.expect("muted", muted(true));
    // The same wish once more is not another one.
    near.wish();
    std::thread::sleep(Duration::from_secs(1));
    assert!(!hears(&mut far));
    for muted in [true, false] {
        near.want.publish[1].muted = muted;
        near.wish();
    }
    far.expect("unmuted", muted(false));
    assert!(hears(&mut far));
    near.order(&Order::Leave);
    let more = near.rest_of_reports();
    assert!(!more.iter().any(|report| matches!(report, Report::OwnMuted { .. })), "{more:?}");
}

#[test]
fn a_renewed_token_is_told_and_opens_the_room_with_the_rights_of_now() {
    let _alone = alone();
    let server = Server::start();
    let mut near = Seat::new(Run::Thread);
    near.join(&server, "crew", "near", true);
    server.permit("crew", "near", false);
    let token = near.expect("a token", |report| match report {
        Report::Token(token) => Some(token.clone()),
        _ => None,
    });
    assert_eq!(format!("{token:?}"), "Token(…)");
    server.remove("crew", "near");
    near.expect("removed", |report| (*report == Report::Link(Link::Lost(LostWhy::Removed))).then_some(()));
    near.want.room = Room { url: server.url(), token: Token(token.0) };
    near.wish();
    near.expect("joined", |report| (*report == Report::Link(Link::Joined)).then_some(()));
}

#[test]
fn it_is_told_how_somebody_went() {
    let _alone = alone();
    let server = Server::start();
    let mut near = Seat::new(Run::Thread);
    near.join(&server, "crew", "near", true);
    let gone = |near: &mut Seat| {
        near.expect("gone", |report| match report {
            Report::Gone { identity, why } if identity.as_str() == "far" => Some(*why),
            _ => None,
        })
    };
    let join = |near: &mut Seat| {
        let mut far = Seat::new(Run::Thread);
        far.join(&server, "crew", "far", true);
        server.permit("crew", "far", true);
        near.expect("far", |report| {
            matches!(report, Report::Person(p) if p.identity.as_str() == "far").then_some(())
        });
        far
    };
    let _first = join(&mut near);
    let mut twin = Seat::new(Run::Thread);
    twin.join(&server, "crew", "far", true);
    assert_eq!(gone(&mut near), Parting::Replaced);
    near.expect("the other", |report| {
        matches!(report, Report::Person(p) if p.identity.as_str() == "far").then_some(())
    });
    twin.order(&Order::Leave);
    assert_eq!(gone(&mut near), Parting::Left);
    let _third = join(&mut near);
    server.remove("crew", "far");
    assert_eq!(gone(&mut near), Parting::Removed);
}

#[test]
fn how_well_everybody_is_connected_is_told_of_others_and_of_ourselves() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = crate::in_touch(&server, &mut near, &mut far);
    let mut told = BTreeSet::new();
    let quality = |report: &Report| match report {
        Report::Quality(of, _) => Some(of.clone()),
        _ => None,
    };
    told.extend(far.seen(quality));
    while told.len() < 2 {
        told.insert(far.expect("quality", quality));
    }
    assert_eq!(told, ["near".into(), "far".into()].into());
}
