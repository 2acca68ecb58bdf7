//! The keeper's process with a real server, spoken to over its socket.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use studio_lane::talk::{self, TalkError};
use studio_rtc::keeper::{Ask, Config, Serving, Tell, connect, launch};
use studio_rtc::keeper_waits;
use support::{command_line, keeper, runs, script, signal, tools, until};

/// A keeper in a folder of its own; killed at the end of a test that failed.
struct Kept {
    folder: tempfile::TempDir,
    child: Child,
}

impl Kept {
    fn start(server: &Path, lease: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            socket: folder.path().join("keeper.sock"),
            log: folder.path().into(),
            server: server.into(),
            lease,
        };
        let child = launch(&keeper(), &config).unwrap();
        Self { folder, child }
    }

    fn real(lease: Duration) -> Self {
        Self::start(&tools().server.unwrap(), lease)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("keeper.sock")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("livekit-server.log")).unwrap()
    }

    fn connect(&self) -> App {
        until("the keeper listens", || connect(&self.socket()).is_ok());
        let (sender, receiver) = talk::split(connect(&self.socket()).unwrap()).unwrap();
        receiver.set_patience(Some(Duration::from_secs(30))).unwrap();
        App { sender, receiver }
    }

    /// Neither keeper nor server nor socket is left.
    fn nothing_is_left(&mut self, server: u32) {
        until("the keeper ends", || self.child.try_wait().unwrap().is_some());
        until("the server ends", || !runs(server));
        assert!(!self.socket().exists());
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the place of the app.
struct App {
    sender: talk::Sender,
    receiver: talk::Receiver,
}

impl App {
    fn ask(&mut self, ask: Ask) -> Tell {
        self.sender.send(&ask).unwrap();
        self.receiver.receive().unwrap()
    }

    fn serve(&mut self, ask: Ask) -> Serving {
        match self.ask(ask) {
            Tell::Serving(serving) => serving,
            other => panic!("no server: {other:?}"),
        }
    }
}

fn port(serving: &Serving) -> u16 {
    serving.url.strip_prefix("ws://127.0.0.1:").unwrap().parse().unwrap()
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_server_answers_until_the_app_says_goodbye_and_then_nothing_is_left() {
    let mut kept = Kept::real(LONG);
    let mut app = kept.connect();
    let serving = app.serve(Ask::Serve);
    assert!(std::net::TcpStream::connect(("127.0.0.1", port(&serving))).is_ok());
    assert!(runs(serving.pid));
    app.sender.send(&Ask::Bye).unwrap();
    kept.nothing_is_left(serving.pid);
    assert!(matches!(app.receiver.receive::<Tell>(), Err(TalkError::Closed)));
}

#[test]
fn the_socket_is_for_its_user_and_the_keys_are_in_no_argument_and_no_file() {
    let kept = Kept::real(LONG);
    let serving = kept.connect().serve(Ask::Serve);
    let mode = kept.socket().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let seen = [command_line(serving.pid), command_line(kept.child.id()), kept.log(), format!("{serving:?}")]
        .concat();
    for secret in [&serving.key, &serving.secret] {
        assert!(!seen.contains(secret.expose()), "{seen}");
    }
    assert!(kept.log().contains("starting LiveKit server"), "the server's log is kept");
}

#[test]
fn every_socket_of_the_server_is_on_this_machine_only() {
    let kept = Kept::real(LONG);
    let serving = kept.connect().serve(Ask::Serve);
    let sockets = sockets(serving.pid);
    assert!(sockets.len() >= 2, "TCP and UDP at least: {sockets:?}");
    let local = |address: &String| address.starts_with("0100007F:");
    assert!(sockets.iter().all(local), "{sockets:?}");
}

/// Local addresses of a process's sockets, as the kernel writes them.
fn sockets(pid: u32) -> Vec<String> {
    let inodes: BTreeSet<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    ["tcp", "tcp6", "udp", "udp6"]
        .iter()
        .flat_map(|kind| {
            let table = std::fs::read_to_string(format!("/proc/{pid}/net/{kind}")).unwrap_or_default();
            table.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        })
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            inodes.contains(*fields.get(9)?).then(|| fields[1].to_owned())
        })
        .collect()
}

