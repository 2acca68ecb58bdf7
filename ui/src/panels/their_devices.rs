//! The devices of somebody else's machine: the host's can be chosen from here, a guest's only asked for.

use studio_wire::device::{AskedDevice, DeviceId, DeviceKind, DeviceView};
use studio_wire::view::SeatLink;
use studio_wire::{Command, Identity, ShowCommand};
use sycamore::prelude::*;

use super::device_menu::name_of;
use crate::app::Studio;
use crate::bridge;
use crate::components::button::{Button, Face, Kind};
use crate::components::free;
use crate::words::{with, word};

/// One device as it is shown.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    kind: DeviceKind,
    device: DeviceId,
    name: String,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Used,
    Free,
    Asked,
    Declined,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Free => "free",
            Self::Asked => "asked",
            Self::Declined => "declined",
        }
    }
}

/// Whose devices are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The host's.
    Host(Identity),
    /// A guest's; the host is asked to show them.
    Guest(Identity),
}

impl Studio {
    /// Opens the list of somebody's devices.
    pub fn look(self, whose: Looked) {
        if let Looked::Guest(person) = &whose {
            self.ask(Command::Show(ShowCommand::LookAtDevices { person: Some(person.clone()) }));
        }
        self.local.looked.set(Some(whose));
    }

    fn look_away(self) {
        if let Some(Looked::Guest(_)) = self.local.looked.take() {
            self.ask(Command::Show(ShowCommand::LookAtDevices { person: None }));
        }
    }
}

/// The list, while somebody's devices are looked at.
#[component(inline_props)]
pub fn TheirDevices(studio: Studio) -> View {
    let (local, node) = (studio.local, create_node_ref());
    let open = create_selector(move || local.looked.with(Option::is_some));
    create_effect(move || {
        let open = open.get();
        if let Some(node) = node.try_get() {
            bridge::dialog(&node, open);
        }
    });
    // The host forgets who looks when the connection is lost, and may do so only after it is there again.
    create_effect(move || {
        let told = studio.store.theirs.with(|theirs| theirs.as_ref().map(|theirs| theirs.person.clone()));
        if studio.store.seat.get() == SeatLink::In
            && let Some(whose @ Looked::Guest(_)) = local.looked.get_clone_untracked()
            && told.is_none()
        {
            studio.look(whose);
        }
    });
    let title = create_selector(move || match local.looked.get_clone() {
        Some(Looked::Host(who) | Looked::Guest(who)) => {
            with("their-devices", "name", &studio.store.name_of(&who))
        }
        None => String::new(),
    });
    let rows = create_selector(move || rows(studio));
    let list = View::from_dynamic(move || {
        let rows = rows.get_clone();
        let kinds = DeviceKind::ALL.into_iter().map(|kind| group(studio, kind, &rows)).collect::<Vec<_>>();
        view! { (kinds) }
    });
    let close = Face::new(Kind::Line, "their-devices-close", word("close"));
    view! {
        dialog(
            class="dialog", data-test="their-devices", aria-labelledby="their-devices-title", r#ref=node,
            on:close=move |_| studio.look_away(),
        ) {
            h2(id="their-devices-title") { (title) }
            div(class="dialog-body devices", data-scroll="") { (list) }
            div(class="dialog-end") { Button(face=close, refusal=free(), press=move || studio.look_away()) }
        }
    }
}

fn rows(studio: Studio) -> Vec<Row> {
    match studio.local.looked.get_clone() {
        None => Vec::new(),
        Some(Looked::Host(_)) => studio.store.host.with(|host| {
            let devices = host.as_ref().map(|host| host.devices.clone()).unwrap_or_default();
            DeviceKind::ALL.into_iter().flat_map(|kind| of_host(kind, devices.of(kind))).collect()
        }),
        Some(Looked::Guest(who)) => studio.store.theirs.with(|theirs| {
            let theirs = theirs.clone().filter(|theirs| theirs.person == who).unwrap_or_default();
            let row = |device: &studio_wire::device::OfferedDevice| Row {
                kind: device.kind,
                device: device.id.clone(),
                name: name_of(&device.id, &device.name),
                state: if device.used { State::Used } else { asked(&theirs.asked, device.kind, &device.id) },
            };
            theirs.devices.iter().map(row).collect()
        }),
    }
}

fn of_host(kind: DeviceKind, view: &DeviceView) -> impl Iterator<Item = Row> {
    view.offers.iter().map(move |offer| Row {
        kind,
        device: offer.id.clone(),
        name: name_of(&offer.id, &offer.name),
        state: if view.used.as_ref() == Some(&offer.id) { State::Used } else { State::Free },
    })
}

fn asked(all: &[AskedDevice], kind: DeviceKind, device: &DeviceId) -> State {
    match all.iter().find(|asked| asked.kind == kind && asked.device == *device) {
        Some(asked) if asked.declined => State::Declined,
        Some(_) => State::Asked,
        None => State::Free,
    }
}

fn group(studio: Studio, kind: DeviceKind, rows: &[Row]) -> View {
    let of_kind: Vec<_> = rows.iter().filter(|row| row.kind == kind).cloned().collect();
    if of_kind.is_empty() {
        return View::new();
    }
    let title = word(match kind {
        DeviceKind::Microphone => "devices-microphones",
        DeviceKind::Camera => "devices-cameras",
        DeviceKind::Speaker => "devices-speakers",
    });
    let lines = of_kind.into_iter().map(|row| line(studio, row)).collect::<Vec<_>>();
    view! { section(class="devices-kind") { h3 { (title) } (lines) } }
}

fn line(studio: Studio, row: Row) -> View {
    let Row { kind, device, name, state } = row;
    let note = match state {
        State::Used => word("device-used"),
        State::Asked => word("device-asked"),
        State::Declined => word("device-declined"),
        State::Free => String::new(),
    };
    let act = if matches!(state, State::Used | State::Asked) {
        View::new()
    } else {
        act(studio, kind, device.clone())
    };
    let (id, state) = (device.0, state.word());
    view! {
        div(class="devices-line", data-test="their-device", data-device=id, data-state=state) {
            span(class="devices-name") { (name) }
            span(class="devices-note") { (note) }
            (act)
        }
    }
}

/// The host's is chosen at once; a guest decides.
fn act(studio: Studio, kind: DeviceKind, device: DeviceId) -> View {
    let host = studio.local.looked.with_untracked(|looked| matches!(looked, Some(Looked::Host(_))));
    let label = word(if host { "device-use" } else { "device-ask" });
    let press = move || {
        let device = device.clone();
        let command = match studio.local.looked.get_clone_untracked() {
            Some(Looked::Guest(person)) => ShowCommand::AskDevice { person, kind, device },
            Some(Looked::Host(_)) => ShowCommand::HostDevice { kind, device: Some(device) },
            None => return,
        };
        studio.ask(Command::Show(command));
    };
    let face = Face::new(Kind::Line, "their-device-act", label).small();
    view! { Button(face=face, refusal=free(), press=press) }
}
