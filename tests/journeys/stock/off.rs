//! Switched off, put out, kept out. Nothing here switches anybody on.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::app::until;
use crate::support::python::Client;
use crate::support::seen::Seen;
use crate::support::show::{Ears, LIMIT, Show, gain};
use crate::support::web::Web;

const WILL: u32 = 1_800;

#[test]
fn the_host_switches_off_and_asks_and_only_the_guest_switches_on() {
    let mut show = Show::open();
    let mut pia = Client::join(&show.guest("pia"), json!({}));
    let tone = json!({ "hz": WILL, "dbfs": -20.0 });
    let will = Web::join(&show.guest("will"), json!({ "camera": true, "microphone": tone }));
    show.joined("will");
    show.on_stage("will", true);
    show.flowing("will", "camera");
    show.flowing("will", "microphone");
    pia.hears("pia", WILL);

    show.ask(json!({ "mute": { "person": "will", "kind": "microphone" } }));
    muted(will.seen(), "microphone");
    muted(pia.seen(), "microphone");
    show.until("muted", "will", |person| person["microphone"]["on"] == false);
    pia.misses("pia", WILL);
    assert_eq!(show.person("will")["camera"]["flowing"], true);
    show.ask(json!({ "mute": { "person": "will", "kind": "camera" } }));
    muted(will.seen(), "camera");
    show.until("no picture", "will", |person| person["camera"]["on"] == false);
    let twice = show.host.command(json!({ "show": { "mute": { "person": "will", "kind": "camera" } } }));
    assert_eq!(twice.unwrap_err(), json!({ "nothing_to_mute": { "person": "will" } }));

    // Whatever the host does now, it stays off.
    let quiet = will.seen().count();
    for kind in ["microphone", "camera"] {
        show.ask(json!({ "ask_on": { "person": "will", "kind": kind } }));
    }
    show.until("asked", "will", |person| person["asked"] == json!(["microphone", "camera"]));
    show.ask(json!({ "permit": { "person": "will", "speak": true, "video": true } }));
    show.ask(gain("will", 6.0));
    show.ask(json!({ "layout": { "bus": "program", "layout": "solo" } }));
    show.ask(json!({ "silence": { "person": "will", "on": true } }));
    show.ask(json!({ "silence": { "person": "will", "on": false } }));
    pia.misses("pia", WILL);
    let person = show.person("will");
    assert_eq!((&person["microphone"]["on"], &person["camera"]["on"]), (&json!(false), &json!(false)));
    let opened = will.seen().all().split_off(quiet);
    assert!(!opened.iter().any(|event| event["muted"]["muted"] == false), "{opened:?}");

    will.order(json!({ "mute": false }));
    show.flowing("will", "microphone");
    pia.hears("pia", WILL);
    show.until("not asked any more", "will", |person| person["asked"] == json!(["camera"]));
    assert_eq!(show.person("will")["camera"]["on"], false);
}

#[test]
fn whoever_is_put_out_may_come_back_and_whoever_is_refused_may_not() {
    let mut show = Show::live();
    let mut vera = Client::join(&show.viewer("vera"), json!({}));
    let mut pia = Client::join(&show.guest("pia"), json!({}));
    let seat = show.guest("will");
    let will = Client::join(&seat, Client::devices(WILL, -20.0));
    pia.joined();
    show.joined("will");
    show.on_stage("will", true);
    vera.hears("vera", WILL);

    put_out(&mut show, false);
    assert_eq!(parting(&will), "PARTICIPANT_REMOVED");
    show.until("left", "will", |person| person["presence"] == "left");
    let will = Client::join(&seat, Client::devices(WILL, -20.0));
    show.joined("will");
    show.flowing("will", "camera");
    assert_eq!(show.person("will")["position"], "backstage");
    show.on_stage("will", true);
    vera.hears("vera", WILL);

    put_out(&mut show, true);
    assert_eq!(parting(&will), "PARTICIPANT_REMOVED");
    show.until("removed", "will", |person| person["presence"] == "removed");
    vera.misses("vera", WILL);
    let start = pia.seen().count();
    for attempt in 1..=5 {
        let eve = Web::join(&seat, eager());
        let since = Instant::now();
        // A client that is put out before it has come in whole goes on trying for a while: then the room says so.
        until(&format!("out again for the {attempt}. time"), LIMIT, || {
            let sent = eve.seen().of("disconnected").contains(&json!("PARTICIPANT_REMOVED"));
            (sent || since.elapsed() > Duration::from_secs(4) && !is_in_room(&mut pia)).then_some(())
        });
        let person = show.person("will");
        assert_eq!((&person["presence"], &person["position"]), (&json!("removed"), &json!("none")));
        assert_eq!(show.host.snapshot()["show"]["program"]["people"], json!([]));
        let add = json!({ "show": { "add_to_stage": { "bus": "program", "person": "will" } } });
        assert_eq!(show.host.command(add).unwrap_err(), json!({ "nobody_there": { "person": "will" } }));
    }
    vera.misses("vera", WILL);
    let came = pia.seen().all().split_off(start);
    let voice = |event: &&Value| event["track"]["from"] == "will" && event["track"]["source"] != "camera";
    assert_eq!(came.iter().find(voice), None);

    show.ask(json!({ "readmit": { "person": "will" } }));
    let _will = Client::join(&seat, Client::devices(WILL, -20.0));
    show.joined("will");
    show.flowing("will", "camera");
}

/// Sends all that is let through.
fn eager() -> Value {
    json!({ "camera": true, "microphone": { "hz": WILL, "dbfs": -20.0 }, "screen": true })
}

/// The room has somebody on this seat, as others see it.
fn is_in_room(other: &mut Client) -> bool {
    other.people().as_array().unwrap().iter().any(|person| person["identity"] == "will")
}

fn put_out(show: &mut Show, refuse: bool) {
    show.ask(json!({ "remove": { "person": "will", "refuse": refuse } }));
}

/// Why a client was sent away, once it was.
fn parting(client: &Client) -> String {
    client.wait("sent away", |event| Some(event.get("disconnected")?.as_str()?.to_owned()))
}

fn muted(seen: &Seen, source: &str) {
    seen.wait(&format!("{source} muted"), 0, LIMIT, |event| {
        let muted = event.get("muted").filter(|muted| muted["of"] == "will")?;
        (muted["source"] == source && muted["muted"] == true).then_some(())
    });
}
