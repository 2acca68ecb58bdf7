//! The picker: everything that can be shared, with a picture of how it looks now, looked at again while it is open.

use studio_wire::device::{DeviceTrouble, ScreenPicture, ScreenSubject};
use studio_wire::{Answer, Command, HereCommand, Query, ShowTime};
use sycamore::futures::spawn_local_scoped;
use sycamore::prelude::*;

use super::name;
use super::region::Region;
use crate::app::Studio;
use crate::bridge;
use crate::components::button::{Button, Face, Kind};
use crate::components::free;
use crate::words::{with, word};

/// Pictures are looked at again after this.
const AGAIN: ShowTime = ShowTime::from_ms(2_000);

/// Which kind of subject is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Everything, and each monitor.
    Screens,
    /// Each window.
    Windows,
    /// A part of everything.
    Part,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Screens, Self::Windows, Self::Part];

    const fn word(self) -> &'static str {
        match self {
            Self::Screens => "picker-screens",
            Self::Windows => "picker-windows",
            Self::Part => "picker-part",
        }
    }
}

/// What is chosen in the picker, not yet shared.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    tab: Signal<Tab>,
    /// What, and its title.
    pub(super) subject: Signal<Option<(ScreenSubject, String)>>,
    cursor: Signal<bool>,
}

