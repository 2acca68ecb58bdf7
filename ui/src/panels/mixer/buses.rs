//! The program as it leaves, and what is heard at this machine.

use fluent_bundle::FluentArgs;
use studio_wire::mixer::{Loudness, MonitorBus, ProgramBus, Strip, StripPart};
use sycamore::prelude::*;

use super::{face, strip};
use crate::app::Studio;
use crate::components::Text;
use crate::components::icon::{Icon, Size};
use crate::components::law::written;
use crate::local::Close;
use crate::local::desk::Channel;
use crate::words::{count, say, with, word};

/// Where a show's loudness should be, and how far it may be from there.
const TARGET: (f32, f32) = (-16.0, 1.0);
/// Nothing quieter is a loudness.
const QUIET: f32 = -70.0;

/// The program: its level, its loudness, its limiter.
#[component(inline_props)]
pub fn Program(studio: Studio) -> View {
    let bus = studio.program_shown();
    let gain = create_selector(move || bus.with(|bus| bus.gain_db));
    let (name, meter) = (*create_signal(word("bus-program")), *create_signal("program".to_owned()));
    let turn = move |gain_db| studio.turn_program(ProgramBus { gain_db, ..bus.get_untracked() });
    let close = studio.local.close;
    let open = create_selector(move || close.with(|close| *close == Some(Close::Program)).to_string());
    let live = studio.live();
    let air = create_selector(move || live.get().to_string());
    let hint = word("bus-program-parts");
    let title = hint.clone();
    let parts = move || {
        let open = close.with_untracked(|close| *close == Some(Close::Program));
        close.set((!open).then_some(Close::Program));
    };
    let ceiling =
        create_selector(move || with("bus-limiter", "value", &written(bus.with(|bus| bus.ceiling_db), 1)));
    let highest = highest(studio);
    view! {
        div(class="bus bus-program", role="group", aria-label=name, data-test="bus-program") {
            div(class="bus-head") {
                button(
                    r#type="button", class="channel-name", title=title, aria-label=hint, aria-expanded=open,
                    data-test="bus-program-name", on:click=move |_| parts(),
                ) { span(class="dot bus-dot", data-air=air) span(class="channel-word") { (name) } }
                span(class="figure bus-peak", data-test="bus-peak") { (highest) }
            }
            div(class="bus-row") {
                (face::levels(name, "program-fader", gain, meter, turn))
                (loudness(studio))
            }
            div(class="bus-foot") {
                button(
                    r#type="button", class="button button-plain button-small bus-limiter", data-test="bus-limiter",
                    on:click=move |_| parts(),
                ) { (ceiling) }
            }
        }
    }
}

/// A figure of the meters, read four times a second: it is there to be read.
fn read(studio: Studio, text: impl Fn(&studio_wire::view::Meters) -> String + 'static) -> Text {
    let (beat, meters) = (studio.local.now, studio.store.meters);
    create_selector(move || {
        beat.track();
        meters.with_untracked(&text)
    })
}

/// The highest true peak of the show.
fn highest(studio: Studio) -> Text {
    read(studio, |meters| lufs(meters.loudness.true_peak))
}

/// A loudness or level in tenths; a dash where there is none.
fn lufs(value: f32) -> String {
    if value > QUIET { written(value, 1) } else { word("figure-none") }
}

fn loudness(studio: Studio) -> View {
    let line = |test: &'static str, name: &str, text: Text| {
        let name = word(name);
        view! { div(class="loud-line") { dd(class="figure", data-test=test) { (text) } dt { (name) } } }
    };
    let momentary = read(studio, |meters| lufs(meters.loudness.momentary));
    let show = read(studio, |meters| lufs(meters.loudness.integrated));
    let range = read(studio, |meters| with("unit-lu", "value", &written(meters.loudness.range, 1)));
    let (beat, meters) = (studio.local.now, studio.store.meters);
    let on = create_selector(move || {
        beat.track();
        meters.with_untracked(|meters| on_target(&meters.loudness))
    });
    let chip = View::from_dynamic(move || {
        if !on.get() {
            return View::new();
        }
        let (text, hint) = (word("loud-on-target"), word("loud-target-hint"));
        view! { span(class="loud-chip", title=hint, data-test="on-target") { (text) } }
    });
    view! {
        dl(class="loud") {
            (line("loud-momentary", "loud-momentary", momentary))
            (line("loud-show", "loud-show", show))
            (line("loud-range", "loud-range", range))
            (chip)
        }
    }
}

