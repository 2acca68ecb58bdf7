//! The server and the two rooms of a show: made before anybody joins, made again when the server died, ended.
//!
//! Runs on a thread of its own with the only async runtime of this crate, which the calls to the server need. The
//! keeper is started from here: unlike an engine it must outlive the thread that started it.

use std::io::Read;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use studio_lane::talk;
use studio_wire::rtc::{RoomKind, RtcReport};
use studio_wire::{Epoch, Fault, SessionId};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{sleep, timeout};

use crate::admin::Admin;
use crate::keeper::{self, Ask, Serving, Tell};
use crate::port::{HomePaths, Hosted, Shared};
use crate::secret::redact;
use crate::tokens::Mint;
use crate::tools::{Checked, Tools};

/// How long the keeper may take to open its socket.
const KEEPER_LIMIT: Duration = Duration::from_secs(5);
/// How long it may take to bring up a server: its own limit and five tries for a free port.
const SERVER_LIMIT: Duration = Duration::from_secs(14);
/// How long the server may take to put everybody out.
const DELETE_LIMIT: Duration = Duration::from_secs(2);
/// How long the keeper may take to end: the server's own limit and a little.
const BYE_LIMIT: Duration = Duration::from_secs(4);
/// How often is looked whether something has happened that tells nobody.
const LOOK: Duration = Duration::from_millis(10);

const KEEPER: &str = "sidestage-keeper";
const SERVER: &str = "livekit-server";

/// The name on the server: `crew-<session>` or `air-<session>`.
pub fn name(room: RoomKind, session: &SessionId) -> String {
    format!("{}-{session}", room.word())
}

/// What the supervisor passes on.
pub(crate) enum Order {
    Open { epoch: Epoch, session: SessionId },
    Close { epoch: Epoch },
}

/// The thread's own.
pub(crate) struct Rooms {
    tools: Tools,
    home: HomePaths,
    shared: Arc<Shared>,
    epoch: Epoch,
    held: Option<Held>,
    made: Option<(Admin, SessionId)>,
}

impl Rooms {
    pub fn new(tools: Tools, home: HomePaths, shared: Arc<Shared>) -> Self {
        Self { tools, home, shared, epoch: Epoch(0), held: None, made: None }
    }

    /// The thread's body: ends when nobody is left who could order.
    pub fn run(mut self, orders: UnboundedReceiver<Order>) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        match runtime {
            Ok(runtime) => {
                runtime.block_on(self.serve(orders));
                // A check of the tools may be under way; nobody waits for it.
                runtime.shutdown_background();
            }
            Err(error) => tracing::error!(%error, "no runtime for calls to the server"),
        }
    }

    async fn serve(&mut self, mut orders: UnboundedReceiver<Order>) {
        let mut next = None;
        loop {
            let order = match next.take() {
                Some(order) => order,
                None => tokio::select! {
                    order = orders.recv() => match order {
                        Some(order) => order,
                        None => break,
                    },
                    told = hear(&mut self.held) => {
                        self.lost(told);
                        continue;
                    }
                },
            };
            match order {
                Order::Open { epoch, session } => {
                    self.epoch = epoch;
                    // Whatever is ordered next makes an opening pointless.
                    tokio::select! {
                        opened = self.open(&session) => self.shared.report(match opened {
                            Ok(()) => RtcReport::RoomsReady { epoch },
                            Err(fault) => RtcReport::Failed { epoch, fault },
                        }),
                        order = orders.recv() => match order {
                            Some(order) => next = Some(order),
                            None => break,
                        },
                    }
                }
                Order::Close { epoch } => {
                    if let Some((admin, session)) = self.made.take()
                        && timeout(DELETE_LIMIT, admin.delete_rooms(&session)).await.is_err()
                    {
                        tracing::warn!("the server did not delete its rooms in time");
                    }
                    self.end().await;
                    self.shared.report(RtcReport::Closed { epoch });
                }
            }
        }
        self.end().await;
    }

    async fn open(&mut self, session: &SessionId) -> Result<(), Fault> {
        let checked = self.check().await?;
        let again = self.held.is_some();
        let opened = self.bring_up(&checked, session).await;
        if opened.is_err() && !again {
            self.end().await;
        }
        opened
    }

    /// Looks at the tools once; what was wrong is looked at again.
    async fn check(&self) -> Result<Checked, Fault> {
        if let Some(checked) = self.shared.checked() {
            return Ok(checked);
        }
        let tools = self.tools.clone();
        let checked = tokio::task::spawn_blocking(move || tools.check())
            .await
            .map_err(|error| Fault::ServerFailed { said: error.to_string() })??;
        self.shared.now().checked = Some(checked.clone());
        Ok(checked)
    }

    async fn bring_up(&mut self, checked: &Checked, session: &SessionId) -> Result<(), Fault> {
        let serving = match &mut self.held {
            Some(held) => held.ask(Ask::Replace).await,
            None => {
                let held = Held::launch(checked, &self.home).await?;
                self.shared.process(KEEPER, Some(held.keeper.0.id()));
                self.held.insert(held).ask(Ask::Serve).await
            }
        };
        let serving = match serving {
            Ok(serving) => serving,
            Err(AskError::Failed(said)) => return Err(Fault::ServerFailed { said }),
            Err(AskError::Gone) => {
                self.held = None;
                self.shared.process(KEEPER, None);
                return Err(Fault::ServerFailed { said: "the keeper is gone".into() });
            }
        };
        let Serving { url, key, secret, pid } = serving;
        self.shared.process(SERVER, Some(pid));
        let admin = Admin::new(&url, key.clone(), secret.clone());
        admin.create_rooms(session).await?;
        self.made = Some((admin, session.clone()));
        self.shared.now().hosted =
            Some(Hosted { url, mint: Mint::new(key, secret), session: session.clone() });
        Ok(())
    }

    fn lost(&mut self, told: Option<Tell>) {
        match told {
            Some(Tell::Lost { said }) => tracing::warn!(said, "the server died"),
            Some(_) => return,
            None => {
                tracing::warn!("the keeper died, and the server with it");
                self.held = None;
                self.shared.process(KEEPER, None);
            }
        }
        self.shared.process(SERVER, None);
        self.shared.report(RtcReport::ServerLost { epoch: self.epoch });
    }

    /// Ends keeper and server; nothing is left when this returns.
    async fn end(&mut self) {
        self.made = None;
        self.shared.now().hosted = None;
        if let Some(held) = self.held.take() {
            held.bye().await;
        }
        self.shared.process(KEEPER, None);
        self.shared.process(SERVER, None);
    }
}

