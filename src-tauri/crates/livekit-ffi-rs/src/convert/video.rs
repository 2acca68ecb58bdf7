//! Pictures: the library's frames as ours, ours as the library's.

#![allow(unsafe_code, reason = "reads the planes of a frame that the library has just handed over")]

use crate::memory;
use crate::proto;
use crate::proto::video_buffer_info::ComponentInfo;
use crate::video::{I420, Plane, VideoFrame, VideoRotation};

/// The picture behind an arriving frame, for as long as `received` is borrowed; the caller holds its handle
/// meanwhile. `None` if the planes are not those of an I420 picture.
pub(crate) fn frame(received: &proto::VideoFrameReceived) -> Option<VideoFrame<'_>> {
    let info = &received.buffer.info;
    if info.r#type() != proto::VideoBufferType::I420 {
        return None;
    }
    let sizes = I420::plane_sizes(info.width, info.height)?;
    let [y, u, v] = info.components.as_slice() else { return None };
    let planes = [plane(y, sizes[0])?, plane(u, sizes[1])?, plane(v, sizes[2])?];
    Some(VideoFrame {
        buffer: I420::of_planes(info.width, info.height, planes),
        timestamp_us: received.timestamp_us,
        rotation: rotation(received.rotation()),
    })
}

/// One plane, if what the library says of it fits together. Exactly, because a received picture may be sent
/// on and the library is then told `stride * height` bytes.
fn plane(info: &ComponentInfo, (width, height): (u32, u32)) -> Option<Plane<'_>> {
    if info.stride < width || u64::from(info.size) != u64::from(info.stride) * u64::from(height) {
        return None;
    }
    // SAFETY: address and size are the library's own, and the caller holds the handle.
    let data = unsafe { memory::at(info.data_ptr, info.size as usize) }?;
    Some(Plane { data, stride: info.stride as usize })
}

/// What the library is told about a picture. Sizes are computed from the planes themselves: one that does
/// not fit its stride and height aborts the process.
pub(crate) fn buffer(picture: &I420<'_>) -> proto::VideoBufferInfo {
    let component = |plane: Plane<'_>, height: u32| {
        let stride = u32::try_from(plane.stride).expect("a stride is computed from a width or came as a u32");
        ComponentInfo { data_ptr: plane.data.as_ptr() as u64, stride, size: stride * height }
    };
    let half = picture.height().div_ceil(2);
    let [y, u, v] = picture.planes();
    proto::VideoBufferInfo {
        r#type: proto::VideoBufferType::I420.into(),
        width: picture.width(),
        height: picture.height(),
        data_ptr: y.data.as_ptr() as u64,
        stride: Some(picture.width()),
        components: vec![component(y, picture.height()), component(u, half), component(v, half)],
    }
}

fn rotation(rotation: proto::VideoRotation) -> VideoRotation {
    match rotation {
        proto::VideoRotation::VideoRotation0 => VideoRotation::VideoRotation0,
        proto::VideoRotation::VideoRotation90 => VideoRotation::VideoRotation90,
        proto::VideoRotation::VideoRotation180 => VideoRotation::VideoRotation180,
        proto::VideoRotation::VideoRotation270 => VideoRotation::VideoRotation270,
    }
}

pub(crate) fn to_rotation(rotation: VideoRotation) -> proto::VideoRotation {
    match rotation {
        VideoRotation::VideoRotation0 => proto::VideoRotation::VideoRotation0,
        VideoRotation::VideoRotation90 => proto::VideoRotation::VideoRotation90,
        VideoRotation::VideoRotation180 => proto::VideoRotation::VideoRotation180,
        VideoRotation::VideoRotation270 => proto::VideoRotation::VideoRotation270,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_told_to_the_library_have_computed_sizes_also_for_odd_pictures() {
        let bytes = vec![0; I420::len_of(17, 19)];
        let info = buffer(&I420::tight(17, 19, &bytes).unwrap());
        let told: Vec<_> = info.components.iter().map(|c| (c.stride, c.size)).collect();
        assert_eq!(told, [(17, 17 * 19), (9, 9 * 10), (9, 9 * 10)]);
        let start = bytes.as_ptr() as u64;
        let at: Vec<_> = info.components.iter().map(|c| c.data_ptr - start).collect();
        assert_eq!(at, [0, 323, 413]);
    }

    #[test]
    fn an_arriving_picture_whose_planes_are_too_small_is_not_looked_at() {
        let bytes = vec![7; I420::len_of(16, 16)];
        let info = buffer(&I420::tight(16, 16, &bytes).unwrap());
        let received = |info: proto::VideoBufferInfo| proto::VideoFrameReceived {
            buffer: proto::OwnedVideoBuffer { handle: proto::FfiOwnedHandle { id: 1 }, info },
            timestamp_us: 5,
            rotation: 0,
            metadata: None,
        };
        assert!(frame(&received(info.clone())).is_some());
        let broken: [fn(&mut proto::VideoBufferInfo); 6] = [
            |i| i.components[1].size -= 1,
            |i| i.components[0].stride -= 1,
            |i| i.components[2].data_ptr = 0,
            |i| i.components.truncate(2),
            |i| i.height += 1,
            |i| i.width = u32::MAX,
        ];
        for breaks in broken {
            let mut info = info.clone();
            breaks(&mut info);
            assert!(frame(&received(info)).is_none());
        }
    }
}
