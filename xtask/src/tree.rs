//! Where things lie: the tree, its build output, and the cache of fetched tools.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::pins;

/// The folders every command works with. All paths are absolute.
pub struct Tree {
    /// The root of the tree: the folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's output folder: `target`, or `CARGO_TARGET_DIR`.
    pub target: PathBuf,
    /// Fetched tools, one folder per name and version, shared by all clones of the tree.
    pub cache: PathBuf,
}

impl Tree {
    /// The tree this binary was built from.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies one folder below the root")?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(PathBuf::from(folder))?,
            None => root.join("target"),
        };
        let cache = match env::var_os("XDG_CACHE_HOME").map(PathBuf::from) {
            Some(folder) if folder.is_absolute() => folder,
            _ => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cache"),
        }
        .join("sidestage");
        Ok(Self { root, target, cache })
    }

    /// The cargo that runs us, so that one toolchain builds everything.
    pub fn cargo(&self) -> std::process::Command {
        let mut command = std::process::Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// Where cargo leaves the binaries of a profile.
    pub fn binaries(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" })
    }

    /// The unpacked LiveKit wheel and, beside it, what the Python SDK imports: a `PYTHONPATH`.
    pub fn python_sdk(&self) -> PathBuf {
        self.cache.join(format!("livekit-{}", pins::LIVEKIT))
    }

    /// The server's binary.
    pub fn livekit_server(&self) -> PathBuf {
        self.cache.join(format!("livekit-server-{}", pins::LIVEKIT_SERVER)).join("livekit-server")
    }

    /// The folder with the bundle of LiveKit's client for browsers.
    pub fn livekit_client(&self) -> PathBuf {
        self.cache.join(format!("livekit-client-{}", pins::LIVEKIT_CLIENT))
    }

    /// Redis under the name that makes it a server.
    pub fn redis_server(&self) -> PathBuf {
        self.cache.join("redis").join("redis-server")
    }

    /// cargo-deny's binary.
    pub fn cargo_deny(&self) -> PathBuf {
        self.cache.join(format!("cargo-deny-{}", pins::CARGO_DENY)).join("bin").join("cargo-deny")
    }

    /// `path` as a person in the root of the tree would type it.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}