fn on_target(loudness: &Loudness) -> bool {
    (loudness.integrated - TARGET.0).abs() <= TARGET.1
}

/// What is heard here.
#[component(inline_props)]
pub fn Monitor(studio: Studio) -> View {
    let bus = studio.monitor_shown();
    let gain = create_selector(move || bus.with(|bus| bus.gain_db));
    let (name, meter) = (*create_signal(word("bus-monitor")), *create_signal("monitor".to_owned()));
    let turn = move |gain_db| studio.turn_monitor(MonitorBus { gain_db, ..bus.get_untracked() });
    let dim = create_selector(move || bus.with(|bus| bus.dim).to_string());
    let (dim_word, dim_hint) = (word("bus-dim"), word("bus-dim-hint"));
    view! {
        div(class="bus bus-monitor", role="group", aria-label=name, data-test="bus-monitor") {
            div(class="bus-head") {
                span(class="channel-name") { Icon(name="headphones", size=Size::Row) span(class="channel-word") { (name) } }
            }
            div(class="bus-row") { (face::levels(name, "monitor-fader", gain, meter, turn)) }
            (face::gain_figure(gain))
            div(class="bus-foot") {
                (solos(studio))
                button(
                    r#type="button", class="channel-switch bus-dim", title=dim_hint, aria-pressed=dim, data-test="bus-dim",
                    on:click=move |_| {
                        let bus = bus.get_untracked();
                        studio.turn_monitor(MonitorBus { dim: !bus.dim, ..bus });
                    },
                ) { (dim_word) }
            }
        }
    }
}

/// Who alone is heard here, and the way back to all.
fn solos(studio: Studio) -> View {
    let (mixer, desk) = (studio.store.mixer, studio.local.desk);
    let solo = create_selector(move || {
        let all = mixer.with(|mixer| mixer.as_ref().map(|mixer| mixer.strips.clone()).unwrap_or_default());
        let shown = |channel: &Channel, told: Strip| desk.with(|desk| desk.strip(channel, told));
        let all = all.into_iter().map(|view| ((view.person, view.kind), view.strip));
        all.map(|(channel, told)| (shown(&channel, told), channel))
            .filter(|(strip, _)| strip.solo)
            .map(|(_, channel)| channel)
            .collect::<Vec<Channel>>()
    });
    View::from_dynamic(move || {
        let all = solo.get_clone();
        let Some(first) = all.first().cloned() else { return View::new() };
        let text = if all.len() == 1 {
            with("solo-only", "name", &strip::name(studio, first).get_clone_untracked())
        } else {
            count("solo-many", "count", all.len() as u64)
        };
        let hint = word("solo-clear");
        let mut args = FluentArgs::new();
        args.set("label", text.clone());
        args.set("hint", hint.clone());
        let name = say("with-hint", &args);
        view! {
            button(
                r#type="button", class="bus-solo", title=hint, aria-label=name, data-test="bus-solo",
                on:click=move |_| all.iter().for_each(|channel| {
                    let shown = studio.strip_shown(channel.clone()).get_untracked();
                    studio.turn_strip(channel.clone(), Strip { solo: false, ..shown }, StripPart::Solo(false));
                }),
            ) { (text) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_show_is_on_target_within_one_unit_and_silence_is_not() {
        let show = |integrated| on_target(&Loudness { integrated, ..Loudness::default() });
        assert!(show(-16.9) && show(-15.1));
        assert!(!show(-17.2) && !show(-14.8) && !show(-120.0));
    }

    #[test]
    fn what_is_too_quiet_to_say_is_a_dash() {
        assert_eq!((lufs(-120.0), lufs(-16.24)), ("–".to_owned(), "\u{2212}16.2".to_owned()));
    }
}
