//! Our own engine as a guest: the rehearsal's robots, one process each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Cast, PATIENCE};

/// A running robot. It leaves when this is dropped.
pub struct Robot {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<(Instant, Value)>,
}

/// When something happened to a client that had begun to connect at `began`.
#[derive(Clone, Copy, Debug)]
pub struct Joined {
    /// When it began to connect.
    pub began: Instant,
    /// How long it took to be in the room.
    pub took: Duration,
}

impl Robot {
    /// Sits in a seat with picture and sound; `number` decides how they look and sound.
    pub fn start(cast: &Cast, seat: &Value, number: u32) -> Result<Self> {
        let program = cast.binaries.join("sidestage-robot");
        let mut command = Command::new(&program);
        command.env("SIDESTAGE_LIVEKIT_LIB", &cast.library).stdin(Stdio::piped()).stdout(Stdio::piped());
        // It says whenever the server refuses what it has no right to yet.
        let mut child = command
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let told = json!({
            "url": seat["url"], "token": seat["token"], "identity": seat["identity"], "k": number, "program": null
        });
        let mut input = child.stdin.take().context("standard input is a pipe")?;
        writeln!(input, "{told}")?;
        let output = child.stdout.take().context("standard output is a pipe")?;
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = send.send((Instant::now(), serde_json::from_str(&line).unwrap_or_default()));
            }
        });
        Ok(Self { child, input: Some(input), lines })
    }

    /// Waits until it is in the room.
    pub fn joined(&self) -> Result<Joined> {
        let (began, took) = self.hear("joined_ms")?;
        Ok(Joined { began, took })
    }

    /// Waits until picture and sound are published: how long that took since it began to connect. To be asked after
    /// [`Self::joined`].
    pub fn published(&self) -> Result<Duration> {
        self.hear("published_ms").map(|(_, took)| took)
    }

    fn hear(&self, key: &str) -> Result<(Instant, Duration)> {
        let late = || format!("a robot does not say {key}");
        let (at, said) = self.lines.recv_timeout(PATIENCE).with_context(late)?;
        let took = said[key].as_f64().map(|ms| Duration::from_secs_f64(ms / 1e3)).with_context(late)?;
        Ok((at.checked_sub(took).with_context(late)?, took))
    }
}

impl Drop for Robot {
    fn drop(&mut self) {
        drop(self.input.take());
        // It takes its leave of the room within 3 s, or ends by itself.
        for _ in 0..200 {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
