//! The only place that calls out of Rust: Tauri's entries, the preview, the page's clock and the keyboard.
//!
//! A component that calls one of these while it renders would panic in a host test; so they are called from
//! event handlers, effects on mounted nodes and the start-up in `app.rs` only.

pub mod canvas;
pub mod hands;

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;
use studio_wire::fault::Fault;
use studio_wire::view::Ack;
use studio_wire::{Answer, Command, Query, Update};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], catch)]
    async fn invoke(name: &str, args: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = transformCallback)]
    fn transform_callback(callback: &Closure<dyn FnMut(JsValue)>) -> f64;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_name = setInterval)]
    fn set_interval(callback: &Closure<dyn FnMut()>, ms: u32) -> f64;
}

#[wasm_bindgen(module = "/src/preview.js")]
extern "C" {
    fn open(url: &str, token: &str, gpu: bool);
    fn program(canvas: &web_sys::HtmlCanvasElement);
    fn tile(canvas: &web_sys::HtmlCanvasElement, cell: u8);
    fn forget(canvas: &web_sys::HtmlCanvasElement);
}

/// The page's own clock in milliseconds; starts anywhere, never jumps.
pub fn now() -> f64 {
    performance_now()
}

/// Calls back for as long as the page lives.
pub fn every(ms: u32, callback: impl FnMut() + 'static) {
    let callback = Closure::<dyn FnMut()>::new(callback);
    set_interval(&callback, ms);
    callback.forget();
}

/// Sends a wish to the core. `Err(None)`: the core could not be reached.
pub async fn dispatch(command: &Command) -> Result<Ack, Option<Fault>> {
    call("dispatch", "command", command).await
}

/// Asks something that changes nothing.
pub async fn query(query: &Query) -> Result<Answer, Option<Fault>> {
    call("query", "query", query).await
}

async fn call<T: DeserializeOwned>(
    entry: &str,
    name: &str,
    value: &impl Serialize,
) -> Result<T, Option<Fault>> {
    let json = serde_json::to_string(value).map_err(|_| None)?;
    let args = js_sys::Object::new();
    let value = js_sys::JSON::parse(&json).map_err(|_| None)?;
    js_sys::Reflect::set(&args, &name.into(), &value).map_err(|_| None)?;
    match invoke(entry, args.into()).await {
        Ok(answer) => read(&answer).ok_or(None),
        Err(refusal) => Err(read(&refusal)),
    }
}

/// Through text, because show times are larger than what a JavaScript number holds exactly and serde's
/// own reader takes them for fractions.
fn read<T: DeserializeOwned>(value: &JsValue) -> Option<T> {
    serde_json::from_str(&js_sys::JSON::stringify(value).ok()?.as_string()?).ok()
}

/// Opens Tauri's channel and hands every update on, in the order in which they were sent.
pub async fn subscribe(mut take: impl FnMut(Update) + 'static) -> bool {
    let queue = RefCell::new(Ordered::default());
    let callback = Closure::<dyn FnMut(JsValue)>::new(move |packet: JsValue| {
        let field = |name: &str| js_sys::Reflect::get(&packet, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let Some(index) = field("index").as_f64() else { return };
        // A packet without a message ends the channel; what cannot be read still has its turn.
        let message = field("message");
        let update = if message.is_undefined() { None } else { read::<Update>(&message) };
        let due = queue.borrow_mut().arrived(index as u64, update);
        for update in due.into_iter().flatten() {
            take(update);
        }
    });
    let channel = format!("__CHANNEL__:{}", transform_callback(&callback));
    callback.forget();
    let args = js_sys::Object::new();
    let set = js_sys::Reflect::set(&args, &"channel".into(), &channel.into());
    set.is_ok() && invoke("subscribe", args.into()).await.is_ok()
}

/// Large messages take a longer way than small ones: each waits here for its turn.
struct Ordered<T> {
    next: u64,
    early: Vec<(u64, T)>,
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self { next: 0, early: Vec::new() }
    }
}

impl<T> Ordered<T> {
    fn arrived(&mut self, index: u64, item: T) -> Vec<T> {
        self.early.push((index, item));
        let mut due = Vec::new();
        while let Some(place) = self.early.iter().position(|(index, _)| *index == self.next) {
            due.push(self.early.swap_remove(place).1);
            self.next += 1;
        }
        due
    }
}

