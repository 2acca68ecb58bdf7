//! Frames that are none. They are counted and left out; a second of nothing else is told.

use studio_devices::camera::CameraNews;
use studio_wire::device::DeviceTrouble;

use crate::support::{SMALL, View, code, id, with_cameras};

const UNREADABLE: CameraNews = CameraNews::Troubled(DeviceTrouble::Unreadable);

/// A camera of this coding whose frames go bad in the middle, and become good again.
fn goes_bad(cameras: &rig::Cameras, coding: &str, fault: &str) {
    let offer = format!("{coding} 640x360@30");
    cameras.plug(0, "Cam", &[&offer]);
    let view = View::of(&id("Cam"), SMALL);
    for _ in 0..8 {
        view.picture();
    }
    cameras.plug(0, "Cam", &[&offer, fault]);
    view.hear(UNREADABLE);
    let before = view.figures();
    assert!(before.unreadable > 0, "{coding} {fault}: {before:?}");
    cameras.plug(0, "Cam", &[&offer]);
    view.hear(CameraNews::Flowing);
    assert!(code(&view.picture()).is_some(), "{coding} {fault}");
}

#[test]
fn jpegs_of_another_size_are_left_out() {
    with_cameras(|cameras| goes_bad(cameras, "MJPG", "half"));
}

#[test]
fn cut_jpegs_are_left_out() {
    with_cameras(|cameras| goes_bad(cameras, "MJPG", "cut"));
}

#[test]
fn a_camera_that_never_sends_a_whole_frame_is_unreadable_from_the_first_second_on() {
    with_cameras(|cameras| {
        for (number, coding, fault) in
            [(0, "MJPG", "cut"), (1, "MJPG", "half"), (2, "YUYV", "half"), (3, "NV12", "half")]
        {
            let name = format!("Cam {number}");
            cameras.plug(number, &name, &[&format!("{coding} 640x360@30"), fault]);
            let view = View::of(&id(&name), SMALL);
            view.hear(UNREADABLE);
            assert!(view.pictures.try_recv().is_err() && view.figures().frames == 0, "{coding} {fault}");
        }
    });
}
