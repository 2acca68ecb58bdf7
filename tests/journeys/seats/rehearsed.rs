//! Seats that a rehearsal prints.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::app::{Place, Running, turn};
use crate::support::console::Console;

use super::{ask, is_in};

const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn a_rehearsal_prints_seats_of_each_role_and_a_second_sidestage_takes_one() {
    let _turn = turn();
    let place = Place::new();
    let each = "cohost=1,producer=1,guest=2,viewer=1";
    let arguments = ["--seconds", "8", "--guests", "0", "--layout", "grid", "--seats", each];
    let mut running = Running::start(place.rehearsal(&arguments));
    let seats: Value = serde_json::from_str(&running.line(Duration::from_secs(60))).unwrap();

    let told = |seat: &Value| {
        let text = |key: &str| seat[key].as_str().unwrap_or_default().to_owned();
        assert!(text("url").starts_with("ws://127.0.0.1:") && text("token").starts_with("eyJ"), "{seat}");
        (text("role"), text("identity"))
    };
    let all: Vec<_> = seats["seats"].as_array().unwrap().iter().chain([&seats["air"]]).map(told).collect();
    let all: Vec<_> = all.iter().map(|(role, identity)| (role.as_str(), identity.as_str())).collect();
    let wanted = [
        ("cohost", "cohost-1"),
        ("producer", "producer-1"),
        ("guest", "seat-1"),
        ("guest", "seat-2"),
        ("viewer", "viewer-1"),
    ];
    assert_eq!(all, wanted);

    let mut desk = Console::take_seat(&place.path("desk"), &seats["seats"][0]);
    is_in(&desk);
    let show = &desk.snapshot()["show"];
    assert_eq!((&show["role"], &show["me"]), (&json!("cohost"), &json!("cohost-1")));
    ask(&mut desk, json!({ "layout": { "bus": "program", "layout": "solo" } }));
    desk.close();
    let (status, report) = running.report(LIMIT);
    assert!(status.success(), "{report:#}");
}
