//! Buttons. One that cannot be used stays in the focus order and says why.

use sycamore::prelude::*;

use super::Text;
use super::icon::{Icon, Size};

/// How much weight a button has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The one thing to do here.
    Primary,
    /// A choice beside it.
    Line,
    /// Without a frame.
    Ghost,
    /// Ends what is on air.
    Stop,
    /// Destroys or ends, in dialogs only.
    Danger,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Line => "line",
            Self::Ghost => "ghost",
            Self::Stop => "stop",
            Self::Danger => "danger",
        }
    }
}

/// What a button is.
#[derive(Clone)]
pub struct Face {
    /// Its weight.
    pub kind: Kind,
    /// Its words.
    pub label: String,
    /// Its drawing.
    pub icon: Option<&'static str>,
    /// Its name for tests.
    pub test: &'static str,
    /// What the tooltip says while it can be used.
    pub hint: String,
    /// 24 pixels high instead of 32.
    pub small: bool,
}

impl Face {
    /// A button of usual height, whose hint is its label.
    pub fn new(kind: Kind, test: &'static str, label: String) -> Self {
        Self { kind, hint: label.clone(), label, icon: None, test, small: false }
    }

    /// With a drawing before the words.
    pub fn icon(self, icon: &'static str) -> Self {
        Self { icon: Some(icon), ..self }
    }

    /// With a longer name for tooltip and screen reader.
    pub fn hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    /// Small, as it stands on a tile.
    pub fn small(self) -> Self {
        Self { small: true, ..self }
    }
}

/// A button with words. `refusal` is why it cannot be pressed now.
#[component(inline_props)]
pub fn Button(face: Face, refusal: ReadSignal<Option<String>>, press: impl Fn() + 'static) -> View {
    let class =
        format!("button button-{}{}", face.kind.word(), if face.small { " button-small" } else { "" });
    let size = if face.small { Size::Small } else { Size::Row };
    let icon = face.icon.map_or_else(View::new, |name| view! { Icon(name=name, size=size) });
    let (label, hint, name) = (face.label, face.hint.clone(), face.hint);
    let title = create_selector(move || refusal.get_clone().unwrap_or_else(|| hint.clone()));
    let off = create_selector(move || refusal.with(Option::is_some).to_string());
    let test = face.test;
    view! {
        button(
            r#type="button", class=class, data-test=test, title=title, aria-label=name, aria-disabled=off,
            on:click=move |_| if refusal.with(Option::is_none) { press() },
        ) { (icon) (label) }
    }
}

/// A button that is only a drawing.
#[component(inline_props)]
pub fn IconButton(icon: &'static str, label: String, test: &'static str, press: impl Fn() + 'static) -> View {
    let name = label.clone();
    view! {
        button(
            r#type="button", class="icon-button", data-test=test, title=label, aria-label=name,
            on:click=move |_| press(),
        ) { Icon(name=icon, size=Size::Row) }
    }
}

/// What a button of the rail is.
pub struct RailFace {
    /// Its drawing.
    pub icon: &'static str,
    /// Its words.
    pub label: String,
    /// What the tooltip says.
    pub hint: String,
    /// Its name for tests.
    pub test: &'static str,
}

/// A button that opens a panel, with how much is new in there.
#[component(inline_props)]
pub fn RailButton(
    face: RailFace,
    open: ReadSignal<bool>,
    news: ReadSignal<u64>,
    told: impl Fn(&str, u64) -> String + 'static,
    press: impl Fn() + 'static,
) -> View {
    let RailFace { icon, label, hint, test } = face;
    let (shown, plain) = (create_selector(move || open.get().to_string()), label.clone());
    let name = create_selector(move || match news.get() {
        0 => plain.clone(),
        news => told(&plain, news),
    });
    view! {
        button(
            r#type="button", class="rail-button", data-test=test, title=hint, aria-label=name, aria-expanded=shown,
            on:click=move |_| press(),
        ) {
            Icon(name=icon, size=Size::Large)
            span(class="rail-label") { (label) }
            (count_of(news))
        }
    }
}

/// One choice of a few, all in sight, with how much is new behind it.
#[component(inline_props)]
pub fn Tab(
    label: String,
    test: &'static str,
    chosen: ReadSignal<bool>,
    news: ReadSignal<u64>,
    press: impl Fn() + 'static,
) -> View {
    let pressed = create_selector(move || chosen.get().to_string());
    view! {
        button(
            r#type="button", class="segment", data-test=test, aria-pressed=pressed, on:click=move |_| press(),
        ) { (label) (count_of(news)) }
    }
}

fn count_of(news: ReadSignal<u64>) -> View {
    View::from_dynamic(move || match news.get() {
        0 => View::new(),
        news => {
            let text = if news > 99 { "99+".to_owned() } else { news.to_string() };
            view! { span(class="count count-news", data-test="news") { (text) } }
        }
    })
}

/// A button that opens one half of the strip, with how many are in it.
#[component(inline_props)]
pub fn Door(
    label: String,
    test: &'static str,
    count: Text,
    open: ReadSignal<String>,
    press: impl Fn() + 'static,
) -> View {
    view! {
        button(
            r#type="button", class="button button-ghost", data-test=test, aria-expanded=open,
            on:click=move |_| press(),
        ) { (label) span(class="count") { (count) } }
    }
}
