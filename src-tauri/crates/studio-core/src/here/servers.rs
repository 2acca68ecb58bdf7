//! Server profiles of this machine. A profile is data; its secret is the keychain's and only its place is known here.

use studio_wire::fault::Fault;
use studio_wire::ids::ServerId;
use studio_wire::server::{SecretPlace, ServerProfile, ServerTest};
use studio_wire::view::ServerView;

/// Profiles that can be kept.
const MOST: usize = 50;
/// Addresses of one profile.
const MOST_URLS: usize = 8;
/// Bytes of an address or a key.
const LONGEST: usize = 256;
/// Characters of a name.
const NAME: usize = 64;

/// A profile and what is known about it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    profile: ServerProfile,
    secret: SecretPlace,
    testing: bool,
    tested: Option<Result<ServerTest, Fault>>,
}

/// Every profile, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers(Vec<Known>);

impl Servers {
    pub fn new(profiles: Vec<ServerProfile>) -> Self {
        Self(profiles.into_iter().map(|profile| Known { profile, ..Known::default() }).collect())
    }

    pub fn ids(&self) -> Vec<ServerId> {
        self.0.iter().map(|known| known.profile.id.clone()).collect()
    }

    pub fn find(&self, id: &ServerId) -> Option<&ServerProfile> {
        self.0.iter().map(|known| &known.profile).find(|profile| profile.id == *id)
    }

    fn known(&mut self, id: &ServerId) -> Option<&mut Known> {
        self.0.iter_mut().find(|known| known.profile.id == *id)
    }

    /// Whether another one fits.
    pub fn takes(&self, id: &ServerId) -> bool {
        self.0.len() < MOST || self.find(id).is_some()
    }

    /// Keeps a profile that was looked at; what was measured of its older form is forgotten.
    pub fn keep(&mut self, profile: ServerProfile) {
        match self.known(&profile.id) {
            Some(known) => *known = Known { profile, secret: known.secret, ..Known::default() },
            None => self.0.push(Known { profile, ..Known::default() }),
        }
        self.0.sort_by(|a, b| a.profile.name.cmp(&b.profile.name));
    }

    pub fn forget(&mut self, id: &ServerId) {
        self.0.retain(|known| known.profile.id != *id);
    }

    pub fn secret(&mut self, id: &ServerId, place: SecretPlace) {
        if let Some(known) = self.known(id) {
            known.secret = place;
        }
    }

    pub fn test(&mut self, id: &ServerId) {
        if let Some(known) = self.known(id) {
            (known.testing, known.tested) = (true, None);
        }
    }

    pub fn tested(&mut self, id: &ServerId, outcome: Result<ServerTest, Fault>) {
        if let Some(known) = self.known(id) {
            (known.testing, known.tested) = (false, Some(outcome));
        }
    }

    pub fn views(&self, chosen: Option<&ServerId>) -> Vec<ServerView> {
        let view = |known: &Known| ServerView {
            profile: known.profile.clone(),
            secret: known.secret,
            chosen: chosen == Some(&known.profile.id),
            testing: known.testing,
            tested: known.tested.clone(),
        };
        self.0.iter().map(view).collect()
    }
}

/// What no server can be called or reached by. Whether it answers is another question.
pub(crate) fn check(profile: &ServerProfile) -> Result<(), Fault> {
    let name = profile.name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Fault::BadText { most: NAME as u32 });
    }
    let key = &profile.key;
    if key.is_empty() || key.len() > LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Fault::BadText { most: LONGEST as u32 });
    }
    let bad = |url: &str| Fault::BadAddress { url: url.chars().take(LONGEST).collect() };
    if profile.urls.is_empty() || profile.urls.len() > MOST_URLS {
        return Err(bad(""));
    }
    profile.urls.iter().try_for_each(|url| if address(url) { Ok(()) } else { Err(bad(url)) })
}

fn address(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("wss://").or_else(|| url.strip_prefix("ws://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    url.len() <= LONGEST
        && !host.is_empty()
        && !host.contains('@')
        && rest.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(url: &str) -> ServerProfile {
        ServerProfile { id: "p".into(), name: "Ours".into(), urls: vec![url.into()], key: "key".into() }
    }

    #[test]
    fn only_addresses_of_servers_are_kept() {
        for good in ["wss://live.example", "ws://127.0.0.1:7880", "wss://[::1]:7880/path"] {
            assert_eq!(check(&profile(good)), Ok(()), "{good}");
        }
        let long = format!("wss://{}", "a".repeat(300));
        for bad in ["", "https://a", "wss://", "wss://user@host", "wss://a b", "javascript:x", &long] {
            assert!(matches!(check(&profile(bad)), Err(Fault::BadAddress { .. })), "{bad}");
        }
        assert!(check(&ServerProfile { name: " ".into(), ..profile("wss://a") }).is_err());
        assert!(check(&ServerProfile { key: "a b".into(), ..profile("wss://a") }).is_err());
        assert!(check(&ServerProfile { urls: vec![], ..profile("wss://a") }).is_err());
    }

    #[test]
    fn a_changed_profile_keeps_its_secrets_place_and_loses_its_test() {
        let mut servers = Servers::new(vec![profile("wss://a")]);
        servers.secret(&"p".into(), SecretPlace::Keychain);
        servers.tested(&"p".into(), Ok(ServerTest::default()));
        servers.keep(profile("wss://b"));
        let view = &servers.views(Some(&"p".into()))[0];
        assert_eq!((view.secret, view.tested.clone(), view.chosen), (SecretPlace::Keychain, None, true));
    }
}
