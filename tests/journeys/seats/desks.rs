//! Who runs the show from another machine, and who does not.

use serde_json::{Value, json};

use crate::support::show::{Show, gain, notice, person, strip};

use super::{ask, devices, refused, sit, turn_on, until, wish};

/// Everything that a desk does here and a guest may not.
fn acts_of_a_desk() -> [(&'static str, Value); 12] {
    let scene = |person: &str| json!({ "bus": "program", "person": person });
    [
        ("layout", json!({ "layout": { "bus": "program", "layout": "solo" } })),
        ("host_device", json!({ "host_device": { "kind": "camera", "device": "test:bars" } })),
        ("stage_media", json!({ "stage_media": { "on": true } })),
        ("add_to_stage", json!({ "add_to_stage": scene("gina") })),
        ("remove_from_stage", json!({ "remove_from_stage": scene("gina") })),
        ("take", json!("take")),
        ("strip", gain("gina", -6.0)),
        ("mute", json!({ "mute": { "person": "gina", "kind": "microphone" } })),
        ("permit", json!({ "permit": { "person": "gina", "speak": true, "video": null } })),
        ("silence", json!({ "silence": { "person": "kim", "on": true } })),
        ("set_role", json!({ "set_role": { "person": "gina", "role": "cohost" } })),
        ("remove", json!({ "remove": { "person": "kim", "refuse": false } })),
    ]
}

// S-85 S-86 S-91 S-187
#[test]
fn a_desk_runs_the_show_but_for_its_beginning_and_end() {
    let mut show = Show::open();
    let mut kim = sit(&mut show, "cohost", "kim");
    let mut pat = sit(&mut show, "producer", "pat");
    let mut gina = sit(&mut show, "guest", "gina");
    turn_on(&mut gina, "microphone");
    show.flowing("gina", "microphone");

    ask(&mut kim, json!({ "layout": { "bus": "program", "layout": "solo" } }));
    ask(&mut pat, json!({ "host_device": { "kind": "camera", "device": "test:bars" } }));
    ask(&mut kim, json!({ "stage_media": { "on": true } }));
    let done = ask(&mut pat, json!({ "add_to_stage": { "bus": "program", "person": "gina" } }));
    assert_eq!(done["person"]["position"], "on_stage");
    until(&show.host, "the host shows what the desks asked for", |snapshot| {
        let show = &snapshot["show"];
        let host = &show["host"];
        show["program"] == json!({ "layout": "solo", "people": ["gina"] })
            && host["devices"]["camera"]["used"] == "test:bars"
            && host["stage_media"] == true
    });
    until(&gina, "the guest knows that she is on stage", |snapshot| {
        person(snapshot, "gina").is_some_and(|gina| gina["position"] == "on_stage")
    });

    ask(&mut kim, gain("gina", -6.0));
    for (seat, what) in [(&show.host, "the host sees it"), (&pat, "the other desk sees it")] {
        until(seat, what, |snapshot| {
            strip(snapshot, "gina").is_some_and(|strip| strip["strip"]["gain_db"] == -6.0)
        });
    }
    assert_eq!(gina.snapshot()["show"]["mixer"], Value::Null, "no guest's business");

    ask(&mut kim, json!({ "mute": { "person": "gina", "kind": "microphone" } }));
    until(&gina, "the guest is muted and knows by whom", |snapshot| {
        devices(snapshot, "gina") == [false, false] && notice(snapshot, "muted_by_host").is_some()
    });
    show.until("muted", "gina", |gina| gina["microphone"]["on"] == false);

    ask(&mut pat, json!({ "layout": { "bus": "preview", "layout": "grid" } }));
    ask(&mut pat, json!({ "add_to_stage": { "bus": "preview", "person": "kim" } }));
    assert_eq!(show.host.snapshot()["show"]["program"]["people"], json!(["gina"]), "nothing is taken yet");
    ask(&mut kim, json!("take"));
    until(&show.host, "the preview is taken", |snapshot| {
        let show = &snapshot["show"];
        show["program"] == show["preview"] && show["program"]["layout"] == "grid"
    });
    assert_eq!(show.person("kim")["position"], "on_stage");

    for act in ["end_stream", "go_live", "release", "emergency_stop", "recover"] {
        assert_eq!(wish(&mut kim, json!(act)), refused(act, "cohost"));
    }
    let expect = json!({ "expect": { "person": "eve", "role": "cohost", "name": "Eve" } });
    assert_eq!(wish(&mut kim, expect), refused("expect", "cohost"));
    let role = json!({ "set_role": { "person": "gina", "role": "cohost" } });
    assert_eq!(wish(&mut pat, role), refused("set_role", "producer"));
    assert_eq!(show.host.snapshot()["show"]["broadcast"]["state"], "ready");
    show.close();
}

// S-85 S-187
#[test]
fn a_guest_and_a_viewer_are_refused_everything_that_is_not_their_own() {
    let mut show = Show::open();
    let _kim = sit(&mut show, "cohost", "kim");
    let mut gina = sit(&mut show, "guest", "gina");
    let mut vi = sit(&mut show, "viewer", "vi");
    turn_on(&mut gina, "microphone");
    show.flowing("gina", "microphone");
    let standing = |snapshot: &Value| {
        let show = &snapshot["show"];
        let people: Vec<_> = ["host", "kim", "gina"]
            .map(|who| person(snapshot, who).map(|who| (who["role"].clone(), who["position"].clone())))
            .into();
        (
            show["program"].clone(),
            show["preview"].clone(),
            show["host"].clone(),
            people,
            devices(snapshot, "gina"),
        )
    };
    let before = standing(&show.host.snapshot());
    for (act, command) in acts_of_a_desk() {
        assert_eq!(wish(&mut gina, command.clone()), refused(act, "guest"));
        assert_eq!(wish(&mut vi, command), refused(act, "viewer"));
    }
    for act in ["end_stream", "go_live", "release", "emergency_stop"] {
        assert_eq!(wish(&mut gina, json!(act)), refused(act, "guest"));
        assert_eq!(wish(&mut vi, json!(act)), refused(act, "viewer"));
    }
    assert_eq!(standing(&show.host.snapshot()), before);
    assert_eq!(standing(&gina.snapshot()).0, before.0, "and nothing of it stays shown here");
    show.close();
}

// S-371
#[test]
fn a_desk_asks_for_another_device_of_a_guest_who_says_no_and_then_yes() {
    let mut show = Show::open();
    let mut pat = sit(&mut show, "producer", "pat");
    let mut gina = sit(&mut show, "guest", "gina");
    until(&pat, "her machine has told its devices", |snapshot| {
        person(snapshot, "gina").is_some_and(|gina| gina["tells_devices"] == true)
    });
    ask(&mut pat, json!({ "look_at_devices": { "person": "gina" } }));
    let used = |snapshot: &Value, device: &str| {
        let devices = snapshot["show"]["devices"]["devices"].as_array().cloned().unwrap_or_default();
        devices.iter().any(|of| of["id"] == device && of["used"] == true)
    };
    until(&pat, "the pattern is in use", |snapshot| used(snapshot, "test:pattern"));
    let bars = json!({ "ask_device": { "person": "gina", "kind": "camera", "device": "test:bars" } });
    let asked = |snapshot: &Value| snapshot["show"]["mine"]["asked_devices"][0]["device"] == "test:bars";
    let declined = |snapshot: &Value| snapshot["show"]["devices"]["asked"][0]["declined"] == true;

    ask(&mut pat, bars.clone());
    until(&gina, "she is asked", asked);
    assert_eq!(gina.snapshot()["devices"]["camera"]["used"], "test:pattern", "nothing is changed by asking");
    ask(&mut gina, json!({ "decline_device": { "kind": "camera" } }));
    until(&pat, "the producer sees the no", declined);

    ask(&mut pat, bars);
    until(&gina, "she is asked again", asked);
    let choose = json!({ "choose_device": { "kind": "camera", "device": "test:bars" } });
    gina.command(json!({ "here": choose })).unwrap();
    until(&pat, "the producer sees the yes", |snapshot| used(snapshot, "test:bars") && !declined(snapshot));
    until(&gina, "nothing is asked any more", |snapshot| !asked(snapshot));
    assert_eq!(devices(&gina.snapshot(), "gina"), [false, false], "and nothing was opened");
    show.close();
}
