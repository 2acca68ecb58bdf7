//! Numbers drawn into a picture as rows of dark and bright cells, readable after codecs and scaling. **A code that
//! cannot be read is `None`, never a wrong number:** each carries eight check bits, and its threshold comes from its
//! own contrast, so brightness and range do not matter.
//!
//! The program's tick lies along the bottom edge: 40 cells of 24×16 in a picture of 1920×1080. A source's number and
//! clock lie along its top edge: two rows of 32 cells of 12×12 in a picture of 640×360. Other sizes scale alike.

use crate::frame::PlanesMut;

const DARK: u8 = 24;
const BRIGHT: u8 = 224;
/// Less difference than this between dark and bright cells is noise, not a code.
const LEAST_CONTRAST: f64 = 40.0;

/// Where a code lies, in the picture it was designed for.
struct Grid {
    size: (f64, f64),
    origin: (f64, f64),
    cell: (f64, f64),
    columns: u32,
    rows: u32,
}

const TICK: Grid =
    Grid { size: (1920.0, 1080.0), origin: (480.0, 1064.0), cell: (24.0, 16.0), columns: 40, rows: 1 };
const SOURCE: Grid =
    Grid { size: (640.0, 360.0), origin: (128.0, 0.0), cell: (12.0, 12.0), columns: 32, rows: 2 };

/// What a synthetic source draws into each of its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceCode {
    /// Counts its pictures; 24 bits.
    pub number: u32,
    /// Show time in milliseconds when it was drawn, modulo 2³².
    pub clock_ms: u32,
}

/// Brightness to read: `stride` bytes a row.
#[derive(Clone, Copy, Debug)]
pub struct Luma<'a> {
    /// The bytes of all rows.
    pub bytes: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
}

impl<'a> Luma<'a> {
    /// A tight plane: `None` when there are fewer bytes than pixels.
    pub fn tight(bytes: &'a [u8], width: usize, height: usize) -> Option<Self> {
        (bytes.len() >= width.checked_mul(height)?).then_some(Self { bytes, stride: width, width, height })
    }

    /// Mean of the pixels whose centres lie within the box; `None` when the box leaves the plane or holds none.
    pub fn mean(&self, x: f64, y: f64, width: f64, height: f64) -> Option<f64> {
        let edge = |at: f64| (at - 0.5).ceil();
        let (left, right) = (edge(x), edge(x + width));
        let (top, bottom) = (edge(y), edge(y + height));
        let inside = left >= 0.0 && top >= 0.0 && right <= self.width as f64 && bottom <= self.height as f64;
        if !inside || right <= left || bottom <= top {
            return None;
        }
        let (left, right, top, bottom) = (left as usize, right as usize, top as usize, bottom as usize);
        let mut sum = 0u64;
        for row in top..bottom {
            let row = self.bytes.get(row * self.stride..)?.get(left..right)?;
            sum += row.iter().map(|&pixel| u64::from(pixel)).sum::<u64>();
        }
        Some(sum as f64 / ((right - left) * (bottom - top)) as f64)
    }
}

/// Where a whole picture lies within a plane; parts of it may be cut off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Left edge, in pixels of the plane; may be negative.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width of the whole picture.
    pub width: f64,
    /// Height of the whole picture.
    pub height: f64,
}

impl Placed {
    /// The picture is the plane.
    pub fn whole(luma: &Luma<'_>) -> Self {
        Self { x: 0.0, y: 0.0, width: luma.width as f64, height: luma.height as f64 }
    }

    /// A picture of this shape covering a place: as small as fills it, what does not fit cut off evenly.
    pub fn covering(place: (f64, f64, f64, f64), aspect: f64) -> Self {
        let (x, y, width, height) = place;
        let (whole_width, whole_height) =
            if width / height > aspect { (width, width / aspect) } else { (height * aspect, height) };
        Self {
            x: x - (whole_width - width) / 2.0,
            y: y - (whole_height - height) / 2.0,
            width: whole_width,
            height: whole_height,
        }
    }
}

/// Draws the program's tick number.
pub fn draw_tick(picture: &mut PlanesMut<'_>, tick: u32) {
    draw(&TICK, picture, u64::from(tick) << 8 | u64::from(check(u64::from(tick))));
}

/// Reads the program's tick number from a picture of any size.
pub fn read_tick(luma: &Luma<'_>) -> Option<u32> {
    let bits = read(&TICK, luma, Placed::whole(luma))?;
    let tick = bits >> 8;
    (u64::from(check(tick)) == bits & 0xff).then_some(tick as u32)
}

/// Draws a source's number and clock.
pub fn draw_source(picture: &mut PlanesMut<'_>, code: SourceCode) {
    let value = u64::from(code.number & 0xff_ffff) << 32 | u64::from(code.clock_ms);
    draw(&SOURCE, picture, value << 8 | u64::from(check(value)));
}

/// Reads a source's number and clock from where its picture lies.
pub fn read_source(luma: &Luma<'_>, placed: Placed) -> Option<SourceCode> {
    let bits = read(&SOURCE, luma, placed)?;
    let value = bits >> 8;
    let code = SourceCode { number: (value >> 32) as u32, clock_ms: value as u32 };
    (u64::from(check(value)) == bits & 0xff).then_some(code)
}

/// CRC-8 (polynomial 0x07) of the low 56 bits, begun so that neither all-dark nor all-bright cells are a code.
fn check(value: u64) -> u8 {
    value.to_be_bytes()[1..].iter().fold(0x5a, |crc, &byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 })
    })
}

