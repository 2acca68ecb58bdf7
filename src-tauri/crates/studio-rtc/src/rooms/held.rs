//! The keeper as the app holds it: started or found, asked, sent away.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use studio_lane::talk;
use studio_wire::Fault;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{sleep, timeout};

use crate::keeper::{self, Ask, Serving, Tell};
use crate::port::HomePaths;
use crate::secret::redact;
use crate::tools::OwnServer;

/// How long the keeper may take to open its socket.
const KEEPER_LIMIT: Duration = Duration::from_secs(5);
/// How long it may take to bring up a server: its own limit and five tries for a free port.
const SERVER_LIMIT: Duration = Duration::from_secs(14);
/// How long the keeper may take to end: the server's own limit and a little.
const BYE_LIMIT: Duration = Duration::from_secs(4);
/// How often is looked whether something has happened that tells nobody.
const LOOK: Duration = Duration::from_millis(10);

/// Why there is no server.
pub(super) enum AskError {
    /// It did not start; with its last words.
    Failed(String),
    /// The keeper has gone.
    Gone,
}

/// A keeper's process. Dropped, one that this app started is killed, and its server dies with it; one that it found
/// is only let go, and its lease begins.
enum Process {
    Own(Child),
    Found(Option<Pid>),
}

impl Process {
    fn has_ended(&mut self) -> bool {
        match self {
            Self::Own(child) => !matches!(child.try_wait(), Ok(None)),
            Self::Found(pid) => pid.is_none_or(|pid| rustix::process::test_kill_process(pid).is_err()),
        }
    }

    fn kill(&mut self) {
        match self {
            Self::Own(child) => {
                let _ = child.kill();
                let _ = child.wait();
            }
            Self::Found(pid) => {
                if let Some(pid) = pid.take() {
                    let _ = rustix::process::kill_process(pid, Signal::KILL);
                }
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self, Self::Own(_)) {
            self.kill();
        }
    }
}

/// A keeper that this app is connected to.
pub(super) struct Held {
    keeper: Process,
    pid: Option<u32>,
    sender: talk::Sender,
    heard: UnboundedReceiver<Tell>,
}

impl Held {
    /// Starts a keeper, after sending away one that an earlier app has left: a new show gets a server of its own.
    pub async fn launch(own: &OwnServer, home: &HomePaths) -> Result<Self, Fault> {
        let config = keeper::Config {
            socket: home.runtime.join(keeper::SOCKET),
            log: home.log.clone(),
            server: own.server.clone(),
            lease: keeper::LEASE,
        };
        dismiss(&config.socket).await;
        let mut keeper = Process::Own(keeper::launch(&own.keeper, &config).map_err(failed)?);
        let limit = Instant::now() + KEEPER_LIMIT;
        let stream = loop {
            match keeper::connect(&config.socket) {
                Ok(stream) => break stream,
                Err(_) if keeper.has_ended() => {
                    return Err(Fault::ServerFailed { said: last_words(&mut keeper) });
                }
                Err(error) if Instant::now() > limit => return Err(failed(error)),
                Err(_) => sleep(LOOK).await,
            }
        };
        Self::over(stream, keeper).map_err(failed)
    }

    /// The keeper that an earlier life of this app has left, if there is one.
    pub fn find(home: &HomePaths) -> Option<Self> {
        let stream = keeper::connect(&home.runtime.join(keeper::SOCKET)).ok()?;
        let pid = keeper::peer(&stream);
        Self::over(stream, Process::Found(pid)).ok()
    }

    fn over(stream: UnixStream, keeper: Process) -> std::io::Result<Self> {
        let pid = match &keeper {
            Process::Own(child) => Some(child.id()),
            Process::Found(pid) => pid.and_then(|pid| pid.as_raw_nonzero().get().try_into().ok()),
        };
        let (sender, mut receiver) = talk::split(stream)?;
        sender.set_patience(Some(Duration::from_secs(1)))?;
        let (tell, heard) = unbounded_channel();
        std::thread::Builder::new().name("keeper-ear".into()).spawn(move || {
            while let Ok(told) = receiver.receive::<Tell>() {
                if tell.send(told).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { keeper, pid, sender, heard })
    }

    /// Its process, as far as the system says.
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// What it tells next, `None` when it is gone.
    pub async fn hear(&mut self) -> Option<Tell> {
        self.heard.recv().await
    }

    /// A server that answers, or why there is none.
    pub async fn ask(&mut self, ask: Ask) -> Result<Serving, AskError> {
        // What was told before is about the server that was.
        while self.heard.try_recv().is_ok() {}
        self.sender.send(&ask).map_err(|_| AskError::Gone)?;
        let answer = async {
            loop {
                match self.heard.recv().await {
                    Some(Tell::Serving(serving)) => return Ok(serving),
                    Some(Tell::Failed { said }) => return Err(AskError::Failed(said)),
                    Some(Tell::Lost { .. }) => {}
                    None => return Err(AskError::Gone),
                }
            }
        };
        let late = || AskError::Failed(format!("no answer within {} s", SERVER_LIMIT.as_secs()));
        timeout(SERVER_LIMIT, answer).await.unwrap_or_else(|_| Err(late()))
    }

    /// Ends keeper and server; neither is left when this returns.
    pub async fn bye(mut self) {
        let _ = self.sender.send(&Ask::Bye);
        let limit = Instant::now() + BYE_LIMIT;
        while !self.keeper.has_ended() {
            if Instant::now() > limit {
                return self.keeper.kill();
            }
            sleep(LOOK).await;
        }
    }
}

fn failed(error: std::io::Error) -> Fault {
    Fault::ServerFailed { said: error.to_string() }
}

/// Why a keeper ended before it listened.
fn last_words(keeper: &mut Process) -> String {
    let mut said = String::new();
    if let Process::Own(child) = keeper
        && let Some(err) = &mut child.stderr
    {
        let _ = err.take(4096).read_to_string(&mut said);
    }
    redact(said.trim())
}

/// Says goodbye to the keeper of an app that has crashed, if there is one. One that does not go is killed: it would
/// keep the socket from the next.
async fn dismiss(socket: &Path) {
    let Ok(stream) = keeper::connect(socket) else { return };
    let pid = keeper::peer(&stream);
    let Ok((mut sender, receiver)) = talk::split(stream) else { return };
    let _ = sender.send(&Ask::Bye);
    let limit = Instant::now() + BYE_LIMIT;
    while socket.exists() {
        if Instant::now() > limit {
            return Process::Found(pid).kill();
        }
        sleep(LOOK).await;
    }
    drop(receiver);
}
