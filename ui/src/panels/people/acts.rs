//! What may be done about a person: the same acts as anywhere, chosen by how they are now.

use studio_wire::people::{Position, Presence, Role};
use studio_wire::rtc::TrackKind;
use studio_wire::view::{May, PersonView};
use studio_wire::{Bus, Command, Fault, ShowCommand};

use crate::app::Studio;
use crate::components::menu::Item;
use crate::panels::talk::to_person;
use crate::panels::their_devices::Looked;
use crate::words::{self, word};

/// A row of the menu: its name for tests, its label, what it asks for.
struct Wish {
    test: &'static str,
    label: &'static str,
    command: ShowCommand,
}

/// Whether there is anything to do.
pub fn any(studio: Studio, person: &PersonView) -> bool {
    devices(studio, person).is_some()
        || studio.store.may.with(|all| wishes(person).iter().any(|wish| offered(all, wish).is_some()))
}

/// The rows of the menu, those that end something last.
pub fn items(studio: Studio, person: &PersonView) -> Vec<Item> {
    let item = |wish: Wish| {
        let refusal = studio.store.may.with_untracked(|all| offered(all, &wish))?;
        let refusal = refusal.map(|fault| words::fault(&fault, |who| studio.store.name_of(who)).body);
        let Wish { test, label, command } = wish;
        let ends = matches!(command, ShowCommand::Remove { .. });
        let press = move || studio.ask(Command::Show(command.clone()));
        Some(Item { label: word(label), refusal, ends, ..Item::new(test, press) })
    };
    let first = talk(studio, person).into_iter().chain(devices(studio, person));
    first.chain(wishes(person).into_iter().filter_map(item)).collect()
}

/// To look at somebody's devices, where their machine has told of them.
fn devices(studio: Studio, person: &PersonView) -> Option<Item> {
    let who = person.identity.clone();
    let whose = match person.role {
        _ if person.local => return None,
        Role::Host => studio.store.host.with(Option::is_some).then_some(Looked::Host(who))?,
        _ => person.tells_devices.then_some(Looked::Guest(who))?,
    };
    let press = move || studio.look(whose.clone());
    Some(Item { label: word("menu-devices"), ..Item::new("menu-devices", press) })
}

/// To speak to somebody beside the show; they are here, and not in the audience's room.
fn talk(studio: Studio, person: &PersonView) -> Option<Item> {
    let there = person.presence == Presence::Joined && person.role != Role::Viewer && !person.local;
    (there && studio.talk_offered()).then(|| {
        let label = words::with("talk-person", "name", &person.name);
        Item::held("menu-talk", label, to_person(studio, person.identity.clone()))
    })
}

/// `None` where this seat's role has no such act; inside, why it cannot be done now.
fn offered(all: &[May], wish: &Wish) -> Option<Option<Fault>> {
    let act = Command::Show(wish.command.clone()).act();
    match &all.iter().find(|may| may.act == act)?.refusal {
        Some(Fault::NotAllowed { .. }) => None,
        refusal => Some(refusal.clone()),
    }
}

fn wishes(person: &PersonView) -> Vec<Wish> {
    let who = || person.identity.clone();
    if person.presence == Presence::Removed {
        return vec![Wish {
            test: "menu-readmit",
            label: "menu-readmit",
            command: ShowCommand::Readmit { person: who() },
        }];
    }
    let mut all = Vec::new();
    if person.presence == Presence::Joined && person.role.may_be_on_air() {
        all.push(stage(person));
        if !person.local {
            all.push(source(person, TrackKind::Microphone));
            all.push(source(person, TrackKind::Camera));
        }
    }
    if !person.local && person.role != Role::Host {
        all.extend(roles(person));
        let remove = |name, refuse| Wish {
            test: name,
            label: name,
            command: ShowCommand::Remove { person: who(), refuse },
        };
        all.extend([remove("menu-kick", false), remove("menu-ban", true)]);
    }
    all
}

fn stage(person: &PersonView) -> Wish {
    let (bus, who) = (Bus::Program, person.identity.clone());
    if person.position == Position::OnStage {
        let command = ShowCommand::RemoveFromStage { bus, person: who };
        Wish { test: "menu-off-stage", label: "remove-from-stage", command }
    } else {
        let command = ShowCommand::AddToStage { bus, person: who };
        Wish { test: "menu-on-stage", label: "add-to-stage", command }
    }
}

/// Off at once; on only by asking.
fn source(person: &PersonView, kind: TrackKind) -> Wish {
    let who = person.identity.clone();
    let (source, names) = match kind {
        TrackKind::Microphone => (&person.microphone, ["menu-microphone-off", "menu-microphone-ask"]),
        _ => (&person.camera, ["menu-camera-off", "menu-camera-ask"]),
    };
    if source.on {
        Wish { test: names[0], label: names[0], command: ShowCommand::Mute { person: who, kind } }
    } else {
        Wish { test: names[1], label: names[1], command: ShowCommand::AskOn { person: who, kind } }
    }
}

fn roles(person: &PersonView) -> impl Iterator<Item = Wish> {
    let roles =
        [(Role::Cohost, "menu-cohost"), (Role::Producer, "menu-producer"), (Role::Guest, "menu-guest")];
    let (now, who) = (person.role, person.identity.clone());
    // Who watches is in the other room, where a new role would not help them.
    let others = roles.into_iter().filter(move |(role, _)| *role != now && now != Role::Viewer);
    others.map(move |(role, name)| {
        let command = ShowCommand::SetRole { person: who.clone(), role };
        Wish { test: name, label: name, command }
    })
}
