//! Roles and positions as the server stamps them: what a client is told of itself, and what the others see.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::app::until;
use crate::support::python::Client;
use crate::support::seen::Seen;
use crate::support::show::{LIMIT, Show, rows};
use crate::support::web::Web;

const FACE: [&str; 1] = ["camera"];
const EVERYTHING: [&str; 4] = ["camera", "microphone", "screen_share", "screen_share_audio"];

// S-91 S-252 S-255
#[test]
fn a_guest_goes_on_stage_and_back_without_a_new_connection() {
    let mut show = Show::open();
    let pia = Client::join(&show.guest("pia"), json!({}));
    pia.joined();
    let seat = show.guest("will");
    let will = Web::join(&seat, json!({ "camera": true, "microphone": true }));
    let me = will.joined();
    // With what the token said, before the host has said a word.
    assert_eq!(sources(&me["permissions"]), FACE);
    assert_eq!(me["attributes"]["role"], "guest");
    show.flowing("will", "camera");
    position(will.seen(), 0, "will", "backstage");
    assert_eq!(will.seen().of("published"), [json!("camera")]);
    until("pia sees will's camera", LIMIT, || (cameras(&pia).len() == 1).then_some(()));
    let start = pia.seen().of("attributes").len();

    for _ in 0..2 {
        let (at_will, at_pia) = (will.seen().count(), pia.seen().count());
        show.on_stage("will", true);
        position(will.seen(), at_will, "will", "on_stage");
        position(pia.seen(), at_pia, "will", "on_stage");
        rights(will.seen(), at_will, &EVERYTHING);
        show.flowing("will", "microphone");
        pia.seen().wait("will's microphone", at_pia, LIMIT, |event| {
            (event["track"]["from"] == "will" && event["track"]["source"] == "microphone").then_some(())
        });

        let (at_will, at_pia) = (will.seen().count(), pia.seen().count());
        show.on_stage("will", false);
        position(will.seen(), at_will, "will", "backstage");
        position(pia.seen(), at_pia, "will", "backstage");
        rights(will.seen(), at_will, &FACE);
        pia.seen().wait("will's microphone is gone", at_pia, LIMIT, |event| {
            (event["untrack"]["from"] == "will" && event["untrack"]["source"] == "microphone").then_some(())
        });
        show.until("without a voice", "will", |person| person["microphone"]["flowing"] == false);
    }

    show.flowing("will", "camera");
    assert_eq!(cameras(&pia).len(), 1, "the camera was published anew");
    let broken = ["reconnecting", "signal_reconnecting", "disconnected", "failed"];
    for event in broken {
        assert_eq!(will.seen().of(event), Vec::<Value>::new(), "{event}");
    }
    assert!(!pia.seen().of("left").contains(&json!("will")));
    let told = pia.seen().of("attributes").split_off(start);
    let positions: Vec<_> = told.iter().filter_map(|told| moved(told, "will")).collect();
    assert_eq!(positions, ["on_stage", "backstage", "on_stage", "backstage"]);
}

// S-85 S-91
#[test]
fn a_right_that_is_taken_is_taken_at_the_server_and_in_the_store_and_touches_no_other() {
    let mut show = Show::open();
    let seat = show.guest("will");
    let will = Web::join(&seat, json!({ "camera": true, "microphone": true }));
    show.joined("will");
    show.on_stage("will", true);
    show.flowing("will", "camera");
    show.flowing("will", "microphone");

    let at = will.seen().count();
    show.ask(json!({ "permit": { "person": "will", "speak": false } }));
    rights(will.seen(), at, &["camera", "screen_share"]);
    show.until("without a voice", "will", |person| person["microphone"]["on"] == false);
    let person = show.person("will");
    assert_eq!(person["rights"], json!({ "speak": false, "video": true }));
    assert_eq!(person["camera"]["flowing"], true);

    let at = will.seen().count();
    show.ask(json!({ "permit": { "person": "will", "speak": true, "video": false } }));
    rights(will.seen(), at, &["microphone"]);
    show.until("without a face", "will", |person| person["camera"]["on"] == false);
    show.flowing("will", "microphone");

    // A viewer may publish nothing, and is moved out of the room of those who may.
    show.ask(json!({ "set_role": { "person": "will", "role": "viewer" } }));
    will.wait("out", |event| event.get("disconnected").map(|_| ()));
    show.until("left", "will", |person| person["presence"] == "left");
    let place = show.close();
    let kept = "SELECT role || ' ' || can_speak || can_video FROM live_participants WHERE user_id = 'will'";
    assert_eq!(rows(&place, kept), ["viewer 00"]);
}

