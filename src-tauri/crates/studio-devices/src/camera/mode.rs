//! What a camera can be opened in, and which of it comes nearest to what is wanted.

use studio_wire::device::CameraFormat;

/// How a camera packs its frames; the order is the order of preference. What costs no decoding comes first: a camera
/// lists it only at the rates that its bus can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coding {
    Nv12,
    Yuyv,
    Jpeg,
    Grey,
}

/// A format that a camera offers, in one of its codings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    pub coding: Coding,
    pub format: CameraFormat,
}

/// The mode nearest in size, of these nearest in rate, of these the best coding. Of two that are equally near the
/// larger and the faster one is taken.
pub(super) fn nearest(modes: &[Mode], wanted: CameraFormat) -> Option<Mode> {
    modes.iter().copied().min_by_key(|mode| {
        let CameraFormat { width, height, fps } = mode.format;
        let size = width.abs_diff(wanted.width) + height.abs_diff(wanted.height);
        (size, !width, !height, fps.abs_diff(wanted.fps), !fps, mode.coding)
    })
}

/// The formats of some modes, each once, the largest and fastest first.
pub(super) fn formats(modes: &[Mode]) -> Vec<CameraFormat> {
    let mut formats: Vec<_> = modes.iter().map(|mode| mode.format).collect();
    formats.sort_unstable_by_key(|format| (!(format.width * format.height), !format.width, !format.fps));
    formats.dedup();
    formats
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(coding: Coding, width: u32, height: u32, fps: u32) -> Mode {
        Mode { coding, format: CameraFormat { width, height, fps } }
    }

    #[test]
    fn size_comes_before_rate_and_rate_before_coding() {
        let modes = [
            mode(Coding::Yuyv, 1280, 720, 10),
            mode(Coding::Yuyv, 640, 360, 30),
            mode(Coding::Jpeg, 1280, 720, 30),
            mode(Coding::Jpeg, 640, 360, 30),
            mode(Coding::Jpeg, 1920, 1080, 30),
        ];
        let taken = |width, height, fps| nearest(&modes, CameraFormat { width, height, fps });
        assert_eq!(taken(1280, 720, 30), Some(modes[2]), "the bus is too slow for all of it unpacked");
        assert_eq!(taken(1280, 720, 10), Some(modes[0]));
        assert_eq!(taken(640, 360, 30), Some(modes[1]));
        assert_eq!(taken(4000, 4000, 60), Some(modes[4]));
        assert_eq!(taken(1, 1, 1), Some(modes[1]));
        assert_eq!(nearest(&[], CameraFormat::default()), None);
    }

    #[test]
    fn of_two_that_are_equally_near_the_larger_and_the_faster_is_taken() {
        let modes = [
            mode(Coding::Nv12, 600, 400, 30),
            mode(Coding::Jpeg, 800, 400, 20),
            mode(Coding::Grey, 800, 400, 40),
        ];
        assert_eq!(nearest(&modes, CameraFormat { width: 700, height: 400, fps: 30 }), Some(modes[2]));
    }

    #[test]
    fn a_format_in_two_codings_is_offered_once() {
        let modes = [
            mode(Coding::Yuyv, 640, 360, 30),
            mode(Coding::Jpeg, 1280, 720, 15),
            mode(Coding::Jpeg, 640, 360, 30),
            mode(Coding::Jpeg, 1280, 720, 30),
        ];
        let offered: Vec<_> = formats(&modes).iter().map(|it| (it.width, it.height, it.fps)).collect();
        assert_eq!(offered, [(1280, 720, 30), (1280, 720, 15), (640, 360, 30)]);
    }
}
