//! Everything that is done to this tree: set it up, build it, run it, prove it.
//!
//! `main` is a table of commands. Each has a file of its own and gets its arguments untouched.
//! Standard output belongs to results; what happens on the way goes to standard error.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bench;
mod build;
mod check;
mod coverage;
mod descriptors;
mod dev;
mod digest;
mod display;
mod files;
mod pins;
mod run;
mod setup;
mod shell;
mod show;
mod soak;
mod steps;
mod test;
mod tree;
mod ui;

use std::process::ExitCode;

use anyhow::Result;

use crate::tree::Tree;

/// One command: its name, its arguments, what it does, and the function that does it.
struct Command {
    name: &'static str,
    arguments: &'static str,
    does: &'static str,
    run: fn(&Tree, &[String]) -> Result<ExitCode>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "setup",
        arguments: "[--yes]",
        does: "fetch what the tree needs; asks before anything is installed as root",
        run: setup::command,
    },
    Command {
        name: "build",
        arguments: "[--release] [--yes]",
        does: "build everything; the last line is the path of the app's binary",
        run: build::command,
    },
    Command {
        name: "run",
        arguments: "[--release] [--yes] [-- ARGS]",
        does: "build, then start the app with ARGS; without a display it starts under Xvfb",
        run: run::command,
    },
    Command {
        name: "dev",
        arguments: "[--yes] [-- ARGS]",
        does: "run the app, rebuild and reload it at every change",
        run: dev::command,
    },
    Command {
        name: "test",
        arguments: "[--yes] [FILTER] [--lib] [--test NAME] [--bin NAME] [-- ARGS]",
        does: "build and run the tests against the real parts",
        run: test::command,
    },
    Command {
        name: "check",
        arguments: "[--yes]",
        does: "format, lints, documentation, wasm, text, licences",
        run: check::command,
    },
    Command {
        name: "coverage",
        arguments: "",
        does: "name the passing test of each requirement claimed in tests/coverage.txt",
        run: coverage::command,
    },
    Command {
        name: "bench",
        arguments: "compose [--tiles 1,4,9,20] [--frames N] [--rounds N]",
        does: "measure our compositor beside ffmpeg's and GStreamer's",
        run: bench::command,
    },
    Command {
        name: "bench",
        arguments: "room [--quick] [--json] [--debug] [--pairs N] [--words N] [--visits N]",
        does: "measure how people join a show, how it follows them, and what they cost",
        run: bench::command,
    },
    Command {
        name: "bench",
        arguments: "sound [--only mixers|clicks|screens] [--rounds N] [--seconds N] [--clicks N] [--guests N] [--frames N] [--json]",
        does: "measure mixing and screens beside ffmpeg and GStreamer, and how old guests' sound is",
        run: bench::command,
    },
    Command {
        name: "soak",
        arguments: "room [--only restarts|resumes|kills] [--restarts N] [--resumes N] [--kills N] [--seed S]",
        does: "wear a room out: its server, its connections and its engines, until Ctrl-C at most",
        run: soak::command,
    },
    Command {
        name: "soak",
        arguments: "sound [--only steady|switches] [--seconds N] [--switches N] [--json]",
        does: "run a show on devices whose clocks are off, then switch them on air, again and again",
        run: soak::command,
    },
    Command {
        name: "descriptors",
        arguments: "",
        does: "write the message types of the pinned LiveKit library into livekit-ffi-rs",
        run: test::write_descriptors,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprint!("{}", help());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("xtask: there is no command '{name}'\n\n{}", help());
        return ExitCode::from(2);
    };
    match Tree::find().and_then(|tree| (command.run)(&tree, rest)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for Command { name, arguments, does, .. } in COMMANDS {
        text.push_str(&format!("  {name} {arguments}\n      {does}\n"));
    }
    text
}
