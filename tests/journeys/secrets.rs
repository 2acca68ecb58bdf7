//! The tokens, keys and secrets of a whole show, looked for wherever they must not be.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::support::app::{Place, Running, turn, until};
use crate::support::tree;

/// Every file below a folder, whole.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}

/// The server's key and secret as it was given them: the one place where they may stand.
fn server_keys(told: &str) -> BTreeSet<String> {
    let config = told.split_once("LIVEKIT_CONFIG=").expect("the server has its config").1;
    let keys = config.split_once("keys").expect("keys in the config").1;
    let words = keys.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() >= 12);
    words.take(2).map(str::to_owned).collect()
}

/// What is left of a cut token is `eyJ…`; a whole one goes on with letters.
fn holds_token(text: &str) -> bool {
    text.match_indices("eyJ").any(|(at, _)| text[at + 3..].starts_with(|c: char| c.is_ascii_alphanumeric()))
}

// S-56
#[test]
fn no_secret_of_a_show_is_in_a_log_an_argument_or_the_database() {
    let _turn = turn();
    let place = Place::new();
    let mut running = Running::start(place.rehearsal(&["--seconds", "5", "--guests", "1", "--seats", "1"]));
    let seats: Value = serde_json::from_str(&running.line(Duration::from_secs(60))).unwrap();
    let mut secrets: BTreeSet<String> = [&seats["seats"][0]["token"], &seats["air"]["token"]]
        .map(|token| token.as_str().unwrap().to_owned())
        .into();

    let server = until("a server", Duration::from_secs(20), || {
        tree::named(running.pid(), "livekit-server").first().copied()
    });
    let keys = server_keys(&tree::told(server));
    assert_eq!(keys.len(), 2, "a key and a secret");
    secrets.extend(keys);

    std::thread::sleep(Duration::from_secs(4));
    let mut places: Vec<_> = tree::family(running.pid())
        .into_iter()
        .filter(|process| process.name != "livekit-server")
        .map(|process| (process.name.clone(), tree::told(process.pid)))
        .collect();
    assert!(places.len() >= 6, "{places:?}");
    running.wait(Duration::from_secs(60));
    places.push(("standard error".to_owned(), running.said()));
    files(&place.home(), &mut places);
    assert!(places.iter().any(|(name, _)| name.ends_with("studio.db")), "no database");
    assert!(
        places
            .iter()
            .any(|(name, text)| name.contains("sidestage") && name.ends_with("log") && !text.is_empty())
    );

    for (name, text) in &places {
        for secret in &secrets {
            assert!(!text.contains(secret), "a secret of {} characters stands in {name}", secret.len());
        }
        assert!(!holds_token(text), "a token stands in {name}");
    }
}
