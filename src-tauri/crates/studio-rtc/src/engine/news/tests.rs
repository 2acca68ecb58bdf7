use std::time::Duration;

use studio_wire::LaneId;
use studio_wire::chat::Reaction;
use studio_wire::engine::LostWhy;
use studio_wire::people::{Parting, Quality};
use studio_wire::room::Tale;

use super::*;

fn ear(side: Side) -> News {
    News::new(RoomKind::Crew, Epoch(7), side)
}

/// What the core is told.
fn told(step: Step) -> Option<RoomNews> {
    match step {
        Step::Pass(Heard::News(RtcReport::Room { room: RoomKind::Crew, epoch: Epoch(7), news })) => {
            Some(news)
        }
        _ => None,
    }
}

fn news(report: Report) -> Option<RoomNews> {
    told(ear(Side::Host).hear(report, Instant::now()))
}

fn got(from: &str, topic: &str, bytes: &[u8]) -> Report {
    Report::Got { from: from.into(), topic: topic.into(), bytes: bytes.into(), reliable: true }
}

fn said(from: &str, topic: &str, text: &str) -> Report {
    let attributes = vec![("id".into(), "m1".into()), ("from".into(), "host".into())];
    Report::Said { from: from.into(), topic: topic.into(), stream: "s".into(), text: text.into(), attributes }
}

fn asked(call: u64, from: &str) -> Report {
    let payload = r#"{"request":{"up":true}}"#.into();
    Report::Asked { call, from: from.into(), method: names::COMMAND.into(), payload }
}

#[test]
fn somebody_comes_with_the_role_that_the_server_stamped() {
    for (attributes, role) in [
        (vec![("role", "guest")], Some(Role::Guest)),
        (vec![("mood", "fine"), ("role", "host")], Some(Role::Host)),
        (vec![("role", "emperor")], None),
        (vec![], None),
    ] {
        let attributes = attributes.into_iter().map(|(key, word)| (key.into(), word.into())).collect();
        let identity = Identity::from("ana");
        let person = Person { identity: identity.clone(), name: "Ana".into(), attributes };
        let came = RoomNews::Came { identity, name: "Ana".into(), role };
        assert_eq!(news(Report::Person(person)), Some(came));
    }
}

#[test]
fn a_link_that_is_made_again_is_told_apart_from_one_that_is_gone() {
    assert_eq!(news(Report::Link(Link::Resuming)), Some(RoomNews::Lost { gone: None }));
    for why in [LostWhy::Away, LostWhy::Duplicate, LostWhy::Removed, LostWhy::Refused] {
        assert_eq!(news(Report::Link(Link::Lost(why))), Some(RoomNews::Lost { gone: Some(why) }));
    }
}

#[test]
fn how_somebody_left_how_well_they_are_heard_and_what_was_muted_is_told() {
    let (identity, why, quality) = (Identity::from("ana"), Parting::Replaced, Quality::Poor);
    assert_eq!(
        news(Report::Gone { identity: identity.clone(), why }),
        Some(RoomNews::Left { identity: identity.clone(), why })
    );
    assert_eq!(
        news(Report::Quality(identity.clone(), quality)),
        Some(RoomNews::Quality { identity, quality })
    );
    let (lane, muted) = (LaneId(1), true);
    assert_eq!(news(Report::OwnMuted { lane, muted }), Some(RoomNews::OwnMuted { lane, muted }));
}

#[test]
fn what_concerns_only_the_supervisor_stays_with_it() {
    let mut ear = ear(Side::Host);
    for report in
        [Report::Pong(4), Report::Ready { engine: "0.13.2".into() }, Report::Sent { say: 1, handed: false }]
    {
        assert_eq!(ear.hear(report, Instant::now()), Step::Nothing);
    }
    let token = Token("eyJ".into());
    assert_eq!(ear.hear(Report::Token(token.clone()), Instant::now()), Step::Pass(Heard::Token(token)));
}

#[test]
fn a_refused_output_is_a_fault_of_its_room() {
    let refused = Report::Fault(EngineFault::PublishRefused { lane: LaneId(1) });
    let Step::Pass(Heard::News(RtcReport::Failed { epoch: Epoch(7), fault })) =
        ear(Side::Host).hear(refused, Instant::now())
    else {
        panic!("not a fault")
    };
    assert!(matches!(fault, Fault::RoomRefused { room: RoomKind::Crew, .. }));
}

