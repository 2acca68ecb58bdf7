//! Top bar: which show, what state, how many watch, and the one thing to do next.

use fluent_bundle::FluentArgs;
use studio_wire::command::Act;
use studio_wire::view::StateName;
use studio_wire::{Command, ShowCommand};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::bridge;
use crate::components::button::{Button, Face, Kind};
use crate::components::dialog::{Confirm, Question};
use crate::components::icon::{Icon, Size};
use crate::components::pill::{RecPill, StatePill};
use crate::words::{self, count, say, with, word};

/// The bar.
#[component(inline_props)]
pub fn TopBar(studio: Studio) -> View {
    let field = create_node_ref();
    let label = word("region-top");
    view! {
        header(class="top-bar", data-region="top", tabindex="-1", aria-label=label) {
            div(class="bar-start") {
                svg(class="mark", aria-hidden="true") { r#use(href="#mark") }
                (title(studio, field))
            }
            div(class="bar-centre") { State(studio=studio) }
            div(class="bar-end") { (next(studio, field)) }
            EndQuestion(studio=studio)
        }
    }
}

/// The show's name; a field while none is open.
fn title(studio: Studio, field: NodeRef) -> View {
    let may = studio.offered(Act::Open);
    let idle = create_selector(move || studio.store.state.get() == StateName::Idle && may.get());
    View::from_dynamic(move || {
        if !idle.get() {
            let title = studio.store.title;
            return view! { h1(class="show-title", data-test="title") { (title) } };
        }
        let last = studio.store.title.get_clone_untracked();
        let value = if last.is_empty() { word("title-new") } else { last };
        let label = word("title-label");
        view! {
            input(
                class="field title-field", data-test="title-field", aria-label=label, value=value,
                maxlength="120", "spellcheck"="false", r#ref=field,
            )
        }
    })
}

/// State, recording, audience.
#[component(inline_props)]
fn State(studio: Studio) -> View {
    let store = studio.store;
    let broadcast = store.broadcast;
    let since = studio.elapsed(move || broadcast.with(|view| view.since));
    let (state, joined) = (store.state, studio.joined());
    let pill = View::from_dynamic(move || {
        if !joined.get() {
            return View::new();
        }
        let state = state.get();
        let label = word(&format!("state-{}", state.word()));
        view! { StatePill(state=state, label=label, time=since) }
    });
    let recorded = studio
        .elapsed(move || store.recording.with(|all| all.as_ref().map(|one| one.since).unwrap_or_default()));
    let running = create_selector(move || {
        joined.get() && store.recording.with(|all| all.as_ref().is_some_and(|one| one.running))
    });
    let rec = View::from_dynamic(move || {
        if running.get() {
            view! { RecPill(label=word("rec"), time=recorded) }
        } else {
            View::new()
        }
    });
    view! { (pill) (rec) (detail(studio)) (viewers(studio)) }
}

/// What the state waits for, or that it is fit to start.
fn detail(studio: Studio) -> View {
    let (broadcast, joined) = (studio.store.broadcast, studio.joined());
    View::from_dynamic(move || {
        if !joined.get() {
            return View::new();
        }
        let view = broadcast.get_clone();
        if view.state == StateName::Live && !view.lost.is_empty() {
            let label = word("reconnecting");
            return view! { span(class="aside aside-warn") { Icon(name="wifi-off", size=Size::Row) (label) } };
        }
        if view.state == StateName::Ready {
            let label = word("ready");
            return view! {
                span(class="aside state-detail") { Icon(name="circle-check", size=Size::Row) (label) }
            };
        }
        if view.waiting.is_empty() {
            return View::new();
        }
        let steps = view.waiting.iter().map(|step| word(&format!("step-{}", step_word(*step))));
        let label = with("waiting-for", "steps", &steps.collect::<Vec<_>>().join(", "));
        view! { span(class="aside state-detail") { (label) } }
    })
}

fn step_word(step: studio_wire::view::Step) -> String {
    let tag = serde_json::to_value(step).ok();
    tag.and_then(|tag| tag.as_str().map(str::to_owned)).unwrap_or_default()
}

fn viewers(studio: Studio) -> View {
    let viewers = studio.store.viewers;
    let live = studio.live();
    View::from_dynamic(move || {
        if !live.get() {
            return View::new();
        }
        let label = create_selector(move || count("viewers", "count", u64::from(viewers.get())));
        let figure = create_selector(move || words::grouped(viewers.get()));
        view! {
            span(class="aside viewers", title=label, aria-label=label, role="img", data-test="viewers") {
                Icon(name="eye", size=Size::Row)
                span(class="figure") { (figure) }
            }
        }
    })
}

/// What can be done next, by state.
fn next(studio: Studio, field: NodeRef) -> View {
    let refusals = |act| studio.refusal(act);
    let (open, release, live) = (refusals(Act::Open), refusals(Act::Release), refusals(Act::GoLive));
    let (end, recover) = (refusals(Act::EndStream), refusals(Act::Recover));
    let state = studio.store.state;
    let acts = [Act::Open, Act::Release, Act::GoLive, Act::EndStream, Act::Recover];
    let offered = acts.map(|act| (act, studio.offered(act)));
    let has = move |act| offered.iter().any(|(one, offered)| *one == act && offered.get());
    let ask = move |command| studio.ask(Command::Show(command));
    View::from_dynamic(move || match state.get() {
        state if !has(act_of(state)) => View::new(),
        StateName::Idle => {
            let face = Face::new(Kind::Primary, "open-show", word("open-show"));
            view! {
                Button(face=face, refusal=open, press=move || {
                    let title = field.try_get().map(|node| bridge::typed(&node)).unwrap_or_default();
                    ask(ShowCommand::Open { title });
                })
            }
        }
        StateName::Initializing | StateName::Ready => {
            let close = Face::new(Kind::Ghost, "close-show", word("close-show"));
            let hint = Studio::with_key(Act::GoLive, word("go-live"));
            let go = Face::new(Kind::Primary, "go-live", word("go-live")).icon("radio").hint(hint);
            view! {
                (if state.get() == StateName::Ready && has(Act::Release) {
                    let close = close.clone();
                    view! { Button(face=close, refusal=release, press=move || ask(ShowCommand::Release)) }
                } else {
                    View::new()
                })
                Button(face=go, refusal=live, press=move || ask(ShowCommand::GoLive))
            }
        }
        StateName::Starting => {
            let face = Face::new(Kind::Line, "end-stream", word("cancel-start"));
            view! { Button(face=face, refusal=end, press=move || ask(ShowCommand::EndStream)) }
        }
        StateName::Live | StateName::Stopping => {
            let face = Face::new(Kind::Stop, "end-stream", word("end-stream")).icon("circle-stop");
            view! { Button(face=face, refusal=end, press=move || studio.local.ending.set(true)) }
        }
        StateName::Error => {
            let face = Face::new(Kind::Primary, "recover", word("recover")).icon("rotate-ccw");
            view! { Button(face=face, refusal=recover, press=move || ask(ShowCommand::Recover)) }
        }
    })
}

/// The act that a state leads to; a seat whose role has it not sees no button.
const fn act_of(state: StateName) -> Act {
    match state {
        StateName::Idle => Act::Open,
        StateName::Initializing | StateName::Ready => Act::GoLive,
        StateName::Starting | StateName::Live | StateName::Stopping => Act::EndStream,
        StateName::Error => Act::Recover,
    }
}

/// Ending a stream cannot be undone. The question goes when the stream ends by another hand.
#[component(inline_props)]
fn EndQuestion(studio: Studio) -> View {
    let (viewers, live, ending) = (studio.store.viewers, studio.live(), studio.local.ending);
    create_effect(move || {
        if !live.get() && ending.get_untracked() {
            ending.set(false);
        }
    });
    let title = create_selector(move || {
        let mut args = FluentArgs::new();
        args.set("viewers", viewers.get());
        say("end-title", &args)
    });
    let key = crate::keys::written(Act::EmergencyStop).unwrap_or_default();
    let question = Question {
        title,
        lines: vec![word("end-body"), with("end-key", "key", &key)],
        no: Face::new(Kind::Ghost, "keep-going", word("keep-going")),
        yes: Face::new(Kind::Danger, "confirm-end", word("end-stream")),
    };
    view! { Confirm(question=question, open=ending, act=move || studio.ask(Command::Show(ShowCommand::EndStream))) }
}
