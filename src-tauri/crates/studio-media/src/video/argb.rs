//! A screen's pixels, four bytes each, into I420. **BT.709 limited as every picture of the show, rounded to the
//! nearest value; no picture, however odd, is read or written beyond its bytes.**
//!
//! libyuv knows this conversion for BT.601 only, which turns a screen's pure green into (0, 216, 0).

#![allow(unsafe_code, reason = "vector code is for processors that have it, and it and libyuv take pointers")]

use crate::frame::PlanesMut;

/// Widest and highest picture.
const MOST: u32 = 1 << 14;

/// A picture as screens have it: blue, green, red and a byte without meaning for each pixel, rows without gaps.
#[derive(Clone, Copy, Debug)]
pub struct Bgrx<'a> {
    bytes: &'a [u8],
    width: u32,
    height: u32,
}

impl<'a> Bgrx<'a> {
    /// `None` without pixels, with too few bytes, or beyond what any picture has.
    pub fn new(bytes: &'a [u8], width: u32, height: u32) -> Option<Self> {
        if width == 0 || height == 0 || width > MOST || height > MOST {
            return None;
        }
        let bytes = bytes.get(..4 * width as usize * height as usize)?;
        Some(Self { bytes, width, height })
    }

    /// Pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels.
    pub fn height(&self) -> u32 {
        self.height
    }
}

/// Draws the upper left part of a picture, as large as `to` is. False, and nothing drawn, when it is smaller than that or
/// `to` has an odd edge.
pub fn to_i420(from: &Bgrx<'_>, to: &mut PlanesMut<'_>) -> bool {
    let fits = to.width <= from.width && to.height <= from.height;
    if !fits || !to.width.is_multiple_of(2) || !to.height.is_multiple_of(2) {
        return false;
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function was compiled for.
        convert(from, to, |lines, luma, chroma| unsafe { avx2::pair(lines, luma, chroma) });
        return true;
    }
    convert(from, to, pair);
    true
}

/// Two lines of four bytes a pixel.
type Lines<'a> = [&'a [u8]; 2];
/// Two lines of luma, or one of each chroma.
type LinesMut<'a> = [&'a mut [u8]; 2];

