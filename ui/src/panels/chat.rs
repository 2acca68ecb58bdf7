//! Chat: what crew and guests say among themselves, and what the audience writes.

use std::rc::Rc;

use studio_wire::chat::{ChatLine, MOST_CHARACTERS};
use studio_wire::command::Act;
use studio_wire::rtc::RoomKind;
use studio_wire::{Command, HereCommand};
use sycamore::futures::spawn_local_scoped;
use sycamore::prelude::*;
use sycamore::web::events::SubmitEvent;

use super::rail::{news, rooms};
use crate::app::Studio;
use crate::bridge;
use crate::components::button::{Button, Face, IconButton, Kind, Tab};
use crate::components::free;
use crate::components::tile::initials;
use crate::words::word;

/// The panel.
#[component(inline_props)]
pub fn Chat(studio: Studio) -> View {
    let (local, store) = (studio.local, studio.store);
    let label = word("region-chat");
    create_effect(move || {
        let room = local.room.get();
        local.saw(room, store.talk(room).with(|talk| talk.newest()));
    });
    view! {
        aside(class="panel chat", data-region="panel", tabindex="-1", aria-label=label, data-test="chat") {
            (tabs(studio))
            (View::from_dynamic(move || {
                let room = local.room.get();
                untrack(|| view! { Room(studio=studio, room=room) })
            }))
        }
    }
}

/// The messages of a room's chat.
struct Words {
    name: &'static str,
    empty: &'static str,
    hint: &'static str,
    field: &'static str,
}

const fn words_of(room: RoomKind) -> Words {
    match room {
        RoomKind::Crew => Words {
            name: "chat-crew",
            empty: "chat-crew-empty",
            hint: "chat-crew-hint",
            field: "chat-crew-field",
        },
        RoomKind::Air => Words {
            name: "chat-air",
            empty: "chat-air-empty",
            hint: "chat-air-hint",
            field: "chat-air-field",
        },
    }
}

/// Which chat; a viewer has only one.
fn tabs(studio: Studio) -> View {
    let open = studio.local.room;
    let several = create_selector(move || rooms(studio).len() > 1);
    View::from_dynamic(move || {
        if !several.get() {
            let title = word("region-chat");
            return view! { div(class="panel-head") { h2(class="panel-title") { (title) } } };
        }
        let label = word("chat-tabs");
        let tab = move |room: RoomKind| {
            let chosen = create_selector(move || open.get() == room);
            let news = create_selector(move || news(studio, room));
            let test = match room {
                RoomKind::Crew => "chat-tab-crew",
                RoomKind::Air => "chat-tab-air",
            };
            let label = word(words_of(room).name);
            view! { Tab(label=label, test=test, chosen=chosen, news=news, press=move || open.set(room)) }
        };
        view! {
            div(class="panel-head") {
                div(class="segments", role="group", aria-label=label) { (tab(RoomKind::Crew)) (tab(RoomKind::Air)) }
            }
        }
    })
}

/// Lines and field of one room.
#[component(inline_props)]
fn Room(studio: Studio, room: RoomKind) -> View {
    let talk = studio.store.talk(room);
    let (scroller, kept) = (create_node_ref(), create_signal(true));
    if !is_ssr!() {
        on_mount(move || {
            create_effect(move || {
                talk.track();
                if kept.get_untracked() {
                    // The new line is drawn after this.
                    spawn_local_scoped(async move { to_end(scroller) });
                }
            });
        });
    }
    let lines = create_selector(move || talk.with(|talk| talk.lines.clone()));
    let label = word(words_of(room).name);
    view! {
        div(
            class="chat-scroll", data-scroll="", tabindex="0", r#ref=scroller, aria-label=label, role="log",
            data-test="chat-list", data-room=room.word(),
            on:scroll=move |_| {
                let at_end = scroller.try_get().is_none_or(|node| bridge::at_end(&node));
                if kept.get_untracked() != at_end {
                    kept.set(at_end);
                }
            },
        ) {
            (empty(studio, room))
            div(class="chat-lines") {
                Keyed(list=lines, key=|line| (line.seq, line.id.clone()), view=move |line| said(studio, &line))
            }
        }
        (newest(kept, scroller))
        (field(studio, room, kept))
    }
}

fn to_end(scroller: NodeRef) {
    if let Some(node) = scroller.try_get() {
        bridge::to_end(&node);
    }
}

