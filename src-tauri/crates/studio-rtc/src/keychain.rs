//! Secrets of server profiles: in the system's keychain, or in memory where there is none. Never in a file of ours.

use std::collections::BTreeMap;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use studio_wire::ServerId;
use studio_wire::server::{SecretPlace, SecretText};
use tokio::sync::oneshot;

use crate::secret::Secret;

/// What our entries in the keychain are called; the profile's id is the user's name in them.
const ENTRY: &str = "app.Sidestage.Sidestage";

/// The keychain did not do it. The words hold nothing of a secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeychainError(String);

/// A place that keeps secrets beyond the life of this process. A call may take as long as the user needs to unlock it.
pub trait Keychain: Send {
    /// The secret of a profile, `None` if there is none.
    fn get(&self, server: &ServerId) -> Result<Option<Secret>, KeychainError>;
    /// Keeps a secret in the place of an older one.
    fn set(&self, server: &ServerId, secret: &Secret) -> Result<(), KeychainError>;
    /// Forgets a secret; that there is none is no error.
    fn delete(&self, server: &ServerId) -> Result<(), KeychainError>;
}

/// The keychain of this system: Secret Service on Linux, Keychain on macOS.
pub struct SystemKeychain;

impl SystemKeychain {
    fn entry(server: &ServerId) -> Result<keyring::Entry, KeychainError> {
        if let Err(error) = keyring::Entry::store_status() {
            return Err(said(error));
        }
        keyring::Entry::new(ENTRY, server.as_str()).map_err(|error| said(&error))
    }
}

impl Keychain for SystemKeychain {
    fn get(&self, server: &ServerId) -> Result<Option<Secret>, KeychainError> {
        match Self::entry(server)?.get_password() {
            Ok(secret) => Ok(Some(Secret::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(said(&error)),
        }
    }

    fn set(&self, server: &ServerId, secret: &Secret) -> Result<(), KeychainError> {
        Self::entry(server)?.set_password(secret.expose()).map_err(|error| said(&error))
    }

    fn delete(&self, server: &ServerId) -> Result<(), KeychainError> {
        match Self::entry(server)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(said(&error)),
        }
    }
}

fn said(error: &keyring::Error) -> KeychainError {
    // `Display` only: the `Debug` of some of these errors holds what was read.
    KeychainError(error.to_string())
}

/// Where secrets are looked for: first among those typed in this session, then in the keychain.
struct Vault {
    keychain: Option<Box<dyn Keychain>>,
    session: BTreeMap<ServerId, Secret>,
}

impl Vault {
    fn keep(&mut self, server: &ServerId, secret: Option<Secret>) -> SecretPlace {
        self.session.remove(server);
        match (secret, &self.keychain) {
            (Some(secret), Some(keychain)) => match keychain.set(server, &secret) {
                Ok(()) => return SecretPlace::Keychain,
                Err(error) => {
                    tracing::warn!(%error, "no keychain: a secret stays in memory");
                    self.session.insert(server.clone(), secret);
                }
            },
            (Some(secret), None) => {
                self.session.insert(server.clone(), secret);
            }
            (None, Some(keychain)) => {
                if let Err(error) = keychain.delete(server) {
                    tracing::warn!(%error, "no keychain: nothing to forget there");
                }
            }
            (None, None) => {}
        }
        self.find(server).map_or(SecretPlace::Missing, |(place, _)| place)
    }

    fn find(&self, server: &ServerId) -> Option<(SecretPlace, Secret)> {
        if let Some(secret) = self.session.get(server) {
            return Some((SecretPlace::Session, secret.clone()));
        }
        let found = self.keychain.as_ref()?.get(server);
        let secret = found.inspect_err(|error| tracing::warn!(%error, "no keychain")).ok()??;
        Some((SecretPlace::Keychain, secret))
    }
}

type Task = Box<dyn FnOnce(&mut Vault) + Send>;

/// The secrets of all profiles, on a thread of their own: a keychain may ask the user first. Orders are done one after
/// the other.
#[derive(Clone)]
pub(crate) struct Secrets(Sender<Task>);

impl Secrets {
    /// With `keychain`, or in memory alone.
    pub fn start(keychain: Option<Box<dyn Keychain>>) -> Self {
        let (inbox, tasks) = channel::<Task>();
        let work = move || {
            let mut vault = Vault { keychain, session: BTreeMap::new() };
            while let Ok(task) = tasks.recv() {
                task(&mut vault);
            }
        };
        thread::Builder::new().name("rtc-secrets".into()).spawn(work).expect("a thread at the start");
        Self(inbox)
    }

