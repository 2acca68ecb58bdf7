//! The server and the two rooms of a show: made before anybody joins, made again when the server died, ended.
//!
//! Runs on a thread of its own with the only async runtime of this crate, which the calls to the server need. The
//! keeper is started from here: unlike an engine it must outlive the thread that started it.

mod errands;
mod held;
mod house;

use std::sync::Arc;

use studio_wire::rtc::{RoomKind, RtcOrder, RtcReport};
use studio_wire::server::{ServerProfile, ServerTest};
use studio_wire::{Fault, SessionId};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use crate::admin::Admin;
use crate::keychain::{Keychain, Secrets, SystemKeychain};
use crate::port::{HomePaths, Shared};
use crate::secret::Secret;
use crate::tools::Tools;
use errands::{Errand, Errands};
use house::{House, probes};

/// The name on the server: `crew-<session>` or `air-<session>`.
pub fn name(room: RoomKind, session: &SessionId) -> String {
    format!("{}-{session}", room.word())
}

/// The thread's own.
pub(crate) struct Rooms {
    house: House,
    aside: Aside,
}

impl Rooms {
    pub fn new(tools: Tools, home: HomePaths, shared: Arc<Shared>) -> Self {
        let keychain = tools.keychain.then(|| Box::new(SystemKeychain) as Box<dyn Keychain>);
        let secrets = Secrets::start(keychain);
        let aside = Aside {
            shared: shared.clone(),
            secrets: secrets.clone(),
            errands: Errands::new(shared.clone()),
            admin: None,
        };
        Self { house: House::new(tools, home, shared, secrets), aside }
    }

    /// The thread's body: ends when nobody is left who could order.
    pub fn run(mut self, orders: UnboundedReceiver<RtcOrder>) {
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

    async fn serve(&mut self, mut orders: UnboundedReceiver<RtcOrder>) {
        let Self { house, aside } = self;
        let mut next = None;
        loop {
            let order = match next.take() {
                Some(order) => order,
                None => tokio::select! {
                    order = orders.recv() => match order {
                        Some(order) => order,
                        None => break,
                    },
                    told = house.hear() => {
                        house.lost(told);
                        continue;
                    }
                },
            };
            match order {
                RtcOrder::Open { epoch, session, server, adopt } => {
                    let opened = {
                        let opening = house.open(epoch, &session, server.as_ref(), adopt);
                        tokio::pin!(opening);
                        loop {
                            tokio::select! {
                                opened = &mut opening => break Some(opened),
                                order = orders.recv() => match order {
                                    // These make the opening pointless.
                                    Some(order @ (RtcOrder::Open { .. } | RtcOrder::Close { .. })) => {
                                        next = Some(order);
                                        break None;
                                    }
                                    Some(order) => aside.take(order),
                                    None => break None,
                                },
                            }
                        }
                    };
                    aside.admin = house.admin();
                    if let Some(opened) = opened {
                        aside.shared.report(match opened {
                            Ok(()) => RtcReport::RoomsReady { epoch },
                            Err(fault) => RtcReport::Failed { epoch, fault },
                        });
                    }
                }
                RtcOrder::Close { epoch } => {
                    aside.end();
                    house.close().await;
                    aside.shared.report(RtcReport::Closed { epoch });
                }
                order => aside.take(order),
            }
        }
        house.end().await;
    }
}

/// What is done beside opening and closing, and never waited for.
struct Aside {
    shared: Arc<Shared>,
    secrets: Secrets,
    errands: Errands,
    /// Of the show that is open.
    admin: Option<Arc<Admin>>,
}

impl Aside {
    fn take(&mut self, order: RtcOrder) {
        let admin = self.admin.as_ref();
        match order {
            RtcOrder::Stamp { room, identity, stamp } => {
                self.errands.take(admin, (room, identity), Errand::Stamp(stamp));
            }
            RtcOrder::Mute { room, identity, sid } => {
                self.errands.take(admin, (room, identity), Errand::Mute(sid));
            }
            RtcOrder::PutOut { room, identity } => {
                self.errands.take(admin, (room, identity), Errand::PutOut);
            }
            RtcOrder::Look { room } => {
                if let Some(admin) = admin.cloned() {
                    let shared = self.shared.clone();
                    tokio::spawn(async move {
                        match admin.tracks(room).await {
                            Ok(tracks) => shared.report(RtcReport::Standing { room, tracks }),
                            Err(refusal) => tracing::warn!(error = refusal.into_words(), "nothing seen"),
                        }
                    });
                }
            }
            RtcOrder::KeepSecret { server, secret } => {
                let shared = self.shared.clone();
                self.secrets.keep(server.clone(), secret.as_ref(), move |place| {
                    shared.report(RtcReport::SecretKept { server, place });
                });
            }
            RtcOrder::FindSecret { server } => {
                let shared = self.shared.clone();
                self.secrets.place(server.clone(), move |place| {
                    shared.report(RtcReport::SecretKept { server, place });
                });
            }
            RtcOrder::TestServer { server } => {
                let secret = self.secrets.get(server.id.clone());
                let shared = self.shared.clone();
                tokio::spawn(async move {
                    let outcome = test(&server, secret).await;
                    shared.report(RtcReport::ServerTested { server: server.id, outcome });
                });
            }
            other => tracing::error!(?other, "not an order for the server"),
        }
    }

    fn end(&mut self) {
        self.errands.end();
        self.admin = None;
    }
}

/// Every address has to pass; the figures are those of the slowest.
async fn test(
    profile: &ServerProfile,
    secret: oneshot::Receiver<Option<Secret>>,
) -> Result<ServerTest, Fault> {
    let mut worst = ServerTest::default();
    for probe in probes(profile, secret).await? {
        let found = probe.test().await?;
        worst = ServerTest {
            reach_ms: worst.reach_ms.max(found.reach_ms),
            room_ms: worst.room_ms.max(found.room_ms),
            latency_ms: worst.latency_ms.max(found.latency_ms),
        };
    }
    Ok(worst)
}
