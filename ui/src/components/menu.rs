//! A button with a menu of acts, after the ARIA pattern: arrows move, Escape closes and gives the focus back.

use std::rc::Rc;

use sycamore::futures::spawn_local_scoped;
use sycamore::prelude::*;
use sycamore::web::events::{FocusEvent, KeyboardEvent, MouseEvent, PointerEvent};

use super::hold_button::{by_key, by_pointer};
use super::icon::{Icon, Size};
use crate::bridge::{self, Row};
use crate::local::hold::By;

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
    /// `chosen` is not one of several: it is on or off by itself.
    pub alone: bool,
    /// What it does.
    pub press: Box<dyn Fn()>,
    /// What it does for as long as it is held, in the place of `press`.
    pub hold: Option<Box<dyn Fn(By)>>,
}

impl Item {
    /// An act that can be done now and be undone.
    pub fn new(test: &'static str, press: impl Fn() + 'static) -> Self {
        let (label, press) = (String::new(), Box::new(press));
        Self { test, label, refusal: None, ends: false, chosen: None, alone: false, press, hold: None }
    }

    /// Something that lasts for as long as it is held.
    pub fn held(test: &'static str, label: String, hold: impl Fn(By) + 'static) -> Self {
        Self { label, hold: Some(Box::new(hold)), ..Self::new(test, || ()) }
    }
}

/// What stands above the items.
pub type Head = Option<Rc<dyn Fn() -> View>>;

/// The button, and while `open` the menu. Its items are those of the moment in which it was opened.
#[component(inline_props)]
pub fn Menu(
    label: String,
    test: &'static str,
    icon: &'static str,
    open: ReadSignal<bool>,
    toggle: impl Fn(bool) + Clone + 'static,
    items: impl Fn() -> Vec<Item> + 'static,
    #[prop(default)] head: Head,
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
        untrack(|| list(head.as_ref().map_or_else(View::new, |head| head()), items(), button, close))
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

fn list(head: View, items: Vec<Item>, button: NodeRef, close: impl Fn(bool) + Clone + 'static) -> View {
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
        ) { (head) (rows) }
    }
}

fn row(item: Item, done: impl Fn() + 'static) -> View {
    let Item { test, label, refusal, ends, chosen, alone, press, hold } = item;
    let class = if ends { "menu-row menu-row-ends" } else { "menu-row" };
    let off = refusal.is_some();
    let (title, disabled) = (refusal.unwrap_or_default(), off.to_string());
    let role = match (chosen, alone) {
        (None, _) => "menuitem",
        (Some(_), true) => "menuitemcheckbox",
        (Some(_), false) => "menuitemradio",
    };
    let checked = chosen.map(|chosen| chosen.to_string());
    let mark = match chosen {
        Some(true) => view! { Icon(name="check", size=Size::Row) },
        Some(false) => view! { span(class="menu-mark") {} },
        None => View::new(),
    };
    if let Some(hold) = hold.filter(|_| !off) {
        return held_row(test, label, hold.into());
    }
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

/// A row that lasts: the menu stays open, and what was begun ends when the hand is gone.
fn held_row(test: &'static str, label: String, hold: Rc<dyn Fn(By)>) -> View {
    let keyed = hold.clone();
    view! {
        button(
            r#type="button", class="menu-row menu-row-held", role="menuitem", tabindex="-1", data-test=test,
            on:pointerdown=move |event: PointerEvent| by_pointer(&event).into_iter().for_each(&*hold),
            on:keydown=move |event: KeyboardEvent| by_key(&event).into_iter().for_each(&*keyed),
        ) { Icon(name="headset", size=Size::Row) (label) }
    }
}