/// The dialog.
#[component(inline_props)]
pub fn Picker(studio: Studio) -> View {
    let (node, open) = (create_node_ref(), studio.local.picking);
    let choice = Choice {
        tab: create_signal(Tab::Screens),
        subject: create_signal(None),
        cursor: create_signal(true),
    };
    create_effect(move || {
        let open = open.get();
        if let Some(node) = node.try_get() {
            bridge::dialog(&node, open);
        }
        if !open {
            studio.local.offers.set(None);
            choice.subject.set(None);
        }
    });
    look(studio);
    let body = View::from_dynamic(move || {
        if !open.get() {
            return View::new();
        }
        let tab = choice.tab.get();
        untrack(|| {
            if tab == Tab::Part {
                view! { Region(studio=studio, choice=choice) }
            } else {
                grid(studio, choice, tab)
            }
        })
    });
    let (title, label) = (word("picker-title"), word("picker-cursor"));
    view! {
        dialog(
            class="dialog picker", data-test="picker", aria-labelledby="picker-title", r#ref=node,
            on:close=move |_| open.set(false),
        ) {
            h2(id="picker-title") { (title) }
            div(class="picker-head") {
                (tabs(choice))
                label(class="picker-cursor") {
                    input(r#type="checkbox", data-test="picker-cursor", bind:checked=choice.cursor)
                    (label)
                }
            }
            div(class="picker-body") { (body) }
            (end(studio, choice))
        }
    }
}

fn tabs(choice: Choice) -> View {
    let tabs = Tab::ALL.map(|tab| {
        let on = create_selector(move || (choice.tab.get() == tab).to_string());
        view! {
            button(
                r#type="button", class="picker-tab", role="tab", aria-selected=on, data-test=tab.word(),
                on:click=move |_| {
                    choice.tab.set(tab);
                    choice.subject.set(None);
                },
            ) { (word(tab.word())) }
        }
    });
    let (tabs, label) = (Vec::from(tabs), word("picker-kinds"));
    view! { div(class="picker-tabs", role="tablist", aria-label=label) { (tabs) } }
}

/// The way out, and the act.
fn end(studio: Studio, choice: Choice) -> View {
    let open = studio.local.picking;
    let no = Face::new(Kind::Ghost, "picker-no", word("picker-no"));
    let yes = Face::new(Kind::Primary, "picker-share", word("picker-share")).icon("monitor-up");
    let refusal =
        create_selector(move || choice.subject.with(Option::is_none).then(|| word("picker-nothing")));
    view! {
        div(class="dialog-end") {
            Button(face=no, refusal=free(), press=move || open.set(false))
            Button(face=yes, refusal=refusal, press=move || share(studio, choice))
        }
    }
}

fn share(studio: Studio, choice: Choice) {
    let Some((subject, title)) = choice.subject.get_clone_untracked() else { return };
    let cursor = choice.cursor.get_untracked();
    studio.ask(Command::Here(HereCommand::Share { subject, title, cursor }));
    studio.local.picking.set(false);
}

/// Looks at the screens while the picker is open: once it opens, and again some time after each answer.
fn look(studio: Studio) {
    if is_ssr!() {
        return;
    }
    let local = studio.local;
    let (asking, due) = (create_signal(false), create_signal(ShowTime::default()));
    create_effect(move || {
        let (open, now) = (local.picking.get(), local.now.get());
        if !open {
            return due.set(ShowTime::default());
        }
        if asking.get_untracked() || now < due.get_untracked() {
            return;
        }
        asking.set(true);
        let ask = async move {
            let seen = match bridge::query(&Query::Screens).await {
                Ok(Answer::Screens(seen)) => seen,
                _ => Err(DeviceTrouble::Broken),
            };
            asking.set(false);
            due.set(local.now.get_untracked() + AGAIN);
            if local.picking.get_untracked() {
                local.offers.set(Some(seen));
            }
        };
        // This effect runs again before the answer comes.
        use_global_scope().run_in(|| spawn_local_scoped(ask));
    });
}

/// The subjects of a tab. One monitor alone is the whole screen.
fn of_tab(seen: &[ScreenPicture], tab: Tab) -> Vec<ScreenSubject> {
    let subjects = || seen.iter().map(|picture| picture.offer.subject);
    let monitors = subjects().filter(|subject| matches!(subject, ScreenSubject::Monitor(_))).count();
    let shown = |subject: &ScreenSubject| match subject {
        ScreenSubject::Whole => tab == Tab::Screens,
        ScreenSubject::Monitor(_) => tab == Tab::Screens && monitors > 1,
        ScreenSubject::Window(_) => tab == Tab::Windows,
        ScreenSubject::Region { .. } => false,
    };
    subjects().filter(shown).collect()
}

fn grid(studio: Studio, choice: Choice, tab: Tab) -> View {
    let offers = studio.local.offers;
    let list = create_selector(move || {
        offers.with(|seen| match seen {
            Some(Ok(seen)) => of_tab(seen, tab),
            _ => Vec::new(),
        })
    });
    let state = create_selector(move || {
        offers.with(|seen| match seen {
            None => word("picker-looking"),
            Some(Err(why)) => with("picker-trouble", "why", trouble(*why)),
            Some(Ok(seen)) if of_tab(seen, tab).is_empty() => word("picker-empty"),
            Some(Ok(_)) => String::new(),
        })
    });
    let label = word(tab.word());
    view! {
        p(class="picker-state", role="status", data-test="picker-state") { (state) }
        div(class="picker-grid", role="radiogroup", aria-label=label) {
            Keyed(
                list=list, key=|subject| format!("{subject:?}"),
                view=move |subject| tile(studio, choice, subject),
            )
        }
    }
}

/// A subject: its picture, its title, and the program whose it is.
fn tile(studio: Studio, choice: Choice, subject: ScreenSubject) -> View {
    let offers = studio.local.offers;
    let seen = move |part: fn(&ScreenPicture) -> String| {
        create_selector(move || {
            offers.with(|seen| {
                let seen = seen.as_ref().and_then(|seen| seen.as_ref().ok());
                let found = seen.and_then(|all| all.iter().find(|one| one.offer.subject == subject));
                found.map(part).unwrap_or_default()
            })
        })
    };
    let picture = seen(|one| picture(&one.jpeg));
    let title = seen(|one| name(one.offer.subject, &one.offer.title));
    let app = seen(|one| one.offer.app.clone());
    let on = create_selector(move || {
        choice.subject.with(|chosen| chosen.as_ref().is_some_and(|(of, _)| *of == subject)).to_string()
    });
    let blank = create_selector(move || picture.with(String::is_empty).to_string());
    let pick = move || choice.subject.set(Some((subject, title.get_clone_untracked())));
    view! {
        button(
            r#type="button", class="picker-tile", role="radio", aria-checked=on, data-test="picker-tile", title=title,
            on:click=move |_| pick(),
            on:dblclick=move |_| {
                pick();
                share(studio, choice);
            },
        ) {
            span(class="picker-picture", data-blank=blank) { img(src=picture, alt="") }
            span(class="picker-name") { (title) }
            span(class="picker-app") { (app) }
        }
    }
}

/// A picture as a page shows it; nothing where there is none.
pub(super) fn picture(jpeg: &str) -> String {
    if jpeg.is_empty() { String::new() } else { format!("data:image/jpeg;base64,{jpeg}") }
}

const fn trouble(why: DeviceTrouble) -> &'static str {
    match why {
        DeviceTrouble::Unsupported => "unsupported",
        DeviceTrouble::NoServer => "no_server",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use studio_wire::device::ScreenOffer;

    use super::*;

    fn seen(subjects: &[ScreenSubject]) -> Vec<ScreenPicture> {
        let of = |subject: &ScreenSubject| ScreenPicture {
            offer: ScreenOffer { subject: *subject, ..ScreenOffer::default() },
            jpeg: String::new(),
        };
        subjects.iter().map(of).collect()
    }

    #[test]
    fn a_single_monitor_is_not_offered_beside_the_whole_screen() {
        use ScreenSubject::{Monitor, Whole, Window};
        let one = seen(&[Whole, Monitor(0), Window(7)]);
        assert_eq!(of_tab(&one, Tab::Screens), [Whole]);
        assert_eq!(of_tab(&one, Tab::Windows), [Window(7)]);
        let two = seen(&[Whole, Monitor(0), Monitor(1)]);
        assert_eq!(of_tab(&two, Tab::Screens), [Whole, Monitor(0), Monitor(1)]);
        assert_eq!(of_tab(&two, Tab::Windows), []);
    }
}
