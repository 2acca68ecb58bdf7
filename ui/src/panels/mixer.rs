//! The mixer: a strip for each source, the program, the monitor, and the parts of the one that is looked at closely.

mod buses;
mod close;
mod face;
mod parts;
mod strip;
mod turns;

use studio_wire::Identity;
use studio_wire::mixer::StripView;
use studio_wire::rtc::TrackKind;
use sycamore::prelude::*;
use sycamore::web::events::KeyboardEvent;

use crate::app::Studio;
use crate::components::button::{Button, Face, IconButton, Kind, Tab};
use crate::components::free;
use crate::components::icon::{Icon, Size};
use crate::components::meter_face::MeterFace;
use crate::keys::MIXER_KEY;
use crate::local::desk::Channel;
use crate::local::{Close, Filter};
use crate::panels::talk::TalkBackstage;
use crate::words::word;

impl Studio {
    /// The mixer is in sight: it is open, and this seat has one.
    pub fn mixer_open(self) -> ReadSignal<bool> {
        let (open, mixer) = (self.local.mixer, self.store.mixer);
        create_selector(move || open.get() && mixer.with(Option::is_some))
    }

    /// Opens the mixer, or closes it.
    pub fn turn_mixer(self) {
        let open = self.local.mixer;
        self.local.close.set(None);
        open.set(!open.get_untracked());
    }
}

/// The button in the own bar that opens it; none where the seat has no mixer.
#[component(inline_props)]
pub fn MixerDoor(studio: Studio) -> View {
    let (mixer, open) = (studio.store.mixer, studio.mixer_open());
    let has = create_selector(move || mixer.with(Option::is_some));
    View::from_dynamic(move || {
        if !has.get() {
            return View::new();
        }
        let (label, shown) = (word("mixer"), create_selector(move || open.get().to_string()));
        let (name, hint) = (label.clone(), Studio::named_key(MIXER_KEY.1, label.clone()));
        view! {
            button(
                r#type="button", class="button button-ghost mixer-door", title=hint, aria-label=name,
                aria-expanded=shown, data-test="mixer-door", on:click=move |_| studio.turn_mixer(),
            ) { Icon(name="sliders-vertical", size=Size::Row) span(class="mixer-door-word") { (label) } }
        }
    })
}

/// The drawer, while it is open.
#[component(inline_props)]
pub fn Mixer(studio: Studio) -> View {
    let open = studio.mixer_open();
    View::from_dynamic(move || if open.get() { untrack(|| drawer(studio)) } else { View::new() })
}

fn drawer(studio: Studio) -> View {
    let (local, label) = (studio.local, word("mixer"));
    let channels = channels(studio);
    let scrolled = create_signal(0_u32);
    let moved = create_signal(0_u32);
    create_effect(move || {
        channels.track();
        local.close.track();
        local.resized.track();
        scrolled.track();
        moved.set(moved.get_untracked().wrapping_add(1));
    });
    leave_the_gone(studio);
    let (meters, resets) = (studio.store.meters, *local.resets);
    let looking = create_selector(move || local.close.with(Option::is_some).to_string());
    view! {
        section(
            class="mixer", data-region="mixer", tabindex="-1", aria-label=label, data-test="mixer", data-close=looking,
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "Escape" && local.close.with_untracked(Option::is_some) {
                    local.close.set(None);
                }
            },
        ) {
            (head(studio))
            div(class="mixer-body") {
                div(
                    class="mixer-strips", data-clip="", data-scroll="", data-test="mixer-strips",
                    on:scroll=move |_| scrolled.set(scrolled.get_untracked().wrapping_add(1)),
                ) {
                    Keyed(list=channels, key=key, view=move |channel| strip::strip(studio, channel))
                    (close::close(studio))
                }
                buses::Program(studio=studio)
                buses::Monitor(studio=studio)
                MeterFace(meters=meters, resets=resets, moved=*moved)
            }
        }
    }
}

/// Whose strip is gone is not looked at any longer.
fn leave_the_gone(studio: Studio) {
    let (close, mixer) = (studio.local.close, studio.store.mixer);
    create_effect(move || {
        let Some(Close::Strip((person, kind))) = close.get_clone() else { return };
        let is = |view: &StripView| view.person == person && view.kind == kind;
        if !mixer.with(|mixer| mixer.as_ref().is_some_and(|mixer| mixer.strips.iter().any(is))) {
            close.set(None);
        }
    });
}

/// A name for a strip that no other has.
fn key(channel: &Channel) -> String {
    format!("{}/{}", channel.0, channel.1.track_name())
}