    /// Keeps a secret, or forgets it (`None`, and a blank one); `told` is called with where it is then. Spaces and line
    /// ends around it came with a paste and are cut.
    pub fn keep(
        &self,
        server: ServerId,
        text: Option<&SecretText>,
        told: impl FnOnce(SecretPlace) + Send + 'static,
    ) {
        let secret = text.map(|text| text.0.trim()).filter(|text| !text.is_empty()).map(Secret::new);
        self.order(move |vault| told(vault.keep(&server, secret)));
    }

    /// Looks where a secret is.
    pub fn place(&self, server: ServerId, told: impl FnOnce(SecretPlace) + Send + 'static) {
        self.order(move |vault| told(vault.find(&server).map_or(SecretPlace::Missing, |(place, _)| place)));
    }

    /// The secret itself, as it is after everything that was ordered before.
    pub fn get(&self, server: ServerId) -> oneshot::Receiver<Option<Secret>> {
        let (answer, answered) = oneshot::channel();
        self.order(move |vault| {
            let _ = answer.send(vault.find(&server).map(|(_, secret)| secret));
        });
        answered
    }

    fn order(&self, task: impl FnOnce(&mut Vault) + Send + 'static) {
        if self.0.send(Box::new(task)).is_err() {
            tracing::error!("the secrets' thread is gone");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// In the place of the system's: a map, and a lock that can be shut.
    #[derive(Clone, Default)]
    struct FakeKeychain {
        kept: Arc<Mutex<BTreeMap<ServerId, Secret>>>,
        locked: bool,
    }

    impl FakeKeychain {
        fn open(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<ServerId, Secret>>, KeychainError> {
            if self.locked { Err(KeychainError("locked".into())) } else { Ok(self.kept.lock().unwrap()) }
        }
    }

    impl Keychain for FakeKeychain {
        fn get(&self, server: &ServerId) -> Result<Option<Secret>, KeychainError> {
            Ok(self.open()?.get(server).cloned())
        }

        fn set(&self, server: &ServerId, secret: &Secret) -> Result<(), KeychainError> {
            self.open()?.insert(server.clone(), secret.clone());
            Ok(())
        }

        fn delete(&self, server: &ServerId) -> Result<(), KeychainError> {
            self.open()?.remove(server);
            Ok(())
        }
    }

    fn vault(keychain: Option<&FakeKeychain>) -> Vault {
        let keychain = keychain.map(|fake| Box::new(fake.clone()) as Box<dyn Keychain>);
        Vault { keychain, session: BTreeMap::new() }
    }

    fn id() -> ServerId {
        ServerId::from("s1")
    }

    #[test]
    fn a_secret_is_kept_in_the_keychain_and_found_by_the_next_life() {
        let fake = FakeKeychain::default();
        let mut one = vault(Some(&fake));
        assert_eq!(one.keep(&id(), Some(Secret::new("hush"))), SecretPlace::Keychain);
        assert!(one.session.is_empty(), "and nowhere else");
        let mut next = vault(Some(&fake));
        assert_eq!(next.find(&id()), Some((SecretPlace::Keychain, Secret::new("hush"))));
        assert_eq!(next.keep(&id(), None), SecretPlace::Missing);
        assert_eq!(one.find(&id()), None);
    }

    #[test]
    fn without_a_keychain_a_secret_lives_as_long_as_the_session() {
        let locked = FakeKeychain { locked: true, ..FakeKeychain::default() };
        for keychain in [None, Some(&locked)] {
            let mut one = vault(keychain);
            assert_eq!(one.keep(&id(), Some(Secret::new("hush"))), SecretPlace::Session);
            assert_eq!(one.find(&id()), Some((SecretPlace::Session, Secret::new("hush"))));
            assert_eq!(vault(keychain).find(&id()), None);
            assert_eq!(one.keep(&id(), None), SecretPlace::Missing);
        }
        assert!(locked.kept.lock().unwrap().is_empty());
    }

    #[test]
    fn orders_are_done_one_after_the_other_and_a_pasted_line_end_is_cut() {
        let secrets = Secrets::start(Some(Box::new(FakeKeychain::default())));
        let get = || secrets.get(id()).blocking_recv().unwrap();
        secrets.keep(id(), Some(&SecretText(" first\n".into())), |_| {});
        assert_eq!(get(), Some(Secret::new("first")));
        secrets.keep(id(), Some(&SecretText(" \n".into())), |_| {});
        assert_eq!(get(), None);
    }
}
