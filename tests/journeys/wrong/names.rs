//! Names that are no names.

use serde_json::{Value, json};

use crate::support::python::Client;
use crate::support::show::{LIMIT, Show};
use crate::support::web::Web;

#[test]
fn names_are_cleaned_cut_and_never_the_hosts_identity() {
    let mut show = Show::open();
    let tower = format!("Z{}oe", "\u{0336}".repeat(5_000));
    let bad = [
        ("bidi", "Ada \u{202e}tsoh\u{202c}\u{2066}", "Ada tsoh"),
        ("lines", "Ada\r\n\tB\u{0}\u{1b}[31m", "Ada   B[31m"),
        ("tower", &tower, "Z\u{336}\u{336}\u{336}oe"),
        ("nothing", " \u{200b}\u{202e} ", "nothing"),
        ("long", &"Long name ".repeat(200), &"Long name ".repeat(200)[..64]),
    ];
    let mut clients = Vec::new();
    for (identity, name, shown) in bad {
        let seat = show.host.seat("guest", identity, name);
        let expected = show.until("expected", identity, |person| person["presence"] == "invited");
        assert_eq!(expected["name"], shown.trim_end(), "{identity}");
        clients.push(Client::join(&seat, json!({})));
    }
    // What the server tells of them when they come is no better.
    for (identity, _, shown) in bad {
        let person = show.joined(identity);
        assert_eq!(person["name"], shown.trim_end(), "{identity}");
        assert!(person["name"].as_str().unwrap().chars().count() <= 64);
    }
    // Nobody gets a seat as the host, by identity or by role.
    for (role, identity) in [("guest", "host"), ("host", "eve"), ("guest", ""), ("guest", "a\nb")] {
        let expect = json!({ "show": { "expect": { "person": identity, "role": role, "name": "Eve" } } });
        let answer = show.host.command(expect);
        assert!(answer.is_err(), "{role} {identity:?}: {answer:?}");
    }
    let hosts = |snapshot: &Value| {
        let people = snapshot["show"]["people"].as_array().unwrap().clone();
        people.into_iter().filter(|person| person["role"] == "host").count()
    };
    assert_eq!(hosts(&show.host.snapshot()), 1);
    // What is cleaned is cleaned for what they say, too.
    let web = Web::join(&show.host.seat("guest", "web", "W\u{202e}eb"), json!({}));
    web.joined();
    show.joined("web");
    web.say("Who am I?", "n-1");
    let line = show.host.told("crew", "Who am I?", LIMIT).expect("the question").line;
    assert_eq!(line["name"], "Web");
}
