//! A camera's frame, as I420. **What does not hold a whole picture of the agreed size is no picture: cut JPEGs, frames of
//! another size, buffers that are too small.**
//!
//! nokhwa hands over the whole buffer and not the length of the frame in it, so the rest of an older frame may lie behind
//! one that was cut. A JPEG that goes on in another one seldom fits together; one that does is shown as it is.

use studio_media::frame::PlanesMut;
use studio_media::video::convert;
use turbojpeg::{Colorspace, DecompressHeader, Decompressor, Subsamp, YuvImage};

use super::mode::Coding;

/// The decoder says so of a picture that is whole; many cameras send such pictures all the time. Whatever else it has
/// to say is about a picture that is not.
const HARMLESS: &str = "extraneous bytes before marker";
/// More of them than this are the rest of another frame.
const HARMLESS_BYTES: u32 = 16;

/// Reads the frames of one camera.
pub(super) struct Reader {
    coding: Coding,
    decoder: Option<Decompressor>,
    /// Room for a JPEG's planes, and for chroma on its way to the picture's size.
    planes: Vec<u8>,
    chroma: Vec<u8>,
}

impl Reader {
    /// A reader for frames of this coding.
    pub fn new(coding: Coding) -> Self {
        let decoder = if coding == Coding::Jpeg { Decompressor::new().ok() } else { None };
        Self { coding, decoder, planes: Vec::new(), chroma: Vec::new() }
    }

    /// Draws the frame that `bytes` begins with. False, and the picture is anything, when that is none of its size.
    pub fn read(&mut self, bytes: &[u8], to: &mut PlanesMut<'_>) -> bool {
        match self.coding {
            Coding::Nv12 => convert::nv12(bytes, to),
            Coding::Yuyv => convert::yuyv(bytes, to),
            Coding::Grey => convert::grey(bytes, to),
            Coding::Jpeg => self.jpeg(bytes, to).is_some(),
        }
    }

    fn jpeg(&mut self, bytes: &[u8], to: &mut PlanesMut<'_>) -> Option<()> {
        let decoder = self.decoder.as_mut()?;
        let header = decoder.read_header(bytes).ok()?;
        if (header.width, header.height) != (to.width as usize, to.height as usize) {
            return None;
        }
        let layout = Layout::of(&header)?;
        self.planes.resize(layout.luma_len() + 2 * layout.chroma_len(), 0);
        let image = YuvImage {
            pixels: self.planes.as_mut_slice(),
            width: header.width,
            align: 1,
            height: header.height,
            subsamp: header.subsamp,
        };
        if let Err(error) = decoder.decompress_to_yuv(bytes, image)
            && !is_harmless(&error.to_string())
        {
            return None;
        }
        if header.subsamp == Subsamp::Gray {
            self.planes[layout.luma_len()..].fill(128);
        }
        let (y, chroma) = self.planes.split_at(layout.luma_len());
        let (u, v) = chroma.split_at(layout.chroma_len());
        let chroma = (layout.chroma.0 as u32, layout.chroma.1 as u32);
        let (u, v) = ((u, layout.chroma.0), (v, layout.chroma.0));
        convert::jpeg((y, layout.luma.0), u, v, chroma, &mut self.chroma, to).then_some(())
    }
}

/// The sizes of a decoded JPEG's planes: each a whole number of its sampling's steps.
struct Layout {
    luma: (usize, usize),
    chroma: (usize, usize),
}

impl Layout {
    fn of(header: &DecompressHeader) -> Option<Self> {
        if header.subsamp == Subsamp::Unknown
            || !matches!(header.colorspace, Colorspace::YCbCr | Colorspace::Gray)
        {
            return None;
        }
        let (across, down) = header.subsamp.size();
        let luma = (header.width.next_multiple_of(across), header.height.next_multiple_of(down));
        // A grey JPEG has no chroma planes; it gets those of the picture.
        let grey = header.subsamp == Subsamp::Gray;
        let (across, down) = if grey { (2, 2) } else { (across, down) };
        Some(Self { luma, chroma: (luma.0.div_ceil(across), luma.1.div_ceil(down)) })
    }

    fn luma_len(&self) -> usize {
        self.luma.0 * self.luma.1
    }

    fn chroma_len(&self) -> usize {
        self.chroma.0 * self.chroma.1
    }
}

fn is_harmless(error: &str) -> bool {
    let Some((before, _)) = error.split_once(HARMLESS) else { return false };
    let count = before.split_whitespace().next_back().and_then(|count| count.parse().ok());
    count.is_some_and(|count: u32| count <= HARMLESS_BYTES)
}

#[cfg(test)]
mod tests;
