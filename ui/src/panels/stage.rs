//! The program as the audience gets it. Nothing of ours is drawn inside the picture.

use fluent_bundle::FluentArgs;
use studio_wire::view::{SeatLink, StateName};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::bridge;
use crate::words::{say, with, word};

/// Caption row and frame.
#[component(inline_props)]
pub fn Stage(studio: Studio) -> View {
    let live = studio.live();
    let air = create_selector(move || live.get().to_string());
    let canvas = create_node_ref();
    if !is_ssr!() {
        on_mount(move || bridge::preview_program(&canvas.get()));
    }
    let (state, joined) = (studio.store.state, studio.joined());
    let runs = create_selector(move || joined.get() && !closed(state.get()));
    let shown = create_selector(move || runs.get().to_string());
    let own = create_selector(move || studio.store.seat.get() == SeatLink::Own);
    let empty = View::from_dynamic(move || {
        if runs.get() { View::new() } else { nothing(state.get(), own.get(), joined.get()) }
    });
    let (label, picture) = (word("region-stage"), word("stage-picture"));
    view! {
        section(
            class="stage", data-air=air, data-shown=shown, data-region="stage", tabindex="-1", aria-label=label,
        ) {
            div(class="stage-set") {
                div(class="caption") {
                    (caption(studio))
                    (saved(studio))
                    (format(studio))
                }
                div(class="frame") {
                    canvas(width="640", height="360", role="img", aria-label=picture, data-test="program", r#ref=canvas)
                    (empty)
                }
            }
        }
    }
}

/// The program does not run: its last picture must not be taken for what is there now.
fn closed(state: StateName) -> bool {
    matches!(state, StateName::Idle | StateName::Error)
}

fn nothing(state: StateName, own: bool, joined: bool) -> View {
    let (title, body) = match state {
        _ if !joined => (word("nothing-over-title"), word("nothing-over-body")),
        StateName::Error => (word("ended-title"), word("ended-body")),
        _ if !own => (word("nothing-seat-title"), word("nothing-seat-body")),
        _ => (word("nothing-title"), word("nothing-body")),
    };
    view! { div(class="nothing") { h2 { (title) } p { (body) } } }
}

fn caption(studio: Studio) -> View {
    let (state, live, joined) = (studio.store.state, studio.live(), studio.joined());
    View::from_dynamic(move || {
        if live.get() {
            let word = word("caption-air");
            return view! { span { span(class="dot dot-program") span(class="caption-word") { (word) } } };
        }
        let rest = word(match state.get() {
            _ if !joined.get() => "caption-over",
            state if closed(state) => "caption-closed",
            _ => "caption-off",
        });
        let name = word("caption-program");
        view! { span { span(class="caption-word") { (name) } span { (rest) } } }
    })
}

/// Where the finished recording lies.
fn saved(studio: Studio) -> View {
    let recording = studio.store.recording;
    let path = create_selector(move || {
        recording
            .with(|one| one.as_ref().filter(|one| !one.running && one.bytes > 0).map(|one| one.path.clone()))
    });
    View::from_dynamic(move || {
        let Some(path) = path.get_clone() else { return View::new() };
        let text = with("caption-saved", "path", &path);
        view! { span { span(class="caption-path", title=path, data-test="recorded") { (text) } } }
    })
}

fn format(studio: Studio) -> View {
    let format = studio.store.format;
    let text = create_selector(move || {
        let mut args = FluentArgs::new();
        let format = format.get();
        args.set("height", format.height.to_string());
        args.set("fps", format.fps.to_string());
        say("caption-format", &args)
    });
    view! { span(class="figure", data-test="format") { (text) } }
}
