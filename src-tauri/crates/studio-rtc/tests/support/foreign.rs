//! What may lie behind the address of a server that is none, or not as it should be.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::node::{KEY, SECRET};

/// Answers every connection in its own thread until the test ends; gives back its address.
pub fn stranger(answer: impl Fn(TcpStream) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || answer(stream));
        }
    });
    url
}

/// Says the same to every request.
pub fn says(answer: &str) -> String {
    let answer = answer.to_owned();
    stranger(move |mut stream| {
        let _ = Request::read(&stream);
        let _ = stream.write_all(answer.as_bytes());
    })
}

/// An HTTP answer.
pub fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

/// One request as it came.
pub struct Request {
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn read(stream: &TcpStream) -> Option<Self> {
        let mut stream = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).ok()?;
            match line.trim_end() {
                "" => break,
                line => head.push(line.to_owned()),
            }
        }
        let length =
            head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).ok()?;
        Some(Self { head, body })
    }

    pub fn token(&self) -> Option<&str> {
        self.head.iter().find_map(|line| line.split_once("Bearer ").map(|(_, token)| token))
    }
}

/// In front of a real server: waits, then passes each request on, signed by somebody whose clock is that wrong.
pub fn front(port: u16, wait: Duration, clock: Option<i64>) -> String {
    stranger(move |mut stream| {
        let Some(mut request) = Request::read(&stream) else { return };
        std::thread::sleep(wait);
        for line in &mut request.head {
            if line.to_lowercase().starts_with("connection:") {
                line.clear();
            } else if let Some(clock) = clock.filter(|_| line.contains("Bearer ")) {
                *line = format!("authorization: Bearer {}", token(clock));
            }
        }
        request.head.retain(|line| !line.is_empty());
        let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let head = request.head.join("\r\n") + "\r\nconnection: close\r\n\r\n";
        let _ = server.write_all(head.as_bytes()).and_then(|()| server.write_all(&request.body));
        let _ = std::io::copy(&mut server, &mut stream);
    })
}

/// A token as our own are, signed by a clock that is that many seconds wrong.
fn token(clock: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed() + clock;
    let grants = json!({ "roomList": true, "roomCreate": true });
    let claims = json!({ "iss": KEY, "nbf": now, "exp": now + 600, "video": grants });
    let signed = [r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(), claims.to_string()]
        .map(|part| base64(part.as_bytes()))
        .join(".");
    let mut pad = [0_u8; 64];
    pad[..SECRET.len()].copy_from_slice(SECRET.as_bytes());
    let inner = Sha256::new().chain_update(pad.map(|byte| byte ^ 0x36)).chain_update(&signed).finalize();
    let outer = Sha256::new().chain_update(pad.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    format!("{signed}.{}", base64(&outer))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let whole =
            group.iter().fold(0_u32, |whole, byte| whole << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for n in 0..=group.len() {
            text.push(char::from(LETTERS[(whole >> (18 - 6 * n)) as usize & 63]));
        }
    }
    text
}
