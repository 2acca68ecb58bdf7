//! The figures of a close look: what they are called, how far they reach, how they are written.

use std::rc::Rc;

use studio_wire::mixer::{BandShape, Eq, Strip};
use sycamore::prelude::*;

use crate::components::law::{Range, written};
use crate::components::slider::{Slider, Toggle};
use crate::words::{with, word};

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// Tenths of a dB.
    Db,
    /// Milliseconds.
    Ms,
    /// Hertz.
    Hz,
    /// So many to one.
    Ratio,
    /// Without one.
    Plain,
    /// Left, middle, right.
    Side,
}

/// A figure.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    name: &'static str,
    range: Range,
    rest: f32,
    unit: Unit,
}

const fn db(name: &'static str, low: f32, high: f32, rest: f32) -> Part {
    Part { name, range: Range { low, high, factor: false, step: 0.5 }, rest, unit: Unit::Db }
}

const fn ms(name: &'static str, low: f32, high: f32, rest: f32) -> Part {
    let step = if low < 1.0 { 0.1 } else { 1.0 };
    Part { name, range: Range { low, high, factor: true, step }, rest, unit: Unit::Ms }
}

/// A time that may be none at all lies evenly.
const fn wait(name: &'static str, high: f32, rest: f32) -> Part {
    Part { name, range: Range { low: 0.0, high, factor: false, step: 5.0 }, rest, unit: Unit::Ms }
}

/// The gate opens here.
pub const GATE_OPEN: Part = db("gate-open", -80.0, 0.0, -40.0);
/// It shuts here.
pub const GATE_SHUT: Part = db("gate-shut", -80.0, 0.0, -46.0);
/// Until it is open.
pub const GATE_ATTACK: Part = ms("gate-attack", 0.1, 100.0, 2.0);
/// It stays open.
pub const GATE_HOLD: Part = wait("gate-hold", 2_000.0, 200.0);
/// Until it is shut.
pub const GATE_RELEASE: Part = ms("gate-release", 1.0, 2_000.0, 150.0);
/// What passes a shut gate.
pub const GATE_FLOOR: Part = db("gate-floor", -80.0, 0.0, -80.0);
/// The compressor works from here on.
pub const THRESHOLD: Part = db("compressor-threshold", -60.0, 0.0, -20.0);
/// How much.
pub const RATIO: Part = Part {
    name: "compressor-ratio",
    range: Range { low: 1.0, high: 20.0, factor: true, step: 0.1 },
    rest: 3.0,
    unit: Unit::Ratio,
};
/// How gently.
pub const KNEE: Part = db("compressor-knee", 0.0, 24.0, 6.0);
/// Until it has turned down.
pub const ATTACK: Part = ms("compressor-attack", 0.1, 200.0, 10.0);
/// Until it is back.
pub const RELEASE: Part = ms("compressor-release", 5.0, 2_000.0, 150.0);
/// Louder afterwards.
pub const MAKEUP: Part = db("compressor-makeup", 0.0, 24.0, 0.0);
/// Nothing is louder.
pub const CEILING: Part = db("limiter-ceiling", -24.0, 0.0, -3.0);
/// Until the limiter is back.
pub const LIMITER_RELEASE: Part = ms("limiter-release", 5.0, 1_000.0, 80.0);
/// Later.
pub const DELAY: Part = Part {
    name: "place-delay",
    range: Range { low: 0.0, high: 500.0, factor: false, step: 1.0 },
    rest: 0.0,
    unit: Unit::Ms,
};
/// Left or right.
pub const PAN: Part = Part {
    name: "place-pan",
    range: Range { low: -1.0, high: 1.0, factor: false, step: 0.05 },
    rest: 0.0,
    unit: Unit::Side,
};
/// Somebody speaks from here on.
pub const DUCK_THRESHOLD: Part = db("duck-threshold", -80.0, 0.0, -40.0);
/// Music is quieter by this.
pub const DUCK_BY: Part = db("duck-by", 0.0, 60.0, 12.0);
/// Until it is.
pub const DUCK_ATTACK: Part = ms("duck-attack", 1.0, 500.0, 80.0);
/// It stays so.
pub const DUCK_HOLD: Part = wait("duck-hold", 5_000.0, 400.0);
/// Until it is back.
pub const DUCK_RELEASE: Part = ms("duck-release", 10.0, 5_000.0, 600.0);
/// No wave of the program leaves higher.
pub const TRUE_PEAK: Part = Part {
    name: "true-peak-ceiling",
    range: Range { low: -12.0, high: 0.0, factor: false, step: 0.1 },
    rest: -1.0,
    unit: Unit::Db,
};

