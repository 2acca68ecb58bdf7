//! The layout row: each arrangement as it would be now.

use studio_wire::command::Act;
use studio_wire::{Bus, Command, LayoutName, ShowCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::button::Door;
use crate::components::layout_picture::LayoutPicture;
use crate::local::Half;
use crate::words::word;

/// The row, and in a small window the doors to the strip.
#[component(inline_props)]
pub fn Layouts(studio: Studio) -> View {
    let store = studio.store;
    let names = create_selector(move || {
        store.layouts.with(|all| all.iter().map(|one| one.layout).collect::<Vec<_>>())
    });
    let (refusal, may) = (studio.refusal(Act::Layout), studio.offered(Act::Layout));
    let names = create_selector(move || if may.get() { names.get_clone() } else { Vec::new() });
    let offered = create_selector(move || may.get().to_string());
    let chosen = create_selector(move || store.program.with(|scene| scene.layout));
    let name = create_selector(move || label(chosen.get()));
    let (region, group) = (word("region-layouts"), word("region-layouts"));
    view! {
        section(class="layouts", data-offered=offered, data-region="layouts", tabindex="-1", aria-label=region) {
            div(class="layout-row", role="group", aria-label=group) {
                Keyed(list=names, key=|layout| *layout, view=move |layout| choice(studio, layout, chosen, refusal))
            }
            span(class="layout-name", data-test="layout-name") { (name) }
            div(class="strip-doors") {
                (door(studio, Half::Stage))
                (door(studio, Half::Backstage))
            }
        }
    }
}

fn label(layout: LayoutName) -> String {
    word(&format!("layout-{}", layout.word()))
}

fn choice(
    studio: Studio,
    layout: LayoutName,
    chosen: ReadSignal<LayoutName>,
    refusal: ReadSignal<Option<String>>,
) -> View {
    let layouts = studio.store.layouts;
    let places = create_selector(move || {
        layouts.with(|all| {
            all.iter().find(|one| one.layout == layout).map(|one| one.places.clone()).unwrap_or_default()
        })
    });
    let on = create_selector(move || chosen.get() == layout);
    view! {
        LayoutPicture(
            word=layout.word(), label=label(layout), places=places, chosen=on, refusal=refusal,
            press=move || studio.ask(Command::Show(ShowCommand::Layout { bus: Bus::Program, layout })),
        )
    }
}

fn door(studio: Studio, half: Half) -> View {
    let (store, open) = (studio.store, studio.local.half);
    let (test, text, list) = match half {
        Half::Stage => ("door-stage", "on-stage", store.on_stage),
        Half::Backstage => ("door-backstage", "backstage", store.backstage),
    };
    let count = create_selector(move || list.with(Vec::len).to_string());
    let shown = create_selector(move || (open.get() == Some(half)).to_string());
    view! {
        Door(label=word(text), test=test, count=count, open=shown, press=move || {
            open.set(if open.get_untracked() == Some(half) { None } else { Some(half) });
        })
    }
}
