//! `cargo xtask bench`: what we cost beside the programs that people know.

mod compose;
mod contest;
mod gate;
mod room;
mod sound;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::tree::Tree;

/// `cargo xtask bench compose|room|sound …`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    match arguments.split_first() {
        Some((name, rest)) if name == "compose" => compose::command(tree, rest),
        Some((name, rest)) if name == "room" => room::command(tree, rest),
        Some((name, rest)) if name == "sound" => sound::command(tree, rest),
        _ => bail!("there are three benchmarks: compose, room and sound"),
    }
}
