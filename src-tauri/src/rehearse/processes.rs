//! What our processes used: this one and all that came from it, read from `/proc` twice a second.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::Serialize;

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// One process, as it was last seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Used {
    /// The file it runs.
    pub name: String,
    /// User and system time, in seconds.
    pub cpu_s: f64,
    /// Most memory resident at once, in bytes.
    pub peak_rss: u64,
}

/// Looks until it is ended.
pub(super) struct Watch {
    stop: SyncSender<()>,
    thread: JoinHandle<BTreeMap<u32, Used>>,
}

impl Watch {
    pub fn start() -> std::io::Result<Self> {
        let (stop, stopped) = sync_channel(1);
        let thread = thread::Builder::new().name("processes".to_owned()).spawn(move || {
            let mut seen = BTreeMap::new();
            loop {
                look(&mut seen);
                match stopped.recv_timeout(LOOK_EVERY) {
                    Err(RecvTimeoutError::Timeout) => {}
                    _ => return seen,
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Every process that was seen, those that have ended too, in the order of their start.
    pub fn end(self) -> Vec<Used> {
        let _ = self.stop.send(());
        self.thread.join().map(|seen| seen.into_values().collect()).unwrap_or_default()
    }
}

fn look(seen: &mut BTreeMap<u32, Used>) {
    for pid in family(std::process::id()) {
        if let Some(used) = read(pid) {
            seen.insert(pid, used);
        }
    }
}

/// A process and all its descendants.
fn family(root: u32) -> BTreeSet<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| Some((pid, stat(pid)?.first()?.parse().ok()?)))
        .collect();
    let mut family = BTreeSet::from([root]);
    loop {
        let before = family.len();
        family.extend(
            parents
                .iter()
                .filter(|(_, parent)| family.contains(parent))
                .map(|(pid, _)| *pid)
                .collect::<Vec<_>>(),
        );
        if family.len() == before {
            return family;
        }
    }
}

/// The fields of `/proc/PID/stat` from the parent's number on (the name before it may hold spaces).
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split_ascii_whitespace().skip(1).map(str::to_owned).collect())
}

fn read(pid: u32) -> Option<Used> {
    const USER: usize = 10; // the 14th field of stat, counted from the parent's
    let fields = stat(pid)?;
    let ticks = fields.get(USER)?.parse::<f64>().ok()? + fields.get(USER + 1)?.parse::<f64>().ok()?;
    #[allow(clippy::cast_precision_loss, reason = "100 or so")]
    let per_second = rustix::param::clock_ticks_per_second() as f64;
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let kilobytes: u64 = field("VmHWM:")?.split_ascii_whitespace().next()?.parse().ok()?;
    let exe = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    let name = exe.file_name()?.to_string_lossy().trim_end_matches(" (deleted)").to_owned();
    Some(Used { name, cpu_s: ticks / per_second, peak_rss: kilobytes * 1024 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_seen_and_remembered_after_its_end() {
        let watch = Watch::start().unwrap();
        let mut child = std::process::Command::new("sleep").arg("0.8").spawn().unwrap();
        child.wait().unwrap();
        let names: Vec<_> = watch.end().into_iter().map(|used| used.name).collect();
        assert!(names.iter().any(|name| name.contains("sleep") || name.contains("coreutils")), "{names:?}");
        assert!(names.iter().any(|name| name.contains("sidestage")), "{names:?}");
    }

    #[test]
    fn our_own_memory_and_time_are_figures_of_this_machine() {
        let used = read(std::process::id()).unwrap();
        assert!(used.peak_rss > 100_000 && used.cpu_s < 10_000.0, "{used:?}");
    }
}