fn empty(studio: Studio, room: RoomKind) -> View {
    let talk = studio.store.talk(room);
    let silent = create_selector(move || talk.with(|talk| talk.lines.is_empty()));
    View::from_dynamic(move || {
        if !silent.get() {
            return View::new();
        }
        let Words { empty, hint, .. } = words_of(room);
        let (title, hint) = (word(empty), word(hint));
        view! { div(class="panel-empty", data-test="chat-empty") { p(class="panel-empty-title") { (title) } p { (hint) } } }
    })
}

/// One message. Name and text stand as text, whatever they hold, each in its own direction.
fn said(studio: Studio, line: &Rc<ChatLine>) -> View {
    let ChatLine { from, name, at_ms, text, .. } = &**line;
    let (name, text, at_ms) = (name.clone(), text.clone(), *at_ms);
    let own = studio.store.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.identity == *from));
    let (letters, own, from) = (initials(&name), own.to_string(), from.to_string());
    let time = create_selector(move || time_of_day(at_ms, studio.local.zone.get()));
    view! {
        div(class="said", data-test="chat-line", data-from=from, data-own=own) {
            span(class="avatar avatar-small", aria-hidden="true") { (letters) }
            div(class="said-body") {
                p(class="said-head") {
                    bdi(class="said-name") { (name) }
                    span(class="figure said-time") { (time) }
                }
                p(class="said-text", dir="auto") { (text) }
            }
        }
    }
}

/// The way back down, while older lines are read.
fn newest(kept: Signal<bool>, scroller: NodeRef) -> View {
    View::from_dynamic(move || {
        if kept.get() {
            return View::new();
        }
        let face = Face::new(Kind::Line, "chat-newest", word("chat-newest")).small();
        view! {
            div(class="chat-newest") {
                Button(face=face, refusal=free(), press=move || to_end(scroller))
            }
        }
    })
}

fn field(studio: Studio, room: RoomKind, kept: Signal<bool>) -> View {
    let node = create_node_ref();
    let (refusal, silenced) = (studio.refusal(Act::Say), studio.store.mine);
    let refusal = create_selector(move || {
        silenced.with(|mine| mine.silenced).then(|| word("fault-silenced")).or_else(|| refusal.get_clone())
    });
    let off = create_selector(move || refusal.with(Option::is_some));
    let name = words_of(room).field;
    let label = word(name);
    let hint = create_selector(move || refusal.get_clone().unwrap_or_else(|| word(name)));
    let most = MOST_CHARACTERS.to_string();
    let value = untrack(|| studio.local.draft(room));
    create_effect(move || {
        let draft = studio.local.draft(room);
        if let Some(node) = node.try_get() {
            bridge::type_in(&node, &draft);
        }
    });
    let send = move || {
        let text = untrack(|| studio.local.draft(room)).trim().to_owned();
        if text.is_empty() || off.get_untracked() {
            return;
        }
        kept.set(true);
        studio.local.typed(room, String::new());
        let again = text.clone();
        studio.ask_or(Command::Here(HereCommand::Say { room, text }), move || {
            // What was typed meanwhile is worth more than what was refused.
            if untrack(|| studio.local.draft(room)).is_empty() {
                studio.local.typed(room, again);
            }
        });
    };
    view! {
        form(class="chat-form", on:submit=move |event: SubmitEvent| {
            event.prevent_default();
            send();
        }) {
            input(
                class="field chat-field", data-test="chat-input", aria-label=label, placeholder=hint,
                maxlength=most, autocomplete="off", value=value, disabled=off, dir="auto", r#ref=node,
                on:input=move |_| if let Some(node) = node.try_get() {
                    studio.local.typed(room, bridge::typed(&node));
                },
            )
            IconButton(icon="send", label=word("chat-send"), test="chat-send", press=send)
        }
    }
}

/// Hours and minutes of a wall clock that is so many minutes ahead of the world's.
fn time_of_day(at_ms: u64, zone: i32) -> String {
    let minutes = (at_ms / 60_000) as i64 + i64::from(zone);
    format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_the_time_of_the_clock_on_the_wall() {
        let noon = 1_795_262_400_000;
        assert_eq!(time_of_day(noon, 0), "12:00");
        assert_eq!(time_of_day(noon, 330), "17:30");
        assert_eq!(time_of_day(noon, -781), "22:59");
    }
}
