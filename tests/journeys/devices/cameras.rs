//! Cameras.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::Desk;
use crate::support::app::until;
use crate::support::python::Client;
use crate::support::recording::Recording;
use crate::support::show::LIMIT;

/// The bar at the left of the camera's pattern, and of nothing else here.
const GREY: u8 = 180;

/// Whether the camera's pattern is there at a moment.
fn shows(recording: &Recording, at: f64) -> bool {
    recording.colour(at, 0.02, 0.2)[0].abs_diff(GREY) < 12
}

/// It is there all the time, and never a slate.
fn shows_throughout(recording: &Recording, from: f64, to: f64) {
    let mut at = from;
    while at < to {
        assert!(shows(recording, at), "a slate at {at} s");
        at += 0.2;
    }
}

#[test]
fn a_camera_that_is_pulled_out_becomes_a_slate_and_comes_back_by_itself() {
    let desk = Desk::live(true);
    sleep(Duration::from_secs(2));
    let gone = desk.moment();
    desk.cameras.unplug(0);
    desk.show.notice("device_lost");
    sleep(Duration::from_secs(3));
    let back = desk.moment();
    desk.cameras.plug(0, "Webcam", &["YUYV 1280x720@30"]);
    desk.well_again();
    desk.show.flowing("host", "camera");
    let seen = desk.moment();
    sleep(Duration::from_secs(2));
    let (recording, _place) = desk.recorded();
    assert!(shows(&recording, gone - 0.5));
    assert!(!shows(&recording, back - 0.3), "a slate");
    assert!(shows(&recording, seen + 1.0), "it is back");
}

#[test]
fn a_camera_that_blocks_for_ever_holds_up_nobody() {
    let mut desk = Desk::live(true);
    desk.cameras.plug(0, "Webcam", &["YUYV 1280x720@30", "stall"]);
    desk.show.notice("device_lost");
    desk.show.here(json!({ "camera": { "on": false } }));
    desk.show.here(json!({ "choose_device": { "kind": "camera", "device": "test:bars" } }));
    desk.show.here(json!({ "camera": { "on": true } }));
    desk.show.flowing("host", "camera");
    let bars = desk.moment();
    sleep(Duration::from_secs(2));
    let (recording, _place) = desk.recorded();
    assert!(shows(&recording, bars + 1.0), "the bars have the same grey at their left");
}

#[test]
fn another_camera_takes_over_on_air_without_a_slate() {
    let mut desk = Desk::live(true);
    desk.cameras.plug(2, "Second", &["MJPEG 1280x720@30"]);
    desk.until("the second one is listed", |devices| super::of_system(&devices["camera"]) == 2);
    sleep(Duration::from_secs(1));
    let from = desk.moment();
    desk.choose("camera", "camera:name-Second");
    desk.until("it is used", |devices| devices["camera"]["used"] == "camera:name-Second");
    sleep(Duration::from_secs(2));
    desk.choose("camera", "camera:name-Webcam");
    sleep(Duration::from_secs(2));
    let to = desk.moment() - 0.5;
    let (recording, _place) = desk.recorded();
    shows_throughout(&recording, from, to);
}

// S-53
#[test]
fn the_right_to_a_camera_is_asked_for_by_opening_it_and_a_refusal_is_told_until_it_is_given() {
    let mut desk = Desk::open();
    desk.cameras.plug(1, "Private", &["denied"]);
    desk.until("it is listed", |devices| super::of_system(&devices["camera"]) == 2);
    desk.choose("camera", "camera:name-Private");
    desk.until("it is chosen", |devices| devices["camera"]["used"] == "camera:name-Private");
    sleep(Duration::from_secs(1));
    assert_eq!(desk.cameras.log(), Vec::<String>::new(), "to choose is not to ask");
    desk.show.here(json!({ "camera": { "on": true } }));
    let told = desk.show.notice("device_lost");
    let lost = &told["fault"]["device_lost"];
    assert_eq!((&lost["name"], &lost["why"]), (&json!("Private"), &json!("denied")), "{told}");
    let streams = |log: &[String]| log.iter().filter(|line| line.ends_with("stream")).count();
    assert_eq!(streams(&desk.cameras.log()), 0, "no other camera takes its place");
    desk.cameras.plug(1, "Private", &["YUYV 1280x720@30"]);
    desk.well_again();
    desk.show.flowing("host", "camera");
    assert!(
        desk.cameras.log().iter().all(|line| line.starts_with("video1")),
        "nobody asked for the other one"
    );
    desk.show.close();
}

