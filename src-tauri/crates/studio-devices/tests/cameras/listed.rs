//! Which cameras there are, what they offer, and that nobody opens one unasked.

use std::sync::mpsc::channel;
use std::time::Duration;

use studio_devices::camera::{controls, formats, list, watch};
use studio_wire::device::{CameraFormat, DeviceId, DeviceKind, DeviceTrouble};

use crate::support::{LONG, SMALL, View, id, until, with_cameras};

#[test]
fn without_a_camera_the_list_is_empty_and_opening_one_says_that_it_is_gone() {
    with_cameras(|_| {
        assert_eq!(list(), []);
        let gone = DeviceId("camera:usb-046d_Cam_1".into());
        assert_eq!(View::refused(&gone), DeviceTrouble::Gone);
        assert_eq!(formats(&gone), Err(DeviceTrouble::Gone));
    });
}

// S-36
#[test]
fn cameras_are_listed_by_number_and_a_change_is_told_by_the_system() {
    with_cameras(|cameras| {
        let (told, changes) = channel();
        let _watch = watch(move || told.send(()).unwrap()).unwrap();
        cameras.plug(2, "Second", &[]);
        cameras.plug(0, "First (left)", &[]);
        changes.recv_timeout(LONG).unwrap();
        let seen: Vec<_> = list().into_iter().map(|it| (it.id.0, it.name, it.kind, it.default)).collect();
        let camera =
            |id: &str, name: &str, first| (id.to_owned(), name.to_owned(), DeviceKind::Camera, first);
        let first = camera("camera:name-First__left_", "First (left)", true);
        assert_eq!(seen, [first, camera("camera:name-Second", "Second", false)]);

        cameras.unplug(0);
        changes.recv_timeout(LONG).unwrap();
        assert_eq!(list().len(), 1);
        assert!(changes.recv_timeout(Duration::from_millis(500)).is_err(), "nothing changed since");
    });
}

// S-54
#[test]
fn nothing_is_opened_before_somebody_opens_it() {
    with_cameras(|cameras| {
        let _watch = watch(|| drop(list())).unwrap();
        cameras.plug(0, "Cam", &[]);
        let camera = id("Cam");
        for _ in 0..20 {
            list();
        }
        // Longer than the watch takes to call for a list.
        std::thread::sleep(Duration::from_millis(800));
        assert_eq!(cameras.log(), Vec::<String>::new());

        let mut view = View::of(&camera, SMALL);
        view.picture();
        assert_eq!(cameras.log(), ["video0 open", "video0 stream"]);
        view.close();
        until("the device is closed", || cameras.log() == ["video0 open", "video0 stream", "video0 close"]);
    });
}

#[test]
fn a_camera_tells_its_formats_and_controls_open_or_not() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", &["YUYV 640x360@30 1280x720@10", "MJPG 1280x720@30 640x360@30"]);
        let camera = id("Cam");
        let offered = formats(&camera).unwrap();
        let format = |width, height, fps| CameraFormat { width, height, fps };
        assert_eq!(offered, [format(1280, 720, 30), format(1280, 720, 10), SMALL]);
        let there = controls(&camera).unwrap();
        let brightness = &there[0];
        assert_eq!((there.len(), brightness.name.as_str()), (1, "Brightness"));
        assert_eq!((brightness.min, brightness.max, brightness.default), (-64, 64, 0));

        let view = View::of(&camera, SMALL);
        view.picture();
        let open = view.camera.as_ref().unwrap();
        assert_eq!(open.formats(), offered);
        until("its controls are read", || open.controls() == there);
    });
}

#[test]
fn the_nearest_format_is_taken() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", &["YUYV 640x360@30 1280x720@10", "MJPG 1280x720@30 1280x720@60"]);
        let near = CameraFormat { width: 1300, height: 700, fps: 29 };
        let view = View::open(&id("Cam"), near);
        let expected = CameraFormat { width: 1280, height: 720, fps: 30 };
        assert_eq!(view.news(), studio_devices::camera::CameraNews::Opened(expected));
        assert_eq!(view.picture().planes().unwrap().width, 1280);
    });
}
