//! Servers that answer as none should.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::Dice;

/// How an [`Odd`] server answers.
#[derive(Clone, Debug)]
pub enum Way {
    /// It takes the connection and says nothing, ever.
    Silent,
    /// It closes the connection as soon as something is asked.
    Closing,
    /// It answers with this many bytes of chance, then closes.
    Garbage(usize),
    /// It never ends its bytes of chance.
    Endless,
    /// It says these bytes, so much later, then closes.
    Late(Duration, Vec<u8>),
}

impl Way {
    /// A late HTTP answer.
    #[must_use]
    pub fn late_http(after: Duration, status: &str, body: &str) -> Self {
        Self::Late(after, http(status, body))
    }

    /// An HTTP answer at once, with a status line like `500 Internal Server Error`.
    #[must_use]
    pub fn http(status: &str, body: &str) -> Self {
        Self::late_http(Duration::ZERO, status, body)
    }
}

fn http(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// A server on a free port of 127.0.0.1 that answers each connection in one odd way.
///
/// It ends with the value.
pub struct Odd {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

impl Odd {
    /// Starts it.
    ///
    /// # Panics
    /// When this machine has no free port.
    #[must_use]
    pub fn start(way: Way) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (asked, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, over) = (asked.clone(), ended.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let number = count.fetch_add(1, Ordering::SeqCst);
                let (way, over) = (way.clone(), over.clone());
                thread::spawn(move || answer(stream, &way, &over, number));
            }
        });
        Self { address, asked, ended }
    }

    /// Where to connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port of [`Self::address`].
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections came so far.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Odd {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the one that waits for the next connection.
        let _ = TcpStream::connect(self.address);
    }
}

/// Never fails: a client that has gone has had its answer.
fn answer(mut stream: TcpStream, way: &Way, over: &AtomicBool, number: usize) {
    const LOOK: Duration = Duration::from_millis(20);
    let _ = stream.set_read_timeout(Some(LOOK));
    let mut asked = [0; 4096];
    let over = || over.load(Ordering::SeqCst);
    loop {
        match stream.read(&mut asked) {
            Ok(0) => return,
            Ok(_) if !matches!(way, Way::Silent) => break,
            // Silence goes on, and so does one that waits to be asked.
            _ if over() => return,
            _ => {}
        }
    }
    let mut dice = Dice::from_seed(number as u64);
    match way {
        Way::Silent | Way::Closing => {}
        Way::Garbage(length) => {
            let bytes: Vec<u8> = (0..*length).map(|_| dice.roll().to_le_bytes()[0]).collect();
            let _ = stream.write_all(&bytes);
        }
        Way::Endless => while !over() && stream.write_all(&dice.roll().to_le_bytes()).is_ok() {},
        Way::Late(after, bytes) => {
            thread::sleep(*after);
            let _ = stream.write_all(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Asks, and reads for a second at most, and 64 KB at most.
    fn ask(server: &Odd) -> (TcpStream, Vec<u8>) {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut bytes = Vec::new();
        let _ = (&mut stream).take(64 << 10).read_to_end(&mut bytes);
        (stream, bytes)
    }

    #[test]
    fn each_way_is_as_odd_as_it_says() {
        assert_eq!(ask(&Odd::start(Way::Closing)).1, b"");
        let garbage = Odd::start(Way::Garbage(5_000));
        assert_eq!(ask(&garbage).1.len(), 5_000);
        assert_eq!(ask(&Odd::start(Way::Endless)).1.len(), 64 << 10);
        let answer = String::from_utf8(ask(&Odd::start(Way::http("500 No", "later"))).1).unwrap();
        assert!(answer.starts_with("HTTP/1.1 500 No\r\n") && answer.ends_with("\r\n\r\nlater"), "{answer}");
    }

    #[test]
    fn the_late_one_is_late_and_is_counted() {
        let server = Odd::start(Way::late_http(Duration::from_millis(150), "200 OK", "OK"));
        let began = Instant::now();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("OK") && began.elapsed() >= Duration::from_millis(150));
        assert_eq!(server.asked(), 1);
    }

    #[test]
    fn the_silent_one_keeps_the_connection_until_the_client_or_the_server_ends() {
        let server = Odd::start(Way::Silent);
        let (mut stream, heard) = ask(&server);
        assert_eq!(heard, b"");
        stream.write_all(b"are you there?").unwrap();
        drop(server);
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        assert!(!matches!(stream.read(&mut [0; 8]), Ok(count) if count > 0), "it never says anything");
    }
}
