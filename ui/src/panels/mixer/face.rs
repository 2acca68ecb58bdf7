//! What strips and buses have in common: a fader, a meter with its scale, the gain as a figure.

use sycamore::prelude::*;

use crate::components::Text;
use crate::components::fader::Fader;
use crate::components::law::signed;
use crate::words::{with, word};

/// The levels that stand beside a meter.
const SCALE: [(&str, i8); 5] =
    [("scale-0", 0), ("scale-9", -9), ("scale-20", -20), ("scale-40", -40), ("scale-60", -60)];

/// Fader, meter and scale of `name`; `meter` is the meter's name.
pub fn levels(
    name: Text,
    test: &'static str,
    gain: ReadSignal<f32>,
    meter: Text,
    turn: impl Fn(f32) + Clone + 'static,
) -> View {
    let label = create_selector(move || with("mixer-gain-of", "name", &name.get_clone()));
    let text = create_selector(move || with("unit-db", "value", &figure(gain.get())));
    view! {
        div(class="levels") {
            Fader(label=label, test=test, value=gain, text=text, turn=turn)
            div(class="meter-well", data-meter=meter)
            (scale())
        }
    }
}

fn scale() -> View {
    let marks = SCALE.map(|(test, level)| {
        let text = crate::components::law::written(f32::from(level), 0);
        view! { span(data-at=test) { (text) } }
    });
    let marks = marks.into_iter().collect::<Vec<_>>();
    view! { div(class="scale", aria-hidden="true") { (marks) } }
}

/// The gain below a fader.
pub fn gain_figure(gain: ReadSignal<f32>) -> View {
    let text = create_selector(move || figure(gain.get()));
    view! { span(class="figure strip-gain", aria-hidden="true", data-test="strip-gain") { (text) } }
}

/// A gain with its sign, or the sign of silence.
pub fn figure(db: f32) -> String {
    signed(db).unwrap_or_else(|| word("level-silent"))
}
