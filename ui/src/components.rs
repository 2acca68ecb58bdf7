//! Parts that know their properties and nothing else.

pub mod button;
pub mod curve;
pub mod dialog;
pub mod fader;
pub mod hold_button;
pub mod icon;
pub mod law;
pub mod layout_picture;
pub mod link_bars;
pub mod menu;
pub mod meter;
pub mod meter_face;
pub mod meter_paint;
pub mod notice;
pub mod own_control;
pub mod pill;
pub mod slider;
pub mod tile;

use sycamore::prelude::*;

/// A text that may change while it is shown.
pub type Text = ReadSignal<String>;

/// Nothing stands in the way, ever.
pub fn free() -> ReadSignal<Option<String>> {
    *create_signal(None)
}
