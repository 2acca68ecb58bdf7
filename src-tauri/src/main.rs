//! Which face of Sidestage is asked for: the studio's window, or a rehearsal without one.

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
    if let Some(Face::Rehearse(rehearsal)) = arguments.face {
        return sidestage_app::rehearse::run(arguments.home, &rehearsal);
    }
    prefer_cheap_drawing();
    sidestage_app::shell::run(arguments.home, arguments.script.as_deref())
}

/// On a machine without a render node WebKit's DMABUF renderer costs twice as much as painting in memory.
/// A user who has chosen for themselves is left alone.
fn prefer_cheap_drawing() {
    const CHOICE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(CHOICE).is_none() && !sidestage_app::preview::has_gpu() {
        #[allow(unsafe_code, reason = "WebKit reads this choice from the environment only")]
        // SAFETY: the first thing this process does; no other thread exists that could read the environment.
        unsafe {
            std::env::set_var(CHOICE, "1");
        }
    }
}
