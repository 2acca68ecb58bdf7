//! A rehearsal by the built app, and its report.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::build;

/// One that can be run. **Its folder, with the recording and the logs, goes with the value.**
pub struct Rehearsal {
    /// More can be added before it is run: arguments, devices.
    pub command: Command,
    place: TempDir,
}

impl Rehearsal {
    /// So many seconds on air.
    pub fn new(binaries: &Path, seconds: u32) -> Result<Self> {
        let place =
            tempfile::Builder::new().prefix("st-").tempdir().context("making a place for the show")?;
        let mut command = Command::new(binaries.join(build::APP));
        command.arg("--home").arg(place.path().join("home")).args(["rehearse", "--json"]);
        command.args(["--seconds", &seconds.to_string(), "--record"]).arg(place.path().join("show.mkv"));
        // A keychain of this machine is nothing for a measurement.
        command.env("SIDESTAGE_KEYCHAIN", "off");
        Ok(Self { command, place })
    }

    /// Where its recording lies when it has run.
    pub fn recording(&self) -> PathBuf {
        self.place.path().join("show.mkv")
    }

    /// A file of its own, written before it runs.
    pub fn file(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.place.path().join(name);
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }

    /// Leaves everything on disk and says where.
    pub fn keep(&mut self) {
        self.place.disable_cleanup(true);
        eprintln!("kept for a look at recording and logs: {}", self.place.path().display());
    }

    /// Runs it to its end: the report.
    pub fn run(&mut self) -> Result<Value> {
        let command = self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let output = command.output().context("starting the app")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let Some(line) = said.lines().last() else {
            bail!("the rehearsal ended with {} and no report", output.status)
        };
        let report: Value = serde_json::from_str(line).context("the report cannot be read")?;
        if !output.status.success() {
            self.keep();
            bail!("the rehearsal ended with {}: {line}", output.status);
        }
        Ok(report)
    }
}
