//! Somebody in the strip: their picture, their name, what stands in the way, and the one act.

use sycamore::prelude::*;

use super::Text;
use super::button::{Button, Face};
use super::icon::{Icon, Size};
use super::meter::Meter;
use crate::bridge;

/// What a tile shows of a person, as it changes.
#[derive(Clone, Copy)]
pub struct Person {
    /// Under the picture.
    pub name: Text,
    /// Where there is no picture.
    pub initials: Text,
    /// The cell of the atlas with their picture; none while the camera is off.
    pub cell: ReadSignal<Option<u8>>,
    /// The microphone is open.
    pub heard: ReadSignal<bool>,
    /// Something of them should come and does not.
    pub waiting: ReadSignal<bool>,
    /// They speak now.
    pub speaking: ReadSignal<bool>,
    /// The audience sees and hears them.
    pub air: ReadSignal<bool>,
    /// Their level.
    pub level: ReadSignal<f32>,
}

/// The words of a tile's marks.
pub struct Marks {
    /// Microphone closed.
    pub muted: String,
    /// Nothing arrives.
    pub waiting: String,
}

/// A tile of the strip.
#[component(inline_props)]
pub fn Tile(
    identity: String,
    place: &'static str,
    person: Person,
    marks: Marks,
    act: Face,
    offered: ReadSignal<bool>,
    refusal: ReadSignal<Option<String>>,
    press: impl Fn() + Clone + 'static,
) -> View {
    let canvas = create_node_ref();
    if !is_ssr!() {
        on_mount(move || {
            create_effect(move || bridge::preview_tile(&canvas.get(), person.cell.get()));
        });
        on_cleanup(move || {
            if let Some(node) = canvas.try_get() {
                bridge::preview_tile(&node, None);
            }
        });
    }
    let acting = View::from_dynamic(move || {
        if !offered.get() {
            return View::new();
        }
        let (face, press) = (act.clone(), press.clone());
        view! { div(class="tile-act") { Button(face=face, refusal=refusal, press=press) } }
    });
    let (waits, muted) = (waits(person, marks.waiting), muted(person, marks.muted));
    let waiting = create_selector(move || person.waiting.get().to_string());
    let air = create_selector(move || person.air.get().to_string());
    let shown = create_selector(move || person.cell.with(Option::is_some).to_string());
    let speaking = create_selector(move || person.speaking.get().to_string());
    view! {
        div(
            class="tile", role="group", aria-label=person.name, data-test="tile", data-person=identity,
            data-place=place, data-air=air, data-speaking=speaking,
        ) {
            div(class="tile-picture", data-shown=shown, data-waiting=waiting) {
                canvas(width="160", height="90", aria-hidden="true", r#ref=canvas)
                span(class="avatar", aria-hidden="true") { (person.initials) }
                (waits)
                span(class="tile-name") {
                    span { (person.name) }
                    span(class="speaking", aria-hidden="true") { i() }
                }
                (muted)
                (acting)
            }
            Meter(level=person.level)
        }
    }
}

/// Over the picture, because the last one is not what is there now.
fn waits(person: Person, label: String) -> View {
    View::from_dynamic(move || {
        if !person.waiting.get() {
            return View::new();
        }
        let label = label.clone();
        view! {
            span(class="tile-state", role="status", data-test="tile-waiting") {
                Icon(name="wifi-off", size=Size::Small)
                (label)
            }
        }
    })
}

fn muted(person: Person, label: String) -> View {
    View::from_dynamic(move || {
        if person.heard.get() {
            return View::new();
        }
        let (title, label) = (label.clone(), label.clone());
        view! {
            span(class="tile-mark", role="img", title=title, aria-label=label, data-test="mic-off") {
                Icon(name="mic-off", size=Size::Badge)
            }
        }
    })
}

/// The first letters of the first and the last word of a name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        assert_eq!(initials("Freya Maria Nilsen"), "FN");
        assert_eq!(initials("jun"), "J");
        assert_eq!(initials("  "), "");
    }
}
