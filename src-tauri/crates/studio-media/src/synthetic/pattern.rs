//! The moving test picture.

use studio_wire::time::ShowTime;

use super::bars::COLOURS;
use super::code::{SourceCode, draw_source};
use super::{FLASH_MS, Signature};
use crate::frame::{PlanesMut, i420_len};

const PANEL: u8 = 40;
const WHITE: u8 = 235;
const GREY: u8 = 128;

/// Bars, a gradient, a box that runs along its lower edge, a panel in the middle that flashes, number and clock along
/// the top. Drawing is one copy of the still part and a few small ones.
#[derive(Debug)]
pub struct Pattern {
    width: u32,
    height: u32,
    still: Vec<u8>,
    signature: Signature,
}

impl Pattern {
    /// A pattern of this size; at least 1×1.
    pub fn new(width: u32, height: u32, signature: Signature) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let mut still = vec![GREY; i420_len(width, height)];
        let mut planes =
            PlanesMut::new(&mut still, width, height).expect("the vector was made for this size");
        paint_still(&mut planes);
        Self { width, height, still, signature }
    }

    /// Whether the middle is white at that time.
    pub fn flashes(&self, at: ShowTime) -> bool {
        self.signature.since_flash_ms(at.ms()) < FLASH_MS
    }

    /// Draws picture `number` as it looks at `at`. A picture of another size than the pattern's is left as it is.
    pub fn draw(&self, picture: &mut PlanesMut<'_>, number: u32, at: ShowTime) {
        if (picture.width, picture.height) != (self.width, self.height) {
            return;
        }
        let (luma, chroma) = (picture.y.len(), picture.u.len());
        picture.y.copy_from_slice(&self.still[..luma]);
        picture.u.copy_from_slice(&self.still[luma..luma + chroma]);
        picture.v.copy_from_slice(&self.still[luma + chroma..luma + 2 * chroma]);
        if self.flashes(at) {
            let (x, y, width, height) = middle(self.width, self.height);
            fill(picture.y, self.width as usize, (x, y, width, height), WHITE);
        }
        let side = (self.height as usize / 8).max(1);
        let room = (self.width as usize).saturating_sub(side).max(1);
        // Across in four seconds, so that each picture differs from the last one.
        let x = (at.ms() % 4_000) as usize * room / 4_000;
        fill(
            picture.y,
            self.width as usize,
            (x, self.height as usize - side, side.min(self.width as usize), side),
            WHITE,
        );
        draw_source(picture, SourceCode { number, clock_ms: at.ms() as u32 });
    }
}

/// Where the flash is: x, y, width, height in pixels of the picture.
pub fn middle(width: u32, height: u32) -> (usize, usize, usize, usize) {
    let (width, height) = (width as usize, height as usize);
    (width * 3 / 8, height / 3, width / 4, height / 3)
}

fn fill(plane: &mut [u8], stride: usize, (x, y, width, height): (usize, usize, usize, usize), shade: u8) {
    for row in plane.chunks_exact_mut(stride).skip(y).take(height) {
        row[x..x + width].fill(shade);
    }
}

fn paint_still(planes: &mut PlanesMut<'_>) {
    let (width, height) = (planes.width as usize, planes.height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    for (x, column) in (0..width).map(|x| (x, &COLOURS[x * COLOURS.len() / width])) {
        for y in 0..height {
            // Bars above, a gradient from black to white in the lowest quarter.
            planes.y[y * width + x] =
                if y * 4 < height * 3 { column[0] } else { (16 + x * 219 / width) as u8 };
        }
    }
    for y in 0..half_height * 3 / 4 {
        for x in 0..half_width {
            let bar = &COLOURS[x * COLOURS.len() / half_width];
            (planes.u[y * half_width + x], planes.v[y * half_width + x]) = (bar[1], bar[2]);
        }
    }
    // Behind number and clock and behind the flash there is no colour.
    let codes = (half_width / 5, 0, half_width - 2 * (half_width / 5), half_height / 15);
    let (x, y, w, h) = middle(planes.width, planes.height);
    let panel = (x / 2, y / 2, w / 2, h / 2);
    for area in [codes, panel] {
        fill(planes.u, half_width, area, GREY);
        fill(planes.v, half_width, area, GREY);
    }
    fill(planes.y, width, (x, y, w, h), PANEL);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::code::{Luma, Placed, read_source};

    #[test]
    fn every_picture_carries_its_number_and_the_time_it_was_drawn() {
        let pattern = Pattern::new(640, 360, Signature::robot(3));
        let mut bytes = vec![0; i420_len(640, 360)];
        for (number, at) in [(0, 0), (1, 33), (0xff_ffff, u64::from(u32::MAX)), (5, (1 << 32) + 77)] {
            pattern.draw(&mut PlanesMut::new(&mut bytes, 640, 360).unwrap(), number, ShowTime::from_ms(at));
            let luma = Luma::tight(&bytes, 640, 360).unwrap();
            let code = read_source(&luma, Placed::whole(&luma));
            assert_eq!(code, Some(SourceCode { number, clock_ms: at as u32 }));
        }
    }

    #[test]
    fn the_middle_is_white_for_100_ms_of_each_second_from_the_phase_on() {
        let signature = Signature::robot(1);
        let pattern = Pattern::new(640, 360, signature);
        let mut bytes = vec![0; i420_len(640, 360)];
        let white: Vec<u64> = (3_000..5_000)
            .step_by(10)
            .filter(|&ms| {
                pattern.draw(&mut PlanesMut::new(&mut bytes, 640, 360).unwrap(), 0, ShowTime::from_ms(ms));
                bytes[180 * 640 + 320] == WHITE
            })
            .collect();
        let expected: Vec<u64> =
            [3_350, 4_350].iter().flat_map(|start| (0..10).map(move |n| start + n * 10)).collect();
        assert_eq!((signature.phase_ms, white), (350, expected));
    }

    #[test]
    fn a_pattern_of_any_size_can_be_drawn() {
        for (width, height) in [(1, 1), (3, 2), (17, 16), (641, 359), (1920, 1080)] {
            let pattern = Pattern::new(width, height, Signature::host());
            let mut bytes = vec![0; i420_len(width, height)];
            for ms in [0, 500, 3_999] {
                pattern.draw(
                    &mut PlanesMut::new(&mut bytes, width, height).unwrap(),
                    1,
                    ShowTime::from_ms(ms),
                );
            }
        }
    }
}
