//! The window: Tauri's builder, start and end.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use studio_core::Event;
use studio_media::Media;
use studio_rtc::SeatToken;
use studio_wire::shell::{ShellOrder, ShellReport};
use tauri::{App, Manager, RunEvent, Theme, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use crate::arguments::Arguments;
use crate::home::Home;
use crate::ipc;
use crate::ports::{MediaChoice, Opened, Ports};
use crate::preview::PreviewDoor;
use crate::runtime::{Inbox, Runtime};
use crate::{logging, script, start};

/// Runs the studio's window until it is closed. Exit code 0 after a clean end, 1 where it could not start,
/// 2 for a script or a seat that cannot be read.
pub fn run(arguments: &Arguments) -> ExitCode {
    let Arguments { seat, script, .. } = arguments;
    let lines = script.as_deref().map(script::read).transpose().map_err(anyhow::Error::from);
    let seat = seat.as_deref().map(start::read_seat).transpose();
    let (lines, seat) = match (lines, seat) {
        (Ok(lines), Ok(seat)) => (lines.unwrap_or_default(), seat),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    };
    match open(arguments, seat, lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn open(arguments: &Arguments, seat: Option<SeatToken>, lines: Vec<script::Line>) -> anyhow::Result<()> {
    let home = Home::open(arguments.home.as_deref())?;
    let log = logging::start(&home.log)?;
    let app = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ipc::dispatch, ipc::subscribe, ipc::query])
        .build(context())
        .context("opening the window")?;
    let (runtime, media) = set_up(&app, &home, Begin { seat, test_sources: arguments.test_sources, lines })?;
    let mut running = Some((runtime, media, log, home));
    app.run(move |handle, event| match event {
        // The core ends what runs, finishes the recording, and then says `Exit`.
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            handle.state::<Inbox>().report(Event::Shell(ShellReport::Closing));
        }
        // The event loop ends the process itself: what must be written or waited for is dropped here.
        RunEvent::Exit => {
            if let Some((runtime, media, ..)) = running.take() {
                media.settle();
                drop(runtime);
            }
        }
        _ => {}
    });
    Ok(())
}

/// Tauri's build-time context; in debug builds the page may come from a folder instead.
fn context() -> tauri::Context {
    #[allow(unused_mut, reason = "changed in debug builds only")]
    let mut context = tauri::generate_context!();
    #[cfg(debug_assertions)]
    if let Some(folder) = std::env::var_os("SIDESTAGE_UI_DIST") {
        context.set_assets(Box::new(disk::DiskUi::new(folder.into())));
    }
    context
}

/// What a window's studio begins with.
struct Begin {
    seat: Option<SeatToken>,
    test_sources: bool,
    lines: Vec<script::Line>,
}

/// Everything behind the window, and the window itself.
fn set_up(app: &App, home: &Home, begin: Begin) -> anyhow::Result<(Runtime, Arc<Media>)> {
    let Begin { seat, test_sources, lines } = begin;
    let (inbox, mail) = Inbox::new();
    let handle = app.handle().clone();
    let shell = move |order| match order {
        ShellOrder::Exit => handle.exit(0),
    };
    let adopt = studio_rtc::keeper_waits(&home.runtime);
    let choice = MediaChoice::default();
    let Opened { ports, kept, media, rtc: _ } =
        Ports::open(home, choice, seat.clone(), &inbox, Box::new(shell)).context("opening the studio")?;
    let start = start::of(kept, seat.as_ref(), test_sources)?;
    let runtime = Runtime::start(inbox.clone(), mail, start, ports).context("starting the studio")?;
    inbox.report(Event::Shell(ShellReport::Started { adopt }));
    let door = tauri::async_runtime::block_on(PreviewDoor::open(media.preview()))
        .context("opening the preview socket")?;
    app.manage(door);
    app.manage(inbox.clone());
    close_on_signals(inbox.clone());
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Sidestage")
        .theme(Some(Theme::Dark))
        .inner_size(1440.0, 900.0)
        .min_inner_size(720.0, 450.0)
        .build()
        .context("opening the window")?;
    let refused = |fault: studio_wire::Fault| tracing::warn!(?fault, "a line of the script was refused");
    script::play(lines, studio_media::clock::now(), inbox, refused)?;
    Ok((runtime, media))
}

/// SIGINT and SIGTERM end the show as closing the window does.
fn close_on_signals(inbox: Inbox) {
    tauri::async_runtime::spawn(async move {
        if crate::rehearse::asked_to_end().await.is_ok() {
            inbox.report(Event::Shell(ShellReport::Closing));
        }
    });
}

/// The page from a folder, reloaded when it is built anew: for `cargo xtask dev` and window tests.
#[cfg(debug_assertions)]
mod disk {
    use std::borrow::Cow;
    use std::path::PathBuf;
    use std::time::Duration;

    use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
    use tauri::{App, Assets, Manager, Wry};

    pub struct DiskUi(PathBuf);

    impl DiskUi {
        pub fn new(folder: PathBuf) -> Self {
            Self(folder)
        }
    }

    impl Assets<Wry> for DiskUi {
        fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
            std::fs::read(self.0.join(key.as_ref().trim_start_matches('/'))).ok().map(Cow::Owned)
        }

        fn iter(&self) -> Box<AssetsIter<'_>> {
            Box::new(std::iter::empty())
        }

        fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
            Box::new(std::iter::empty())
        }

        fn setup(&self, app: &App<Wry>) {
            let (index, app) = (self.0.join("index.html"), app.handle().clone());
            std::thread::spawn(move || {
                let stamp = || std::fs::metadata(&index).and_then(|about| about.modified()).ok();
                let mut seen = stamp();
                loop {
                    std::thread::sleep(Duration::from_millis(150));
                    let now = stamp();
                    if now.is_some() && now != seen {
                        seen = now;
                        for window in app.webview_windows().values() {
                            let _ = window.reload();
                        }
                    }
                }
            });
        }
    }
}
