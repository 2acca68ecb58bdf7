//! What can be done to a process from outside.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Stops the process until [`thaw`]: **it stands still when this returns**. Its sockets stay open and nobody
/// answers on them.
///
/// # Panics
/// As all of these do, when there is no such process or it is not ours.
pub fn freeze(pid: u32) {
    send(pid, Signal::STOP);
    // The signal is only taken at the process's next step.
    let end = Instant::now() + Duration::from_secs(10);
    while !stands_still(pid) {
        assert!(Instant::now() < end, "process {pid} does not stand still");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn stands_still(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    let stat = stat.unwrap_or_else(|error| panic!("process {pid} is gone: {error}"));
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['T', 't']))
}

/// Lets a frozen process go on.
pub fn thaw(pid: u32) {
    send(pid, Signal::CONT);
}

/// Ends the process at once, without a word to it.
pub fn kill(pid: u32) {
    send(pid, Signal::KILL);
}

fn send(pid: u32, signal: Signal) {
    // Zero and negative numbers would mean groups of processes.
    let pid = i32::try_from(pid).ok().filter(|pid| *pid > 1).and_then(Pid::from_raw);
    let pid = pid.expect("a process id is a positive number");
    kill_process(pid, signal).unwrap_or_else(|error| panic!("{signal:?} to {pid:?}: {error}"));
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Command, Stdio};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn a_frozen_process_answers_only_after_it_is_thawed_and_a_killed_one_is_gone() {
        let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (send, answers) = channel();
        let output = cat.stdout.take().unwrap();
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
        });
        let mut input = cat.stdin.take().unwrap();

        super::freeze(cat.id());
        assert!(super::stands_still(cat.id()));
        writeln!(input, "hello").unwrap();
        assert!(answers.recv_timeout(Duration::from_millis(100)).is_err());
        super::thaw(cat.id());
        assert_eq!(answers.recv_timeout(Duration::from_secs(20)).unwrap(), "hello");
        super::kill(cat.id());
        assert_eq!(cat.wait().unwrap().signal(), Some(9));
    }

    #[test]
    #[should_panic(expected = "positive number")]
    fn nobody_is_a_group_of_processes() {
        super::kill(0);
    }
}
