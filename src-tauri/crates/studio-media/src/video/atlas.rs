//! The atlas: a small picture of each source that has a cell, in one picture for the window. **Drawn only while
//! somebody waits for it, five times a second at most.**

use std::sync::Arc;

use studio_wire::ids::SourceId;
use studio_wire::time::ShowTime;

use super::compose::paint;
use super::slate;
use super::sources::Sources;
use super::yuv::{Area, fill};
use crate::frame::{Pool, PoolFrame};

/// A cell, in pixels.
pub const CELL: (u32, u32) = (160, 90);
/// Cells in a row.
pub const COLUMNS: u32 = 6;
/// Atlas pictures a second.
pub const RATE: u32 = 5;
/// More rows than two for each of 24 guests' sources need.
const MOST_ROWS: u32 = 8;

/// Draws atlas pictures.
#[derive(Debug)]
pub struct Atlas {
    pool: Pool,
}

impl Default for Atlas {
    /// An atlas with room for one picture being drawn and a few being shown.
    fn default() -> Self {
        Self { pool: Pool::new(4, COLUMNS * CELL.0, MOST_ROWS * CELL.1) }
    }
}

impl Atlas {
    /// One picture with these cells; as many rows as the last of them needs. `None` when every slot is in use.
    pub fn draw(
        &self,
        cells: &[(u8, SourceId)],
        sources: &Sources,
        at: ShowTime,
        seq: u64,
    ) -> Option<Arc<PoolFrame>> {
        let rows =
            cells.iter().map(|(cell, _)| u32::from(*cell) / COLUMNS + 1).max().unwrap_or(1).min(MOST_ROWS);
        let mut draft = self.pool.draft(COLUMNS * CELL.0, rows * CELL.1)?;
        let mut planes = draft.planes_mut();
        for n in 0..rows * COLUMNS {
            let place = Area { x: n % COLUMNS * CELL.0, y: n / COLUMNS * CELL.1, w: CELL.0, h: CELL.1 };
            match cells.iter().find(|(cell, _)| u32::from(*cell) == n) {
                Some((_, source)) => paint(&mut planes, place, place, sources.shown(*source, at)),
                None => fill(&mut planes, place, slate::GROUND),
            }
        }
        Some(draft.publish(at, seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_lies_in_its_cell() {
        let mut draft = Pool::new(1, 640, 360).draft(640, 360).unwrap();
        fill(&mut draft.planes_mut(), Area::of(640, 360), [200, 90, 160]);
        let mut sources = Sources::default();
        sources.show(SourceId(3), draft.publish(ShowTime(0), 0).into(), ShowTime(0));
        let atlas = Atlas::default();
        let picture = atlas.draw(&[(0, SourceId(9)), (8, SourceId(3))], &sources, ShowTime(5), 1).unwrap();
        assert_eq!((picture.width(), picture.height()), (960, 180));
        let planes = picture.planes();
        let luma = |x: usize, y: usize| planes.y[y * 960 + x];
        assert_eq!([luma(320, 90), luma(479, 179)], [200; 2], "cell 8 is the third of the second row");
        assert_eq!([luma(319, 90), luma(480, 179)], [slate::GROUND[0]; 2], "its neighbours are empty");
        assert_ne!(luma(80, 45), slate::GROUND[0], "a source without a picture shows the slate");
    }

    #[test]
    fn cells_beyond_the_last_row_are_left_out() {
        let atlas = Atlas::default();
        let picture = atlas.draw(&[(255, SourceId(1))], &Sources::default(), ShowTime(0), 1).unwrap();
        assert_eq!(picture.height(), MOST_ROWS * CELL.1);
    }
}
