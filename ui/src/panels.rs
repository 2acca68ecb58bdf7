//! Parts of the screen that know the store. Each one reads what it shows and asks for what is pressed.

pub mod keyboard;
pub mod layouts;
pub mod notices;
pub mod own_bar;
pub mod stage;
pub mod strip;
pub mod top_bar;

use studio_wire::command::Act;
use studio_wire::view::{SourceView, StateName};
use studio_wire::{Identity, ShowTime};
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

    /// A text with the key of an act behind it.
    fn with_key(act: Act, label: String) -> String {
        let Some(key) = crate::keys::written(act) else { return label };
        let mut args = fluent_bundle::FluentArgs::new();
        args.set("label", label);
        args.set("key", key);
        words::say("with-key", &args)
    }

    /// The time since something began, as it is written.
    fn elapsed(self, since: impl Fn() -> ShowTime + 'static) -> ReadSignal<String> {
        let now = self.local.now;
        create_selector(move || clock(now.get().since(since())))
    }

    /// The show is on air.
    fn live(self) -> ReadSignal<bool> {
        let state = self.store.state;
        create_selector(move || state.get() == StateName::Live)
    }

    /// The level of a source.
    fn level(self, source: impl Fn() -> SourceView + 'static) -> ReadSignal<f32> {
        let meters = self.store.meters;
        create_selector(move || {
            let id = source().source;
            meters.with(|meters| {
                let found = meters.sources.iter().find(|(source, _)| Some(*source) == id);
                found.map_or(-120.0, |(_, dbfs)| *dbfs)
            })
        })
    }

    /// Somebody is in the program.
    fn on_stage(self, who: Identity) -> ReadSignal<bool> {
        let stage = self.store.on_stage;
        create_selector(move || stage.with(|people| people.contains(&who)))
    }
}
