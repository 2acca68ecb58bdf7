//! What stands for somebody without a picture: a flat field with the outline of head and shoulders. No text.

use super::yuv::{Area, fill};
use crate::frame::PlanesMut;

/// Behind and between the tiles: dark teal grey, #0f2a30 in BT.709 limited.
pub const GROUND: [u8; 3] = [48, 133, 116];
/// The field of a slate, a little brighter than the ground.
const FIELD: [u8; 3] = [57, 134, 114];
/// The figure on it.
const FIGURE: [u8; 3] = [83, 135, 113];

/// Draws the slate into a place; its figure is as large as the place's shorter side allows.
pub fn draw(to: &mut PlanesMut<'_>, place: Area) {
    fill(to, place, FIELD);
    let unit = f64::from(place.w.min(place.h));
    let (middle, top) = (f64::from(place.w) / 2.0, f64::from(place.h) / 2.0 - unit * 0.26);
    let head = unit * 0.13;
    let shoulders = (unit * 0.25, unit * 0.22);
    let floor = top + 2.0 * head + unit * 0.27;
    for y in (0..place.h & !1).step_by(2) {
        let centre = f64::from(y) + 1.0;
        let half = half_chord(centre - top - head, head, head).max(if centre < floor {
            half_chord(centre - floor, shoulders.0, shoulders.1)
        } else {
            0.0
        });
        let left = ((middle - half).max(0.0) as u32) & !1;
        let right = ((middle + half) as u32).min(place.w) & !1;
        if right > left {
            fill(to, Area { x: place.x + left, y: place.y + y, w: right - left, h: 2 }, FIGURE);
        }
    }
}

/// Half the width of an ellipse, `down` from its middle.
fn half_chord(down: f64, half_width: f64, half_height: f64) -> f64 {
    let share = down / half_height;
    if share.abs() >= 1.0 { 0.0 } else { half_width * (1.0 - share * share).sqrt() }
}
