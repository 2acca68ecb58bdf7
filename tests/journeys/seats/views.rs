//! The show as each seat may know it.

use serde_json::{Value, json};

use crate::support::console::Console;
use crate::support::show::Show;

use super::{ask, people, sit, until};

/// What a cohost may ask of the host; a producer the same without the roles.
const DESK: [&str; 21] = [
    "add_to_stage",
    "remove_from_stage",
    "layout",
    "take",
    "set_role",
    "permit",
    "mute",
    "ask_on",
    "decline",
    "look_at_devices",
    "ask_device",
    "decline_device",
    "remove",
    "readmit",
    "settle",
    "request",
    "strip",
    "program_bus",
    "host_device",
    "stage_media",
    "silence",
];
/// What anybody may ask for themselves.
const OWN: [&str; 3] = ["decline", "decline_device", "request"];
const NOBODY: Value = Value::Null;

fn acts(show: &Value) -> Vec<&str> {
    let may = show["may"].as_array().unwrap();
    assert!(may.iter().all(|may| may["refusal"].is_null()), "{may:?}");
    may.iter().filter_map(|may| may["act"].as_str()).collect()
}

fn view(seat: &Console) -> Value {
    seat.snapshot()["show"].clone()
}

/// What only those see who run the show.
fn is_no_desk(show: &Value) {
    let counts = json!({ "online": 0, "total": 0 });
    for (what, none) in [
        ("preview", NOBODY),
        ("layouts", json!([])),
        ("host", NOBODY),
        ("counts", counts),
        ("recording", NOBODY),
        ("mixer", NOBODY),
    ] {
        assert_eq!(show[what], none, "{what} of {}", show["me"]);
    }
}

// S-71 S-76 S-185
#[test]
fn each_seat_sees_its_own_part_of_the_show() {
    let mut show = Show::open();
    let kim = sit(&mut show, "cohost", "kim");
    let pat = sit(&mut show, "producer", "pat");
    let gina = sit(&mut show, "guest", "gina");
    let mut vi = sit(&mut show, "viewer", "vi");
    let crew = ["host", "kim", "pat", "gina"];
    until(&show.host, "everybody is there", |snapshot| {
        people(snapshot) == ["host", "kim", "pat", "gina", "vi"] && snapshot["show"]["viewers"] == 1
    });
    for seat in [&kim, &pat, &gina] {
        until(seat, "the crew is there", |snapshot| {
            people(snapshot) == crew && snapshot["show"]["viewers"] == 1
        });
    }

    before_the_show(&kim, "cohost", &DESK);
    before_the_show(&pat, "producer", &DESK.map(|act| if act == "set_role" { "" } else { act }));
    let guest = view(&gina);
    assert_eq!((&guest["role"], &guest["broadcast"]["state"]), (&json!("guest"), &json!("ready")));
    assert_eq!(guest["mine"]["rights"], json!({ "speak": true, "video": true }));
    assert_eq!(acts(&guest), OWN);
    is_no_desk(&guest);
    let viewer = view(&vi);
    assert_eq!((&viewer["role"], &viewer["broadcast"]["state"]), (&json!("viewer"), &json!("idle")));
    assert_eq!(viewer["mine"]["rights"], json!({ "speak": false, "video": false }));
    assert_eq!((&viewer["people"], &viewer["program"]["people"]), (&json!([]), &json!([])));
    assert_eq!(viewer["may"], json!([]));
    is_no_desk(&viewer);

    ask(&mut vi, json!({ "request": { "up": true } }));
    until(&kim, "the desk sees who asks to come in", |snapshot| people(snapshot).contains(&"vi"));
    show.on_stage("gina", true);
    show.ask(json!("go_live"));
    show.reach("live");
    until(&vi, "the viewer sees the stage", |snapshot| {
        let show = &snapshot["show"];
        show["broadcast"]["state"] == "live" && people(snapshot) == ["gina"]
    });
    on_air(&show, [&kim, &pat], &gina, &vi);
    show.close();
}

fn before_the_show(desk: &Console, role: &str, may: &[&str]) {
    let show = view(desk);
    let told = (&show["role"], &show["broadcast"]["state"], &show["title"]);
    assert_eq!(told, (&json!(role), &json!("ready"), &json!("Foreigners")));
    assert!(show["preview"].is_object() && show["layouts"].as_array().is_some_and(|all| !all.is_empty()));
    assert_eq!(show["counts"], json!({ "online": 5, "total": 5 }));
    assert_eq!(show["host"]["devices"]["camera"]["used"], "test:pattern");
    assert_eq!(show["recording"], NOBODY);
    assert_eq!(acts(&show), may.iter().copied().filter(|act| !act.is_empty()).collect::<Vec<_>>());
}

fn on_air(show: &Show, desks: [&Console; 2], gina: &Console, vi: &Console) {
    let path = show.host.snapshot()["show"]["recording"]["path"].as_str().unwrap().to_owned();
    let (folder, file) = path.rsplit_once('/').expect("the host knows where its recording lies");
    assert!(folder.ends_with("takes"), "{path}");
    for desk in desks {
        until(desk, "the desk sees that it is recorded", |snapshot| {
            let recording = &snapshot["show"]["recording"];
            recording["running"] == true && recording["path"] == file
        });
    }
    until(gina, "the guest is on air", |snapshot| snapshot["show"]["broadcast"]["state"] == "live");
    let guest = view(gina);
    assert_eq!(guest["program"]["people"], json!(["gina"]));
    assert_eq!(
        people(&gina.snapshot()),
        ["host", "kim", "pat", "gina"],
        "who asks to come in is the desks' matter"
    );
    is_no_desk(&guest);
    let viewer = view(vi);
    assert_eq!(viewer["program"]["people"], json!(["gina"]));
    let gina = &viewer["people"][0];
    assert_eq!((&gina["name"], &gina["position"]), (&json!("Gina"), &json!("on_stage")));
    assert_eq!(
        gina["rights"],
        json!({ "speak": false, "video": false }),
        "whose right it is concerns nobody here"
    );
    assert_eq!(acts(&viewer), OWN);
    is_no_desk(&viewer);
}
