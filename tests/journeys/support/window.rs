//! The real window, driven as a person would: WebKit's own driver, no test door into the app.

#![allow(dead_code, reason = "not every journey asks for everything")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::app::{BINARY, Place};
use super::console::keep;
use super::tree;

/// What a person would wait for; on a busy machine it takes longer.
pub const SOON: Duration = Duration::from_secs(30);

/// An open window. It ends with this value.
pub struct Window {
    pub page: Client,
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
    /// The host's, in this place, with commands that it is to run.
    pub async fn open(place: &Place, script: Option<&str>) -> Self {
        let mut arguments = vec![];
        if let Some(script) = script {
            let path = place.path("script");
            std::fs::write(&path, script).unwrap();
            arguments.extend(["--script".to_owned(), path.display().to_string()]);
        }
        Self::start(&place.home(), arguments).await
    }

    /// A seat's, in a home of its own.
    pub async fn seat(home: &Path, seat: &Value) -> Self {
        let file = keep(home, seat);
        Self::start(home, vec!["--seat".to_owned(), file.display().to_string()]).await
    }

    async fn start(home: &Path, mut arguments: Vec<String>) -> Self {
        arguments.extend(["--test-sources".to_owned(), "--home".to_owned(), home.display().to_string()]);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("dbus-run-session")
            .args(["--", "WebKitWebDriver", &format!("--port={port}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
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

    /// Its engines that run now.
    pub fn engines(&self) -> Vec<u32> {
        self.driver.id().map(|driver| tree::named(driver, "sidestage-engine")).unwrap_or_default()
    }

    /// Closes it as a person would.
    pub async fn close(&self) {
        self.page.clone().close().await.unwrap();
    }

    /// Waits for an element.
    pub async fn find(&self, css: &str) -> fantoccini::elements::Element {
        let found = self.page.wait().at_most(SOON).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Presses a button as soon as it can be pressed.
    pub async fn click(&self, test: &str) {
        self.find(&format!("[data-test={test}]:not([disabled])")).await.click().await.unwrap();
    }

    /// What an element says.
    pub async fn text(&self, test: &str) -> String {
        let element = self.find(&format!("[data-test={test}]")).await;
        element.prop("textContent").await.unwrap().unwrap_or_default()
    }

    /// An attribute of an element; empty where there is none.
    pub async fn attribute(&self, test: &str, name: &str) -> String {
        let element = self.find(&format!("[data-test={test}]")).await;
        element.attr(name).await.unwrap().unwrap_or_default()
    }

    /// Whether there is such an element now.
    pub async fn has(&self, test: &str) -> bool {
        self.page.find(Locator::Css(&format!("[data-test={test}]"))).await.is_ok()
    }

    /// Opens the chat where it is not open.
    pub async fn open_chat(&self) {
        if !self.has("chat").await {
            self.click("rail-chat").await;
        }
    }

    /// Writes into the chat and sends it.
    pub async fn say(&self, text: &str) {
        self.find("[data-test=chat-input]").await.send_keys(text).await.unwrap();
        self.click("chat-send").await;
    }

    /// Waits until the page shows a state of the broadcast.
    pub async fn state(&self, name: &str) {
        self.find(&format!("[data-test=state][data-state={name}]")).await;
    }

    /// Waits until somebody's picture is in that place.
    pub async fn person(&self, person: &str, place: &str) {
        self.find(&format!("[data-test=tile][data-person={person}][data-place={place}]")).await;
    }

    /// Brightness of the middle of the stage as the page drew it, 0 … 255.
    pub async fn stage_brightness(&self) -> f64 {
        const LOOK: &str = "const c = document.querySelector('[data-test=program]');
            const t = document.createElement('canvas'); t.width = 8; t.height = 8;
            const g = t.getContext('2d'); g.drawImage(c, 0, 0, 8, 8);
            const d = g.getImageData(0, 0, 8, 8).data; let sum = 0, most = 0, least = 255;
            for (let i = 0; i < d.length; i += 4) { most = Math.max(most, d[i]); least = Math.min(least, d[i]); }
            return most - least;";
        self.page.execute(LOOK, vec![]).await.unwrap().as_f64().unwrap()
    }
}

/// Runs a journey that waits for a page.
pub fn drive(journey: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(journey);
}
