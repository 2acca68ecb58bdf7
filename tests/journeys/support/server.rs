//! A `livekit-server` that is nobody's child but the test's: the user's own, behind a server profile.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::app::until;

/// Names the secret.
pub const KEY: &str = "studio";
/// Longer than the 32 characters that the server wants.
pub const SECRET: &str = "a-secret-that-must-never-be-seen-anywhere-4711";

/// A running server. It is killed with this value.
pub struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts one on free ports of this machine and waits until it answers.
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "port: {port}\nbind_addresses: [\"127.0.0.1\"]\nkeys: {{ {KEY}: {SECRET} }}\n\
             rtc: {{ udp_port: {udp}, tcp_port: 0, use_external_ip: false, node_ip: 127.0.0.1, \
             enable_loopback_candidate: true, ips: {{ includes: [\"127.0.0.1/32\"] }}, \
             stun_servers: [\"127.0.0.1:9\"] }}\nroom: {{ auto_create: true }}\nlogging: {{ level: warn }}\n"
        );
        let child = Command::new(binary())
            .env("LIVEKIT_CONFIG", config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        until("a server that answers", Duration::from_secs(20), || server.answers().then_some(()));
        server
    }

    /// `ws://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let asked = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut said = String::new();
        asked.is_ok() && stream.read_to_string(&mut said).is_ok() && said.starts_with("HTTP/1.1 200")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the server lies: as `cargo xtask test` says, else in the tools folder.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("SIDESTAGE_LIVEKIT_SERVER") {
        return path.into();
    }
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = home.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    cache.join("sidestage/livekit-server-1.13.5/livekit-server")
}
