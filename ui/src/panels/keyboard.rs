//! What the keys do. A key asks even for what is not possible now: the core's answer says why.

use studio_wire::command::Act;
use studio_wire::device::DeviceKind;
use studio_wire::{Bus, Command, HereCommand, ShowCommand};
use sycamore::web::events::KeyboardEvent;

use crate::app::Studio;
use crate::bridge;
use crate::keys::{Chord, Meaning, meaning};
use crate::local::hold::{By, What};

/// Handles a key that was pressed anywhere in the window.
pub fn take(studio: Studio, event: &KeyboardEvent) {
    if event.repeat() {
        if held(studio) {
            event.prevent_default();
        }
        return;
    }
    let code = event.code();
    let chord = Chord {
        code: &code,
        ctrl: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
    };
    let (typing, dialog) = bridge::occupied();
    let Some(meaning) = meaning(chord, typing, dialog) else { return };
    if meaning == Meaning::Act(Act::Press) {
        return press(studio, event);
    }
    event.prevent_default();
    match meaning {
        Meaning::Mixer => studio.turn_mixer(),
        Meaning::Panel(panel) => studio.local.turn(panel),
        Meaning::Region { back } => bridge::next_region(back),
        Meaning::Layout(place) => {
            let offer = studio.store.layouts.with_untracked(|all| all.get(place).map(|offer| offer.layout));
            if let Some(layout) = offer {
                studio.ask(Command::Show(ShowCommand::Layout { bus: Bus::Program, layout }));
            }
        }
        Meaning::Act(Act::Share) => studio.press_share(),
        Meaning::Act(act) => {
            if let Some(command) = command(studio, act) {
                studio.ask(command);
            }
        }
    }
}

/// The microphone is open for as long as the key is held. A button that has the focus is pressed by it instead.
fn press(studio: Studio, event: &KeyboardEvent) {
    if studio.store.sound.with_untracked(|sound| sound.push_to_talk) && !bridge::hands::on_control() {
        event.prevent_default();
        studio.hold(What::Press, By::Key(event.code()));
    }
}

/// A key that is held repeats, and must not scroll the page.
fn held(studio: Studio) -> bool {
    studio.local.holding.with_untracked(Option::is_some)
}

/// The command behind a key; acts that need more than a key have none.
fn command(studio: Studio, act: Act) -> Option<Command> {
    let on = |kind| studio.store.devices.with_untracked(|devices| devices.of(kind).on);
    Some(match act {
        Act::Microphone => Command::Here(HereCommand::Microphone { on: !on(DeviceKind::Microphone) }),
        Act::Camera => Command::Here(HereCommand::Camera { on: !on(DeviceKind::Camera) }),
        Act::GoLive => Command::Show(ShowCommand::GoLive),
        Act::EmergencyStop => {
            studio.local.ending.set(false);
            Command::Show(ShowCommand::EmergencyStop)
        }
        _ => return None,
    })
}
