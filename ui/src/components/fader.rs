//! A standing fader. A drag moves it by as much as the hand moves, so that a click beside the cap changes nothing.

use std::cell::Cell;
use std::rc::Rc;

use sycamore::prelude::*;
use sycamore::web::events::{KeyboardEvent, PointerEvent};

use super::Text;
use super::law::{SILENT_DB, TOP_DB, gain, place, tenths};
use crate::bridge::{self, hands};

/// The cap, in pixels: the way of its middle is so much shorter than the fader.
const CAP: f64 = 14.0;
/// Of a drag with Shift.
const FINE: f32 = 0.1;

/// A fader in dB. Arrows turn by 1, with Shift by 0.1, Page by 10; Delete and a double click go to 0.
#[component(inline_props)]
pub fn Fader(
    label: Text,
    test: &'static str,
    value: ReadSignal<f32>,
    text: Text,
    turn: impl Fn(f32) + Clone + 'static,
) -> View {
    let node = create_node_ref();
    if !is_ssr!() {
        on_mount(move || {
            create_effect(move || {
                let at = place(value.get());
                if let Some(node) = node.try_get() {
                    bridge::style(&node, "--at", &format!("{at:.4}"));
                }
            });
        });
    }
    let now = create_selector(move || format!("{:.1}", value.get()));
    let grip = Rc::new(Cell::new(None::<Grip>));
    let (taking, moving, lifting, lost) = (grip.clone(), grip.clone(), grip.clone(), grip);
    let (dragged, keyed, reset) = (turn.clone(), turn.clone(), turn);
    let ticks = (0..5).map(|_| view! { i(class="fader-tick") }).collect::<Vec<_>>();
    view! {
        div(
            class="fader", role="slider", tabindex="0", aria-orientation="vertical", aria-valuemin="-60",
            aria-valuemax="12", aria-valuenow=now, aria-valuetext=text, aria-label=label, data-test=test, r#ref=node,
            on:pointerdown=move |event: PointerEvent| {
                if let Some(node) = node.try_get().filter(|_| event.button() == 0) {
                    hands::capture(&node, &event);
                    let at = f64::from(event.client_y());
                    taking.set(Some(Grip { y: at, place: place(value.get_untracked()) }));
                }
            },
            on:pointermove=move |event: PointerEvent| {
                let (Some(node), Some(grip)) = (node.try_get(), moving.get()) else { return };
                let way = (hands::height(&node) - CAP).max(1.0);
                let y = f64::from(event.client_y());
                let share = ((grip.y - y) / way) as f32 * if event.shift_key() { FINE } else { 1.0 };
                let at = (grip.place + share).clamp(0.0, 1.0);
                moving.set(Some(Grip { y, place: grip.place + share }));
                dragged(gain(at));
            },
            on:pointerup=move |_: PointerEvent| lifting.set(None),
            on:lostpointercapture=move |_: PointerEvent| lost.set(None),
            on:dblclick=move |_| reset(0.0),
            on:keydown=move |event: KeyboardEvent| {
                if let Some(to) = keyed_to(&event.key(), event.shift_key(), value.get_untracked()) {
                    event.prevent_default();
                    keyed(to);
                }
            },
        ) {
            div(class="fader-track")
            (ticks)
            div(class="fader-cap")
        }
    }
}

/// A hand on the cap: where it was last, and the place that goes with it. That may lie beyond the ends, so that a
/// hand that comes back finds the cap where it left it.
#[derive(Clone, Copy)]
struct Grip {
    y: f64,
    place: f32,
}

/// Where a key turns to.
fn keyed_to(key: &str, fine: bool, from: f32) -> Option<f32> {
    let step = if fine { 0.1 } else { 1.0 };
    Some(tenths(match key {
        "ArrowUp" | "ArrowRight" => from + step,
        "ArrowDown" | "ArrowLeft" => from - step,
        "PageUp" => from + 10.0,
        "PageDown" => from - 10.0,
        "Home" => SILENT_DB,
        "End" => TOP_DB,
        "Delete" => 0.0,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_turn_a_fader_by_one_by_a_tenth_and_by_ten_and_never_beyond_its_ends() {
        assert_eq!(keyed_to("ArrowUp", false, -2.4), Some(-1.4));
        assert_eq!(keyed_to("ArrowDown", true, 0.0), Some(-0.1));
        assert_eq!(keyed_to("PageDown", false, -55.0), Some(-60.0));
        assert_eq!(keyed_to("ArrowUp", false, 11.8), Some(12.0));
        assert_eq!((keyed_to("Delete", false, 7.0), keyed_to("KeyM", false, 7.0)), (Some(0.0), None));
    }
}
