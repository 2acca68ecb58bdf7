//! What a desk asks for is shown there at once, before the host knows of it, and taken back when the host says no.
//!
//! Wishes go over the rooms' data channels, which are UDP: a proxy in the address of the server does not delay them.
//! Instead the host's app stands still, so that nothing of what is seen meanwhile can be its answer.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::console::Console;
use crate::support::python::Client;
use crate::support::show::{LIMIT, Show, gain, notice, person, strip};

use super::{people, sit, turn_on, until};

/// How late the host is with its answer, at least.
const LATE: Duration = Duration::from_millis(300);

fn begin(desk: &mut Console, command: Value) -> u64 {
    desk.begin(json!({ "show": command }))
}

/// What a desk and the host must agree on in the end.
fn scenes(snapshot: &Value) -> Value {
    let show = &snapshot["show"];
    let person = |who: &str| person(snapshot, who).cloned().unwrap_or_default();
    json!({
        "program": show["program"],
        "preview": show["preview"],
        "picture": show["host"]["devices"]["camera"]["used"],
        "media": show["host"]["stage_media"],
        "gina": [person("gina")["position"], strip(snapshot, "gina").map(|strip| strip["strip"]["gain_db"].clone())],
        "microphone": person("gina")["microphone"]["on"],
    })
}

// S-88 S-90
#[test]
fn every_wish_of_a_desk_is_seen_there_before_the_host_has_heard_of_it() {
    let mut show = Show::open();
    let mut kim = sit(&mut show, "cohost", "kim");
    let mut gina = sit(&mut show, "guest", "gina");
    turn_on(&mut gina, "microphone");
    show.flowing("gina", "microphone");
    until(&kim, "the guest is heard", |snapshot| scenes(snapshot)["microphone"] == true);
    let before = scenes(&show.host.snapshot());

    rig::freeze(show.host.pid());
    let wishes = [
        json!({ "layout": { "bus": "program", "layout": "solo" } }),
        json!({ "layout": { "bus": "preview", "layout": "solo" } }),
        json!({ "add_to_stage": { "bus": "program", "person": "gina" } }),
        json!({ "host_device": { "kind": "camera", "device": "test:bars" } }),
        json!({ "stage_media": { "on": true } }),
        gain("gina", -9.0),
        json!({ "mute": { "person": "gina", "kind": "microphone" } }),
    ];
    let orders = wishes.map(|wish| begin(&mut kim, wish));
    let wanted = json!({
        "program": { "layout": "solo", "people": ["gina"] },
        "preview": { "layout": "solo", "people": [] },
        "picture": "test:bars",
        "media": true,
        "gina": ["on_stage", -9.0],
        "microphone": false,
    });
    // The host stands still: this is the desk alone.
    until(&kim, "the desk shows what it asked for", |snapshot| scenes(snapshot) == wanted);
    thread::sleep(LATE);
    assert_eq!(scenes(&kim.snapshot()), wanted, "it was taken back before the host has answered");
    assert_eq!(scenes(&show.host.snapshot()), before);
    rig::thaw(show.host.pid());

    for order in orders {
        kim.reply(order).unwrap();
    }
    until(&show.host, "the host does what was asked", |snapshot| scenes(snapshot) == wanted);
    until(&kim, "the desk shows the host's view", |snapshot| scenes(snapshot) == wanted);
    assert_eq!(kim.snapshot()["notices"], json!([]));
    show.close();
}

// S-86 S-88 S-89 S-90
#[test]
fn a_wish_that_the_host_refuses_is_shown_and_then_taken_back_with_a_word() {
    let mut show = Show::open();
    let mut kim = sit(&mut show, "cohost", "kim");
    let guest = show.guest("bo");
    // Somebody who sends something: of others the server tells late that they have gone.
    let bo = Client::join(&guest, Client::devices(700, -20.0));
    show.flowing("bo", "camera");
    until(&kim, "the desk sees the guest", |snapshot| people(snapshot).contains(&"bo"));

    // The guest leaves, and neither host nor desk has heard of it when the desk asks for them.
    rig::freeze(show.host.pid());
    bo.leave();
    // By then the server has told the host's machine, which stands still.
    thread::sleep(LATE);
    let order = begin(&mut kim, json!({ "add_to_stage": { "bus": "program", "person": "bo" } }));
    until(&kim, "the desk shows them on stage", |snapshot| {
        let bo = person(snapshot, "bo").is_some_and(|bo| bo["position"] == "on_stage");
        bo && snapshot["show"]["program"]["people"] == json!(["bo"])
    });
    thread::sleep(LATE);
    rig::thaw(show.host.pid());

    let nobody = json!({ "nobody_there": { "person": "bo" } });
    assert_eq!(kim.reply(order), Err(nobody));
    let told =
        kim.until("the desk says why not", LIMIT, |snapshot| notice(snapshot, "nobody_there").cloned());
    assert_eq!(told["fault"]["nobody_there"]["person"], "bo");
    until(&kim, "the desk shows the host's view again", |snapshot| {
        let left =
            person(snapshot, "bo").is_some_and(|bo| bo["presence"] == "left" && bo["position"] != "on_stage");
        left && snapshot["show"]["program"] == show.host.snapshot()["show"]["program"]
    });
    assert_eq!(kim.snapshot()["show"]["program"]["people"], json!([]));
    show.close();
}
