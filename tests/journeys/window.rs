//! The real window, driven as a person would: WebKit's own driver, no test door into the app.

use std::process::Stdio;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::support::app::{BINARY, Place, find, turn, until};
use crate::support::recording::Recording;
use crate::support::tree;

const SOON: Duration = Duration::from_secs(30);

struct Window {
    page: Client,
    driver: Child,
}

impl Drop for Window {
    /// The driver, its bus and the app, also when a journey fails half-way.
    fn drop(&mut self) {
        for process in self.driver.id().map(tree::family).unwrap_or_default() {
            let _ = std::process::Command::new("kill").args(["-KILL", &process.pid.to_string()]).status();
        }
    }
}

impl Window {
    async fn open(place: &Place, script: Option<&str>) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("dbus-run-session")
            .args(["--", "WebKitWebDriver", &format!("--port={port}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut arguments = vec!["--home".to_owned(), place.home().display().to_string()];
        if let Some(script) = script {
            let path = place.path("script");
            std::fs::write(&path, script).unwrap();
            arguments.extend(["--script".to_owned(), path.display().to_string()]);
        }
        let wanted = json!({ "browserName": "wry",
                             "webkitgtk:browserOptions": { "binary": BINARY, "args": arguments } });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(serde_json::from_value(wanted).unwrap());
        for _ in 0..100 {
            if let Ok(page) = builder.connect(&format!("http://127.0.0.1:{port}")).await {
                return Self { page, driver };
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no window");
    }

    async fn close(&self) {
        self.page.clone().close().await.unwrap();
    }

    async fn find(&self, css: &str) -> fantoccini::elements::Element {
        let found = self.page.wait().at_most(SOON).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    async fn click(&self, test: &str) {
        self.find(&format!("[data-test={test}]:not([disabled])")).await.click().await.unwrap();
    }

    async fn text(&self, test: &str) -> String {
        let element = self.find(&format!("[data-test={test}]")).await;
        element.prop("textContent").await.unwrap().unwrap_or_default()
    }

    async fn attribute(&self, test: &str, name: &str) -> String {
        let element = self.find(&format!("[data-test={test}]")).await;
        element.attr(name).await.unwrap().unwrap_or_default()
    }

    /// Waits until the page shows a state of the broadcast.
    async fn state(&self, name: &str) {
        self.find(&format!("[data-test=state][data-state={name}]")).await;
    }

    async fn person(&self, person: &str, place: &str) {
        self.find(&format!("[data-test=tile][data-person={person}][data-place={place}]")).await;
    }

    /// Brightness of the middle of the stage as the page drew it, 0 … 255.
    async fn stage_brightness(&self) -> f64 {
        const LOOK: &str = "const c = document.querySelector('[data-test=program]');
            const t = document.createElement('canvas'); t.width = 8; t.height = 8;
            const g = t.getContext('2d'); g.drawImage(c, 0, 0, 8, 8);
            const d = g.getImageData(0, 0, 8, 8).data; let sum = 0, most = 0, least = 255;
            for (let i = 0; i < d.length; i += 4) { most = Math.max(most, d[i]); least = Math.min(least, d[i]); }
            return most - least;";
        self.page.execute(LOOK, vec![]).await.unwrap().as_f64().unwrap()
    }
}

fn drive(journey: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(journey);
}

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
