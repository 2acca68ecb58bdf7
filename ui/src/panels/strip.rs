//! On stage | Backstage: everybody as a tile, moved by one act.

use studio_wire::command::Act;
use studio_wire::{Bus, Command, Identity, Role, ShowCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::button::{Face, Kind};
use crate::components::tile::{Marks, Person, Tile, initials};
use crate::local::Half;
use crate::words::{with, word};

/// The strip.
#[component(inline_props)]
pub fn Strip(studio: Studio) -> View {
    let half = studio.local.half;
    let open = create_selector(move || half.get().map_or("none", Half::word).to_owned());
    let watches = create_selector(move || (studio.store.role.get() == Role::Viewer).to_string());
    let label = word("region-strip");
    view! {
        section(class="strip", data-open=open, data-watches=watches, data-region="strip", tabindex="-1", aria-label=label) {
            (part(studio, Half::Stage))
            (part(studio, Half::Backstage))
        }
    }
}

fn part(studio: Studio, half: Half) -> View {
    let (list, title, empty, class, test, act) = match half {
        Half::Stage => {
            let list = studio.store.on_stage;
            (
                list,
                "on-stage",
                "nobody-on-stage",
                "strip-part strip-stage",
                "stage-count",
                Act::RemoveFromStage,
            )
        }
        Half::Backstage => {
            let list = studio.store.backstage;
            (
                list,
                "backstage",
                "nobody-backstage",
                "strip-part strip-backstage",
                "backstage-count",
                Act::AddToStage,
            )
        }
    };
    let act = Reach { refusal: studio.refusal(act), offered: studio.offered(act) };
    let count = create_selector(move || list.with(Vec::len).to_string());
    let nobody = create_selector(move || list.with(Vec::is_empty));
    let live = studio.live();
    let dot = View::from_dynamic(move || {
        if half == Half::Stage && live.get() {
            view! { span(class="dot dot-program") }
        } else {
            View::new()
        }
    });
    let empty = View::from_dynamic(move || {
        if !nobody.get() {
            return View::new();
        }
        let text = word(empty);
        view! { div(class="strip-empty") { (text) } }
    });
    let title = word(title);
    view! {
        div(class=class) {
            div(class="strip-head") { (dot) (title) span(class="count", data-test=test) { (count) } }
            (empty)
            div(class="strip-tiles") {
                Keyed(list=list, key=Identity::clone, view=move |who| tile(studio, half, who, act))
            }
        }
    }
}

/// Whether an act can be done.
#[derive(Clone, Copy)]
struct Reach {
    refusal: ReadSignal<Option<String>>,
    offered: ReadSignal<bool>,
}

fn tile(studio: Studio, half: Half, who: Identity, reach: Reach) -> View {
    let person = studio.person(who.clone());
    let name = create_selector(move || {
        person.with(
            |person| {
                if person.local { with("you", "name", &person.name) } else { person.name.clone() }
            },
        )
    });
    let plain = person.with_untracked(|person| person.name.clone());
    let (stage, live) = (studio.on_stage(who.clone()), studio.live());
    let shown = Person {
        name,
        initials: create_selector(move || person.with(|person| initials(&person.name))),
        cell: create_selector(move || person.with(|person| person.camera.cell.filter(|_| person.camera.on))),
        heard: create_selector(move || person.with(|person| person.microphone.on)),
        waiting: create_selector(move || {
            person.with(|person| person.awaited || person.camera.on && !person.camera.flowing)
        }),
        speaking: create_selector(move || person.with(|person| person.speaking)),
        air: create_selector(move || live.get() && stage.get()),
        level: studio.level(move || person.with(|person| person.microphone.clone())),
    };
    let marks = Marks { muted: word("muted"), waiting: word("tile-reconnecting") };
    let act =
        match half {
            Half::Backstage => Face::new(Kind::Primary, "add-to-stage", word("add-to-stage"))
                .icon("plus")
                .hint(with("add-to-stage-name", "name", &plain)),
            Half::Stage => Face::new(Kind::Line, "remove-from-stage", word("remove"))
                .icon("minus")
                .hint(with("remove-name", "name", &plain)),
        };
    let identity = who.to_string();
    view! {
        Tile(
            identity=identity, place=half.word(), person=shown, marks=marks, act=act.small(),
            offered=reach.offered, refusal=reach.refusal,
            press=move || {
                let (bus, person) = (Bus::Program, who.clone());
                studio.ask(Command::Show(match half {
                    Half::Backstage => ShowCommand::AddToStage { bus, person },
                    Half::Stage => ShowCommand::RemoveFromStage { bus, person },
                }));
            },
        )
    }
}
