//! Parts that know their properties and nothing else.

pub mod button;
pub mod dialog;
pub mod icon;
pub mod layout_picture;
pub mod link_bars;
pub mod menu;
pub mod meter;
pub mod notice;
pub mod own_control;
pub mod pill;
pub mod tile;

use sycamore::prelude::*;

/// A text that may change while it is shown.
pub type Text = ReadSignal<String>;

/// Nothing stands in the way, ever.
pub fn free() -> ReadSignal<Option<String>> {
    *create_signal(None)
}
