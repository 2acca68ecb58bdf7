//! A display and a session bus for machines that have none: Xvfb with openbox, dbus-daemon.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::shell;

/// What a window needs around it. What was started here ends with this value, or with us.
pub struct Desk {
    display: Option<(Running, Running, String)>,
    bus: Option<(Running, String)>,
}

impl Desk {
    /// Uses the display and the bus that are there, and starts what is not.
    pub fn find() -> Result<Self> {
        let display =
            if is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") { None } else { Some(start_display()?) };
        // A bus that belongs to another display would send our window there.
        let bus =
            if display.is_none() && is_set("DBUS_SESSION_BUS_ADDRESS") { None } else { Some(start_bus()?) };
        Ok(Self { display, bus })
    }

    /// A display and a bus of our own, whatever is there: tests share no desktop with a person.
    pub fn own() -> Result<Self> {
        Ok(Self { display: Some(start_display()?), bus: Some(start_bus()?) })
    }

    /// The number of the display that was started, such as `:99`.
    pub fn started(&self) -> Option<&str> {
        self.display.as_ref().map(|(_, _, name)| name.as_str())
    }

    /// Makes `command` find this display and this bus.
    pub fn give_to(&self, command: &mut Command) {
        if let Some((_, _, name)) = &self.display {
            command.env("DISPLAY", name).env("GDK_BACKEND", "x11").env_remove("WAYLAND_DISPLAY");
        }
        if let Some((_, address)) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", address);
        }
    }
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn start_display() -> Result<(Running, Running, String)> {
    // With `-displayfd` it chooses a free number itself and tells it once it is ready.
    let mut xvfb = tied("Xvfb".as_ref());
    xvfb.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "+extension", "GLX", "-noreset"]);
    let (server, number) = announced(xvfb.args(["-nolisten", "tcp"]), "Xvfb")?;
    let name = format!(":{number}");
    let mut openbox = tied("openbox".as_ref());
    let quiet =
        openbox.env("DISPLAY", &name).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let windows = Running(quiet.spawn().context("starting openbox")?);
    Ok((windows, server, name))
}

fn start_bus() -> Result<(Running, String)> {
    let mut bus = tied("dbus-daemon".as_ref());
    announced(bus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]), "dbus-daemon")
}

/// A display with nothing on it.
pub struct Bare {
    name: String,
    _server: Running,
}

impl Bare {
    /// One of this size.
    pub fn start((width, height): (u32, u32)) -> Result<Self> {
        let mut xvfb = tied("Xvfb".as_ref());
        xvfb.args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-noreset"]);
        let (server, number) = announced(xvfb.args(["-nolisten", "tcp"]), "Xvfb")?;
        Ok(Self { name: format!(":{number}"), _server: server })
    }

    /// Its number, such as `:99`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Starts a server and waits for the line with which it says that it is ready.
fn announced(command: &mut Command, name: &str) -> Result<(Running, String)> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().with_context(|| format!("starting {name}"))?);
    let said = running.0.stdout.take().context("standard output is a pipe")?;
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line).with_context(|| format!("hearing from {name}"))?;
    ensure!(!line.trim().is_empty(), "{name} ended before it was ready; type its name to see why");
    Ok((running, line.trim().to_owned()))
}

/// `program`, told by the kernel to end when we do, however we end.
fn tied(program: &OsStr) -> Command {
    if shell::which("setpriv").is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command
}

/// A child that ends when this value goes, and when we do.
pub struct Running(Child);

impl Running {
    /// Starts a program; its standard output can be [taken](Self::output).
    pub fn start(program: &Path, arguments: &[&str], environment: &[(&str, String)]) -> Result<Self> {
        let mut command = tied(program.as_os_str());
        command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        Ok(Self(command.spawn().with_context(|| format!("starting {}", program.display()))?))
    }

    /// What it writes to standard output; once.
    pub fn output(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Asked first, because it leaves a lock or a socket behind when it is killed.
        if let Err(error) = shell::end(&mut self.0, Duration::from_secs(2)) {
            eprintln!("ending what was started for the display: {error:#}");
        }
    }
}
