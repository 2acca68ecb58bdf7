//! Where a source's pixels go. **Covering a place never distorts: what does not fit is cut off evenly, and a ratio
//! that libyuv has a fast path for stays exactly that ratio, gaps included.**

use studio_wire::layout::Rect;

use super::yuv::Area;

/// Between tiles in a program 1080 pixels high; of the multiples that every fast ratio can end at.
const GAP: u32 = 6;
const DESIGN_HEIGHT: u32 = 1080;
/// Ratios with a larger denominator have no fast path; rounding them would only cost picture.
const FAST_RATIO: u32 = 8;

/// A place in pixels of a picture, its edges on even pixels so that neighbours share them.
pub fn cell(place: Rect, width: u32, height: u32) -> Area {
    // `as` turns NaN into 0 and keeps everything else in range.
    let edge = |at: f32, size: u32| (((at * size as f32 / 2.0).round() as u32).min(size / 2)) * 2;
    let (left, right) = (edge(place.x, width), edge(place.x + place.w, width));
    let (top, bottom) = (edge(place.y, height), edge(place.y + place.h, height));
    Area { x: left, y: top, w: right.saturating_sub(left), h: bottom.saturating_sub(top) }
}

/// A cell without its share of the gap. Where it reaches from edge to edge of the picture there is none.
pub fn inner(cell: Area, width: u32, height: u32) -> Area {
    let gap = |size: u32, whole: u32| {
        if size >= whole & !1 { 0 } else { even(GAP * height / DESIGN_HEIGHT).max(2) }
    };
    let (across, down) = (gap(cell.w, width).min(cell.w), gap(cell.h, height).min(cell.h));
    let (left, top) = (even(across / 2), even(down / 2));
    Area { x: cell.x + left, y: cell.y + top, w: cell.w - across, h: cell.h - down }
}

/// Which part of a source is drawn where so that the source covers the cell: `(part, place)`. `None` when either has
/// no pixels.
pub fn cover(source: (u32, u32), cell: Area, inner: Area) -> Option<(Area, Area)> {
    if source.0 == 0 || source.1 == 0 || inner.w == 0 || inner.h == 0 {
        return None;
    }
    let wide = u64::from(cell.w) * u64::from(source.1) >= u64::from(cell.h) * u64::from(source.0);
    let (up, down) = if wide { (cell.w, source.0) } else { (cell.h, source.1) };
    let divisor = gcd(up, down);
    let ratio = (up / divisor, down / divisor);
    let across = axis(source.0, (cell.x, cell.w), (inner.x, inner.w), ratio);
    let along = axis(source.1, (cell.y, cell.h), (inner.y, inner.h), ratio);
    Some((
        Area { x: across.0, y: along.0, w: across.1, h: along.1 },
        Area { x: across.2, y: along.2, w: across.3, h: along.3 },
    ))
}

/// Where a source is drawn so that all of it is seen: as large as fits, in the middle, its edges on even pixels. `None` when
/// either has no pixels.
pub fn contain(source: (u32, u32), inner: Area) -> Option<Area> {
    if source.0 == 0 || source.1 == 0 || inner.w < 2 || inner.h < 2 {
        return None;
    }
    let of = |side: u32, to: u32, from: u32| u64::from(side) * u64::from(to) / u64::from(from);
    let wide = u64::from(source.0) * u64::from(inner.h) >= u64::from(source.1) * u64::from(inner.w);
    let (w, h) = if wide {
        (u64::from(inner.w), of(source.1, inner.w, source.0))
    } else {
        (of(source.0, inner.h, source.1), u64::from(inner.h))
    };
    // No larger than the inner area, which is a `u32`.
    let (w, h) = (even(w as u32).max(2), even(h as u32).max(2));
    Some(Area { x: inner.x + even((inner.w - w) / 2), y: inner.y + even((inner.h - h) / 2), w, h })
}

