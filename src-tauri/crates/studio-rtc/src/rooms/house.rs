//! The server that a show runs on: the studio's own, behind its keeper, or one of the user's.

use std::sync::Arc;
use std::time::Duration;

use studio_wire::rtc::RtcReport;
use studio_wire::server::ServerProfile;
use studio_wire::{Epoch, Fault, SessionId};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::held::{AskError, Held};
use crate::admin::Admin;
use crate::keeper::{Ask, Serving, Tell};
use crate::keychain::Secrets;
use crate::port::{HomePaths, Hosted, Shared};
use crate::probe::{self, Probe};
use crate::secret::Secret;
use crate::tokens::Mint;
use crate::tools::{OwnServer, Tools};

/// How long the server may take to put everybody out.
const DELETE_LIMIT: Duration = Duration::from_secs(2);
/// How long the user may take to unlock the keychain.
const UNLOCK_LIMIT: Duration = Duration::from_secs(60);

const KEEPER: &str = "sidestage-keeper";
const SERVER: &str = "livekit-server";

/// A probe for every address of a profile, none of which is wrong.
pub(super) async fn probes(
    profile: &ServerProfile,
    secret: oneshot::Receiver<Option<Secret>>,
) -> Result<Vec<Probe>, Fault> {
    let mut urls = Vec::with_capacity(profile.urls.len());
    for url in &profile.urls {
        urls.push(probe::address(url).await?);
    }
    if urls.is_empty() {
        return Err(Fault::BadAddress { url: String::new() });
    }
    let secret = timeout(UNLOCK_LIMIT, secret).await.ok().and_then(Result::ok).flatten();
    let secret = secret.ok_or_else(|| Fault::SecretMissing { server: profile.name.clone() })?;
    let key = Secret::new(profile.key.trim());
    urls.iter().map(|url| Probe::new(url, &key, &secret)).collect()
}

/// The server that a show runs on.
pub(super) struct House {
    tools: Tools,
    home: HomePaths,
    shared: Arc<Shared>,
    secrets: Secrets,
    /// What the studio's own server is made of, once it was found to be right.
    own: Option<OwnServer>,
    epoch: Epoch,
    /// The keeper of the studio's own server.
    held: Option<Held>,
    /// Of the rooms that were made.
    admin: Option<Arc<Admin>>,
}

impl House {
    pub fn new(tools: Tools, home: HomePaths, shared: Arc<Shared>, secrets: Secrets) -> Self {
        Self { tools, home, shared, secrets, own: None, epoch: Epoch(0), held: None, admin: None }
    }

    /// The right to everything in the rooms that were made.
    pub fn admin(&self) -> Option<Arc<Admin>> {
        self.admin.clone()
    }

    /// The next word of the keeper, `None` when it is gone; waits for ever where there is no keeper.
    pub async fn hear(&mut self) -> Option<Tell> {
        match &mut self.held {
            Some(held) => held.hear().await,
            None => std::future::pending().await,
        }
    }

    /// Makes both rooms, on the server of a profile or on the studio's own.
    pub async fn open(
        &mut self,
        epoch: Epoch,
        session: &SessionId,
        server: Option<&ServerProfile>,
        adopt: bool,
    ) -> Result<(), Fault> {
        self.epoch = epoch;
        self.check(server.is_none()).await?;
        match server {
            Some(profile) => {
                self.end().await;
                self.use_profile(profile, session).await
            }
            None => {
                let again = self.held.is_some();
                let opened = self.bring_up(session, adopt).await;
                if opened.is_err() && !again {
                    self.end().await;
                }
                opened
            }
        }
    }

