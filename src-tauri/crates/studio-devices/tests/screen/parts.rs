use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use studio_devices::screen::ScreenWish;
use studio_wire::device::{DeviceTrouble, ScreenSubject};
use x11rb::protocol::randr::{self, MonitorInfo};
use x11rb::protocol::xproto::ConnectionExt;

use super::desk::{BLACK, BLUE, Desk, GREEN, HEIGHT, RED, WHITE, WIDTH, eventually};

#[test]
fn the_whole_screen_has_each_window_in_its_place_and_colour() {
    let desk = Desk::new();
    for (n, colour) in (0..).zip([RED, GREEN, BLUE, WHITE]) {
        desk.window(colour, (100 * n, 50, 100, 60));
    }
    let seen = desk.open(ScreenSubject::Whole);
    let shot = seen.until("four colours", |shot| shot.is(350, 80, WHITE));
    assert_eq!(shot.size(), (WIDTH, HEIGHT));
    for (n, colour) in (0..).zip([RED, GREEN, BLUE, WHITE]) {
        for (x, y) in [(0, 50), (99, 50), (50, 80), (0, 109), (99, 109)] {
            assert!(shot.is(100 * n + x, y, colour), "{colour:06x} at {x}, {y}");
        }
        assert_eq!(shot.count(colour), 6_000, "{colour:06x}");
    }
    assert_eq!(shot.count(BLACK), (WIDTH * HEIGHT) as usize - 4 * 6_000);
}

#[test]
fn a_region_is_cut_to_the_screen_and_shows_nothing_beyond_itself() {
    let desk = Desk::new();
    desk.window(RED, (101, 51, 33, 21));
    let region = |x, y, width, height| ScreenSubject::Region { x, y, width, height };
    let seen = desk.open(region(101, 51, 33, 21));
    let shot = seen.until("a picture", |_| true);
    assert_eq!(shot.size(), (32, 20), "an odd edge loses its last line");
    assert!(shot.is_all(RED));

    let corner = desk.open(region(600, -40, 100, 100)).until("a picture", |_| true);
    assert_eq!(corner.size(), (40, 60));

    let screens = desk.screens();
    for beside in [region(640, 0, 10, 10), region(0, 0, 1, 10), region(-5, -5, 5, 5)] {
        assert_eq!(screens.thumbnail(beside, 10, 10), Err(DeviceTrouble::Gone), "{beside:?}");
    }
}

#[test]
fn a_change_beside_a_region_costs_no_picture() {
    let desk = Desk::new();
    let beside = desk.window(RED, (400, 300, 100, 100));
    let seen = desk.open(ScreenSubject::Region { x: 0, y: 0, width: 200, height: 200 });
    seen.wait(1);
    let (start, pictures) = (Instant::now(), seen.pictures());
    for n in 0..30 {
        desk.paint(beside, 0x01_0101 * n);
        seen.wait(1);
    }
    // One picture a second is taken anyway.
    let refreshed = start.elapsed().as_secs() + 2;
    assert!(seen.pictures() - pictures <= refreshed, "{} pictures", seen.pictures() - pictures);
    desk.window(GREEN, (10, 10, 20, 20));
    seen.until("a change within the region", |shot| shot.is(15, 15, GREEN));
}

#[test]
fn a_change_is_seen_at_the_next_look_and_does_not_wait_for_the_picture_of_each_second() {
    const CHANGES: u32 = 10;
    let desk = Desk::new();
    desk.pointer(400, 300);
    let window = desk.window(BLACK, (0, 0, 100, 100));
    let seen = desk.open_as(ScreenWish { subject: ScreenSubject::Whole, fps: 30, cursor: true });
    seen.wait(1);
    // Ten changes by a picture a second would take ten seconds.
    let start = Instant::now();
    for n in 1..=CHANGES {
        desk.paint(window, 0x01_1000 * n);
        seen.until("what was drawn", |shot| shot.is(50, 50, 0x01_1000 * n));
    }
    assert!(start.elapsed() < Duration::from_secs(8), "drawn: {:?}", start.elapsed());
    let start = Instant::now();
    for n in 1..=CHANGES {
        desk.point(400 + 10 * n as i16, 300);
        seen.until("the pointer", |shot| shot.is(404 + 10 * n, 304, RED));
    }
    assert!(start.elapsed() < Duration::from_secs(8), "the pointer: {:?}", start.elapsed());
}

#[test]
fn an_unchanged_screen_repeats_its_picture_at_the_pace_asked_for() {
    let desk = Desk::new();
    let seen = desk.open_as(ScreenWish { subject: ScreenSubject::Whole, fps: 20, cursor: true });
    seen.wait(1);
    let start = Instant::now();
    let (frames, pictures) = (seen.frames(), seen.pictures());
    thread::sleep(Duration::from_millis(1_500));
    let (frames, pictures) = (seen.frames() - frames, seen.pictures() - pictures);
    let passed = start.elapsed().as_secs_f64();
    let due = 20.0 * passed;
    assert!(frames as f64 <= due + 2.0, "{frames} frames in {passed} s: none is made up for");
    assert!(frames >= 10, "{frames} frames in {passed} s");
    assert!(
        pictures as f64 <= passed + 1.0,
        "{pictures} pictures of a screen that stood still for {passed} s"
    );
}

