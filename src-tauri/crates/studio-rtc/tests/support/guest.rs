//! The Python SDK in the place of somebody else's program.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio_rtc::SeatToken;

pub struct Guest {
    child: Child,
    words: Receiver<Value>,
}

impl Guest {
    /// Joins with a seat; publishes a picture and a tone if asked to.
    pub fn join(seat: &SeatToken, publish: bool) -> Self {
        Self::join_at(&seat.url, &seat.token.0, publish)
    }

    /// [`Guest::join`] without a seat of ours.
    pub fn join_at(url: &str, token: &str, publish: bool) -> Self {
        let wish = json!({ "url": url, "token": token, "publish": publish });
        Self::run(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/guest.py"), &wish)
    }

    /// Joins with a seat, and does from then on what [`Guest::act`] says.
    pub fn talk(seat: &SeatToken) -> Self {
        let wish = json!({ "url": seat.url, "token": seat.token.0 });
        let guest = Self::run(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/talker.py"), &wish);
        guest.hears("it is in", |word| !word["joined"].is_null());
        guest
    }

    fn run(script: &str, wish: &Value) -> Self {
        let sdk = std::env::var_os("SIDESTAGE_PYTHON_SDK")
            .expect("SIDESTAGE_PYTHON_SDK names no folder: `cargo xtask test` fetches the SDK and sets it");
        let mut child = Command::new("python3")
            .arg(script)
            .env("PYTHONPATH", sdk)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "{wish}").unwrap();
        let (say, words) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = say.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, words }
    }

    /// Gives a talker something to do.
    pub fn act(&mut self, act: &Value) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{act}").unwrap();
    }

    /// Forgets what was said so far and waits for words that fit.
    pub fn says(&self, what: &str, fits: impl FnMut(&Value) -> bool) -> Value {
        let before = self.words.try_iter().collect();
        self.wait(what, before, fits)
    }

    /// Waits for words that fit, among all that nobody has waited for.
    pub fn hears(&self, what: &str, fits: impl FnMut(&Value) -> bool) -> Value {
        self.wait(what, Vec::new(), fits)
    }

    fn wait(&self, what: &str, mut others: Vec<Value>, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let limit = Instant::now() + Duration::from_secs(30);
        loop {
            match self.words.recv_timeout(limit.saturating_duration_since(Instant::now())) {
                Ok(word) if fits(&word) => return word,
                Ok(word) => others.push(word),
                Err(_) => panic!("not within half a minute: {what}; instead {others:?}"),
            }
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
