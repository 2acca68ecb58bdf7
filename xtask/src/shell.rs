//! Running programs, with messages that say which one failed and how.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

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

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", command.get_program().to_string_lossy())
}
