//! `cargo xtask build`: the interface, then every binary.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::tree::Tree;
use crate::{setup, shell, ui};

/// The name of the app's binary.
pub const APP: &str = "sidestage";

/// `cargo xtask build [--release] [--yes]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (yes, arguments) = setup::take_yes(arguments);
    let release = match arguments.as_slice() {
        [] => false,
        [release] if release == "--release" => true,
        _ => bail!("build knows --release and --yes"),
    };
    setup::ready(tree, yes)?;
    println!("{}", everything(tree, release)?.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the interface and all binaries, and returns the app's; the others lie beside it.
pub fn everything(tree: &Tree, release: bool) -> Result<PathBuf> {
    ui::build(tree, release)?;
    binaries(tree, release)
}

/// Builds what benchmarks and soaks run beside the binaries: all examples, and the test camera, which one of them has
/// among its dev-dependencies.
pub fn examples(tree: &Tree, release: bool) -> Result<()> {
    let mut cargo = tree.cargo();
    cargo.args(["build", "--workspace", "--examples"]);
    if release {
        cargo.arg("--release");
    }
    shell::run(&mut cargo)
}

/// Builds all binaries with the interface that lies in `ui/dist`.
pub fn binaries(tree: &Tree, release: bool) -> Result<PathBuf> {
    // One selection for everything: another one would mean other features, and a second build.
    let mut cargo = tree.cargo();
    cargo.args(["build", "--workspace", "--bins"]);
    if release {
        cargo.arg("--release");
    }
    shell::run(&mut cargo)?;
    Ok(tree.binaries(release).join(APP))
}
