//! `sidestage-robot`: reads its [`studio_robot::Seat`] as one line of standard input, sits in it, and leaves when
//! the input ends.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use studio_robot::{Ending, Seat, attend};

/// More than any seat is long.
const LONGEST: u64 = 64 << 10;
/// A library that hangs must not keep the robot from leaving.
const TO_LEAVE: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    // A library that aborts is not worth a core file.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let mut line = String::new();
    let read = io::Read::take(io::stdin().lock(), LONGEST).read_line(&mut line);
    let seat: Seat = match read.map_err(|error| error.to_string()).and_then(|_| {
        // What is wrong is told without the line: there is a token in it.
        serde_json::from_str(&line).map_err(|error| format!("no seat: {:?} error", error.classify()))
    }) {
        Ok(seat) => seat,
        Err(error) => {
            eprintln!("sidestage-robot: {error}");
            return ExitCode::from(2);
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    thread::spawn(move || {
        // Nothing more is expected; the end of it is what counts.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        told.store(true, Ordering::Relaxed);
        thread::sleep(TO_LEAVE);
        std::process::exit(1);
    });
    let mut say = |line: &str| {
        // Nobody has to listen.
        let _ = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
    };
    match attend(&seat, &stop, &mut say) {
        Ok(Ending::Told) => ExitCode::SUCCESS,
        Ok(Ending::PutOut) => {
            eprintln!("sidestage-robot: {} was put out of the room", seat.identity);
            ExitCode::SUCCESS
        }
        Ok(Ending::Failed) => {
            eprintln!("sidestage-robot: {} could not get into the room", seat.identity);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("sidestage-robot: {error}");
            ExitCode::FAILURE
        }
    }
}
