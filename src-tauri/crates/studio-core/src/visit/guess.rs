//! What a wish will most likely do to the view, so that it can be shown before the host has answered. Pure: a guess
//! is laid over a copy, and what the host says takes its place.

use studio_wire::command::{Bus, ShowCommand};
use studio_wire::device::{AskedDevice, Chosen, DeviceId, DeviceKind, DeviceView};
use studio_wire::ids::Identity;
use studio_wire::layout::LayoutName;
use studio_wire::people::{Position, Role};
use studio_wire::rtc::TrackKind;
use studio_wire::view::{PersonView, SceneView, ShowView, SourceView};

use crate::show::strips;

/// Whether what a command does can be guessed.
pub(super) fn can(command: &ShowCommand) -> bool {
    use ShowCommand::{
        AskOn, EmergencyStop, EndStream, GoLive, LookAtDevices, Open, Readmit, Recover, Release, Remove,
        Settle,
    };
    !matches!(
        command,
        Open { .. }
            | Release
            | GoLive
            | EndStream
            | Recover
            | EmergencyStop
            | AskOn { .. }
            | LookAtDevices { .. }
            | Remove { .. }
            | Readmit { .. }
            | Settle { .. }
    )
}

/// Changes the view as the host will if it takes the command.
pub(super) fn apply(view: &mut ShowView, command: &ShowCommand) {
    match command {
        ShowCommand::AddToStage { bus, person } => add(view, *bus, person),
        ShowCommand::RemoveFromStage { bus, person } => {
            edit(view, *bus, |scene| scene.people.retain(|there| there != person));
            place(view);
        }
        ShowCommand::Layout { bus, layout } => edit(view, *bus, |scene| scene.layout = *layout),
        ShowCommand::Take => {
            if let Some(preview) = view.preview.clone() {
                view.program = preview;
                place(view);
            }
        }
        ShowCommand::SetRole { person, role } => of(view, person, |person| person.role = *role),
        ShowCommand::Permit { person, speak, video } => of(view, person, |person| {
            person.rights.speak = speak.unwrap_or(person.rights.speak);
            person.rights.video = video.unwrap_or(person.rights.video);
        }),
        ShowCommand::Mute { person, kind } => of(view, person, |person| {
            if let Some(source) = source(person, *kind) {
                source.on = false;
            }
        }),
        ShowCommand::Silence { person, on } => of(view, person, |person| person.silenced = *on),
        ShowCommand::Decline { kind } => {
            view.mine.asked.retain(|asked| asked != kind);
            let me = view.me.clone();
            of(view, &me, |person| person.asked.retain(|asked| asked != kind));
        }
        ShowCommand::AskDevice { person, kind, device } => ask_device(view, person, *kind, device),
        ShowCommand::DeclineDevice { kind } => view.mine.asked_devices.retain(|asked| asked.kind != *kind),
        ShowCommand::Request { up } => request(view, *up),
        ShowCommand::HostDevice { kind, device } => {
            if let Some(host) = &mut view.host {
                choose(host.devices.of_mut(*kind), device.as_ref());
            }
        }
        ShowCommand::Strip { person, kind, part } => {
            let mut strips = view.mixer.iter_mut().flat_map(|mixer| &mut mixer.strips);
            if let Some(view) = strips.find(|strip| (&strip.person, strip.kind) == (person, *kind)) {
                strips::set(&mut view.strip, *part);
            }
        }
        ShowCommand::ProgramBus { bus } => {
            if let Some(mixer) = &mut view.mixer {
                mixer.program = *bus;
            }
        }
        ShowCommand::StageMedia { on } => {
            if let Some(host) = &mut view.host {
                host.stage_media = *on;
            }
        }
        _ => {}
    }
}

/// What the system offers first is for its machine to know.
fn choose(view: &mut DeviceView, device: Option<&DeviceId>) {
    let offer = device.and_then(|id| view.offers.iter().find(|offer| offer.id == *id));
    view.chosen = offer.map(|offer| Chosen { id: offer.id.clone(), name: offer.name.clone() });
    if let Some(chosen) = &view.chosen {
        view.used = Some(chosen.id.clone());
    }
}

/// Shown to who looks at these devices.
fn ask_device(view: &mut ShowView, person: &Identity, kind: DeviceKind, device: &DeviceId) {
    let Some(theirs) = view.devices.as_mut().filter(|theirs| theirs.person == *person) else { return };
    theirs.asked.retain(|asked| asked.kind != kind);
    let offered = theirs.devices.iter().find(|of| of.kind == kind && of.id == *device && !of.used);
    theirs.asked.extend(offered.map(|offered| AskedDevice {
        kind,
        device: device.clone(),
        name: offered.name.clone(),
        declined: false,
    }));
}

fn add(view: &mut ShowView, bus: Bus, person: &Identity) {
    edit(view, bus, |scene| {
        if !scene.people.contains(person) && scene.people.len() < LayoutName::MOST {
            scene.people.push(person.clone());
        }
    });
    place(view);
}

fn edit(view: &mut ShowView, bus: Bus, change: impl FnOnce(&mut SceneView)) {
    match (bus, &mut view.preview) {
        (Bus::Program, _) => change(&mut view.program),
        (Bus::Preview, Some(preview)) => change(preview),
        (Bus::Preview, None) => {}
    }
}

/// Who is in the program is on stage, and nobody else.
fn place(view: &mut ShowView) {
    for person in &mut view.people {
        if view.program.people.contains(&person.identity) {
            person.position = Position::OnStage;
        } else if person.position == Position::OnStage {
            person.position = off_stage(person.role);
        }
    }
}

fn request(view: &mut ShowView, up: bool) {
    let me = view.me.clone();
    of(view, &me, |person| match (up, person.position) {
        (true, Position::None) => person.position = Position::Requested,
        (false, Position::Requested) => person.position = Position::None,
        _ => {}
    });
}

fn off_stage(role: Role) -> Position {
    if role == Role::Viewer { Position::None } else { Position::Backstage }
}

fn of(view: &mut ShowView, who: &Identity, change: impl FnOnce(&mut PersonView)) {
    if let Some(person) = view.people.iter_mut().find(|person| person.identity == *who) {
        change(person);
    }
}

fn source(person: &mut PersonView, kind: TrackKind) -> Option<&mut SourceView> {
    match kind {
        TrackKind::Camera => Some(&mut person.camera),
        TrackKind::Microphone => Some(&mut person.microphone),
        TrackKind::Screen => Some(&mut person.screen),
        TrackKind::ScreenSound => Some(&mut person.screen_sound),
        TrackKind::StageMedia | TrackKind::Talkback => None,
    }
}
