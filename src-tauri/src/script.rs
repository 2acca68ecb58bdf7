//! Commands from a file, run as the host: one `{"at_ms": …, "command": …}` a line.

use std::path::Path;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use studio_media::clock;
use studio_wire::{Actor, Command, ShowTime};
use thiserror::Error;

use crate::runtime::Inbox;

/// One line of a script.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Milliseconds after the script's start.
    pub at_ms: u64,
    /// What the window would send.
    pub command: Command,
}

/// Why a script was not taken.
#[derive(Debug, Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// A line is not a command.
    #[error("{path}, line {line}: {error}")]
    Line {
        /// Which file.
        path: String,
        /// Counted from 1.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
}

/// Reads a whole script, in the order of its times. Empty lines are passed over.
pub fn read(path: &Path) -> Result<Vec<Line>, ScriptError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| ScriptError::Unreadable { path: name.clone(), error })?;
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        lines.push(serde_json::from_str::<Line>(line).map_err(|error| ScriptError::Line {
            path: name.clone(),
            line: number + 1,
            error,
        })?);
    }
    lines.sort_by_key(|line| line.at_ms);
    Ok(lines)
}

/// Runs a script from a moment on, on a thread of its own; `refused` gets what was not done.
pub fn play(
    lines: Vec<Line>,
    from: ShowTime,
    inbox: Inbox,
    refused: impl Fn(studio_wire::Fault) + Clone + Send + 'static,
) -> std::io::Result<()> {
    thread::Builder::new().name("script".to_owned()).spawn(move || {
        for line in lines {
            let due = from + ShowTime::from_ms(line.at_ms);
            thread::sleep(Duration::from_nanos(due.since(clock::now()).0));
            let refused = refused.clone();
            let answer = move |result| {
                if let Err(fault) = result {
                    refused(fault);
                }
            };
            inbox.ask(Actor::LocalHost, line.command, Box::new(answer));
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_wire::{Bus, LayoutName, ShowCommand};

    fn script(text: &str) -> Result<Vec<Line>, ScriptError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("script");
        std::fs::write(&file, text).unwrap();
        read(&file)
    }

    #[test]
    fn a_script_is_read_in_the_order_of_its_times() {
        let lines = script(
            r#"{"at_ms": 900, "command": {"show": "end_stream"}}

               {"at_ms": 10, "command": {"show": {"layout": {"bus": "program", "layout": "solo"}}}}"#,
        )
        .unwrap();
        let solo = ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo };
        assert_eq!(lines[0], Line { at_ms: 10, command: Command::Show(solo) });
        assert_eq!(lines[1].command, Command::Show(ShowCommand::EndStream));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let error = script("{\"at_ms\": 1, \"command\": {\"show\": \"recover\"}}\nnonsense").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
