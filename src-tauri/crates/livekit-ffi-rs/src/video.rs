//! Pictures into the library and out of it.

use std::sync::Arc;

use crate::convert::video::{buffer, to_rotation};
use crate::error::{CallError, CaptureError};
use crate::handle::Handle;
use crate::library::call;
use crate::proto;
use crate::sinks::VIDEO;
use crate::track::VideoTrack;

/// Largest width and height of a picture.
const MOST: u32 = 8192;
/// Smallest width and height of a picture that is sent: below, encoders have nothing to scale.
const LEAST: u32 = 16;
/// Pictures that may wait in front of the sink: the newest one only.
const QUEUE: u32 = 1;

/// One plane of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane<'a> {
    pub data: &'a [u8],
    pub stride: usize,
}

/// A borrowed I420 picture: full-size luma, then two planes of half the size, rounded up.
#[derive(Debug, Clone, Copy)]
pub struct I420<'a> {
    width: u32,
    height: u32,
    planes: [Plane<'a>; 3],
}

impl<'a> I420<'a> {
    /// A picture whose rows and planes follow each other without gaps.
    ///
    /// Guarantees what the library aborts without: the planes have the sizes that width and height ask for.
    /// Fails if `bytes` is not exactly such a picture, or not 16 to 8192 pixels each way.
    pub fn tight(width: u32, height: u32, bytes: &'a [u8]) -> Result<Self, CaptureError> {
        let fits = |side| (LEAST..=MOST).contains(&side);
        let expected = if fits(width) && fits(height) { Self::len_of(width, height) } else { 0 };
        if expected == 0 || bytes.len() != expected {
            return Err(CaptureError::VideoSize { width, height, len: bytes.len(), expected });
        }
        let half = width.div_ceil(2) as usize;
        let (y, chroma) = bytes.split_at(width as usize * height as usize);
        let (u, v) = chroma.split_at(half * height.div_ceil(2) as usize);
        let plane = |data, stride| Plane { data, stride };
        Ok(Self { width, height, planes: [plane(y, width as usize), plane(u, half), plane(v, half)] })
    }

    /// Bytes of a tight picture of this size.
    pub fn len_of(width: u32, height: u32) -> usize {
        let (w, h) = (width as usize, height as usize);
        w * h + 2 * w.div_ceil(2) * h.div_ceil(2)
    }

    /// Width and height of each plane; `None` for a size that no picture has.
    pub(crate) fn plane_sizes(width: u32, height: u32) -> Option<[(u32, u32); 3]> {
        let fits = |side| (1..=MOST).contains(&side);
        let half = (width.div_ceil(2), height.div_ceil(2));
        (fits(width) && fits(height)).then_some([(width, height), half, half])
    }

    /// A picture of planes that [`Self::plane_sizes`] has been asked about.
    pub(crate) fn of_planes(width: u32, height: u32, planes: [Plane<'a>; 3]) -> Self {
        Self { width, height, planes }
    }

    pub(crate) fn planes(&self) -> [Plane<'a>; 3] {
        self.planes
    }

    /// Pixels across.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes that [`Self::copy_to`] writes.
    pub fn tight_len(&self) -> usize {
        Self::len_of(self.width, self.height)
    }

    /// Writes the picture without gaps to the start of `out` and returns how many bytes that were: 0, and
    /// nothing written, if `out` is too short.
    pub fn copy_to(&self, out: &mut [u8]) -> usize {
        let len = self.tight_len();
        if out.len() < len {
            return 0;
        }
        let half = (self.width.div_ceil(2) as usize, self.height.div_ceil(2) as usize);
        let sizes = [(self.width as usize, self.height as usize), half, half];
        let mut rest = &mut out[..len];
        for (plane, (width, height)) in self.planes.iter().zip(sizes) {
            let (mine, after) = rest.split_at_mut(width * height);
            if plane.stride == width {
                mine.copy_from_slice(&plane.data[..width * height]);
            } else {
                let rows = mine.chunks_exact_mut(width).zip(plane.data.chunks(plane.stride));
                rows.for_each(|(to, from)| to.copy_from_slice(&from[..width]));
            }
            rest = after;
        }
        len
    }
}

/// How a picture has to be turned, clockwise, to stand upright. Telephones send it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say the degrees")]
pub enum VideoRotation {
    #[default]
    VideoRotation0,
    VideoRotation90,
    VideoRotation180,
    VideoRotation270,
}

/// A picture and its moment.
#[derive(Debug, Clone, Copy)]
pub struct VideoFrame<'a> {
    /// The picture.
    pub buffer: I420<'a>,
    /// Microseconds on the clock of whoever captured it; 0 lets the library take its own.
    pub timestamp_us: i64,
    /// How it has to be turned.
    pub rotation: VideoRotation,
}

/// The size that a source is made for; frames of other sizes are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VideoResolution {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Where pictures go in. Clones are the same source.
#[derive(Debug, Clone)]
pub struct NativeVideoSource {
    handle: Arc<Handle>,
}

