//! Everybody in the show: who asks to come in, who is on stage, who waits, who watches, who is gone.

mod acts;
mod row;

use fluent_bundle::FluentArgs;
use studio_wire::people::{Position, Presence};
use studio_wire::view::PersonView;
use studio_wire::{Identity, Role};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::words::{say, word};

/// The panel.
#[component(inline_props)]
pub fn People(studio: Studio) -> View {
    let store = studio.store;
    let (label, title) = (word("region-people"), word("region-people"));
    // Only who runs the show is told how many there are.
    let told =
        create_selector(move || matches!(store.role.get(), Role::Host | Role::Cohost | Role::Producer));
    let counts = create_selector(move || {
        if !told.get() {
            return String::new();
        }
        let counts = store.counts.get();
        let mut args = FluentArgs::new();
        args.set("online", counts.online);
        args.set("total", counts.total);
        say("people-count", &args)
    });
    let nobody = create_selector(move || store.people.with(Vec::is_empty));
    let empty = View::from_dynamic(move || {
        if !nobody.get() {
            return View::new();
        }
        let text = word("people-empty");
        view! { div(class="panel-empty") { p(class="panel-empty-title") { (text) } } }
    });
    let sections = Section::ALL.into_iter().map(|section| part(studio, section)).collect::<Vec<_>>();
    view! {
        aside(class="panel people", data-region="panel", tabindex="-1", aria-label=label, data-test="people") {
            div(class="panel-head") {
                h2(class="panel-title") { (title) }
                span(class="panel-aside", data-test="people-count") { (counts) }
            }
            div(class="people-list", data-scroll="") { (empty) (sections) }
        }
    }
}

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Requests,
    Stage,
    Backstage,
    Audience,
    Away,
}

impl Section {
    const ALL: [Self; 5] = [Self::Requests, Self::Stage, Self::Backstage, Self::Audience, Self::Away];

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Requests => ("section-requests", "requests"),
            Self::Stage => ("on-stage", "stage"),
            Self::Backstage => ("backstage", "backstage"),
            Self::Audience => ("section-audience", "audience"),
            Self::Away => ("section-away", "away"),
        }
    }

    /// Where somebody stands. Who is waited for stays where they were.
    fn of(person: &PersonView) -> Self {
        if person.presence != Presence::Joined && !person.awaited {
            return Self::Away;
        }
        match person.position {
            Position::OnStage => Self::Stage,
            Position::Backstage => Self::Backstage,
            Position::Requested => Self::Requests,
            Position::None => Self::Audience,
        }
    }
}

fn part(studio: Studio, section: Section) -> View {
    let people = studio.store.people;
    let list = create_selector(move || {
        people.with(|people| {
            let here = people.iter().filter(|person| Section::of(person) == section);
            here.map(|person| person.identity.clone()).collect::<Vec<_>>()
        })
    });
    let count = create_selector(move || list.with(Vec::len).to_string());
    let some = create_selector(move || list.with(|list| !list.is_empty()).to_string());
    let (title, name) = section.words();
    let (title, label) = (word(title), word(title));
    view! {
        section(class="people-part", data-shown=some, data-section=name, aria-label=label) {
            h3(class="people-title") { (title) span(class="count") { (count) } }
            ul(class="people-rows") {
                Keyed(list=list, key=Identity::clone, view=move |who| row::row(studio, who))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_waited_for_keeps_their_place_and_who_left_does_not() {
        let gone = PersonView {
            presence: Presence::Left,
            position: Position::OnStage,
            awaited: true,
            ..PersonView::default()
        };
        assert_eq!(Section::of(&gone), Section::Stage);
        assert_eq!(Section::of(&PersonView { awaited: false, ..gone }), Section::Away);
    }
}