/// Two lines at a time, so that each is read from memory once.
fn convert(from: &Bgrx<'_>, to: &mut PlanesMut<'_>, pair: impl Fn(Lines<'_>, LinesMut<'_>, LinesMut<'_>)) {
    let (width, stride) = (to.width as usize, 4 * from.width as usize);
    let pairs = from.bytes.chunks_exact(2 * stride);
    let chroma = to.u.chunks_exact_mut(width / 2).zip(to.v.chunks_exact_mut(width / 2));
    for ((lines, luma), (u, v)) in pairs.zip(to.y.chunks_exact_mut(2 * width)).zip(chroma) {
        let (upper, lower) = luma.split_at_mut(width);
        pair([&lines[..4 * width], &lines[stride..][..4 * width]], [upper, lower], [u, v]);
    }
}

/// What blue, green and red are multiplied by for each plane, in units of 2⁻¹⁴.
const TO_Y: [i16; 3] = [1_016, 10_064, 2_991];
const TO_U: [i16; 3] = [7_196, -5_547, -1_649];
const TO_V: [i16; 3] = [-660, -6_536, 7_196];
/// What the sum begins with: the value of black, or four times that of grey, and a half for rounding.
const BLACK: i32 = (16 << 14) + (1 << 13);
const FOUR_GREY: i32 = (128 << 16) + (1 << 15);

/// One pair of lines, on any processor.
fn pair(lines: Lines<'_>, luma: LinesMut<'_>, [u, v]: LinesMut<'_>) {
    let sum = |colour: [i32; 3], by: [i16; 3]| -> i32 {
        colour.into_iter().zip(by).map(|(colour, by)| colour * i32::from(by)).sum()
    };
    for (line, luma) in lines.into_iter().zip(luma) {
        for ([b, g, r, _], y) in line.as_chunks::<4>().0.iter().zip(luma) {
            *y = ((sum([*b, *g, *r].map(i32::from), TO_Y) + BLACK) >> 14) as u8;
        }
    }
    let blocks = lines[0].as_chunks::<8>().0.iter().zip(lines[1].as_chunks::<8>().0);
    for ((above, below), (u, v)) in blocks.zip(u.iter_mut().zip(v)) {
        let four =
            [0, 1, 2].map(|n| [above[n], above[n + 4], below[n], below[n + 4]].map(i32::from).iter().sum());
        *u = ((sum(four, TO_U) + FOUR_GREY) >> 16) as u8;
        *v = ((sum(four, TO_V) + FOUR_GREY) >> 16) as u8;
    }
}

/// The same, to the byte, for processors with AVX2.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::{BLACK, FOUR_GREY, Lines, LinesMut, TO_U, TO_V, TO_Y};

    /// Eight pixels, or eight sums of pixels: words of blue and red, and words of green and of something without meaning.
    #[derive(Clone, Copy)]
    struct Eight {
        blue_red: __m256i,
        green: __m256i,
    }

    /// One pair of lines, 32 pixels a step; what is left over goes the slow way.
    #[target_feature(enable = "avx2")]
    pub(super) fn pair([upper, lower]: Lines<'_>, [upper_y, lower_y]: LinesMut<'_>, [u, v]: LinesMut<'_>) {
        let (upper, upper_rest) = upper.as_chunks::<128>();
        let (lower, lower_rest) = lower.as_chunks::<128>();
        let (upper_y, upper_y_rest) = upper_y.as_chunks_mut::<32>();
        let (lower_y, lower_y_rest) = lower_y.as_chunks_mut::<32>();
        let (u, u_rest) = u.as_chunks_mut::<16>();
        let (v, v_rest) = v.as_chunks_mut::<16>();
        let luma = upper_y.iter_mut().zip(lower_y);
        for (((upper, lower), (upper_y, lower_y)), (u, v)) in
            upper.iter().zip(lower).zip(luma).zip(u.iter_mut().zip(v))
        {
            let (upper, lower) = (load(upper), load(lower));
            luma_of(&upper, upper_y);
            luma_of(&lower, lower_y);
            chroma_of(&upper, &lower, u, v);
        }
        super::pair([upper_rest, lower_rest], [upper_y_rest, lower_y_rest], [u_rest, v_rest]);
    }

    #[target_feature(enable = "avx2")]
    fn load(pixels: &[u8; 128]) -> [Eight; 4] {
        let eight = |n: usize| {
            // SAFETY: 32 bytes of 128 from 32 × n on, n below 4; the load needs no alignment.
            let pixels = unsafe { _mm256_loadu_si256(pixels.as_ptr().add(32 * n).cast()) };
            Eight {
                blue_red: _mm256_and_si256(pixels, _mm256_set1_epi32(0x00ff_00ff)),
                green: _mm256_srli_epi16::<8>(pixels),
            }
        };
        [eight(0), eight(1), eight(2), eight(3)]
    }

    /// What a colour comes to in one plane, before it is divided.
    #[target_feature(enable = "avx2")]
    fn sum(of: Eight, by: [i16; 3], from: i32) -> __m256i {
        let words = |low: i16, high: i16| _mm256_set1_epi32(i32::from(low) & 0xffff | i32::from(high) << 16);
        let blue_red = _mm256_madd_epi16(of.blue_red, words(by[0], by[2]));
        let green = _mm256_madd_epi16(of.green, words(by[1], 0));
        _mm256_add_epi32(_mm256_add_epi32(blue_red, green), _mm256_set1_epi32(from))
    }

    #[target_feature(enable = "avx2")]
    fn luma_of(pixels: &[Eight; 4], y: &mut [u8; 32]) {
        let eight = |n: usize| _mm256_srli_epi32::<14>(sum(pixels[n], TO_Y, BLACK));
        let (first, last) = (_mm256_packs_epi32(eight(0), eight(1)), _mm256_packs_epi32(eight(2), eight(3)));
        // Packing works in each half of a register: fours of pixels come out as 0, 2, 4, 6, 1, 3, 5, 7.
        let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        let bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(first, last), order);
        // SAFETY: `y` is 32 bytes long; the store needs no alignment.
        unsafe { _mm256_storeu_si256(y.as_mut_ptr().cast(), bytes) };
    }

    #[target_feature(enable = "avx2")]
    fn chroma_of(upper: &[Eight; 4], lower: &[Eight; 4], u: &mut [u8; 16], v: &mut [u8; 16]) {
        // No word of four bytes' sum carries into the next.
        let four = |n: usize, of: fn(&Eight) -> __m256i| {
            let two = |n: usize| _mm256_add_epi16(of(&upper[n]), of(&lower[n]));
            _mm256_hadd_epi32(two(n), two(n + 1))
        };
        let eight = |n| Eight { blue_red: four(n, |of| of.blue_red), green: four(n, |of| of.green) };
        let (first, last) = (eight(0), eight(2));
        let plane = |by| {
            let eight = |of| _mm256_srai_epi32::<16>(sum(of, by, FOUR_GREY));
            _mm256_packs_epi32(eight(first), eight(last))
        };
        let both = _mm256_packus_epi16(plane(TO_U), plane(TO_V));
        // Each half has pairs of pixels of both planes: the even ones in one, the odd ones in the other.
        let (even, odd) = (_mm256_castsi256_si128(both), _mm256_extracti128_si256::<1>(both));
        // SAFETY: `u` and `v` are 16 bytes long each; the stores need no alignment.
        unsafe {
            _mm_storeu_si128(u.as_mut_ptr().cast(), _mm_unpacklo_epi16(even, odd));
            _mm_storeu_si128(v.as_mut_ptr().cast(), _mm_unpackhi_epi16(even, odd));
        }
    }
}

