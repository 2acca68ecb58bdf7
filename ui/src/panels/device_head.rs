//! What the device in use gives now, above the choice of others. Nothing is opened for it.

use studio_wire::device::DeviceKind;
use studio_wire::view::SourceView;
use studio_wire::{Command, HereCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::bridge;
use crate::components::icon::{Icon, Size};
use crate::components::menu::Item;
use crate::components::meter_face::{MeterFace, of_source};
use crate::words::word;

/// A live meter, or a live picture.
pub fn head(studio: Studio, kind: DeviceKind) -> View {
    match kind {
        DeviceKind::Microphone => microphone(studio),
        DeviceKind::Speaker => {
            let meter = create_signal("monitor".to_owned());
            lying(studio, "device-heard", "device-heard", *meter)
        }
        DeviceKind::Camera => camera(studio),
    }
}

/// What is on or off about the microphone in use, and what can be done with the other ones.
pub fn switches(studio: Studio, kind: DeviceKind) -> Vec<Item> {
    match kind {
        DeviceKind::Microphone => {}
        DeviceKind::Speaker => {
            let press = move || studio.ask(Command::Here(HereCommand::TestSpeaker));
            return vec![Item { label: word("speaker-test"), ..Item::new("speaker-test", press) }];
        }
        DeviceKind::Camera => {
            let refusal =
                studio.store.camera.with_untracked(Option::is_none).then(|| word("camera-settings-none"));
            let press = move || studio.local.camera_setup.set(true);
            let label = word("camera-settings");
            return vec![Item { label, refusal, ..Item::new("camera-settings", press) }];
        }
    }
    let sound = studio.store.sound.get_clone_untracked();
    let switch = |test: &'static str, on: bool, wish: fn(bool) -> HereCommand| {
        let press = move || studio.ask(Command::Here(wish(!on)));
        Item { label: word(test), chosen: Some(on), alone: true, ..Item::new(test, press) }
    };
    vec![
        switch("push-to-talk", sound.push_to_talk, |on| HereCommand::PushToTalk { on }),
        switch("heed-muted", !sound.ignore_muted, |on| HereCommand::HeedMuted { on }),
    ]
}

fn own(studio: Studio, of: fn(&studio_wire::view::PersonView) -> &SourceView) -> ReadSignal<SourceView> {
    let me = studio.store.me;
    create_selector(move || me.with(|me| me.as_ref().map(|me| of(me).clone()).unwrap_or_default()))
}

fn microphone(studio: Studio) -> View {
    let (source, sound) = (own(studio, |me| &me.microphone), studio.store.sound);
    let meter =
        create_selector(move || source.with(|source| source.source.map(of_source).unwrap_or_default()));
    let state = create_selector(move || {
        let listening = sound.with(|sound| sound.listening);
        // The device itself: while a key has to be held it is open and not heard.
        let on = studio.store.devices.with(|devices| devices.microphone.on);
        if on { None } else { Some(listening) }
    });
    let note = View::from_dynamic(move || {
        let Some(listening) = state.get() else { return View::new() };
        let (test, icon) = if listening { ("device-listening", "mic") } else { ("device-closed", "mic-off") };
        let text = word(test);
        view! { p(class="device-note", data-listening=listening.to_string(), data-test=test) { Icon(name=icon, size=Size::Small) (text) } }
    });
    let level = lying(studio, "device-level", "device-level", meter);
    view! { (level) (note) }
}

fn lying(studio: Studio, test: &'static str, label: &str, meter: ReadSignal<String>) -> View {
    let (meters, resets, moved) = (studio.store.meters, *studio.local.resets, *create_signal(0_u32));
    let label = word(label);
    view! {
        div(class="device-level", role="img", aria-label=label, data-test=test) {
            div(class="meter-lying", data-meter=meter, data-lying="")
            MeterFace(meters=meters, resets=resets, moved=moved)
        }
    }
}

/// The own camera's picture, if it is open.
pub fn camera(studio: Studio) -> View {
    let source = own(studio, |me| &me.camera);
    let cell = create_selector(move || source.with(|source| source.cell.filter(|_| source.on)));
    let canvas = create_node_ref();
    if !is_ssr!() {
        on_mount(move || {
            create_effect(move || {
                let cell = cell.get();
                if let Some(node) = canvas.try_get() {
                    bridge::preview_tile(&node, cell);
                }
            });
        });
        on_cleanup(move || {
            if let Some(node) = canvas.try_get() {
                bridge::preview_tile(&node, None);
            }
        });
    }
    let shown = create_selector(move || cell.get().is_some().to_string());
    let (label, closed) = (word("device-picture"), word("device-camera-closed"));
    view! {
        div(class="device-picture", data-shown=shown, data-test="device-picture") {
            canvas(width="160", height="90", role="img", aria-label=label, r#ref=canvas)
            p(class="device-note") { Icon(name="video-off", size=Size::Small) (closed) }
        }
    }
}