#[test]
fn a_message_is_its_senders_whatever_else_it_says() {
    let (from, text) = (Identity::from("ana"), "hi".to_owned());
    let message = RoomNews::Said { from: from.clone(), id: Some("m1".into()), text: text.clone() };
    assert_eq!(news(said("ana", names::CHAT, "hi")), Some(message));
    let packet = br#"{"type":"chat","message":"hi","from":"host"}"#;
    assert_eq!(news(got("ana", names::OLD_CHAT, packet)), Some(RoomNews::Said { from, id: None, text }));
    assert_eq!(news(said("ana", "another", "hi")), None);
}

#[test]
fn a_host_is_told_nothing_by_anybody() {
    let tale = protocol::write_tale(Tale::Stale { rev: 9 }, None);
    for from in ["ana", "host"] {
        assert_eq!(news(got(from, names::TELL, &tale)), None);
    }
}

#[test]
fn a_seat_is_told_things_by_the_host_alone() {
    let mut ear = ear(Side::Seat);
    let mut hear = |report| ear.hear(report, Instant::now());
    let tale = protocol::write_tale(Tale::Stale { rev: 9 }, None);
    let stale = RoomNews::Told { tale: Tale::Stale { rev: 9 } };
    assert_eq!(told(hear(got("host", names::TELL, &tale))), Some(stale));
    for from in ["ana", "Host", "host ", ""] {
        assert_eq!(hear(got(from, names::TELL, &tale)), Step::Nothing);
    }
    assert_eq!(hear(got("host", "another", &tale)), Step::Nothing);
    assert_eq!(hear(got("host", names::OLD_CHAT, br#"{"type":"chat","message":"hi"}"#)), Step::Nothing);
    assert_eq!(hear(said("host", names::CHAT, "hi")), Step::Nothing);
    let reacted = RoomNews::Reacted { from: "ana".into(), reaction: Reaction::Wow };
    assert_eq!(told(hear(got("ana", names::REACTION, b"wow"))), Some(reacted));
}

#[test]
fn a_seat_answers_nobody() {
    let Step::Answer { call: 3, answer: Err(refusal) } =
        ear(Side::Seat).hear(asked(3, "host"), Instant::now())
    else {
        panic!("answered")
    };
    assert_eq!(refusal.code, 1400);
}

#[test]
fn a_flood_of_everything_is_let_in_as_one_and_its_calls_are_answered_all_the_same() {
    let (mut ear, now) = (ear(Side::Host), Instant::now());
    let mut passed = 0;
    for n in 0..300 {
        let report = match n % 3 {
            0 => said("ana", names::CHAT, "hi"),
            1 => got("ana", names::OLD_CHAT, br#"{"type":"chat","message":"hi"}"#),
            _ => asked(n, "ana"),
        };
        match ear.hear(report, now) {
            Step::Pass(_) => passed += 1,
            Step::Answer { call, answer } => {
                assert_eq!((call, answer), (n, Ok(r#"{"refused":"too_fast"}"#.to_owned())));
            }
            Step::Nothing => assert_ne!(n % 3, 2, "a call without an answer"),
        }
    }
    assert_eq!(passed, 30);
    let [Heard::News(RtcReport::Room { news: RoomNews::Flooding { from, dropped: 270 }, .. })] =
        &ear.floods(now)[..]
    else {
        panic!("not told")
    };
    assert_eq!(from.as_str(), "ana");
    assert!(matches!(ear.hear(asked(1, "ben"), now), Step::Pass(_)));
    assert_eq!(ear.floods(now + Duration::from_secs(2)), []);
}

#[test]
fn what_was_too_large_counts_as_flood() {
    let (mut ear, now) = (ear(Side::Host), Instant::now());
    assert_eq!(ear.hear(Report::Oversize("ana".into()), now), Step::Nothing);
    assert_eq!(ear.floods(now).len(), 1);
}

#[test]
fn cheers_are_let_in_by_themselves_and_too_many_are_nobodys_flood() {
    let (mut ear, now) = (ear(Side::Host), Instant::now());
    let in_all = (0..100).filter(|_| ear.hear(got("ana", names::REACTION, b"clap"), now) != Step::Nothing);
    assert_eq!(in_all.count(), 10);
    assert_eq!(ear.floods(now), []);
    assert!(told(ear.hear(said("ana", names::CHAT, "hi"), now)).is_some());
}

#[test]
fn a_host_may_tell_its_seats_as_much_as_it_likes() {
    let (mut ear, now) = (ear(Side::Seat), Instant::now());
    let tale = protocol::write_tale(Tale::Stale { rev: 9 }, None);
    assert!((0..1000).all(|_| told(ear.hear(got("host", names::TELL, &tale), now)).is_some()));
    assert_eq!(ear.hear(Report::Oversize("host".into()), now), Step::Nothing);
    assert_eq!(ear.floods(now), []);
}
