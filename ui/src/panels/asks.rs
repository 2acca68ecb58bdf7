//! What the host asks the person at this window to switch on. Only their own click opens a device.

use studio_wire::rtc::TrackKind;
use studio_wire::{Command, HereCommand, ShowCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::button::{Button, Face, Kind};
use crate::components::free;
use crate::components::icon::{Icon, Size};
use crate::words::word;

/// One card for each thing that is asked for, at the foot of the stage, beside the own controls.
#[component(inline_props)]
pub fn Asks(studio: Studio) -> View {
    let mine = studio.store.mine;
    let asked = create_selector(move || {
        mine.with(|mine| mine.asked.iter().copied().filter(|kind| wish(*kind).is_some()).collect::<Vec<_>>())
    });
    view! {
        div(class="asks", aria-live="assertive") {
            Keyed(list=asked, key=|kind| *kind, view=move |kind| card(studio, kind))
        }
    }
}

/// What switches it on here; what cannot be switched on by one click is not asked for.
const fn wish(kind: TrackKind) -> Option<HereCommand> {
    match kind {
        TrackKind::Microphone => Some(HereCommand::Microphone { on: true }),
        TrackKind::Camera => Some(HereCommand::Camera { on: true }),
        TrackKind::Screen | TrackKind::ScreenSound | TrackKind::StageMedia | TrackKind::Talkback => None,
    }
}

fn card(studio: Studio, kind: TrackKind) -> View {
    let (sign, text) = if kind.is_picture() {
        (view! { Icon(name="video", size=Size::Large) }, word("ask-camera"))
    } else {
        (view! { Icon(name="mic", size=Size::Large) }, word("ask-microphone"))
    };
    let later = Face::new(Kind::Ghost, "ask-later", word("ask-later"));
    let on = Face::new(Kind::Primary, "ask-on", word("ask-on"));
    let (label, name) = (text.clone(), kind.track_name());
    view! {
        div(class="ask", role="group", aria-label=label, data-test="ask-prompt", data-kind=name) {
            (sign)
            p(class="ask-text") { (text) }
            Button(face=later, refusal=free(), press=move || {
                studio.ask(Command::Show(ShowCommand::Decline { kind }));
            })
            Button(face=on, refusal=free(), press=move || {
                if let Some(wish) = wish(kind) {
                    studio.ask(Command::Here(wish));
                }
            })
        }
    }
}
