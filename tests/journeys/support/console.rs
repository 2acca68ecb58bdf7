//! Drives `sidestage console`: a studio, or a seat of one, without a window. Lines of JSON in, lines of JSON out.
//!
//! It needs nothing of the journeys beside it, and knows no type of the app: `xtask` measures with the same file.

#![allow(dead_code, reason = "not every user asks for everything")]

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A studio answers within milliseconds; on a busy machine it may take a thousand times as long.
const LIMIT: Duration = Duration::from_secs(60);
/// Snapshots that can be looked back at: 30 a second at most.
const KEPT: usize = 128;
/// Of standard error the end is kept, in bytes.
const SAID: usize = 64 << 10;

/// The binary that the tests were built with, else the one where `SIDESTAGE_BIN_DIR` says.
fn binary() -> PathBuf {
    option_env!("CARGO_BIN_EXE_sidestage").map_or_else(
        || {
            let folder =
                std::env::var_os("SIDESTAGE_BIN_DIR").expect("SIDESTAGE_BIN_DIR says where the app is");
            PathBuf::from(folder).join("sidestage")
        },
        PathBuf::from,
    )
}

/// A running console. It is killed with this value; [`Self::close`] ends it as a window is closed.
pub struct Console {
    child: Child,
    input: Option<ChildStdin>,
    heard: Arc<Heard>,
    orders: u64,
}

/// A line of a chat and when it was told.
#[derive(Clone, Debug)]
pub struct Told {
    pub at: Instant,
    pub line: Value,
}

#[derive(Default)]
struct Heard {
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Default)]
struct State {
    snapshots: VecDeque<(Instant, Arc<Value>)>,
    /// Of each room by number: a line that is told twice is the same line.
    chat: BTreeMap<String, BTreeMap<u64, Told>>,
    /// By the order's number, with the word that says what the answer is.
    answers: BTreeMap<u64, (String, Value)>,
    said: String,
    over: bool,
}

impl Console {
    /// A studio of its own in this home.
    pub fn host(home: &Path) -> Self {
        Self::start(&binary(), home, None)
    }

    /// A seat, as [`Self::seat`] of a host gave it out, in a home of its own.
    pub fn take_seat(home: &Path, seat: &Value) -> Self {
        Self::start(&binary(), home, Some(seat))
    }

    /// The same with a binary of one's own choice.
    pub fn start(binary: &Path, home: &Path, seat: Option<&Value>) -> Self {
        let mut command = Command::new(binary);
        command.arg("--home").arg(home).args(["--test-sources", "console"]);
        if let Some(seat) = seat {
            command.arg("--seat").arg(keep(home, seat));
        }
        Self::run(command)
    }

    /// A studio of its own in this home, with devices: `attach` says where they are.
    pub fn with_devices(home: &Path, attach: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(binary());
        command.arg("--home").arg(home).arg("console");
        attach(&mut command);
        Self::run(command)
    }

    /// A seat, in a home of its own, with devices: `attach` says where they are.
    pub fn seat_with_devices(home: &Path, seat: &Value, attach: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(binary());
        command.arg("--home").arg(home).arg("console").arg("--seat").arg(keep(home, seat));
        attach(&mut command);
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        // A keychain of this machine is nothing for a test; and Ctrl-C is for whoever drives, not for the driven.
        command.env("SIDESTAGE_KEYCHAIN", "off").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = command.spawn();
        let mut child = start.unwrap_or_else(|error| panic!("starting {command:?}: {error}"));
        let input = child.stdin.take();
        let heard = Arc::new(Heard::default());
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let ear = heard.clone();
        thread::spawn(move || ear.listen(BufReader::new(output.expect("standard output is a pipe"))));
        let ear = heard.clone();
        thread::spawn(move || ear.note(errors.expect("standard error is a pipe")));
        Self { child, input, heard, orders: 0 }
    }

    /// Asks for something as the person of this machine: the acknowledgement, or the fault by which it was refused;
    /// `"no_reply"`, which is no fault's name, when none came.
    pub fn command(&mut self, command: Value) -> Result<Value, Value> {
        let order = self.begin(command);
        self.reply(order)
    }

