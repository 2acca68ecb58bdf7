//! What a process uses, read from `/proc`.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// CPU time of a process and all its threads so far, user and system.
pub fn cpu(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).with_context(|| format!("process {pid}"))?;
    let ticks = ticks(&stat).with_context(|| format!("/proc/{pid}/stat is odd"))?;
    Ok(Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second())?)
}

/// Memory that is resident now, in bytes.
pub fn resident(pid: u32) -> Result<u64> {
    let status =
        fs::read_to_string(format!("/proc/{pid}/status")).with_context(|| format!("process {pid}"))?;
    let kilobytes = kilobytes(&status).with_context(|| format!("/proc/{pid}/status is odd"))?;
    Ok(kilobytes * 1024)
}

/// Cores that each of these uses, on average over that long from now.
pub fn cores(pids: &[u32], long: Duration) -> Result<Vec<f64>> {
    let all = || pids.iter().map(|pid| cpu(*pid)).collect::<Result<Vec<_>>>();
    let (began, before) = (Instant::now(), all()?);
    std::thread::sleep(long);
    let (after, passed) = (all()?, began.elapsed().as_secs_f64());
    Ok(before.iter().zip(after).map(|(before, after)| (after - *before).as_secs_f64() / passed).collect())
}

/// How many processes waited for a core, on average over the last minute.
pub fn load() -> f64 {
    let words = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    words.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or_default()
}

fn ticks(stat: &str) -> Option<u64> {
    // The name before the last bracket may hold anything; user time is the 14th field of all.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

fn kilobytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_times_are_read_whatever_the_process_calls_itself() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0 20";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(kilobytes("VmHWM:\t 9 kB\nVmRSS:\t  12 kB\n"), Some(12));
    }

    #[test]
    fn this_process_uses_time_and_memory() {
        let me = std::process::id();
        assert!(resident(me).unwrap() > 100_000);
        assert_eq!(cores(&[me], Duration::from_millis(20)).unwrap().len(), 1);
        assert!(cpu(me).unwrap() < Duration::from_secs(1_000) && load() >= 0.0);
    }
}
