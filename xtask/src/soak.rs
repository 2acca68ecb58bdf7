//! `cargo xtask soak`: the same again and again, or for long, until it is not survived.
//!
//! It prints what it will do and how long that took, and its start value where chance takes part. Ctrl-C ends it in good order: it then says what
//! it did.

mod kills;
mod parts;
mod restarts;
mod resumes;
mod room;
mod sound;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::tree::Tree;

/// `cargo xtask soak room|sound …`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    match arguments.split_first() {
        Some((name, rest)) if name == "room" => room::command(tree, rest),
        Some((name, rest)) if name == "sound" => sound::command(tree, rest),
        _ => bail!("there are two soaks: room and sound"),
    }
}
