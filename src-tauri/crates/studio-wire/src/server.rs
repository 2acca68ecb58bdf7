//! Servers that a show can run on: the studio's own, or one that the user has.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::ServerId;

/// A server of the user's own. Its secret is not here: it lies in the system's keychain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerProfile {
    /// Its name here.
    pub id: ServerId,
    /// What the user calls it, at most 64 characters.
    pub name: String,
    /// `wss://…`, or `ws://…` on this machine or the local network. Several are nodes of one cluster: when one
    /// does not answer the next one is tried.
    pub urls: Vec<String>,
    /// Names the secret.
    pub key: String,
}

/// Something that must not be seen. Its `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// Where the secret of a profile is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    /// Nowhere: it has to be typed.
    #[default]
    Missing,
    /// In memory until the app ends, because this system has no keychain.
    Session,
    /// In the system's keychain.
    Keychain,
}

/// What a connection test measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerTest {
    /// Until the server answered at all, in ms.
    pub reach_ms: u32,
    /// Until a room was made and taken away again, in ms.
    pub room_ms: u32,
    /// The median of several short calls, in ms.
    pub latency_ms: u32,
}
