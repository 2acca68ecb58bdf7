//! What is fetched without root: the wasm target, the LiveKit library, its server, cargo-deny.
//!
//! Each lands in a folder of its own that carries name and version.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::fresh::Fresh;
use crate::tree::Tree;
use crate::{digest, pins, shell};

const REQUIREMENTS: &str = include_str!("../../tools/python-sdk.txt");

/// Adds what `rust-toolchain.toml` names. With automatic installation off, rustup passes over a
/// missing target in silence.
pub fn rust_target() -> Result<()> {
    let sysroot = PathBuf::from(shell::read(Command::new("rustc").args(["--print", "sysroot"]))?);
    let has = |part: &str| sysroot.join(part).exists();
    let toolchain = ["--toolchain", pins::RUST];
    if !has(&format!("lib/rustlib/{}", pins::WASM)) {
        eprintln!("rust: adding the target {}", pins::WASM);
        shell::run(rustup()?.args(["target", "add", pins::WASM]).args(toolchain))?;
    }
    if !has("bin/cargo-clippy") || !has("bin/rustfmt") {
        eprintln!("rust: adding clippy and rustfmt");
        shell::run(rustup()?.args(["component", "add", "clippy", "rustfmt"]).args(toolchain))?;
    }
    Ok(())
}

fn rustup() -> Result<Command> {
    let rustup = shell::which("rustup").with_context(|| {
        format!(
            "the Rust {} here lacks {}, clippy or rustfmt, and there is no rustup to add them",
            pins::RUST,
            pins::WASM
        )
    })?;
    Ok(Command::new(rustup))
}

/// Fetches the wheel with the LiveKit library, and the Python SDK that the tests' guests use.
pub fn livekit(tree: &Tree) -> Result<()> {
    let done = tree.python_sdk();
    // numpy is built for one Python: another python3 on PATH needs another numpy.
    let python =
        shell::read(Command::new("python3").args(["-c", "import sys; print(sys.implementation.cache_tag)"]))?;
    let stamp = format!("{python} {}\n", digest::short(REQUIREMENTS));
    if std::fs::read_to_string(done.join("stamp")).is_ok_and(|found| found == stamp)
        && library_in(&done)?.is_file()
    {
        return Ok(());
    }
    eprintln!("livekit {}: fetching the library and the Python SDK (40 MB)", pins::LIVEKIT);
    let fresh = Fresh::beside(&done)?;
    let list = tree.root.join("xtask/tools/python-sdk.txt");
    shell::run(pip_into(&fresh.folder).arg("-r").arg(list))?;
    check_library(&library_in(&fresh.folder)?)?;
    std::fs::write(fresh.folder.join("stamp"), stamp)?;
    fresh.keep(&done)
}

/// pip, told to put wheels with listed hashes and nothing else into `folder`.
pub fn pip_into(folder: &Path) -> Command {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--no-deps", "--only-binary=:all:", "--require-hashes"]);
    pip.args(["--disable-pip-version-check", "--root-user-action=ignore", "--no-warn-script-location"]);
    // A user's own settings for pip that do not go together with a target folder.
    pip.env("PIP_USER", "0").env("PIP_REQUIRE_VIRTUALENV", "0");
    pip.arg("--target").arg(folder);
    pip
}

/// The LiveKit library that set-up fetched.
pub fn livekit_library(tree: &Tree) -> Result<PathBuf> {
    library_in(&tree.python_sdk())
}

fn library_in(folder: &Path) -> Result<PathBuf> {
    Ok(folder.join("livekit/rtc/resources").join(library_pin()?.0))
}

fn library_pin() -> Result<(&'static str, &'static str)> {
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    pins::LIVEKIT_LIBRARY
        .iter()
        .find(|pin| (pin.0, pin.1) == (system, processor))
        .map(|pin| (pin.2, pin.3))
        .with_context(|| format!("there is no LiveKit library for {system} on {processor}"))
}

fn check_library(library: &Path) -> Result<()> {
    let (wanted, found) = (library_pin()?.1, digest::of_file(library)?);
    ensure!(
        found == wanted,
        "{} is not the pinned library: its sha256 is {found}, not {wanted}",
        library.display()
    );
    Ok(())
}

