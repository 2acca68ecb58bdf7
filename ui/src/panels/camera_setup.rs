//! How the own camera is used: its format, what of its picture is shown, and the controls that its driver offers.

use fluent_bundle::FluentArgs;
use studio_wire::device::{CameraControl, CameraFormat, CameraSetup, CameraView, Framing};
use studio_wire::{Command, HereCommand};
use sycamore::prelude::*;

use super::device_head;
use crate::app::Studio;
use crate::bridge;
use crate::components::button::{Button, Face, Kind};
use crate::components::free;
use crate::components::law::Range;
use crate::components::slider::{Slider, Toggle};
use crate::words::{count, say, with, word};

/// The dialog, while the camera is set up.
#[component(inline_props)]
pub fn CameraSettings(studio: Studio) -> View {
    let (open, node) = (studio.local.camera_setup, create_node_ref());
    create_effect(move || {
        let open = open.get();
        if let Some(node) = node.try_get() {
            bridge::dialog(&node, open);
        }
    });
    let camera = studio.store.camera;
    let title = create_selector(move || {
        let name = camera.with(|camera| camera.as_ref().map(|camera| camera.name.clone()));
        with("camera-title", "name", &name.unwrap_or_default())
    });
    let body = View::from_dynamic(move || if open.get() { untrack(|| body(studio)) } else { View::new() });
    let reset = Face::new(Kind::Ghost, "camera-reset", word("camera-reset"));
    let close = Face::new(Kind::Line, "camera-close", word("close"));
    view! {
        dialog(
            class="dialog", data-test="camera-setup", aria-labelledby="camera-title", r#ref=node,
            on:close=move |_| open.set(false),
        ) {
            h2(id="camera-title") { (title) }
            div(class="dialog-body devices", data-scroll="") { (body) }
            div(class="dialog-end") {
                Button(face=reset, refusal=free(), press=move || change(studio, |setup| *setup = CameraSetup::default()))
                Button(face=close, refusal=free(), press=move || open.set(false))
            }
        }
    }
}

/// Sends the setup with a change in it.
fn change(studio: Studio, change: impl FnOnce(&mut CameraSetup)) {
    let Some(CameraView { device, mut setup, .. }) = studio.store.camera.get_clone_untracked() else {
        return;
    };
    change(&mut setup);
    studio.ask(Command::Here(HereCommand::SetUpCamera { device, setup }));
}

fn framing(studio: Studio) -> ReadSignal<Framing> {
    let camera = studio.store.camera;
    create_selector(move || {
        camera.with(|camera| camera.as_ref().map(|it| it.setup.framing).unwrap_or_default())
    })
}

fn body(studio: Studio) -> View {
    let framing = framing(studio);
    let mirrored = create_selector(move || framing.get().mirror);
    let (mirror, hint) = (word("camera-mirror"), word("camera-mirror-hint"));
    let picture = device_head::camera(studio);
    let place = |test: &'static str, get: fn(&mut Framing) -> &mut u16| {
        part(studio, framing, test, (0, 1_000, 500), get, |value| {
            count("camera-percent", "value", value / 10)
        })
    };
    let most = Framing::MOST_ZOOM;
    let zoom = part(
        studio,
        framing,
        "camera-zoom",
        (100, most, 100),
        |framing| &mut framing.zoom,
        |value| count("camera-percent", "value", value),
    );
    let (across, down) =
        (place("camera-x", |framing| &mut framing.x), place("camera-y", |framing| &mut framing.y));
    let (formats, controls) = (formats(studio), controls(studio));
    view! {
        (picture)
        (formats)
        Toggle(label=mirror, hint=hint, test="camera-mirror", on=mirrored, press=move |on| {
            change(studio, |setup| setup.framing.mirror = on);
        })
        (zoom) (across) (down)
        (controls)
    }
}

/// A figure of the framing.
fn part(
    studio: Studio,
    framing: ReadSignal<Framing>,
    test: &'static str,
    (low, high, rest): (u16, u16, u16),
    get: fn(&mut Framing) -> &mut u16,
    text: fn(u64) -> String,
) -> View {
    let figure = create_selector(move || *get(&mut framing.get()));
    let value = create_selector(move || f32::from(figure.get()));
    let text = create_selector(move || text(figure.get().into()));
    let range = Range { low: low.into(), high: high.into(), factor: false, step: 1.0 };
    view! {
        Slider(
            label=word(test), test=test, range=range, rest=rest.into(), value=value, text=text,
            turn=move |to: f32| change(studio, |setup| *get(&mut setup.framing) = to.round() as u16),
        )
    }
}

/// What the camera can be opened in.
fn formats(studio: Studio) -> View {
    let camera = studio.store.camera;
    let offered =
        create_selector(move || camera.with(|it| it.clone().map(|it| (it.formats, it.setup.format))));
    View::from_dynamic(move || {
        let (formats, chosen) = offered.get_clone().unwrap_or_default();
        let label = word("camera-formats");
        if formats.is_empty() {
            let text = word("camera-format-none");
            return view! { p(class="device-note", data-test="camera-format-none") { (text) } };
        }
        let rows =
            formats.into_iter().map(|format| choice(studio, format, format == chosen)).collect::<Vec<_>>();
        view! { div(class="camera-formats", role="radiogroup", aria-label=label) { (rows) } }
    })
}

fn choice(studio: Studio, format: CameraFormat, chosen: bool) -> View {
    let CameraFormat { width, height, fps } = format;
    let mut args = FluentArgs::new();
    // As text: a size is no quantity that is written in groups.
    args.set("width", width.to_string());
    args.set("height", height.to_string());
    args.set("fps", fps.to_string());
    let label = say("camera-format", &args);
    let checked = chosen.to_string();
    view! {
        button(
            r#type="button", class="camera-format", role="radio", aria-checked=checked, data-test="camera-format",
            on:click=move |_| change(studio, |setup| setup.format = format),
        ) { (label) }
    }
}

/// The driver's controls, by the driver's names.
fn controls(studio: Studio) -> View {
    let camera = studio.store.camera;
    // A value that moves moves its slider, and makes none anew.
    let offered = create_selector(move || {
        let still = |control: CameraControl| CameraControl { value: 0, ..control };
        camera.with(|it| it.iter().flat_map(|it| it.controls.clone()).map(still).collect::<Vec<_>>())
    });
    View::from_dynamic(move || {
        let rows = offered.get_clone().into_iter().map(|control| slider(studio, control)).collect::<Vec<_>>();
        view! { (rows) }
    })
}

fn slider(studio: Studio, control: CameraControl) -> View {
    let CameraControl { id, name, min, max, step, default, .. } = control;
    let camera = studio.store.camera;
    let now = create_selector(move || {
        camera.with(|it| {
            let it = it.as_ref()?;
            let of_driver = it.controls.iter().find(|control| control.id == id).map(|control| control.value);
            it.setup.controls.get(&id).copied().or(of_driver)
        })
    });
    let value = create_selector(move || now.get().unwrap_or(default) as f32);
    let text =
        create_selector(move || with("camera-plain", "value", &now.get().unwrap_or(default).to_string()));
    let range = Range { low: min as f32, high: max as f32, factor: false, step: step.max(1) as f32 };
    view! {
        Slider(
            label=name, test="camera-control", range=range, rest=default as f32, value=value, text=text,
            turn=move |to: f32| change(studio, |setup| {
                let to = to.round() as i64;
                if to == default { setup.controls.remove(&id) } else { setup.controls.insert(id, to) };
            }),
        )
    }
}
