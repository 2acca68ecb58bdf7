//! Forged words, calls and attributes. Who speaks is who the server says, and what they may is the host's record.

use serde_json::{Value, json};

use crate::support::python::Client;
use crate::support::show::{LIMIT, Show, gain};
use crate::support::web::Web;

/// Everything that only those who run the show may do, with arguments that would do.
fn privileged() -> Vec<Value> {
    let (pia, bus) = ("pia", "program");
    vec![
        json!({ "open": { "title": "Mine" } }),
        json!("release"),
        json!("go_live"),
        json!("end_stream"),
        json!("recover"),
        json!("emergency_stop"),
        json!({ "add_to_stage": { "bus": bus, "person": pia } }),
        json!({ "remove_from_stage": { "bus": bus, "person": "ben" } }),
        json!({ "layout": { "bus": bus, "layout": "solo" } }),
        json!("take"),
        json!({ "expect": { "person": "eve", "role": "cohost", "name": "Eve" } }),
        json!({ "set_role": { "person": pia, "role": "cohost" } }),
        json!({ "permit": { "person": pia, "speak": true, "video": true } }),
        json!({ "mute": { "person": "ben", "kind": "camera" } }),
        json!({ "ask_on": { "person": "ben", "kind": "camera" } }),
        json!({ "remove": { "person": "ben", "refuse": true } }),
        json!({ "readmit": { "person": "ben" } }),
        json!({ "settle": { "person": "ben", "claim": "newcomer" } }),
        gain("ben", 12.0),
        json!({ "program_bus": { "bus": { "gain_db": 12.0 } } }),
        json!({ "host_device": { "kind": "camera", "device": "test:bars" } }),
        json!({ "stage_media": { "on": true } }),
        json!({ "silence": { "person": "ben", "on": true } }),
    ]
}

