use std::fs;
use std::process;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use studio_devices::screen::{Screen, ScreenWish, Screens, screens_at};
use studio_wire::device::{DeviceTrouble, ScreenSubject};

use super::desk::{Desk, GREEN, RED, Seen, eventually};

const WHOLE: ScreenWish = ScreenWish { subject: ScreenSubject::Whole, fps: 30, cursor: true };

/// What each call answers, when it is the same.
fn answer(screens: &dyn Screens) -> DeviceTrouble {
    let offers = screens.offers(None).unwrap_err();
    assert_eq!(screens.thumbnail(ScreenSubject::Whole, 32, 32).unwrap_err(), offers);
    assert_eq!(Seen::open(screens, WHOLE).err(), Some(offers));
    offers
}

#[test]
fn without_an_x_server_of_this_machine_every_call_says_so() {
    for (display, wayland) in [(None, None), (None, Some("wayland-0")), (Some(":0"), Some("wayland-0"))] {
        assert_eq!(answer(&*screens_at(display, wayland)), DeviceTrouble::Unsupported, "{display:?}");
    }
    assert_eq!(answer(&*screens_at(Some("far.invalid:0"), None)), DeviceTrouble::Unsupported);
    for nobody in [":9999", ":64999", "", "nonsense"] {
        assert_eq!(answer(&*screens_at(Some(nobody), None)), DeviceTrouble::NoServer, "{nobody:?}");
    }
}

#[test]
fn a_server_that_lacks_what_we_need_is_told_from_one_that_is_not_there() {
    for lacks in ["MIT-SHM", "Composite", "DAMAGE", "XFIXES", "RANDR"] {
        // Asked once: without some of these Xvfb 21.1 falls as soon as whoever asked it leaves.
        let desk = Desk::with("320x240x24", &["-extension", lacks]);
        assert_eq!(desk.screens().offers(None), Err(DeviceTrouble::Unsupported), "{lacks}");
    }
    let desk = Desk::with("320x240x16", &[]);
    assert_eq!(answer(&*desk.screens()), DeviceTrouble::NoFormat);
}

#[test]
fn a_server_that_is_killed_ends_every_screen_once() {
    let mut desk = Desk::new();
    let window = desk.window(GREEN, (50, 50, 120, 80));
    let seen = [
        desk.open_as(WHOLE),
        desk.open(ScreenSubject::Window(window)),
        desk.open_as(ScreenWish { fps: 1, ..WHOLE }),
    ];
    for seen in &seen {
        seen.wait(1);
    }
    desk.server.kill().unwrap();
    for seen in &seen {
        eventually("its thread has ended", || seen.over());
        assert_eq!(seen.ends(), [DeviceTrouble::NoServer]);
        assert!(seen.newest().is_some(), "its last picture stays good");
    }
}

#[test]
fn a_server_that_is_frozen_holds_nobody() {
    let desk = Desk::new();
    let mut dropped = desk.open_as(WHOLE);
    let waiting = desk.open_as(WHOLE);
    dropped.wait(1);
    waiting.wait(1);
    rig::freeze(desk.server.id());
    thread::sleep(Duration::from_millis(100));
    let start = Instant::now();
    dropped.open = None;
    eventually("the dropped one's thread has ended", || dropped.over());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    eventually("the other one gives up", || waiting.over());
    assert!(start.elapsed() > Duration::from_secs(3), "not before it waited");
    assert_eq!((dropped.ends(), waiting.ends()), (vec![], vec![DeviceTrouble::NoServer]));
    assert_eq!(desk.screens().offers(None), Err(DeviceTrouble::NoServer));
    rig::thaw(desk.server.id());
    assert!(desk.screens().offers(None).is_ok());
}

#[test]
fn a_dropped_screen_ends_though_its_next_picture_is_far_off() {
    let desk = Desk::new();
    let mut seen = desk.open_as(ScreenWish { fps: 1, ..WHOLE });
    seen.wait(1);
    let start = Instant::now();
    seen.open = None;
    eventually("its thread has ended", || seen.over());
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
    assert_eq!(seen.ends(), []);
}

#[test]
fn a_screen_may_be_dropped_by_its_own_function_and_under_a_lock_of_its_own() {
    let desk = Desk::new();
    let slot: Arc<Mutex<Option<Screen>>> = Arc::default();
    let (held, (done, ended)) = (slot.clone(), mpsc::channel());
    let mut lock = slot.lock().unwrap();
    let on_frame = Box::new(move |_, _| {
        let mut held = held.lock().unwrap();
        *held = None;
        let _ = done.send(());
    });
    *lock = Some(desk.screens().open(WHOLE, on_frame, Box::new(|_| {})).unwrap());
    drop(lock);
    ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(slot.lock().unwrap().is_none());
}

#[test]
fn a_function_that_panics_ends_its_own_screen_only() {
    let desk = Desk::new();
    let fine = desk.open_as(WHOLE);
    let (end, ended) = mpsc::channel();
    let on_end = Box::new(move |trouble| end.send(trouble).unwrap());
    let open = desk.screens().open(WHOLE, Box::new(|_, _| panic!("on purpose")), on_end).unwrap();
    assert_eq!(ended.recv_timeout(Duration::from_secs(20)), Ok(DeviceTrouble::Broken));
    drop(open);
    fine.wait(3);
    assert_eq!(fine.ends(), []);
}

#[test]
fn whoever_holds_every_picture_gets_the_last_one_again_and_new_ones_afterwards() {
    let desk = Desk::new();
    let window = desk.window(GREEN, (0, 0, 64, 64));
    let seen = desk.open(ScreenSubject::Window(window));
    let mut held = vec![seen.until("a picture", |_| true)];
    for n in 1..12 {
        desk.paint(window, 0x11_1111 * n);
        seen.wait(2);
        held.extend(seen.newest().filter(|shot| held.iter().all(|held| !held.0.is(&shot.0))));
    }
    assert!((2..=6).contains(&held.len()), "{} pictures, and never more than there are slots", held.len());
    held.clear();
    seen.until("the newest look, though nothing changes any more", |shot| shot.is_all(0xbb_bbbb));
    assert_eq!(seen.ends(), []);
}

#[test]
fn the_memory_shared_with_the_server_has_no_name_that_could_be_left_behind() {
    let desk = Desk::new();
    let seen = desk.open_as(WHOLE);
    seen.wait(1);
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    assert!(maps.contains("/memfd:screen"));
    let mine = process::id().to_string();
    let segments = fs::read_to_string("/proc/sysvipc/shm").unwrap();
    assert!(segments.lines().skip(1).all(|line| line.split_whitespace().nth(4) != Some(&mine)), "{segments}");
    drop(seen);
}

#[test]
fn what_was_made_in_the_server_ends_with_a_screen() {
    let desk = Desk::new();
    let window = desk.window(RED, (50, 50, 120, 80));
    let fds = || fs::read_dir("/proc/self/fd").unwrap().count();
    let before = fds();
    for _ in 0..20 {
        let mut seen = desk.open(ScreenSubject::Window(window));
        seen.wait(1);
        seen.open = None;
        eventually("its thread has ended", || seen.over());
    }
    // Other tests of this process open and close theirs meanwhile.
    eventually("no descriptor is left over", || fds() <= before + 10);
}