const BAND_HZ: Range = Range { low: 20.0, high: 20_000.0, factor: true, step: 1.0 };
const BAND_Q: Range = Range { low: 0.1, high: 10.0, factor: true, step: 0.05 };
const BAND_DB: Range = Range { low: -18.0, high: 18.0, factor: false, step: 0.5 };

/// A figure as it is written.
pub fn say(unit: Unit, figure: f32) -> String {
    match unit {
        Unit::Db => with("unit-db", "value", &written(figure, 1)),
        Unit::Ms => with("unit-ms", "value", &written(figure, if figure < 9.95 { 1 } else { 0 })),
        Unit::Hz if figure >= 999.5 => with("unit-khz", "value", &written(figure / 1_000.0, 1)),
        Unit::Hz => with("unit-hz", "value", &written(figure, 0)),
        Unit::Ratio => with("unit-ratio", "value", &written(figure, 1)),
        Unit::Plain => written(figure, 2),
        Unit::Side if figure.abs() < 0.025 => word("side-middle"),
        Unit::Side => with(
            if figure < 0.0 { "side-left" } else { "side-right" },
            "value",
            &written(figure.abs() * 100.0, 0),
        ),
    }
}

/// What is turned, and the way to ask for it.
#[derive(Clone)]
pub struct Target<T: Clone + 'static> {
    /// As it is shown now.
    pub shown: ReadSignal<T>,
    turn: Rc<dyn Fn(T)>,
}

impl<T: Clone + 'static> Target<T> {
    /// Asks by `turn` for the whole as it shall be.
    pub fn new(shown: ReadSignal<T>, turn: impl Fn(T) + 'static) -> Self {
        Self { shown, turn: Rc::new(turn) }
    }

    /// Asks for something that is as it is shown, but for this.
    pub fn change(&self, change: impl FnOnce(&mut T)) {
        let mut next = self.shown.get_clone_untracked();
        change(&mut next);
        (self.turn)(next);
    }

    /// A slider for a figure.
    pub fn line(
        &self,
        part: Part,
        get: impl Fn(&T) -> f32 + 'static,
        put: impl Fn(&mut T, f32) + Clone + 'static,
    ) -> View {
        let (shown, target) = (self.shown, self.clone());
        let value = create_selector(move || shown.with(&get));
        let text = create_selector(move || say(part.unit, value.get()));
        view! {
            Slider(
                label=word(part.name), test=part.name, range=part.range, rest=part.rest, value=value, text=text,
                turn=move |to| target.change(|whole| put(whole, to)),
            )
        }
    }

    /// A switch for a whole part.
    pub fn switch(
        &self,
        [name, hint]: [&'static str; 2],
        get: fn(&T) -> bool,
        put: fn(&mut T, bool),
    ) -> View {
        let (shown, target) = (self.shown, self.clone());
        let on = create_selector(move || shown.with(get));
        view! {
            Toggle(label=word(name), hint=word(hint), test=name, on=on, press=move |on| target.change(|whole| put(whole, on)))
        }
    }
}

/// Figures that belong together, under their switch or their name.
pub fn section(name: &'static str, switch: Option<View>, lines: Vec<View>) -> View {
    let label = word(name);
    let head = switch.unwrap_or_else(|| {
        let text = label.clone();
        view! { span(class="part-title") { (text) } }
    });
    view! { div(class="part", role="group", aria-label=label, data-part=name) { (head) (lines) } }
}

const fn shape_word(shape: BandShape) -> &'static str {
    match shape {
        BandShape::LowCut => "band-low-cut",
        BandShape::LowShelf => "band-low-shelf",
        BandShape::Bell => "band-bell",
        BandShape::HighShelf => "band-high-shelf",
        BandShape::HighCut => "band-high-cut",
    }
}

/// The next of the five shapes.
const fn next_shape(shape: BandShape) -> BandShape {
    match shape {
        BandShape::LowCut => BandShape::LowShelf,
        BandShape::LowShelf => BandShape::Bell,
        BandShape::Bell => BandShape::HighShelf,
        BandShape::HighShelf => BandShape::HighCut,
        BandShape::HighCut => BandShape::LowCut,
    }
}

/// The button of one of the five bands, by its pitch.
pub fn band_pick(shown: ReadSignal<Strip>, band: Signal<usize>, at: usize) -> View {
    let pressed = create_selector(move || (band.get() == at).to_string());
    let text = create_selector(move || say(Unit::Hz, shown.with(|strip| strip.eq.bands[at].hz)));
    let on = create_selector(move || shown.with(|strip| strip.eq.bands[at].on).to_string());
    view! {
        button(
            r#type="button", class="segment", aria-pressed=pressed, data-on=on, data-test="band-pick",
            on:click=move |_| band.set(at),
        ) { (text) }
    }
}

