//! Screens from the window server into the program, as the core orders them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use studio_devices::Devices;
use studio_devices::screen::{pictures, screens_at};
use studio_media::{Config, Media};
use studio_wire::device::{
    DeviceOrder, DeviceReport, DeviceState, DeviceTrouble, DeviceWant, ScreenSubject, ScreenWant,
};
use studio_wire::ids::{Epoch, ProgramId, SourceId};
use studio_wire::layout::Rect;
use studio_wire::media::{Drawing, Feed, MediaOrder, Tile, Wiring};
use studio_wire::time::ShowTime;
use studio_wire::view::ProgramFormat;

use super::desk::{BLUE, Desk, RED, eventually};

const FORMAT: ProgramFormat = ProgramFormat { width: 640, height: 360, fps: 30 };
const SIZE: (u32, u32) = (FORMAT.width, FORMAT.height);

/// A program with the first two shared screens beside each other, and the devices that feed it.
struct Air {
    devices: Devices,
    media: Media,
    reports: Arc<Mutex<Vec<DeviceReport>>>,
}

impl Air {
    fn open(display: Option<&str>, wayland: Option<&str>) -> Self {
        let nowhere = PathBuf::from("/nonexistent");
        let config = Config {
            ffmpeg: Err(Vec::new()),
            videos: nowhere.clone(),
            fallback: nowhere,
            burn_ticks: false,
            record_as: None,
        };
        let media = Media::start(config, |_| ());
        let reports = Arc::new(Mutex::new(Vec::new()));
        let heard = reports.clone();
        let devices = Devices::start(media.devices(), screens_at(display, wayland), move |report| {
            heard.lock().unwrap().push(report);
        });
        media.order(MediaOrder::Open { epoch: Epoch(1), format: FORMAT });
        let wiring = |place: u16| Wiring {
            source: SourceId(place.into()),
            feed: Feed::Screen(place),
            on: true,
            cell: None,
            sound: None,
        };
        media.order(MediaOrder::Sources([0, 1].map(wiring).into()));
        let tile = |n: u8| Tile {
            source: Some(SourceId(n.into())),
            place: Rect { x: f32::from(n) / 2.0, y: 0.0, w: 0.5, h: 1.0 },
            whole: true,
        };
        let scene = Drawing { tiles: [0, 1].map(tile).into(), ..Drawing::default() };
        media.order(MediaOrder::Scene { program: ProgramId(0), scene });
        Self { devices, media, reports }
    }

    fn want(&self, screens: &[ScreenWant]) {
        let screens = screens.to_vec();
        self.devices.order(DeviceOrder::Want(DeviceWant { screens, ..DeviceWant::default() }));
    }

    /// What was told of shared screens so far.
    fn told(&self) -> Vec<(u32, DeviceState)> {
        let told = |report: &DeviceReport| match report {
            DeviceReport::Shared { share, state } => Some((*share, *state)),
            _ => None,
        };
        self.reports.lock().unwrap().iter().filter_map(told).collect()
    }

    /// Luma in the middle of a half of the program.
    fn shows(&self, half: usize) -> Option<u8> {
        let shot = self.media.preview().program(ShowTime(0), SIZE, Duration::ZERO)?;
        Some(shot.planes().y[180 * 640 + 160 + 320 * half])
    }

    fn until(&self, what: &str, half: usize, colour: u32) {
        eventually(what, || self.shows(half).is_some_and(|luma| luma.abs_diff(luma_of(colour)) <= 2));
    }
}

/// BT.709 limited.
fn luma_of(colour: u32) -> u8 {
    match colour {
        RED => 63,
        BLUE => 32,
        _ => panic!("a colour that no test asks for"),
    }
}

fn want(share: u32, place: u16, subject: ScreenSubject) -> ScreenWant {
    ScreenWant { share, place, subject, cursor: false }
}

