use studio_devices::screen::ScreenWish;
use studio_media::clock::now;
use studio_wire::device::{DeviceTrouble, ScreenSubject};
use studio_wire::time::ShowTime;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, CreateGCAux,
    CreateWindowAux, EventMask, MapState, Rectangle, Window,
};

use super::desk::{BLUE, Desk, GREEN, RED, WHITE, eventually};

fn resize(desk: &Desk, window: Window, width: u32, height: u32) {
    let size = ConfigureWindowAux::new().width(width).height(height);
    desk.conn.configure_window(window, &size).unwrap().check().unwrap();
}

#[test]
fn a_covered_window_gives_its_own_pixels() {
    let desk = Desk::new();
    let below = desk.window(GREEN, (100, 100, 120, 80));
    let seen = desk.open(ScreenSubject::Window(below));
    let shot = seen.until("a picture", |_| true);
    assert_eq!(shot.size(), (120, 80));
    assert!(shot.is_all(GREEN));

    desk.window(RED, (50, 50, 300, 300));
    seen.wait(3);
    assert!(seen.newest().unwrap().is_all(GREEN), "covered while it is shown");
    desk.paint(below, BLUE);
    assert!(seen.until("what it draws while covered", |shot| shot.is(60, 40, BLUE)).is_all(BLUE));

    let late = desk.open(ScreenSubject::Window(below));
    assert!(late.until("a picture", |_| true).is_all(BLUE), "covered before it is shown");
    let screen = desk.open(ScreenSubject::Whole).until("a picture", |_| true);
    assert_eq!((screen.count(RED), screen.count(BLUE)), (300 * 300, 0), "the screen itself looks as before");
}

/// Fills a window as its program would, with no background behind it.
fn fill(desk: &Desk, window: Window, colour: u32) {
    let gc = desk.conn.generate_id().unwrap();
    let whole = Rectangle { x: 0, y: 0, width: 120, height: 80 };
    desk.conn.create_gc(gc, window, &CreateGCAux::new().foreground(colour)).unwrap();
    desk.conn.poly_fill_rectangle(window, gc, &[whole]).unwrap().check().unwrap();
    desk.conn.free_gc(gc).unwrap();
}

#[test]
fn what_covers_a_window_is_not_seen_in_it_even_before_its_program_draws_again() {
    let desk = Desk::new();
    let bare =
        ChangeWindowAttributesAux::new().background_pixmap(x11rb::NONE).event_mask(EventMask::EXPOSURE);
    let below = desk.window(GREEN, (100, 100, 120, 80));
    let within = desk.window(GREEN, (400, 100, 60, 40));
    desk.conn.reparent_window(within, below, 20, 20).unwrap().check().unwrap();
    for window in [below, within] {
        desk.conn.change_window_attributes(window, &bare).unwrap().check().unwrap();
    }
    // One that draws itself: it has a background.
    let ground = desk.window(BLUE, (500, 100, 20, 10));
    desk.conn.reparent_window(ground, below, 90, 10).unwrap().check().unwrap();
    desk.window(RED, (150, 50, 300, 300));
    while desk.conn.poll_for_event().unwrap().is_some() {}
    let screens = desk.screens();
    let thumbnail = screens.thumbnail(ScreenSubject::Window(below), 120, 80).unwrap();
    assert!(!thumbnail.rgba.chunks_exact(4).any(|pixel| pixel == [255, 0, 0, 255]));

    while desk.conn.poll_for_event().unwrap().is_some() {}
    let seen = desk.open(ScreenSubject::Window(below));
    let shot = seen.until("a picture", |_| true);
    let covered = 70 * 80;
    assert_eq!((shot.count(RED), shot.count(GREEN)), (0, 120 * 80 - covered));
    assert_eq!(shot.count(BLUE), 20 * 10);
    let mut asked = vec![below, within];
    eventually("both are told to draw", || {
        while let Some(event) = desk.conn.poll_for_event().unwrap() {
            asked.retain(|window| !matches!(&event, Event::Expose(event) if event.window == *window));
        }
        asked.is_empty()
    });
    fill(&desk, below, GREEN);
    fill(&desk, within, GREEN);
    seen.until("what its program drew", |shot| shot.count(GREEN) == 120 * 80 - 20 * 10);
}

#[test]
fn a_window_over_the_edge_of_the_screen_is_whole() {
    let desk = Desk::new();
    let window = desk.window(GREEN, (-50, 440, 120, 80));
    let shot = desk.open(ScreenSubject::Window(window)).until("a picture", |_| true);
    assert_eq!(shot.size(), (120, 80));
    assert!(shot.is_all(GREEN));
}