/// The whole picture in another size, as red, green, blue and 255 for each pixel. `None` without pixels or beyond what any
/// picture has.
pub fn scale_to_rgba(from: &Bgrx<'_>, width: u32, height: u32) -> Option<Vec<u8>> {
    if width == 0 || height == 0 || width > MOST || height > MOST {
        return None;
    }
    let mut pixels = vec![0; 4 * width as usize * height as usize];
    // SAFETY: `Bgrx` holds all its rows, `pixels` was made for this size, all numbers are far below 2³¹, and libyuv neither
    // keeps the pointers nor touches bytes outside of the two pictures.
    let failed = unsafe {
        yuv_sys::rs_ARGBScale(
            from.bytes.as_ptr(),
            4 * from.width as i32,
            from.width as i32,
            from.height as i32,
            pixels.as_mut_ptr(),
            4 * width as i32,
            width as i32,
            height as i32,
            yuv_sys::FilterMode_kFilterBox,
        )
    };
    for pixel in pixels.chunks_exact_mut(4) {
        pixel.swap(0, 2);
        pixel[3] = 255;
    }
    (failed == 0).then_some(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::i420_len;

    /// One colour after the standard's own formula.
    fn exact([r, g, b]: [u8; 3]) -> [f64; 3] {
        let [r, g, b] = [r, g, b].map(|part| f64::from(part) / 255.0);
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.8556, 128.0 + 224.0 * (r - y) / 1.5748]
    }

    fn converted(bytes: &[u8], size: (u32, u32), to: (u32, u32)) -> Option<Vec<u8>> {
        let mut i420 = vec![7; i420_len(to.0, to.1)];
        let drawn = to_i420(&Bgrx::new(bytes, size.0, size.1)?, &mut PlanesMut::new(&mut i420, to.0, to.1)?);
        drawn.then_some(i420)
    }

    #[test]
    fn every_colour_is_the_standards_own() {
        let shades = [0u8, 1, 16, 64, 127, 128, 200, 235, 254, 255];
        for r in shades {
            for g in shades {
                for b in shades {
                    let i420 = converted(&[b, g, r, 9].repeat(4), (2, 2), (2, 2)).unwrap();
                    let [y, u, v] = exact([r, g, b]);
                    for (is, should) in [(i420[0], y), (i420[3], y), (i420[4], u), (i420[5], v)] {
                        let off = (f64::from(is) - should).abs();
                        assert!(off <= 0.52, "({r}, {g}, {b}) is {is}, should be {should}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_wide_picture_is_the_same_at_every_place() {
        let (width, height) = (198, 34);
        let pixel = |x: u32, y: u32| [(x * 5) as u8, (y * 7) as u8, (x * 3 + y) as u8, 0];
        let bytes: Vec<u8> =
            (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x / 2, y / 2))).collect();
        let i420 = converted(&bytes, (width, height), (width, height)).unwrap();
        let chroma = (width * height) as usize;
        for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
            let [b, g, r, _] = pixel(x / 2, y / 2);
            let exact = exact([r, g, b]);
            let half = (y / 2 * (width / 2) + x / 2) as usize;
            let is = [i420[(y * width + x) as usize], i420[chroma + half], i420[chroma + chroma / 4 + half]];
            for (is, should) in is.into_iter().zip(exact) {
                assert!((f64::from(is) - should).abs() <= 0.52, "{x}, {y}: {is} for {should}");
            }
        }
    }

    #[test]
    fn every_processor_draws_the_same() {
        let pixel = |n: u32| n.wrapping_mul(0x9e37_79b1).rotate_left(7).to_le_bytes();
        for width in [2u32, 30, 32, 34, 64, 126] {
            let bytes: Vec<u8> = (0..width * 4).flat_map(pixel).collect();
            let fast = converted(&bytes, (width, 4), (width, 4)).unwrap();
            let mut slow = vec![0; fast.len()];
            let mut planes = PlanesMut::new(&mut slow, width, 4).unwrap();
            convert(&Bgrx::new(&bytes, width, 4).unwrap(), &mut planes, pair);
            assert_eq!(fast, slow, "{width} wide");
        }
    }

    #[test]
    fn an_odd_edge_is_cropped_and_a_larger_target_refused() {
        let bytes = [200u8, 100, 50, 0].repeat(5 * 3);
        assert!(converted(&bytes, (5, 3), (4, 2)).is_some());
        for to in [(5, 2), (4, 3), (6, 2), (4, 4)] {
            assert_eq!(converted(&bytes, (5, 3), to), None, "{to:?}");
        }
        assert!(Bgrx::new(&bytes, 5, 4).is_none() && Bgrx::new(&bytes, 0, 3).is_none());
        assert!(Bgrx::new(&bytes, MOST + 1, 1).is_none());
    }

    #[test]
    fn a_scaled_picture_keeps_its_colours_in_their_places() {
        let row: Vec<u8> =
            (0..64u32).flat_map(|x| if x < 32 { [255, 0, 0, 0] } else { [0, 0, 255, 0] }).collect();
        let rgba = scale_to_rgba(&Bgrx::new(&row.repeat(32), 64, 32).unwrap(), 16, 8).unwrap();
        assert_eq!(rgba.len(), 16 * 8 * 4);
        assert_eq!((&rgba[..4], &rgba[15 * 4..16 * 4]), (&[0, 0, 255, 255][..], &[255, 0, 0, 255][..]));
        assert!(scale_to_rgba(&Bgrx::new(&row, 64, 1).unwrap(), 0, 8).is_none());
    }
}
