//! Calls, texts and packets between two people, and tokens.

use std::collections::HashMap;
use std::sync::mpsc;
use std::time::Duration;

use livekit_ffi_rs::{
    CallError, DataPacket, Events, LocalParticipant, PerformRpcData, Room, RoomEvent, RoomOptions, RpcError,
    RpcErrorCode, RpcMethodInvocation, StreamTextOptions, TextError, TextStreamReader,
};

use crate::child::with_server;
use crate::media::{PATIENCE, wait_for, wait_until};
use crate::parts::Server;
use crate::rooms::join;

fn call(own: &LocalParticipant, to: &str, method: &str, payload: &str) -> Result<String, RpcError> {
    let (sender, answer) = mpsc::channel();
    let data = PerformRpcData {
        destination_identity: to.into(),
        method: method.into(),
        payload: payload.into(),
        response_timeout: Duration::from_secs(8),
    };
    own.perform_rpc(data, move |answer| sender.send(answer).unwrap()).unwrap();
    answer.recv_timeout(PATIENCE).expect("every call ends")
}

fn invoked(events: &Events) -> RpcMethodInvocation {
    wait_for(events, "a call", |event| match event {
        RoomEvent::RpcMethodInvocation(call) => Some(call),
        _ => None,
    })
}

/// Answers calls until the room ends: "no" is refused, all else comes back.
fn answering(own: LocalParticipant, events: Events) {
    std::thread::spawn(move || {
        for event in events {
            if let RoomEvent::RpcMethodInvocation(call) = event {
                let refusal =
                    RpcError { code: 1777, message: "not for you".into(), data: Some("why".into()) };
                let answer = match call.payload.as_str() {
                    "no" => Err(refusal),
                    text => Ok(format!("{} said {text}", call.caller_identity)),
                };
                own.rpc_method_invocation_response(call.invocation_id, answer).unwrap();
            }
        }
    });
}

#[test]
fn calls_are_answered_refused_and_fail_both_ways() {
    with_server("words::calls_are_answered_refused_and_fail_both_ways", |server| {
        let (one, one_events) = join(server, "room", "one");
        let (two, two_events) = join_known(server, "two", &one_events);
        let (one, two) = (one.local_participant(), two.local_participant());
        two.register_rpc_method("echo").unwrap();
        one.register_rpc_method("echo").unwrap();
        answering(two.clone(), two_events);
        assert_eq!(call(&one, "two", "echo", "hello").unwrap(), "one said hello");
        answering(one.clone(), one_events);
        assert_eq!(call(&two, "one", "echo", "hello").unwrap(), "two said hello");
        let long = "ö".repeat(30_000);
        assert_eq!(call(&one, "two", "echo", &long).unwrap(), format!("one said {long}"));

        let refused = call(&one, "two", "echo", "no").unwrap_err();
        let expected = RpcError { code: 1777, message: "not for you".into(), data: Some("why".into()) };
        assert_eq!(refused, expected);
        let unknown = call(&one, "two", "other", "").unwrap_err();
        assert_eq!(unknown.code, RpcErrorCode::UnsupportedMethod as u32);
        let absent = call(&one, "nobody", "echo", "").unwrap_err();
        assert_eq!(absent.code, RpcErrorCode::ConnectionTimeout as u32);
        two.unregister_rpc_method("echo").unwrap();
        let gone = call(&one, "two", "echo", "").unwrap_err();
        assert_eq!(gone.code, RpcErrorCode::UnsupportedMethod as u32);
    });
}

#[test]
fn a_call_that_is_answered_late_or_twice_is_an_error_and_nothing_worse() {
    with_server("words::a_call_that_is_answered_late_or_twice_is_an_error_and_nothing_worse", |server| {
        let (one, _events) = join(server, "room", "one");
        let (two, seen) = join(server, "room", "two");
        let two = two.local_participant();
        two.register_rpc_method("slow").unwrap();
        let (sender, answer) = mpsc::channel();
        let data = PerformRpcData {
            destination_identity: "two".into(),
            method: "slow".into(),
            payload: String::new(),
            response_timeout: Duration::from_millis(500),
        };
        one.local_participant().perform_rpc(data, move |answer| sender.send(answer).unwrap()).unwrap();
        let call = invoked(&seen);
        let code = answer.recv_timeout(PATIENCE).unwrap().unwrap_err().code;
        assert_eq!(code, RpcErrorCode::ResponseTimeout as u32);
        let _late = two.rpc_method_invocation_response(call.invocation_id, Ok(String::new()));
        let twice = two.rpc_method_invocation_response(call.invocation_id, Ok(String::new()));
        assert!(matches!(twice, Err(CallError::Failed { .. })), "{twice:?}");
        assert!(two.rpc_method_invocation_response(12_345, Ok(String::new())).is_err());
    });
}

