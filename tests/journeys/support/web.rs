//! LiveKit's own client for browsers as the far end: `livekit-client` in a headless Chromium with fake
//! devices.
//!
//! A small HTTP server on a free port of 127.0.0.1 hands the page its script and its orders (long poll) and
//! takes what it saw. Beside [`super::seen`] it needs nothing of the journeys.

#![allow(dead_code, reason = "not every test asks for everything")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::seen::Seen;

const PAGE: &str = include_str!("web.html");
const SCRIPT: &str = include_str!("web.js");
const BUNDLE: &str = "livekit-client.umd.js";
/// A browser starts in two seconds; on a busy machine it may take ten times as long.
const LIMIT: Duration = Duration::from_secs(60);

/// Where the bundle lies: as `cargo xtask test` says, else in the tools folder.
fn bundle() -> PathBuf {
    let folder = std::env::var_os("SIDESTAGE_LIVEKIT_CLIENT").map_or_else(
        || {
            let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let cache =
                home.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
            cache.join("sidestage/livekit-client-2.23.0")
        },
        PathBuf::from,
    );
    let file = folder.join(BUNDLE);
    assert!(file.is_file(), "no {}: `cargo xtask setup` puts it there", file.display());
    file
}

/// The browser: as `cargo xtask test` says, else from `PATH`.
fn chromium() -> PathBuf {
    std::env::var_os("SIDESTAGE_CHROMIUM").map_or_else(|| PathBuf::from("chromium"), PathBuf::from)
}

/// A running browser with one page, which is in a room. Both end with this value.
pub struct Web {
    browser: Child,
    desk: Arc<Desk>,
    profile: TempDir,
}

impl Web {
    /// Joins with a seat (`url`, `token`) and publishes what the order says as soon as the seat has the
    /// right: `camera`, `microphone` (`true`, or `{"hz", "dbfs"}` for a tone of its own), `screen`. `answers`
    /// names RPC methods that are answered with "ok". Returns without waiting; [`Self::joined`] waits.
    pub fn join(seat: &Value, mut order: Value) -> Self {
        order["url"] = seat["url"].clone();
        order["token"] = seat["token"].clone();
        let desk = Arc::new(Desk::new(bundle()));
        desk.order(json!({ "join": order }));
        let port = desk.clone().open();
        let profile = tempfile::Builder::new().prefix("st-web-").tempdir().unwrap();
        let browser = browser(&profile, port);
        Self { browser, desk, profile }
    }

    /// Waits until it is in the room, and returns what it knows of itself.
    pub fn joined(&self) -> Value {
        self.wait("joined", |event| event.get("joined_ms").map(|_| event["me"].clone()))
    }

    /// Gives an order and waits for nothing. All orders: `say`, `call`, `packet`, `attributes`, `name`,
    /// `mute`, `publish`, `levels`, `frames`, `people`, `leave`.
    pub fn order(&self, order: Value) {
        self.desk.order(order);
    }

    /// Sends a text on `lk.chat` as stock components do, with an id in its attributes, and waits until the
    /// client holds it for sent.
    pub fn say(&self, text: &str, id: &str) {
        let start = self.seen().count();
        self.order(json!({ "say": { "text": text, "id": id } }));
        self.seen().wait("said", start, LIMIT, |event| (event["sent"]["id"] == id).then_some(()));
    }

    /// Calls a method of somebody and returns `{"answer"}` or `{"error": {"code", "message"}}`, and `"ms"`.
    pub fn call(&self, to: &str, method: &str, payload: &str) -> Value {
        let start = self.seen().count();
        let id = format!("call-{start}");
        self.order(json!({ "call": { "to": to, "method": method, "payload": payload, "id": id } }));
        let find = |event: &Value| event.get("answered").filter(|call| call["id"] == id.as_str()).cloned();
        self.seen().wait("answered", start, LIMIT, find)
    }

    /// Level of each frequency in each remote sound track over the last two thirds of a second, in dBFS:
    /// `{"IDENTITY/NAME": {"HZ": …}}`; a track without a name goes by its source.
    pub fn levels(&self, hz: &[u32]) -> Value {
        self.ask("levels", json!(hz))
    }

    /// What was decoded of each remote picture track so far: `{"IDENTITY/NAME": {"decoded", "size"}}`.
    pub fn frames(&self) -> Value {
        self.ask("frames", json!(true))
    }

    /// Everybody else, with attributes, permissions and tracks.
    pub fn people(&self) -> Value {
        self.ask("people", json!(true))
    }

    /// Everything seen so far.
    pub fn seen(&self) -> &Seen {
        &self.desk.seen
    }

    /// Waits until something was seen, at any time.
    pub fn wait<T>(&self, what: &str, find: impl Fn(&Value) -> Option<T>) -> T {
        self.seen().wait(what, 0, LIMIT, find)
    }

    /// Leaves the room; the browser stays.
    pub fn leave(&self) {
        let start = self.seen().count();
        self.order(json!({ "leave": true }));
        self.seen().wait("left", start, LIMIT, |event| event.get("disconnected").map(|_| ()));
    }

