use std::num::NonZeroUsize;

use proptest::prelude::*;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};

use super::*;
use crate::frame::i420_len;

/// A smooth picture: what every good filter agrees on.
fn smooth(width: u32, height: u32) -> Vec<u8> {
    let wave = |x: u32, y: u32, w: u32, h: u32, turn: f64| {
        let (x, y) = ((f64::from(x) + 0.5) / f64::from(w), (f64::from(y) + 0.5) / f64::from(h));
        (125.0 + 50.0 * (3.0 * x + turn).sin() + 50.0 * (2.0 * y + turn).cos()).round() as u8
    };
    let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
    let mut bytes = Vec::with_capacity(i420_len(width, height));
    for (w, h, turn) in [(width, height, 0.0), (cw, ch, 1.0), (cw, ch, 2.0)] {
        bytes.extend((0..h).flat_map(|y| (0..w).map(move |x| wave(x, y, w, h, turn))));
    }
    bytes
}

/// Slow and plainly right: bilinear between pixel centres, edges repeated.
fn reference(plane: &[u8], stride: usize, part: Area, x: f64, y: f64) -> f64 {
    let at = |x: i64, y: i64| {
        let x = x.clamp(0, i64::from(part.w) - 1) as usize + part.x as usize;
        let y = y.clamp(0, i64::from(part.h) - 1) as usize + part.y as usize;
        f64::from(plane[y * stride + x])
    };
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let (left, top) = (left as i64, top as i64);
    let upper = at(left, top) * (1.0 - fx) + at(left + 1, top) * fx;
    let lower = at(left, top + 1) * (1.0 - fx) + at(left + 1, top + 1) * fx;
    upper * (1.0 - fy) + lower * fy
}

fn worst(source: (u32, u32), part: Area, target: (u32, u32), place: Area) -> f64 {
    worst_of(&smooth(source.0, source.1), source, part, target, place)
}

fn worst_of(bytes: &[u8], source: (u32, u32), part: Area, target: (u32, u32), place: Area) -> f64 {
    let mut drawn = vec![0; i420_len(target.0, target.1)];
    let from = Planes::new(bytes, source.0, source.1).unwrap();
    let mut to = PlanesMut::new(&mut drawn, target.0, target.1).unwrap();
    assert!(draw(&from, part, &mut to, place));
    let mut worst: f64 = 0.0;
    let (fs, ts) = (source.0 as usize, target.0 as usize);
    let (fc, tc) = (fs.div_ceil(2), ts.div_ceil(2));
    let halves = (part.halved(), place.halved());
    for (from, fs, to, ts, (part, place)) in [
        (from.y, fs, &*to.y, ts, (part, place)),
        (from.u, fc, &*to.u, tc, halves),
        (from.v, fc, &*to.v, tc, halves),
    ] {
        let step = |part: u32, place: u32| f64::from(part) / f64::from(place);
        for (x, y) in (0..place.h).flat_map(|y| (0..place.w).map(move |x| (x, y))) {
            let u = (f64::from(x) + 0.5) * step(part.w, place.w) - 0.5;
            let v = (f64::from(y) + 0.5) * step(part.h, place.h) - 0.5;
            let right = reference(from, fs, part, u, v);
            let drawn = f64::from(to[(place.y + y) as usize * ts + (place.x + x) as usize]);
            worst = worst.max((drawn - right).abs());
        }
    }
    worst
}

#[test]
fn exact_ratios_are_within_one_of_a_slow_reference() {
    for (up, down) in [(1, 1), (1, 2), (3, 4), (1, 4), (3, 8), (3, 2), (2, 1)] {
        let part = Area { x: 64, y: 4, w: 384, h: 240 };
        let place = Area { x: 32, y: 10, w: part.w / down * up, h: part.h / down * up };
        let worst = worst((640, 360), part, (960, 540), place);
        assert!(worst <= 1.5, "{up}/{down}: {worst}");
    }
}