#[test]
fn the_pointer_is_drawn_where_it_is_when_asked_for_and_only_then() {
    let desk = Desk::new();
    desk.pointer(100, 60);
    let with = desk.open_as(ScreenWish { subject: ScreenSubject::Whole, fps: 30, cursor: true });
    let without = desk.open(ScreenSubject::Whole);
    let shot = with.until("the pointer", |shot| shot.is(104, 64, RED));
    assert_eq!(shot.count(RED), 64);
    desk.point(301, 201);
    let shot = with.until("the pointer elsewhere", |shot| shot.is(304, 204, RED));
    assert!(shot.is(104, 64, BLACK), "nothing of it stays where it was");
    desk.point(639, 479);
    with.until("the pointer in the corner", |shot| shot.count(RED) <= 4 && !shot.is(304, 204, RED));
    without.wait(2);
    assert!(without.newest().unwrap().is_all(BLACK));
}

#[test]
fn the_pointer_has_its_place_within_a_region_too() {
    let desk = Desk::new();
    desk.pointer(100, 60);
    let subject = ScreenSubject::Region { x: 90, y: 50, width: 40, height: 40 };
    let seen = desk.open_as(ScreenWish { subject, fps: 30, cursor: true });
    seen.until("the pointer", |shot| shot.is(10, 10, RED) && shot.is(17, 17, RED) && shot.is(8, 8, BLACK));
    desk.point(400, 400);
    seen.until("the pointer is elsewhere", |shot| shot.is_all(BLACK));
}

#[test]
fn ticks_that_were_missed_are_left_out() {
    const HELD: Duration = Duration::from_millis(1_500);
    let desk = Desk::new();
    let (say, said) = mpsc::channel();
    let mut first = true;
    let on_frame = Box::new(move |_, _| {
        if std::mem::take(&mut first) {
            thread::sleep(HELD);
        }
        let _ = say.send(());
    });
    let wish = ScreenWish { subject: ScreenSubject::Whole, fps: 20, cursor: false };
    let start = Instant::now();
    let open = desk.screens().open(wish, on_frame, Box::new(|_| {})).unwrap();
    thread::sleep(2 * HELD);
    drop(open);
    let free = start.elapsed() - HELD;
    let frames = said.iter().count();
    assert!(frames as f64 <= 20.0 * free.as_secs_f64() + 2.0, "{frames} frames in {free:?}");
    assert!(frames >= 10, "{frames} frames in {free:?}");
}

/// Makes a monitor of a part of the screen.
fn monitor(desk: &Desk, name: &str, x: i16, width: u16) -> u32 {
    let name = desk.atom(name);
    let info = MonitorInfo { name, x, width, height: 200, ..MonitorInfo::default() };
    randr::set_monitor(&desk.conn, desk.root, info).unwrap().check().unwrap();
    name
}

#[test]
fn a_monitor_stays_itself_when_another_one_goes() {
    let desk = Desk::new();
    let left = monitor(&desk, "left", 0, 200);
    let right = monitor(&desk, "right", 300, 100);
    desk.window(RED, (0, 0, 200, 200));
    desk.window(GREEN, (300, 0, 100, 200));
    let offers = desk.screens().offers(None).unwrap();
    let of = |title: &str| offers.iter().find(|offer| offer.title == title).unwrap();
    assert_eq!((of("right").width, of("right").height), (100, 200));
    let (seen, other) = (desk.open(of("right").subject), desk.open(of("left").subject));
    assert!(seen.until("a picture", |_| true).is_all(GREEN));
    assert!(other.until("a picture", |_| true).is_all(RED));

    randr::delete_monitor(&desk.conn, desk.root, left).unwrap().check().unwrap();
    eventually("the one that went has ended", || other.ends() == [DeviceTrouble::Gone]);
    desk.window(BLUE, (300, 0, 100, 200));
    assert!(seen.until("blue", |shot| shot.is(50, 50, BLUE)).is_all(BLUE));
    assert_eq!(seen.ends(), []);

    randr::delete_monitor(&desk.conn, desk.root, right).unwrap().check().unwrap();
    eventually("both have ended", || seen.ends() == [DeviceTrouble::Gone]);
    let screens = desk.screens();
    assert_eq!(screens.thumbnail(ScreenSubject::Monitor(7), 10, 10), Err(DeviceTrouble::Gone));
}

#[test]
fn a_screen_that_changes_its_size_gives_pictures_of_the_new_size() {
    let desk = Desk::new();
    let whole = desk.open(ScreenSubject::Whole);
    let region = desk.open(ScreenSubject::Region { x: 300, y: 200, width: 400, height: 400 });
    whole.until("the first size", |shot| shot.size() == (WIDTH, HEIGHT));
    let crtc = randr::get_screen_resources(&desk.conn, desk.root).unwrap().reply().unwrap().crtcs[0];
    let off = randr::set_crtc_config(&desk.conn, crtc, 0, 0, 0, 0, 0, randr::Rotation::ROTATE0, &[]);
    off.unwrap().reply().unwrap();
    randr::set_screen_size(&desk.conn, desk.root, 500, 400, 132, 105).unwrap().check().unwrap();
    let root = desk.conn.get_geometry(desk.root).unwrap().reply().unwrap();
    assert_eq!((root.width, root.height), (500, 400));
    whole.until("the second size", |shot| shot.size() == (500, 400));
    region.until("what is left of the region", |shot| shot.size() == (200, 200));
    assert!(whole.ends().is_empty() && region.ends().is_empty());
}
