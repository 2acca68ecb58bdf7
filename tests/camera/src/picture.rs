//! Painting a frame: the pattern, the camera's square, and their bytes as a camera sends them.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use studio_media::frame::{Planes, PlanesMut, i420_len};
use studio_media::synthetic::Signature;
use studio_media::synthetic::pattern::Pattern;
use studio_media::video::yuv::{Area, fill};
use studio_wire::time::ShowTime;

/// Colours of the squares, by the camera's number: Y, U, V in BT.709 limited.
const SQUARES: [[u8; 3]; 4] = [[110, 60, 180], [110, 180, 60], [110, 60, 60], [110, 180, 180]];

/// How many different pictures an MJPEG camera has: its numbers run from 0 to 31, again and again, because encoding
/// every frame would cost more than all that is to be measured.
const JPEGS: u32 = 32;

/// What a frame looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub camera: u32,
    pub fourcc: [u8; 4],
    pub width: u32,
    pub height: u32,
    /// Added to the square's luma.
    pub brightness: i32,
}

impl Look {
    /// Bytes of a frame at most.
    pub fn most(&self) -> usize {
        match &self.fourcc {
            b"NV12" => i420_len(self.width, self.height),
            _ => self.width as usize * self.height as usize * 2,
        }
    }

    /// Bytes of a row as the driver tells them.
    pub fn stride(&self) -> u32 {
        match &self.fourcc {
            b"YUYV" => self.width * 2,
            b"NV12" => self.width,
            _ => 0,
        }
    }

    /// Where the square is: at the left edge, an eighth of the width, an eighth of the height, in the middle.
    pub fn square(&self) -> Area {
        Area { x: 0, y: (self.height / 2) & !1, w: (self.width / 8).max(1), h: (self.height / 8).max(1) }
    }

    fn colour(&self) -> [u8; 3] {
        let [luma, u, v] = SQUARES[self.camera as usize % SQUARES.len()];
        [(i32::from(luma) + self.brightness).clamp(16, 235) as u8, u, v]
    }
}

/// Paints the frames of one look.
pub struct Painter {
    look: Look,
    pattern: Pattern,
    i420: Vec<u8>,
    bytes: Vec<u8>,
    jpegs: Vec<Vec<u8>>,
}

impl Painter {
    /// A painter for frames of this look.
    pub fn new(look: Look) -> Self {
        Self {
            look,
            pattern: Pattern::new(look.width, look.height, Signature::robot(look.camera)),
            i420: vec![0; i420_len(look.width, look.height)],
            bytes: Vec::new(),
            jpegs: vec![Vec::new(); JPEGS as usize],
        }
    }

    /// What its frames look like.
    pub fn look(&self) -> Look {
        self.look
    }

    /// Frame `number`, painted at `at`, as the camera sends it.
    pub fn paint(&mut self, number: u32, at: ShowTime) -> &[u8] {
        let (width, height) = (self.look.width, self.look.height);
        if &self.look.fourcc == b"MJPG" {
            let place = (number % JPEGS) as usize;
            if self.jpegs[place].is_empty() {
                self.draw(number % JPEGS, at);
                self.jpegs[place] = jpeg(&self.i420, width, height);
            }
            return &self.jpegs[place];
        }
        self.draw(number, at);
        self.bytes.clear();
        if let Some(planes) = Planes::new(&self.i420, width, height) {
            match &self.look.fourcc {
                b"NV12" => nv12(&planes, &mut self.bytes),
                _ => yuyv(&planes, &mut self.bytes),
            }
        }
        &self.bytes
    }

    fn draw(&mut self, number: u32, at: ShowTime) {
        if let Some(mut picture) = PlanesMut::new(&mut self.i420, self.look.width, self.look.height) {
            self.pattern.draw(&mut picture, number, at);
            fill(&mut picture, self.look.square(), self.look.colour());
        }
    }
}

fn yuyv(planes: &Planes<'_>, out: &mut Vec<u8>) {
    let width = planes.width as usize;
    let half = width.div_ceil(2);
    for (row, luma) in planes.y.chunks_exact(width).enumerate() {
        let chroma = row / 2 * half..(row / 2 + 1) * half;
        let pairs = luma.chunks_exact(2).zip(&planes.u[chroma.clone()]).zip(&planes.v[chroma]);
        out.extend(pairs.flat_map(|((luma, &u), &v)| [luma[0], u, luma[1], v]));
    }
}

fn nv12(planes: &Planes<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(planes.y);
    out.extend(planes.u.iter().zip(planes.v).flat_map(|(&u, &v)| [u, v]));
}

/// Webcams' own kind: 4:2:2, full range.
fn jpeg(i420: &[u8], width: u32, height: u32) -> Vec<u8> {
    let Some(planes) = Planes::new(i420, width, height) else { return Vec::new() };
    let luma = |value: u8| ((i32::from(value) - 16) * 255 / 219).clamp(0, 255) as u8;
    let chroma = |value: u8| ((i32::from(value) - 128) * 255 / 224 + 128).clamp(0, 255) as u8;
    let half = width.div_ceil(2) as usize;
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
    for (row, line) in planes.y.chunks_exact(width as usize).enumerate() {
        for (column, &y) in line.iter().enumerate() {
            let at = row / 2 * half + column / 2;
            pixels.extend([luma(y), chroma(planes.u[at]), chroma(planes.v[at])]);
        }
    }
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 85);
    encoder.set_sampling_factor(SamplingFactor::F_2_1);
    // Fails only for a size that no camera has; an empty frame is then seen as an unreadable one.
    let _ = encoder.encode(&pixels, width as u16, height as u16, ColorType::Ycbcr);
    out
}