    /// Asks the same and does not wait: [`Self::reply`] does, by the number.
    pub fn begin(&mut self, command: Value) -> u64 {
        self.order(json!({ "command": command }))
    }

    /// What came of a command.
    pub fn reply(&self, order: u64) -> Result<Value, Value> {
        match self.answer(order) {
            Some((word, mut answer)) if word == "reply" => {
                if answer["ok"].is_null() {
                    Err(answer["refused"].take())
                } else {
                    Ok(answer["ok"].take())
                }
            }
            _ => Err("no_reply".into()),
        }
    }

    /// A seat of this show, as `--seat` takes it.
    ///
    /// # Panics
    /// When the host gives none.
    pub fn seat(&mut self, role: &str, identity: &str, name: &str) -> Value {
        let wish = json!({ "role": role, "identity": identity, "name": name });
        match self.ask(json!({ "seat": wish })) {
            Some((word, mut seat)) if word == "seat" => {
                seat.as_object_mut().map(|seat| seat.remove("id"));
                seat
            }
            other => panic!("no seat for {identity}: {other:?}\n{}", self.said()),
        }
    }

    /// The newest snapshot; null before the first.
    pub fn snapshot(&self) -> Value {
        self.heard.state().snapshots.back().map_or(Value::Null, |(_, snapshot)| (**snapshot).clone())
    }

    /// Waits until the newest snapshot has what is looked for.
    ///
    /// # Panics
    /// With that snapshot and everything that was said when it does not come.
    pub fn until<T>(&self, what: &str, limit: Duration, find: impl Fn(&Value) -> Option<T>) -> T {
        self.wait(limit, find).unwrap_or_else(|| {
            panic!(
                "{what}: not within {limit:?}; the newest snapshot is {:#}\n{}",
                self.snapshot(),
                self.said()
            )
        })
    }

