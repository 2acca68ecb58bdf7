//! The log: a file a day, fourteen kept, and standard error; no token in either.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use studio_rtc::secret::redact;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const KEPT: usize = 14;
const LEVEL: &str = "SIDESTAGE_LOG";

/// Starts logging into a folder. What was logged is in the file once the guard is dropped.
pub fn start(folder: &Path) -> anyhow::Result<WorkerGuard> {
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("sidestage")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .with_context(|| format!("opening a log in {}", folder.display()))?;
    let (file, guard) = tracing_appender::non_blocking(file);
    let level = EnvFilter::try_from_env(LEVEL).unwrap_or_else(|_| EnvFilter::new("info"));
    let to_file = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Redacted(file));
    let to_terminal = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Redacted(io::stderr));
    tracing_subscriber::registry().with(level).with(to_file).with(to_terminal).try_init()?;
    log_panics();
    Ok(guard)
}

/// Panics of any thread go to the log, with their place.
fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(place = ?panic.location().map(ToString::to_string), "{panic}");
        before(panic);
    }));
}

/// Cuts tokens out of every line on its way.
#[derive(Clone)]
struct Redacted<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacted<M> {
    type Writer = RedactedLine<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactedLine(self.0.make_writer())
    }
}

struct RedactedLine<W>(W);

impl<W: Write> Write for RedactedLine<W> {
    // The formatter hands over whole lines, so a token is never split between two calls.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_reaches_the_writer() {
        let mut out = RedactedLine(Vec::new());
        out.write_all(b"joining with eyJhbGciOi.J9.x-y_z now\n").unwrap();
        let line = String::from_utf8(out.0).unwrap();
        assert_eq!(line, "joining with eyJ… now\n");
    }
}
