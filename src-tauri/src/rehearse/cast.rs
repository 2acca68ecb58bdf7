//! Who takes part: robots, each a process of its own, and seats for foreign clients.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use studio_rtc::{Rtc, SeatToken, Tools};
use studio_wire::{Identity, Role};

use super::News;
use crate::arguments::Seats;

/// Where a robot looks for the LiveKit library; a path, no secret.
const LIBRARY: &str = "SIDESTAGE_LIVEKIT_LIB";

/// What a robot tells about itself.
pub(super) struct RobotNews {
    pub k: u32,
    pub said: RobotSaid,
}

/// One line of a robot's standard output.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct RobotSaid {
    /// From its start to the room's welcome.
    pub joined_ms: f64,
}

/// What a robot is told on its standard input; it holds a token, so it is never an argument.
#[derive(Serialize)]
struct RobotSeat<'a> {
    url: &'a str,
    token: &'a str,
    identity: &'a str,
    k: u32,
    /// One of them also takes in the program.
    program: Option<AirSeat<'a>>,
}

#[derive(Serialize)]
struct AirSeat<'a> {
    url: &'a str,
    token: &'a str,
}

/// A running robot. It ends when this is dropped.
pub(super) struct Robot {
    pub identity: Identity,
    pub k: u32,
    child: Child,
    input: Option<ChildStdin>,
}

impl Drop for Robot {
    fn drop(&mut self) {
        drop(self.input.take());
        for _ in 0..100 {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(std::time::Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts robot `k`. The first one also watches the program, as the audience does.
pub(super) fn robot(rtc: &Rtc, k: u32, news: Sender<News>) -> anyhow::Result<Robot> {
    let identity = format!("robot-{}", k + 1);
    let seat = seat(rtc, Role::Guest, &identity)?;
    let air = if k == 0 { Some(air_seat(rtc, "audience-robot")?) } else { None };
    let program = air.as_ref().map(|air| AirSeat { url: &air.url, token: &air.token.0 });
    let told = RobotSeat { url: &seat.url, token: &seat.token.0, identity: &identity, k, program };

    let path = beside("sidestage-robot")?;
    let mut child = Command::new(&path)
        .env(LIBRARY, library()?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", path.display()))?;
    let mut input = child.stdin.take().context("a robot's standard input")?;
    serde_json::to_writer(&mut input, &told)?;
    input.write_all(b"\n")?;
    input.flush()?;
    let output = child.stdout.take().context("a robot's standard output")?;
    thread::Builder::new().name(format!("robot {k}")).spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Ok(said) = serde_json::from_str(&line) {
                let _ = news.send(News::Robot(RobotNews { k, said }));
            }
        }
    })?;
    Ok(Robot { identity: Identity(identity), k, child, input: Some(input) })
}

/// The library that the app itself uses.
fn library() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let found = Tools::find(here.parent().unwrap_or(&here)).library;
    found.map_err(|looked| anyhow::anyhow!("no LiveKit library in {}", looked.join(", ")))
}

fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    anyhow::ensure!(path.exists(), "{} is missing; `cargo xtask build` makes it", path.display());
    Ok(path)
}

fn seat(rtc: &Rtc, role: Role, identity: &str) -> anyhow::Result<SeatToken> {
    rtc.seat(role, identity).map_err(|fault| anyhow::anyhow!("no seat for {identity}: {}", fault.code()))
}

fn air_seat(rtc: &Rtc, identity: &str) -> anyhow::Result<SeatToken> {
    rtc.air_seat(identity).map_err(|fault| anyhow::anyhow!("no seat for {identity}: {}", fault.code()))
}

/// Seats for foreign clients: everybody's but the first viewer's, which is `air`.
#[derive(Serialize)]
struct Given {
    seats: Vec<SeatToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    air: Option<SeatToken>,
}

/// Prints seats for foreign clients as one line.
pub(super) fn print_seats(rtc: &Rtc, wanted: Seats, out: &mut impl Write) -> anyhow::Result<()> {
    let mut seats = Vec::new();
    for (role, identity) in wanted.everybody() {
        let seat = rtc.seat_for(role, &identity, "");
        seats.push(seat.map_err(|fault| anyhow::anyhow!("no seat for {identity}: {}", fault.code()))?);
    }
    let air = seats.iter().position(|seat| seat.role == Role::Viewer).map(|at| seats.remove(at));
    serde_json::to_writer(&mut *out, &Given { seats, air })?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}
