//! What comes out of a camera that works.

use rig::Cameras;
use studio_devices::camera::CameraNews;
use studio_wire::device::{CameraFormat, DeviceTrouble};

use crate::support::{SMALL, SQUARES, View, code, id, near, square, until, with_cameras};

/// Takes 40 pictures of a camera that has one coding only; its numbers count up to this and begin again.
fn shown(cameras: &Cameras, coding: &str, numbers: u32) {
    cameras.plug(0, "Cam", &[&format!("{coding} 640x360@30 1280x720@30")]);
    for format in [SMALL, CameraFormat { width: 1280, height: 720, fps: 30 }] {
        let view = View::of(&id("Cam"), format);
        let mut seen = Vec::new();
        for _ in 0..40 {
            let picture = view.picture();
            let planes = picture.planes().unwrap();
            assert_eq!((planes.width, planes.height), (format.width, format.height));
            assert!(near(square(&picture), SQUARES[0]), "{coding}: {:?}", square(&picture));
            let code = code(&picture).expect("its number can be read");
            seen.push((code, picture.at()));
        }
        let mut lost = 0;
        for pair in seen.windows(2) {
            let gap = (pair[1].0.number + numbers - pair[0].0.number) % numbers;
            assert!(gap > 0 && pair[1].1 > pair[0].1, "{coding}: no picture comes twice, times go forward");
            lost += u64::from(gap - 1);
        }
        assert!(lost <= view.figures().no_room, "{coding}: {lost} pictures are missing and were not counted");
        if coding != "MJPG" {
            // The clock was painted into the picture at the time that the driver tells with it.
            let off = seen.iter().map(|(code, at)| at.ms().abs_diff(u64::from(code.clock_ms))).max();
            assert!(off <= Some(2), "a picture's time is when it was taken: {off:?} ms off");
        }
    }
}

#[test]
fn yuyv_is_shown_as_it_was_sent() {
    with_cameras(|cameras| shown(cameras, "YUYV", 1 << 24));
}

#[test]
fn nv12_is_shown_as_it_was_sent() {
    with_cameras(|cameras| shown(cameras, "NV12", 1 << 24));
}

#[test]
fn mjpeg_is_shown_as_it_was_sent() {
    with_cameras(|cameras| shown(cameras, "MJPG", 32));
}

#[test]
fn two_cameras_are_open_at_once_and_each_shows_its_own_picture() {
    with_cameras(|cameras| {
        cameras.plug(0, "One", &["YUYV 640x360@30"]);
        cameras.plug(1, "Two", &["MJPG 640x360@30"]);
        let (one, two) = (View::of(&id("One"), SMALL), View::of(&id("Two"), SMALL));
        for _ in 0..20 {
            assert!(near(square(&one.picture()), SQUARES[0]) && near(square(&two.picture()), SQUARES[1]));
        }
        cameras.plug(0, "One", &["YUYV 640x360@30", "stall"]);
        one.hear(CameraNews::Troubled(DeviceTrouble::Stalled));
        // What the other one sent meanwhile waits here, in pictures that are not given back.
        two.pictures.try_iter().for_each(drop);
        for _ in 0..20 {
            two.picture();
        }
    });
}

#[test]
fn a_control_that_is_set_shows_in_the_picture() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", &["YUYV 640x360@30"]);
        let view = View::of(&id("Cam"), SMALL);
        let camera = view.camera.as_ref().unwrap();
        view.picture();
        until("its controls are read", || !camera.controls().is_empty());
        let brightness = camera.controls()[0].id;
        for value in [7, 40] {
            assert!(camera.set_control(brightness, value));
        }
        assert!(!camera.set_control(1, 0), "there is no such control");
        let [y, u, v] = SQUARES[0];
        until("it is brighter", || near(square(&view.picture()), [y + 40, u, v]));
        until("its value is told", || camera.controls()[0].value == 40);
        // One that the driver refuses changes nothing.
        assert!(camera.set_control(brightness, 1_000));
        for _ in 0..10 {
            assert!(near(square(&view.picture()), [y + 40, u, v]));
        }
        assert_eq!(camera.controls()[0].value, 40);
    });
}

#[test]
fn pictures_that_are_kept_cost_later_ones_and_are_counted() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", &["NV12 640x360@30"]);
        let view = View::of(&id("Cam"), SMALL);
        until("pictures are left out", || view.figures().no_room > 5);
        let kept: Vec<_> = view.pictures.try_iter().collect();
        assert_eq!(kept.len(), 9, "so many are in use at most");
        drop(kept);
        view.picture();
    });
}

#[test]
fn a_camera_can_be_opened_again_as_soon_as_it_was_dropped() {
    with_cameras(|cameras| {
        cameras.plug(0, "One", &["YUYV 640x360@30 640x480@30"]);
        cameras.plug(1, "Two", &["MJPG 640x360@30"]);
        for round in 0..20 {
            let other = CameraFormat { height: if round % 2 == 0 { 480 } else { 360 }, ..SMALL };
            View::of(&id("One"), other).picture();
            View::of(&id("Two"), SMALL).picture();
        }
    });
}
