//! A server of the user's own: kept, tried, chosen, and a show on it.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::app::{Place, turn};
use crate::support::console::Console;
use crate::support::python::Client;
use crate::support::server::{KEY, SECRET, Server};

const LIMIT: Duration = Duration::from_secs(30);

/// Keeps a profile under this name and waits until its secret has a place.
fn keep(host: &mut Console, name: &str, url: &str, key: &str, secret: Option<&str>) -> String {
    let server = json!({ "id": "", "name": name, "urls": [url], "key": key });
    host.command(json!({ "here": { "keep_server": { "server": server, "secret": secret } } })).unwrap();
    host.until("a profile", LIMIT, |snapshot| {
        let servers = snapshot["servers"].as_array()?;
        let server = servers.iter().find(|server| server["profile"]["name"] == name)?;
        let placed = secret.is_none() || server["secret"] != "missing";
        placed.then(|| server["profile"]["id"].as_str().unwrap().to_owned())
    })
}

/// Tries a profile and returns what came of it.
fn tried(host: &mut Console, id: &str) -> Value {
    host.command(json!({ "here": { "test_server": { "server": id } } })).unwrap();
    host.until("what came of the test", LIMIT, |snapshot| {
        let servers = snapshot["servers"].as_array()?;
        let server = servers.iter().find(|server| server["profile"]["id"] == id)?;
        (server["testing"] == false && !server["tested"].is_null()).then(|| server["tested"].clone())
    })
}

// S-190
#[test]
fn a_show_runs_on_a_server_of_the_users_own() {
    let _turn = turn();
    let (place, server) = (Place::new(), Server::start());
    let mut host = Console::host(&place.home());
    let id = keep(&mut host, "Ours", &server.url(), KEY, Some(SECRET));
    let figures = tried(&mut host, &id);
    assert!(figures["Ok"]["latency_ms"].as_u64().is_some(), "{figures}");
    host.command(json!({ "here": { "choose_server": { "server": id } } })).unwrap();
    host.command(json!({ "show": { "open": { "title": "Elsewhere" } } })).unwrap();
    host.until("ready", LIMIT, |snapshot| (snapshot["show"]["broadcast"]["state"] == "ready").then_some(()));
    assert!(host.process("livekit-server").is_none(), "a show on another server starts none of its own");
    let seat = host.seat("guest", "gina", "Gina");
    assert_eq!(seat["url"], server.url());
    let guest = Client::join(&seat, Client::devices(700, -20.0));
    host.until("a guest's picture", LIMIT, |snapshot| {
        let people = snapshot["show"]["people"].as_array()?;
        people.iter().any(|person| person["camera"]["flowing"] == true).then_some(())
    });
    guest.leave();
    assert!(!host.said().contains(SECRET));
    let kept: Vec<u8> = ["studio.db", "studio.db-wal"]
        .iter()
        .flat_map(|file| std::fs::read(place.home().join(file)).unwrap_or_default())
        .collect();
    assert!(kept.windows(4).any(|bytes| bytes == b"Ours"), "the profile is in the database");
    assert!(!kept.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()), "and its secret is not");
    host.close();
}

// S-250
#[test]
fn each_thing_that_can_be_wrong_with_a_server_has_a_name_of_its_own() {
    let _turn = turn();
    let (place, server) = (Place::new(), Server::start());
    let mut host = Console::host(&place.home());
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("ws://127.0.0.1:{}", listener.local_addr().unwrap().port())
    };
    let wrong = [
        ("nobody there", nobody.as_str(), KEY, Some(SECRET), "server_unreachable"),
        ("another key", &server.url(), "stranger", Some(SECRET), "server_key_refused"),
        (
            "another secret",
            &server.url(),
            KEY,
            Some("not-the-secret-of-that-server-at-all-0815"),
            "server_key_refused",
        ),
        ("no secret", &server.url(), KEY, None, "secret_missing"),
    ];
    for (name, url, key, secret, fault) in wrong {
        let id = keep(&mut host, name, url, key, secret);
        let outcome = tried(&mut host, &id);
        assert!(!outcome["Err"][fault].is_null(), "{name}: {outcome}");
        // And a show on it ends with the same words, and nothing left behind.
        host.command(json!({ "here": { "choose_server": { "server": id } } })).unwrap();
        host.command(json!({ "show": { "open": { "title": "Elsewhere" } } })).unwrap();
        let said = host.until("an error", LIMIT, |snapshot| {
            let broadcast = &snapshot["show"]["broadcast"];
            (broadcast["state"] == "error").then(|| broadcast["fault"].clone())
        });
        assert!(!said[fault].is_null(), "{name}: {said}");
        host.command(json!({ "show": "recover" })).unwrap();
    }
    let bad = json!({ "id": "", "name": "x", "urls": ["javascript:alert(1)"], "key": KEY });
    let refused = host.command(json!({ "here": { "keep_server": { "server": bad, "secret": null } } }));
    assert!(!refused.unwrap_err()["bad_address"].is_null());
    host.close();
}
