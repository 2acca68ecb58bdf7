//! `cargo xtask run`: set up, build, start the app. Its exit code is the app's.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::display::Desk;
use crate::tree::Tree;
use crate::{build, setup, shell};

/// `cargo xtask run [--release] [--yes] [-- ARGS]`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    let (own, handed) = split(arguments);
    let (yes, own) = setup::take_yes(own);
    let release = match own.as_slice() {
        [] => false,
        [release] if release == "--release" => true,
        [other, ..] => bail!("run does not know {other}; the app's own arguments come after --"),
    };
    setup::ready(tree, yes)?;
    let app = build::everything(tree, release)?;
    let desk = desk_for(tree, handed)?;
    let status = app_on(desk.as_ref(), &app, handed).status();
    Ok(shell::exit_code(status.with_context(|| format!("starting {}", app.display()))?))
}

/// What the app's window needs, or nothing for the headless show.
pub fn desk_for(tree: &Tree, handed: &[String]) -> Result<Option<Desk>> {
    if handed.first().is_some_and(|face| face == "rehearse") {
        return Ok(None);
    }
    let desk = Desk::find()?;
    if let Some(display) = desk.started() {
        let picture = tree.show(&tree.root.join("target/shot.png"));
        eprintln!("There is no display here: the window opens under Xvfb, on {display}.");
        eprintln!("To see it:  import -display {display} -window root {picture}");
    }
    Ok(Some(desk))
}

/// The app with its arguments, ready to start.
pub fn app_on(desk: Option<&Desk>, app: &Path, handed: &[String]) -> Command {
    let mut command = Command::new(app);
    command.args(handed);
    if let Some(desk) = desk {
        desk.give_to(&mut command);
    }
    command
}

/// Our arguments, and those after `--`.
pub fn split(arguments: &[String]) -> (&[String], &[String]) {
    match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_apps_arguments_come_after_the_double_dash() {
        let line = ["--yes", "--", "rehearse", "--", "x"].map(String::from);
        assert_eq!(split(&line), (&line[..1], &line[2..]));
        assert_eq!(split(&line[..1]), (&line[..1], &[][..]));
    }
}
