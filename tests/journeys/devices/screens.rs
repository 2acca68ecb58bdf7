//! Screens.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rig::desktop::Desktop;
use serde_json::{Value, json};

use super::moment;
use crate::support::app::{Place, find};
use crate::support::console::Console;
use crate::support::recording::Recording;
use crate::support::show::{LIMIT, Show};

const RED: u32 = 0xff_0000;
const BLUE: u32 = 0x00_00ff;

/// A studio that finds this desktop, and no sound server.
fn machine(home: &Path, desktop: &Desktop) -> Console {
    Console::with_devices(home, |command| {
        desktop.give_to(command.env("PULSE_SERVER", "unix:/nonexistent"));
    })
}

/// On air, with the host alone on stage; a single picture fills the program.
fn live(desktop: &Desktop) -> Show {
    let mut show = Show::of(|home| machine(home, desktop));
    show.ask(json!({ "layout": { "bus": "program", "layout": "solo" } }));
    show.on_stage("host", true);
    show.ask(json!("go_live"));
    show.reach("live");
    show
}

fn share(subject: &Value) -> Value {
    json!({ "share": { "subject": subject, "title": "Slides", "cursor": false } })
}

/// Waits until so many screens are shared and give pictures.
fn shared(console: &Console, count: usize) {
    console.until(&format!("{count} shared screens"), LIMIT, |snapshot| {
        let screens = snapshot["screens"].as_array()?;
        (screens.len() == count && screens.iter().all(|screen| screen["flowing"] == true)).then_some(())
    });
}

/// Ends the show and reads what it left.
fn recorded(mut show: Show) -> (Recording, Place) {
    show.ask(json!("end_stream"));
    show.reach("idle");
    let place = show.close();
    (Recording::read(&find(&place.path("takes"), ".mp4").expect("a recording")), place)
}

/// Whether the middle of the program has a colour; chroma tells red from blue whatever the encoder did.
fn is(recording: &Recording, at: f64, colour: u32) -> bool {
    let [_, u, v] = recording.colour(at, 0.5, 0.5);
    match colour {
        RED => v > 200 && u < 128,
        _ => u > 200 && v < 128,
    }
}

// S-2 S-40
#[test]
fn a_shared_window_is_in_the_program_whole_until_it_is_closed() {
    let desktop = Desktop::start();
    let window = desktop.window(RED, (100, 50), (800, 600));
    let mut show = live(&desktop);
    sleep(Duration::from_secs(1));
    let before = moment(&show);
    show.here(share(&json!({ "window": window })));
    shared(&show.host, 1);
    // What lies over a window is not what was shared.
    desktop.window(BLUE, (0, 0), (1280, 720));
    sleep(Duration::from_secs(2));
    let covered = moment(&show);
    desktop.close(window);
    let closed = moment(&show);
    show.notice("screen_lost");
    shared(&show.host, 0);
    assert_eq!(show.person("host")["screen"], Value::Null, "nothing is shared any more");
    let lost = moment(&show);
    sleep(Duration::from_secs(2));
    let (recording, _place) = recorded(show);
    assert!(!is(&recording, before, RED));
    assert!(is(&recording, covered - 0.3, RED), "{:?}", recording.colour(covered - 0.3, 0.5, 0.5));
    let bar = recording.colour(covered - 0.3, 0.05, 0.5);
    assert!(bar[2] < 150, "a window of 4 : 3 has bars beside it: {bar:?}");
    assert!(is(&recording, closed + 0.4, RED), "its last picture stands for a second");
    assert!((0.9..5.0).contains(&(lost - closed)), "{} s", lost - closed);
    assert!(!is(&recording, lost + 1.0, RED), "and then it is gone");
}

// S-40
#[test]
fn several_screens_are_shared_at_once_and_stopped_by_their_user() {
    let desktop = Desktop::start();
    let window = desktop.window(RED, (0, 0), (640, 360));
    desktop.window(BLUE, (640, 0), (640, 720));
    let mut show = live(&desktop);
    let region = json!({ "x": 700, "y": 100, "width": 320, "height": 180 });
    show.here(share(&json!({ "region": region })));
    shared(&show.host, 1);
    show.here(share(&json!({ "window": window })));
    show.here(share(&json!("whole")));
    shared(&show.host, 3);
    sleep(Duration::from_secs(1));
    let first = moment(&show);
    let number = show.host.snapshot()["screens"][0]["share"].clone();
    show.here(json!({ "stop_sharing": { "share": number } }));
    shared(&show.host, 2);
    sleep(Duration::from_secs(2));
    let second = moment(&show);
    show.here(json!({ "stop_sharing": { "share": null } }));
    shared(&show.host, 0);
    sleep(Duration::from_secs(2));
    let last = moment(&show);
    let (recording, _place) = recorded(show);
    assert!(is(&recording, first - 0.2, BLUE), "the part, which was shared first");
    assert!(is(&recording, second - 0.3, RED), "the window, which comes next");
    assert!(!is(&recording, last - 0.3, RED) && !is(&recording, last - 0.3, BLUE));
}

// S-40
#[test]
fn a_guest_shares_a_screen_of_their_own_machine() {
    let desktop = Desktop::start();
    let window = desktop.window(RED, (0, 0), (1280, 720));
    let mut show = live(&desktop);
    let seat = show.guest("gina");
    let home = show.place.path("gina");
    std::fs::create_dir_all(&home).unwrap();
    let mut guest = Console::seat_with_devices(&home, &seat, |command| {
        desktop.give_to(command.env("PULSE_SERVER", "unix:/nonexistent"));
    });
    show.joined("gina");
    guest.until("seated", LIMIT, |snapshot| (snapshot["seat"] == "in").then_some(()));
    guest.command(json!({ "here": share(&json!({ "window": window })) })).unwrap();
    shared(&guest, 1);
    show.on_stage("host", false);
    show.on_stage("gina", true);
    show.flowing("gina", "screen");
    sleep(Duration::from_secs(3));
    let seen = moment(&show);
    show.ask(json!({ "mute": { "person": "gina", "kind": "screen" } }));
    shared(&guest, 0);
    sleep(Duration::from_secs(2));
    let stopped = moment(&show);
    let (recording, _place) = recorded(show);
    assert!(is(&recording, seen - 0.3, RED), "{:?}", recording.colour(seen - 0.3, 0.5, 0.5));
    assert!(!is(&recording, stopped - 0.3, RED), "the host stopped it");
}
