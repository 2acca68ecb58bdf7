//! `cargo xtask bench`: what we cost beside the programs that people know.

mod compose;
mod contest;
mod gate;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::tree::Tree;

/// `cargo xtask bench compose …`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    match arguments.split_first() {
        Some((name, rest)) if name == "compose" => compose::command(tree, rest),
        _ => bail!("there is one benchmark: compose"),
    }
}
