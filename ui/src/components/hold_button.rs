//! A button that does something only for as long as it is held. That it was let go is seen by the whole window.

use sycamore::prelude::*;
use sycamore::web::events::{KeyboardEvent, PointerEvent};

use super::Text;
use super::icon::{Icon, Size};
use crate::local::hold::By;

/// A hand came onto a button that is held.
pub fn by_pointer(event: &PointerEvent) -> Option<By> {
    (event.button() == 0).then_some(By::Pointer)
}

/// A key holds it: the two that press any button.
pub fn by_key(event: &KeyboardEvent) -> Option<By> {
    let code = event.code();
    let holds = matches!(code.as_str(), "Space" | "Enter");
    if holds {
        event.prevent_default();
    }
    (holds && !event.repeat()).then_some(By::Key(code))
}

/// The button.
#[component(inline_props)]
pub fn HoldButton(
    icon: &'static str,
    label: Text,
    hint: String,
    test: &'static str,
    held: ReadSignal<bool>,
    hold: impl Fn(By) + Clone + 'static,
) -> View {
    let pressed = create_selector(move || held.get().to_string());
    let keyed = hold.clone();
    view! {
        button(
            r#type="button", class="button button-line hold", title=hint, aria-pressed=pressed, data-test=test,
            on:pointerdown=move |event: PointerEvent| by_pointer(&event).into_iter().for_each(&hold),
            on:keydown=move |event: KeyboardEvent| by_key(&event).into_iter().for_each(&keyed),
        ) { Icon(name=icon, size=Size::Row) span(class="hold-word") { (label) } }
    }
}
