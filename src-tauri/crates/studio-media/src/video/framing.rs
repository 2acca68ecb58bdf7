//! What of a camera's picture is shown: a part of it, as large as the whole was, and if its owner likes it in a mirror.

use std::sync::Arc;

use studio_wire::device::Framing;

use super::yuv::{Area, draw};
use crate::frame::{PlanesMut, Pool, PoolFrame};

/// In the sources, being drawn, and one for a copy that is still read.
const SLOTS: usize = 4;

/// Makes the pictures that are not shown as they come. **A picture that is shown whole costs nothing.**
#[derive(Debug, Default)]
pub struct Framer {
    pool: Option<((u32, u32), Pool)>,
}

impl Framer {
    /// A picture as it is shown; `None` when every slot is in somebody's hands.
    pub fn picture(&mut self, frame: Arc<PoolFrame>, framing: Framing) -> Option<Arc<PoolFrame>> {
        let size = (frame.width(), frame.height());
        let part = part(framing, size);
        if !framing.mirror && part == Area::of(size.0, size.1) {
            return Some(frame);
        }
        if self.pool.as_ref().is_none_or(|(of, _)| *of != size) {
            self.pool = Some((size, Pool::new(SLOTS, size.0, size.1)));
        }
        let mut draft = self.pool.as_ref()?.1.draft(size.0, size.1)?;
        draw(&frame.planes(), part, &mut draft.planes_mut(), Area::of(size.0, size.1));
        if framing.mirror {
            mirror(&mut draft.planes_mut());
        }
        Some(draft.publish(frame.at(), frame.seq()))
    }
}

/// The part that is shown. It has the whole picture's shape, and starts where chroma has a pixel too.
fn part(framing: Framing, (width, height): (u32, u32)) -> Area {
    let zoom = u32::from(framing.zoom.clamp(100, Framing::MOST_ZOOM));
    let of = |whole: u32, way: u16| {
        let length = (whole * 100 / zoom).max(1);
        let from = (whole - length) * u32::from(way.min(1_000)) / 1_000;
        (from & !1, length)
    };
    let ((x, w), (y, h)) = (of(width, framing.x), of(height, framing.y));
    Area { x, y, w, h }
}

/// Left and right change places.
fn mirror(picture: &mut PlanesMut<'_>) {
    let (width, half) = (picture.width as usize, picture.width.div_ceil(2) as usize);
    for (plane, width) in [(&mut *picture.y, width), (&mut *picture.u, half), (&mut *picture.v, half)] {
        plane.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
}

#[cfg(test)]
mod tests {
    use studio_wire::time::ShowTime;

    use super::*;

    /// Each luma pixel is its column plus sixteen times its row, each chroma pixel the same from 100 and 200 on.
    fn shot(width: u32, height: u32) -> Arc<PoolFrame> {
        let mut draft = Pool::new(1, width, height).draft(width, height).unwrap();
        let planes = draft.planes_mut();
        let half = width.div_ceil(2) as usize;
        for (plane, width, first) in
            [(planes.y, width as usize, 0), (planes.u, half, 100), (planes.v, half, 200)]
        {
            plane
                .iter_mut()
                .enumerate()
                .for_each(|(n, pixel)| *pixel = (first + n % width + n / width * 16) as u8);
        }
        draft.publish(ShowTime::from_ms(40), 7)
    }

    fn framed(frame: &Arc<PoolFrame>, framing: Framing) -> Arc<PoolFrame> {
        Framer::default().picture(frame.clone(), framing).unwrap()
    }

    #[test]
    fn a_whole_picture_goes_through_untouched() {
        let frame = shot(8, 8);
        assert!(Arc::ptr_eq(&frame, &framed(&frame, Framing { x: 0, y: 9, ..Framing::default() })));
    }

    #[test]
    fn a_mirror_turns_every_row_of_every_plane_and_keeps_the_time() {
        let frame = shot(6, 4);
        let seen = framed(&frame, Framing { mirror: true, ..Framing::default() });
        let planes = seen.planes();
        assert_eq!(planes.y[..6], [5, 4, 3, 2, 1, 0]);
        assert_eq!(planes.y[18..], [53, 52, 51, 50, 49, 48]);
        assert_eq!((&planes.u[..3], &planes.v[3..]), (&[102, 101, 100][..], &[218, 217, 216][..]));
        assert_eq!((seen.at(), seen.seq()), (ShowTime::from_ms(40), 7));
        let back = framed(&seen, Framing { mirror: true, ..Framing::default() });
        assert_eq!(back.bytes(), frame.bytes());
    }

    #[test]
    fn the_part_that_is_shown_lies_where_it_was_put_and_keeps_the_shape() {
        let of = |zoom, x, y| {
            let Area { x, y, w, h } = part(Framing { mirror: false, zoom, x, y }, (1280, 720));
            (x, y, w, h)
        };
        assert_eq!(of(200, 500, 500), (320, 180, 640, 360));
        assert_eq!(of(200, 0, 1_000), (0, 360, 640, 360));
        assert_eq!(of(300, 1_000, 0), (854, 0, 426, 240));
        assert_eq!(of(100, 1_000, 1_000), (0, 0, 1280, 720));
        assert_eq!(of(u16::MAX, u16::MAX, u16::MAX), (854, 480, 426, 240), "nothing lies outside");
    }

    #[test]
    fn a_quarter_fills_the_picture() {
        let mut draft = Pool::new(1, 64, 64).draft(64, 64).unwrap();
        let planes = draft.planes_mut();
        planes.u.fill(128);
        planes.v.fill(128);
        for (n, pixel) in planes.y.iter_mut().enumerate() {
            *pixel = if n % 64 >= 32 && n / 64 < 32 { 200 } else { 30 };
        }
        let frame = draft.publish(ShowTime(0), 0);
        let right_above = Framing { zoom: 200, x: 1_000, y: 0, mirror: false };
        assert!(framed(&frame, right_above).planes().y.iter().all(|pixel| *pixel == 200));
        let left_above = Framing { x: 0, ..right_above };
        assert!(framed(&frame, left_above).planes().y.iter().all(|pixel| *pixel == 30));
    }

    #[test]
    fn odd_and_tiny_pictures_are_framed_too() {
        for (width, height) in [(1, 1), (3, 5), (2, 2), (641, 361)] {
            let frame = shot(width, height);
            for zoom in [100, 101, 300] {
                let seen = framed(&frame, Framing { mirror: true, zoom, x: 1_000, y: 1_000 });
                assert_eq!((seen.width(), seen.height()), (width, height));
            }
        }
    }
}
