//! `cargo xtask check`: everything that is judged without running the program.
//!
//! All steps run, also behind one that fails; what failed is named again at the end.

mod foreign;
mod markup;
mod tokens;
mod view_text;

use std::process::{Command, ExitCode};

use anyhow::{Result, bail, ensure};

use crate::steps::Steps;
use crate::tree::Tree;
use crate::{files, pins, setup, shell, ui};

type Step = (&'static str, fn(&Tree) -> Result<()>);

const STEPS: &[Step] = &[
    ("format", format),
    ("no literal text in a view", view_texts),
    ("no HTML from strings", markup::check),
    ("interface", |tree| ui::build(tree, false)),
    ("lints", lints),
    ("lints for wasm", wasm_lints),
    ("documentation", documentation),
    ("the livekit crate fits", foreign::livekit_crate),
    ("licences, bans, sources", licences),
];

/// `cargo xtask check [--yes]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (yes, rest) = setup::take_yes(arguments);
    ensure!(rest.is_empty(), "check knows only --yes");
    let mut steps = Steps::new(tree, "check")?;
    steps.step("set-up", || setup::ready(tree, yes))?;
    let mut failed = Vec::new();
    for (name, step) in STEPS {
        if let Err(error) = steps.step(name, || step(tree)) {
            eprintln!("{error:#}");
            failed.push(*name);
        }
    }
    steps.finish();
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("failed: {}", failed.join(" · "))
}

fn format(tree: &Tree) -> Result<()> {
    shell::run(tree.cargo().args(["fmt", "--all", "--check"]))
}

fn lints(tree: &Tree) -> Result<()> {
    shell::run(tree.cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// What the window runs. That the core compiles there also shows that it needs no system.
fn wasm_lints(tree: &Tree) -> Result<()> {
    let mut cargo = tree.cargo();
    cargo.args([
        "clippy",
        "--target",
        pins::WASM,
        "-p",
        "studio-wire",
        "-p",
        "studio-core",
        "-p",
        "studio-ui",
    ]);
    shell::run(cargo.args(["--", "-D", "warnings"]))
}

fn documentation(tree: &Tree) -> Result<()> {
    shell::run(tree.cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

fn view_texts(tree: &Tree) -> Result<()> {
    let mut found = Vec::new();
    for file in files::with_extension(&tree.root.join("ui/src"), "rs")? {
        if file.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests")) {
            continue;
        }
        let source = std::fs::read_to_string(&file)?;
        for text in view_text::find(&source) {
            found.push(format!("{}:{}: {}", tree.show(&file), text.line, text.what));
        }
    }
    ensure!(found.is_empty(), "text belongs into ui/locales, not into a view:\n  {}", found.join("\n  "));
    Ok(())
}

fn licences(tree: &Tree) -> Result<()> {
    let deny = setup::cargo_deny(tree)?;
    let ask = |checks: &[&str]| -> Result<()> {
        shell::run(Command::new(&deny).current_dir(&tree.root).args(checks))
    };
    ask(&["check", "licenses", "bans", "sources"])?;
    // The database would be cloned from outside the registries; it is used where one lies already.
    if foreign::has_advisories() {
        return ask(&["check", "--disable-fetch", "advisories"]);
    }
    eprintln!("advisories not checked: there is no database on this machine");
    Ok(())
}
