//! The keeper's one loop: who is connected, how the server fares, when everything ends.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use studio_lane::talk;

use super::link::same_user;
use super::log::Log;
use super::server::{Keys, Ports, Server, no_core_dumps};
use super::{Ask, Config, Serving, Tell};
use crate::secret::redact;

/// How often a starting server is asked whether it is well.
const POLL: Duration = Duration::from_millis(20);
/// How long it may take to be.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How often a start is tried again because a port was taken.
const TRIES: u32 = 5;
/// Before the same ports are tried again.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the app may take to read what it is told.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why a keeper did not start.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The socket could not be made.
    #[error("socket {path}: {why}")]
    Socket {
        /// Where.
        path: String,
        /// The system's words.
        why: io::Error,
    },
    /// The log could not be opened.
    #[error("log in {path}: {why}")]
    Log {
        /// Where.
        path: String,
        /// The system's words.
        why: io::Error,
    },
    /// No random numbers, or no thread.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// What wakes the loop.
enum Event {
    Connected(UnixStream),
    Asked(u64, Ask),
    HungUp(u64),
    Ended(u64),
}

/// The app's connection.
struct Peer {
    number: u64,
    sender: talk::Sender,
}

/// How the server fares.
enum State {
    /// None was wanted yet, or the last one is gone.
    Idle,
    /// Started, not well yet.
    Starting { server: Server, since: Instant, tries: u32 },
    /// A port was taken: the next try comes at this time.
    Waiting { until: Instant, tries: u32 },
    /// Well when last seen.
    Running(Server),
}

struct Keeper<'a, P> {
    config: &'a Config,
    program: &'a Path,
    choose: P,
    keys: Keys,
    log: Arc<Log>,
    inbox: Sender<Event>,
    state: State,
    /// Chosen once: from the first healthy server on every later one gets the same.
    ports: Option<Ports>,
    /// Which server life and which connection the events belong to.
    life: u64,
    peer: Option<Peer>,
    /// Connections that have not asked for anything yet.
    strangers: Vec<Peer>,
    connections: u64,
    /// Set while there is no app.
    lease_ends: Option<Instant>,
}

/// Holds a server as `config` says, until the app says goodbye or the lease is over. `program` is the keeper's own
/// program, `choose` picks ports. Runs on the thread it is called from, which must be the process's first.
pub fn hold(
    config: &Config,
    program: &Path,
    choose: impl FnMut() -> io::Result<Ports>,
) -> Result<(), HoldError> {
    no_core_dumps();
    let keys = Keys::random()?;
    let log = Log::open(&config.log, vec![keys.key.clone(), keys.secret.clone()])
        .map_err(|why| HoldError::Log { path: config.log.display().to_string(), why })?;
    let listener = listen(&config.socket)
        .map_err(|why| HoldError::Socket { path: config.socket.display().to_string(), why })?;
    let (inbox, events) = mpsc::channel();
    let connected = inbox.clone();
    thread::Builder::new().name("accept".into()).spawn(move || {
        for stream in listener.incoming().flatten().filter(same_user) {
            if connected.send(Event::Connected(stream)).is_err() {
                return;
            }
        }
    })?;
    let mut keeper = Keeper {
        config,
        program,
        choose,
        keys,
        log: Arc::new(log),
        inbox,
        state: State::Idle,
        ports: None,
        life: 0,
        peer: None,
        strangers: Vec::new(),
        connections: 0,
        lease_ends: Some(Instant::now() + config.lease),
    };
    keeper.run(&events);
    Ok(())
}

/// A socket for this user only, in the place of one that a dead keeper left.
fn listen(path: &Path) -> io::Result<UnixListener> {
    if UnixStream::connect(path).is_ok() {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    let _ = std::fs::remove_file(path);
    // Between bind and the change of its mode the socket must not be open to others.
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(path);
    rustix::process::umask(before);
    let listener = listener?;
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o600))?;
    Ok(listener)
}

