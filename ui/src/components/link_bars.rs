//! Four bars: how somebody's connection is.

use studio_wire::people::Quality;
use sycamore::prelude::*;

use super::Text;

/// How many bars are filled, and how they are coloured.
const fn look(quality: Quality) -> (&'static str, &'static str) {
    match quality {
        Quality::Unknown => ("0", "plain"),
        Quality::Lost => ("1", "fault"),
        Quality::Poor => ("2", "warn"),
        Quality::Good => ("3", "plain"),
        Quality::Excellent => ("4", "plain"),
    }
}

/// The bars; `label` says the same in words.
#[component(inline_props)]
pub fn LinkBars(quality: ReadSignal<Quality>, label: Text) -> View {
    let filled = create_selector(move || look(quality.get()).0.to_owned());
    let tone = create_selector(move || look(quality.get()).1.to_owned());
    view! {
        span(
            class="link-bars", role="img", title=label, aria-label=label, data-filled=filled, data-tone=tone,
            data-test="quality",
        ) { i() i() i() i() }
    }
}