// S-70 S-72 S-76 S-77 S-80 S-81 S-186
#[test]
fn whoever_comes_and_goes_is_in_the_hosts_list_with_all_that_is_known_of_them() {
    let mut show = Show::open();
    let seat = show.host.seat("guest", "pia", "Pia of the North");
    show.until("expected", "pia", |person| person["presence"] == "invited");
    let mut pia = Client::join(&seat, Client::devices(700, -20.0));
    let vera = Client::join(&show.viewer("vera"), json!({}));
    show.joined("pia");
    show.joined("vera");
    show.on_stage("pia", true);
    show.flowing("pia", "camera");
    show.flowing("pia", "microphone");
    let heard = show.until("speaks", "pia", |person| person["speaking"] == true);
    assert_eq!((&heard["name"], &heard["role"]), (&json!("Pia of the North"), &json!("guest")));
    assert_eq!((&heard["local"], &heard["position"]), (&json!(false), &json!("on_stage")));
    assert_eq!(heard["rights"], json!({ "speak": true, "video": true }));
    assert!(heard["joined"].is_u64(), "{heard:#}");
    show.until("quality", "pia", |person| person["quality"] == "excellent" || person["quality"] == "good");

    pia.order(json!({ "mute": true }));
    show.until("muted", "pia", |person| person["microphone"]["on"] == false && person["speaking"] == false);
    let counts = |of: &str| show.host.snapshot()["show"]["counts"][of].clone();
    assert_eq!((counts("online"), counts("total")), (json!(3), json!(3)));
    assert_eq!(show.host.snapshot()["show"]["viewers"], 1);

    vera.leave();
    show.until("left", "vera", |person| person["presence"] == "left");
    pia.leave();
    show.until("left", "pia", |person| person["presence"] == "left" && person["position"] == "none");
    show.host.until("an empty stage", LIMIT, |snapshot| {
        (snapshot["show"]["program"]["people"] == json!([])).then_some(())
    });
    assert_eq!(show.host.snapshot()["show"]["counts"]["online"], 1);
    let place = show.close();
    let kept = "SELECT user_id || ' ' || name || ' ' || role || ' ' || status FROM live_participants \
                WHERE user_id <> 'host' ORDER BY user_id";
    assert_eq!(rows(&place, kept), ["pia Pia of the North guest left", "vera vera viewer left"]);
    let visits =
        "SELECT user_id || ' ' || (left_ms > came_ms) FROM visits WHERE user_id <> 'host' ORDER BY user_id";
    assert_eq!(rows(&place, visits), ["pia 1", "vera 1"]);
}

fn sources(permissions: &Value) -> Vec<String> {
    let mut sources: Vec<String> = serde_json::from_value(permissions["sources"].clone()).unwrap();
    sources.sort();
    sources
}

fn moved(told: &Value, who: &str) -> Option<String> {
    (told["of"] == who).then(|| told["changed"]["position"].as_str().map(str::to_owned)).flatten()
}

/// Waits until somebody is told a position.
fn position(seen: &Seen, start: usize, who: &str, wanted: &str) {
    seen.wait(&format!("{who} is {wanted}"), start, LIMIT, |event| {
        let all: BTreeMap<String, String> =
            serde_json::from_value(event.get("attributes")?.get("all")?.clone()).ok()?;
        let there = event["attributes"]["of"] == who && all.get("position")? == wanted;
        (there && all.get("role")? == "guest").then_some(())
    });
}

/// Waits until somebody is told what they may publish.
fn rights(seen: &Seen, start: usize, wanted: &[&str]) {
    seen.wait(&format!("may publish {wanted:?}"), start, LIMIT, |event| {
        let told = event.get("permissions").filter(|told| told["of"] == "will")?;
        (sources(told) == wanted && told["own_metadata"] == false).then_some(())
    });
}

/// Every track of will's camera that pia was given, oldest first.
fn cameras(pia: &Client) -> Vec<Value> {
    let of_will = |track: &Value| track["from"] == "will" && track["source"] == "camera";
    pia.seen().of("track").into_iter().filter(of_will).map(|track| track["sid"].clone()).collect()
}
