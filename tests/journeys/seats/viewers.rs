//! The audience: what it may say, and how somebody of it comes backstage and goes again.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::app::until as look;
use crate::support::console::Console;
use crate::support::show::{LIMIT, Show, person};

use super::{ask, devices, here, refused, sit, turn_on, until};

/// Waits until something is heard at that machine.
fn hears(seat: &mut Console) {
    look("the program is heard", LIMIT, || {
        seat.meters()["monitor"]["peak"][0].as_f64().filter(|level| *level > -60.0)
    });
}

/// Cheers until it is counted. The server announces somebody who publishes nothing up to three seconds late, and the
/// host's library drops packets of somebody who was not announced; a cheer may be lost, and is not sent again.
fn cheers(viewer: &mut Console, show: &Show) {
    look("a cheer is counted", LIMIT, || {
        here(viewer, json!({ "react": { "room": "air", "reaction": "heart" } }));
        std::thread::sleep(Duration::from_millis(300));
        let reactions = &show.host.snapshot()["show"]["reactions"];
        let counted = reactions[0]["reaction"] == "heart" && reactions[0]["count"].as_u64() > Some(0);
        counted.then_some(())
    });
}

// S-91 S-185
#[test]
fn a_viewer_talks_cheers_asks_is_let_in_and_goes_back_to_the_audience() {
    let mut show = Show::open();
    show.ask(json!({ "stage_media": { "on": true } }));
    show.ask(json!("go_live"));
    show.reach("live");
    let mut vi = sit(&mut show, "viewer", "vi");
    hears(&mut vi);

    here(&mut vi, json!({ "say": { "room": "air", "text": "hello from the hall" } }));
    let told = show.host.told("air", "hello from the hall", LIMIT).expect("the host hears the hall");
    assert_eq!((&told.line["from"], &told.line["name"]), (&json!("vi"), &json!("Vi")));
    let crew = vi.command(json!({ "here": { "say": { "room": "crew", "text": "let me in" } } }));
    assert_eq!(crew, refused("say", "viewer"));
    cheers(&mut vi, &show);
    ask(&mut vi, json!({ "request": { "up": true } }));
    show.until("asks to come in", "vi", |vi| vi["position"] == "requested");
    assert_eq!(vi.command(json!({ "here": { "camera": { "on": true } } })), refused("camera", "viewer"));

    show.ask(json!({ "set_role": { "person": "vi", "role": "guest" } }));
    until(&vi, "backstage, without a hand of its user's", |snapshot| {
        let there = person(snapshot, "vi").is_some_and(|vi| vi["position"] == "backstage");
        there && snapshot["seat"] == "in" && snapshot["show"]["role"] == "guest"
    });
    let off = |snapshot: &Value| devices(snapshot, "vi") == [false, false];
    assert!(
        off(&vi.snapshot()) && off(&show.host.snapshot()),
        "nobody opens a device by letting somebody in"
    );
    // In the crew's room, where a camera can be sent, and by the user's own hand.
    here(&mut vi, json!({ "say": { "room": "crew", "text": "hello crew" } }));
    show.host.told("crew", "hello crew", LIMIT).expect("the crew hears who was let in");
    assert!(off(&vi.snapshot()) && off(&show.host.snapshot()), "a device went on by itself");
    turn_on(&mut vi, "camera");
    show.flowing("vi", "camera");

    show.ask(json!({ "set_role": { "person": "vi", "role": "viewer" } }));
    until(&vi, "a viewer again", |snapshot| snapshot["show"]["role"] == "viewer" && snapshot["seat"] == "in");
    show.until("out of the crew", "vi", |vi| {
        (&vi["presence"], &vi["position"]) == (&json!("joined"), &json!("none"))
            && vi["camera"]["on"] == false
    });
    let crew = vi.command(json!({ "here": { "say": { "room": "crew", "text": "still here?" } } }));
    assert_eq!(crew, refused("say", "viewer"));
    here(&mut vi, json!({ "say": { "room": "air", "text": "back in the hall" } }));
    show.host.told("air", "back in the hall", LIMIT).expect("a word in the audience's chat");
    hears(&mut vi);
    let notices = vi.snapshot()["notices"].clone();
    let told: Vec<_> = notices.as_array().unwrap().iter().map(|notice| &notice["fault"]).collect();
    // Their camera was on; that they were moved out of the crew's room is no loss.
    assert_eq!(told, [&json!({ "muted_by_host": { "kind": "camera" } })]);
    show.close();
}