#[test]
fn the_border_of_a_window_is_not_shown() {
    let desk = Desk::new();
    let look = CreateWindowAux::new().border_pixel(RED);
    let window = desk.hidden(GREEN, (50, 50, 120, 80), &look);
    desk.conn.configure_window(window, &ConfigureWindowAux::new().border_width(7)).unwrap().check().unwrap();
    desk.map(window);
    let shot = desk.open(ScreenSubject::Window(window)).until("a picture", |_| true);
    assert_eq!(shot.size(), (120, 80));
    assert!(shot.is_all(GREEN));
}

#[test]
fn a_window_in_a_window_managers_frame_is_shown_without_it() {
    let desk = Desk::managed();
    let window = desk.window(GREEN, (50, 50, 160, 120));
    let seen = desk.open(ScreenSubject::Window(window));
    let shot = seen.until("a picture", |_| true);
    assert_eq!(shot.size(), (160, 120));
    assert!(shot.is_all(GREEN));
    desk.window(RED, (0, 0, 600, 400));
    desk.paint(window, BLUE);
    assert!(seen.until("a change", |shot| shot.is(80, 60, BLUE)).is_all(BLUE));
}

#[test]
fn a_window_that_is_resized_gives_pictures_of_its_new_size() {
    let desk = Desk::new();
    let window = desk.window(GREEN, (50, 50, 120, 80));
    let seen = desk.open(ScreenSubject::Window(window));
    assert_eq!(seen.until("a picture", |_| true).size(), (120, 80));
    // Larger than any memory made so far, smaller, and with odd edges.
    for (width, height) in [(401, 301), (31, 21), (600, 400)] {
        resize(&desk, window, width, height);
        let even = (width & !1, height & !1);
        let shot =
            seen.until("the new size", |shot| shot.size() == even && shot.is(even.0 - 1, even.1 - 1, GREEN));
        assert!(shot.is_all(GREEN), "{width} × {height}");
    }
    resize(&desk, window, 1, 1);
    seen.wait(2);
    assert_eq!(seen.newest().unwrap().size(), (600, 400), "nothing to be seen: the last picture stands");
    resize(&desk, window, 64, 64);
    seen.until("it is seen again", |shot| shot.size() == (64, 64));
    assert_eq!(seen.ends(), []);
}

#[test]
fn a_window_that_is_pulled_about_wildly_gives_whole_pictures_throughout() {
    let desk = Desk::new();
    let window = desk.window(GREEN, (0, 0, 120, 80));
    let seen = desk.open_as(ScreenWish { subject: ScreenSubject::Window(window), fps: 120, cursor: true });
    seen.wait(1);
    for step in 1..200 {
        resize(&desk, window, 40 + step * 37 % 500, 40 + step * 53 % 400);
        if step % 20 == 0 {
            seen.wait(1);
            assert!(seen.newest().unwrap().size().0 >= 40);
        }
    }
    resize(&desk, window, 222, 111);
    assert!(seen.until("the last size", |shot| shot.size() == (222, 110)).is_all(GREEN));
}

#[test]
fn a_minimised_window_keeps_its_last_picture_and_comes_back() {
    let desk = Desk::new();
    let window = desk.window(GREEN, (50, 50, 120, 80));
    let seen = desk.open(ScreenSubject::Window(window));
    seen.until("a picture", |shot| shot.is_all(GREEN));
    desk.conn.unmap_window(window).unwrap().check().unwrap();
    // Longer than a second: the picture that is taken anyway has to come to nothing too.
    seen.wait(40);
    assert!(seen.newest().unwrap().is_all(GREEN));
    desk.paint(window, WHITE);
    desk.map(window);
    seen.until("it is back", |shot| shot.is_all(WHITE));
    assert_eq!(seen.ends(), []);
}

#[test]
fn a_window_that_its_window_manager_minimises_keeps_its_last_picture_too() {
    const ICONIC: u32 = 3;
    let desk = Desk::managed();
    let window = desk.window(GREEN, (50, 50, 160, 120));
    let seen = desk.open(ScreenSubject::Window(window));
    seen.until("a picture", |shot| shot.is_all(GREEN));
    let wish = ClientMessageEvent::new(32, window, desk.atom("WM_CHANGE_STATE"), [ICONIC, 0, 0, 0, 0]);
    let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
    desk.conn.send_event(false, desk.root, to, wish).unwrap().check().unwrap();
    eventually("it is minimised", || {
        let attributes = desk.conn.get_window_attributes(window).unwrap().reply().unwrap();
        attributes.map_state != MapState::VIEWABLE
    });
    seen.wait(5);
    assert!(seen.newest().unwrap().is_all(GREEN));
    desk.map(window);
    desk.paint(window, BLUE);
    seen.until("it is back", |shot| shot.is_all(BLUE));
    assert_eq!(seen.ends(), []);
}

