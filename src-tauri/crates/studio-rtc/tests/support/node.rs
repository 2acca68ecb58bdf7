//! A server of the user's own, alone or as one node of a cluster.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use livekit_api::services::room::RoomClient;
use serde_json::json;
use studio_wire::server::ServerProfile;

use super::{tools, until};

pub const KEY: &str = "a-key";
pub const SECRET: &str = "a secret of more than thirty-two letters";

/// A port that is free now.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A running `livekit-server`; killed when dropped.
pub struct Node {
    child: Child,
    pub port: u16,
}

impl Node {
    pub fn alone() -> Self {
        Self::start(None)
    }

    pub fn of(redis: &Redis) -> Self {
        Self::start(Some(redis.port))
    }

    fn start(redis: Option<u16>) -> Self {
        let port = free_port();
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut config = json!({
            "port": port, "bind_addresses": ["127.0.0.1"],
            "rtc": {
                "udp_port": udp, "tcp_port": 0, "use_external_ip": false, "node_ip": "127.0.0.1",
                "enable_loopback_candidate": true, "ips": { "includes": ["127.0.0.1/32"] },
                "stun_servers": ["127.0.0.1:9"],
            },
            "keys": { KEY: SECRET },
            "room": { "auto_create": true, "empty_timeout": 60, "departure_timeout": 120 },
        });
        if let Some(redis) = redis {
            config["redis"] = json!({ "address": format!("127.0.0.1:{redis}") });
        }
        let child = Command::new(tools().server.unwrap())
            .env_clear()
            .env("LIVEKIT_CONFIG", config.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let node = Self { child, port };
        until("the node is well", || node.is_well());
        node
    }

    fn is_well(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The server's owner.
    pub fn owner(&self) -> RoomClient {
        RoomClient::with_api_key(&format!("http://127.0.0.1:{}", self.port), KEY, SECRET)
    }

    /// The names of its rooms.
    pub fn rooms(&self) -> Vec<String> {
        let rooms = super::block_on(self.owner().list_rooms(Vec::new())).unwrap();
        let mut names: Vec<String> = rooms.into_iter().map(|room| room.name).collect();
        names.sort();
        names
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A profile with these addresses and the right key.
pub fn profile(urls: &[String]) -> ServerProfile {
    ServerProfile { id: "p1".into(), name: "Ours".into(), urls: urls.to_vec(), key: KEY.into() }
}

/// What nodes of one cluster share; killed when dropped.
pub struct Redis {
    child: Child,
    port: u16,
}

impl Redis {
    pub fn start() -> Self {
        let program =
            std::env::var_os("SIDESTAGE_REDIS").map_or_else(|| "redis-server".into(), PathBuf::from);
        let port = free_port();
        let child = Command::new(&program)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}: it is the package `redis-server`", program.display())
            });
        let redis = Self { child, port };
        until("redis answers", || TcpStream::connect((Ipv4Addr::LOCALHOST, redis.port)).is_ok());
        redis
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
