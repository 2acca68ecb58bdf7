//! One source: whose it is, its level, how much of it is taken, who hears it.

use studio_wire::mixer::{Heard, Strip, StripPart};
use studio_wire::people::Position;
use studio_wire::rtc::TrackKind;
use sycamore::prelude::*;

use super::face;
use crate::app::Studio;
use crate::components::Text;
use crate::components::icon::{Icon, Size};
use crate::components::meter_face::of_source;
use crate::components::tile::initials;
use crate::local::Close;
use crate::local::desk::Channel;
use crate::words::{with, word};

/// The strip.
pub fn strip(studio: Studio, channel: Channel) -> View {
    let shown = studio.strip_shown(channel.clone());
    let name = name(studio, channel.clone());
    let gain = create_selector(move || shown.with(|strip| strip.gain_db));
    let view = studio.strip_view(channel.clone());
    let meter = create_selector(move || {
        view.with(|view| view.as_ref().map(|view| of_source(view.source)).unwrap_or_default())
    });
    let air = air(studio, channel.clone());
    let (of, muted) = (channel.clone(), create_selector(move || shown.with(|strip| strip.mute).to_string()));
    let turn = move |db| {
        let strip = Strip { gain_db: db, ..shown.get_untracked() };
        studio.turn_strip(of.clone(), strip, StripPart::Gain(db));
    };
    let key = super::key(&channel);
    let levels = face::levels(name, "channel-fader", gain, meter, turn);
    let (title, heard) = (title(studio, channel.clone(), name), heard(studio, channel.clone()));
    let switches = switches(studio, channel, shown, name);
    view! {
        div(
            class="channel", role="group", aria-label=name, data-test="channel", data-channel=key, data-air=air,
            data-muted=muted,
        ) {
            (title)
            (levels)
            (face::gain_figure(gain))
            (heard)
            (switches)
        }
    }
}

/// What a strip is called: a person, their screen, or music.
pub fn name(studio: Studio, channel: Channel) -> Text {
    let (who, kind) = channel;
    let person = studio.person(who);
    create_selector(move || {
        person.with(|person| match kind {
            TrackKind::StageMedia => word("channel-music"),
            TrackKind::ScreenSound if person.local => word("channel-screen"),
            TrackKind::ScreenSound => with("channel-screen-of", "name", &person.name),
            _ => person.name.clone(),
        })
    })
}

fn title(studio: Studio, channel: Channel, name: Text) -> View {
    let close = studio.local.close;
    let of = Close::Strip(channel.clone());
    let looking = of.clone();
    let open = create_selector(move || close.with(|close| close.as_ref() == Some(&looking)).to_string());
    let hint = create_selector(move || with("channel-parts", "name", &name.get_clone()));
    // The drawing says that it is a screen; there is no room for more than whose.
    let short = match channel.1 {
        TrackKind::ScreenSound => {
            let person = studio.person(channel.0.clone());
            create_selector(move || {
                person.with(|person| if person.local { word("channel-screen") } else { person.name.clone() })
            })
        }
        _ => name,
    };
    let mark = match channel.1 {
        TrackKind::StageMedia => view! { Icon(name="film", size=Size::Row) },
        TrackKind::ScreenSound => view! { Icon(name="monitor-up", size=Size::Row) },
        _ => {
            let letters = create_selector(move || name.with(|name| initials(name)));
            view! { span(class="avatar avatar-tiny", aria-hidden="true") { (letters) } }
        }
    };
    view! {
        button(
            r#type="button", class="channel-name", title=hint, aria-label=hint, aria-expanded=open,
            data-test="channel-name",
            on:click=move |_| {
                let open = close.with_untracked(|close| close.as_ref() == Some(&of));
                close.set((!open).then(|| of.clone()));
            },
        ) { (mark) span(class="channel-word") { (short) } }
    }
}

/// The audience has this person, or hears this source.
fn air(studio: Studio, channel: Channel) -> ReadSignal<String> {
    let (live, view, person) =
        (studio.live(), studio.strip_view(channel.clone()), studio.person(channel.0.clone()));
    let stage = studio.on_stage(channel.0);
    create_selector(move || {
        let there = match channel.1 {
            TrackKind::StageMedia => view.with(|view| view.as_ref().is_some_and(|view| view.heard.program)),
            _ => stage.get() || person.with(|person| person.position == Position::OnStage),
        };
        (live.get() && there).to_string()
    })
}

/// A place where somebody may hear it.
#[derive(Clone, Copy)]
struct Ear {
    icon: &'static str,
    /// Its name for tests, and its words where it is heard.
    there: &'static str,
    /// Its words where it is not.
    not: &'static str,
    is: fn(Heard) -> bool,
}

const EARS: [Ear; 4] = [
    Ear { icon: "radio", there: "heard-program", not: "unheard-program", is: |heard| heard.program },
    Ear { icon: "headphones", there: "heard-monitor", not: "unheard-monitor", is: |heard| heard.monitor },
    Ear { icon: "users", there: "heard-stage", not: "unheard-stage", is: |heard| heard.stage },
    Ear {
        icon: "door-open",
        there: "heard-backstage",
        not: "unheard-backstage",
        is: |heard| heard.backstage,
    },
];

fn heard(studio: Studio, channel: Channel) -> View {
    let view = studio.strip_view(channel);
    let heard =
        create_selector(move || view.with(|view| view.as_ref().map(|view| view.heard).unwrap_or_default()));
    let places = EARS.map(|Ear { icon, there, not, is }| {
        let lit = create_selector(move || is(heard.get()));
        let text = create_selector(move || word(if lit.get() { there } else { not }));
        let state = create_selector(move || lit.get().to_string());
        view! {
            span(class="heard-place", role="img", title=text, aria-label=text, data-lit=state, data-test=there) {
                Icon(name=icon, size=Size::Badge)
            }
        }
    });
    let (places, label) = (places.into_iter().collect::<Vec<_>>(), word("heard-where"));
    view! { div(class="heard", role="group", aria-label=label) { (places) } }
}

fn switches(studio: Studio, channel: Channel, shown: ReadSignal<Strip>, name: Text) -> View {
    let mute = create_selector(move || shown.with(|strip| strip.mute));
    let solo = create_selector(move || shown.with(|strip| strip.solo));
    let of = channel.clone();
    let muted = move |mute| {
        studio.turn_strip(of.clone(), Strip { mute, ..shown.get_untracked() }, StripPart::Mute(mute));
    };
    let soloed = move |solo| {
        studio.turn_strip(channel.clone(), Strip { solo, ..shown.get_untracked() }, StripPart::Solo(solo));
    };
    let (mute_words, solo_words) = (["channel-mute", "channel-unmute"], ["channel-solo", "channel-unsolo"]);
    let mute = switch("channel-mute", "letter-mute", mute_words, name, mute, muted);
    let solo = switch("channel-solo", "letter-solo", solo_words, name, solo, soloed);
    view! { div(class="channel-switches") { (mute) (solo) } }
}

fn switch(
    test: &'static str,
    letter: &str,
    words: [&'static str; 2],
    name: Text,
    on: ReadSignal<bool>,
    press: impl Fn(bool) + 'static,
) -> View {
    let pressed = create_selector(move || on.get().to_string());
    let hint = create_selector(move || with(words[usize::from(on.get())], "name", &name.get_clone()));
    let letter = word(letter);
    view! {
        button(
            r#type="button", class="channel-switch", title=hint, aria-label=hint, aria-pressed=pressed, data-test=test,
            on:click=move |_| press(!on.get_untracked()),
        ) { (letter) }
    }
}
