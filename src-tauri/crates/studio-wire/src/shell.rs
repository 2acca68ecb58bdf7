//! Between the core and the window's shell.

use serde::{Deserialize, Serialize};

/// What the core asks of the shell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShellOrder {
    /// The program may end now: everything is closed.
    Exit,
}

/// What the shell tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShellReport {
    /// The app is up. With `adopt`, a server that an earlier life of it left is still there.
    Started {
        /// It is.
        adopt: bool,
    },
    /// The window was closed, or the process was asked to end.
    Closing,
}
