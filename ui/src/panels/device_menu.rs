//! Which microphone, camera or speaker is used.

use std::rc::Rc;

use studio_wire::device::{Chosen, Device, DeviceId, DeviceKind, DeviceView, test};
use studio_wire::{Command, HereCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::menu::{Item, Menu};
use crate::local::OpenMenu;
use crate::panels::device_head;
use crate::words::{with, word};

/// A button with a menu of the devices of a kind; the one in use is marked.
#[component(inline_props)]
pub fn DeviceMenu(studio: Studio, kind: DeviceKind) -> View {
    let local = studio.local;
    let open = create_selector(move || local.menu.with(|menu| *menu == Some(OpenMenu::Devices(kind))));
    let (label, test, icon) = match kind {
        DeviceKind::Microphone => ("devices-microphone", "devices-microphone", "chevron-down"),
        DeviceKind::Camera => ("devices-camera", "devices-camera", "chevron-down"),
        DeviceKind::Speaker => ("devices-speaker", "devices-speaker", "volume-2"),
    };
    view! {
        Menu(
            label=word(label), test=test, icon=icon, open=open,
            toggle=move |shown: bool| local.menu.set(shown.then_some(OpenMenu::Devices(kind))),
            items=move || {
                let devices = studio.store.devices.with_untracked(|devices| items(studio, kind, devices.of(kind)));
                devices.into_iter().chain(device_head::switches(studio, kind)).collect()
            },
            head=Some(Rc::new(move || device_head::head(studio, kind))),
        )
    }
}

/// What the system offers first, what is there, and what was chosen and is not there.
fn items(studio: Studio, kind: DeviceKind, view: &DeviceView) -> Vec<Item> {
    let item = |device: Option<DeviceId>, label: String| {
        let chosen = view.chosen.as_ref().map(|chosen| &chosen.id) == device.as_ref();
        let wish =
            move || studio.ask(Command::Here(HereCommand::ChooseDevice { kind, device: device.clone() }));
        Item { label, chosen: Some(chosen), ..Item::new("device", wish) }
    };
    let missing = view.chosen.as_ref().filter(|chosen| view.offers.iter().all(|offer| offer.id != chosen.id));
    let missing = missing.map(|Chosen { id, name }| Item {
        refusal: Some(word("device-missing")),
        ..item(Some(id.clone()), with("device-away", "name", name))
    });
    let offers = view.offers.iter().map(|offer| item(Some(offer.id.clone()), name(offer)));
    let first = item(None, word("device-first"));
    std::iter::once(first).chain(offers).chain(missing).collect()
}

fn name(device: &Device) -> String {
    name_of(&device.id, &device.name)
}

/// The studio's own sources have no name of their maker's.
pub fn name_of(id: &DeviceId, name: &str) -> String {
    match id.as_str() {
        test::PATTERN => word("device-pattern"),
        test::BARS => word("device-bars"),
        test::TONE => word("device-tone"),
        test::NOWHERE => word("device-nowhere"),
        _ => name.to_owned(),
    }
}
