//! The keeper's process; what it does is described at [`studio_rtc::keeper`].

use std::process::ExitCode;

use studio_rtc::keeper::{self, Config, Ports};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(error) = keeper::become_server(&arguments) {
        // On standard output, where the server itself says why it could not start.
        println!("cannot start {}: {error}", arguments.last().map_or("", String::as_str));
        return ExitCode::FAILURE;
    }
    // A session of its own: what the terminal sends to the app must not end the server of a crashed one.
    let _ = rustix::process::setsid();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let config: Config = serde_json::from_reader(std::io::stdin())
        .map_err(|error| format!("started by the app, with its settings on standard input: {error}"))?;
    // Not its path: a build may have put another file there since.
    let program = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe()? };
    Ok(keeper::hold(&config, &program, Ports::free)?)
}