fn opened(events: &Events) -> (String, TextStreamReader) {
    wait_for(events, "a text", |event| match event {
        RoomEvent::TextStreamOpened { participant, reader } => Some((participant.0, reader)),
        _ => None,
    })
}

fn read(reader: TextStreamReader, most: usize) -> Result<String, TextError> {
    let (sender, text) = mpsc::channel();
    let _reading = reader.read_all(most, move |outcome| sender.send(outcome).unwrap());
    text.recv_timeout(PATIENCE).expect("every text ends")
}

fn say(from: &Room, text: &str, options: StreamTextOptions) {
    from.local_participant().send_text(text, options, PATIENCE).unwrap();
}

#[test]
fn a_text_arrives_with_its_name_its_topic_and_its_attributes_up_to_a_length() {
    with_server(
        "words::a_text_arrives_with_its_name_its_topic_and_its_attributes_up_to_a_length",
        |server| {
            let (one, seen_by_one) = join(server, "room", "one");
            let (two, seen) = join(server, "room", "two");
            let options = || StreamTextOptions {
                topic: "lk.chat".into(),
                attributes: HashMap::from([("id".into(), "a-1".into())]),
                id: Some("stream-1".into()),
                ..Default::default()
            };
            say(&one, "good evening, żółw", options());
            let (who, reader) = opened(&seen);
            assert_eq!(who, "one");
            let info = reader.info();
            assert_eq!((info.topic.as_str(), info.id.as_str()), ("lk.chat", "stream-1"));
            assert_eq!(info.attributes["id"], "a-1");
            assert_eq!(read(reader, 100).unwrap(), "good evening, żółw");

            let to_one = StreamTextOptions { destination_identities: vec!["one".into()], ..options() };
            say(&two, "back", to_one);
            assert_eq!(read(opened(&seen_by_one).1, 100).unwrap(), "back");

            let text = "x".repeat(100_000);
            say(&one, &text, StreamTextOptions { id: None, ..options() });
            assert_eq!(read(opened(&seen).1, 100_000).unwrap(), text);
            say(&one, &text, StreamTextOptions { id: None, ..options() });
            assert_eq!(read(opened(&seen).1, 99_999).unwrap_err(), TextError::TooLong { most: 99_999 });
            // One that is refused, and the next one comes all the same.
            say(&one, &text, StreamTextOptions { id: None, ..options() });
            drop(opened(&seen));
            say(&one, "next", StreamTextOptions { id: None, ..options() });
            assert_eq!(read(opened(&seen).1, 10).unwrap(), "next");
        },
    );
}

#[test]
fn texts_open_in_the_order_in_which_they_were_sent() {
    with_server("words::texts_open_in_the_order_in_which_they_were_sent", |server| {
        let (one, _events) = join(server, "room", "one");
        let (_two, seen) = join(server, "room", "two");
        let ids: Vec<String> = (0..40).map(|n| format!("text-{n}")).collect();
        for (n, id) in ids.iter().enumerate() {
            // Long and short ones in turn: a short one may not overtake.
            let text = "y".repeat(if n % 3 == 0 { 40_000 } else { 5 });
            say(
                &one,
                &text,
                StreamTextOptions { topic: "t".into(), id: Some(id.clone()), ..Default::default() },
            );
        }
        let order: Vec<String> = ids.iter().map(|_| opened(&seen).1.info().id.clone()).collect();
        assert_eq!(order, ids);
    });
}

#[test]
fn a_library_with_a_limit_lets_no_longer_text_through() {
    with_server("words::a_library_with_a_limit_lets_no_longer_text_through", |server| {
        let (one, _events) = join(server, "room", "one");
        let options = RoomOptions { max_stream_bytes: Some(20_000), ..Default::default() };
        let token = server.token("room", "two");
        let (_two, seen) = Room::connect(&server.url(), &token, options).unwrap();
        say(&one, &"z".repeat(20_001), StreamTextOptions { topic: "t".into(), ..Default::default() });
        let (_, reader) = opened(&seen);
        assert!(matches!(read(reader, 1_000_000), Err(TextError::Broken(_))));
    });
}

