//! What the host asks the person at this window to switch on, or to use instead. Only their own click opens a device or
//! changes it.

use studio_wire::device::{AskedDevice, DeviceKind};
use studio_wire::rtc::TrackKind;
use studio_wire::{Command, HereCommand, ShowCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::button::{Button, Face, Kind};
use crate::components::free;
use crate::components::icon::{Icon, Size};
use crate::panels::device_menu::name_of;
use crate::words::{with, word};

/// One card for each thing that is asked for, at the foot of the stage, beside the own controls.
#[component(inline_props)]
pub fn Asks(studio: Studio) -> View {
    let mine = studio.store.mine;
    let asked = create_selector(move || {
        mine.with(|mine| mine.asked.iter().copied().filter(|kind| wish(*kind).is_some()).collect::<Vec<_>>())
    });
    let devices = create_selector(move || mine.with(|mine| mine.asked_devices.clone()));
    view! {
        div(class="asks", aria-live="assertive") {
            Keyed(list=asked, key=|kind| *kind, view=move |kind| card(studio, kind))
            Keyed(
                list=devices, key=|asked| (asked.kind, asked.device.clone()),
                view=move |asked| device_card(studio, asked),
            )
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

/// Another device of this machine; who says yes chooses it, open or not.
fn device_card(studio: Studio, asked: AskedDevice) -> View {
    let AskedDevice { kind, device, name, .. } = asked;
    let (icon, text, test) = match kind {
        DeviceKind::Microphone => ("mic", "ask-use-microphone", "microphone"),
        DeviceKind::Camera => ("video", "ask-use-camera", "camera"),
        DeviceKind::Speaker => ("volume-2", "ask-use-speaker", "speaker"),
    };
    let text = with(text, "name", &name_of(&device, &name));
    let later = Face::new(Kind::Ghost, "ask-later", word("ask-later"));
    let take = Face::new(Kind::Primary, "ask-use", word("ask-use"));
    let label = text.clone();
    view! {
        div(class="ask", role="group", aria-label=label, data-test="ask-device", data-kind=test) {
            Icon(name=icon, size=Size::Large)
            p(class="ask-text") { (text) }
            Button(face=later, refusal=free(), press=move || {
                studio.ask(Command::Show(ShowCommand::DeclineDevice { kind }));
            })
            Button(face=take, refusal=free(), press=move || {
                let device = Some(device.clone());
                studio.ask(Command::Here(HereCommand::ChooseDevice { kind, device }));
            })
        }
    }
}
