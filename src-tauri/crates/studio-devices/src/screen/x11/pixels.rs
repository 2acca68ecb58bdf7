//! Pixels on their way from the server. **Nothing is copied: the server writes them where the conversion reads them.**

use rustix::param::page_size;
use studio_media::video::argb::Bgrx;
use studio_wire::device::DeviceTrouble;
use x11rb::connection::Connection;
use x11rb::cookie::Cookie;
use x11rb::protocol::shm::{self, GetImageReply, Seg};
use x11rb::protocol::xproto::{Drawable, ImageFormat};

use super::fault::Fault;
use super::link::Conn;
use super::shared::Shared;

/// A rectangle of the screen or of a window. It has even edges, and an even number of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i16,
    pub(super) y: i16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Area {
    /// The part of a rectangle within `0, 0, width, height`, without its odd edges; `None` when nothing is left.
    pub(super) fn within((x, y, w, h): (i32, i32, u32, u32), (width, height): (u16, u16)) -> Option<Self> {
        let cut = |from: i32, length: u32, end: u16| {
            let from = i64::from(from);
            let (first, last) = (from.max(0), (from + i64::from(length)).min(i64::from(end)));
            (first as i16, (last - first).max(0) as u16 & !1)
        };
        let ((x, width), (y, height)) = (cut(x, w, width), cut(y, h, height));
        (width > 0 && height > 0).then_some(Self { x, y, width, height })
    }

    fn bytes(&self) -> usize {
        4 * usize::from(self.width) * usize::from(self.height)
    }
}

/// The memory shared with the server.
#[derive(Default)]
pub(super) struct Pixels {
    room: Option<(Shared, Seg)>,
}

impl Pixels {
    /// Asks for an area of a window or pixmap. [`Self::taken`] has it once [`checked`] finds nothing wrong with the answer.
    pub(super) fn ask<'c>(
        &mut self,
        conn: &'c Conn,
        of: Drawable,
        area: Area,
    ) -> Result<Cookie<'c, Conn, GetImageReply>, Fault> {
        let segment = self.room_for(conn, area.bytes())?;
        let Area { x, y, width, height } = area;
        let format = u8::from(ImageFormat::Z_PIXMAP);
        Ok(shm::get_image(conn, of, x, y, width, height, !0, format, segment, 0)?)
    }

    /// What came for an area, four bytes a pixel, to draw into. Nothing when no area of this size was asked for.
    pub(super) fn taken(&mut self, area: Area) -> &mut [u8] {
        let all = self.room.as_mut().map(|(shared, _)| shared.bytes()).unwrap_or_default();
        all.get_mut(..area.bytes()).unwrap_or_default()
    }

    /// Memory of at least this size; larger memory takes the place of the smaller.
    fn room_for(&mut self, conn: &Conn, bytes: usize) -> Result<Seg, Fault> {
        match &self.room {
            Some((shared, segment)) if shared.len() >= bytes => return Ok(*segment),
            Some((_, segment)) => shm::detach(conn, *segment)?.ignore_error(),
            None => {}
        }
        self.room = None;
        let (shared, fd) = Shared::new(bytes.next_multiple_of(page_size())).map_err(Fault::Machine)?;
        let segment = conn.generate_id()?;
        shm::attach_fd(conn, segment, fd, false)?.check()?;
        self.room = Some((shared, segment));
        Ok(segment)
    }
}

/// The area, when the server wrote all of it, four bytes a pixel.
pub(super) fn checked(reply: &GetImageReply, area: Area) -> Result<Area, Fault> {
    let readable = matches!(reply.depth, 24 | 32) && reply.size as usize == area.bytes();
    if readable { Ok(area) } else { Err(Fault::Trouble(DeviceTrouble::NoFormat)) }
}

/// Pixels as the conversion takes them.
pub(super) fn picture(pixels: &[u8], area: Area) -> Result<Bgrx<'_>, Fault> {
    Bgrx::new(pixels, u32::from(area.width), u32::from(area.height))
        .ok_or(Fault::Trouble(DeviceTrouble::NoFormat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_cut_to_the_screen_and_to_even_edges() {
        let area = |x, y, w, h| {
            Area::within((x, y, w, h), (640, 480)).map(|area| (area.x, area.y, area.width, area.height))
        };
        assert_eq!(area(0, 0, 640, 480), Some((0, 0, 640, 480)));
        assert_eq!(area(11, 7, 101, 33), Some((11, 7, 100, 32)));
        assert_eq!(area(-10, 470, 100, 100), Some((0, 470, 90, 10)));
        assert_eq!(area(i32::MIN, i32::MIN, u32::MAX, u32::MAX), Some((0, 0, 640, 480)));
        for (x, y, w, h) in [(640, 0, 10, 10), (0, -10, 10, 10), (639, 0, 10, 10), (5, 5, 1, 9), (0, 0, 0, 0)]
        {
            assert_eq!(area(x, y, w, h), None, "{x}, {y}, {w}, {h}");
        }
        assert_eq!(area(i32::MAX, i32::MAX, u32::MAX, u32::MAX), None);
    }
}
