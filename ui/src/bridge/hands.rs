//! Hands on the page: what is dragged, and when a hand is gone.

use wasm_bindgen::prelude::*;

use crate::local::hold::Release;

/// The pointer stays with this node until it is lifted.
pub fn capture(node: &web_sys::Node, event: &web_sys::PointerEvent) {
    if let Some(element) = node.dyn_ref::<web_sys::Element>() {
        // Fails only for a pointer that is gone already.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// How high a node is.
pub fn height(node: &web_sys::Node) -> f64 {
    node.dyn_ref::<web_sys::Element>().map_or(0.0, |element| element.get_bounding_client_rect().height())
}

/// The focus is on something that the space bar presses or types into. Faders and sliders are neither.
pub fn on_control() -> bool {
    let active =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.active_element());
    active.is_some_and(|at| {
        at.matches("button, input:not([type=range]), select, textarea, a, summary").unwrap_or(false)
    })
}

/// Calls back whenever a hand may have let go of something, anywhere, and when the window is left.
pub fn on_release(take: impl Fn(Release) + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let at = |target: &web_sys::EventTarget,
              name: &str,
              found: Box<dyn Fn(web_sys::Event) -> Option<Release>>| {
        let take = take.clone();
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            if let Some(release) = found(event) {
                take(release);
            }
        });
        // Caught on its way down: whatever handles it further on cannot keep it.
        // Fails only for an event name that is none.
        let _ =
            target.add_event_listener_with_callback_and_bool(name, callback.as_ref().unchecked_ref(), true);
        callback.forget();
    };
    for name in ["pointerup", "pointercancel"] {
        at(&window, name, Box::new(|_| Some(Release::Pointer)));
    }
    let key =
        |event: &web_sys::Event| event.dyn_ref::<web_sys::KeyboardEvent>().map(web_sys::KeyboardEvent::code);
    at(&window, "keyup", Box::new(move |event| key(&event).map(Release::Key)));
    at(
        &window,
        "keydown",
        Box::new(move |event| (key(&event).as_deref() == Some("Escape")).then_some(Release::Away)),
    );
    // The blur of an element is caught here too and means nothing: only the window's own does.
    at(
        &window,
        "blur",
        Box::new(|event| {
            let own = event.target().is_some_and(|target| target.is_instance_of::<web_sys::Window>());
            own.then_some(Release::Away)
        }),
    );
    at(&window, "pagehide", Box::new(|_| Some(Release::Away)));
    let page = document.clone();
    at(&document, "visibilitychange", Box::new(move |_| page.hidden().then_some(Release::Away)));
}

/// Calls back when the window has another size.
pub fn on_resize(take: impl FnMut() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let callback = Closure::<dyn FnMut()>::new(take);
    // Fails only for an event name that is none.
    let _ = window.add_event_listener_with_callback("resize", callback.as_ref().unchecked_ref());
    callback.forget();
}

/// Calls back once, in so many ms.
pub fn after(ms: f64, callback: impl FnOnce() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let callback = Closure::once_into_js(callback);
    let ms = ms.ceil() as i32;
    // Fails only if the argument is no function.
    let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), ms);
}

/// Where a slider stands, 0 … 1.
pub fn slid(node: &web_sys::Node) -> f32 {
    let value = node.dyn_ref::<web_sys::HtmlInputElement>().map(web_sys::HtmlInputElement::value_as_number);
    (value.filter(|value| value.is_finite()).unwrap_or_default() / SLIDES) as f32
}

/// Puts a slider there.
pub fn slide(node: &web_sys::Node, place: f32) {
    if let Some(slider) = node.dyn_ref::<web_sys::HtmlInputElement>() {
        slider.set_value_as_number((f64::from(place) * SLIDES).round());
    }
}

/// A slider's places.
pub const SLIDES: f64 = 1_000.0;
