//! Start-up, the root of the window, and the one way to the core.

use studio_wire::{Answer, Command, HereCommand, Query, Update};
use sycamore::futures::spawn_local_scoped;
use sycamore::prelude::*;

use crate::bridge;
use crate::local::Local;
use crate::panels::{keyboard, layouts, notices, own_bar, stage, strip, top_bar};
use crate::store::Store;
use crate::words::word;

/// How often the clock on the page moves.
const BEAT_MS: u32 = 250;

/// What every panel may use: the core's state, the page's own, and the way to ask for something.
#[derive(Clone, Copy)]
pub struct Studio {
    /// What the core last said.
    pub store: Store,
    /// What is open here.
    pub local: Local,
}

impl Studio {
    /// Makes the root's signals.
    pub fn new() -> Self {
        Self { store: Store::new(), local: Local::new() }
    }

    /// Takes in what the core pushed while the page's own clock showed `page_ms`. Only a snapshot says what
    /// time it is.
    pub fn fold(self, update: Update, page_ms: f64) {
        let timed = matches!(update, Update::Snapshot(_));
        self.store.fold(update);
        if timed {
            self.local.arrived(self.store.at.get_untracked(), page_ms);
        }
    }

    /// Sends a wish. A refusal is shown, never swallowed.
    pub fn ask(self, command: Command) {
        let answer = async move {
            match bridge::dispatch(&command).await {
                Ok(_) => {}
                Err(Some(fault)) => self.local.refused(fault),
                Err(None) => self.local.unreachable.set(true),
            }
        };
        // The tile that was pressed may be gone before the answer comes.
        use_global_scope().run_in(|| spawn_local_scoped(answer));
    }

    /// Takes a notice off the screen: here, or in the core that holds it.
    pub fn dismiss(self, key: u64) {
        if !self.local.dismissed(key) {
            self.ask(Command::Here(HereCommand::Dismiss { notice: key }));
        }
    }
}

/// Mounts the window and joins it to the core.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    use wasm_bindgen::UnwrapThrowExt;
    let page = web_sys::window().and_then(|window| window.document()).expect_throw("a page has a document");
    let place = page.get_element_by_id("app").expect_throw("index.html has a place for the app");
    sycamore::render_to(
        || {
            let studio = Studio::new();
            join(studio);
            view! { App(studio=studio) }
        },
        &place,
    );
}

/// Subscribes, starts the clock and the keys, opens the preview.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "needs a page"))]
fn join(studio: Studio) {
    let local = studio.local;
    let root = use_current_scope();
    spawn_local_scoped(async move {
        let fold = move |update| root.run_in(|| studio.fold(update, bridge::now()));
        if !bridge::subscribe(fold).await {
            local.unreachable.set(true);
        }
    });
    spawn_local_scoped(async move {
        // Without pictures the studio still works; why there are none stands in the app's log.
        if let Ok(Answer::Preview { url, token, gpu }) = bridge::query(&Query::Preview).await {
            bridge::preview_open(&url, &token, gpu);
        }
    });
    bridge::every(BEAT_MS, move || root.run_in(|| local.beat(bridge::now())));
    bridge::on_key(move |event| root.run_in(|| keyboard::take(studio, &event)));
}

/// The whole window.
#[component(inline_props)]
pub fn App(studio: Studio) -> View {
    let Studio { store, local } = studio;
    View::from_dynamic(move || {
        if store.met.get() {
            untrack(|| screen(studio))
        } else if local.unreachable.get() {
            standby("unreachable", "unreachable-title", "unreachable-body")
        } else {
            standby("waiting", "waiting-title", "waiting-body")
        }
    })
}

fn screen(studio: Studio) -> View {
    let rev = studio.store.rev.map(u64::to_string);
    view! {
        div(class="studio", data-test="rev", data-rev=rev) {
            top_bar::TopBar(studio=studio)
            notices::Banners(studio=studio)
            main(class="main") {
                stage::Stage(studio=studio)
                layouts::Layouts(studio=studio)
                strip::Strip(studio=studio)
                notices::Toasts(studio=studio)
            }
            own_bar::OwnBar(studio=studio)
        }
    }
}

fn standby(test: &'static str, title: &str, body: &str) -> View {
    let (title, body) = (word(title), word(body));
    view! { div(class="waiting", role="status", data-test=test) { h1 { (title) } p { (body) } } }
}

#[cfg(test)]
mod tests;
