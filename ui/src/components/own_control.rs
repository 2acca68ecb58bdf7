//! The large switches of the own sources: amber while closed, so that one glance tells.

use sycamore::prelude::*;

use super::Text;
use super::icon::{Icon, Size};
use super::meter::Bars;

/// What a switch is.
pub struct Switch {
    /// Its name for tests.
    pub test: &'static str,
    /// Drawing while open, and while closed.
    pub icons: [&'static str; 2],
    /// Moving bars while open.
    pub level: Option<ReadSignal<f32>>,
}

/// A switch; its label says what pressing it does.
#[component(inline_props)]
pub fn OwnControl(
    switch: Switch,
    on: ReadSignal<bool>,
    label: Text,
    hint: Text,
    refusal: ReadSignal<Option<String>>,
    press: impl Fn() + 'static,
) -> View {
    let Switch { test, icons: [open, closed], level } = switch;
    let title = create_selector(move || refusal.get_clone().unwrap_or_else(|| hint.get_clone()));
    let off = create_selector(move || refusal.with(Option::is_some).to_string());
    let pressed = create_selector(move || on.get().to_string());
    let bars = level.map_or_else(View::new, |level| view! { Bars(level=level) });
    view! {
        button(
            r#type="button", class="own-control", data-test=test, title=title, aria-label=label,
            aria-pressed=pressed, aria-disabled=off,
            on:click=move |_| if refusal.with(Option::is_none) { press() },
        ) {
            (if on.get() {
                view! { Icon(name=open, size=Size::Large) }
            } else {
                view! { Icon(name=closed, size=Size::Large) }
            })
            (bars)
            span(class="own-label") { (label) }
        }
    }
}
