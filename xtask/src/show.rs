//! A show that is measured or worn out: a host without a window, seats of ours, and people who are not of ours.
//!
//! Everything is the built app behind its command line, and everything ends with its value.

pub mod far;
pub mod figures;
pub mod interrupt;
pub mod process;
pub mod rehearsal;
pub mod robot;

// The tests' own driver: one file, so that both speak to the app in the same words.
#[path = "../../tests/journeys/support/console.rs"]
pub mod console;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::console::Console;
use crate::tree::Tree;
use crate::{build, setup};

/// How long anything may take that should take a second, on a machine that is busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Which binaries are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Built for users.
    #[default]
    Release,
    /// Built for the one who writes them: figures of it say nothing about the product.
    Debug,
}

/// Where the programs lie that take part.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The folder of our binaries.
    pub binaries: PathBuf,
    /// The LiveKit library, for the robots.
    pub library: PathBuf,
    /// A `PYTHONPATH` with LiveKit's own SDK.
    pub python_sdk: PathBuf,
    /// What a Python guest runs: the tests' own script.
    pub guest: PathBuf,
}

impl Cast {
    /// Sets up and builds what is missing. Where `SIDESTAGE_BIN_DIR` names a folder, the binaries there are taken as
    /// they are.
    pub fn ready(tree: &Tree, profile: Profile, yes: bool) -> Result<Self> {
        setup::ready(tree, yes)?;
        let binaries = match std::env::var_os("SIDESTAGE_BIN_DIR") {
            Some(folder) => std::path::absolute(PathBuf::from(folder))?,
            None => {
                let release = profile == Profile::Release;
                build::everything(tree, release)?;
                tree.binaries(release)
            }
        };
        Self::of(tree, binaries)
    }

    /// The same, with the examples that measurements run.
    pub fn with_examples(tree: &Tree, profile: Profile, yes: bool) -> Result<Self> {
        let cast = Self::ready(tree, profile, yes)?;
        if std::env::var_os("SIDESTAGE_BIN_DIR").is_none() {
            build::examples(tree, profile == Profile::Release)?;
        }
        Ok(cast)
    }

    fn of(tree: &Tree, binaries: PathBuf) -> Result<Self> {
        Ok(Self {
            binaries,
            library: setup::livekit_library(tree)?,
            python_sdk: tree.python_sdk(),
            guest: tree.root.join("tests/journeys/support/guest.py"),
        })
    }
}

/// A running show.
pub struct Show {
    /// The machine that holds it.
    pub host: Console,
    /// Who and what can take part.
    pub cast: Cast,
    // After the consoles that live in it.
    place: TempDir,
}

impl Show {
    /// Opens a show of its own in a place of its own, ready and with nobody in it.
    pub fn open(cast: &Cast) -> Result<Self> {
        let place =
            tempfile::Builder::new().prefix("st-").tempdir().context("making a place for the show")?;
        let mut host = Console::start(&cast.binaries.join(build::APP), &place.path().join("host"), None);
        let opened = host.command(json!({ "show": { "open": { "title": "Measured" } } }));
        opened.map_err(|fault| anyhow!("the show does not open: {fault}\n{}", host.said()))?;
        let show = Self { host, cast: cast.clone(), place };
        show.reach("ready")?;
        Ok(show)
    }

    /// Puts the show on air.
    pub fn go_live(&mut self) -> Result<()> {
        self.ask(json!({ "show": "go_live" }))?;
        self.reach("live")
    }

    fn reach(&self, state: &str) -> Result<()> {
        let there = self.host.wait(PATIENCE, |snapshot| {
            let now = &snapshot["show"]["broadcast"]["state"];
            (now == state || now == "error").then(|| now == state)
        });
        match there {
            Some(true) => Ok(()),
            _ => bail!("the show is not {state}: {}", self.host.snapshot()["show"]["broadcast"]),
        }
    }

    /// Asks for something as the host.
    pub fn ask(&mut self, command: Value) -> Result<Value> {
        let answer = self.host.command(command.clone());
        answer.map_err(|fault| anyhow!("the host may not {command}: {fault}"))
    }

    /// Lets a machine of ours take a seat, and waits until the host answers it. `through` replaces the port of the
    /// server in the seat's address.
    pub fn sit(&mut self, role: &str, identity: &str, through: Option<u16>) -> Result<Console> {
        let mut seat = self.host.seat(role, identity, identity);
        if let Some(port) = through {
            seat["url"] = format!("ws://127.0.0.1:{port}").into();
            seat.as_object_mut().map(|seat| seat.remove("urls"));
        }
        let home = self.place.path().join(identity);
        let console = Console::start(&self.cast.binaries.join(build::APP), &home, Some(&seat));
        let within = console.wait(PATIENCE, |snapshot| (snapshot["seat"] == "in").then_some(()));
        within.with_context(|| format!("{identity} does not get in: {}", console.snapshot()["seat"]))?;
        Ok(console)
    }

    /// Waits until somebody is there, and puts them on stage.
    pub fn bring_on(&mut self, identity: &str) -> Result<()> {
        let there = |snapshot: &Value| (person(snapshot, identity)?["presence"] == "joined").then_some(());
        self.host.wait(PATIENCE, there).with_context(|| format!("{identity} does not come"))?;
        let who = json!({ "bus": "program", "person": identity });
        self.ask(json!({ "show": { "add_to_stage": who } })).map(drop)
    }

    /// The port of the studio's own server.
    pub fn port(&mut self) -> Result<u16> {
        let seat = self.host.seat("viewer", "nobody", "");
        let port =
            seat["url"].as_str().and_then(|url| url.rsplit(':').next()?.trim_end_matches('/').parse().ok());
        port.with_context(|| format!("no port in {}", seat["url"]))
    }

    /// Leaves everything on disk, with the logs of all of its machines, and says where.
    pub fn keep(&mut self) {
        self.place.disable_cleanup(true);
        eprintln!("kept for a look at the logs: {}", self.place.path().display());
    }

    /// Ends the host as its window is closed, and returns where its database lies, with the folder that holds it.
    pub fn close(mut self) -> Result<(PathBuf, TempDir)> {
        let ended = self.host.end(PATIENCE);
        if !ended.is_some_and(|status| status.success()) {
            bail!("the host ended with {ended:?}:\n{}", self.host.said());
        }
        Ok((self.place.path().join("host/studio.db"), self.place))
    }
}

/// Somebody in a snapshot.
pub fn person<'a>(snapshot: &'a Value, identity: &str) -> Option<&'a Value> {
    snapshot["show"]["people"].as_array()?.iter().find(|person| person["identity"] == identity)
}
