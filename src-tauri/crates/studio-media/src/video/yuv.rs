//! libyuv behind safe functions; with [`convert`](super::convert) the only `unsafe` of the crate. **Every size is
//! checked before a pointer leaves, so no picture, however odd, is read or written beyond its planes.**

#![allow(unsafe_code, reason = "libyuv takes pointers; this file is where their sizes are checked")]

use super::up;
use crate::frame::{Planes, PlanesMut};

/// A rectangle in whole pixels. Its corner is even wherever it is used, so that chroma has one too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Pixels.
    pub w: u32,
    /// Pixels.
    pub h: u32,
}

impl Area {
    /// A whole picture.
    pub const fn of(width: u32, height: u32) -> Self {
        Self { x: 0, y: 0, w: width, h: height }
    }

    /// Whether both have a pixel in common.
    pub const fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }

    /// Has pixels, lies inside a picture of this size, and starts where chroma has a pixel too.
    const fn lies_in(&self, width: u32, height: u32) -> bool {
        self.w > 0
            && self.h > 0
            && self.x.is_multiple_of(2)
            && self.y.is_multiple_of(2)
            && self.x <= width
            && self.w <= width - self.x
            && self.y <= height
            && self.h <= height - self.y
    }

    /// The same place in a chroma plane.
    const fn halved(&self) -> Self {
        Self { x: self.x / 2, y: self.y / 2, w: self.w.div_ceil(2), h: self.h.div_ceil(2) }
    }
}

/// Scales a part of one picture into a part of another; a copy when both have one size. False, and nothing drawn, when
/// an area does not lie in its picture or starts at an odd pixel.
pub fn draw(from: &Planes<'_>, part: Area, to: &mut PlanesMut<'_>, place: Area) -> bool {
    if !part.lies_in(from.width, from.height) || !place.lies_in(to.width, to.height) {
        return false;
    }
    let (from_stride, to_stride) = (from.width as usize, to.width as usize);
    plane((from.y, from_stride, part), (to.y, to_stride, place));
    let (from_stride, to_stride) = (from_stride.div_ceil(2), to_stride.div_ceil(2));
    let (part, place) = (part.halved(), place.halved());
    plane((from.u, from_stride, part), (to.u, to_stride, place));
    plane((from.v, from_stride, part), (to.v, to_stride, place));
    true
}

/// Fills a part of a picture with one colour (Y, U, V); what lies outside of it is left out.
pub fn fill(to: &mut PlanesMut<'_>, place: Area, colour: [u8; 3]) {
    if !place.lies_in(to.width, to.height) {
        return;
    }
    let stride = to.width as usize;
    let chroma = place.halved();
    for (plane, stride, area, shade) in [
        (&mut *to.y, stride, place, colour[0]),
        (&mut *to.u, stride.div_ceil(2), chroma, colour[1]),
        (&mut *to.v, stride.div_ceil(2), chroma, colour[2]),
    ] {
        for row in plane.chunks_exact_mut(stride).skip(area.y as usize).take(area.h as usize) {
            row[area.x as usize..][..area.w as usize].fill(shade);
        }
    }
}

/// Scales a part of one plane into a part of another: bytes, stride, and where.
///
/// # Panics
/// When a part does not lie in its plane.
pub(super) fn plane(from: (&[u8], usize, Area), to: (&mut [u8], usize, Area)) {
    let ((bytes, from_stride, part), (target, to_stride, place)) = (from, to);
    let source = &bytes[part.y as usize * from_stride + part.x as usize..];
    let target = &mut target[place.y as usize * to_stride + place.x as usize..];
    let (from_size, to_size) = ((part.w as usize, part.h as usize), (place.w as usize, place.h as usize));
    if up::is_three_halves(from_size, to_size) {
        three_halves((source, from_stride, from_size), (target, to_stride));
    } else {
        scale((source, from_stride, from_size), (target, to_stride, to_size));
    }
}

/// The fastest [`up::three_halves`] of this processor.
fn three_halves(from: up::Source<'_>, to: (&mut [u8], usize)) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { up::three_halves_avx2(from, to) };
    }
    up::three_halves(from, to);
}

/// `ScalePlane` with the best filter that libyuv has for the ratio.
fn scale(from: (&[u8], usize, (usize, usize)), to: (&mut [u8], usize, (usize, usize))) {
    let ((source, from_stride, (from_w, from_h)), (target, to_stride, (to_w, to_h))) = (from, to);
    assert!(holds(source.len(), from_stride, from_w, from_h), "source plane smaller than its part");
    assert!(holds(target.len(), to_stride, to_w, to_h), "target plane smaller than its place");
    // `lies_in` and `Planes` keep every number far below 2³¹.
    // SAFETY: both planes hold all rows of their rectangles (asserted above), the borrow of `target` is exclusive, and
    // libyuv neither keeps the pointers nor touches bytes outside of the rectangles it is given.
    unsafe {
        yuv_sys::rs_ScalePlane(
            source.as_ptr(),
            from_stride as i32,
            from_w as i32,
            from_h as i32,
            target.as_mut_ptr(),
            to_stride as i32,
            to_w as i32,
            to_h as i32,
            // Box where more than half of the pixels go; libyuv itself turns it into bilinear elsewhere.
            yuv_sys::FilterMode_kFilterBox,
        );
    }
}

/// Whether `len` bytes hold `h` rows of `w` bytes, `stride` apart.
pub(super) const fn holds(len: usize, stride: usize, w: usize, h: usize) -> bool {
    w > 0 && h > 0 && w <= stride && (h - 1) * stride + w <= len
}

#[cfg(test)]
mod tests;
