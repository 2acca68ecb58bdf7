//! Views of I420 bytes as three planes.

/// Bytes of a tight I420 picture.
pub const fn i420_len(width: u32, height: u32) -> usize {
    let (w, h) = (width as usize, height as usize);
    w * h + 2 * w.div_ceil(2) * h.div_ceil(2)
}

/// A picture to read. **Each plane holds at least stride × rows of its size.**
#[derive(Clone, Copy, Debug)]
pub struct Planes<'a> {
    /// Pixels, at least 1.
    pub width: u32,
    /// Pixels, at least 1.
    pub height: u32,
    /// Luma, `width` × `height`.
    pub y: &'a [u8],
    /// Blue difference, half of both, rounded up.
    pub u: &'a [u8],
    /// Red difference, half of both, rounded up.
    pub v: &'a [u8],
}

impl<'a> Planes<'a> {
    /// The planes of tight I420 bytes; `None` without pixels or with too few bytes.
    pub fn new(bytes: &'a [u8], width: u32, height: u32) -> Option<Self> {
        let (luma, chroma) = lengths(width, height)?;
        let (y, rest) = bytes.split_at_checked(luma)?;
        let (u, rest) = rest.split_at_checked(chroma)?;
        let v = rest.get(..chroma)?;
        Some(Self { width, height, y, u, v })
    }
}

/// A picture to draw into. **Each plane holds exactly stride × rows of its size.**
#[derive(Debug)]
pub struct PlanesMut<'a> {
    /// Pixels, at least 1.
    pub width: u32,
    /// Pixels, at least 1.
    pub height: u32,
    /// Luma, `width` × `height`.
    pub y: &'a mut [u8],
    /// Blue difference, half of both, rounded up.
    pub u: &'a mut [u8],
    /// Red difference, half of both, rounded up.
    pub v: &'a mut [u8],
}

impl<'a> PlanesMut<'a> {
    /// The planes of tight I420 bytes; `None` without pixels or with too few bytes.
    pub fn new(bytes: &'a mut [u8], width: u32, height: u32) -> Option<Self> {
        let (luma, chroma) = lengths(width, height)?;
        let (y, rest) = bytes.split_at_mut_checked(luma)?;
        let (u, rest) = rest.split_at_mut_checked(chroma)?;
        let v = rest.get_mut(..chroma)?;
        Some(Self { width, height, y, u, v })
    }

    /// The same picture to read.
    pub fn read(&self) -> Planes<'_> {
        Planes { width: self.width, height: self.height, y: self.y, u: self.u, v: self.v }
    }
}

/// Bytes of the luma and of one chroma plane; `None` without pixels or beyond what any picture has.
fn lengths(width: u32, height: u32) -> Option<(usize, usize)> {
    const MOST: u32 = 1 << 14;
    if width == 0 || height == 0 || width > MOST || height > MOST {
        return None;
    }
    let (w, h) = (width as usize, height as usize);
    Some((w * h, w.div_ceil(2) * h.div_ceil(2)))
}
