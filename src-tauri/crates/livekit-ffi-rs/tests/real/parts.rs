//! The real parts: where the library and the server are found, a running server, tokens for it.

use std::env;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

const KEY: &str = "test-key";
const SECRET: &str = "a secret of thirty-two characters";
const URL: &str = "SIDESTAGE_TEST_SERVER_URL";
const WISH: &str = "SIDESTAGE_TEST_SERVER_WISH";

fn cache(rest: &str) -> PathBuf {
    PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache/sidestage").join(rest)
}

/// The LiveKit library. Its absence is a failure that says what to type.
pub fn library() -> PathBuf {
    let path = env::var_os("SIDESTAGE_LIVEKIT_LIB")
        .map_or_else(|| cache("livekit-1.2.0/livekit/rtc/resources/liblivekit_ffi.so"), PathBuf::from);
    assert!(path.is_file(), "no LiveKit library at {}: type `cargo xtask test`", path.display());
    path
}

fn server_binary() -> PathBuf {
    let path = env::var_os("SIDESTAGE_LIVEKIT_SERVER")
        .map_or_else(|| cache("livekit-server-1.13.5/livekit-server"), PathBuf::from);
    assert!(path.is_file(), "no livekit-server at {}: type `cargo xtask test`", path.display());
    path
}

/// A server that ends with this value.
pub struct RunningServer {
    child: Child,
    port: u16,
    udp: u16,
    wishes: tempfile::TempDir,
}

impl RunningServer {
    /// Starts a server on free ports of the loopback interface and waits until it answers.
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { child: spawn(port, udp), port, udp, wishes: tempfile::tempdir().unwrap() };
        server.wait();
        server
    }

    fn wait(&self) {
        let end = Instant::now() + Duration::from_secs(20);
        while !get(self.port).is_some_and(|answer| answer.contains("200 OK")) {
            assert!(Instant::now() < end, "the server does not answer");
            sleep(Duration::from_millis(20));
        }
    }

    /// What a child has to know to find it.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let wish = self.wishes.path().join("restart").to_string_lossy().into_owned();
        vec![(URL, format!("127.0.0.1:{}", self.port)), (WISH, wish)]
    }

    /// Does what the child has wished for since the last call.
    pub fn obey(&mut self) {
        if std::fs::remove_file(self.wishes.path().join("restart")).is_ok() {
            let _ = self.child.kill();
            let _ = self.child.wait();
            self.child = spawn(self.port, self.udp);
            self.wait();
        }
    }
}

fn spawn(port: u16, udp: u16) -> Child {
    let config = format!(
        "{{port: {port}, bind_addresses: ['127.0.0.1'], rtc: {{udp_port: {udp}, tcp_port: 0, \
         node_ip: 127.0.0.1, use_external_ip: false, enable_loopback_candidate: true, ips: {{includes: ['127.0.0.1/32']}}, \
         stun_servers: ['127.0.0.1:9']}}, keys: {{{KEY}: '{SECRET}'}}, logging: {{level: error}}}}"
    );
    let mut command = Command::new(server_binary());
    command.env("LIVEKIT_CONFIG", config).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// The server that the parent process has started.
pub struct Server {
    address: String,
}

impl Server {
    /// As the parent said.
    pub fn of_parent() -> Self {
        Self { address: env::var(URL).unwrap() }
    }

    /// Asks the parent to kill the server and to start it again.
    pub fn kill_and_restart(&self) {
        std::fs::write(env::var(WISH).unwrap(), "").unwrap();
    }

    /// Where rooms are joined.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// A token for `identity` in `room`, with every right.
    pub fn token(&self, room: &str, identity: &str) -> String {
        self.token_with(room, identity, r#""canPublish":true,"canSubscribe":true"#)
    }

    /// A token with these rights, as members of a JSON object.
    pub fn token_with(&self, room: &str, identity: &str, rights: &str) -> String {
        sign(SECRET, &format!(r#""sub":"{identity}","video":{{"room":"{room}","roomJoin":true,{rights}}}"#))
    }

    /// A token that another server would accept.
    pub fn foreign_token(&self, room: &str) -> String {
        sign(
            "another secret of 32 characters..",
            &format!(r#""sub":"x","video":{{"room":"{room}","roomJoin":true}}"#),
        )
    }

    /// Replaces somebody's rights, as an administrator.
    pub fn set_permission(&self, room: &str, identity: &str, rights: &str) {
        let permission = format!(r#""identity":"{identity}","permission":{{{rights}}}"#);
        self.administer("UpdateParticipant", room, &permission);
    }

    /// Mutes somebody's track, as an administrator.
    pub fn mute(&self, room: &str, identity: &str, sid: &str) {
        let track = format!(r#""identity":"{identity}","track_sid":"{sid}","muted":true"#);
        self.administer("MutePublishedTrack", room, &track);
    }

    /// Sends a packet to everybody in a room, as the server.
    pub fn send_data(&self, room: &str, topic: &str, bytes: &[u8]) {
        let data = base64(bytes);
        self.administer("SendData", room, &format!(r#""kind":"RELIABLE","topic":"{topic}","data":"{data}""#));
    }

    fn administer(&self, method: &str, room: &str, more: &str) {
        let token = sign(SECRET, &format!(r#""video":{{"room":"{room}","roomAdmin":true}}"#));
        let body = format!(r#"{{"room":"{room}",{more}}}"#);
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST /twirp/livekit.RoomService/{method} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("200 OK"), "{answer}");
    }
}

/// A signed token with these claims, good for an hour.
fn sign(secret: &str, claims: &str) -> String {
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 3600;
    let head = base64(br#"{"alg":"HS256","typ":"JWT"}"#);
    let body = base64(format!(r#"{{"iss":"{KEY}","nbf":0,"exp":{until},{claims}}}"#).as_bytes());
    let signature = base64(&hmac(secret.as_bytes(), format!("{head}.{body}").as_bytes()));
    format!("{head}.{body}.{signature}")
}

/// HMAC-SHA256 with a key of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|i| key.get(i).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

/// Base64 for URLs, without padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |group: u32, at: usize| char::from(DIGITS[(group >> (18 - 6 * at)) as usize & 63]);
    let encode = |chunk: &[u8]| -> String {
        let group = (0..3).fold(0, |sum, i| sum << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        (0..=chunk.len()).map(|at| digit(group, at)).collect()
    };
    bytes.chunks(3).map(encode).collect()
}
