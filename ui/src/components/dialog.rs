//! A question before something that cannot be undone, on the browser's own dialog.

use sycamore::prelude::*;

use super::button::{Button, Face};
use super::{Text, free};
use crate::bridge;

/// The words of a question.
pub struct Question {
    /// What is asked.
    pub title: Text,
    /// What follows from yes.
    pub lines: Vec<String>,
    /// The way out.
    pub no: Face,
    /// The act.
    pub yes: Face,
}

/// Open while `open` is; Esc, the way out and the act close it.
#[component(inline_props)]
pub fn Confirm(question: Question, open: Signal<bool>, act: impl Fn() + 'static) -> View {
    let node = create_node_ref();
    create_effect(move || {
        let open = open.get();
        if let Some(node) = node.try_get() {
            bridge::dialog(&node, open);
        }
    });
    let Question { title, lines, no, yes } = question;
    let lines = lines.into_iter().map(|line| view! { p { (line) } }).collect::<Vec<_>>();
    view! {
        dialog(
            class="dialog", data-test="confirm", aria-labelledby="confirm-title", r#ref=node,
            on:close=move |_| open.set(false),
        ) {
            h2(id="confirm-title") { (title) }
            div(class="dialog-body") { (lines) }
            div(class="dialog-end") {
                Button(face=no, refusal=free(), press=move || open.set(false))
                Button(face=yes, refusal=free(), press=move || {
                    open.set(false);
                    act();
                })
            }
        }
    }
}
