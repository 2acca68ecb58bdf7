//! Colour bars that stand still, after SMPTE's.

use crate::frame::PlanesMut;
use crate::video::yuv::{Area, fill};

/// Colour bars at 75 %, BT.709 limited: Y, U, V.
pub(super) const COLOURS: [[u8; 3]; 7] = [
    [180, 128, 128],
    [168, 44, 136],
    [145, 147, 44],
    [133, 63, 52],
    [63, 193, 204],
    [51, 109, 212],
    [28, 212, 120],
];
const BLACK: [u8; 3] = [16, 128, 128];
const WHITE: [u8; 3] = [235, 128, 128];
/// Under each colour that has blue in it: the one with as much, from the other side.
const REVERSE: [[u8; 3]; 7] = [COLOURS[6], BLACK, COLOURS[4], BLACK, COLOURS[2], BLACK, COLOURS[0]];
/// Along the bottom, each with its width in 84ths of the picture's: −I, white, +Q, black, three steps about black, black.
const LEVELS: [([u8; 3], u32); 8] = [
    ([57, 156, 97], 15),
    (WHITE, 15),
    ([44, 171, 147], 15),
    (BLACK, 15),
    ([7, 128, 128], 4),
    (BLACK, 4),
    ([25, 128, 128], 4),
    (BLACK, 12),
];

/// Draws the bars into the whole of a picture: seven colours above, in their reverse order below, levels at the bottom.
pub fn draw(picture: &mut PlanesMut<'_>) {
    let columns = |colours: [[u8; 3]; 7]| colours.map(|colour| (colour, 12));
    row(picture, (0, 8), &columns(COLOURS));
    row(picture, (8, 9), &columns(REVERSE));
    row(picture, (9, 12), &LEVELS);
}

/// Fields side by side, each so many 84ths of the picture wide, between two 12ths of its height.
fn row(picture: &mut PlanesMut<'_>, (top, bottom): (u32, u32), fields: &[([u8; 3], u32)]) {
    let (width, height) = (picture.width, picture.height);
    let (top, bottom) = (edge(height, top, 12), edge(height, bottom, 12));
    let mut from = 0;
    for (colour, wide) in fields {
        let (left, right) = (edge(width, from, 84), edge(width, from + wide, 84));
        fill(picture, Area { x: left, y: top, w: right - left, h: bottom - top }, *colour);
        from += wide;
    }
}

/// Where a part of a length ends: at an even pixel, where chroma has one too, or at the end.
fn edge(length: u32, part: u32, of: u32) -> u32 {
    if part == of { length } else { (u64::from(length) * u64::from(part) / u64::from(of)) as u32 & !1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Planes, i420_len};

    fn drawn(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = vec![99; i420_len(width, height)];
        draw(&mut PlanesMut::new(&mut bytes, width, height).unwrap());
        bytes
    }

    #[test]
    fn seven_colours_stand_above_their_reverse_and_the_levels() {
        let bytes = drawn(1280, 720);
        let planes = Planes::new(&bytes, 1280, 720).unwrap();
        let colour = |x: usize, y: usize| {
            let chroma = y / 2 * 640 + x / 2;
            [planes.y[y * 1280 + x], planes.u[chroma], planes.v[chroma]]
        };
        let across = |y: usize| [0, 1, 2, 3, 4, 5, 6].map(|n| colour(n * 1280 / 7 + 91, y));
        assert_eq!((across(10), across(470), across(510)), (COLOURS, COLOURS, REVERSE));
        let below = [100, 330, 560, 780, 945, 1006, 1070, 1200].map(|x| colour(x, 700));
        assert_eq!(below, LEVELS.map(|(level, _)| level));
    }

    #[test]
    fn bars_of_any_size_leave_no_pixel_as_it_was() {
        for (width, height) in [(1, 1), (3, 2), (17, 16), (641, 359), (1920, 1080)] {
            let bytes = drawn(width, height);
            assert!(!bytes.contains(&99), "{width}×{height}");
        }
    }
}
