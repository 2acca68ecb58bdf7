//! What cameras send, as I420; `unsafe` for libyuv's sake, as in [`yuv`](super::yuv). **Every function is false, and the
//! picture's bytes are anything, when the source is too short for the picture's size: no byte outside of it is read.**

#![allow(unsafe_code, reason = "libyuv takes pointers; this file is where their sizes are checked")]

use super::yuv::{Area, holds, plane};
use crate::frame::PlanesMut;

/// Bytes of a plane with the distance from one row to the next.
pub type Rows<'a> = (&'a [u8], usize);

/// From YUYV (4:2:2, two bytes a pixel, rows without gaps). The width has to be even.
pub fn yuyv(from: &[u8], to: &mut PlanesMut<'_>) -> bool {
    let (width, height) = (to.width as usize, to.height as usize);
    if !width.is_multiple_of(2) || from.len() < width * height * 2 {
        return false;
    }
    let [w, h, half] = sizes(to);
    // SAFETY: the source holds `height` rows of two bytes a pixel (checked above), the planes hold the picture's size
    // (`PlanesMut`), and libyuv touches nothing else.
    let code = unsafe {
        yuv_sys::rs_YUY2ToI420(
            from.as_ptr(),
            w * 2,
            to.y.as_mut_ptr(),
            w,
            to.u.as_mut_ptr(),
            half,
            to.v.as_mut_ptr(),
            half,
            w,
            h,
        )
    };
    code == 0
}

/// From NV12 (luma, then both chroma planes in one, rows without gaps).
pub fn nv12(from: &[u8], to: &mut PlanesMut<'_>) -> bool {
    let (width, height) = (to.width as usize, to.height as usize);
    let Some((luma, chroma)) = from.split_at_checked(width * height) else { return false };
    if chroma.len() < width.div_ceil(2) * 2 * height.div_ceil(2) {
        return false;
    }
    let [w, h, half] = sizes(to);
    // SAFETY: both parts of the source hold their rows (checked above), the planes hold the picture's size
    // (`PlanesMut`), and libyuv touches nothing else.
    let code = unsafe {
        yuv_sys::rs_NV12ToI420(
            luma.as_ptr(),
            w,
            chroma.as_ptr(),
            half * 2,
            to.y.as_mut_ptr(),
            w,
            to.u.as_mut_ptr(),
            half,
            to.v.as_mut_ptr(),
            half,
            w,
            h,
        )
    };
    code == 0
}

/// From luma alone, rows without gaps.
pub fn grey(from: &[u8], to: &mut PlanesMut<'_>) -> bool {
    let Some(luma) = from.get(..to.y.len()) else { return false };
    to.y.copy_from_slice(luma);
    to.u.fill(128);
    to.v.fill(128);
    true
}

/// From the planes of a JPEG: full range becomes limited range, and chroma planes of another size than the picture's
/// are scaled to it. `chroma` is the size of theirs in pixels; `room` is kept between calls to save its allocation.
pub fn jpeg(
    y: Rows<'_>,
    u: Rows<'_>,
    v: Rows<'_>,
    chroma: (u32, u32),
    room: &mut Vec<u8>,
    to: &mut PlanesMut<'_>,
) -> bool {
    let (width, height) = (to.width as usize, to.height as usize);
    let (half, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let fits = |rows: Rows<'_>, w: usize, h: usize| holds(rows.0.len(), rows.1, w, h);
    let (from_w, from_h) = (chroma.0 as usize, chroma.1 as usize);
    if !fits(y, width, height) || !fits(u, from_w, from_h) || !fits(v, from_w, from_h) {
        return false;
    }
    if (from_w, from_h) == (half, half_height) {
        return limited(y, u, v, to);
    }
    room.resize(half * half_height * 2, 0);
    let (small_u, small_v) = room.split_at_mut(half * half_height);
    for (from, small) in [(u, &mut *small_u), (v, &mut *small_v)] {
        let place = Area::of(half as u32, half_height as u32);
        plane((from.0, from.1, Area::of(chroma.0, chroma.1)), (small, half, place));
    }
    limited(y, (small_u, half), (small_v, half), to)
}

/// Full range to limited, 4:2:0 to 4:2:0.
fn limited(y: Rows<'_>, u: Rows<'_>, v: Rows<'_>, to: &mut PlanesMut<'_>) -> bool {
    let (width, height) = (to.width as usize, to.height as usize);
    let chroma = (width.div_ceil(2), height.div_ceil(2));
    assert!(holds(y.0.len(), y.1, width, height), "luma smaller than the picture");
    for rows in [u, v] {
        assert!(holds(rows.0.len(), rows.1, chroma.0, chroma.1), "chroma smaller than the picture's");
    }
    let [w, h, half] = sizes(to);
    // SAFETY: the source's planes hold their rows (asserted above), the target's hold the picture's size (`PlanesMut`),
    // and libyuv touches nothing else.
    let code = unsafe {
        yuv_sys::rs_J420ToI420(
            y.0.as_ptr(),
            y.1 as i32,
            u.0.as_ptr(),
            u.1 as i32,
            v.0.as_ptr(),
            v.1 as i32,
            to.y.as_mut_ptr(),
            w,
            to.u.as_mut_ptr(),
            half,
            to.v.as_mut_ptr(),
            half,
            w,
            h,
        )
    };
    code == 0
}

/// Width, height and chroma width for libyuv; `PlanesMut` keeps them far below 2³¹.
fn sizes(to: &PlanesMut<'_>) -> [i32; 3] {
    [to.width as i32, to.height as i32, to.width.div_ceil(2) as i32]
}

#[cfg(test)]
mod tests;