/// Builds `livekit-server` from its Go module: static, without a C compiler.
pub fn livekit_server(tree: &Tree) -> Result<()> {
    let server = tree.livekit_server();
    if is_pinned_server(&server) {
        return Ok(());
    }
    let version = pins::LIVEKIT_SERVER;
    eprintln!("livekit-server {version}: building it with Go (three minutes on two cores, once)");
    let done = server.parent().context("the server lies in a folder of its own")?;
    let fresh = Fresh::beside(done)?;
    let mut go = Command::new("go");
    go.args(["install", "-v", "-trimpath", "-ldflags=-s -w"]);
    go.arg(format!("{}@v{version}", pins::LIVEKIT_SERVER_MODULE)).current_dir(&fresh.folder);
    // `auto` lets an older Go fetch, as a module, the one that the server's go.mod names.
    go.env("CGO_ENABLED", "0").env("GOTOOLCHAIN", "auto").env("GOBIN", &fresh.folder).env_remove("GOFLAGS");
    go.env_remove("GOOS").env_remove("GOARCH");
    counted(&mut go)?;
    let built = fresh.folder.join("livekit-server");
    std::fs::rename(fresh.folder.join("server"), &built).context("Go left no binary called server")?;
    ensure!(is_pinned_server(&built), "what Go built does not call itself livekit-server version {version}");
    fresh.keep(done)
}

fn is_pinned_server(server: &Path) -> bool {
    let expected = format!("livekit-server version {}", pins::LIVEKIT_SERVER);
    server.is_file() && shell::read(Command::new(server).arg("--version")).is_ok_and(|said| said == expected)
}

/// Gives Redis the name by which it becomes a server.
///
/// Debian's `redis-tools` holds the whole program, called `redis-check-rdb`; what the package `redis-server`
/// adds is this link, and a daemon that starts at once and with the machine, which nobody here wants.
pub fn redis(tree: &Tree) -> Result<()> {
    let link = tree.redis_server();
    let is_server = || {
        shell::read(Command::new(&link).arg("--version")).is_ok_and(|said| said.starts_with("Redis server"))
    };
    if is_server() {
        return Ok(());
    }
    let program = ["redis-server", "redis-check-rdb"].iter().find_map(shell::which);
    let program = program.context("there is no redis-server on PATH")?;
    let folder = link.parent().context("the link lies in a folder of its own")?;
    let fresh = Fresh::beside(folder)?;
    std::os::unix::fs::symlink(&program, fresh.folder.join("redis-server"))?;
    fresh.keep(folder)?;
    ensure!(is_server(), "{} does not become a Redis server by its name", program.display());
    Ok(())
}

/// Runs a program that names each piece of its work on standard error, and shows every fiftieth.
fn counted(command: &mut Command) -> Result<()> {
    let name = shell::name(command);
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().context("starting go")?;
    let lines = BufReader::new(child.stderr.take().context("standard error is a pipe")?).lines();
    let mut said: Vec<String> = Vec::new();
    for line in lines {
        said.push(line?);
        if said.len().is_multiple_of(50) {
            eprintln!("  {:4} {}", said.len(), said[said.len() - 1]);
        }
    }
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    let end = said.len().saturating_sub(15);
    bail!("{name} ended with {status}:\n{}", said[end..].join("\n"))
}

/// Installs cargo-deny and returns its binary.
pub fn cargo_deny(tree: &Tree) -> Result<PathBuf> {
    let _alone = super::alone(tree)?;
    let binary = tree.cargo_deny();
    if binary.is_file() {
        return Ok(binary);
    }
    eprintln!("cargo-deny {}: building it (two minutes, once)", pins::CARGO_DENY);
    let done = tree.cache.join(format!("cargo-deny-{}", pins::CARGO_DENY));
    let fresh = Fresh::beside(&done)?;
    let mut install = tree.cargo();
    install.args(["install", "--locked", "--debug", "--root"]).arg(&fresh.folder);
    install.arg(format!("cargo-deny@{}", pins::CARGO_DENY)).env_remove("CARGO_TARGET_DIR");
    shell::run(&mut install)?;
    fresh.keep(&done)?;
    Ok(binary)
}