#[test]
fn when_the_app_is_killed_the_server_stays_for_the_lease_and_then_nothing_is_left() {
    let lease = Duration::from_secs(2);
    let mut kept = Kept::real(lease);
    let mut app = kept.connect();
    let serving = app.serve(Ask::Serve);
    let gone = Instant::now();
    drop(app);
    kept.nothing_is_left(serving.pid);
    assert!(gone.elapsed() >= lease);
}

#[test]
fn an_app_that_comes_back_within_the_lease_gets_the_same_server() {
    let lease = Duration::from_secs(3);
    let kept = Kept::real(lease);
    let first = kept.connect().serve(Ask::Serve);
    let mut back = kept.connect();
    assert_eq!(back.serve(Ask::Serve), first);
    std::thread::sleep(lease + Duration::from_millis(500));
    assert_eq!(back.serve(Ask::Serve), first, "the lease is over only while nobody is there");
}

#[test]
fn a_look_whether_a_keeper_is_there_neither_takes_it_from_its_app_nor_costs_its_lease() {
    let lease = Duration::from_secs(2);
    let mut kept = Kept::real(lease);
    let mut app = kept.connect();
    let serving = app.serve(Ask::Serve);
    let folder = kept.folder.path().to_path_buf();
    assert!(keeper_waits(&folder));
    assert_eq!(app.serve(Ask::Serve), serving, "the app is still the one");
    drop(app);
    let gone = Instant::now();
    // Who looks again and again, and even stays, does not keep it alive.
    let _silent = connect(&kept.socket()).unwrap();
    until("the lease is over", || !keeper_waits(&folder));
    assert!(gone.elapsed() >= lease - Duration::from_millis(100));
    kept.nothing_is_left(serving.pid);
}

#[test]
fn a_killed_server_is_told_and_replaced_on_the_same_ports_with_the_same_keys() {
    let kept = Kept::real(LONG);
    let mut app = kept.connect();
    let first = app.serve(Ask::Serve);
    signal(first.pid, Signal::KILL);
    assert!(matches!(app.receiver.receive(), Ok(Tell::Lost { .. })));
    let second = app.serve(Ask::Replace);
    assert_ne!(second.pid, first.pid);
    assert_eq!(Serving { pid: first.pid, ..second.clone() }, first);
    // A living one is replaced as well: a frozen server does not end by itself.
    signal(second.pid, Signal::STOP);
    let third = app.serve(Ask::Replace);
    assert_eq!(Serving { pid: first.pid, ..third }, first);
    assert!(!runs(second.pid));
}

#[test]
fn a_server_never_outlives_its_keeper() {
    let mut kept = Kept::real(LONG);
    let serving = kept.connect().serve(Ask::Serve);
    // Frozen, so that it cannot notice by itself that nobody reads its log any more.
    signal(serving.pid, Signal::STOP);
    kept.child.kill().unwrap();
    until("the server ends", || !runs(serving.pid));
}

#[test]
fn a_server_that_does_not_start_is_told_with_its_last_words_without_the_token_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = folder.path().join("server");
    script(&server, "echo first; echo 'could not parse config: eyJhbGciOi.J9.x'; exit 0");
    let kept = Kept::start(&server, LONG);
    let said = "could not parse config: eyJ…".to_owned();
    assert_eq!(kept.connect().ask(Ask::Serve), Tell::Failed { said });
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let kept = Kept::start(Path::new("/nowhere/livekit-server"), LONG);
    let Tell::Failed { said } = kept.connect().ask(Ask::Serve) else { panic!("serving") };
    assert!(said.contains("/nowhere/livekit-server"), "{said}");
}

#[test]
fn a_second_keeper_does_not_take_the_place_of_a_living_one() {
    let kept = Kept::real(LONG);
    let mut app = kept.connect();
    let serving = app.serve(Ask::Serve);
    let config = Config {
        socket: kept.socket(),
        log: kept.folder.path().into(),
        server: tools().server.unwrap(),
        lease: LONG,
    };
    let mut second = launch(&keeper(), &config).unwrap();
    assert!(!second.wait().unwrap().success());
    assert!(runs(serving.pid));
    assert!(connect(&kept.socket()).is_ok());
}
