//! Somebody sends far more than anybody may.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::python::Client;
use crate::support::show::{LIMIT, Show};
use crate::support::web::Web;

const MANY: usize = 1_000;

#[test]
fn a_flood_is_dropped_and_named_and_drowns_nobody() {
    let mut show = Show::open();
    let mut eve = Client::join(&show.guest("eve"), json!({}));
    let will = Web::join(&show.guest("will"), json!({}));
    show.joined("eve");
    show.joined("will");
    eve.joined();
    will.joined();

    for n in 0..MANY {
        eve.order(json!({ "packet": { "topic": "chat", "payload": packet(n) } }));
        if n % 100 == 50 {
            will.say(&format!("Excuse me {n}"), &format!("w-{n}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    for n in (50..MANY).step_by(100) {
        let text = format!("Excuse me {n}");
        let line = show.host.told("crew", &text, LIMIT).unwrap_or_else(|| panic!("{text} was drowned")).line;
        assert_eq!(line["from"], "will");
    }
    let told = show.notice("flooding");
    assert_eq!(told["fault"]["flooding"]["person"], "eve", "{told}");

    // The host is at work as ever.
    show.ask(json!({ "layout": { "bus": "program", "layout": "solo" } }));
    show.host.until("the layout", LIMIT, |snapshot| {
        (snapshot["show"]["program"]["layout"] == "solo").then_some(())
    });
    let chat = show.host.chat("crew");
    let floods = chat.iter().filter(|line| line["from"] == "eve").count();
    // 30 at once, 10 a second after that; sending took a few seconds.
    assert!((30..400).contains(&floods), "{floods} of {MANY} were let in");
    let numbers: Vec<_> = chat.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=chat.len() as u64).collect::<Vec<_>>());

    // Calls are answered as well, if only with: that is too much.
    let start = eve.seen().count();
    for n in 0..60 {
        let call =
            json!({ "to": "host", "method": "studio.command", "payload": "{}", "id": format!("f-{n}") });
        eve.order(json!({ "call": call }));
    }
    let mut refused = 0;
    for n in 0..60 {
        let id = format!("f-{n}");
        let find = |event: &Value| event.get("answered").filter(|call| call["id"] == id.as_str()).cloned();
        let call = eve.seen().wait("an answer", start, LIMIT, find);
        refused += usize::from(call["answer"] == r#"{"refused":"too_fast"}"#);
    }
    assert!(refused >= 10, "only {refused} of 60 calls at once were too many");
}

fn packet(n: usize) -> String {
    json!({ "type": "chat", "message": format!("flood {n}"), "timestamp": n }).to_string()
}
