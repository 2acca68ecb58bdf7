//! Parts of the screen that know the store. Each one reads what it shows and asks for what is pressed.

pub mod asks;
pub mod camera_setup;
pub mod chat;
pub mod device_head;
pub mod device_menu;
pub mod keyboard;
pub mod layouts;
pub mod mixer;
pub mod notices;
pub mod own_bar;
pub mod people;
pub mod rail;
pub mod seat;
pub mod sharing;
pub mod stage;
pub mod strip;
pub mod talk;
pub mod their_devices;
pub mod top_bar;

use studio_wire::command::Act;
use studio_wire::view::{PersonView, SeatLink, SourceView, StateName};
use studio_wire::{Fault, Identity, ShowTime};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::pill::clock;
use crate::words;

impl Studio {
    /// Why an act cannot be done now, in words; `None` where it can.
    fn refusal(self, act: Act) -> ReadSignal<Option<String>> {
        let store = self.store;
        create_selector(move || {
            store.may.with(|all| {
                let may = all.iter().find(|may| may.act == act)?;
                let words = words::fault(may.refusal.as_ref()?, |who| store.name_of(who));
                Some(words.body)
            })
        })
    }

    /// Whether this seat has an act at all. One that its role may not do is not shown, rather than shown
    /// disabled.
    fn offered(self, act: Act) -> ReadSignal<bool> {
        let store = self.store;
        create_selector(move || {
            let found = store.may.with(|all| {
                all.iter()
                    .find(|may| may.act == act)
                    .map(|may| matches!(may.refusal, Some(Fault::NotAllowed { .. })))
            });
            found == Some(false)
        })
    }

    /// One person of the snapshot. Somebody in a list who is gone keeps their identity as the name until the
    /// list follows.
    fn person(self, who: Identity) -> ReadSignal<PersonView> {
        let people = self.store.people;
        create_selector(move || {
            let found = people.with(|people| people.iter().find(|person| person.identity == who).cloned());
            found.unwrap_or_else(|| PersonView {
                identity: who.clone(),
                name: who.to_string(),
                ..PersonView::default()
            })
        })
    }

    /// A text with the key of an act behind it.
    fn with_key(act: Act, label: String) -> String {
        match crate::keys::written(act) {
            Some(key) => Self::named_key(&key, label),
            None => label,
        }
    }

    /// A text with a key behind it.
    fn named_key(key: &str, label: String) -> String {
        let mut args = fluent_bundle::FluentArgs::new();
        args.set("label", label);
        args.set("key", key.to_owned());
        words::say("with-key", &args)
    }

    /// The time since something began, as it is written.
    fn elapsed(self, since: impl Fn() -> ShowTime + 'static) -> ReadSignal<String> {
        let now = self.local.now;
        create_selector(move || clock(now.get().since(since())))
    }

    /// The show is on air.
    fn live(self) -> ReadSignal<bool> {
        let (state, joined) = (self.store.state, self.joined());
        create_selector(move || state.get() == StateName::Live && joined.get())
    }

    /// What is shown is true now: a seat that was put out knows only what was.
    fn joined(self) -> ReadSignal<bool> {
        let seat = self.store.seat;
        create_selector(move || !matches!(seat.get(), SeatLink::Over(_)))
    }

    /// The level of a source.
    fn level(self, source: impl Fn() -> SourceView + 'static) -> ReadSignal<f32> {
        let meters = self.store.meters;
        create_selector(move || {
            let id = source().source;
            meters.with(|meters| {
                let found = meters.sources.iter().find(|(source, _)| Some(*source) == id);
                found.map_or(-120.0, |(_, dbfs)| dbfs.peak[0].max(dbfs.peak[1]))
            })
        })
    }

    /// Somebody is in the program.
    fn on_stage(self, who: Identity) -> ReadSignal<bool> {
        let stage = self.store.on_stage;
        create_selector(move || stage.with(|people| people.contains(&who)))
    }
}
