//! One figure on one line: what it is called, a slider, how much it is. And a switch of the same height.

use sycamore::prelude::*;
use sycamore::web::events::KeyboardEvent;

use super::Text;
use super::law::Range;
use crate::bridge::hands;

/// A slider. Arrows turn by a step, Page by ten; a double click goes back to `rest`.
#[component(inline_props)]
pub fn Slider(
    label: String,
    test: &'static str,
    range: Range,
    rest: f32,
    value: ReadSignal<f32>,
    text: Text,
    turn: impl Fn(f32) + Clone + 'static,
) -> View {
    let node = create_node_ref();
    if !is_ssr!() {
        on_mount(move || {
            create_effect(move || {
                let at = range.place(value.get());
                if let Some(node) = node.try_get() {
                    hands::slide(&node, at);
                }
            });
        });
    }
    let (slid, keyed, reset) = (turn.clone(), turn.clone(), turn);
    let most = format!("{}", hands::SLIDES);
    let name = label.clone();
    view! {
        label(class="slider-line") {
            span(class="slider-name") { (label) }
            input(
                r#type="range", class="slider", min="0", max=most, step="1", aria-label=name, aria-valuetext=text,
                data-test=test, r#ref=node,
                on:input=move |_| {
                    if let Some(node) = node.try_get() {
                        slid(range.figure(hands::slid(&node)));
                    }
                },
                on:dblclick=move |_| reset(rest),
                on:keydown=move |event: KeyboardEvent| {
                    if let Some(to) = keyed_to(&event.key(), range, value.get_untracked()) {
                        event.prevent_default();
                        keyed(to);
                    }
                },
            )
            span(class="figure slider-figure") { (text) }
        }
    }
}

/// Where a key turns to. The page's own steps would be lost in rounding.
fn keyed_to(key: &str, range: Range, from: f32) -> Option<f32> {
    let by = match key {
        "ArrowUp" | "ArrowRight" => 1.0,
        "ArrowDown" | "ArrowLeft" => -1.0,
        "PageUp" => 10.0,
        "PageDown" => -10.0,
        "Home" => return Some(range.low),
        "End" => return Some(range.high),
        _ => return None,
    };
    let step = if range.factor { (from * 0.05).max(range.step) } else { range.step };
    let exact = from + by * step;
    Some(((exact / range.step).round() * range.step).clamp(range.low, range.high))
}

/// A switch with its words.
#[component(inline_props)]
pub fn Toggle(
    label: String,
    hint: String,
    test: &'static str,
    on: ReadSignal<bool>,
    press: impl Fn(bool) + 'static,
) -> View {
    let checked = create_selector(move || on.get().to_string());
    view! {
        button(
            r#type="button", class="toggle", role="switch", aria-checked=checked, title=hint, data-test=test,
            on:click=move |_| press(!on.get_untracked()),
        ) { span(class="toggle-word") { (label) } span(class="toggle-way", aria-hidden="true") { i() } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_always_moves_a_slider_and_never_beyond_its_ends() {
        let time = Range { low: 1.0, high: 2_000.0, factor: true, step: 1.0 };
        assert_eq!(keyed_to("ArrowUp", time, 2.0), Some(3.0));
        assert_eq!(keyed_to("ArrowUp", time, 400.0), Some(420.0));
        assert_eq!(keyed_to("PageUp", time, 1_900.0), Some(2_000.0));
        let level = Range { low: -80.0, high: 0.0, factor: false, step: 0.5 };
        assert_eq!(keyed_to("ArrowLeft", level, -40.0), Some(-40.5));
        assert_eq!((keyed_to("Home", level, -3.0), keyed_to("KeyM", level, -3.0)), (Some(-80.0), None));
    }
}
