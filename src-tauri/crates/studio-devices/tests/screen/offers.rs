use std::process;

use studio_wire::device::{DeviceTrouble, ScreenOffer, ScreenSubject};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, CreateWindowAux, Window};

use super::desk::{BLACK, BLUE, Desk, GREEN, HEIGHT, RED, WIDTH, eventually};

fn windows(desk: &Desk, without: Option<u32>) -> Vec<ScreenOffer> {
    let offers = desk.screens().offers(without).unwrap();
    offers.into_iter().filter(|offer| matches!(offer.subject, ScreenSubject::Window(_))).collect()
}

fn offer(window: Window, title: &str, app: &str, size: (u32, u32)) -> ScreenOffer {
    let (title, app) = (title.to_owned(), app.to_owned());
    ScreenOffer { subject: ScreenSubject::Window(window), title, app, width: size.0, height: size.1 }
}

#[test]
fn the_screen_its_monitor_and_the_windows_that_are_seen_are_offered() {
    let desk = Desk::new();
    let red = desk.window(RED, (10, 10, 101, 81));
    desk.name(red, "Old title", "one\0Editor\0");
    desk.set_text(red, desk.atom("_NET_WM_NAME"), desk.atom("UTF8_STRING"), "Пьеса — Editor");
    let green = desk.window(GREEN, (200, 10, 90, 70));
    desk.name(green, "xclock", "xclock\0XClock\0");
    desk.hidden(BLUE, (0, 0, 50, 50), &CreateWindowAux::new());
    desk.map(desk.hidden(BLUE, (0, 0, 50, 50), &CreateWindowAux::new().override_redirect(1)));

    let offers = desk.screens().offers(None).unwrap();
    let whole = ScreenOffer { width: WIDTH, height: HEIGHT, ..ScreenOffer::default() };
    assert_eq!(offers[0], whole);
    let monitor = &offers[1];
    assert_eq!((monitor.subject, monitor.title.is_empty()), (ScreenSubject::Monitor(0), false));
    assert_eq!((monitor.width, monitor.height), (WIDTH, HEIGHT));
    let seen =
        [offer(red, "Пьеса — Editor", "Editor", (101, 81)), offer(green, "xclock", "XClock", (90, 70))];
    assert_eq!(offers[2..], seen);
}

#[test]
fn our_own_windows_are_left_out() {
    let desk = Desk::new();
    let ours = desk.window(RED, (10, 10, 100, 80));
    desk.set_number(ours, "_NET_WM_PID", AtomEnum::CARDINAL, process::id());
    let theirs = desk.window(GREEN, (200, 10, 90, 70));
    desk.set_number(theirs, "_NET_WM_PID", AtomEnum::CARDINAL, 1);
    let nobodys = desk.window(BLUE, (300, 10, 90, 70));
    let subjects =
        |without| -> Vec<_> { windows(&desk, without).into_iter().map(|offer| offer.subject).collect() };
    assert_eq!(subjects(None), [ours, theirs, nobodys].map(ScreenSubject::Window));
    assert_eq!(subjects(Some(process::id())), [theirs, nobodys].map(ScreenSubject::Window));
}

#[test]
fn with_a_window_manager_its_list_counts_and_panels_are_left_out() {
    let mut desk = Desk::managed();
    let play = desk.hidden(RED, (10, 10, 160, 120), &CreateWindowAux::new());
    desk.name(play, "Play", "play\0Play\0");
    desk.map(play);
    let panel = desk.hidden(BLACK, (0, 460, 640, 20), &CreateWindowAux::new());
    let dock = desk.atom("_NET_WM_WINDOW_TYPE_DOCK");
    desk.set_number(panel, "_NET_WM_WINDOW_TYPE", AtomEnum::ATOM, dock);
    desk.map(panel);
    eventually("both are in the list", || desk.property(desk.root, "_NET_CLIENT_LIST").len() == 2);
    let root = desk.conn.query_tree(desk.root).unwrap().reply().unwrap();
    assert!(!root.children.contains(&play), "the window lies in a frame of the window manager's");
    assert_eq!(windows(&desk, None), [offer(play, "Play", "Play", (160, 120))]);

    // A list that nobody keeps any more is not believed.
    desk.unmanage();
    let late = desk.window(GREEN, (300, 200, 50, 40));
    eventually("the window manager's frame is gone", || {
        desk.conn.query_tree(desk.root).unwrap().reply().unwrap().children.contains(&play)
    });
    assert!(windows(&desk, None).contains(&offer(late, "", "", (50, 40))));
}

#[test]
fn a_thumbnail_is_small_and_has_the_colours_of_its_subject() {
    let desk = Desk::new();
    let below = desk.window(GREEN, (100, 100, 200, 100));
    desk.window(RED, (100, 100, 200, 100));
    let screens = desk.screens();
    let all = |rgba: &[u8], colour: [u8; 4]| rgba.chunks_exact(4).all(|pixel| pixel == colour);

    let window = screens.thumbnail(ScreenSubject::Window(below), 50, 50).unwrap();
    assert_eq!((window.width, window.height), (50, 25));
    assert!(window.rgba.len() == 50 * 25 * 4 && all(&window.rgba, [0, 255, 0, 255]));

    let whole = screens.thumbnail(ScreenSubject::Whole, 64, 64).unwrap();
    assert_eq!((whole.width, whole.height), (64, 48));
    let pixel = |x: usize, y: usize| &whole.rgba[4 * (64 * y + x)..][..4];
    assert_eq!((pixel(20, 15), pixel(2, 2)), (&[255, 0, 0, 255][..], &[0, 0, 0, 255][..]));

    let part = screens.thumbnail(ScreenSubject::Region { x: 110, y: 110, width: 20, height: 10 }, 640, 480);
    let part = part.unwrap();
    assert_eq!((part.width, part.height), (20, 10), "nothing is enlarged");
    assert!(all(&part.rgba, [255, 0, 0, 255]));

    let hidden = desk.hidden(BLUE, (0, 0, 50, 50), &CreateWindowAux::new());
    assert_eq!(screens.thumbnail(ScreenSubject::Window(hidden), 50, 50), Err(DeviceTrouble::Stalled));
    assert_eq!(screens.thumbnail(ScreenSubject::Window(1), 50, 50), Err(DeviceTrouble::Gone));
}
