//! LiveKit's own Python SDK as the far end.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journeys/support/guest.py");

/// Where the SDK lies: as `cargo xtask test` says, else in the tools folder.
fn sdk() -> PathBuf {
    if let Some(folder) = std::env::var_os("SIDESTAGE_PYTHON_SDK") {
        return folder.into();
    }
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = home.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    let folder = cache.join("sidestage/livekit-1.2.0");
    assert!(folder.exists(), "no Python SDK in {}: `cargo xtask setup` puts it there", folder.display());
    folder
}

/// A running client.
pub struct Client {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Client {
    /// Joins with a seat (`url`, `token`) and does what the order says beside that.
    pub fn join(seat: &Value, mut order: Value) -> Self {
        order["url"] = seat["url"].clone();
        order["token"] = seat["token"].clone();
        let mut child = Command::new("python3")
            .arg(SCRIPT)
            .env("PYTHONPATH", sdk())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        writeln!(input, "{order}").unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// A guest with a flat picture and a continuous tone.
    pub fn guest(seat: &Value, seconds: u32, hz: u32, dbfs: f64) -> Self {
        let picture = json!({ "width": 640, "height": 360, "fps": 30, "luma": 145, "chroma": [54, 34] });
        Self::join(
            seat,
            json!({ "seconds": seconds, "picture": picture, "tone": { "hz": hz, "dbfs": dbfs } }),
        )
    }

    /// Hears it out and takes its report.
    pub fn report(mut self) -> Value {
        let mut said = Vec::new();
        for line in (&mut self.output).lines().map_while(Result::ok) {
            let value: Value = serde_json::from_str(&line).unwrap();
            if let Some(report) = value.get("report") {
                let report = report.clone();
                let _ = self.child.wait();
                return report;
            }
            said.push(line);
        }
        panic!("the client ended without a report: {said:?}");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
