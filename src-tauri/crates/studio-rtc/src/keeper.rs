//! The keeper: a small process that holds `livekit-server` and outlives a crash of the app, so that guests stay in
//! the room until a restarted app has found it again.
//!
//! **Invariant: ports and keys exist in the memory of keeper, server and app only.** They cross the keeper's socket
//! (mode 0600, the peer's user checked by both ends) and the server's environment, and are in no file, argument or
//! line of a log. The server never outlives its keeper.
//!
//! The app starts it with a [`Config`] on standard input, connects to the socket and asks. What the keeper tells
//! without having been asked is [`Tell::Lost`]. Who has asked is the keeper's app, until somebody
//! else asks; a connection that asks for nothing changes nothing. When the app's connection ends without [`Ask::Bye`]
//! the lease starts: whoever asks in time gets the same server; nobody does, and everything ends.

mod hold;
mod link;
mod log;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use hold::{HoldError, hold};
pub(crate) use link::peer;
pub use link::{connect, launch, waits};
pub use server::{Ports, become_server};

use crate::secret::Secret;

/// How long a server is held for an app that has crashed.
pub const LEASE: Duration = Duration::from_secs(60);

/// The name of the socket in the runtime folder.
pub const SOCKET: &str = "keeper.sock";

/// What a keeper is told at its start, as JSON on its standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Where it listens.
    pub socket: PathBuf,
    /// The folder for `livekit-server.log`.
    pub log: PathBuf,
    /// The server's program.
    pub server: PathBuf,
    /// How long the server is held when the app is gone without a word.
    pub lease: Duration,
}

/// App to keeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// A running server, the one that runs where there is one. Answered by `Serving` or `Failed`.
    Serve,
    /// A new server on the same ports with the same keys; people in rooms come back to it by themselves. Answered
    /// as `Serve` is.
    Replace,
    /// The show is over: the server ends at once, and the keeper with it.
    Bye,
}

/// Keeper to app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tell {
    /// The server answers.
    Serving(Serving),
    /// The server did not start.
    Failed {
        /// Its last words, redacted.
        said: String,
    },
    /// The server's process ended by itself.
    Lost {
        /// Its last words, redacted.
        said: String,
    },
}

/// A running server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// `ws://127.0.0.1:PORT`.
    pub url: String,
    /// Names the secret.
    pub key: Secret,
    /// Signs tokens.
    pub secret: Secret,
    /// The server's process.
    pub pid: u32,
}
