//! A seat's own devices: off until its own user opens them, whatever anybody else does.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::console::Console;
use crate::support::show::{Show, notice, person};

use super::{devices, here, is_in, refused, sit, turn_on, until};

/// In this time a device that went on by itself would be seen.
const A_WHILE: Duration = Duration::from_millis(500);

/// Whether somebody's camera and microphone stand like this at the seat and for the host.
fn stand(show: &Show, seat: &Console, identity: &str, open: [bool; 2]) {
    let stands = |snapshot: &Value| devices(snapshot, identity) == open;
    until(seat, "at the seat", stands);
    until(&show.host, "for the host", stands);
}

/// Whether they stand like this, and stay so.
fn stay(show: &Show, seat: &Console, identity: &str, open: [bool; 2]) {
    stand(show, seat, identity, open);
    thread::sleep(A_WHILE);
    for snapshot in [seat.snapshot(), show.host.snapshot()] {
        assert_eq!(devices(&snapshot, identity), open, "a device was switched by itself");
    }
}

fn is_asked(seat: &Console, what: Value) {
    until(seat, "what is asked of the seat", |snapshot| snapshot["show"]["mine"]["asked"] == what);
}

// S-37 S-85 S-91
#[test]
fn the_host_switches_a_device_off_and_only_its_user_switches_it_on() {
    let mut show = Show::open();
    let mut ann = sit(&mut show, "guest", "ann");
    let microphone = json!({ "person": "ann", "kind": "microphone" });

    stay(&show, &ann, "ann", [false, false]);
    show.ask(json!({ "ask_on": microphone }));
    is_asked(&ann, json!(["microphone"]));
    stay(&show, &ann, "ann", [false, false]);
    turn_on(&mut ann, "microphone");
    turn_on(&mut ann, "camera");
    stand(&show, &ann, "ann", [true, true]);
    show.flowing("ann", "microphone");
    is_asked(&ann, json!([]));
    show.until("the host knows", "ann", |ann| ann["asked"] == json!([]));

    show.ask(json!({ "mute": microphone }));
    stay(&show, &ann, "ann", [true, false]);
    assert!(notice(&ann.snapshot(), "muted_by_host").is_some());
    show.ask(json!({ "ask_on": microphone }));
    is_asked(&ann, json!(["microphone"]));
    stay(&show, &ann, "ann", [true, false]);
    assert!(ann.command(json!({ "show": { "decline": { "kind": "microphone" } } })).is_ok());
    show.until("the answer was no", "ann", |ann| ann["asked"] == json!([]));
    stay(&show, &ann, "ann", [true, false]);
    turn_on(&mut ann, "microphone");
    stand(&show, &ann, "ann", [true, true]);

    show.ask(json!({ "permit": { "person": "ann", "speak": false, "video": null } }));
    stand(&show, &ann, "ann", [true, false]);
    let wish = json!({ "here": { "microphone": { "on": true } } });
    assert_eq!(ann.command(wish), refused("microphone", "guest"));
    show.ask(json!({ "permit": { "person": "ann", "speak": true, "video": null } }));
    until(&ann, "the right is back", |snapshot| snapshot["show"]["mine"]["rights"]["speak"] == true);
    stay(&show, &ann, "ann", [true, false]);
    turn_on(&mut ann, "microphone");
    show.flowing("ann", "microphone");
    here(&mut ann, json!({ "camera": { "on": false } }));
    stand(&show, &ann, "ann", [false, true]);
    show.close();
}

/// A seat's secret is in its app's memory alone: started again, it cannot show that it is the same, and the host
/// decides, once.
#[test]
fn a_seat_whose_app_was_killed_comes_back_with_its_devices_off_when_the_host_lets_it() {
    let mut show = Show::open();
    let seat = show.host.seat("guest", "ann", "Ann");
    let home = show.place.path("ann");
    let mut ann = Console::take_seat(&home, &seat);
    is_in(&ann);
    turn_on(&mut ann, "microphone");
    turn_on(&mut ann, "camera");
    show.flowing("ann", "camera");
    show.on_stage("ann", true);
    ann.kill();

    let mut ann = Console::take_seat(&home, &seat);
    is_in(&ann);
    show.until("claimed by somebody who cannot show who they are", "ann", |ann| {
        ann["contested"] == true && ann["position"] == "backstage"
    });
    show.notice("seat_contested");
    stay(&show, &ann, "ann", [false, false]);
    let wish = json!({ "here": { "camera": { "on": true } } });
    assert_eq!(ann.command(wish), refused("camera", "viewer"));

    show.ask(json!({ "settle": { "person": "ann", "claim": "newcomer" } }));
    until(&ann, "a guest again", |snapshot| {
        let backstage = person(snapshot, "ann").is_some_and(|ann| ann["position"] == "backstage");
        backstage && snapshot["show"]["role"] == "guest" && snapshot["seat"] == "in"
    });
    until(&show.host, "nobody doubts", |snapshot| notice(snapshot, "seat_contested").is_none());
    stay(&show, &ann, "ann", [false, false]);
    turn_on(&mut ann, "camera");
    turn_on(&mut ann, "microphone");
    show.flowing("ann", "camera");
    show.flowing("ann", "microphone");
    show.close();
}
