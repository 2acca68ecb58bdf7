//! Debian packages: dpkg is asked first, so that a machine that has them needs no root.

use std::io::{IsTerminal, Write};
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Installs those of `wanted` that are missing, after listing them and asking.
pub fn install(wanted: &[&str], yes: bool) -> Result<()> {
    if shell::which("dpkg-query").is_none() {
        eprintln!(
            "packages: this is no Debian or Ubuntu; what these hold must be there: {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing = missing(wanted, &installed(wanted)?);
    if missing.is_empty() {
        return Ok(());
    }
    let root = rustix::process::geteuid().is_root();
    let line = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    let typed = if root { line } else { format!("sudo {line}") };
    eprintln!("packages: {} are missing; as root this is to be run:\n  {typed}", missing.len());
    if !yes && !asked()? {
        bail!("nothing was installed. Type the line above, or call again with --yes");
    }
    shell::run(apt(root).arg("update").arg("-q"))?;
    shell::run(apt(root).args(["install", "-q", "-y", "--no-install-recommends"]).args(&missing))
}

/// dpkg's words for `wanted`: a line `NAME STATUS` for each name it knows.
fn installed(wanted: &[&str]) -> Result<String> {
    // It ends with 1 when a name is unknown, which is an answer here and no failure.
    let mut ask = Command::new("dpkg-query");
    let output = ask.args(["-W", "-f", "${Package} ${db:Status-Status}\n"]).args(wanted).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn missing<'a>(wanted: &[&'a str], said: &str) -> Vec<&'a str> {
    let has = |name: &str| said.lines().any(|line| line.split_once(' ') == Some((name, "installed")));
    wanted.iter().copied().filter(|name| !has(name)).collect()
}

fn asked() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("Run it now? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn apt(root: bool) -> Command {
    // sudo drops the environment, env puts this one back behind it.
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        command.arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn removed_and_unknown_packages_are_missing() {
        let said = "xvfb installed\nopenbox config-files\nlibegl1 installed\nlibegl1 not-installed\n";
        assert_eq!(missing(&["xvfb", "openbox", "ffmpeg", "libegl1"], said), ["openbox", "ffmpeg"]);
    }

    #[test]
    fn a_name_that_begins_like_another_is_not_taken_for_it() {
        assert_eq!(missing(&["dbus"], "dbus-x11 installed\n"), ["dbus"]);
    }
}
