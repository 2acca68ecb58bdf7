//! A real livekit-server on free ports, and tokens for it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use sha2::Sha256;

const KEY: &str = "engine-test";
const SECRET: &str = "a-secret-of-this-test-and-of-nothing-else";

/// Dies with the test.
pub struct Server {
    child: Child,
    port: u16,
    udp: u16,
}

impl Server {
    pub fn start() -> Server {
        // A port that was free a moment ago may be taken by now: try others then.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let udp = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut server = Server { child: spawn(port, udp), port, udp };
            if server.is_healthy() {
                return server;
            }
        }
        panic!("livekit-server does not start");
    }

    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn start_again(&mut self) {
        self.child = spawn(self.port, self.udp);
        assert!(self.is_healthy(), "livekit-server does not come back");
    }

    fn is_healthy(&mut self) -> bool {
        let limit = Instant::now() + Duration::from_secs(10);
        while Instant::now() < limit && self.child.try_wait().unwrap().is_none() {
            if self.request("GET / HTTP/1.0\r\n\r\n").is_some_and(|answer| answer.contains(" 200 ")) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    fn request(&self, text: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        stream.write_all(text.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// Changes by the server's API whether somebody may publish.
    pub fn permit(&self, room: &str, identity: &str, publish: bool) {
        let rights = format!(r#"{{"can_subscribe":true,"can_publish":{publish},"can_publish_data":true}}"#);
        self.call("UpdateParticipant", room, identity, &format!(r#","permission":{rights}"#));
    }

    /// Puts somebody out of a room.
    pub fn remove(&self, room: &str, identity: &str) {
        self.call("RemoveParticipant", room, identity, "");
    }

    /// Mutes a track of somebody.
    pub fn mute(&self, room: &str, identity: &str, sid: &str) {
        self.call("MutePublishedTrack", room, identity, &format!(r#","track_sid":"{sid}","muted":true"#));
    }

    /// Sends a packet on the topic `bare` to a room, in nobody's name.
    pub fn send_data(&self, room: &str, bytes: &[u8]) {
        let data = base64(bytes);
        self.ask(
            "SendData",
            &format!(r#"{{"room":"{room}","kind":"RELIABLE","topic":"bare","data":"{data}"}}"#),
            room,
        );
    }

    fn call(&self, method: &str, room: &str, identity: &str, more: &str) {
        self.ask(method, &format!(r#"{{"room":"{room}","identity":"{identity}"{more}}}"#), room);
    }

    fn ask(&self, method: &str, body: &str, room: &str) {
        let grants = format!(r#"{{"room":"{room}","roomAdmin":true}}"#);
        let token = sign(&format!(r#"{{"iss":"{KEY}","exp":{},"video":{grants}}}"#, in_an_hour()));
        let answer = self.request(&format!(
            "POST /twirp/livekit.RoomService/{method} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        assert!(answer.as_ref().is_some_and(|answer| answer.contains(" 200 ")), "{answer:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(port: u16, udp: u16) -> Child {
    let program = std::env::var_os("SIDESTAGE_LIVEKIT_SERVER").unwrap_or("livekit-server".into());
    let config = format!(
        "port: {port}\nbind_addresses: [\"127.0.0.1\"]\nrtc: {{ udp_port: {udp}, tcp_port: 0, use_external_ip: false, \
         node_ip: 127.0.0.1, enable_loopback_candidate: true, ips: {{ includes: [\"127.0.0.1/32\"] }}, \
         stun_servers: [\"127.0.0.1:9\"] }}\nkeys: {{ {KEY}: {SECRET} }}\nroom: {{ auto_create: true, \
         empty_timeout: 60, departure_timeout: 120 }}\nlogging: {{ level: error, json: true }}\n"
    );
    Command::new(&program)
        .env("LIVEKIT_CONFIG", config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("livekit-server ({program:?}, SIDESTAGE_LIVEKIT_SERVER): {error}"))
}

/// A join token. Each call makes another one, also for the same person.
pub fn token(room: &str, identity: &str, may_publish: bool) -> String {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    sign(&format!(
        r#"{{"iss":"{KEY}","sub":"{identity}","name":"{identity}","jti":"{count}","exp":{},"video":{{"room":"{room}","roomJoin":true,"canPublish":{may_publish},"canSubscribe":true}}}}"#,
        in_an_hour()
    ))
}

fn in_an_hour() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 3600
}

fn sign(claims: &str) -> String {
    let text = format!("{}.{}", base64(br#"{"alg":"HS256","typ":"JWT"}"#), base64(claims.as_bytes()));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", base64(&mac.finalize().into_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let word =
            three.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for digit in 0..=three.len() {
            text.push(DIGITS[(word >> (18 - 6 * digit)) as usize & 63].into());
        }
    }
    text
}