    /// Looks at the tools once; what was wrong is looked at again.
    async fn check(&mut self, own: bool) -> Result<(), Fault> {
        let died = |error: tokio::task::JoinError| Fault::ServerFailed { said: error.to_string() };
        if self.shared.programs().is_none() {
            let tools = self.tools.clone();
            let checked = tokio::task::spawn_blocking(move || tools.check_engine()).await.map_err(died)??;
            self.shared.now().programs = Some(checked);
        }
        if own && self.own.is_none() {
            let tools = self.tools.clone();
            let checked =
                tokio::task::spawn_blocking(move || tools.check_own_server()).await.map_err(died)??;
            self.own = Some(checked);
        }
        Ok(())
    }

    async fn use_profile(&mut self, profile: &ServerProfile, session: &SessionId) -> Result<(), Fault> {
        let probes = probes(profile, self.secrets.get(profile.id.clone())).await?;
        // From the first that can be used on, so that nobody tries a dead one first.
        let mut wrong = None;
        let mut first = None;
        for (at, probe) in probes.iter().enumerate() {
            match probe.knock().await {
                Ok(_) => {
                    first = Some(at);
                    break;
                }
                Err(fault) => {
                    tracing::warn!(?fault, "an address of the server cannot be used");
                    wrong.get_or_insert(fault);
                }
            }
        }
        let Some(first) = first else {
            return Err(wrong.expect("there is an address, and none could be used"));
        };
        let mut urls: Vec<String> = probes.iter().map(Probe::url).collect();
        urls.rotate_left(first);
        let (key, secret) = probes[first].keys();
        self.make_rooms(urls, key, secret, session).await
    }

    async fn bring_up(&mut self, session: &SessionId, adopt: bool) -> Result<(), Fault> {
        let serving = match &mut self.held {
            Some(held) => held.ask(Ask::Replace).await,
            None => match self.adopt(adopt).await {
                Some(serving) => Ok(serving),
                None => self.launch().await?,
            },
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
        self.make_rooms(vec![url], key, secret, session).await
    }

    /// The server of the keeper that an earlier life of this app has left, where that is wanted, there is one, and it
    /// is well.
    async fn adopt(&mut self, wanted: bool) -> Option<Serving> {
        if !wanted {
            return None;
        }
        let held = self.held.insert(Held::find(&self.home)?);
        self.shared.process(KEEPER, held.pid());
        match held.ask(Ask::Serve).await {
            Ok(serving) => {
                tracing::info!("the server of an earlier life goes on");
                Some(serving)
            }
            Err(_) => {
                tracing::warn!("an earlier life has left a keeper without a server");
                self.end().await;
                None
            }
        }
    }

    async fn launch(&mut self) -> Result<Result<Serving, AskError>, Fault> {
        let own = self.own.as_ref().expect("checked before");
        let held = Held::launch(own, &self.home).await?;
        self.shared.process(KEEPER, held.pid());
        Ok(self.held.insert(held).ask(Ask::Serve).await)
    }

    async fn make_rooms(
        &mut self,
        urls: Vec<String>,
        key: Secret,
        secret: Secret,
        session: &SessionId,
    ) -> Result<(), Fault> {
        let admin = Admin::new(&urls, key.clone(), secret.clone(), session.clone());
        admin.create_rooms().await?;
        self.admin = Some(Arc::new(admin));
        self.shared.now().hosted =
            Some(Hosted { urls, mint: Mint::new(key, secret), session: session.clone() });
        Ok(())
    }

    /// Takes what the keeper tells without having been asked.
    pub fn lost(&mut self, told: Option<Tell>) {
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

    /// Puts everybody out of the rooms, then ends what was started for them. A server of the user's own goes on.
    pub async fn close(&mut self) {
        if let Some(admin) = self.admin.take()
            && timeout(DELETE_LIMIT, admin.delete_rooms()).await.is_err()
        {
            tracing::warn!("the server did not delete its rooms in time");
        }
        self.end().await;
    }

    /// Ends keeper and server; nothing is left when this returns.
    pub async fn end(&mut self) {
        self.admin = None;
        self.shared.now().hosted = None;
        if let Some(held) = self.held.take() {
            held.bye().await;
        }
        self.shared.process(KEEPER, None);
        self.shared.process(SERVER, None);
    }
}