/// A picture in which no pixel is like its neighbour.
fn rough(width: u32, height: u32) -> Vec<u8> {
    (0..i420_len(width, height) as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn enlarging_by_three_halves_is_bilinear_whatever_the_picture() {
    for (w, h) in [(4, 4), (64, 36), (636, 360)] {
        let place = Area { x: 2, y: 6, w: w / 2 * 3, h: h / 2 * 3 };
        let worst = worst_of(&rough(640, 360), (640, 360), Area { x: 2, y: 0, w, h }, (960, 560), place);
        assert!(worst <= 1.5, "{w}×{h}: {worst}");
    }
}

#[test]
fn with_and_without_vector_instructions_three_halves_is_the_same() {
    let source = rough(90, 50);
    let mut drawn = [vec![0; 135 * 75], vec![0; 135 * 75]];
    three_halves((&source, 90, (90, 50)), (&mut drawn[0], 135));
    up::three_halves((&source, 90, (90, 50)), (&mut drawn[1], 135));
    assert!(drawn[0] == drawn[1]);
}

#[test]
fn odd_ratios_and_odd_sizes_are_within_three_of_a_slow_reference() {
    for (source, place) in [
        ((641, 361), Area { x: 0, y: 0, w: 952, h: 536 }),
        ((333, 251), Area { x: 2, y: 4, w: 632, h: 356 }),
        ((1279, 719), Area { x: 6, y: 2, w: 378, h: 264 }),
        ((641, 359), Area { x: 6, y: 2, w: 160, h: 90 }),
    ] {
        let worst = worst(source, Area::of(source.0, source.1), (960, 540), place);
        assert!(worst <= 3.5, "{source:?}: {worst}");
    }
}

#[test]
fn nothing_outside_of_its_place_is_touched() {
    let bytes = smooth(97, 61);
    let from = Planes::new(&bytes, 97, 61).unwrap();
    let mut drawn = vec![7; i420_len(120, 80)];
    let mut to = PlanesMut::new(&mut drawn, 120, 80).unwrap();
    let place = Area { x: 20, y: 30, w: 50, h: 20 };
    assert!(draw(&from, Area::of(97, 61), &mut to, place));
    for (x, y) in (0..80).flat_map(|y| (0..120).map(move |x| (x, y))) {
        let inside = place.meets(&Area { x, y, w: 1, h: 1 });
        assert!(inside || to.y[(y * 120 + x) as usize] == 7, "{x}, {y}");
    }
}

#[test]
fn areas_outside_of_their_picture_draw_nothing() {
    let bytes = smooth(64, 36);
    let from = Planes::new(&bytes, 64, 36).unwrap();
    let mut drawn = vec![0; i420_len(64, 36)];
    let mut to = PlanesMut::new(&mut drawn, 64, 36).unwrap();
    let whole = Area::of(64, 36);
    for bad in [
        Area { x: 0, y: 0, w: 0, h: 36 },
        Area { x: 2, y: 0, w: 64, h: 36 },
        Area { x: 1, y: 0, w: 10, h: 10 },
        Area { x: u32::MAX - 1, y: 0, w: 4, h: 4 },
        Area { x: 0, y: 0, w: u32::MAX, h: 1 },
    ] {
        assert!(!draw(&from, bad, &mut to, whole), "{bad:?}");
        assert!(!draw(&from, whole, &mut to, bad), "{bad:?}");
        fill(&mut to, bad, [1, 1, 1]);
    }
    assert!(drawn.iter().all(|byte| *byte == 0));
}

/// Memory whose last byte lies right before a page that nobody may touch.
struct Guarded {
    map: *mut u8,
    len: NonZeroUsize,
    pages: usize,
}

const PAGE: usize = 4096;

impl Guarded {
    fn new(len: usize) -> Self {
        let len = NonZeroUsize::new(len).unwrap();
        let pages = len.get().div_ceil(PAGE);
        let bytes = (pages + 1) * PAGE;
        // SAFETY: a fresh mapping that nothing else knows of.
        let map = unsafe {
            let map = mmap_anonymous(
                std::ptr::null_mut(),
                bytes,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE,
            )
            .unwrap();
            mprotect(map.byte_add(pages * PAGE), PAGE, MprotectFlags::empty()).unwrap();
            map.cast::<u8>()
        };
        Self { map, len, pages }
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the last `len` bytes before the guard page, borrowed as long as `self`.
        unsafe {
            std::slice::from_raw_parts_mut(self.map.add(self.pages * PAGE - self.len.get()), self.len.get())
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: no slice of it outlives `self`.
        unsafe { munmap(self.map.cast(), (self.pages + 1) * PAGE).unwrap() };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_size_makes_libyuv_touch_a_byte_behind_its_planes(
        from in (1usize..90, 1usize..60),
        to in (1usize..150, 1usize..90),
    ) {
        let (mut source, mut target) = (Guarded::new(from.0 * from.1), Guarded::new(to.0 * to.1));
        source.bytes().fill(200);
        let area = |(w, h): (usize, usize)| Area::of(w as u32, h as u32);
        plane((source.bytes(), from.0, area(from)), (target.bytes(), to.0, area(to)));
        // Of each box libyuv takes 65536 / its pixels, rounded down: far down it gets a little darker.
        let darker = 2 + 200 * (from.0.div_ceil(to.0) * from.1.div_ceil(to.1)) / 65_536 * 2;
        prop_assert!(target.bytes().iter().all(|byte| byte.abs_diff(200) as usize <= darker), "{:?}", target.bytes()[0]);
    }
}
