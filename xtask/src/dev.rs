//! `cargo xtask dev`: the app, kept in step with the tree.
//!
//! A change of the interface is built into `ui/dist`, which a debug build of the app reads from
//! disk and reloads. A change of the app builds the binaries and starts it again. What does not
//! compile is said, and what runs goes on. It ends when the window is closed.

use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use notify::{RecursiveMode, Watcher};

use crate::display::Desk;
use crate::tree::Tree;
use crate::{build, run, setup, shell, ui};

/// An editor writes a file in several steps; this long a silence means that it is done.
const SETTLED: Duration = Duration::from_millis(80);

/// How long the app may take to end its children before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// `cargo xtask dev [--yes] [-- ARGS]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (own, handed) = run::split(arguments);
    let (yes, own) = setup::take_yes(own);
    if let Some(other) = own.first() {
        bail!("dev does not know {other}; the app's own arguments come after --");
    }
    setup::ready(tree, yes)?;
    let app = build::everything(tree, false)?;
    let (tell, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(tell).context("watching the tree")?;
    for folder in ["ui/src", "ui/styles", "ui/locales", "ui/index.html", "assets", "src-tauri"] {
        let path = tree.root.join(folder);
        if path.exists() {
            watcher.watch(&path, RecursiveMode::Recursive).with_context(|| format!("watching {folder}"))?;
        }
    }
    let desk = run::desk_for(tree, handed)?;
    keep_in_step(&Session { tree, app, handed, desk }, &changes)
}

struct Session<'a> {
    tree: &'a Tree,
    app: PathBuf,
    handed: &'a [String],
    desk: Option<Desk>,
}

impl Session<'_> {
    fn start(&self) -> Result<Child> {
        let mut command = run::app_on(self.desk.as_ref(), &self.app, self.handed);
        command.env("SIDESTAGE_UI_DIST", self.tree.root.join("ui/dist"));
        command.spawn().with_context(|| format!("starting {}", self.app.display()))
    }
}

fn keep_in_step(session: &Session, changes: &Receiver<notify::Result<notify::Event>>) -> Result<ExitCode> {
    let mut app = session.start()?;
    loop {
        if let Some(status) = app.try_wait()? {
            return Ok(shell::exit_code(status));
        }
        let touched = settle(&session.tree.root, changes)?;
        if touched.interface
            && let Err(error) = ui::build(session.tree, false)
        {
            eprintln!("the interface stays as it is: {error:#}");
        }
        if touched.app {
            match build::binaries(session.tree, false) {
                Ok(_) => {
                    shell::end(&mut app, GRACE)?;
                    app = session.start()?;
                }
                Err(error) => eprintln!("the app stays as it is: {error:#}"),
            }
        }
    }
}

/// What a burst of changes asks for.
#[derive(Default, Debug, PartialEq, Clone, Copy)]
struct Touched {
    interface: bool,
    app: bool,
}

/// Waits a moment for a change, and then for the burst to end.
fn settle(root: &Path, changes: &Receiver<notify::Result<notify::Event>>) -> Result<Touched> {
    let mut touched = Touched::default();
    let mut wait = Duration::from_millis(250);
    loop {
        match changes.recv_timeout(wait) {
            Ok(Ok(event)) if !event.kind.is_access() => {
                for path in &event.paths {
                    touched.add(path.strip_prefix(root).unwrap_or(path));
                }
                wait = SETTLED;
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => eprintln!("watching: {error}"),
            Err(RecvTimeoutError::Timeout) => return Ok(touched),
            Err(RecvTimeoutError::Disconnected) => bail!("the watch on the tree ended"),
        }
    }
}

impl Touched {
    fn add(&mut self, path: &Path) {
        let wire = path.starts_with("src-tauri/crates/studio-wire");
        self.interface |= wire || path.starts_with("ui") || path.starts_with("assets");
        self.app |= path.starts_with("src-tauri");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_rebuilds_what_it_is_part_of() {
        let both = Touched { interface: true, app: true };
        for (path, expected) in [
            ("ui/styles/base.css", Touched { interface: true, app: false }),
            ("src-tauri/src/ipc.rs", Touched { interface: false, app: true }),
            ("src-tauri/crates/studio-wire/src/lib.rs", both),
            ("README.md", Touched::default()),
        ] {
            let mut touched = Touched::default();
            touched.add(Path::new(path));
            assert_eq!(touched, expected, "{path}");
        }
    }
}