impl<P: FnMut() -> io::Result<Ports>> Keeper<'_, P> {
    fn run(&mut self, events: &mpsc::Receiver<Event>) {
        loop {
            match events.recv_timeout(self.patience()) {
                Ok(Event::Connected(stream)) => self.connect(stream),
                Ok(Event::Asked(number, ask)) if self.accept(number) => match ask {
                    Ask::Bye => break,
                    ask => self.asked(ask),
                },
                Ok(Event::HungUp(number)) if self.is_peer(number) => self.hung_up(),
                Ok(Event::HungUp(number)) => self.strangers.retain(|stranger| stranger.number != number),
                Ok(Event::Ended(life)) if life == self.life => self.ended(),
                Ok(_) => {} // of a connection or a server that is no longer the current one
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.lease_ends.is_some_and(|end| end <= Instant::now()) {
                break;
            }
        }
        // First the name, so that nobody finds a keeper that is about to go.
        let _ = std::fs::remove_file(&self.config.socket);
        if let State::Starting { server, .. } | State::Running(server) =
            std::mem::replace(&mut self.state, State::Idle)
        {
            server.end();
        }
    }

    fn is_peer(&self, number: u64) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.number == number)
    }

    fn patience(&self) -> Duration {
        let lease = self
            .lease_ends
            .map_or(Duration::from_secs(3600), |end| end.saturating_duration_since(Instant::now()));
        match self.state {
            State::Starting { .. } | State::Waiting { .. } => lease.min(POLL),
            State::Idle | State::Running(_) => lease,
        }
    }

    /// Whoever connects is a stranger until it asks: a look whether there is a keeper must not cost the lease.
    fn connect(&mut self, stream: UnixStream) {
        self.connections += 1;
        let number = self.connections;
        let inbox = self.inbox.clone();
        let joined = talk::split(stream).and_then(|(sender, mut receiver)| {
            sender.set_patience(Some(PATIENCE))?;
            thread::Builder::new().name("peer".into()).spawn(move || {
                while let Ok(ask) = receiver.receive() {
                    if inbox.send(Event::Asked(number, ask)).is_err() {
                        return;
                    }
                }
                let _ = inbox.send(Event::HungUp(number));
            })?;
            Ok(sender)
        });
        if let Ok(sender) = joined {
            self.strangers.push(Peer { number, sender });
        }
    }

    /// One app at a time: the newest to ask, because an app that asks has made sure that no other runs. Whether this is
    /// the one.
    fn accept(&mut self, number: u64) -> bool {
        if let Some(at) = self.strangers.iter().position(|stranger| stranger.number == number) {
            let app = self.strangers.swap_remove(at);
            if let Some(old) = self.peer.replace(app) {
                old.sender.close();
            }
            self.lease_ends = None;
        }
        self.is_peer(number)
    }

    fn hung_up(&mut self) {
        self.peer = None;
        self.lease_ends = Some(Instant::now() + self.config.lease);
    }

    fn asked(&mut self, ask: Ask) {
        if ask == Ask::Replace && matches!(self.state, State::Running(_)) {
            // Killed, not ended: who is in a room comes back after this and stays away after that.
            self.state = State::Idle;
        }
        match self.state {
            State::Idle => self.start(TRIES),
            State::Starting { .. } | State::Waiting { .. } => {}
            State::Running(_) => self.tell_serving(),
        }
    }

    fn start(&mut self, tries: u32) {
        let started = self.ports.map_or_else(&mut self.choose, Ok).and_then(|ports| {
            self.life += 1;
            let (life, inbox) = (self.life, self.inbox.clone());
            Server::start(&self.config.server, self.program, ports, &self.keys, &self.log, move || {
                let _ = inbox.send(Event::Ended(life));
            })
        });
        match started {
            Ok(server) => self.state = State::Starting { server, since: Instant::now(), tries: tries - 1 },
            Err(error) => self.failed(error.to_string()),
        }
    }

    fn tick(&mut self) {
        match &self.state {
            State::Starting { server, .. } if server.healthy() => {
                let State::Starting { server, .. } = std::mem::replace(&mut self.state, State::Idle) else {
                    return;
                };
                self.ports = Some(server.ports());
                self.state = State::Running(server);
                self.tell_serving();
            }
            State::Starting { since, .. } if since.elapsed() > START_LIMIT => {
                self.failed(format!("no answer within {} s", START_LIMIT.as_secs()));
            }
            State::Waiting { until, tries } if *until <= Instant::now() => {
                let tries = *tries;
                self.start(tries);
            }
            _ => {}
        }
    }

    /// The server's process is gone, whatever its exit code: it ends with 0 on every failure.
    fn ended(&mut self) {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Starting { server, tries, .. } => {
                let said = server.last_words();
                if tries > 0 && said.contains("already in use") {
                    self.state = State::Waiting { until: Instant::now() + PAUSE, tries };
                } else {
                    self.failed(said);
                }
            }
            State::Running(server) => self.tell(&Tell::Lost { said: server.last_words() }),
            State::Idle | State::Waiting { .. } => {}
        }
    }

    fn failed(&mut self, said: String) {
        self.state = State::Idle;
        self.tell(&Tell::Failed { said: redact(&said) });
    }

    fn tell_serving(&mut self) {
        if let State::Running(server) = &self.state {
            let tell = Tell::Serving(Serving {
                url: format!("ws://127.0.0.1:{}", server.ports().http),
                key: self.keys.key.clone(),
                secret: self.keys.secret.clone(),
                pid: server.pid(),
            });
            self.tell(&tell);
        }
    }

    fn tell(&mut self, tell: &Tell) {
        if let Some(peer) = &mut self.peer
            && peer.sender.send(tell).is_err()
        {
            self.hung_up();
        }
    }
}
