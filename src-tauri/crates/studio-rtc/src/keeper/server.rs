//! One life of `livekit-server`: its configuration, its start, how it is seen to be well, and its end.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal};
use serde::Serialize;

use super::log::Log;
use crate::lines;
use crate::secret::Secret;

/// The argument that turns a keeper's process into a server's.
const BECOME: &str = "become";
/// What the server logs when all its sockets are bound.
const BOUND: &str = "starting LiveKit server";
/// A first SIGTERM is swallowed by a server that has just started, or waits for people; the second is not.
const SECOND_TERM: Duration = Duration::from_millis(200);
/// After this long it is killed.
const TERM_LIMIT: Duration = Duration::from_secs(2);
/// How long its last words may take to the log once it is gone.
const READ_LIMIT: Duration = Duration::from_secs(1);

/// Where a server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Signalling and calls (TCP).
    pub http: u16,
    /// Media of everybody (UDP).
    pub udp: u16,
}

impl Ports {
    /// Two that are free now. Another program may take them before the server does: then it says so and ends.
    pub fn free() -> io::Result<Self> {
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        Ok(Self { http, udp })
    }
}

/// The pair that signs and checks tokens, and reaches the server through its environment only.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub key: Secret,
    pub secret: Secret,
}

impl Keys {
    pub fn random() -> io::Result<Self> {
        Ok(Self { key: Secret::random(8)?, secret: Secret::random(32)? })
    }
}

/// The server's configuration. It refuses unknown names; JSON is YAML.
#[derive(Serialize)]
struct Settings<'a> {
    port: u16,
    bind_addresses: [&'a str; 1],
    rtc: Rtc<'a>,
    keys: std::collections::BTreeMap<&'a str, &'a str>,
    room: Room,
    logging: Logging<'a>,
}

/// Media sockets do not obey `bind_addresses`: `includes` and `tcp_port` 0 keep them on this machine. The STUN server
/// is a dead one on purpose, for with an empty list clients ask public ones.
#[derive(Serialize)]
struct Rtc<'a> {
    udp_port: u16,
    tcp_port: u16,
    use_external_ip: bool,
    node_ip: &'a str,
    enable_loopback_candidate: bool,
    ips: Ips<'a>,
    stun_servers: [&'a str; 1],
}

#[derive(Serialize)]
struct Ips<'a> {
    includes: [&'a str; 1],
}

/// `auto_create`: after a restart of the server its rooms are gone, and a client that finds none leaves for good.
#[derive(Serialize)]
struct Room {
    auto_create: bool,
    empty_timeout: u32,
    departure_timeout: u32,
    enable_remote_unmute: bool,
}

#[derive(Serialize)]
struct Logging<'a> {
    level: &'a str,
    json: bool,
}

fn settings(ports: Ports, keys: &Keys) -> String {
    let settings = Settings {
        port: ports.http,
        bind_addresses: ["127.0.0.1"],
        rtc: Rtc {
            udp_port: ports.udp,
            tcp_port: 0,
            use_external_ip: false,
            node_ip: "127.0.0.1",
            enable_loopback_candidate: true,
            ips: Ips { includes: ["127.0.0.1/32"] },
            stun_servers: ["127.0.0.1:9"],
        },
        keys: [(keys.key.expose(), keys.secret.expose())].into(),
        room: Room {
            auto_create: true,
            empty_timeout: 60,
            departure_timeout: 120,
            enable_remote_unmute: false,
        },
        logging: Logging { level: "info", json: true },
    };
    serde_json::to_string(&settings).expect("text keys and plain values only")
}

/// What a server printed so far, as far as it matters.
#[derive(Default)]
struct Words {
    out: String,
    err: String,
    bound: bool,
}

/// A running server. Dropped without [`Server::end`], it is killed.
pub(super) struct Server {
    child: Child,
    ports: Ports,
    words: Arc<Mutex<Words>>,
    /// Reads what it prints, to the end.
    reader: JoinHandle<()>,
}