/// Connects the preview socket.
pub fn preview_open(url: &str, token: &str, gpu: bool) {
    open(url, token, gpu);
}

/// Shows the program on this canvas from now on.
pub fn preview_program(node: &web_sys::Node) {
    node.dyn_ref().into_iter().for_each(program);
}

/// Shows one cell of the atlas on this canvas; without a cell it gets no pictures any more.
pub fn preview_tile(node: &web_sys::Node, cell: Option<u8>) {
    let Some(canvas) = node.dyn_ref() else { return };
    match cell {
        Some(cell) => tile(canvas, cell),
        None => forget(canvas),
    }
}

/// Sets a property of a node's style: the content policy refuses style attributes.
pub fn style(node: &web_sys::Node, name: &str, value: &str) {
    if let Some(element) = node.dyn_ref::<web_sys::HtmlElement>() {
        // Fails only for a name that does not exist.
        let _ = element.style().set_property(name, value);
    }
}

/// Sets an attribute of a node.
pub fn attribute(node: &web_sys::Node, name: &str, value: &str) {
    if let Some(element) = node.dyn_ref::<web_sys::Element>() {
        // Fails only for a name that is none.
        let _ = element.set_attribute(name, value);
    }
}

/// Opens or closes a dialog; opening takes the focus, closing gives it back.
pub fn dialog(node: &web_sys::Node, open: bool) {
    let Some(dialog) = node.dyn_ref::<web_sys::HtmlDialogElement>() else { return };
    match (open, dialog.open()) {
        (true, false) => {
            // Fails only while it is open already.
            let _ = dialog.show_modal();
        }
        (false, true) => dialog.close(),
        _ => {}
    }
}

/// What is typed in a field.
pub fn typed(node: &web_sys::Node) -> String {
    node.dyn_ref::<web_sys::HtmlInputElement>().map(web_sys::HtmlInputElement::value).unwrap_or_default()
}

/// Writes into a field, if something else stands there: the place of typing is kept.
pub fn type_in(node: &web_sys::Node, text: &str) {
    if let Some(field) = node.dyn_ref::<web_sys::HtmlInputElement>()
        && field.value() != text
    {
        field.set_value(text);
    }
}

/// A scroller shows its end.
pub fn at_end(node: &web_sys::Node) -> bool {
    /// Half a line: a scroll position is rounded, and who is that near wants the end.
    const NEAR: i32 = 12;
    node.dyn_ref::<web_sys::Element>()
        .is_none_or(|list| list.scroll_height() - list.scroll_top() - list.client_height() <= NEAR)
}

/// Scrolls to the end.
pub fn to_end(node: &web_sys::Node) {
    if let Some(list) = node.dyn_ref::<web_sys::Element>() {
        list.set_scroll_top(list.scroll_height());
    }
}

/// How far the wall clock of this machine is ahead of the world's, in minutes.
pub fn zone_minutes() -> i32 {
    -js_sys::Date::new_0().get_timezone_offset() as i32
}

/// There is room for a panel beside the stage.
pub fn wide() -> bool {
    const ENOUGH: f64 = 1_120.0;
    let width = web_sys::window().and_then(|window| window.inner_width().ok());
    width.and_then(|width| width.as_f64()).is_some_and(|width| width >= ENOUGH)
}

/// Which row of a menu takes the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The first.
    First,
    /// The last.
    Last,
    /// The one after, or the first.
    Next,
    /// The one before, or the last.
    Previous,
}

/// Moves the focus within a menu.
pub fn menu_row(menu: &web_sys::Node, row: Row) {
    let Some(menu) = menu.dyn_ref::<web_sys::Element>() else { return };
    let Ok(rows) = menu.query_selector_all("[role^=menuitem]") else { return };
    let all: Vec<web_sys::HtmlElement> =
        (0..rows.length()).filter_map(|at| rows.get(at)?.dyn_into().ok()).collect();
    let active =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.active_element());
    let here = all.iter().position(|row| active.as_ref().is_some_and(|at| row.is_same_node(Some(at))));
    let at = match (row, here) {
        (Row::First, _) | (Row::Next, None) => 0,
        (Row::Last, _) | (Row::Previous, None) => all.len().saturating_sub(1),
        (Row::Next, Some(at)) => (at + 1) % all.len(),
        (Row::Previous, Some(at)) => (at + all.len() - 1) % all.len(),
    };
    if let Some(row) = all.get(at) {
        // Fails only if the element cannot take the focus, and then nothing should change.
        let _ = row.focus();
    }
}

