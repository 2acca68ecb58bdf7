//! Runs the built binary.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub const BINARY: &str = env!("CARGO_BIN_EXE_sidestage");

/// Two cores run one show at a time: journeys take turns.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(|broken| broken.into_inner())
}

/// A place of its own for one app.
pub struct Place {
    pub dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { dir: tempfile::Builder::new().prefix("st-").tempdir_in("/tmp").unwrap() }
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A rehearsal in this place, not started yet.
    pub fn rehearsal(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.env("SIDESTAGE_KEYCHAIN", "off");
        command.arg("--home").arg(self.home()).arg("rehearse").arg("--json").args(arguments);
        command
    }
}

/// A running app whose output is read as it comes.
pub struct Running {
    pub child: Child,
    lines: Receiver<String>,
    said: Arc<Mutex<String>>,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (send, lines) = channel();
        let out = child.stdout.take().unwrap();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let said = Arc::new(Mutex::new(String::new()));
        let (keep, mut errors) = (said.clone(), child.stderr.take().unwrap());
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = errors.read(&mut bytes) {
                keep.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self { child, lines, said }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line of standard output.
    pub fn line(&self, limit: Duration) -> String {
        self.lines
            .recv_timeout(limit)
            .unwrap_or_else(|_| panic!("no line within {limit:?}:\n{}", self.said()))
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "still running after {limit:?}:\n{}", self.said());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for the end and takes the report, the last line.
    pub fn report(&mut self, limit: Duration) -> (ExitStatus, Value) {
        let status = self.wait(limit);
        thread::sleep(Duration::from_millis(100));
        let last = self.lines.try_iter().last();
        let last = last.unwrap_or_else(|| panic!("no report ({status}):\n{}", self.said()));
        let report = serde_json::from_str(&last).unwrap_or_else(|_| panic!("not a report: {last}"));
        (status, report)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is there.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {limit:?}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A file in the folder with such an ending.
pub fn find(folder: &Path, ending: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with(ending))
}
