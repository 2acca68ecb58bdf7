//! Toast (one act) and banner (the whole show): what happened, what it means, what to do.

use studio_wire::Severity;
use sycamore::prelude::*;

use super::button::IconButton;
use super::icon::{Icon, Size};
use crate::words::FaultWords;

/// What is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// Its key, for dismissal; `None` where it cannot be dismissed.
    pub key: Option<u64>,
    /// The fault's code.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Its words.
    pub words: FaultWords,
}

const fn face(severity: Severity) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::Refusal => ("refusal", "info", "status"),
        Severity::Warning => ("warning", "triangle-alert", "status"),
        Severity::Fault => ("fault", "circle-alert", "alert"),
    }
}

/// A card at the top end of the stage.
#[component(inline_props)]
pub fn Toast(telling: Telling, close: String, dismiss: impl Fn(u64) + 'static) -> View {
    let Telling { key, code, severity, words } = telling;
    let (class, icon, role) = face(severity);
    let way_out = way_out(key, close, dismiss);
    view! {
        div(class="toast", role=role, data-test="toast", data-code=code, data-severity=class) {
            Icon(name=icon, size=Size::Row)
            div(class="toast-text") {
                p(class="toast-title") { (words.title) }
                p(class="toast-line") { (words.body) }
                p(class="toast-line") { (words.todo) }
            }
            (way_out)
        }
    }
}

/// A line under the top bar.
#[component(inline_props)]
pub fn Banner(telling: Telling, close: String, dismiss: impl Fn(u64) + 'static) -> View {
    let Telling { key, code, severity, words } = telling;
    let (class, icon, role) = face(severity);
    let way_out = way_out(key, close, dismiss);
    let text = [words.body, words.todo].join(" ");
    view! {
        div(class="banner", role=role, data-test="banner", data-code=code, data-severity=class) {
            Icon(name=icon, size=Size::Row)
            span(class="banner-title") { (words.title) }
            span(class="banner-text") { (text) }
            (way_out)
        }
    }
}

fn way_out(key: Option<u64>, close: String, dismiss: impl Fn(u64) + 'static) -> View {
    let Some(key) = key else { return View::new() };
    view! { IconButton(icon="x", label=close, test="dismiss", press=move || dismiss(key)) }
}
