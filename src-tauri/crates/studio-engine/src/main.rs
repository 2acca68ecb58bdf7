//! `sidestage-engine`: [`studio_engine::serve`] on the socket that the app hands over as standard input.

use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

fn main() -> ExitCode {
    // Before anything else: an engine outlives no app, and a library that aborts is not worth a core file.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // What the app reads of us; the library's own words come this way too, with tokens cut out.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();
    let served = studio_lane::hello::from_stdin()
        .map_err(|error| format!("standard input is not the app's socket: {error}"))
        .and_then(|socket| studio_engine::serve(socket).map_err(|error| error.to_string()));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
