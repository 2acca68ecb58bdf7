//! Sharing screens: the switch in the own bar, and the menu of what is shared.

pub mod picker;
mod region;

use studio_wire::command::Act;
use studio_wire::device::{MOST_SCREENS, ScreenSubject, SharedScreen};
use studio_wire::view::SeatLink;
use studio_wire::{Command, HereCommand, Role};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::menu::{Item, Menu};
use crate::components::own_control::{OwnControl, Switch};
use crate::local::OpenMenu;
use crate::words::{count, with, word};

impl Studio {
    /// What the switch does: opens the picker, or stops whatever is shared.
    pub fn press_share(self) {
        if self.store.screens.with_untracked(Vec::is_empty) {
            self.local.picking.set(true);
        } else {
            self.ask(Command::Here(HereCommand::StopSharing { share: None }));
        }
    }
}

/// The switch, and while something is shared the menu beside it.
#[component(inline_props)]
pub fn Sharing(studio: Studio) -> View {
    let (store, local) = (studio.store, studio.local);
    let on = create_selector(move || store.screens.with(|all| !all.is_empty()));
    let label = create_selector(move || word(if on.get() { "share-stop" } else { "share" }));
    let hint = create_selector(move || Studio::with_key(Act::Share, label.get_clone()));
    let refusal = barred(studio);
    let switch = Switch { test: "share", icons: ["monitor-up"; 2], level: None };
    let watches = create_selector(move || (store.role.get() == Role::Viewer).to_string());
    let alone = create_selector(move || (!on.get()).to_string());
    let open = create_selector(move || local.menu.with(|menu| *menu == Some(OpenMenu::Screens)));
    let menu = View::from_dynamic(move || {
        if !on.get() {
            return View::new();
        }
        view! {
            Menu(
                label=word("share-menu"), test="share-menu", icon="chevron-down", open=open,
                toggle=move |shown: bool| local.menu.set(shown.then_some(OpenMenu::Screens)),
                items=move || store.screens.with_untracked(|all| items(studio, all)),
            )
        }
    });
    view! {
        span(class="own-place", data-watches=watches, data-quiet="true", data-alone=alone) {
            OwnControl(
                switch=switch, on=on, label=label, hint=hint, refusal=refusal, press=move || studio.press_share(),
            )
            (menu)
        }
    }
}

/// Why nothing can be shared: the host has not given the right, or the core says so.
fn barred(studio: Studio) -> ReadSignal<Option<String>> {
    let (store, refusal) = (studio.store, studio.refusal(Act::Share));
    create_selector(move || {
        let right = store.mine.with(|mine| mine.rights.video);
        let denied = store.seat.get() == SeatLink::In && !right;
        denied.then(|| word("no-screen")).or_else(|| refusal.get_clone())
    })
}

/// What is shared, to be stopped one by one, and one more.
fn items(studio: Studio, shared: &[SharedScreen]) -> Vec<Item> {
    let stop = |one: &SharedScreen| {
        let share = Some(one.share);
        let label = with("share-stop-one", "name", &name(one.subject, &one.title));
        Item {
            label,
            ..Item::new("share-stop-one", move || {
                studio.ask(Command::Here(HereCommand::StopSharing { share }));
            })
        }
    };
    let full = shared.len() >= MOST_SCREENS;
    let another = Item {
        label: word("share-another"),
        refusal: full.then(|| count("share-full", "most", MOST_SCREENS as u64)),
        ..Item::new("share-another", move || studio.local.picking.set(true))
    };
    shared.iter().map(stop).chain([another]).collect()
}

/// What to call a subject: its own title, where it has one.
fn name(subject: ScreenSubject, title: &str) -> String {
    match subject {
        _ if !title.is_empty() => title.to_owned(),
        ScreenSubject::Whole => word("screen-whole"),
        ScreenSubject::Monitor(number) => count("screen-monitor", "number", u64::from(number) + 1),
        ScreenSubject::Window(_) => word("screen-window"),
        ScreenSubject::Region { .. } => word("screen-region"),
    }
}