/// The strips in sight, in the core's order; beside the parts of one only that one.
fn channels(studio: Studio) -> ReadSignal<Vec<Channel>> {
    let (store, local) = (studio.store, studio.local);
    create_selector(move || {
        let (filter, close, stage) =
            (local.filter.get(), local.close.get_clone(), store.on_stage.get_clone());
        store.mixer.with(|mixer| {
            let all = mixer.as_ref().map(|mixer| mixer.strips.as_slice()).unwrap_or_default();
            in_sight(all, filter, close.as_ref(), &stage)
        })
    })
}

fn in_sight(all: &[StripView], filter: Filter, close: Option<&Close>, stage: &[Identity]) -> Vec<Channel> {
    let shown = |view: &&StripView| match close {
        Some(Close::Strip((person, kind))) => view.person == *person && view.kind == *kind,
        Some(Close::Program) => false,
        None => match filter {
            Filter::All => true,
            Filter::Stage => view.heard.program || stage.contains(&view.person),
            Filter::Sources => view.kind != TrackKind::Microphone,
        },
    };
    all.iter().filter(shown).map(|view| (view.person.clone(), view.kind)).collect()
}

fn head(studio: Studio) -> View {
    let local = studio.local;
    let (title, group, hint) = (word("mixer"), word("mixer-filter"), word("mixer-hint"));
    let tabs = Filter::ALL.into_iter().map(|filter| tab(studio, filter)).collect::<Vec<_>>();
    let peaks = Face::new(Kind::Ghost, "mixer-peaks", word("mixer-peaks"))
        .icon("rotate-ccw")
        .hint(word("mixer-peaks-hint"));
    let done = View::from_dynamic(move || {
        if local.close.with(Option::is_none) {
            return View::new();
        }
        let face = Face::new(Kind::Line, "mixer-done", word("mixer-done")).hint(word("mixer-done-hint"));
        view! { Button(face=face, refusal=free(), press=move || local.close.set(None)) }
    });
    view! {
        div(class="mixer-head") {
            h2(class="mixer-title") { (title) }
            div(class="segments mixer-filter", role="group", aria-label=group) { (tabs) }
            (done)
            span(class="mixer-hint") { (hint) }
            span(class="mixer-space")
            TalkBackstage(studio=studio)
            Button(face=peaks, refusal=free(), press=move || local.resets.set(local.resets.get_untracked() + 1))
            IconButton(icon="x", label=word("mixer-close"), test="mixer-close", press=move || studio.turn_mixer())
        }
    }
}

fn tab(studio: Studio, filter: Filter) -> View {
    let local = studio.local;
    let (label, test) = match filter {
        Filter::All => ("mixer-all", "mixer-all"),
        Filter::Stage => ("mixer-stage", "mixer-stage"),
        Filter::Sources => ("mixer-sources", "mixer-sources"),
    };
    let chosen = create_selector(move || local.filter.get() == filter);
    let none = *create_signal(0_u64);
    view! {
        Tab(label=word(label), test=test, chosen=chosen, news=none, press=move || {
            local.close.set(None);
            local.filter.set(filter);
        })
    }
}

#[cfg(test)]
mod tests {
    use studio_wire::SourceId;
    use studio_wire::mixer::{Heard, Strip};

    use super::*;

    fn view(person: &str, kind: TrackKind, program: bool) -> StripView {
        let heard = Heard { program, ..Heard::default() };
        StripView { person: person.into(), kind, source: SourceId(1), strip: Strip::default(), heard }
    }

    #[test]
    fn each_filter_shows_what_it_says_and_a_close_look_shows_one() {
        let all = [
            view("mara", TrackKind::Microphone, true),
            view("mara", TrackKind::StageMedia, true),
            view("tomas", TrackKind::Microphone, false),
            view("leo", TrackKind::Microphone, false),
        ];
        let stage = ["mara".into(), "tomas".into()];
        let names = |filter, close: Option<Close>| {
            let found = in_sight(&all, filter, close.as_ref(), &stage);
            found.iter().map(key).collect::<Vec<_>>()
        };
        assert_eq!(names(Filter::All, None).len(), 4);
        assert_eq!(names(Filter::Stage, None), ["mara/microphone", "mara/stage-media", "tomas/microphone"]);
        assert_eq!(names(Filter::Sources, None), ["mara/stage-media"]);
        let close = Close::Strip(("leo".into(), TrackKind::Microphone));
        assert_eq!(names(Filter::Sources, Some(close)), ["leo/microphone"]);
        assert!(names(Filter::All, Some(Close::Program)).is_empty());
    }
}