#[test]
fn after_the_room_was_left_everything_is_an_error_or_nothing_and_ends_no_process() {
    with_server(
        "words::after_the_room_was_left_everything_is_an_error_or_nothing_and_ends_no_process",
        |server| {
            for closed in [true, false] {
                let (room, _events) = join(server, "room", "one");
                let own = room.local_participant();
                own.register_rpc_method("echo").unwrap();
                if closed {
                    room.close(PATIENCE).unwrap();
                } else {
                    drop(room);
                }
                let said = own.send_text("late", StreamTextOptions::default(), Duration::from_secs(3));
                eprintln!("{said:?}");
                let packet = DataPacket { payload: vec![1], ..Default::default() };
                let _ = own.publish_data(packet);
                let data = PerformRpcData {
                    destination_identity: "one".into(),
                    method: "echo".into(),
                    payload: String::new(),
                    response_timeout: Duration::from_secs(1),
                };
                let _ = own.perform_rpc(data, |answer| eprintln!("{answer:?}"));
                let _ = own.register_rpc_method("late");
                let _ = own.unregister_rpc_method("echo");
                let _ = own.rpc_method_invocation_response(1, Ok(String::new()));
                let _ = own.set_track_subscription_permissions(false, &[]);
                std::thread::sleep(Duration::from_millis(300));
            }
        },
    );
}

fn packet(events: &Events, topic: &str) -> (Option<String>, Vec<u8>, bool) {
    wait_for(events, "a packet", |event| match event {
        RoomEvent::DataReceived { participant, topic: Some(at), payload, reliable } if at == topic => {
            Some((participant.map(|who| who.0), payload.0, reliable))
        }
        _ => None,
    })
}

/// Joins and waits until the others know: without that a packet has no sender.
fn join_known(server: &Server, who: &str, others: &Events) -> (Room, Events) {
    let joined = join(server, "room", who);
    wait_for(others, "joined", |event| match event {
        RoomEvent::ParticipantConnected(person) => (person.identity().as_str() == who).then_some(()),
        _ => None,
    });
    joined
}

#[test]
fn packets_arrive_with_sender_and_topic_and_those_of_the_server_without_a_sender() {
    with_server(
        "words::packets_arrive_with_sender_and_topic_and_those_of_the_server_without_a_sender",
        |server| {
            let (one, seen_by_one) = join(server, "room", "one");
            let (two, seen) = join_known(server, "two", &seen_by_one);
            let send = |from: &Room, topic: &str, payload: &[u8], reliable, to: &[&str]| {
                from.local_participant().publish_data(DataPacket {
                    payload: payload.to_vec(),
                    topic: Some(topic.into()),
                    reliable,
                    destination_identities: to.iter().map(|&who| who.into()).collect(),
                })
            };
            send(&one, "a", b"first", true, &[]).unwrap();
            assert_eq!(packet(&seen, "a"), (Some("one".into()), b"first".to_vec(), true));
            send(&two, "b", &[], true, &["one"]).unwrap();
            assert_eq!(packet(&seen_by_one, "b"), (Some("two".into()), vec![], true));
            send(&two, "c", b"soon", false, &[]).unwrap();
            assert_eq!(packet(&seen_by_one, "c"), (Some("two".into()), b"soon".to_vec(), false));

            let large: Vec<u8> = (0..DataPacket::MOST_BYTES).map(|n| n as u8).collect();
            send(&one, "d", &large, true, &[]).unwrap();
            assert_eq!(packet(&seen, "d").1, large);
            assert!(send(&one, "e", &vec![0; DataPacket::MOST_BYTES + 1], true, &[]).is_err());
            server.send_data("room", "f", b"from above");
            assert_eq!(packet(&seen, "f"), (None, b"from above".to_vec(), true));
        },
    );
}

#[test]
fn a_token_is_renewed_with_the_rights_and_shows_in_no_log() {
    let log = with_server("words::a_token_is_renewed_with_the_rights_and_shows_in_no_log", |server| {
        let (_one, seen) = join(server, "room", "one");
        server.set_permission("room", "one", r#""can_publish":false,"can_subscribe":true"#);
        let mut renewed = Vec::new();
        wait_for(&seen, "other rights", |event| match event {
            RoomEvent::ParticipantPermissionChanged { permission, .. } => {
                (!permission.unwrap().can_publish).then_some(())
            }
            RoomEvent::TokenRefreshed { token } => {
                renewed.push(token.0);
                None
            }
            _ => None,
        });
        wait_until("a token", || {
            renewed.extend(std::iter::from_fn(|| seen.try_recv()).filter_map(|event| match event {
                RoomEvent::TokenRefreshed { token } => Some(token.0),
                _ => None,
            }));
            !renewed.is_empty()
        });
        let token = renewed.pop().unwrap();
        let (again, _events) = Room::connect(&server.url(), &token, RoomOptions::default()).unwrap();
        assert_eq!(again.local_participant().identity().as_str(), "one");
    });
    assert!(log.contains("RefreshedToken(…)"), "{log}");
    assert!(!log.replace("eyJ…", "").contains("eyJ"), "a token is in the log");
}
