//! Start-up, the root of the window, and the one way to the core.

use studio_wire::rtc::RoomKind;
use studio_wire::view::Ack;
use studio_wire::{Answer, Command, Fault, HereCommand, Query, Role, Update};
use sycamore::futures::spawn_local_scoped;
use sycamore::prelude::*;

use crate::bridge;
use crate::local::{Local, Panel};
use crate::panels::sharing::picker;
use crate::panels::{
    asks, camera_setup, keyboard, layouts, mixer, notices, own_bar, rail, seat, stage, strip, talk,
    their_devices, top_bar,
};
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
        let said = if let Update::Chat(page) = &update { Some(page.room) } else { None };
        self.store.fold(update);
        if timed {
            self.settle(self.store.rev.get_untracked());
            self.local.arrived(self.store.at.get_untracked(), page_ms);
            if self.store.role.get_untracked() == Role::Viewer {
                self.local.room.set(RoomKind::Air);
            }
        }
        if let Some(room) = said {
            self.heard(room);
        }
    }

    /// The first page of a room is no news, and neither is what is on the screen.
    fn heard(self, room: RoomKind) {
        let newest = self.store.talk(room).with_untracked(|talk| talk.newest());
        let seen = untrack(|| self.local.seen(room));
        if untrack(|| self.local.reads(room)) || seen.is_none_or(|seen| seen > newest) {
            self.local.saw(room, newest);
        }
    }

    /// Sends a wish. A refusal is shown, never swallowed.
    pub fn ask(self, command: Command) {
        self.ask_or(command, || ());
    }

    /// Sends a wish; `otherwise` takes back what this page did for it, if it was not taken.
    pub fn ask_or(self, command: Command, otherwise: impl FnOnce() + 'static) {
        self.ask_told(command, move |told| {
            if told.is_err() {
                otherwise();
            }
        });
    }

    /// Sends a wish; `then` is told how it was answered, after a refusal was shown.
    pub fn ask_told(self, command: Command, then: impl FnOnce(Result<Ack, Option<Fault>>) + 'static) {
        let answer = async move {
            let told = bridge::dispatch(&command).await;
            match &told {
                Ok(_) => {}
                Err(Some(fault)) => self.local.refused(fault.clone()),
                Err(None) => self.local.unreachable.set(true),
            }
            then(told);
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
    local.zone.set(bridge::zone_minutes());
    local.panel.set(bridge::wide().then_some(Panel::People));
    spawn_local_scoped(async move {
        let fold = move |update| {
            root.run_in(|| {
                let first = !studio.store.met.get_untracked();
                studio.fold(update, bridge::now());
                if first {
                    studio.end_what_is_left();
                }
            });
        };
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
    bridge::hands::on_release(move |release| root.run_in(|| studio.let_go(&release)));
    bridge::hands::on_resize(move || root.run_in(|| local.resized.set(local.resized.get_untracked() + 1)));
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
    let open = studio.mixer_open();
    let mixing = create_selector(move || open.get().to_string());
    view! {
        div(class="studio", data-test="rev", data-rev=rev) {
            top_bar::TopBar(studio=studio)
            div(class="banners") {
                seat::SeatBanner(studio=studio)
                notices::Banners(studio=studio)
            }
            main(class="main", data-mixer=mixing) {
                stage::Stage(studio=studio)
                layouts::Layouts(studio=studio)
                strip::Strip(studio=studio)
                mixer::Mixer(studio=studio)
                talk::TalkPill(studio=studio)
                notices::Toasts(studio=studio)
                asks::Asks(studio=studio)
            }
            rail::Side(studio=studio)
            rail::Rail(studio=studio)
            own_bar::OwnBar(studio=studio)
            picker::Picker(studio=studio)
            their_devices::TheirDevices(studio=studio)
            camera_setup::CameraSettings(studio=studio)
        }
    }
}

fn standby(test: &'static str, title: &str, body: &str) -> View {
    let (title, body) = (word(title), word(body));
    view! { div(class="waiting", role="status", data-test=test) { h1 { (title) } p { (body) } } }
}

#[cfg(test)]
mod tests;
