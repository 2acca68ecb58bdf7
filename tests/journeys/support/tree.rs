//! Looks at processes: who came from whom, and what is left.

use std::fs;
use std::path::Path;

/// A running process.
#[derive(Clone, Debug)]
pub struct Process {
    pub pid: u32,
    pub parent: u32,
    pub name: String,
}

/// Every process that runs now; zombies do not.
pub fn all() -> Vec<Process> {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(read)
        .collect()
}

fn read(pid: u32) -> Option<Process> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    let mut fields = rest.split_ascii_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    let parent = fields.next()?.parse().ok()?;
    let exe = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    Some(Process { pid, parent, name: exe.file_name()?.to_string_lossy().into_owned() })
}

/// A process and everything that came from it.
pub fn family(root: u32) -> Vec<Process> {
    let all = all();
    let mut pids = vec![root];
    let mut at = 0;
    while at < pids.len() {
        let parent = pids[at];
        pids.extend(all.iter().filter(|process| process.parent == parent).map(|process| process.pid));
        at += 1;
    }
    all.into_iter().filter(|process| pids.contains(&process.pid)).collect()
}

/// Processes of one name within a family.
pub fn named(root: u32, name: &str) -> Vec<u32> {
    family(root).into_iter().filter(|process| process.name == name).map(|process| process.pid).collect()
}

/// Which of these still run.
pub fn left(before: &[Process]) -> Vec<Process> {
    let now = all();
    before.iter().filter(|old| now.iter().any(|p| p.pid == old.pid && p.name == old.name)).cloned().collect()
}

/// Sends a signal.
pub fn signal(pid: u32, name: &str) {
    let status = std::process::Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status();
    assert!(status.unwrap().success(), "kill -{name} {pid}");
}

/// The words a process was started with, and its environment.
pub fn told(pid: u32) -> String {
    let read = |what: &str| fs::read(Path::new("/proc").join(pid.to_string()).join(what)).unwrap_or_default();
    let words = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
    words + "\n" + &String::from_utf8_lossy(&read("environ")).replace('\0', "\n")
}
