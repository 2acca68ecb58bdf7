//! Servers of the user's own: tried, used for a show, and their secrets.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use studio_rtc::Tools;
use studio_rtc::keychain::{Keychain, SystemKeychain};
use studio_rtc::secret::Secret;
use studio_wire::rtc::{RtcOrder, RtcReport};
use studio_wire::server::{SecretPlace, SecretText, ServerProfile, ServerTest};
use studio_wire::{Epoch, Fault, Role};
use support::foreign::{Request, front, http, says, stranger};
use support::node::{KEY, Node, SECRET, free_port, profile};
use support::{NoDesk, Studio, runs, tools};

/// A studio that has nothing to start a server of its own from.
fn start() -> Studio {
    let nowhere = || Err(vec!["/nowhere".to_owned()]);
    Studio::start(Tools { server: nowhere(), keeper: "/nowhere/keeper".into(), ..tools() }, NoDesk)
}

/// Keeps the secret of that profile, or forgets it.
fn keep(studio: &mut Studio, profile: &ServerProfile, secret: Option<&str>) -> SecretPlace {
    let secret = secret.map(|text| SecretText(text.to_owned()));
    studio.order(RtcOrder::KeepSecret { server: profile.id.clone(), secret });
    place(studio, profile)
}

fn place(studio: &mut Studio, profile: &ServerProfile) -> SecretPlace {
    studio.wait("where the secret is", |told| match told {
        RtcReport::SecretKept { server, place } if *server == profile.id => Some(*place),
        _ => None,
    })
}

fn test(studio: &mut Studio, profile: &ServerProfile) -> Result<ServerTest, Fault> {
    studio.order(RtcOrder::TestServer { server: profile.clone() });
    studio.wait("the test", |told| match told {
        RtcReport::ServerTested { server, outcome } if *server == profile.id => Some(outcome.clone()),
        _ => None,
    })
}

// S-190
#[test]
fn a_server_that_can_be_used_is_told_with_its_figures_and_is_left_as_it_was() {
    let node = Node::alone();
    let mut studio = start();
    let ours = profile(&[node.url()]);
    keep(&mut studio, &ours, Some(SECRET));
    let found = test(&mut studio, &ours).unwrap();
    assert!(found.reach_ms > 0 && found.room_ms > 0 && found.latency_ms > 0, "{found:?}");
    assert_eq!(node.rooms(), [""; 0]);
    assert_eq!(studio.rtc().processes(), [], "nothing of our own was started");
}

/// What is wrong with the server at that address.
type Judge = fn(&str) -> Fault;

