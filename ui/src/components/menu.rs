//! A button with a menu of acts, after the ARIA pattern: arrows move, Escape closes and gives the focus back.

use sycamore::futures::spawn_local_scoped;
use sycamore::prelude::*;
use sycamore::web::events::{FocusEvent, KeyboardEvent, MouseEvent};

use super::icon::{Icon, Size};
use crate::bridge::{self, Row};

/// One act, or one of several things of which one is chosen.
pub struct Item {
    /// Its name for tests.
    pub test: &'static str,
    /// Its words.
    pub label: String,
    /// Why it cannot be done now.
    pub refusal: Option<String>,
    /// Cannot be undone by one click; stands last, behind a line.
    pub ends: bool,
    /// Of a choice: whether it is the one.
    pub chosen: Option<bool>,
    /// What it does.
    pub press: Box<dyn Fn()>,
}

impl Item {
    /// An act that can be done now and be undone.
    pub fn new(test: &'static str, press: impl Fn() + 'static) -> Self {
        Self { test, label: String::new(), refusal: None, ends: false, chosen: None, press: Box::new(press) }
    }
}

/// The button, and while `open` the menu. Its items are those of the moment in which it was opened.
#[component(inline_props)]
pub fn Menu(
    label: String,
    test: &'static str,
    icon: &'static str,
    open: ReadSignal<bool>,
    toggle: impl Fn(bool) + Clone + 'static,
    items: impl Fn() -> Vec<Item> + 'static,
) -> View {
    let button = create_node_ref();
    let shown = create_selector(move || open.get().to_string());
    let name = label.clone();
    let closing = toggle.clone();
    let list = View::from_dynamic(move || {
        if !open.get() {
            return View::new();
        }
        let close = closing.clone();
        untrack(|| list(items(), button, close))
    });
    let title = label.clone();
    view! {
        span(class="menu-place") {
            button(
                r#type="button", class="icon-button", data-test=test, title=title, aria-label=name,
                aria-haspopup="menu", aria-expanded=shown, r#ref=button,
                // The open menu closes when it loses the focus: pressing here must not do that before the click.
                on:mousedown=|event: MouseEvent| event.prevent_default(),
                on:click=move |_| toggle(!open.get_untracked()),
            ) { Icon(name=icon, size=Size::Row) }
            (list)
        }
    }
}

fn list(items: Vec<Item>, button: NodeRef, close: impl Fn(bool) + Clone + 'static) -> View {
    let node = create_node_ref();
    let up = create_signal(false);
    if !is_ssr!() {
        on_mount(move || {
            spawn_local_scoped(async move {
                if let Some(menu) = node.try_get() {
                    up.set(!bridge::menu_fits(&menu));
                    bridge::menu_row(&menu, Row::First);
                }
            });
        });
    }
    let back = move || {
        if let Some(button) = button.try_get() {
            bridge::focus(&button);
        }
    };
    let rows = items
        .into_iter()
        .map(|item| {
            let close = close.clone();
            row(item, move || {
                back();
                close(false);
            })
        })
        .collect::<Vec<_>>();
    let (closes, escape) = (close.clone(), close);
    let turned = create_selector(move || up.get().to_string());
    view! {
        div(
            class="menu", role="menu", tabindex="-1", data-up=turned, data-test="menu", r#ref=node,
            on:mousedown=|event: MouseEvent| event.prevent_default(),
            on:focusout=move |event: FocusEvent| {
                if node.try_get().is_some_and(|menu| bridge::leaves(&menu, &event)) {
                    closes(false);
                }
            },
            on:keydown=move |event: KeyboardEvent| {
                let Some(menu) = node.try_get() else { return };
                let to = match event.key().as_str() {
                    "ArrowDown" => Row::Next,
                    "ArrowUp" => Row::Previous,
                    "Home" => Row::First,
                    "End" => Row::Last,
                    "Escape" => {
                        event.prevent_default();
                        back();
                        return escape(false);
                    }
                    _ => return,
                };
                event.prevent_default();
                bridge::menu_row(&menu, to);
            },
        ) { (rows) }
    }
}

fn row(item: Item, done: impl Fn() + 'static) -> View {
    let Item { test, label, refusal, ends, chosen, press } = item;
    let class = if ends { "menu-row menu-row-ends" } else { "menu-row" };
    let off = refusal.is_some();
    let (title, disabled) = (refusal.unwrap_or_default(), off.to_string());
    let role = if chosen.is_some() { "menuitemradio" } else { "menuitem" };
    let checked = chosen.map(|chosen| chosen.to_string());
    let mark = match chosen {
        Some(true) => view! { Icon(name="check", size=Size::Row) },
        Some(false) => view! { span(class="menu-mark") {} },
        None => View::new(),
    };
    view! {
        button(
            r#type="button", class=class, role=role, tabindex="-1", data-test=test, title=title,
            aria-disabled=disabled, aria-checked=checked,
            on:click=move |_| if !off {
                done();
                press();
            },
        ) { (mark) (label) }
    }
}
