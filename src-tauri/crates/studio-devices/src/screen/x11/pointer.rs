//! The pointer, which X servers leave out of what they give. **Only its own rectangle is touched.**

use x11rb::errors::ReplyError;
use x11rb::protocol::xfixes::{GetCursorImageReply, get_cursor_image};
use x11rb::protocol::xproto::ConnectionExt;

use super::fault::Fault;
use super::link::Link;
use super::pane::Pane;
use super::pixels::Area;

/// The pointer over a subject.
#[derive(Default)]
pub(super) struct Pointer {
    shape: Option<GetCursorImageReply>,
    mark: Option<Mark>,
}

/// Where the pointer's upper left corner is in the subject, and which of its shapes it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    x: i32,
    y: i32,
    shape: u32,
}

impl Pointer {
    /// Looks where it is over a part of the screen; true when it is to be drawn otherwise than before.
    pub(super) fn over_part(&mut self, link: &Link, area: Area) -> Result<bool, Fault> {
        let shape = get_cursor_image(&link.conn)?.reply();
        Ok(self.place(shown(shape)?, (area.x.into(), area.y.into()), area))
    }

    /// The same for a window. Over another one that covers it, the pointer is not the window's.
    pub(super) fn over_pane(&mut self, link: &Link, pane: &Pane) -> Result<bool, Fault> {
        let shape = get_cursor_image(&link.conn)?;
        let over = link.conn.query_pointer(link.root)?;
        let at = link.conn.query_pointer(pane.window)?;
        let (shape, over, at) = (shown(shape.reply())?, over.reply()?, at.reply()?);
        let corner = |root: i16, inside: i16| i32::from(root) - i32::from(inside);
        let corner = (corner(at.root_x, at.win_x), corner(at.root_y, at.win_y));
        let shape = shape.filter(|_| over.child == pane.top);
        Ok(self.place(shape, corner, pane.area.unwrap_or_default()))
    }

    /// `corner` is the subject's upper left one on the screen.
    fn place(&mut self, shape: Option<GetCursorImageReply>, corner: (i32, i32), area: Area) -> bool {
        let mark = shape.as_ref().and_then(|shape| {
            let x = i32::from(shape.x) - i32::from(shape.xhot) - corner.0;
            let y = i32::from(shape.y) - i32::from(shape.yhot) - corner.1;
            let seen = x < i32::from(area.width)
                && y < i32::from(area.height)
                && x + i32::from(shape.width) > 0
                && y + i32::from(shape.height) > 0;
            seen.then_some(Mark { x, y, shape: shape.cursor_serial })
        });
        let changed = mark != self.mark;
        (self.shape, self.mark) = (shape, mark);
        changed
    }

    /// Draws it into pixels of four bytes, as many as `area` has.
    pub(super) fn draw(&self, pixels: &mut [u8], area: Area) {
        if let (Some(shape), Some(mark)) = (&self.shape, self.mark) {
            let size = (usize::from(shape.width), usize::from(shape.height));
            blend((&shape.cursor_image, size), (mark.x, mark.y), pixels, usize::from(area.width));
        }
    }
}

/// The shape, or `None` while the server shows none.
fn shown(reply: Result<GetCursorImageReply, ReplyError>) -> Result<Option<GetCursorImageReply>, Fault> {
    match reply {
        Ok(shape) => Ok(Some(shape)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}

/// Lays ARGB that is multiplied by its alpha over BGRX of `width` pixels a line; what lies outside is left out.
fn blend((shape, size): (&[u32], (usize, usize)), (x, y): (i32, i32), pixels: &mut [u8], width: usize) {
    if size.0 == 0 {
        return;
    }
    // Of the shape, the columns and lines that lie left of and above the picture.
    let (left, above) = (x.min(0).unsigned_abs() as usize, y.min(0).unsigned_abs() as usize);
    let (x, y) = (x.max(0) as usize, y.max(0) as usize);
    let lines = pixels.chunks_exact_mut(4 * width).skip(y);
    for (line, marks) in lines.zip(shape.chunks_exact(size.0).take(size.1).skip(above)) {
        let pixels = line.chunks_exact_mut(4).skip(x);
        for (pixel, mark) in pixels.zip(marks.iter().skip(left)) {
            let [blue, green, red, alpha] = mark.to_le_bytes();
            for (below, over) in pixel.iter_mut().zip([blue, green, red]) {
                let rest = (u32::from(*below) * (255 - u32::from(alpha)) + 127) / 255;
                *below = (rest + u32::from(over)).min(255) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY: u8 = 100;
    const WHITE: u32 = 0xffff_ffff;

    /// Which pixels of a 4 × 3 picture a white 2 × 2 pointer at this place covers.
    fn covered(at: (i32, i32)) -> Vec<usize> {
        let mut pixels = vec![GREY; 4 * 4 * 3];
        blend((&[WHITE; 4], (2, 2)), at, &mut pixels, 4);
        let is_white = |pixel: &[u8]| pixel[..3] == [255; 3];
        assert!(pixels.chunks_exact(4).all(|pixel| is_white(pixel) || pixel == [GREY; 4]));
        (0..).zip(pixels.chunks_exact(4)).filter(|(_, pixel)| is_white(pixel)).map(|(n, _)| n).collect()
    }

    #[test]
    fn a_pointer_is_cut_at_every_edge() {
        assert_eq!(covered((1, 1)), [5, 6, 9, 10]);
        assert_eq!(covered((-1, -1)), [0]);
        assert_eq!(covered((3, 2)), [11]);
        assert_eq!(covered((3, -1)), [3]);
        for away in [(4, 0), (0, 3), (-2, 0), (0, -2), (i32::MAX, 0), (0, i32::MIN)] {
            assert!(covered(away).is_empty(), "{away:?}");
        }
    }

    #[test]
    fn half_a_colour_lets_half_of_the_picture_through() {
        let mut pixels = [200, 100, 0, 7];
        blend((&[0x8080_0000], (1, 1)), (0, 0), &mut pixels, 1);
        assert_eq!(pixels, [100, 50, 128, 7]);
        blend((&[0], (1, 1)), (0, 0), &mut pixels, 1);
        assert_eq!(pixels, [100, 50, 128, 7]);
    }
}
