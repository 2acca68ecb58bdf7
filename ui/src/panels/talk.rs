//! The own voice for as long as something is held: to somebody beside the show, or into it by push to talk.

use studio_wire::command::Act;
use studio_wire::mixer::TalkTo;
use studio_wire::view::May;
use studio_wire::{Fault, Identity};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::components::hold_button::HoldButton;
use crate::components::icon::{Icon, Size};
use crate::local::hold::{By, Hold, Release, What};
use crate::words::{with, word};

impl Studio {
    /// Begins what is open while it is held. A second hand changes nothing.
    pub fn hold(self, what: What, by: By) {
        let holding = self.local.holding;
        if holding.with_untracked(Option::is_some) {
            return;
        }
        let begin = what.begin();
        holding.set(Some(Hold::new(what, by)));
        self.ask_told(begin, move |told| match told {
            Ok(_) => self.held(Hold::answered),
            Err(Some(_)) => holding.set(None),
            // Nobody knows whether it began: then it ends.
            Err(None) => self.end(),
        });
    }

    /// A hand may have let go of what is held.
    pub fn let_go(self, release: &Release) {
        self.held(|hold| hold.released(release));
    }

    fn held(self, change: impl FnOnce(&mut Hold) -> bool) {
        let holding = self.local.holding;
        let Some(mut hold) = holding.get_clone_untracked() else { return };
        let over = change(&mut hold);
        holding.set(Some(hold));
        if over {
            self.end();
        }
    }

    fn end(self) {
        let hold = self.local.holding.take();
        if let Some(hold) = hold {
            self.ask(hold.what().end());
        }
    }

    /// Ends what a page held that is gone: no hand of this one is on anything yet.
    pub fn end_what_is_left(self) {
        let (talk, pressed) = self.store.sound.with_untracked(|sound| (sound.talk.clone(), sound.pressed));
        let left = talk.map(What::Talk).into_iter().chain(pressed.then_some(What::Press));
        left.for_each(|what| self.ask(what.end()));
    }

    /// Whether this seat may speak beside the show: its role may, and it runs the show.
    pub fn talk_offered(self) -> bool {
        let barred = |may: &May| matches!(may.refusal, Some(Fault::NotAllowed { .. }));
        let act = |all: &Vec<May>| all.iter().any(|may| may.act == Act::Talk && !barred(may));
        self.store.may.with(act) && self.store.mixer.with(Option::is_some)
    }

    /// The own voice goes there now, or a hand asks for it.
    pub fn talks_to(self, to: TalkTo) -> ReadSignal<bool> {
        let (sound, holding) = (self.store.sound, self.local.holding);
        let what = What::Talk(to.clone());
        create_selector(move || {
            let held = holding.with(|hold| hold.as_ref().is_some_and(|hold| *hold.what() == what));
            held || sound.with(|sound| sound.talk.as_ref() == Some(&to))
        })
    }
}

/// Speaks to everybody backstage while it is held.
#[component(inline_props)]
pub fn TalkBackstage(studio: Studio) -> View {
    let may = create_selector(move || studio.talk_offered());
    let held = studio.talks_to(TalkTo::Backstage);
    View::from_dynamic(move || {
        if !may.get() {
            return View::new();
        }
        let label = *create_signal(word("talk-backstage"));
        view! {
            HoldButton(
                icon="headset", label=label, hint=word("talk-backstage-hint"), test="talk-backstage", held=held,
                hold=move |by| studio.hold(What::Talk(TalkTo::Backstage), by),
            )
        }
    })
}

/// Who hears the own voice while it does not go its usual way.
#[component(inline_props)]
pub fn TalkPill(studio: Studio) -> View {
    let said = create_selector(move || said(studio));
    View::from_dynamic(move || {
        let Some((kind, icon, text)) = said.get_clone() else { return View::new() };
        view! {
            div(class="talk-pill", role="status", data-kind=kind, data-test="talk-pill") {
                Icon(name=icon, size=Size::Row)
                (text)
            }
        }
    })
}

fn said(studio: Studio) -> Option<(&'static str, &'static str, String)> {
    let (talk, pressed) = studio.store.sound.with(|sound| (sound.talk.clone(), sound.pressed));
    match talk {
        Some(TalkTo::Backstage) => Some(("talk", "headset", word("talk-to-backstage"))),
        Some(TalkTo::Person(who)) => {
            let name = studio.store.name_of(&who);
            Some(("talk", "headset", with("talk-to-person", "name", &name)))
        }
        None => pressed.then(|| ("press", "mic", word("talk-pressed"))),
    }
}

/// What a row of the list offers to hold, to speak to this person alone.
pub fn to_person(studio: Studio, who: Identity) -> impl Fn(By) + Clone + 'static {
    move |by| studio.hold(What::Talk(TalkTo::Person(who.clone())), by)
}
