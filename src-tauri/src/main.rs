//! Which face of Sidestage is asked for: the studio's window, the same without one, or a rehearsal.

use std::process::ExitCode;

use clap::Parser;
use sidestage_app::arguments::{Arguments, Face};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no failure; everything else is "wrong arguments".
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    keep_loopback_direct();
    match &arguments.face {
        Some(Face::Rehearse(rehearsal)) => sidestage_app::rehearse::run(arguments.home, rehearsal),
        Some(Face::Console) => sidestage_app::console::run(&arguments),
        None => {
            prefer_cheap_drawing();
            sidestage_app::shell::run(&arguments)
        }
    }
}

/// A proxy for the internet must never see calls to the studio's own server, which carry its keys' tokens.
fn keep_loopback_direct() {
    const LOOPBACK: &str = "127.0.0.1,localhost";
    for name in ["NO_PROXY", "no_proxy"] {
        let set = std::env::var(name).unwrap_or_default();
        if !set.contains("127.0.0.1") {
            set_first(name, &if set.is_empty() { LOOPBACK.to_owned() } else { format!("{set},{LOOPBACK}") });
        }
    }
}

/// On a machine without a render node WebKit's DMABUF renderer costs twice as much as painting in memory.
/// A user who has chosen for themselves is left alone.
fn prefer_cheap_drawing() {
    const CHOICE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(CHOICE).is_none() && !sidestage_app::preview::has_gpu() {
        set_first(CHOICE, "1");
    }
}

/// Sets a variable that libraries read from the environment only.
#[allow(unsafe_code, reason = "neither WebKit nor the server API's client can be told otherwise")]
fn set_first(name: &str, value: &str) {
    // SAFETY: called before anything else in `main`; no other thread exists that could read the environment.
    unsafe {
        std::env::set_var(name, value);
    }
}