// S-187
#[test]
fn a_guest_and_a_viewer_are_refused_everything_that_runs_the_show() {
    let mut show = Show::open();
    let ben = Client::join(&show.guest("ben"), Client::devices(700, -20.0));
    let mut pia = Client::join(&show.guest("pia"), json!({}));
    let vera = Web::join(&show.viewer("vera"), json!({}));
    for who in ["ben", "pia", "vera"] {
        show.joined(who);
    }
    show.on_stage("ben", true);
    show.flowing("ben", "camera");
    show.flowing("ben", "microphone");
    pia.joined();
    vera.joined();
    let before = show_without_time(&show);

    for command in privileged() {
        let act = command
            .as_str()
            .map_or_else(|| command.as_object().unwrap().keys().next().unwrap().clone(), str::to_owned);
        let refused = |role: &str| json!({ "refused": { "not_allowed": { "act": act, "role": role } } });
        assert_eq!(
            answer(pia.call("host", "studio.command", &command.to_string())),
            refused("guest"),
            "{act}"
        );
        assert_eq!(
            answer(vera.call("host", "studio.command", &command.to_string())),
            refused("viewer"),
            "{act}"
        );
        // Both say a little less than anybody may.
        std::thread::sleep(std::time::Duration::from_millis(60));
    }
    for command in [
        json!({ "microphone": { "on": true } }),
        json!({ "say": { "room": "crew", "text": "I am the host" } }),
    ] {
        let said = answer(pia.call("host", "studio.command", &command.to_string()));
        assert_eq!(said, json!({ "refused": "not_understood" }), "of the host's own machine: {command}");
    }
    assert_eq!(show_without_time(&show), before);
    assert_eq!(show.host.chat("crew"), [] as [Value; 0]);
    // What is theirs they may.
    let done = answer(pia.call("host", "studio.command", r#"{"request":{"up":true}}"#));
    assert_eq!(done["done"]["person"]["identity"], "pia", "{done}");
    drop(ben);
}

// S-187
#[test]
fn calls_that_make_no_sense_are_answered_and_change_nothing() {
    let mut show = Show::open();
    let mut pia = Client::join(&show.guest("pia"), json!({}));
    let will = Web::join(&show.guest("will"), json!({}));
    show.joined("pia");
    show.joined("will");
    pia.joined();
    will.joined();
    let long = format!(r#"{{"open":{{"title":"{}"}}}}"#, "x".repeat(12_000));
    let nonsense = [
        "",
        "null",
        "{",
        "\u{0}",
        "[[[[[[[[",
        r#""fly""#,
        r#"{"request":{"up":"yes"}}"#,
        r#"{"request":{"up":true,"from":"host"}}"#,
        r#"{"request":{"up":true},"actor":"local_host"}"#,
        r#"{"show":{"request":{"up":true}}}"#,
        r#"{"person":"host","command":"go_live"}"#,
        &long,
    ];
    for payload in nonsense {
        for method in ["studio.command", "studio.history", "studio.hello"] {
            let said = answer(pia.call("host", method, payload));
            assert_eq!(said, json!({ "refused": "not_understood" }), "{method} {payload:.60}");
            std::thread::sleep(std::time::Duration::from_millis(80));
        }
    }
    // 20 kB are more than is read at all; what nobody offers is not there.
    let huge = "x".repeat(20_000);
    for (method, payload) in [("studio.command", huge.as_str()), ("studio.admin", "{}"), ("", "{}")] {
        let said = will.call("host", method, payload);
        let code = said["error"]["code"].as_u64().unwrap_or_else(|| panic!("{method}: {said}"));
        assert!((1400..1600).contains(&code), "{said}");
    }
    let old = answer(will.call("host", "studio.hello", r#"{"version":99,"holder":null}"#));
    assert_eq!(old, json!({ "refused": { "other_version": { "found": 99, "known": 1 } } }));
    let person = show.person("pia");
    assert_eq!((&person["position"], &person["role"]), (&json!("backstage"), &json!("guest")));
    assert_eq!(show.host.snapshot()["show"]["title"], "Foreigners");
}

// S-185
#[test]
fn whose_message_it_is_the_server_says_and_no_field_of_it() {
    let mut show = Show::open();
    let mut pia = Client::join(&show.guest("pia"), json!({}));
    let will = Web::join(&show.guest("will"), json!({}));
    show.joined("pia");
    show.joined("will");
    pia.joined();
    will.joined();
    let lies =
        json!({ "from": "host", "identity": "host", "name": "Ada", "role": "host", "ts": "1", "seq": "99" });
    pia.order(json!({ "say": { "text": "I am the host", "id": "lie-1", "attributes": lies } }));
    let mut body = json!({ "type": "chat", "message": "So am I", "timestamp": 1 });
    body.as_object_mut().unwrap().extend(lies.as_object().unwrap().clone());
    will.order(json!({ "packet": { "topic": "chat", "payload": body.to_string() } }));
    // Not even what the host tells can be told by somebody else.
    let tale = json!({ "chat": { "room": "crew", "seq": 7, "id": "x", "from": "host", "name": "Ada", "at_ms": 1, "text": "Told" } });
    will.order(json!({ "packet": { "topic": "studio.tell", "payload": tale.to_string() } }));
    for (text, from) in [("I am the host", "pia"), ("So am I", "will")] {
        let line = show.host.told("crew", text, LIMIT).unwrap_or_else(|| panic!("{text}")).line;
        assert_eq!((&line["from"], &line["name"]), (&json!(from), &json!(from)));
        assert!(line["at_ms"].as_u64().unwrap() > 1_700_000_000_000, "{line}");
        assert!(line["seq"].as_u64().unwrap() <= 2, "{line}");
    }
    // In JSON too deep, too long, or of another kind there is no message.
    for payload in
        ["{\"type\":\"chat\"}", "{\"type\":\"joke\",\"message\":\"no\"}", "[1]", "\u{7}", &"[".repeat(3_000)]
    {
        pia.order(json!({ "packet": { "topic": "chat", "payload": payload } }));
    }
    pia.say(&"long ".repeat(1_000), "lie-2");
    pia.say("  \u{202e} ", "lie-3");
    pia.say("The end", "lie-4");
    show.host.told("crew", "The end", LIMIT).expect("the end");
    assert_eq!(show.host.chat("crew").len(), 3);
}

#[test]
fn what_somebody_writes_on_themselves_changes_nothing_anywhere() {
    let mut show = Show::open();
    let mut pia = Client::join(&show.host.seat("guest", "pia", "Pia"), json!({}));
    let will = Web::join(&show.host.seat("guest", "will", "Will"), json!({}));
    show.joined("pia");
    show.until("named", "will", |person| person["name"] == "Will" && person["presence"] == "joined");
    pia.joined();
    will.joined();
    let crown = json!({ "role": "host", "position": "on_stage", "crown": "x".repeat(2_000) });
    pia.order(json!({ "attributes": crown }));
    pia.order(json!({ "name": "Ada the host" }));
    will.order(json!({ "attributes": crown }));
    will.order(json!({ "name": "Ada the host" }));
    // The browser's client hears that it was refused; Python's hears nothing.
    for what in ["attributes", "name"] {
        will.wait(&format!("{what} refused"), |event| (event["failed"] == what).then_some(()));
    }
    // After these words everything that came before them has come.
    pia.say("Am I the host now?", "q-1");
    show.host.told("crew", "Am I the host now?", LIMIT).expect("the question");

    for (who, name, people) in [("will", "Will", pia.people()), ("pia", "Pia", will.people())] {
        let seen = people.as_array().unwrap().iter().find(|person| person["identity"] == who).unwrap();
        assert_eq!(seen["attributes"], json!({ "role": "guest", "position": "backstage" }));
        assert_eq!(seen["name"], name);
        let person = show.person(who);
        assert_eq!(
            (&person["role"], &person["name"], &person["position"]),
            (&json!("guest"), &json!(name), &json!("backstage"))
        );
    }
}

/// What was answered, as JSON.
fn answer(call: Value) -> Value {
    let words = call["answer"].as_str().unwrap_or_else(|| panic!("no answer: {call}"));
    serde_json::from_str(words).unwrap_or_else(|_| panic!("not JSON: {words}"))
}

/// What could have been changed.
fn show_without_time(show: &Show) -> Value {
    let mut view = show.host.snapshot()["show"].take();
    let people = view["people"].as_array_mut().unwrap();
    for person in people.iter_mut() {
        for moving in ["speaking", "quality"] {
            person.as_object_mut().unwrap().remove(moving);
        }
    }
    view
}
