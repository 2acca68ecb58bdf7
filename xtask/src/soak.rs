//! `cargo xtask soak`: the same fault again and again, until one of them is not survived.
//!
//! It prints its start value, what it will do and how long that took. Ctrl-C ends it in good order: it then says what
//! it did.

mod kills;
mod restarts;
mod resumes;
mod room;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::tree::Tree;

/// `cargo xtask soak room …`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    match arguments.split_first() {
        Some((name, rest)) if name == "room" => room::command(tree, rest),
        _ => bail!("there is one soak: room"),
    }
}