// S-40
#[test]
fn what_is_wanted_is_in_the_program_and_what_is_not_is_a_slate() {
    let desk = Desk::new();
    let (red, blue) = (desk.window(RED, (0, 0, 200, 200)), desk.window(BLUE, (300, 0, 200, 200)));
    let air = Air::open(Some(&desk.display), None);
    let (first, second) = (want(1, 0, ScreenSubject::Window(red)), want(2, 1, ScreenSubject::Window(blue)));
    air.want(&[first]);
    air.until("the red window", 0, RED);
    let slate = air.shows(1).unwrap();
    assert!(slate.abs_diff(luma_of(BLUE)) > 2);
    air.want(&[first, second]);
    air.until("the blue one beside it", 1, BLUE);
    assert!(air.shows(0).unwrap().abs_diff(luma_of(RED)) <= 2, "the first one went on");
    air.want(&[second]);
    eventually("a slate", || air.shows(0).unwrap().abs_diff(luma_of(RED)) > 2);
    air.want(&[want(3, 0, ScreenSubject::Window(blue)), second]);
    air.until("another one in its place", 0, BLUE);
    assert_eq!(air.told(), [1, 2, 3].map(|share| (share, DeviceState::Open)));
}

#[test]
fn the_last_picture_of_a_closed_window_stands_for_a_second_and_it_is_never_opened_again() {
    let desk = Desk::new();
    let window = desk.window(RED, (0, 0, 200, 200));
    let air = Air::open(Some(&desk.display), None);
    let wanted = want(1, 0, ScreenSubject::Window(window));
    air.want(&[wanted]);
    air.until("the red window", 0, RED);
    let closed = std::time::Instant::now();
    x11rb::protocol::xproto::ConnectionExt::destroy_window(&desk.conn, window).unwrap().check().unwrap();
    while closed.elapsed() < Duration::from_millis(700) {
        assert!(air.shows(0).unwrap().abs_diff(luma_of(RED)) <= 2, "gone after {:?}", closed.elapsed());
        std::thread::sleep(Duration::from_millis(20));
    }
    let lost = [(1, DeviceState::Open), (1, DeviceState::Lost(DeviceTrouble::Gone))];
    eventually("its end is told", || air.told() == lost);
    assert!(closed.elapsed() >= Duration::from_millis(900), "{:?}", closed.elapsed());
    eventually("a slate", || air.shows(0).unwrap().abs_diff(luma_of(RED)) > 2);
    // The core may say what it wants before it has heard.
    air.want(&[wanted, want(2, 1, ScreenSubject::Whole)]);
    eventually("the other one is open", || air.told().len() == 3);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(air.told()[2], (2, DeviceState::Open), "and nothing more was told of the first");
}

#[test]
fn where_screens_cannot_be_read_the_port_says_so_at_once() {
    let (air, desk) = (Air::open(Some(":0"), Some("wayland-0")), Desk::new());
    air.want(&[want(1, 0, ScreenSubject::Whole)]);
    let unsupported = (1, DeviceState::Lost(DeviceTrouble::Unsupported));
    eventually("it is told", || air.told() == [unsupported]);
    assert_eq!(pictures(&*screens_at(None, None), None), Err(DeviceTrouble::Unsupported));
    let air = Air::open(Some(&desk.display), None);
    air.want(&[want(1, 0, ScreenSubject::Window(0x7fff_fff0))]);
    eventually("it is not there", || air.told() == [(1, DeviceState::Lost(DeviceTrouble::Gone))]);
}

// S-18
#[test]
fn a_picker_has_a_small_picture_of_everything_that_can_be_shared() {
    let desk = Desk::managed();
    let window = desk.window(RED, (0, 0, 300, 200));
    desk.name(window, "Slides", "impress");
    let mut seen = Vec::new();
    eventually("the window is offered", || {
        seen = pictures(&*desk.screens(), None).unwrap();
        seen.iter().any(|one| one.offer.title == "Slides")
    });
    assert!(seen.iter().any(|one| one.offer.subject == ScreenSubject::Whole));
    // A JPEG file begins with these bytes.
    assert!(seen.iter().all(|one| one.jpeg.starts_with("/9j/") && one.jpeg.len() < 60_000));
}
