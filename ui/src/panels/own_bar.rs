//! The own bar: who I am and where, what of me is open, and how loud the program is.

use std::cell::RefCell;

use studio_wire::command::Act;
use studio_wire::device::DeviceKind;
use studio_wire::people::Position;
use studio_wire::view::SeatLink;
use studio_wire::{Command, HereCommand, Role};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::bridge;
use crate::components::Text;
use crate::components::meter::{Ballistics, Meter, figure};
use crate::components::own_control::{OwnControl, Switch};
use crate::components::tile::initials;
use crate::panels::device_menu::DeviceMenu;
use crate::panels::mixer::MixerDoor;
use crate::panels::sharing::Sharing;
use crate::words::{with, word};

/// The bar.
#[component(inline_props)]
pub fn OwnBar(studio: Studio) -> View {
    let label = word("region-own");
    view! {
        footer(class="own-bar", data-region="own", tabindex="-1", aria-label=label) {
            div(class="bar-start") { Me(studio=studio) }
            div(class="bar-centre") { Microphone(studio=studio) Camera(studio=studio) Sharing(studio=studio) }
            div(class="bar-end") { DeviceMenu(studio=studio, kind=DeviceKind::Speaker) Level(studio=studio) MixerDoor(studio=studio) }
        }
    }
}

#[component(inline_props)]
fn Me(studio: Studio) -> View {
    let (me, live, joined) = (studio.store.me, studio.live(), studio.joined());
    let watches = create_selector(move || studio.store.role.get() == Role::Viewer);
    let name = create_selector(move || {
        me.with(|me| me.as_ref().map(|me| me.name.clone())).unwrap_or_else(|| word("me-nobody"))
    });
    let letters = create_selector(move || name.with(|name| initials(name)));
    let on_stage =
        create_selector(move || me.with(|me| me.as_ref().is_some_and(|me| me.position == Position::OnStage)));
    let air = create_selector(move || (live.get() && on_stage.get()).to_string());
    let place = create_selector(move || {
        let position = me.with(|me| me.as_ref().map(|me| me.position)).filter(|_| joined.get());
        word(match (position, live.get()) {
            (Some(Position::OnStage), true) => "place-air",
            (Some(Position::OnStage), false) => "place-stage",
            (Some(Position::Backstage), _) => "place-backstage",
            (None | Some(Position::None), true) if watches.get() => "place-watching",
            _ => "place-none",
        })
    });
    view! {
        span(class="avatar", aria-hidden="true") { (letters) }
        div(class="me") {
            p(class="me-name", data-test="me") { (name) }
            p(class="me-place", data-air=air, data-test="me-place") { (place) }
        }
    }
}

#[component(inline_props)]
fn Microphone(studio: Studio) -> View {
    let me = studio.store.me;
    let source = move || me.with(|me| me.as_ref().map(|me| me.microphone.clone()).unwrap_or_default());
    let level = studio.level(source);
    let switch = Switch { test: "mute", icons: ["mic", "mic-off"], level: Some(level) };
    own(studio, switch, Act::Microphone, ["mute", "unmute"], |on| HereCommand::Microphone { on })
}

#[component(inline_props)]
fn Camera(studio: Studio) -> View {
    let switch = Switch { test: "camera", icons: ["video", "video-off"], level: None };
    own(studio, switch, Act::Camera, ["stop-camera", "start-camera"], |on| HereCommand::Camera { on })
}

fn own(
    studio: Studio,
    switch: Switch,
    act: Act,
    words: [&'static str; 2],
    wish: impl Fn(bool) -> HereCommand + 'static,
) -> View {
    // The switch itself: with push to talk a microphone that is on is not always heard.
    let kind = if act == Act::Microphone { DeviceKind::Microphone } else { DeviceKind::Camera };
    let on = create_selector(move || studio.store.devices.with(|devices| devices.of(kind).on));
    let label = create_selector(move || word(if on.get() { words[0] } else { words[1] }));
    let hint = create_selector(move || Studio::with_key(act, label.get_clone()));
    let refusal = barred(studio, act);
    let control = view! {
        OwnControl(
            switch=switch, on=on, label=label, hint=hint, refusal=refusal,
            press=move || studio.ask(Command::Here(wish(!on.get_untracked()))),
        )
    };
    let watches = create_selector(move || (studio.store.role.get() == Role::Viewer).to_string());
    let off = create_selector(move || (!on.get()).to_string());
    view! {
        span(class="own-place", data-watches=watches, data-off=off) { (control) DeviceMenu(studio=studio, kind=kind) }
    }
}

/// Why an own source cannot be opened: the host has not given the right, or the core says so.
fn barred(studio: Studio, act: Act) -> ReadSignal<Option<String>> {
    let (store, refusal) = (studio.store, studio.refusal(act));
    create_selector(move || {
        let rights = store.mine.with(|mine| mine.rights);
        let (right, text) = match act {
            Act::Microphone => (rights.speak, "no-microphone"),
            _ => (rights.video, "no-camera"),
        };
        let denied = store.seat.get() == SeatLink::In && !right;
        denied.then(|| word(text)).or_else(|| refusal.get_clone())
    })
}

/// The program's two channels, or at a seat of another machine what is heard there, with their held peaks, and the higher one as a figure.
#[component(inline_props)]
fn Level(studio: Studio) -> View {
    let meters = studio.store.meters;
    let own = create_selector(move || studio.store.seat.get() == SeatLink::Own);
    let channel = |at: usize| {
        create_selector(move || {
            meters.with(|meters| if own.get() { meters.program.peak[at] } else { meters.monitor.peak[at] })
        })
    };
    let (left, right) = (channel(0), channel(1));
    let name = create_selector(move || word(if own.get() { "level-word" } else { "level-monitor" }));
    let label = name;
    let node = create_node_ref();
    let text = reading(left, right, node);
    view! {
        div(class="level", role="group", aria-label=label, data-test="level", r#ref=node) {
            span(class="level-word") { (name) }
            div(class="level-bars") { Meter(level=left) Meter(level=right) }
            span(class="figure", data-test="level-value") { (text) }
        }
    }
}

/// The held peak as it is written; the exact level goes to the node for those who measure.
fn reading(left: ReadSignal<f32>, right: ReadSignal<f32>, node: NodeRef) -> Text {
    let text = create_signal(word("level-silent"));
    if is_ssr!() {
        return *text;
    }
    let motion = RefCell::new(Ballistics::default());
    on_mount(move || {
        create_effect(move || {
            let level = left.get().max(right.get());
            let (_, held) = motion.borrow_mut().take(level, bridge::now());
            if let Some(node) = node.try_get() {
                bridge::attribute(&node, "data-dbfs", &format!("{level:.1}"));
            }
            let written = figure(held)
                .map_or_else(|| word("level-silent"), |value| with("level-value", "value", &value));
            if text.with_untracked(|old| *old != written) {
                text.set(written);
            }
        });
    });
    *text
}