/// The figures of one band.
pub fn band_lines(target: &Target<Strip>, at: usize) -> View {
    let shown = target.shown;
    let line = |name: &'static str,
                range: Range,
                rest: f32,
                unit: Unit,
                get: fn(&Eq, usize) -> f32,
                put: fn(&mut Eq, usize, f32)| {
        let part = Part { name, range, rest, unit };
        target.line(
            part,
            move |strip: &Strip| get(&strip.eq, at),
            move |strip: &mut Strip, to| put(&mut strip.eq, at, to),
        )
    };
    let cuts = create_selector(move || {
        shown.with(|strip| matches!(strip.eq.bands[at].shape, BandShape::LowCut | BandShape::HighCut))
    });
    let gain = line(
        "band-gain",
        BAND_DB,
        0.0,
        Unit::Db,
        |eq, at| eq.bands[at].db,
        |eq, at, to| eq.bands[at].db = to,
    );
    let gain = view! { div(class="band-gain", data-cut=cuts.map(bool::to_string)) { (gain) } };
    let pitch = line(
        "band-pitch",
        BAND_HZ,
        Eq::default().bands[at].hz,
        Unit::Hz,
        |eq, at| eq.bands[at].hz,
        |eq, at, to| eq.bands[at].hz = to,
    );
    let width = line(
        "band-width",
        BAND_Q,
        std::f32::consts::FRAC_1_SQRT_2,
        Unit::Plain,
        |eq, at| eq.bands[at].q,
        |eq, at, to| eq.bands[at].q = to,
    );
    let head = band_head(target, at);
    view! { (head) (pitch) (gain) (width) }
}

/// Whether a band works, and what it does.
fn band_head(target: &Target<Strip>, at: usize) -> View {
    let (shown, on_target, shape_target) = (target.shown, target.clone(), target.clone());
    let on = create_selector(move || shown.with(|strip| strip.eq.bands[at].on));
    let shape = create_selector(move || word(shape_word(shown.with(|strip| strip.eq.bands[at].shape))));
    let hint = word("band-shape-hint");
    view! {
        div(class="band-head") {
            Toggle(
                label=word("band-on"), hint=word("band-on-hint"), test="band-on", on=on,
                press=move |on| on_target.change(|strip| strip.eq.bands[at].on = on),
            )
            button(
                r#type="button", class="button button-plain button-small", title=hint, data-test="band-shape",
                on:click=move |_| shape_target.change(|strip| {
                    strip.eq.bands[at].shape = next_shape(strip.eq.bands[at].shape);
                }),
            ) { (shape) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_with_their_units() {
        let all = [
            (Unit::Db, -12.0, "−12.0 dB"),
            (Unit::Ms, 2.0, "2.0 ms"),
            (Unit::Ms, 150.0, "150 ms"),
            (Unit::Hz, 120.0, "120 Hz"),
            (Unit::Hz, 8_000.0, "8.0 kHz"),
            (Unit::Ratio, 3.0, "3.0:1"),
            (Unit::Side, 0.0, "Centre"),
            (Unit::Side, -0.5, "L 50"),
            (Unit::Side, 1.0, "R 100"),
        ];
        for (unit, figure, text) in all {
            assert_eq!(say(unit, figure), text);
        }
    }

    #[test]
    fn every_figure_rests_within_its_range_where_a_strip_begins() {
        let strip = Strip::default();
        let begins = [
            (GATE_OPEN, strip.gate.open_db),
            (GATE_SHUT, strip.gate.shut_db),
            (GATE_ATTACK, strip.gate.attack_ms),
            (GATE_HOLD, strip.gate.hold_ms),
            (GATE_RELEASE, strip.gate.release_ms),
            (GATE_FLOOR, strip.gate.floor_db),
            (THRESHOLD, strip.compressor.threshold_db),
            (RATIO, strip.compressor.ratio),
            (KNEE, strip.compressor.knee_db),
            (ATTACK, strip.compressor.attack_ms),
            (RELEASE, strip.compressor.release_ms),
            (MAKEUP, strip.compressor.makeup_db),
            (CEILING, strip.limiter.ceiling_db),
            (LIMITER_RELEASE, strip.limiter.release_ms),
            (DELAY, strip.delay_ms),
            (PAN, strip.pan),
        ];
        for (part, begins) in begins {
            assert_eq!(part.rest, begins, "{}", part.name);
            assert_eq!(part.range.figure(part.range.place(part.rest)), part.rest, "{}", part.name);
        }
    }

    #[test]
    fn every_shape_of_a_band_can_be_reached() {
        let mut seen = vec![BandShape::LowCut];
        while seen.len() < 5 {
            seen.push(next_shape(*seen.last().unwrap()));
        }
        assert_eq!(next_shape(seen[4]), seen[0]);
        assert!((1..5).all(|at| !seen[..at].contains(&seen[at])));
    }
}
