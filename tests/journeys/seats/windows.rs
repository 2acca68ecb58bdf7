//! A window as a seat: what a guest and a desk see of somebody else's show, and what their clicks do.

use serde_json::json;

use crate::support::show::{LIMIT, Show};
use crate::support::window::{Window, drive};

use super::{devices, here, sit, until};

impl Window {
    /// Waits until the seat is in: the banner of its way is gone, and whose it is stands below.
    async fn is_seated(&self, name: &str) {
        self.find("[data-test=rev]:not(:has([data-test=seat-banner]))").await;
        assert_eq!(self.text("me").await, name);
    }
}

// S-185
#[test]
fn a_guests_window_shows_the_show_talks_and_opens_a_camera_by_a_click_alone() {
    let mut show = Show::open();
    show.here(json!({ "camera": { "on": true } }));
    show.on_stage("host", true);
    show.ask(json!("go_live"));
    show.reach("live");
    let seat = show.host.seat("guest", "gina", "Gina");
    let home = show.place.path("gina");
    drive(async {
        let window = Window::seat(&home, &seat).await;
        window.is_seated("Gina").await;
        window.person("host", "stage").await;
        window.person("gina", "backstage").await;
        assert_eq!(window.text("me-place").await, "Backstage");
        let mut looks = 0;
        while window.stage_brightness().await < 60.0 {
            looks += 1;
            assert!(looks < 200, "the program is not on the stage");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(!window.has("layout-solo").await && !window.has("go-live").await, "a guest runs no show");

        assert_eq!(window.text("people-count").await, "", "how many there are is not told to a guest");
        window.open_chat().await;
        window.say("hello from the window").await;
        let told = show.host.told("crew", "hello from the window", LIMIT).expect("the host hears it");
        assert_eq!(told.line["from"], "gina");
        window.find("[data-test=chat-line][data-from=gina][data-own=true]").await;
        here(&mut show.host, json!({ "say": { "room": "crew", "text": "hello Gina" } }));
        window.find("[data-test=chat-line][data-from=host][data-own=false]").await;

        assert_eq!(window.attribute("camera", "aria-pressed").await, "false");
        show.ask(json!({ "ask_on": { "person": "gina", "kind": "camera" } }));
        window.find("[data-test=ask-prompt][data-kind=camera]").await;
        assert_eq!(window.attribute("camera", "aria-pressed").await, "false");
        assert_eq!(devices(&show.host.snapshot(), "gina"), [false, false]);
        window.click("camera").await;
        window.find("[data-test=camera][aria-pressed=true]").await;
        show.flowing("gina", "camera");
        window.close().await;
    });
    show.close();
}

// S-185
#[test]
fn a_desks_window_switches_the_layout_of_the_show() {
    let mut show = Show::open();
    let seat = show.host.seat("cohost", "kim", "Kim");
    let home = show.place.path("kim");
    drive(async {
        let window = Window::seat(&home, &seat).await;
        window.is_seated("Kim").await;
        window.person("host", "backstage").await;
        assert!(!window.has("go-live").await && !window.has("end-stream").await, "the host begins and ends");
        window.click("layout-solo").await;
        window.find("[data-test=layout-solo][aria-pressed=true]").await;
        until(&show.host, "the host's program is as the desk's click", |snapshot| {
            snapshot["show"]["program"]["layout"] == "solo"
        });
        show.ask(json!({ "layout": { "bus": "program", "layout": "grid" } }));
        window.find("[data-test=layout-grid][aria-pressed=true]").await;
        window.close().await;
    });
    show.close();
}

// S-371
#[test]
fn a_desk_that_looks_at_a_guests_devices_sees_them_again_after_its_connection_was_lost() {
    let mut show = Show::open();
    let gina = sit(&mut show, "guest", "gina");
    let seat = show.host.seat("cohost", "kim", "Kim");
    let home = show.place.path("kim");
    drive(async {
        let window = Window::seat(&home, &seat).await;
        window.is_seated("Kim").await;
        window.find("[data-test=person-gina] [data-test=person-menu]").await.click().await.unwrap();
        window.click("menu-devices").await;
        window.find("[data-test=their-device][data-state=used]").await;
        let before = window.engines();
        before.iter().copied().for_each(rig::kill);
        // It is back within a moment; the host takes notice of that a moment later, and forgets who looked.
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        assert!(!window.engines().iter().any(|engine| before.contains(engine)));
        window.is_seated("Kim").await;
        window.find("[data-test=their-device][data-state=used]").await;
        window.close().await;
    });
    drop(gina);
    show.close();
}
