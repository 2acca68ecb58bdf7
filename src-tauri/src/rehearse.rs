//! The headless show: server, engines, core, recorder and synthetic guests, and a report of what came of it.
//!
//! It is a client of the studio like the window: it follows snapshots and asks as the host. What the report
//! says of the recording is read from the decoded file, not from our own counters.

mod cast;
mod devices;
mod direct;
mod figures;
mod processes;
mod report;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};

use anyhow::Context as _;
use studio_core::Start;
use studio_wire::shell::ShellOrder;
use studio_wire::{Fault, Snapshot, Update};

use crate::arguments::Rehearsal;
use crate::home::Home;
use crate::ports::{MediaChoice, Opened, Ports};
use crate::runtime::{Inbox, Runtime};
use crate::{logging, script, start};

const INTERRUPTED: u8 = 130;

/// What happens around a rehearsal.
enum News {
    Snapshot(Box<Snapshot>),
    Refused(Fault),
    Robot(cast::RobotNews),
    Interrupted,
}

/// Runs a rehearsal. Exit code 0 when the show went through and the file is whole, 1 when show or file
/// failed, 2 for a script that cannot be read, 130 after SIGINT or SIGTERM.
pub fn run(home: Option<PathBuf>, rehearsal: &Rehearsal) -> ExitCode {
    let lines = match rehearsal.script.as_deref().map(script::read).transpose() {
        Ok(lines) => lines.unwrap_or_default(),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    match rehearse(home.as_deref(), rehearsal, lines) {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How a rehearsal ended.
struct Outcome {
    whole: bool,
    interrupted: bool,
}

impl Outcome {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self { interrupted: true, .. } => ExitCode::from(INTERRUPTED),
            Self { whole: true, .. } => ExitCode::SUCCESS,
            Self { whole: false, .. } => ExitCode::FAILURE,
        }
    }
}

fn rehearse(
    chosen: Option<&Path>,
    rehearsal: &Rehearsal,
    lines: Vec<script::Line>,
) -> anyhow::Result<Outcome> {
    let temporary = tempfile::Builder::new().prefix("sidestage-").tempdir()?;
    let home = Home::open(Some(chosen.unwrap_or(temporary.path())))?;
    let _log = logging::start(&home.log)?;
    let file = rehearsal.record.clone().unwrap_or_else(|| temporary.path().join("rehearsal.mkv"));

    let (inbox, mail) = Inbox::new();
    let (news, heard) = channel();
    let choice = MediaChoice { record_as: Some(file.clone()), burn_ticks: true };
    let shell = |ShellOrder::Exit| {};
    let Opened { ports, kept, media, rtc } = Ports::open(&home, choice, None, &inbox, Box::new(shell))?;
    let mut start = Start { name: "Host".to_owned(), ..start::of(kept, None, false)? };
    start.kept.preferences = devices::chosen(rehearsal, start.kept.preferences);
    let runtime = Runtime::start(inbox.clone(), mail, start, ports).context("starting the studio")?;

    follow(&inbox, news.clone());
    listen_for_signals(news.clone())?;
    let processes = processes::Watch::start()?;
    let stage = direct::Stage { inbox, news, heard, media: media.clone(), rtc, rehearsal, lines };
    let shown = stage.show();
    // The show has stopped; its file may still be remuxed.
    media.settle();

    // Everything of ours ends here, so that what follows measures and says nothing untrue about it.
    drop((runtime, media));
    let used = processes.end();
    let shown = shown?;
    let interrupted = shown.interrupted;
    let report = report::make(rehearsal, &file, shown, used);
    report.print(rehearsal.json, &mut std::io::stdout().lock())?;
    Ok(Outcome { whole: report.is_whole(), interrupted })
}

fn follow(inbox: &Inbox, news: Sender<News>) {
    inbox.subscribe(Box::new(move |update| match update {
        Update::Snapshot(snapshot) => news.send(News::Snapshot(snapshot)).is_ok(),
        Update::Meters(_) | Update::Chat(_) => true,
    }));
}

/// The first signal ends the show as usual; the second ends the process.
fn listen_for_signals(news: Sender<News>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            if asked_to_end().await.is_ok() {
                let _ = news.send(News::Interrupted);
            }
            if asked_to_end().await.is_ok() {
                let _ = std::io::stderr().write_all(b"ended at once\n");
                std::process::exit(i32::from(INTERRUPTED));
            }
        });
    })?;
    Ok(())
}

/// Returns when the process is asked to end by SIGINT or SIGTERM.
pub async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {},
        _ = terminate.recv() => {},
    }
    Ok(())
}

/// The news of a rehearsal, as its director hears them.
type Heard = Receiver<News>;
