//! Cameras that go away, and cameras that stand still.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use studio_devices::camera::{CameraNews, list, watch};
use studio_wire::device::{CameraFormat, DeviceTrouble};

use crate::support::{LONG, SMALL, View, code, id, until, with_cameras};

const PLAIN: &[&str] = &["YUYV 640x360@30"];
const STALLS: &[&str] = &["YUYV 640x360@30", "stall"];
const STALLED: CameraNews = CameraNews::Troubled(DeviceTrouble::Stalled);
const GONE: CameraNews = CameraNews::Ended(DeviceTrouble::Gone);

#[test]
fn a_camera_that_is_pulled_out_is_gone_at_once_and_the_same_one_when_it_is_back() {
    with_cameras(|cameras| {
        let (told, changes) = channel();
        cameras.plug(0, "Cam", PLAIN);
        let _watch = watch(move || told.send(()).unwrap()).unwrap();
        let camera = id("Cam");
        let view = View::of(&camera, SMALL);
        view.picture();

        let start = Instant::now();
        cameras.unplug(0);
        view.hear(GONE);
        let took = start.elapsed();
        assert!(took < Duration::from_millis(900), "told after {took:?}, not by the silence that follows");
        changes.recv_timeout(LONG).unwrap();
        assert_eq!(list(), []);

        // It comes back under another number, as cameras do.
        cameras.plug(3, "Cam", PLAIN);
        changes.recv_timeout(LONG).unwrap();
        assert_eq!(id("Cam"), camera);
        let again = View::of(&camera, SMALL);
        assert_eq!(code(&again.picture()).map(|code| code.number), Some(0), "its pictures begin anew");
        assert!(view.pictures.try_recv().is_err(), "the view of before shows nothing more");
    });
}

#[test]
fn a_camera_that_comes_and_goes_twice_a_second_is_opened_and_lost_each_time() {
    with_cameras(|cameras| {
        for round in 0..10 {
            cameras.plug(round % 2, "Cam", PLAIN);
            let view = View::of(&id("Cam"), SMALL);
            view.picture();
            cameras.unplug(round % 2);
            view.hear(GONE);
        }
    });
}

#[test]
fn a_stalled_camera_is_told_of_after_a_second_and_again_when_it_is_back() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", PLAIN);
        let view = View::of(&id("Cam"), SMALL);
        view.picture();
        cameras.plug(0, "Cam", STALLS);
        let start = Instant::now();
        view.hear(STALLED);
        let took = start.elapsed();
        assert!(took > Duration::from_millis(900) && took < Duration::from_secs(10), "{took:?}");

        cameras.plug(0, "Cam", PLAIN);
        view.hear(CameraNews::Flowing);
        view.picture();
    });
}

#[test]
fn a_camera_without_a_first_frame_is_a_stalled_one() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", STALLS);
        let view = View::of(&id("Cam"), SMALL);
        view.hear(STALLED);
    });
}

#[test]
fn a_camera_that_blocks_for_ever_is_dropped_at_once_and_shows_nothing_when_it_wakes() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", PLAIN);
        let mut view = View::of(&id("Cam"), SMALL);
        view.picture();
        cameras.plug(0, "Cam", STALLS);
        // The frame that was on its way when it stalled.
        std::thread::sleep(Duration::from_millis(300));
        let took = view.close();
        // 190 ms is what it waits; the rest is a busy machine's.
        assert!(took < Duration::from_millis(600), "{took:?}");
        view.pictures.try_iter().for_each(drop);
        assert!(!cameras.log().contains(&"video0 close".into()), "the driver still blocks");
        assert_eq!(View::refused(&id("Cam")), DeviceTrouble::Busy);

        cameras.plug(0, "Cam", PLAIN);
        until("its thread wakes and closes it", || cameras.log().contains(&"video0 close".into()));
        assert!(view.pictures.try_recv().is_err() && view.news.try_recv().is_err(), "nobody hears of that");
        View::of(&id("Cam"), SMALL).picture();
    });
}

#[test]
fn dropping_a_camera_that_works_closes_it() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", PLAIN);
        let mut view = View::of(&id("Cam"), SMALL);
        view.picture();
        view.close();
        assert_eq!(cameras.log().last().map(String::as_str), Some("video0 close"));
        view.pictures.try_iter().for_each(drop);
        assert!(view.pictures.recv().is_err() && view.news.recv().is_err(), "both of its functions are gone");
    });
}

#[test]
fn a_camera_with_one_frame_a_second_is_not_stalled() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", &["YUYV 640x360@1"]);
        let view = View::of(&id("Cam"), CameraFormat { fps: 1, ..SMALL });
        for number in 0..4 {
            assert_eq!(code(&view.picture()).map(|code| code.number), Some(number));
        }
        assert!(view.news.try_recv().is_err());
    });
}

#[test]
fn a_camera_that_slows_to_one_frame_a_second_still_shows_them_and_is_told_of_once() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", PLAIN);
        let view = View::of(&id("Cam"), SMALL);
        view.picture();
        cameras.plug(0, "Cam", &["YUYV 640x360@30", "stall"]);
        view.hear(STALLED);
        cameras.plug(0, "Cam", &["YUYV 640x360@30", "pace 1"]);
        view.pictures.try_iter().for_each(drop);
        for _ in 0..4 {
            view.picture();
        }
        let told: Vec<_> = view.news.try_iter().collect();
        assert!(told.is_empty(), "it is no better: {told:?}");
    });
}

#[test]
fn a_camera_that_ends_says_so() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", &["YUYV 640x360@30", "end 10"]);
        let view = View::of(&id("Cam"), SMALL);
        for number in 0..10 {
            assert_eq!(code(&view.picture()).map(|code| code.number), Some(number));
        }
        view.hear(CameraNews::Ended(DeviceTrouble::Broken));
    });
}

#[test]
fn a_camera_in_other_hands_and_one_that_is_not_allowed_cannot_be_opened() {
    with_cameras(|cameras| {
        cameras.plug(0, "Busy", &["YUYV 640x360@30 1280x720@30", "busy"]);
        cameras.plug(1, "Denied", &["denied"]);
        assert_eq!(View::refused(&id("Busy")), DeviceTrouble::Busy);
        assert_eq!(View::refused(&id("Denied")), DeviceTrouble::Denied);
        // Nothing of the attempt stays behind.
        cameras.plug(0, "Busy", PLAIN);
        View::of(&id("Busy"), SMALL).picture();
    });
}

#[test]
fn a_camera_without_a_format_that_we_read_is_told_as_that() {
    with_cameras(|cameras| {
        cameras.plug(0, "Cam", &["H264 640x360@30"]);
        assert_eq!(View::refused(&id("Cam")), DeviceTrouble::NoFormat);
    });
}
