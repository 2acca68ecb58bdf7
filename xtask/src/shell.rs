//! Running programs, with messages that say which one failed and how.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// Runs `command` with our standard error as its output; fails unless it ends well.
///
/// Standard output is kept free for what a command of ours returns.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.stdout(std::io::stderr()).status().with_context(|| cannot_start(command))?;
    if status.success() {
        return Ok(());
    }
    bail!("{} ended with {status}", name(command))
}

/// Runs `command` and returns what it wrote to standard output, trimmed; fails unless it ends well.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", name(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first file called `program` on `PATH`.
pub fn which(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program.as_ref())).find(|file| file.is_file())
}

/// The command's line as it could be typed.
pub fn name(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let mut line = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// Our exit code for a child that ended with `status`: its own, or 128 and the signal.
pub fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Asks `child` to end, so that it can tidy up, and kills it when that takes longer than `grace`.
pub fn end(child: &mut Child, grace: Duration) -> Result<()> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a child has a process id")?;
    if child.try_wait()?.is_some() {
        return Ok(());
    }
    // Not waited for yet, so the number is still its own.
    kill_process(pid, Signal::TERM)?;
    let asked = Instant::now();
    while child.try_wait()?.is_none() {
        if asked.elapsed() > grace {
            child.kill()?;
            child.wait()?;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", command.get_program().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::piped());
        command
    }

    #[test]
    fn a_child_that_will_not_end_is_killed() {
        let mut child = shell("trap '' TERM; echo ready; while :; do sleep 0.01; done").spawn().unwrap();
        let mut ready = [0; 5];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut ready).unwrap();
        end(&mut child, Duration::from_millis(50)).unwrap();
        assert_eq!(child.try_wait().unwrap().unwrap().code(), None, "a signal ended it");
    }

    #[test]
    fn a_child_that_has_ended_may_be_ended() {
        let mut child = shell("exit 3").spawn().unwrap();
        child.wait().unwrap();
        end(&mut child, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let failed = read(&mut shell("echo no such clip >&2; exit 3")).unwrap_err().to_string();
        assert!(failed.starts_with("sh -c ") && failed.ends_with("no such clip"), "{failed}");
    }
}
