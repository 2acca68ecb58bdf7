//! The canvas that meters are painted on, and the page's frames.

use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, DomRect, Element, HtmlCanvasElement};

use crate::components::meter_paint::{Ink, Patch, Place};

/// Calls back once, before the page is painted next; a page that nobody sees waits.
pub fn frame(callback: impl FnOnce() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let callback = Closure::once_into_js(callback);
    // Fails only if the argument is no function.
    let _ = window.request_animation_frame(callback.unchecked_ref());
}

/// A canvas over a part of the page.
pub struct Canvas {
    node: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    colours: [String; Ink::ALL.len()],
}

/// The place of a meter on the canvas.
pub struct Well {
    /// Whose.
    pub name: String,
    /// It lies.
    pub lying: bool,
    /// Where.
    pub place: Place,
    /// From where to where it can be seen, as the rest may be scrolled away.
    pub seen: (f32, f32),
}

impl Canvas {
    /// Takes the colours from the page's theme; none if the node is no canvas.
    pub fn open(node: &web_sys::Node) -> Option<Self> {
        let node: HtmlCanvasElement = node.dyn_ref::<HtmlCanvasElement>()?.clone();
        let context = node.get_context("2d").ok()??.dyn_into().ok()?;
        let style = web_sys::window()?.get_computed_style(&node).ok()??;
        let colours = Ink::ALL.map(|ink| style.get_property_value(ink.token()).unwrap_or_default());
        Some(Self { node, context, colours })
    }

    /// Empties it, and makes it as sharp as the screen.
    pub fn clear(&self) {
        let scale = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
        let (wide, high) = (f64::from(self.node.client_width()), f64::from(self.node.client_height()));
        let size = ((wide * scale).round() as u32, (high * scale).round() as u32);
        if (self.node.width(), self.node.height()) != size {
            self.node.set_width(size.0);
            self.node.set_height(size.1);
        }
        // Fails only for figures that are none.
        let _ = self.context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, wide, high);
    }

    /// The meters of what it lies over.
    pub fn wells(&self) -> Vec<Well> {
        let Some(under) = self.node.parent_element() else { return Vec::new() };
        let Ok(found) = under.query_selector_all("[data-meter]") else { return Vec::new() };
        let origin = self.node.get_bounding_client_rect();
        let nodes = (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<Element>().ok());
        nodes.filter_map(|node| well(&node, &origin)).collect()
    }

    /// Fills what can be seen of each patch.
    pub fn fill(&self, patches: &[Patch], seen: (f32, f32)) {
        for patch in patches {
            let (from, to) = (patch.place.x.max(seen.0), (patch.place.x + patch.place.w).min(seen.1));
            if to <= from {
                continue;
            }
            let at = Ink::ALL.iter().position(|ink| *ink == patch.ink).unwrap_or_default();
            self.context.set_fill_style_str(&self.colours[at]);
            self.context.set_global_alpha(f64::from(patch.strength));
            let Place { y, h, .. } = patch.place;
            self.context.fill_rect(f64::from(from), f64::from(y), f64::from(to - from), f64::from(h));
        }
    }
}

fn well(node: &Element, origin: &DomRect) -> Option<Well> {
    let place = |rect: &DomRect| Place {
        x: (rect.x() - origin.x()) as f32,
        y: (rect.y() - origin.y()) as f32,
        w: rect.width() as f32,
        h: rect.height() as f32,
    };
    let scroller = node.closest("[data-clip]").ok()?.map(|clip| place(&clip.get_bounding_client_rect()));
    let seen = scroller.map_or((f32::MIN, f32::MAX), |clip| (clip.x, clip.x + clip.w));
    let own = place(&node.get_bounding_client_rect());
    let lying = node.has_attribute("data-lying");
    (own.h > 0.0).then_some(Well { name: node.get_attribute("data-meter")?, lying, place: own, seen })
}
