//! What a person has to install: a Go, a Python with pip. Missing or too old, each is named with
//! the command to type, all of them at once.

use std::process::Command;

use anyhow::{Result, bail};

use super::version;
use crate::{pins, shell};

/// Fails with the list of what is missing or too old.
pub fn check() -> Result<()> {
    let go = said(Command::new("go").arg("version").current_dir("/"));
    let python = said(Command::new("python3").arg("--version"));
    let pip = said(Command::new("python3").args(["-m", "pip", "--version"]));
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let missing: Vec<String> =
        [judge_go(go.as_deref(), &system), judge_python(python.as_deref()), judge_pip(pip.as_deref())]
            .into_iter()
            .flatten()
            .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("this machine lacks what set-up builds on:\n  {}", missing.join("\n  "))
}

fn said(command: &mut Command) -> Option<String> {
    shell::read(command).ok()
}

fn judge_go(said: Option<&str>, system: &str) -> Option<String> {
    let (major, minor) = pins::GO_AT_LEAST;
    let found = match said {
        Some(text) if version::first(text) >= Some(pins::GO_AT_LEAST) => return None,
        Some(text) => format!("this one is too old: {text}"),
        None => "there is none on PATH".to_owned(),
    };
    // Debian 12 itself stops at 1.19.
    let command = match system.contains("VERSION_CODENAME=bookworm") {
        true => "sudo apt-get install -t bookworm-backports golang-go (with bookworm-backports switched on)",
        false => "sudo apt-get install golang-go",
    };
    Some(format!("Go {major}.{minor} or newer, for livekit-server ({found}): {command}"))
}

fn judge_python(said: Option<&str>) -> Option<String> {
    let (oldest, newest) = pins::PYTHON;
    let wanted =
        format!("Python {}.{} to {}.{}, for the LiveKit library", oldest.0, oldest.1, newest.0, newest.1);
    match said {
        Some(text) if version::first(text).is_some_and(|found| (oldest..=newest).contains(&found)) => None,
        Some(text) => Some(format!("{wanted} (found {text}): put such a python3 first on PATH")),
        None => Some(format!("{wanted} (there is none on PATH): sudo apt-get install python3 python3-pip")),
    }
}

fn judge_pip(said: Option<&str>) -> Option<String> {
    match said {
        Some(_) => None,
        None => Some("pip for that Python: sudo apt-get install python3-pip".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_go_is_named_with_the_command_of_this_system() {
        let old = Some("go version go1.19.8 linux/amd64");
        let on_debian = judge_go(old, "VERSION_CODENAME=bookworm").unwrap();
        assert!(on_debian.contains("too old: go version go1.19.8"), "{on_debian}");
        assert!(on_debian.contains("-t bookworm-backports golang-go"), "{on_debian}");
        let on_ubuntu = judge_go(None, "VERSION_CODENAME=noble").unwrap();
        assert!(
            on_ubuntu.ends_with("(there is none on PATH): sudo apt-get install golang-go"),
            "{on_ubuntu}"
        );
        assert_eq!(judge_go(Some("go version go1.21.0 linux/amd64"), ""), None);
    }

    #[test]
    fn a_python_without_wheels_is_refused_at_both_ends() {
        assert_eq!(judge_python(Some("Python 3.11.2")), None);
        assert_eq!(judge_python(Some("Python 3.13.9")), None);
        assert!(judge_python(Some("Python 3.9.2")).is_some());
        assert!(judge_python(Some("Python 3.14.0")).is_some());
        assert!(judge_python(None).unwrap().contains("apt-get install python3"));
    }
}
