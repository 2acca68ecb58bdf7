//! LiveKit's own Python SDK as somebody who is not of ours.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Cast, PATIENCE};

/// A running client. It ends with this value.
pub struct Far {
    child: Child,
    input: ChildStdin,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    events: Mutex<(Vec<(Instant, Value)>, bool)>,
    more: Condvar,
}

impl Far {
    /// Joins as the tests' guest does; `tests/journeys/support/guest.py` has the keys of its order.
    pub fn guest(cast: &Cast, seat: &Value, order: Value) -> Result<Self> {
        let script = std::fs::read_to_string(&cast.guest);
        let script = script.with_context(|| format!("reading {}", cast.guest.display()))?;
        Self::run(&cast.python_sdk, &script, seat, order)
    }

    /// The order of a guest with a flat picture and a tone of this pitch.
    pub fn devices(hz: u32) -> Value {
        let picture = json!({ "width": 640, "height": 360, "fps": 30, "luma": 145, "chroma": [54, 34] });
        json!({ "picture": picture, "tone": { "hz": hz, "dbfs": -20 } })
    }

    /// Runs a script with a seat: `url` and `token` are added to its order, which is its first line of input.
    pub fn run(sdk: &Path, script: &str, seat: &Value, mut order: Value) -> Result<Self> {
        order["url"] = seat["url"].clone();
        order["token"] = seat["token"].clone();
        // It ends with us however we end, and Ctrl-C is for us alone.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "python3", "-c", script]);
        command.env("PYTHONPATH", sdk).env("PYTHONDONTWRITEBYTECODE", "1").process_group(0);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting python3")?;
        let mut input = child.stdin.take().context("standard input is a pipe")?;
        writeln!(input, "{order}")?;
        let output = child.stdout.take().context("standard output is a pipe")?;
        let seen = Arc::new(Seen::default());
        let keep = seen.clone();
        thread::spawn(move || keep.listen(BufReader::new(output)));
        Ok(Self { child, input, seen })
    }

    /// Waits until it is in the room: when it began to connect, and how long it took.
    pub fn joined(&self) -> Result<(Instant, Duration)> {
        let (at, ms) =
            self.find(0, PATIENCE, |event| event["joined_ms"].as_f64()).context("it does not join")?;
        let took = Duration::from_secs_f64(ms / 1e3);
        Ok((at.checked_sub(took).context("it joined before the clock began")?, took))
    }

    /// How many events there are: a place to look from.
    pub fn count(&self) -> usize {
        self.seen.events().0.len()
    }

    /// Waits for the first event from there on that `find` finds something in, and says when it came; `None` when
    /// none does, or the client has ended.
    pub fn find<T>(
        &self,
        from: usize,
        limit: Duration,
        find: impl Fn(&Value) -> Option<T>,
    ) -> Option<(Instant, T)> {
        let end = Instant::now() + limit;
        let mut events = self.seen.events();
        let mut next = from;
        loop {
            let fresh = events.0.get(next..).unwrap_or_default();
            let found = fresh.iter().find_map(|(at, event)| Some((*at, find(event)?)));
            next = events.0.len().max(next);
            let left = end.saturating_duration_since(Instant::now());
            if found.is_some() || left.is_zero() || events.1 {
                return found;
            }
            let woken = self.seen.more.wait_timeout(events, left);
            events = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Gives an order and waits for nothing.
    pub fn order(&mut self, order: Value) {
        // One that has ended is noticed by what it does not say.
        let _ = writeln!(self.input, "{order}");
    }

    /// Gives an order that is answered by an event of the same name.
    pub fn ask(&mut self, what: &str, how: Value, limit: Duration) -> Option<Value> {
        let from = self.count();
        self.order(json!({ what: how }));
        self.find(from, limit, |event| event.get(what).cloned()).map(|(_, said)| said)
    }

    /// Leaves the room in good order.
    pub fn leave(mut self) {
        self.order(json!({ "leave": true }));
        for _ in 0..250 {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Seen {
    fn events(&self) -> MutexGuard<'_, (Vec<(Instant, Value)>, bool)> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, output: impl BufRead) {
        for line in output.lines().map_while(Result::ok) {
            let event = serde_json::from_str(&line).unwrap_or_else(|_| json!({ "trouble": line }));
            self.events().0.push((Instant::now(), event));
            self.more.notify_all();
        }
        self.events().1 = true;
        self.more.notify_all();
    }
}