// S-253
#[test]
fn whatever_is_wrong_with_a_server_is_told_by_its_own_fault() {
    let node = Node::alone();
    let page = "<html>It works!</html>";
    let endless = stranger(|mut stream| {
        let _ = Request::read(&stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        while stream.write_all(&[b'x'; 65536]).is_ok() {}
    });
    let gone = |url: &str| Fault::ServerUnreachable { url: url.to_owned(), said: String::new() };
    let foreign = |url: &str| Fault::ServerNotLiveKit { url: url.to_owned() };
    let cases: Vec<(&str, String, Judge)> = vec![
        ("nobody", format!("ws://127.0.0.1:{}", free_port()), gone),
        ("nobody of that name", "wss://nobody.invalid".into(), gone),
        ("hangs up", says(""), foreign),
        ("says nothing", stranger(silent), gone),
        ("a node without its cluster", says(&http("406 Not Acceptable", "Not Ready")), gone),
        ("garbage", says("\x16\x03\x01 SSH-2.0-OpenSSH_9.2\r\n"), foreign),
        ("garbage instead of TLS", says("SSH-2.0-OpenSSH_9.2\r\n").replace("ws:", "wss:"), foreign),
        ("a web page", says(&http("200 OK", page)), foreign),
        ("a web page for everything", says(&http("200 OK", "OK")), foreign),
        ("yes to everything", stranger(agreeable), foreign),
        ("an endless page", endless, foreign),
        ("not found", says(&http("404 Not Found", "no")), foreign),
        (
            "elsewhere",
            says("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"),
            foreign,
        ),
        ("too late", front(node.port, Duration::from_millis(2500), None), |url| Fault::ServerSlow {
            url: url.to_owned(),
        }),
        ("our clock is before its", front(node.port, Duration::ZERO, Some(-3600)), |url| {
            Fault::ServerClockWrong { url: url.to_owned() }
        }),
        ("our clock is after its", front(node.port, Duration::ZERO, Some(3600)), |url| {
            Fault::ServerClockWrong { url: url.to_owned() }
        }),
        ("the internet without encryption", "ws://203.0.113.7:7880".into(), |url| Fault::BadAddress {
            url: url.to_owned(),
        }),
        ("no address", "our server".into(), |url| Fault::BadAddress { url: url.to_owned() }),
    ];
    // One of them takes until the limit: all at once.
    std::thread::scope(|scope| {
        for (what, url, fault) in &cases {
            scope.spawn(move || {
                let mut studio = start();
                let theirs = profile(std::slice::from_ref(url));
                keep(&mut studio, &theirs, Some(SECRET));
                let found = match test(&mut studio, &theirs).expect_err(what) {
                    Fault::ServerUnreachable { url, said } => {
                        assert!(!said.is_empty(), "{what}");
                        Fault::ServerUnreachable { url, said: String::new() }
                    }
                    other => other,
                };
                assert_eq!(found, fault(url), "{what}");
            });
        }
    });
}

fn agreeable(mut stream: std::net::TcpStream) {
    let Some(request) = Request::read(&stream) else { return };
    let body = if request.token().is_some() { "{}" } else { "OK" };
    let _ = stream.write_all(http("200 OK", body).as_bytes());
}

fn silent(stream: std::net::TcpStream) {
    let _ = Request::read(&stream);
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_wrong_key_a_wrong_secret_and_no_secret_are_told_apart_from_everything_else() {
    let node = Node::alone();
    let mut studio = start();
    let ours = profile(&[node.url()]);
    let missing = Fault::SecretMissing { server: ours.name.clone() };
    assert_eq!(test(&mut studio, &ours), Err(missing.clone()));
    assert_eq!(studio.open_on(1, Some(ours.clone()), false), Err(missing));
    let refused = Fault::ServerKeyRefused { url: node.url() };
    keep(&mut studio, &ours, Some("another secret of more than 32 letters"));
    assert_eq!(test(&mut studio, &ours), Err(refused.clone()));
    assert_eq!(studio.open_on(1, Some(ours.clone()), false), Err(refused.clone()));
    keep(&mut studio, &ours, Some(SECRET));
    for key in ["another-key", ""] {
        assert_eq!(
            test(&mut studio, &ServerProfile { key: key.into(), ..ours.clone() }),
            Err(refused.clone())
        );
    }
    assert!(test(&mut studio, &ours).is_ok());
}

#[test]
fn a_servers_words_are_shown_without_the_key_the_secret_and_the_token_in_them() {
    let parrot = stranger(|mut stream| {
        let Some(request) = Request::read(&stream) else { return };
        let answer = match request.token() {
            None => http("200 OK", "OK"),
            Some(token) => {
                let msg = format!("who are {KEY}, {SECRET} and {token}?");
                http(
                    "503 Service Unavailable",
                    &serde_json::json!({ "code": "oops", "msg": msg }).to_string(),
                )
            }
        };
        let _ = stream.write_all(answer.as_bytes());
    });
    let mut studio = start();
    let theirs = profile(&[parrot]);
    keep(&mut studio, &theirs, Some(SECRET));
    let Err(Fault::RoomRefused { said, .. }) = test(&mut studio, &theirs) else { panic!("something else") };
    assert_eq!(said, "oops: who are …, … and eyJ…?");
}

// S-249 S-251
#[test]
fn a_show_on_a_server_of_the_users_own_starts_no_server_and_ends_none() {
    let node = Node::alone();
    let mut studio = start();
    let ours = profile(&[node.url() + "/"]);
    keep(&mut studio, &ours, Some(SECRET));
    assert_eq!(studio.open_on(1, Some(ours), false), Ok(()));
    assert_eq!(studio.rtc().processes(), []);
    assert_eq!(node.rooms(), ["air-show", "crew-show"]);
    let seat = studio.rtc().seat(Role::Guest, "ana").unwrap();
    assert_eq!(seat.url, node.url());
    studio.order(RtcOrder::Close { epoch: Epoch(1) });
    studio.wait("closed", |told| matches!(told, RtcReport::Closed { .. }).then_some(()));
    assert_eq!(node.rooms(), [""; 0], "its rooms are gone");
    assert!(runs(node.pid()), "it is not");
    assert_eq!(studio.rtc().seat(Role::Guest, "ana"), Err(Fault::ServerLost));
}

#[test]
fn of_several_addresses_the_first_that_can_be_used_is_used_first() {
    let node = Node::alone();
    let mut studio = start();
    let dead = format!("ws://127.0.0.1:{}", free_port());
    let ours = profile(&[dead.clone(), node.url()]);
    keep(&mut studio, &ours, Some(SECRET));
    assert_eq!(studio.open_on(1, Some(ours.clone()), false), Ok(()));
    assert_eq!(studio.rtc().seat(Role::Guest, "ana").unwrap().url, node.url());
    // A test is of all of them, and says which one it is.
    let fault = test(&mut studio, &ours).unwrap_err();
    assert!(matches!(fault, Fault::ServerUnreachable { url, .. } if url == dead));
    drop(node);
    let fault = studio.open_on(2, Some(ours), false).unwrap_err();
    assert!(matches!(fault, Fault::ServerUnreachable { url, .. } if url == dead));
}

#[test]
fn without_a_keychain_a_secret_lives_as_long_as_the_app_and_says_so() {
    let mut studio = start();
    let ours = profile(&[]);
    studio.order(RtcOrder::FindSecret { server: ours.id.clone() });
    assert_eq!(place(&mut studio, &ours), SecretPlace::Missing);
    assert_eq!(keep(&mut studio, &ours, Some(SECRET)), SecretPlace::Session);
    studio.order(RtcOrder::FindSecret { server: ours.id.clone() });
    assert_eq!(place(&mut studio, &ours), SecretPlace::Session);
    assert_eq!(keep(&mut studio, &ours, None), SecretPlace::Missing);
    assert_eq!(test(&mut studio, &ours), Err(Fault::BadAddress { url: String::new() }));
}

/// Set in the inner one of two runs of this test: the one with a session bus and a keychain of its own.
const INNER: &str = "SIDESTAGE_TEST_KEYCHAIN";

#[test]
fn a_secret_in_the_systems_keychain_outlives_the_app() {
    if std::env::var_os(INNER).is_some() {
        return in_a_real_keychain();
    }
    let (home, tools) = (tempfile::tempdir().unwrap(), tools());
    let unlock =
        "printf word | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$0\" \"$@\"";
    let ended = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", unlock])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "a_secret_in_the_systems_keychain_outlives_the_app", "--nocapture"])
        .env(INNER, "1")
        .env("SIDESTAGE_LIVEKIT_SERVER", tools.server.unwrap())
        .env("SIDESTAGE_LIVEKIT_LIB", tools.library.unwrap())
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .stdin(Stdio::null())
        .output()
        .expect("`dbus-run-session` is of the package `dbus-daemon`, its keychain of `gnome-keyring`");
    // Kept from the outer run's own lines: whoever counts those would count this test twice.
    let said = [ended.stdout, ended.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(ended.status.success(), "{}\n{}\n{}", ended.status, said[0], said[1]);
}

fn in_a_real_keychain() {
    let id = profile(&[]).id;
    let mut studio = Studio::start(Tools { keychain: true, ..tools() }, NoDesk);
    let ours = profile(&[]);
    assert_eq!(keep(&mut studio, &ours, Some("first")), SecretPlace::Keychain);
    assert_eq!(keep(&mut studio, &ours, Some(SECRET)), SecretPlace::Keychain);
    drop(studio);
    assert_eq!(SystemKeychain.get(&id).unwrap(), Some(Secret::new(SECRET)));
    let mut studio = Studio::start(Tools { keychain: true, ..tools() }, NoDesk);
    studio.order(RtcOrder::FindSecret { server: id.clone() });
    assert_eq!(place(&mut studio, &ours), SecretPlace::Keychain);
    assert_eq!(keep(&mut studio, &ours, None), SecretPlace::Missing);
    assert_eq!(SystemKeychain.get(&id).unwrap(), None);
}
