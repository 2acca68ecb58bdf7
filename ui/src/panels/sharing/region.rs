//! A part of the screen: drawn on its picture, or written as four numbers.

use studio_wire::device::{ScreenPicture, ScreenSubject};
use sycamore::prelude::*;
use sycamore::web::events::{Event, MouseEvent};

use super::picker::{Choice, picture};
use crate::app::Studio;
use crate::bridge;
use crate::words::word;

/// Smaller than this is a click and no part, in pixels of the screen.
const LEAST: i32 = 16;

/// Left and upper edge, width and height, in pixels of the screen.
type Part = [i32; 4];

/// The picture to draw on, and the fields.
#[component(inline_props)]
pub fn Region(studio: Studio, choice: Choice) -> View {
    let offers = studio.local.offers;
    let whole = create_selector(move || {
        offers.with(|seen| {
            let seen = seen.as_ref()?.as_ref().ok()?;
            seen.iter().find(|one| one.offer.subject == ScreenSubject::Whole).cloned()
        })
    });
    let part = create_signal(Part::default());
    create_effect(move || {
        let [x, y, width, height] = part.get();
        let fits = width >= LEAST && height >= LEAST;
        let subject = fits.then(|| {
            let (width, height) = (width.unsigned_abs(), height.unsigned_abs());
            (ScreenSubject::Region { x, y, width, height }, word("screen-region"))
        });
        choice.subject.set(subject);
    });
    let hint = word("picker-draw");
    view! {
        p(class="picker-state") { (hint) }
        (canvas(whole, part))
        (fields(part))
    }
}

fn size(whole: ReadSignal<Option<ScreenPicture>>) -> (f64, f64) {
    let size = whole.with_untracked(|whole| whole.as_ref().map(|one| (one.offer.width, one.offer.height)));
    size.map(|(width, height)| (width.into(), height.into())).unwrap_or_default()
}

/// The screen with the part marked on it.
fn canvas(whole: ReadSignal<Option<ScreenPicture>>, part: Signal<Part>) -> View {
    let (area, mark) = (create_node_ref(), create_node_ref());
    let from = create_signal((0.0, 0.0));
    let src = create_selector(move || {
        whole.with(|whole| whole.as_ref().map(|one| picture(&one.jpeg)).unwrap_or_default())
    });
    let at = move |event: &MouseEvent| area.try_get().and_then(|node| bridge::place_in(&node, event));
    create_effect(move || {
        let ([x, y, width, height], (across, down)) = (part.get(), size(whole));
        let Some(node) = mark.try_get() else { return };
        let share = |pixels: i32, whole: f64| format!("{}%", f64::from(pixels) * 100.0 / whole.max(1.0));
        let edges = [("left", share(x, across)), ("top", share(y, down))];
        let sides = [("width", share(width, across)), ("height", share(height, down))];
        edges.into_iter().chain(sides).for_each(|(name, value)| bridge::style(&node, name, &value));
    });
    view! {
        div(
            class="picker-region", data-test="picker-region", r#ref=area,
            on:mousedown=move |event: MouseEvent| {
                event.prevent_default();
                from.set(at(&event).unwrap_or_default());
            },
            on:mousemove=move |event: MouseEvent| {
                if event.buttons() == 1 && let Some(to) = at(&event) {
                    part.set(between(from.get_untracked(), to, size(whole)));
                }
            },
        ) {
            img(src=src, alt="")
            span(class="picker-mark", r#ref=mark)
        }
    }
}

/// The part between two places, each given as shares of the whole.
#[allow(clippy::cast_possible_truncation, reason = "pixels of a screen")]
fn between(from: (f64, f64), to: (f64, f64), (across, down): (f64, f64)) -> Part {
    let axis = |a: f64, b: f64, whole: f64| {
        let (first, last) = ((a.min(b) * whole).round(), (a.max(b) * whole).round());
        (first as i32, (last - first) as i32)
    };
    let ((x, width), (y, height)) = (axis(from.0, to.0, across), axis(from.1, to.1, down));
    [x, y, width, height]
}

fn fields(part: Signal<Part>) -> View {
    let names = ["picker-x", "picker-y", "picker-width", "picker-height"];
    let field = |(at, name): (usize, &'static str)| {
        let node = create_node_ref();
        create_effect(move || {
            let written = part.with(|part| part[at]).to_string();
            if let Some(node) = node.try_get() {
                bridge::type_in(&node, &written);
            }
        });
        let typed = move |_: Event| {
            let number = node.try_get().and_then(|node| bridge::typed(&node).parse().ok());
            if let Some(number) = number {
                part.update(|part| part[at] = number);
            }
        };
        view! {
            label(class="picker-field") {
                (word(name))
                input(class="field", r#type="number", data-test=name, r#ref=node, on:input=typed)
            }
        }
    };
    let fields: Vec<View> = names.into_iter().enumerate().map(field).collect();
    view! { div(class="picker-fields") { (fields) } }
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn a_part_can_be_drawn_from_every_corner() {
        let part = [192, 108, 960, 540];
        for (from, to) in [((0.1, 0.1), (0.6, 0.6)), ((0.6, 0.1), (0.1, 0.6)), ((0.6, 0.6), (0.1, 0.1))] {
            assert_eq!(between(from, to, (1920.0, 1080.0)), part);
        }
    }
}
