//! Checks that lean on what other people publish: the `livekit` crate, the advisory database.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::tree::Tree;
use crate::{digest, files, shell};

/// Type-checks `studio-engine` against the `livekit` crate, whose native library cannot be linked
/// here. It takes minutes, so it is left out where nothing it reads has changed since it passed.
pub fn livekit_crate(tree: &Tree) -> Result<()> {
    let target = tree.root.join("target").join("livekit-crate");
    let passed = target.join("passed");
    let now = inputs(tree)?;
    if fs::read_to_string(&passed).is_ok_and(|before| before == now) {
        eprintln!("nothing has changed since it last passed");
        return Ok(());
    }
    let mut cargo = tree.cargo();
    cargo.args(["check", "-p", "studio-engine", "--no-default-features", "--features", "livekit-crate"]);
    // With DOCS_RS the build script of webrtc-sys fetches nothing: enough for types.
    shell::run(cargo.env("DOCS_RS", "1").env("CARGO_TARGET_DIR", &target))?;
    fs::write(&passed, now).with_context(|| format!("writing {}", passed.display()))
}

/// A digest over the lock file and the sources of the engine and of what it is made of.
fn inputs(tree: &Tree) -> Result<String> {
    let mut read = vec![tree.root.join("Cargo.lock")];
    for name in ["studio-engine", "studio-lane", "studio-wire"] {
        let folder = tree.root.join("src-tauri/crates").join(name);
        read.extend(files::below(&folder.join("src"))?);
        read.push(folder.join("Cargo.toml"));
    }
    let mut all = String::new();
    for file in read {
        all += &format!("{} {}\n", tree.show(&file), digest::of_file(&file)?);
    }
    Ok(digest::of(all))
}

/// Whether cargo-deny finds an advisory database without fetching one.
pub fn has_advisories() -> bool {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = cargo_home.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let databases = home.and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok());
    databases.is_some_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| entry.path().is_dir())))
}
