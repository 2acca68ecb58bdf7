//! One person of the list.

use studio_wire::command::Act;
use studio_wire::people::{Claim, Position, Presence, Quality, Role};
use studio_wire::rtc::TrackKind;
use studio_wire::view::PersonView;
use studio_wire::{Command, Identity, ShowCommand};
use sycamore::prelude::*;

use super::acts;
use crate::app::Studio;
use crate::components::button::{Button, Face, Kind};
use crate::components::icon::{Icon, Size};
use crate::components::link_bars::LinkBars;
use crate::components::menu::Menu;
use crate::components::tile::initials;
use crate::local::OpenMenu;
use crate::words::{with, word};

/// Avatar, name, role, what is with them, connection, microphone, camera, acts.
pub fn row(studio: Studio, who: Identity) -> View {
    let person = studio.person(who.clone());
    let text = move |part: fn(&PersonView) -> String| create_selector(move || person.with(part));
    let letters = text(|person| initials(&person.name));
    let name = text(|person| person.name.clone());
    let role = text(|person| word(&format!("role-{}", person.role.word())));
    let role_name = text(|person| person.role.word().to_owned());
    let presence = text(|person| person.presence.word().to_owned());
    let position = text(|person| person.position.word().to_owned());
    let speaking = text(|person| person.speaking.to_string());
    let awaited = text(|person| person.awaited.to_string());
    let contested = text(|person| person.contested.to_string());
    let quality = create_selector(move || person.with(|person| person.quality));
    let link = text(|person| word(quality_word(person.quality)));
    let test = format!("person-{who}");
    let (menu, claim) = (menu(studio, who.clone()), claim(studio, who));
    view! {
        li(
            class="person", data-test=test, data-presence=presence, data-position=position, data-role=role_name,
            data-speaking=speaking, data-awaited=awaited, data-contested=contested,
        ) {
            div(class="person-line") {
                span(class="avatar", aria-hidden="true") { (letters) i(class="presence") }
                div(class="person-text") {
                    p(class="person-head") {
                        bdi(class="person-name", title=name) { (name) }
                        span(class="badge", data-role=role_name) { (role) }
                    }
                    (state(studio, person))
                }
                LinkBars(quality=quality, label=link)
                (source(person, TrackKind::Microphone))
                (source(person, TrackKind::Camera))
                (menu)
            }
            (claim)
        }
    }
}

/// The second line: what is most worth knowing now.
fn state(studio: Studio, person: ReadSignal<PersonView>) -> View {
    let live = studio.live();
    let said = create_selector(move || person.with(|person| most(person, live.get())));
    View::from_dynamic(move || {
        let name = said.get();
        let text = word(name);
        view! {
            p(class="person-state", data-state=name) {
                span(class="speaking", aria-hidden="true") { i() }
                (text)
            }
        }
    })
}

fn most(person: &PersonView, live: bool) -> &'static str {
    if person.awaited {
        return "row-reconnecting";
    }
    match person.presence {
        Presence::Invited => return "row-invited",
        Presence::Left => return "row-left",
        Presence::Removed => return "row-removed",
        Presence::Joined => {}
    }
    if person.speaking {
        return "row-speaking";
    }
    if person.asked.contains(&TrackKind::Microphone) {
        return "row-asked-microphone";
    }
    if person.asked.contains(&TrackKind::Camera) {
        return "row-asked-camera";
    }
    if !person.asked_devices.is_empty() {
        return "row-asked-device";
    }
    if matches!(person.quality, Quality::Poor | Quality::Lost) {
        return "row-weak";
    }
    match person.position {
        Position::OnStage if live => "row-air",
        Position::OnStage => "row-stage",
        Position::Backstage => "row-backstage",
        Position::Requested => "row-requested",
        Position::None => "row-audience",
    }
}

const fn quality_word(quality: Quality) -> &'static str {
    match quality {
        Quality::Unknown => "quality-unknown",
        Quality::Lost => "quality-lost",
        Quality::Poor => "quality-poor",
        Quality::Good => "quality-good",
        Quality::Excellent => "quality-excellent",
    }
}

