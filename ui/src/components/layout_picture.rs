//! A layout as a small picture of its places, drawn from the same data as the program.

use studio_wire::Rect;
use sycamore::prelude::*;

/// The picture's own measure; 16:9 like the program.
const WIDTH: f32 = 160.0;
const HEIGHT: f32 = 90.0;
const GAP: f32 = 3.0;

/// One choice of the layout row.
#[component(inline_props)]
pub fn LayoutPicture(
    word: &'static str,
    label: String,
    places: ReadSignal<Vec<Rect>>,
    chosen: ReadSignal<bool>,
    refusal: ReadSignal<Option<String>>,
    press: impl Fn() + 'static,
) -> View {
    let test = format!("layout-{word}");
    let name = label.clone();
    let title = create_selector(move || refusal.get_clone().unwrap_or_else(|| label.clone()));
    let off = create_selector(move || refusal.with(Option::is_some).to_string());
    let checked = create_selector(move || chosen.get().to_string());
    view! {
        button(
            r#type="button", class="layout", data-test=test, title=title, aria-label=name,
            aria-pressed=checked, aria-disabled=off,
            on:click=move |_| if refusal.with(Option::is_none) { press() },
        ) {
            svg(viewBox="0 0 160 90", aria-hidden="true") {
                (places.get_clone().iter().map(place).collect::<Vec<_>>())
            }
        }
    }
}

fn place(rect: &Rect) -> View {
    let (x, y) = (rect.x * WIDTH + GAP, rect.y * HEIGHT + GAP);
    let (w, h) = (rect.w * WIDTH - 2.0 * GAP, rect.h * HEIGHT - 2.0 * GAP);
    let text = |value: f32| format!("{:.1}", value.max(0.0));
    let (x, y, w, h) = (text(x), text(y), text(w), text(h));
    view! { rect(x=x, y=y, width=w, height=h, rx="5") }
}
