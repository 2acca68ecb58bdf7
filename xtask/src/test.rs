//! `cargo xtask test`: the tests, against the real parts.
//!
//! It finds or fetches what the tests need, gives them one display and one session bus, and hands
//! over in the environment where everything lies. What each test ended with is kept in the output
//! folder for `cargo xtask coverage`. The last line counts.

pub mod results;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use self::results::{Reader, Results};
use crate::display::Desk;
use crate::steps::Steps;
use crate::tree::Tree;
use crate::{descriptors, files, pins, run, setup, shell, ui};

const DESCRIPTORS: &str = "src-tauri/crates/livekit-ffi-rs/descriptors/livekit.fds";

/// `cargo xtask test [--yes] [FILTER] [--lib] [--test NAME] [--bin NAME] [-- ARGS]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (own, handed) = run::split(arguments);
    let (yes, narrow) = setup::take_yes(own);
    let mut steps = Steps::new(tree, "test")?;
    steps.step("set-up", || setup::ready(tree, yes))?;
    steps.step("message types are the library's", || compare_descriptors(tree))?;
    steps.step("guests' scripts compile", || compile_scripts(tree))?;
    steps.step("interface", || ui::build(tree, false))?;
    // With `--tests`, because their dependencies decide the features of ours: one build, not two.
    steps.step("build", || shell::run(tree.cargo().args(["build", "--workspace", "--bins", "--tests"])))?;
    let results = steps.step("tests", || run_tests(tree, &narrow, handed))?;
    steps.finish();
    results.keep(tree, narrow.is_empty() && handed.is_empty())?;
    for name in results.failed() {
        eprintln!("failed: {name}");
    }
    println!("{} passed, {} failed", results.passed().count(), results.failed().count());
    Ok(if results.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `cargo xtask descriptors`: writes the file that `compare_descriptors` compares.
pub fn write_descriptors(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    ensure!(arguments.is_empty(), "descriptors takes no arguments");
    let file = tree.root.join(DESCRIPTORS);
    fs::write(&file, wheel_descriptors(tree)?).with_context(|| format!("writing {}", file.display()))?;
    eprintln!("{DESCRIPTORS} holds the types of LiveKit {}", pins::LIVEKIT);
    Ok(ExitCode::SUCCESS)
}

fn compare_descriptors(tree: &Tree) -> Result<()> {
    let file = tree.root.join(DESCRIPTORS);
    let kept = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    if kept == wheel_descriptors(tree)? {
        return Ok(());
    }
    bail!("{DESCRIPTORS} is not what LiveKit {} carries; type cargo xtask descriptors", pins::LIVEKIT)
}

fn wheel_descriptors(tree: &Tree) -> Result<Vec<u8>> {
    descriptors::from_wheel(&tree.python_sdk().join("livekit/rtc/_proto"))
}

fn compile_scripts(tree: &Tree) -> Result<()> {
    let scripts = files::with_extension(&tree.root.join("tests/journeys/support"), "py")?;
    if scripts.is_empty() {
        return Ok(());
    }
    let caches = tree.target.join("pycache");
    let mut python = Command::new("python3");
    shell::run(python.args(["-m", "py_compile"]).args(scripts).env("PYTHONPYCACHEPREFIX", caches))
}

fn run_tests(tree: &Tree, narrow: &[String], handed: &[String]) -> Result<Results> {
    let desk = Desk::own()?;
    let mut cargo = tree.cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast", "--config", results::RUNNER]).args(narrow);
    if !handed.is_empty() {
        cargo.arg("--").args(handed);
    }
    for (name, value) in environment(tree)? {
        if std::env::var_os(name).is_none() {
            cargo.env(name, value);
        }
    }
    desk.give_to(&mut cargo);
    // Only the test binaries' own output is read: what their children say on the other one, at any
    // moment, cannot tear a line of it.
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("starting cargo")?;
    let output = child.stdout.take().context("cargo's output is not here")?;
    let mut reader = Reader::default();
    let mut lines = BufReader::new(output);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        std::io::stderr().write_all(&line)?;
        reader.line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(reader.finish(child.wait()?.success()))
}

/// Where the tests find the parts; what is already set is left alone.
fn environment(tree: &Tree) -> Result<Vec<(&'static str, PathBuf)>> {
    let ffmpeg = shell::which("ffmpeg").context("ffmpeg is not on PATH")?;
    Ok(vec![
        ("SIDESTAGE_LIVEKIT_LIB", setup::livekit_library(tree)?),
        ("SIDESTAGE_LIVEKIT_SERVER", tree.livekit_server()),
        ("SIDESTAGE_FFMPEG", ffmpeg),
        ("SIDESTAGE_PYTHON_SDK", tree.python_sdk()),
        ("SIDESTAGE_LIVEKIT_CLIENT", tree.livekit_client()),
        ("SIDESTAGE_CHROMIUM", shell::which("chromium").context("chromium is not on PATH")?),
        ("SIDESTAGE_REDIS", tree.redis_server()),
        ("SIDESTAGE_BIN_DIR", tree.binaries(false)),
        // A test must not ask for, or write to, the keychain of whoever runs it.
        ("SIDESTAGE_KEYCHAIN", "off".into()),
    ])
}