    /// The same; `None` when it does not come.
    pub fn wait<T>(&self, limit: Duration, find: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let mut seen = None;
        self.heard.wait(limit, |state| {
            let (_, newest) = state.snapshots.back()?;
            // Each is looked at once.
            if seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, newest)) {
                return None;
            }
            seen = Some(newest.clone());
            find(newest)
        })
    }

    /// When the first snapshot since then came that is as wanted; `None` when it does not come within the limit from
    /// now.
    pub fn when(&self, since: Instant, limit: Duration, wanted: impl Fn(&Value) -> bool) -> Option<Instant> {
        let mut looked = since;
        self.heard.wait(limit, |state| {
            let fresh = state.snapshots.iter().skip_while(|(at, _)| *at < looked);
            let found = fresh.clone().find(|(_, snapshot)| wanted(snapshot)).map(|(at, _)| *at);
            if let Some((at, _)) = state.snapshots.back() {
                looked = looked.max(*at);
            }
            found
        })
    }

    /// Everything that was told of a room's chat so far, oldest first.
    pub fn chat(&self, room: &str) -> Vec<Value> {
        let state = self.heard.state();
        let lines = state.chat.get(room).into_iter().flat_map(BTreeMap::values);
        lines.map(|told| told.line.clone()).collect()
    }

    /// Waits for a line of a room's chat with this text.
    pub fn told(&self, room: &str, text: &str, limit: Duration) -> Option<Told> {
        self.heard.wait(limit, |state| {
            // What is waited for is new.
            let lines = state.chat.get(room)?.values().rev();
            lines.clone().find(|told| told.line["text"] == text).cloned()
        })
    }

    /// Every process that runs for this studio, with its name.
    pub fn processes(&mut self) -> Vec<(String, u32)> {
        let answer = self.ask(json!({ "processes": true }));
        answer.and_then(|(_, answer)| serde_json::from_value(answer["list"].clone()).ok()).unwrap_or_default()
    }

    /// The process of this name, if it runs.
    pub fn process(&mut self, name: &str) -> Option<u32> {
        self.processes().into_iter().find(|(called, _)| called == name).map(|(_, pid)| pid)
    }

    /// Levels, in dBFS, as a window shows them; null when no answer came.
    pub fn meters(&mut self) -> Value {
        self.ask(json!({ "meters": true })).map_or(Value::Null, |(_, meters)| meters)
    }

    /// What the compositor has done so far; null when no answer came.
    pub fn figures(&mut self) -> Value {
        self.ask(json!({ "figures": true })).map_or(Value::Null, |(_, figures)| figures)
    }

    /// The app's own process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error, the end of it.
    pub fn said(&self) -> String {
        self.heard.state().said.clone()
    }

    /// Ends the app alone, at once, without a word to it.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Closes it as a window is closed.
    ///
    /// # Panics
    /// When it does not end with 0.
    pub fn close(mut self) {
        let status = self.end(LIMIT);
        assert!(status.is_some_and(|status| status.success()), "it ended with {status:?}:\n{}", self.said());
    }

    /// The same; `None` when it has not ended within the limit.
    pub fn end(&mut self, limit: Duration) -> Option<ExitStatus> {
        drop(self.input.take());
        let end = Instant::now() + limit;
        while Instant::now() < end {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Gives an order and waits for its answer; `None` when none comes, because the app has ended or is too late.
    fn ask(&mut self, order: Value) -> Option<(String, Value)> {
        let number = self.order(order);
        self.answer(number)
    }

    /// Gives an order; an app that has ended does not hear it, and never answers.
    fn order(&mut self, mut order: Value) -> u64 {
        self.orders += 1;
        order["id"] = self.orders.into();
        if let Some(input) = &mut self.input {
            let _ = writeln!(input, "{order}");
        }
        self.orders
    }

    fn answer(&self, order: u64) -> Option<(String, Value)> {
        self.heard.wait(LIMIT, |state| state.answers.remove(&order))
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Puts a seat where the app can read it and nobody else.
pub fn keep(home: &Path, seat: &Value) -> PathBuf {
    let file = home.join("seat.json");
    std::fs::create_dir_all(home).expect("a home can be made");
    let open = std::fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&file);
    open.and_then(|mut open| write!(open, "{seat}")).expect("a seat can be written into its home");
    file
}

impl Heard {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at each change until `find` finds something, the time is up, or the app has ended.
    fn wait<T>(&self, limit: Duration, mut find: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let end = Instant::now() + limit;
        let mut state = self.state();
        loop {
            let found = find(&mut state);
            let left = end.saturating_duration_since(Instant::now());
            if found.is_some() || left.is_zero() || state.over {
                return found;
            }
            state = self.more.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn listen(&self, output: impl BufRead) {
        for line in output.lines().map_while(Result::ok) {
            let at = Instant::now();
            if let Ok(Value::Object(line)) = serde_json::from_str(&line) {
                let mut state = self.state();
                line.into_iter().for_each(|(word, said)| state.take(at, word, said));
                self.more.notify_all();
            }
        }
        self.state().over = true;
        self.more.notify_all();
    }

    fn note(&self, mut errors: impl Read) {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = errors.read(&mut bytes) {
            let mut state = self.state();
            state.said.push_str(&String::from_utf8_lossy(&bytes[..count]));
            if let Some(much) = state.said.len().checked_sub(SAID) {
                let cut = (much..).find(|at| state.said.is_char_boundary(*at)).unwrap_or_default();
                state.said.drain(..cut);
            }
        }
    }
}

impl State {
    fn take(&mut self, at: Instant, word: String, mut said: Value) {
        match word.as_str() {
            "snapshot" => {
                if self.snapshots.len() == KEPT {
                    self.snapshots.pop_front();
                }
                self.snapshots.push_back((at, Arc::new(said)));
            }
            "chat" => {
                let room = said["room"].as_str().unwrap_or_default().to_owned();
                let lines = self.chat.entry(room).or_default();
                for line in said["lines"].as_array_mut().into_iter().flatten() {
                    let told = Told { at, line: line.take() };
                    lines.entry(told.line["seq"].as_u64().unwrap_or_default()).or_insert(told);
                }
            }
            "trouble" => self.said.push_str(&format!("console: {said}\n")),
            _ => {
                if let Some(number) = said["id"].as_u64() {
                    self.answers.insert(number, (word, said));
                }
            }
        }
    }
}