fn draw(grid: &Grid, picture: &mut PlanesMut<'_>, bits: u64) {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let scale = (width as f64 / grid.size.0, height as f64 / grid.size.1);
    let edge = |at: f64, scale: f64, most: usize| ((at * scale).round() as usize).min(most);
    let cells = grid.columns * grid.rows;
    for cell in 0..cells {
        let (column, row) = (f64::from(cell % grid.columns), f64::from(cell / grid.columns));
        let across = |n: f64| edge(grid.origin.0 + (column + n) * grid.cell.0, scale.0, width);
        let down = |n: f64| edge(grid.origin.1 + (row + n) * grid.cell.1, scale.1, height);
        let shade = if bits >> (cells - 1 - cell) & 1 == 1 { BRIGHT } else { DARK };
        for line in down(0.0)..down(1.0) {
            picture.y[line * width..][across(0.0)..across(1.0)].fill(shade);
        }
    }
}

fn read(grid: &Grid, luma: &Luma<'_>, placed: Placed) -> Option<u64> {
    let scale = (placed.width / grid.size.0, placed.height / grid.size.1);
    let cell = (grid.cell.0 * scale.0, grid.cell.1 * scale.1);
    let cells = (grid.columns * grid.rows) as usize;
    let mut means = [0.0; 64];
    for (index, mean) in means[..cells].iter_mut().enumerate() {
        let (column, row) = (index % grid.columns as usize, index / grid.columns as usize);
        let x = placed.x + grid.origin.0 * scale.0 + column as f64 * cell.0;
        let y = placed.y + grid.origin.1 * scale.1 + row as f64 * cell.1;
        // The middle of the cell only: codecs and scaling smear across its borders.
        *mean = luma.mean(x + cell.0 * 0.25, y + cell.1 * 0.25, cell.0 * 0.5, cell.1 * 0.5)?;
    }
    let means = &means[..cells];
    let (dark, bright) =
        means.iter().fold((f64::MAX, f64::MIN), |(low, high), &mean| (low.min(mean), high.max(mean)));
    if bright - dark < LEAST_CONTRAST {
        return None;
    }
    let threshold = (dark + bright) / 2.0;
    Some(means.iter().fold(0, |bits, &mean| bits << 1 | u64::from(mean > threshold)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::i420_len;

    fn drawn(width: u32, height: u32, paint: impl FnOnce(&mut PlanesMut<'_>)) -> Vec<u8> {
        let mut bytes = vec![128; i420_len(width, height)];
        paint(&mut PlanesMut::new(&mut bytes, width, height).unwrap());
        bytes
    }

    #[test]
    fn a_tick_is_read_at_every_size_it_is_drawn_at() {
        for (width, height) in [(1920, 1080), (1280, 720), (640, 360), (1921, 1079)] {
            for tick in [0, 1, 0x00ff_00ff, u32::MAX] {
                let bytes = drawn(width, height, |picture| draw_tick(picture, tick));
                let luma = Luma::tight(&bytes, width as usize, height as usize).unwrap();
                assert_eq!(read_tick(&luma), Some(tick), "{width}×{height}");
            }
        }
    }

    #[test]
    fn a_source_is_read_inside_another_picture_with_its_sides_cut_off() {
        let code = SourceCode { number: 0xab_cdef, clock_ms: 0xfedc_ba98 };
        let source = drawn(640, 360, |picture| draw_source(picture, code));
        let (width, height) = (1920, 1080);
        let mut plane = vec![16; width * height];
        for row in 0..360 {
            plane[(row + 270) * width + 384..][..512].copy_from_slice(&source[row * 640 + 64..][..512]);
        }
        let luma = Luma::tight(&plane, width, height).unwrap();
        let placed = Placed::covering((384.0, 270.0, 512.0, 360.0), 640.0 / 360.0);
        assert_eq!(read_source(&luma, placed), Some(code));
        assert_eq!(read_source(&luma, Placed { x: 1500.0, ..placed }), None, "outside of the plane");
    }

    #[test]
    fn one_wrong_cell_makes_a_code_unreadable() {
        let good = drawn(640, 360, |picture| draw_source(picture, SourceCode { number: 7, clock_ms: 70 }));
        for cell in 0..64 {
            let mut bytes = good.clone();
            let (x, y) = (128 + cell % 32 * 12, cell / 32 * 12);
            for row in y..y + 12 {
                for pixel in &mut bytes[row * 640 + x..][..12] {
                    *pixel = DARK + BRIGHT - *pixel;
                }
            }
            let luma = Luma::tight(&bytes, 640, 360).unwrap();
            assert_eq!(read_source(&luma, Placed::whole(&luma)), None, "cell {cell}");
        }
    }

    #[test]
    fn plain_pictures_hold_no_code() {
        for shade in [0, 16, 128, 255] {
            let plane = vec![shade; 1920 * 1080];
            let luma = Luma::tight(&plane, 1920, 1080).unwrap();
            assert_eq!(read_tick(&luma), None);
            assert_eq!(read_source(&luma, Placed::whole(&luma)), None);
        }
        // All cells alike but with a speck, so that contrast alone does not refuse them.
        assert!(check(0) != 0 && check((1 << 32) - 1) != 0xff && check((1 << 56) - 1) != 0xff);
    }
}