#[test]
fn a_window_that_comes_back_or_grows_has_time_to_draw_before_it_is_seen() {
    const SETTLE: ShowTime = ShowTime::from_ms(60);
    let desk = Desk::new();
    let window = desk.window(GREEN, (50, 50, 120, 80));
    let wish = ScreenWish { subject: ScreenSubject::Window(window), fps: 120, cursor: false };
    let seen = desk.open_as(wish);
    seen.until("a picture", |shot| shot.is_all(GREEN));
    desk.conn.unmap_window(window).unwrap().check().unwrap();
    desk.paint(window, BLUE);
    let start = now();
    desk.map(window);
    seen.until("it is back", |shot| shot.is_all(BLUE));
    assert!(now().since(start) >= SETTLE, "back after {} ms", now().since(start).ms());
    let start = now();
    resize(&desk, window, 200, 80);
    seen.until("it has grown", |shot| shot.size().0 == 200);
    assert!(now().since(start) >= SETTLE, "grown after {} ms", now().since(start).ms());
}

#[test]
fn a_window_that_is_not_shown_yet_is_waited_for() {
    let desk = Desk::new();
    let window = desk.hidden(GREEN, (50, 50, 120, 80), &CreateWindowAux::new());
    let seen = desk.open(ScreenSubject::Window(window));
    assert_eq!(seen.frames(), 0);
    desk.map(window);
    seen.until("a picture", |shot| shot.is_all(GREEN));
}

#[test]
fn a_window_that_is_closed_is_gone_once() {
    let desk = Desk::new();
    let window = desk.window(GREEN, (50, 50, 120, 80));
    let seen = desk.open(ScreenSubject::Window(window));
    let other = desk.open(ScreenSubject::Whole);
    seen.wait(1);
    desk.conn.destroy_window(window).unwrap().check().unwrap();
    eventually("the thread has ended", || seen.over());
    assert_eq!(seen.ends(), [DeviceTrouble::Gone]);
    let frames = seen.frames();
    other.wait(3);
    assert_eq!((seen.frames(), other.ends()), (frames, vec![]));
    let again = desk.screens().thumbnail(ScreenSubject::Window(window), 10, 10);
    assert_eq!(again, Err(DeviceTrouble::Gone));
    let root = desk.screens().thumbnail(ScreenSubject::Window(desk.root), 10, 10);
    assert_eq!(root, Err(DeviceTrouble::Gone), "the screen is no window");
}

#[test]
fn several_are_open_at_once_and_one_that_is_dropped_costs_the_others_nothing() {
    let desk = Desk::new();
    let green = desk.window(GREEN, (50, 50, 120, 80));
    let red = desk.window(RED, (60, 60, 120, 80));
    let mut first = desk.open(ScreenSubject::Window(green));
    let (second, third) = (desk.open(ScreenSubject::Window(green)), desk.open(ScreenSubject::Window(red)));
    for (seen, colour) in [(&first, GREEN), (&second, GREEN), (&third, RED)] {
        assert!(seen.until("a picture", |_| true).is_all(colour));
    }
    first.open = None;
    eventually("its thread has ended", || first.over());
    desk.paint(green, BLUE);
    assert!(second.until("a change", |shot| shot.is(60, 40, BLUE)).is_all(BLUE));
    third.wait(2);
    assert!(third.newest().unwrap().is_all(RED));
    assert_eq!((first.ends(), second.ends(), third.ends()), (vec![], vec![], vec![]));
}

#[test]
fn the_pointer_is_drawn_into_a_window_only_while_it_is_over_it() {
    let desk = Desk::new();
    desk.pointer(110, 120);
    let window = desk.window(GREEN, (100, 100, 120, 80));
    let seen = desk.open_as(ScreenWish { subject: ScreenSubject::Window(window), fps: 30, cursor: true });
    let shot = seen.until("the pointer", |shot| shot.is(14, 24, RED));
    assert_eq!((shot.count(RED), shot.is(10, 20, RED), shot.is(8, 18, GREEN)), (64, true, true));
    let cover = desk.window(BLUE, (105, 100, 30, 40));
    seen.until("another window is under the pointer", |shot| shot.is_all(GREEN));
    desk.conn.unmap_window(cover).unwrap().check().unwrap();
    seen.until("the pointer again", |shot| shot.is(14, 24, RED));
    desk.point(10, 10);
    seen.until("the pointer is elsewhere", |shot| shot.is_all(GREEN));
}
