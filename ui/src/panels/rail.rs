//! The rail at the end side, and the one panel that it opens beside the stage.

use fluent_bundle::FluentArgs;
use studio_wire::Role;
use studio_wire::rtc::RoomKind;
use sycamore::prelude::*;

use super::{chat, people};
use crate::app::Studio;
use crate::components::button::{RailButton, RailFace};
use crate::keys::panel_key;
use crate::local::Panel;
use crate::words::{say, word};

/// The rail.
#[component(inline_props)]
pub fn Rail(studio: Studio) -> View {
    let label = word("region-rail");
    let doors = Panel::ALL.into_iter().map(|panel| door(studio, panel)).collect::<Vec<_>>();
    view! {
        nav(class="rail", data-region="rail", tabindex="-1", aria-label=label) {
            (doors)
        }
    }
}

/// What is open.
#[component(inline_props)]
pub fn Side(studio: Studio) -> View {
    let panel = studio.local.panel;
    View::from_dynamic(move || {
        let panel = panel.get();
        untrack(|| match panel {
            None => View::new(),
            Some(Panel::People) => view! { people::People(studio=studio) },
            Some(Panel::Chat) => view! { chat::Chat(studio=studio) },
        })
    })
}

fn door(studio: Studio, panel: Panel) -> View {
    let open = studio.local.panel;
    let (icon, label, test) = match panel {
        Panel::People => ("users", word("region-people"), "rail-people"),
        Panel::Chat => ("message-square", word("region-chat"), "rail-chat"),
    };
    let hint = Studio::named_key(panel_key(panel).1, label.clone());
    let face = RailFace { icon, label, hint, test };
    let shown = create_selector(move || open.get() == Some(panel));
    let news = create_selector(move || match panel {
        Panel::People => 0,
        Panel::Chat => rooms(studio).iter().map(|room| news(studio, *room)).sum(),
    });
    view! {
        RailButton(face=face, open=shown, news=news, told=told, press=move || studio.local.turn(panel))
    }
}

/// A button's words with how much is new behind it, for who cannot see the figure.
fn told(label: &str, news: u64) -> String {
    let mut args = FluentArgs::new();
    args.set("label", label.to_owned());
    args.set("count", news);
    say("with-news", &args)
}

/// The rooms whose chat this seat reads.
pub fn rooms(studio: Studio) -> &'static [RoomKind] {
    if studio.store.role.get() == Role::Viewer { &[RoomKind::Air] } else { &RoomKind::ALL }
}

/// How many lines came since this room's chat was on the screen.
pub fn news(studio: Studio, room: RoomKind) -> u64 {
    let newest = studio.store.talk(room).with(|talk| talk.newest());
    studio.local.seen(room).map_or(0, |seen| newest.saturating_sub(seen))
}