/// The next word of a keeper, `None` when it is gone; waits for ever where there is no keeper.
async fn hear(held: &mut Option<Held>) -> Option<Tell> {
    match held {
        Some(held) => held.heard.recv().await,
        None => std::future::pending().await,
    }
}

enum AskError {
    Failed(String),
    Gone,
}

/// A keeper's process. Dropped, it is killed, and its server dies with it.
struct Process(Child);

impl Process {
    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A keeper that we are connected to.
struct Held {
    keeper: Process,
    sender: talk::Sender,
    heard: UnboundedReceiver<Tell>,
}

impl Held {
    async fn launch(checked: &Checked, home: &HomePaths) -> Result<Self, Fault> {
        let config = keeper::Config {
            socket: home.runtime.join(keeper::SOCKET),
            log: home.log.clone(),
            server: checked.server.clone(),
            lease: keeper::LEASE,
        };
        dismiss(&config.socket).await;
        let failed = |error: std::io::Error| Fault::ServerFailed { said: error.to_string() };
        let mut keeper = Process(keeper::launch(&checked.keeper, &config).map_err(failed)?);
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
        let (sender, mut receiver) = talk::split(stream).map_err(failed)?;
        sender.set_patience(Some(Duration::from_secs(1))).map_err(failed)?;
        let (tell, heard) = unbounded_channel();
        std::thread::Builder::new()
            .name("keeper-ear".into())
            .spawn(move || {
                while let Ok(told) = receiver.receive::<Tell>() {
                    if tell.send(told).is_err() {
                        return;
                    }
                }
            })
            .map_err(failed)?;
        Ok(Self { keeper, sender, heard })
    }

    /// A server that answers, or why there is none.
    async fn ask(&mut self, ask: Ask) -> Result<Serving, AskError> {
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

    async fn bye(mut self) {
        let _ = self.sender.send(&Ask::Bye);
        let limit = Instant::now() + BYE_LIMIT;
        while !self.keeper.has_ended() && Instant::now() < limit {
            sleep(LOOK).await;
        }
    }
}

/// Why a keeper ended before it listened.
fn last_words(keeper: &mut Process) -> String {
    let mut said = String::new();
    if let Some(err) = &mut keeper.0.stderr {
        let _ = err.take(4096).read_to_string(&mut said);
    }
    redact(said.trim())
}

/// Says goodbye to the keeper of an app that has crashed, if there is one: a new show gets a server of its own.
async fn dismiss(socket: &Path) {
    let Ok((mut sender, receiver)) = keeper::connect(socket).and_then(talk::split) else { return };
    let _ = sender.send(&Ask::Bye);
    let limit = Instant::now() + BYE_LIMIT;
    while socket.exists() && Instant::now() < limit {
        sleep(LOOK).await;
    }
    drop(receiver);
}