/// One axis of [`cover`]: start and length in the source, start and length in the picture.
fn axis(source: u32, cell: (u32, u32), inner: (u32, u32), (up, down): (u32, u32)) -> (u32, u32, u32, u32) {
    let step = 2 * up;
    let exact = inner.1 / step * step;
    // Without a gap to hide it in, what an exact ratio leaves over would show.
    let slack = if inner.1 == cell.1 { 0 } else { step };
    let fast = up <= FAST_RATIO && down <= FAST_RATIO && exact > 0 && inner.1 - exact <= slack;
    let to_len = if fast { exact } else { inner.1 };
    let to = inner.0 + even((inner.1 - to_len) / 2);

    let scaled = |pixels: u32| u64::from(pixels) * u64::from(down) / u64::from(up);
    let len = if fast { scaled(to_len) } else { scaled(2 * to_len).div_ceil(2) };
    let len = len.clamp(1, u64::from(source)) as u32;
    // The pixel under the cell's edge, cut evenly, then on by as much as the tile starts inside its cell.
    let cut = (u64::from(source) * u64::from(up)).saturating_sub(u64::from(cell.1) * u64::from(down));
    let start = (cut + 2 * u64::from(to - cell.0) * u64::from(down)) / (2 * u64::from(up));
    let start = even((start as u32).min(source - len));
    (start, len, to, to_len)
}

/// What no tile covers, as areas that do not overlap.
pub fn uncovered(whole: Area, tiles: &[Area]) -> Vec<Area> {
    let mut open = vec![whole];
    for tile in tiles {
        open = open.into_iter().flat_map(|area| without(area, *tile)).collect();
    }
    open
}

/// An area without another one: up to four pieces.
fn without(area: Area, hole: Area) -> impl Iterator<Item = Area> {
    let (right, bottom) = (area.x + area.w, area.y + area.h);
    let pieces = if area.meets(&hole) {
        let (x0, x1) = (hole.x.max(area.x), (hole.x + hole.w).min(right));
        let (y0, y1) = (hole.y.max(area.y), (hole.y + hole.h).min(bottom));
        [
            Area { x: area.x, y: area.y, w: area.w, h: y0 - area.y },
            Area { x: area.x, y: y1, w: area.w, h: bottom - y1 },
            Area { x: area.x, y: y0, w: x0 - area.x, h: y1 - y0 },
            Area { x: x1, y: y0, w: right - x1, h: y1 - y0 },
        ]
    } else {
        [area, Area::default(), Area::default(), Area::default()]
    };
    pieces.into_iter().filter(|piece| piece.w > 0 && piece.h > 0)
}

const fn even(pixels: u32) -> u32 {
    pixels & !1
}

const fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WIDTH: u32 = 1920;
    const HEIGHT: u32 = 1080;

    fn grid(column: u32, row: u32, columns: u32, rows: u32) -> (Area, Area) {
        let (w, h) = (1.0 / columns as f32, 1.0 / rows as f32);
        let cell = cell(Rect { x: column as f32 * w, y: row as f32 * h, w, h }, WIDTH, HEIGHT);
        (cell, inner(cell, WIDTH, HEIGHT))
    }

    #[test]
    fn a_grid_keeps_its_exact_ratios() {
        for (columns, rows, source, up, down) in [
            (5, 4, (640, 360), 3, 4),
            (5, 4, (1280, 720), 3, 8),
            (3, 3, (1280, 720), 1, 2),
            (3, 3, (640, 360), 1, 1),
            (2, 2, (1280, 720), 3, 4),
            (2, 2, (640, 360), 3, 2),
            (1, 1, (1280, 720), 3, 2),
        ] {
            for (column, row) in [(0, 0), (columns - 1, rows - 1), (columns / 2, rows / 2)] {
                let (cell, inner) = grid(column, row, columns, rows);
                let (part, place) = cover(source, cell, inner).unwrap();
                assert_eq!((place.w * down, place.h * down), (part.w * up, part.h * up), "{columns}×{rows}");
                let lost = (cell.w - place.w).max(cell.h - place.h);
                assert!(lost <= 12, "{columns}×{rows}: {lost} pixels of gap");
            }
        }
    }

    #[test]
    fn one_picture_fills_the_whole_program() {
        let (cell, inner) = grid(0, 0, 1, 1);
        let (part, place) = cover((1280, 720), cell, inner).unwrap();
        assert_eq!((part, place), (Area::of(1280, 720), Area::of(WIDTH, HEIGHT)));
    }

    #[test]
    fn a_tall_source_is_cut_evenly_above_and_below() {
        let (cell, inner) = grid(0, 0, 1, 1);
        let (part, _) = cover((720, 1280), cell, inner).unwrap();
        assert_eq!(part.w, 720);
        let below = 1280 - part.y - part.h;
        assert!(part.y.abs_diff(below) <= 3, "even start, odd length: {part:?}");
    }

    #[test]
    fn a_screen_is_shown_whole_in_the_middle_of_its_place() {
        let (_, inner) = grid(0, 0, 1, 1);
        assert_eq!(contain((1280, 720), inner), Some(Area::of(WIDTH, HEIGHT)));
        assert_eq!(contain((800, 600), inner), Some(Area { x: 240, y: 0, w: 1440, h: 1080 }));
        assert_eq!(contain((3840, 1080), inner), Some(Area { x: 0, y: 270, w: 1920, h: 540 }));
        assert_eq!(contain((1, 5_000), inner), Some(Area { x: 958, y: 0, w: 2, h: 1080 }));
    }

    proptest! {
        #[test]
        fn a_whole_picture_lies_in_its_place_and_keeps_its_proportions(
            source in (1u32..5_000, 1u32..5_000),
            inner in (0u32..900, 0u32..900, 2u32..1_920, 2u32..1_080),
        ) {
            let inner = Area { x: inner.0 & !1, y: inner.1 & !1, w: inner.2, h: inner.3 };
            let place = contain(source, inner).unwrap();
            prop_assert!(place.w > 0 && place.h > 0);
            prop_assert!(place.x >= inner.x && place.x + place.w <= inner.x + inner.w);
            prop_assert!(place.y >= inner.y && place.y + place.h <= inner.y + inner.h);
            prop_assert!(inner.w - place.w < 2 || inner.h - place.h < 2, "as large as fits");
            prop_assert!([place.x, place.y, place.w, place.h].iter().all(|edge| edge % 2 == 0));
            let (wide, high) = (f64::from(inner.w) / f64::from(source.0), f64::from(inner.h) / f64::from(source.1));
            let should = f64::from(source.0) * wide.min(high);
            prop_assert!((f64::from(place.w) - should).abs() <= 2.0, "{place:?}");
        }

        #[test]
        fn whatever_the_sizes_both_areas_lie_in_their_pictures(
            source in (1u32..5_000, 1u32..5_000),
            program in (2u32..2_000, 2u32..1_200),
            place in (-0.2f32..1.2, -0.2f32..1.2, 0f32..1.2, 0f32..1.2),
        ) {
            let program = (program.0 & !1, program.1 & !1);
            let place = Rect { x: place.0, y: place.1, w: place.2, h: place.3 };
            let cell = cell(place, program.0, program.1);
            let inner = inner(cell, program.0, program.1);
            prop_assert!(cell.x + cell.w <= program.0 && cell.y + cell.h <= program.1);
            if let Some((part, place)) = cover(source, cell, inner) {
                prop_assert!(part.w > 0 && part.h > 0 && place.w > 0 && place.h > 0);
                prop_assert!(part.x + part.w <= source.0 && part.y + part.h <= source.1);
                prop_assert!(place.x >= cell.x && place.x + place.w <= cell.x + cell.w);
                prop_assert!(place.y >= cell.y && place.y + place.h <= cell.y + cell.h);
                prop_assert!([part.x, part.y, place.x, place.y].iter().all(|edge| edge % 2 == 0));
            }
        }

        #[test]
        fn tiles_and_what_they_leave_open_make_up_the_whole(
            tiles in prop::collection::vec((0u32..20, 0u32..20, 1u32..20, 1u32..20), 0..6),
        ) {
            let whole = Area::of(24, 24);
            let tiles: Vec<_> = tiles
                .into_iter()
                .map(|(x, y, w, h)| Area { x, y, w: w.min(24 - x), h: h.min(24 - y) })
                .collect();
            let open = uncovered(whole, &tiles);
            for (x, y) in (0..24).flat_map(|y| (0..24).map(move |x| (x, y))) {
                let pixel = Area { x, y, w: 1, h: 1 };
                let covered = tiles.iter().any(|tile| tile.meets(&pixel));
                let times = open.iter().filter(|area| area.meets(&pixel)).count();
                prop_assert_eq!(times, usize::from(!covered));
            }
        }
    }
}
