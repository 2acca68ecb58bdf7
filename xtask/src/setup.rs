//! `cargo xtask setup`: from a bare machine to one that can build, run and test the tree.
//!
//! The order is: name what only a person can install, ask once for what needs root, then fetch
//! the rest into the user's own folders. **A step whose result is there does nothing**, so every
//! other command begins with this one.

mod fresh;
mod packages;
mod prerequisites;
mod tools;
mod version;
mod web_client;

use std::fs::File;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::pins;
use crate::tree::Tree;

pub use tools::{cargo_deny, livekit_library};

/// `cargo xtask setup [--yes]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let yes = match arguments {
        [] => false,
        [yes] if yes == "--yes" => true,
        _ => bail!("the only argument of setup is --yes"),
    };
    ready(tree, yes)?;
    eprintln!("Everything is here. Next: cargo xtask run, or cargo xtask test");
    Ok(ExitCode::SUCCESS)
}

/// Makes the machine ready to build, run and test; `yes` answers the question about root.
pub fn ready(tree: &Tree, yes: bool) -> Result<()> {
    let _alone = alone(tree)?;
    prerequisites::check()?;
    let wanted: Vec<&str> = [pins::BUILD_PACKAGES, pins::RUN_PACKAGES].concat();
    packages::install(&wanted, yes)?;
    tools::rust_target()?;
    tools::livekit(tree)?;
    tools::livekit_server(tree)?;
    tools::redis(tree)?;
    web_client::ready(tree)
}

/// Installs the programs that are only measured against.
pub fn ready_for_bench(yes: bool) -> Result<()> {
    packages::install(pins::BENCH_PACKAGES, yes)
}

/// What to type for the programs that are only measured against.
pub fn bench_command() -> String {
    format!("sudo apt-get install {}", pins::BENCH_PACKAGES.join(" "))
}

/// Takes `--yes` out of `arguments`.
pub fn take_yes(arguments: &[String]) -> (bool, Vec<String>) {
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let yes = arguments[..end].iter().any(|argument| argument == "--yes");
    let own = arguments[..end].iter().filter(|argument| *argument != "--yes");
    (yes, own.chain(&arguments[end..]).cloned().collect())
}

/// Held while set-up works: two clones share one cache.
fn alone(tree: &Tree) -> Result<File> {
    std::fs::create_dir_all(&tree.cache).with_context(|| format!("creating {}", tree.cache.display()))?;
    let path = tree.cache.join(".lock");
    let lock = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    if lock.try_lock().is_err() {
        eprintln!("waiting for another xtask that sets this machine up");
        lock.lock().with_context(|| format!("locking {}", path.display()))?;
    }
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_is_ours_only_before_the_double_dash() {
        let given = ["--yes", "name", "--", "--yes"].map(String::from);
        assert_eq!(take_yes(&given), (true, ["name", "--", "--yes"].map(String::from).to_vec()));
        assert_eq!(take_yes(&given[1..]), (false, given[1..].to_vec()));
    }
}
