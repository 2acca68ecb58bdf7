//! LiveKit's own Python SDK as the far end.

#![allow(dead_code, reason = "not every test asks for everything")]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::seen::Seen;

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

/// A run of the SDK starts in a second; on a busy machine it may take ten times as long.
const LIMIT: Duration = Duration::from_secs(60);

/// A running client. It ends with this value.
pub struct Client {
    child: Child,
    input: ChildStdin,
    seen: Arc<Seen>,
}

impl Client {
    /// Joins with a seat (`url`, `token`) and does what the order says beside that; `guest.py` has its keys.
    /// Without `seconds` it stays until [`Self::leave`]. Returns without waiting.
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
        let seen = Arc::new(Seen::default());
        let (keep, output) = (seen.clone(), BufReader::new(child.stdout.take().unwrap()));
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                keep.add(serde_json::from_str(&line).unwrap_or_else(|_| json!({ "trouble": line })));
            }
            keep.end();
        });
        Self { child, input, seen }
    }

    /// A guest with a flat picture and a continuous tone.
    pub fn guest(seat: &Value, seconds: u32, hz: u32, dbfs: f64) -> Self {
        let mut order = Self::devices(hz, dbfs);
        order["seconds"] = json!(seconds);
        Self::join(seat, order)
    }

    /// The order of a guest with a flat picture and a continuous tone, who stays.
    pub fn devices(hz: u32, dbfs: f64) -> Value {
        let picture = json!({ "width": 640, "height": 360, "fps": 30, "luma": 145, "chroma": [54, 34] });
        json!({ "picture": picture, "tone": { "hz": hz, "dbfs": dbfs } })
    }

    /// Hears it out and takes its report, which comes after its `seconds`.
    pub fn report(mut self) -> Value {
        // As long as it takes: the order said how long.
        const NO_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);
        let report = self.seen.wait("a report", 0, NO_LIMIT, |event| event.get("report").cloned());
        let _ = self.child.wait();
        report
    }

    /// Waits until it is in the room, and returns what it knows of itself.
    pub fn joined(&self) -> Value {
        self.wait("joined", |event| event.get("joined_ms").map(|_| event["me"].clone()))
    }

    /// Gives an order and waits for nothing; `guest.py` has them all.
    pub fn order(&mut self, order: Value) {
        writeln!(self.input, "{order}").unwrap();
    }

    /// Sends a text on `lk.chat` as stock components do, with an id in its attributes, and waits until the
    /// client holds it for sent.
    pub fn say(&mut self, text: &str, id: &str) {
        let start = self.seen.count();
        self.order(json!({ "say": { "text": text, "id": id } }));
        self.seen.wait("said", start, LIMIT, |event| (event["sent"]["id"] == id).then_some(()));
    }

    /// Calls a method of somebody and returns `{"answer"}` or `{"error": {"code", "message"}}`, and `"ms"`.
    pub fn call(&mut self, to: &str, method: &str, payload: &str) -> Value {
        let start = self.seen.count();
        let id = format!("call-{start}");
        self.order(json!({ "call": { "to": to, "method": method, "payload": payload, "id": id } }));
        let find = |event: &Value| event.get("answered").filter(|call| call["id"] == id.as_str()).cloned();
        self.seen.wait("answered", start, LIMIT, find)
    }

    /// Level of each frequency in each remote sound track over the last second, in dBFS:
    /// `{"IDENTITY/NAME": {"HZ": …}}`; a track without a name goes by its source.
    pub fn levels(&mut self, hz: &[u32]) -> Value {
        self.ask("levels", json!(hz))
    }

    /// What was decoded of each remote picture track so far: `{"IDENTITY/NAME": {"decoded", "size"}}`.
    pub fn frames(&mut self) -> Value {
        self.ask("frames", json!(true))
    }

    /// Everybody else, with attributes, permissions and tracks.
    pub fn people(&mut self) -> Value {
        self.ask("people", json!(true))
    }

    /// Everything seen so far.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Waits until something was seen, at any time.
    pub fn wait<T>(&self, what: &str, find: impl Fn(&Value) -> Option<T>) -> T {
        self.seen.wait(what, 0, LIMIT, find)
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Leaves the room in good order and ends.
    pub fn leave(mut self) {
        self.order(json!({ "leave": true }));
        let _ = self.child.wait();
    }

    fn ask(&mut self, what: &str, how: Value) -> Value {
        let start = self.seen.count();
        self.order(json!({ what: how }));
        self.seen.wait(what, start, LIMIT, |event| event.get(what).cloned())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