    fn ask(&self, what: &str, how: Value) -> Value {
        let start = self.seen().count();
        self.order(json!({ what: how }));
        self.seen().wait(what, start, LIMIT, |event| event.get(what).cloned())
    }

    /// Every process that was started with this profile, the browser among them.
    pub fn processes(&self) -> Vec<u32> {
        let profile = self.profile.path().to_string_lossy().into_owned();
        let told = |pid: u32| std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        std::fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|pid| String::from_utf8_lossy(&told(*pid)).contains(&profile))
            .collect()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.desk.close();
        // The browser leads a group of its own; its crash handler has left that group.
        let mut ends = vec![format!("-{}", self.browser.id())];
        ends.extend(self.processes().iter().map(u32::to_string));
        let _ = Command::new("kill").args(["-KILL", "--"]).args(ends).stderr(Stdio::null()).status();
        let _ = self.browser.wait();
        // Until they are gone they may still write into the folder that is removed next.
        let end = Instant::now() + Duration::from_secs(5);
        while !self.processes().is_empty() && Instant::now() < end {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn browser(profile: &TempDir, port: u16) -> Child {
    let mut command = Command::new(chromium());
    command.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--mute-audio",
    ]);
    command.args(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]);
    command.args(["--autoplay-policy=no-user-gesture-required"]);
    // Nothing but our page, which goes on at full speed though nobody looks at it.
    command.args([
        "--no-first-run",
        "--no-default-browser-check",
        "--no-proxy-server",
        "--disable-extensions",
    ]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.args(["--disable-breakpad", "--disable-crash-reporter", "--password-store=basic"]);
    command.args(["--disable-background-timer-throttling", "--disable-renderer-backgrounding"]);
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    command.arg(format!("http://127.0.0.1:{port}/"));
    // What it writes outside its profile goes there too.
    command.env("HOME", profile.path()).env("XDG_CONFIG_HOME", profile.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().unwrap_or_else(|error| panic!("no browser at {}: {error}", chromium().display()))
}

/// Between the test and the page: orders go out, what was seen comes in.
struct Desk {
    bundle: PathBuf,
    seen: Seen,
    orders: Mutex<Orders>,
    more: Condvar,
}

#[derive(Default)]
struct Orders {
    given: Vec<Value>,
    closed: bool,
}

impl Desk {
    fn new(bundle: PathBuf) -> Self {
        Self { bundle, seen: Seen::default(), orders: Mutex::default(), more: Condvar::new() }
    }

    fn order(&self, order: Value) {
        self.orders.lock().unwrap().given.push(order);
        self.more.notify_all();
    }

    fn close(&self) {
        self.orders.lock().unwrap().closed = true;
        self.more.notify_all();
    }

    /// Serves the page from now on; returns the port. Ends some time after [`Self::close`].
    fn open(self: Arc<Self>) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            while !self.orders.lock().unwrap().closed {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let desk = self.clone();
                        thread::spawn(move || desk.serve(stream));
                    }
                    Err(_) => thread::sleep(Duration::from_millis(5)),
                }
            }
            self.seen.end();
        });
        port
    }

    /// Answers one request. A page that has gone meanwhile needs no answer.
    fn serve(&self, stream: TcpStream) -> Option<()> {
        stream.set_nonblocking(false).ok()?;
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let (line, length) = head(&mut reader)?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        match (method, path.split_once('?').unwrap_or((path, ""))) {
            ("GET", ("/", _)) => send(stream, "text/html", PAGE.as_bytes()),
            ("GET", ("/web.js", _)) => send(stream, "text/javascript", SCRIPT.as_bytes()),
            ("GET", ("/livekit-client.umd.js", _)) => {
                send(stream, "text/javascript", &std::fs::read(&self.bundle).ok()?)
            }
            ("GET", ("/orders", query)) => {
                let after = query.strip_prefix("after=")?.parse().ok()?;
                send(stream, "application/json", json!(self.orders_after(after)).to_string().as_bytes())
            }
            ("POST", ("/seen", _)) => {
                let mut body = vec![0; length];
                reader.read_exact(&mut body).ok()?;
                for line in String::from_utf8_lossy(&body).lines() {
                    self.seen.add(serde_json::from_str(line).ok()?);
                }
                send(stream, "text/plain", b"")
            }
            _ => send_as(stream, "404 Not Found", "text/plain", b""),
        }
    }

    /// Those from the number `after` on; waits a while for the first.
    fn orders_after(&self, after: usize) -> Vec<Value> {
        let orders = self.orders.lock().unwrap();
        let nothing = |orders: &mut Orders| orders.given.len() <= after && !orders.closed;
        let orders = self.more.wait_timeout_while(orders, Duration::from_secs(10), nothing).unwrap().0;
        orders.given.get(after..).unwrap_or_default().to_vec()
    }
}

/// The request's first line and the length of its body.
fn head(reader: &mut impl BufRead) -> Option<(String, usize)> {
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 || line.trim().is_empty() {
            return Some((first.trim().to_owned(), length));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
}

fn send(stream: TcpStream, kind: &str, body: &[u8]) -> Option<()> {
    send_as(stream, "200 OK", kind, body)
}

fn send_as(mut stream: TcpStream, status: &str, kind: &str, body: &[u8]) -> Option<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}
