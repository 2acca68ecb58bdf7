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
        let sdk = std::env::var_os("SIDESTAGE_PYTHON_SDK")
            .expect("SIDESTAGE_PYTHON_SDK names no folder: `cargo xtask test` fetches the SDK and sets it");
        let mut child = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/guest.py"))
            .env("PYTHONPATH", sdk)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let wish = json!({ "url": seat.url, "token": seat.token.0, "publish": publish });
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

    /// Forgets what was said so far and waits for words that fit.
    pub fn says(&self, what: &str, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let limit = Instant::now() + Duration::from_secs(30);
        let mut others: Vec<Value> = self.words.try_iter().collect();
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