/// Whether a menu ends within the list that it opened in.
pub fn menu_fits(menu: &web_sys::Node) -> bool {
    let Some(menu) = menu.dyn_ref::<web_sys::Element>() else { return true };
    let Ok(Some(list)) = menu.closest("[data-scroll]") else { return true };
    menu.get_bounding_client_rect().bottom() <= list.get_bounding_client_rect().bottom()
}

/// Where in a node the pointer is, each way as a share from 0 to 1; none in a node without an area.
pub fn place_in(node: &web_sys::Node, event: &web_sys::MouseEvent) -> Option<(f64, f64)> {
    let area = node.dyn_ref::<web_sys::Element>()?.get_bounding_client_rect();
    let share = |at: i32, from: f64, whole: f64| ((f64::from(at) - from) / whole).clamp(0.0, 1.0);
    let there = area.width() > 0.0 && area.height() > 0.0;
    there.then(|| {
        (
            share(event.client_x(), area.left(), area.width()),
            share(event.client_y(), area.top(), area.height()),
        )
    })
}

/// Gives the focus to a node.
pub fn focus(node: &web_sys::Node) {
    if let Some(element) = node.dyn_ref::<web_sys::HtmlElement>() {
        // Fails only if the element cannot take the focus, and then nothing should change.
        let _ = element.focus();
    }
}

/// The focus leaves `node` and everything in it.
pub fn leaves(node: &web_sys::Node, event: &web_sys::FocusEvent) -> bool {
    let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    !next.is_some_and(|next| node.contains(Some(&next)))
}

/// Calls back with each key pressed anywhere in the window.
pub fn on_key(take: impl FnMut(web_sys::KeyboardEvent) + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let callback = Closure::<dyn FnMut(web_sys::KeyboardEvent)>::new(take);
    // Fails only for an event name that is none.
    let _ = document.add_event_listener_with_callback("keydown", callback.as_ref().unchecked_ref());
    callback.forget();
}

/// Whether the key belongs to a text field, and whether a dialog is open.
pub fn occupied() -> (bool, bool) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return (false, false);
    };
    let active = document.active_element();
    let field = |input: &web_sys::HtmlInputElement| input.type_() != "range";
    let typing =
        active.is_some_and(|element| element.dyn_ref::<web_sys::HtmlInputElement>().is_some_and(field));
    (typing, document.query_selector("dialog[open]").is_ok_and(|found| found.is_some()))
}

/// Moves the focus to the next region of the window, or back.
pub fn next_region(back: bool) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Ok(regions) = document.query_selector_all("[data-region]") else { return };
    let all: Vec<web_sys::Element> =
        (0..regions.length()).filter_map(|at| regions.get(at)?.dyn_into().ok()).collect();
    let active = document.active_element();
    let here = all.iter().position(|region| active.as_ref().is_some_and(|at| region.contains(Some(at))));
    let next = match (here, back) {
        (Some(at), false) => (at + 1) % all.len(),
        (Some(at), true) => (at + all.len() - 1) % all.len(),
        (None, _) => 0,
    };
    let Some(region) = all.get(next) else { return };
    let inside = region.query_selector("button:not([aria-disabled=true]), input").ok().flatten();
    let target = inside.as_ref().unwrap_or(region);
    if let Some(element) = target.dyn_ref::<web_sys::HtmlElement>() {
        // Fails only if the element cannot take the focus, and then nothing should change.
        let _ = element.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_overtook_another_waits_for_it() {
        let mut queue = Ordered::default();
        assert!(queue.arrived(1, "b").is_empty());
        assert!(queue.arrived(2, "c").is_empty());
        assert_eq!(queue.arrived(0, "a"), ["a", "b", "c"]);
        assert_eq!(queue.arrived(3, "d"), ["d"]);
    }
}
