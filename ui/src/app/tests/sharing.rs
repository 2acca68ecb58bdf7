//! Sharing screens, as it is drawn.

use studio_wire::device::{DeviceTrouble, ScreenOffer, ScreenPicture, ScreenSubject, SharedScreen};

use super::*;

fn page(screens: usize, then: impl FnOnce(Studio) + 'static) -> String {
    let shared = |n: usize| SharedScreen {
        share: n as u32,
        title: format!("Slides {n}"),
        flowing: true,
        ..SharedScreen::default()
    };
    let screens = (0..screens).map(shared).collect();
    drawn_after(Snapshot { show: show(StateName::Live), screens, ..Snapshot::default() }, then)
}

fn picker(seen: Option<Result<Vec<ScreenPicture>, DeviceTrouble>>) -> String {
    page(0, |studio| {
        studio.local.offers.set(seen);
        studio.local.picking.set(true);
    })
}

fn seen(subject: ScreenSubject, title: &str) -> ScreenPicture {
    let offer = ScreenOffer { subject, title: title.into(), ..ScreenOffer::default() };
    ScreenPicture { offer, jpeg: "/9j/".into() }
}

// S-18
#[test]
fn the_bar_says_that_something_is_shared_and_lists_what() {
    let none = page(0, |_| ());
    assert!(tag(&none, "share").contains("aria-pressed=\"false\"") && element(&none, "share-menu").is_none());
    assert!(tag(&none, "share").contains("title=\"Share (S)\""));
    let two = page(2, |studio| studio.local.menu.set(Some(crate::local::OpenMenu::Screens)));
    assert!(tag(&two, "share").contains("aria-pressed=\"true\""));
    assert!(two.contains("Stop sharing Slides 0") && two.contains("Stop sharing Slides 1"));
    assert!(tag(&two, "share-another").contains("aria-disabled=\"false\""));
    let four = page(4, |studio| studio.local.menu.set(Some(crate::local::OpenMenu::Screens)));
    assert!(tag(&four, "share-another").contains("aria-disabled=\"true\""));
}

// S-18
#[test]
fn the_picker_shows_what_there_is_or_why_there_is_nothing() {
    assert!(picker(None).contains("Looking at the screens"));
    let wayland = picker(Some(Err(DeviceTrouble::Unsupported)));
    assert!(wayland.contains("Wayland") && element(&wayland, "picker-tile").is_none());
    let there = picker(Some(Ok(vec![
        seen(ScreenSubject::Whole, ""),
        seen(ScreenSubject::Window(7), "Secret letters"),
    ])));
    assert!(tag(&there, "picker-tile").contains("title=\"Whole screen\""));
    assert!(there.contains("data:image/jpeg;base64,/9j/"));
    assert!(!there.contains("Secret letters"), "windows are behind their own tab");
    assert!(tag(&there, "picker-share").contains("aria-disabled=\"true\""), "nothing is chosen yet");
}