impl NativeVideoSource {
    /// A source of pictures of about this size, 16 to 8192 pixels each way; a shared screen is tuned for
    /// sharpness.
    pub fn new(resolution: VideoResolution, is_screencast: bool) -> Result<Self, CaptureError> {
        let VideoResolution { width, height } = resolution;
        if ![width, height].iter().all(|side| (LEAST..=MOST).contains(side)) {
            return Err(CaptureError::VideoSize { width, height, len: 0, expected: 0 });
        }
        let request = proto::NewVideoSourceRequest {
            r#type: proto::VideoSourceType::VideoSourceNative.into(),
            resolution: proto::VideoSourceResolution { width, height },
            is_screencast: Some(is_screencast),
        };
        let response = call!(NewVideoSource(request))?;
        Ok(Self { handle: Arc::new(Handle::new(response.source.handle)) })
    }

    pub(crate) fn handle_id(&self) -> u64 {
        self.handle.id()
    }

    /// Copies one picture into the library; `frame` is free again on return. What is over a multiple of
    /// four pixels in width or height does not arrive: the library cuts it. While an encoder runs this can
    /// take tens of milliseconds, so each source has a thread of its own.
    pub fn capture_frame(&self, frame: &VideoFrame<'_>) -> Result<(), CaptureError> {
        let I420 { width, height, .. } = frame.buffer;
        if width.min(height) < LEAST {
            let len = frame.buffer.tight_len();
            return Err(CaptureError::VideoSize { width, height, len, expected: 0 });
        }
        let request = proto::CaptureVideoFrameRequest {
            source_handle: self.handle.id(),
            buffer: buffer(&frame.buffer),
            timestamp_us: frame.timestamp_us,
            rotation: to_rotation(frame.rotation).into(),
            metadata: None,
        };
        call!(CaptureVideoFrame(request))?;
        Ok(())
    }
}

/// Takes a track's pictures until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the stream"]
pub struct NativeVideoStream {
    handle: Handle,
    /// Held, because the stream would end with the last handle of a track that is in no room.
    _track: Arc<Handle>,
}

impl NativeVideoStream {
    /// Gives every picture of `track` to `sink`, on the library's own thread: there the picture is copied
    /// once to where it belongs. `sink` must not wait. When the stream has been dropped it does not run any
    /// more.
    pub fn new(
        track: &impl VideoTrack,
        sink: impl FnMut(VideoFrame<'_>) + Send + 'static,
    ) -> Result<Self, CallError> {
        let request = proto::NewVideoStreamRequest {
            track_handle: track.handle().id(),
            r#type: proto::VideoStreamType::VideoStreamNative.into(),
            format: Some(proto::VideoBufferType::I420.into()),
            normalize_stride: Some(true),
            queue_size_frames: Some(QUEUE),
        };
        let handle = Handle::new(call!(NewVideoStream(request))?.stream.handle);
        VIDEO.add(handle.id(), Box::new(sink));
        Ok(Self { handle, _track: track.handle().clone() })
    }
}

impl Drop for NativeVideoStream {
    fn drop(&mut self) {
        VIDEO.remove(self.handle.id());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bytes_that_are_exactly_one_picture_are_a_picture() {
        let bytes = vec![0; 4096];
        assert!(I420::tight(32, 32, &bytes[..32 * 32 * 3 / 2]).is_ok());
        assert!(I420::tight(33, 17, &bytes[..33 * 17 + 2 * 17 * 9]).is_ok());
        for (width, height, len) in
            [(32, 32, 1535), (32, 32, 1537), (33, 17, 33 * 17 * 3 / 2), (0, 0, 0), (1, 1, 3)]
        {
            assert!(I420::tight(width, height, &bytes[..len]).is_err(), "{width}×{height} of {len}");
        }
        assert!(I420::tight(u32::MAX, u32::MAX, &bytes).is_err());
    }

    #[test]
    fn a_picture_with_gaps_is_copied_without_them() {
        let rows = |width: usize, stride: usize, height: usize, first: u8| -> Vec<u8> {
            (0..height)
                .flat_map(|y| (0..stride).map(move |x| if x < width { first + y as u8 } else { 255 }))
                .collect()
        };
        let (y, u, v) = (rows(3, 5, 3, 10), rows(2, 2, 2, 50), rows(2, 7, 2, 90));
        let plane = |data, stride| Plane { data, stride };
        let picture = I420::of_planes(3, 3, [plane(&y, 5), plane(&u, 2), plane(&v, 7)]);
        let mut out = [0; 20];
        assert_eq!(picture.copy_to(&mut out), 17);
        assert_eq!(out[..17], [10, 10, 10, 11, 11, 11, 12, 12, 12, 50, 50, 51, 51, 90, 90, 91, 91]);
        assert_eq!(picture.copy_to(&mut out[..16]), 0);
    }
}