/// A microphone or camera: open, closed, or not allowed. Who is never on air has none.
fn source(person: ReadSignal<PersonView>, kind: TrackKind) -> View {
    let words = match kind {
        TrackKind::Microphone => ["microphone-on", "microphone-off", "microphone-barred"],
        _ => ["camera-on", "camera-off", "camera-barred"],
    };
    let state = create_selector(move || person.with(|person| openness(person, kind)));
    let test = match kind {
        TrackKind::Microphone => "person-microphone",
        _ => "person-camera",
    };
    View::from_dynamic(move || {
        let Some(state) = state.get() else { return View::new() };
        let (title, label) = (word(words[state]), word(words[state]));
        let icon = match (kind, state) {
            (TrackKind::Microphone, 0) => "mic",
            (TrackKind::Microphone, _) => "mic-off",
            (_, 0) => "video",
            _ => "video-off",
        };
        let shown = ["on", "off", "barred"][state];
        view! {
            span(
                class="person-source", role="img", title=title, aria-label=label, data-test=test, data-state=shown,
            ) { Icon(name=icon, size=Size::Row) }
        }
    })
}

/// 0 open, 1 closed, 2 not allowed.
fn openness(person: &PersonView, kind: TrackKind) -> Option<usize> {
    let (source, right) = match kind {
        TrackKind::Microphone => (&person.microphone, person.rights.speak),
        _ => (&person.camera, person.rights.video),
    };
    if person.presence != Presence::Joined || !person.role.may_be_on_air() {
        None
    } else if source.on {
        Some(0)
    } else {
        // Nobody gives the host a right.
        Some(if right || person.role == Role::Host { 1 } else { 2 })
    }
}

/// What may be done about somebody; no button where that is nothing.
fn menu(studio: Studio, who: Identity) -> View {
    let (local, of) = (studio.local, OpenMenu::Person(who.clone()));
    let open = create_selector(move || local.menu.with(|menu| menu.as_ref() == Some(&of)));
    let person = studio.person(who.clone());
    let any = create_selector(move || person.with(|person| acts::any(studio, person)));
    View::from_dynamic(move || {
        if !any.get() {
            return View::new();
        }
        let label = with("menu-name", "name", &person.with_untracked(|person| person.name.clone()));
        let of = OpenMenu::Person(who.clone());
        view! {
            Menu(
                label=label, test="person-menu", icon="ellipsis", open=open,
                toggle=move |shown: bool| local.menu.set(shown.then(|| of.clone())),
                items=move || person.with_untracked(|person| acts::items(studio, person)),
            )
        }
    })
}

/// Two people hold one seat: who keeps it is for somebody who runs the show to say.
fn claim(studio: Studio, who: Identity) -> View {
    let (may, person) = (studio.offered(Act::Settle), studio.person(who.clone()));
    let shown = create_selector(move || may.get() && person.with(|person| person.contested));
    let refusal = studio.refusal(Act::Settle);
    View::from_dynamic(move || {
        if !shown.get() {
            return View::new();
        }
        let settle = |claim| {
            let person = who.clone();
            move || studio.ask(Command::Show(ShowCommand::Settle { person: person.clone(), claim }))
        };
        let text = word("contested");
        let first = Face::new(Kind::Line, "settle-first", word("settle-first")).small();
        let newcomer = Face::new(Kind::Line, "settle-newcomer", word("settle-newcomer")).small();
        let (keep, give) = (settle(Claim::First), settle(Claim::Newcomer));
        view! {
            div(class="person-claim", role="alert", data-test="contested") {
                Icon(name="triangle-alert", size=Size::Small)
                span(class="person-claim-text") { (text) }
                Button(face=first, refusal=refusal, press=keep)
                Button(face=newcomer, refusal=refusal, press=give)
            }
        }
    })
}
