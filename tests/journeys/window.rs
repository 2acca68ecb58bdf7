//! The real window, driven as a person would.

use std::time::Duration;

use fantoccini::Locator;
use serde_json::json;

use crate::support::app::{Place, find, turn, until};
use crate::support::recording::Recording;
use crate::support::window::{SOON, Window, drive};

// S-1 S-9 S-10 S-180 S-300
#[test]
fn a_show_is_run_from_the_window_alone() {
    let _turn = turn();
    let place = Place::new();
    drive(async {
        let window = Window::open(&place, None).await;
        window.state("idle").await;
        window.click("open-show").await;
        window.state("ready").await;
        window.person("host", "backstage").await;
        assert_eq!(window.text("stage-count").await, "0");

        window.click("camera").await;
        window.click("mute").await;
        window.click("add-to-stage").await;
        window.person("host", "stage").await;
        assert_eq!(window.text("stage-count").await, "1");
        window.click("layout-solo").await;
        window.find("[data-test=layout-solo][aria-pressed=true]").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(window.stage_brightness().await > 60.0, "the pattern is not on the stage");

        window.click("go-live").await;
        window.state("live").await;
        window.find("[data-test=rec]").await;
        let before = window.text("timer").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_ne!(window.text("timer").await, before);

        window.click("end-stream").await;
        window.click("confirm-end").await;
        window.state("idle").await;
        window.close().await;
    });
    let recordings = place.home().join("recordings");
    let file = until("a recording", SOON, || find(&recordings, ".mp4"));
    assert!(Recording::read(&file).seconds > 2.0);
}

// S-19 S-20 S-21 S-22 S-23
#[test]
fn devices_are_chosen_from_the_menus_beside_their_switches() {
    const CHOSEN: &str = "[data-test=menu] [role=menuitemradio][aria-checked=true]";
    let _turn = turn();
    let place = Place::new();
    drive(async {
        let window = Window::open(&place, None).await;
        window.click("open-show").await;
        window.state("ready").await;
        for (menu, chosen) in [
            ("devices-microphone", "Test tone"),
            ("devices-speaker", "Nowhere"),
            ("devices-camera", "Test pattern"),
        ] {
            window.click(menu).await;
            assert_eq!(window.find(CHOSEN).await.text().await.unwrap(), chosen);
        }
        let last = Locator::XPath("(//*[@data-test='menu']//*[@role='menuitemradio'])[last()]");
        window.page.find(last).await.unwrap().click().await.unwrap();
        window.click("devices-camera").await;
        assert_eq!(window.find(CHOSEN).await.text().await.unwrap(), "Colour bars");
        window.click("devices-camera").await;

        assert_eq!(window.attribute("mute", "aria-label").await, "Unmute");
        window.click("mute").await;
        window.find("[data-test=mute][aria-pressed=true][aria-label=Mute]").await;
        window.click("mute").await;
        window.find("[data-test=mute][aria-pressed=false][aria-label=Unmute]").await;
        window.close().await;
    });
}

// S-2 S-18 S-40
#[test]
fn a_screen_is_chosen_by_its_picture_shared_and_stopped() {
    let _turn = turn();
    let place = Place::new();
    drive(async {
        let window = Window::open(&place, None).await;
        assert_eq!(window.attribute("share", "aria-disabled").await, "true", "no show is open");
        window.click("open-show").await;
        window.state("ready").await;
        window.person("host", "backstage").await;
        window.click("add-to-stage").await;
        window.click("layout-solo").await;

        window.find("[data-test=share][aria-disabled=false]").await.click().await.unwrap();
        let tile = window.find("[data-test=picker-tile]").await;
        window.find("[data-test=picker-tile] img[src^='data:image/jpeg']").await;
        assert_eq!(window.attribute("picker-share", "aria-disabled").await, "true", "nothing is chosen");
        tile.click().await.unwrap();
        window.find("[data-test=picker-tile][aria-checked=true]").await;
        window.click("picker-share").await;
        window.find("[data-test=share][aria-pressed=true][aria-label='Stop sharing']").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(window.stage_brightness().await > 30.0, "the screen is not on the stage");

        // A part, written down; it is the second one.
        window.click("share-menu").await;
        window.click("share-another").await;
        window.click("picker-part").await;
        for (field, number) in [("picker-width", "320"), ("picker-height", "180")] {
            window.find(&format!("[data-test={field}]")).await.send_keys(number).await.unwrap();
        }
        window.find("[data-test=picker-share][aria-disabled=false]").await.click().await.unwrap();
        window.click("share-menu").await;
        window.find("[data-test=share-stop-one]:nth-of-type(2)").await.click().await.unwrap();
        window.find("[data-test=share][aria-pressed=true]").await;
        window.click("share").await;
        window.find("[data-test=share][aria-pressed=false][aria-label=Share]").await;
        assert!(!window.has("share-menu").await);
        window.close().await;
    });
}

// S-1 S-8
#[test]
fn what_another_door_changes_the_page_shows() {
    let _turn = turn();
    let place = Place::new();
    let script = [
        json!({ "at_ms": 0, "command": { "show": { "open": { "title": "By script" } } } }),
        json!({ "at_ms": 6000, "command": { "show": { "layout": { "bus": "program", "layout": "solo" } } } }),
        json!({ "at_ms": 6000, "command": { "show": { "add_to_stage": { "bus": "program", "person": "host" } } } }),
        json!({ "at_ms": 9000, "command": { "show": { "remove_from_stage": { "bus": "program", "person": "host" } } } }),
    ];
    let script: String = script.iter().map(|line| format!("{line}\n")).collect();
    drive(async {
        let window = Window::open(&place, Some(&script)).await;
        window.state("ready").await;
        assert_eq!(window.text("title").await, "By script");
        window.person("host", "stage").await;
        window.find("[data-test=layout-solo][aria-pressed=true]").await;
        assert_eq!(window.text("stage-count").await, "1");
        let rev: u64 = window.attribute("rev", "data-rev").await.parse().unwrap();
        window.person("host", "backstage").await;
        assert_eq!(window.text("stage-count").await, "0");
        let later: u64 = window.attribute("rev", "data-rev").await.parse().unwrap();
        assert!(later > rev, "the page's figures did not come with a newer snapshot");
        window.close().await;
    });
}

// S-56
#[test]
fn the_page_of_a_running_show_holds_no_token_and_no_key() {
    let _turn = turn();
    let place = Place::new();
    drive(async {
        let window = Window::open(&place, None).await;
        window.click("open-show").await;
        window.state("ready").await;
        let page = window.page.source().await.unwrap();
        assert!(!page.contains("eyJ") && !page.contains("LIVEKIT"), "the page holds a token");
        window.close().await;
    });
}