impl Server {
    /// Starts `program` by way of the `keeper` program, which ties its life to this thread's. `ended` is called, from
    /// another thread, when it is gone.
    pub fn start(
        program: &Path,
        keeper: &Path,
        ports: Ports,
        keys: &Keys,
        log: &Arc<Log>,
        ended: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let mut child = Command::new(keeper)
            .arg(BECOME)
            .arg(std::process::id().to_string())
            .arg(program)
            // Nothing else of our environment: the server takes settings from several variables.
            .env_clear()
            .env("LIVEKIT_CONFIG", settings(ports, keys))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().expect("piped above");
        let err = child.stderr.take().expect("piped above");
        let words = Arc::new(Mutex::new(Words::default()));
        let (said, logged) = (words.clone(), log.clone());
        let listen = thread::Builder::new().name("server-err".into()).spawn(move || {
            lines::pump(err, |line| {
                let line = logged.line(line);
                let mut words = lock(&said);
                words.bound |= line.contains(BOUND);
                words.err = line;
            });
        })?;
        let (said, logged) = (words.clone(), log.clone());
        let reader = thread::Builder::new().name("server-out".into()).spawn(move || {
            lines::pump(out, |line| lock(&said).out = logged.line(line));
            let _ = listen.join();
            ended();
        })?;
        Ok(Self { child, ports, words, reader })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// Its sockets are bound by itself, and it says that it is well. Takes at most 0.2 s.
    pub fn healthy(&self) -> bool {
        // Without the first question a stranger on the same port could answer in its place.
        lock(&self.words).bound && answers(self.ports.http).unwrap_or(false)
    }

    /// Its last words, redacted. It says on standard output why it could not start.
    pub fn last_words(&self) -> String {
        let words = lock(&self.words);
        if words.out.is_empty() { words.err.clone() } else { words.out.clone() }
    }

    /// Ends it, with people in it or without; what it said is in the log.
    pub fn end(mut self) {
        self.terminate();
        let limit = Instant::now() + READ_LIMIT;
        while !self.reader.is_finished() && Instant::now() < limit {
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn terminate(&mut self) {
        let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else { return };
        let begun = Instant::now();
        let mut again = Some(begun + SECOND_TERM);
        let _ = rustix::process::kill_process(pid, Signal::TERM);
        while begun.elapsed() < TERM_LIMIT {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            if again.is_some_and(|at| at <= Instant::now()) {
                let _ = rustix::process::kill_process(pid, Signal::TERM);
                again = None;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lock(words: &Mutex<Words>) -> std::sync::MutexGuard<'_, Words> {
    words.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answers(port: u16) -> io::Result<bool> {
    let limit = Duration::from_millis(100);
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), limit)?;
    stream.set_read_timeout(Some(limit))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    Ok(&status == b"HTTP/1.1 200")
}

/// Turns this process into a server that dies with its parent, where `arguments` (without the program's own name) ask
/// for that; comes back only where they do not, or with the error.
pub fn become_server(arguments: &[String]) -> Option<io::Error> {
    let [word, parent, program] = arguments else { return None };
    if word != BECOME {
        return None;
    }
    Some(replace(parent, program).unwrap_or_else(|error| error))
}

fn replace(parent: &str, program: &str) -> Result<io::Error, io::Error> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // A parent that died before this line sends no signal any more.
    let here = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().to_string());
    if here.as_deref() != Some(parent) {
        return Err(io::Error::other("the keeper is gone"));
    }
    Ok(Command::new(program).exec())
}

/// No core dump of this process or its children: they hold keys.
pub(super) fn no_core_dumps() {
    let _ = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_listens_on_this_machine_only() {
        let keys = Keys { key: Secret::new("k"), secret: Secret::new("s") };
        let settings: serde_json::Value =
            serde_json::from_str(&settings(Ports { http: 1, udp: 2 }, &keys)).unwrap();
        assert_eq!(settings["bind_addresses"], serde_json::json!(["127.0.0.1"]));
        assert_eq!(settings["rtc"]["ips"]["includes"], serde_json::json!(["127.0.0.1/32"]));
        assert_eq!(settings["rtc"]["tcp_port"], 0);
        assert_eq!(settings["rtc"]["stun_servers"], serde_json::json!(["127.0.0.1:9"]));
        assert_eq!(settings["keys"], serde_json::json!({ "k": "s" }));
    }

    #[test]
    fn other_arguments_do_not_make_a_server() {
        assert!(become_server(&[]).is_none());
        assert!(become_server(&["--help".into(), "1".into(), "/bin/true".into()]).is_none());
    }

    #[test]
    fn a_server_is_not_started_for_a_parent_that_is_gone() {
        let error = become_server(&[BECOME.into(), "0".into(), "/bin/true".into()]);
        assert_eq!(error.map(|error| error.to_string()).as_deref(), Some("the keeper is gone"));
    }
}