// S-39
#[test]
fn the_camera_goes_off_and_on_again_on_its_live_track() {
    let mut desk = Desk::live(true);
    let mut pia = Client::join(&desk.show.guest("pia"), json!({}));
    desk.show.joined("pia");
    desk.show.on_stage("pia", true);
    let decoded = |pia: &mut Client| pia.frames()["host/camera"]["decoded"].as_u64().unwrap_or_default();
    until("the host is seen", LIMIT, || (decoded(&mut pia) > 0).then_some(()));
    desk.show.here(json!({ "camera": { "on": false } }));
    pia.wait("the camera is off", |event| (event["muted"]["muted"] == true).then_some(()));
    sleep(Duration::from_secs(1));
    let still = decoded(&mut pia);
    sleep(Duration::from_secs(1));
    assert_eq!(decoded(&mut pia), still, "not a picture comes of a camera that is off");
    desk.show.here(json!({ "camera": { "on": true } }));
    until("the host is seen again", LIMIT, || (decoded(&mut pia) > still + 10).then_some(()));
    let tracks = pia.seen().all().iter().filter(|event| event["track"]["from"] == "host").count();
    assert_eq!(pia.seen().all().iter().filter(|event| event["untrack"]["from"] == "host").count(), 0);
    assert!(tracks > 0);
    desk.show.close();
}

#[test]
fn a_camera_is_set_up_on_air_and_everybody_sees_it_so() {
    let mut desk = Desk::live(true);
    desk.cameras.plug(0, "Webcam", &["YUYV 1280x720@30 640x360@30"]);
    let camera = |desk: &Desk| desk.show.host.snapshot()["camera"].clone();
    until("what it offers is known", LIMIT, || {
        camera(&desk)["controls"].as_array().is_some_and(|all| !all.is_empty()).then_some(())
    });
    let (device, control) = (camera(&desk)["device"].clone(), camera(&desk)["controls"][0]["id"].clone());
    sleep(Duration::from_secs(2));
    let before = desk.moment();
    let setup = json!({
        "framing": { "mirror": true },
        "controls": { control.to_string(): 40 },
    });
    desk.show.here(json!({ "set_up_camera": { "device": device, "setup": setup } }));
    until("the driver has taken the value", LIMIT, || {
        (camera(&desk)["controls"][0]["value"] == 40).then_some(())
    });
    sleep(Duration::from_secs(1));
    let mirrored = desk.moment();
    sleep(Duration::from_secs(2));
    let (recording, _place) = desk.recorded();
    assert!(shows(&recording, before - 0.5));
    assert!(!shows(&recording, mirrored + 0.5), "the grey bar is at the right now");
    assert!(recording.colour(mirrored + 0.5, 0.98, 0.2)[0].abs_diff(GREY) < 12);
}

#[test]
fn a_camera_is_opened_in_another_format_on_air_and_no_slate_comes_between() {
    let mut desk = Desk::live(true);
    desk.cameras.plug(2, "Second", &["YUYV 1280x720@30 640x360@30"]);
    desk.until("the second one is listed", |devices| super::of_system(&devices["camera"]) == 2);
    desk.choose("camera", "camera:name-Second");
    until("its formats are known", LIMIT, || {
        let camera = &desk.show.host.snapshot()["camera"];
        let known = camera["formats"].as_array().is_some_and(|formats| formats.len() == 2);
        (camera["device"] == "camera:name-Second" && known).then_some(())
    });
    sleep(Duration::from_secs(1));
    let from = desk.moment();
    let opened = |desk: &Desk| desk.cameras.log().iter().filter(|line| *line == "video2 stream").count();
    let before = opened(&desk);
    let setup = json!({ "format": { "width": 640, "height": 360, "fps": 30 } });
    desk.show.here(json!({ "set_up_camera": { "device": "camera:name-Second", "setup": setup } }));
    until("it was opened anew", LIMIT, || (opened(&desk) > before).then_some(()));
    sleep(Duration::from_secs(2));
    let to = desk.moment() - 0.5;
    let (recording, _place) = desk.recorded();
    shows_throughout(&recording, from, to);
}
