//! Layouts as data: a table of grids, drawn by one routine for compositor and layout row alike.

use studio_wire::layout::{LayoutName, Rect};

/// The picture that the table is written for. Places are fractions of it.
const PICTURE: (u32, u32) = (1920, 1080);

/// A grid: up to so many people, in so many columns of cells of this size.
struct Grid {
    most: usize,
    columns: usize,
    cell: (u32, u32),
}

/// Cells of 1/2, 1/3 and 1/4 of the picture, because scaling by those is cheapest; from 17 people on a
/// cell is narrower than 16:9 and a face is cut at its sides.
const GRIDS: [Grid; 8] = [
    Grid { most: 1, columns: 1, cell: (1920, 1080) },
    Grid { most: 2, columns: 2, cell: (960, 540) },
    Grid { most: 4, columns: 2, cell: (960, 540) },
    Grid { most: 6, columns: 3, cell: (640, 360) },
    Grid { most: 9, columns: 3, cell: (640, 360) },
    Grid { most: 12, columns: 4, cell: (480, 270) },
    Grid { most: 16, columns: 4, cell: (480, 270) },
    Grid { most: LayoutName::MOST, columns: 5, cell: (384, 270) },
];

/// The places of `people` people in a layout, in the order of the scene: at most [`LayoutName::MOST`], never
/// overlapping, inside the picture, on even pixels of a 1920×1080 picture.
///
/// Solo has one place however many there are; nobody has none.
pub fn places(layout: LayoutName, people: usize) -> Vec<Rect> {
    let people = match layout {
        LayoutName::Solo => people.min(1),
        LayoutName::Grid => people.min(LayoutName::MOST),
    };
    let grid = GRIDS.iter().find(|grid| people <= grid.most).expect("the last grid holds everybody");
    let rows = people.div_ceil(grid.columns);
    let top = middle(PICTURE.1, grid.cell.1 * rows as u32);
    (0..people)
        .map(|n| {
            let (row, column) = (n / grid.columns, n % grid.columns);
            let in_row = grid.columns.min(people - row * grid.columns);
            let left = middle(PICTURE.0, grid.cell.0 * in_row as u32);
            fraction(left + grid.cell.0 * column as u32, top + grid.cell.1 * row as u32, grid.cell)
        })
        .collect()
}

/// Where something of that size begins to be centred; even, because chroma has half the lines.
fn middle(whole: u32, part: u32) -> u32 {
    (whole - part) / 4 * 2
}

fn fraction(x: u32, y: u32, (w, h): (u32, u32)) -> Rect {
    let (width, height) = (PICTURE.0 as f32, PICTURE.1 as f32);
    Rect { x: x as f32 / width, y: y as f32 / height, w: w as f32 / width, h: h as f32 / height }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(layout: LayoutName, people: usize) -> Vec<(u32, u32, u32, u32)> {
        let px = |part: f32, whole: u32| (part * whole as f32).round() as u32;
        let (w, h) = PICTURE;
        places(layout, people).iter().map(|r| (px(r.x, w), px(r.y, h), px(r.w, w), px(r.h, h))).collect()
    }

    // S-16
    #[test]
    fn every_layout_places_everybody_inside_without_overlap_on_even_pixels() {
        for layout in LayoutName::ALL {
            for people in 0..=LayoutName::MOST {
                let cells = pixels(layout, people);
                let wanted = if layout == LayoutName::Solo { people.min(1) } else { people };
                assert_eq!(cells.len(), wanted, "{layout:?} of {people}");
                for (n, &(x, y, w, h)) in cells.iter().enumerate() {
                    assert!(x + w <= PICTURE.0 && y + h <= PICTURE.1 && w * h > 0, "{layout:?} of {people}");
                    assert!([x, y, w, h].iter().all(|edge| edge % 2 == 0), "{layout:?} of {people}: odd");
                    let apart = |o: &(u32, u32, u32, u32)| {
                        x + w <= o.0 || o.0 + o.2 <= x || y + h <= o.1 || o.1 + o.3 <= y
                    };
                    assert!(cells[..n].iter().all(apart), "{layout:?} of {people}: {n} overlaps");
                }
            }
        }
    }

    // S-16
    #[test]
    fn grids_use_the_cells_of_the_table_and_centre_a_short_last_row() {
        let first = |n| pixels(LayoutName::Grid, n)[0];
        let last = |n: usize| pixels(LayoutName::Grid, n)[n - 1];
        assert_eq!(first(1), (0, 0, 1920, 1080));
        assert_eq!((first(2), last(2)), ((0, 270, 960, 540), (960, 270, 960, 540)));
        assert_eq!(last(3), (480, 540, 960, 540));
        assert_eq!((first(5), last(5)), ((0, 180, 640, 360), (960, 540, 640, 360)));
        assert_eq!((first(9), last(9)), ((0, 0, 640, 360), (1280, 720, 640, 360)));
        assert_eq!((first(10), last(10)), ((0, 134, 480, 270), (960, 674, 480, 270)));
        assert_eq!(last(16), (1440, 810, 480, 270));
        assert_eq!((first(17), last(17)), ((0, 0, 384, 270), (960, 810, 384, 270)));
        assert_eq!(last(20), (1536, 810, 384, 270));
    }

    #[test]
    fn one_more_than_the_most_is_drawn_as_the_most() {
        assert_eq!(places(LayoutName::Grid, 21), places(LayoutName::Grid, 20));
    }
}
