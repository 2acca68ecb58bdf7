//! A TCP connection with a hand on it.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How often a thread looks up from a read or an accept.
const LOOK: Duration = Duration::from_millis(5);
/// What one connection holds back at most in one direction; then the sender has to wait.
const HELD: usize = 4 << 20;

/// A TCP proxy from a free port of 127.0.0.1 to a target, which can be cut, stalled and slowed down.
///
/// It ends with the value: its connections are cut, its port is closed.
pub struct Proxy {
    address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    target: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
    accepted: AtomicUsize,
    refused: AtomicUsize,
    open: AtomicUsize,
}

#[derive(Default)]
struct State {
    cut: bool,
    stalled: bool,
    ended: bool,
    delay: Duration,
    links: Vec<TcpStream>,
}

impl Proxy {
    /// Forwards to `target` from now on.
    ///
    /// # Panics
    /// When this machine has no free port.
    #[must_use]
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener can be asked without waiting");
        let address = listener.local_addr().expect("a bound listener has an address");
        let inner = Arc::new(Inner {
            target,
            state: Mutex::default(),
            changed: Condvar::new(),
            accepted: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
        });
        let ear = inner.clone();
        thread::spawn(move || ear.listen(&listener));
        Self { address, inner }
    }

    /// Forwards to a port of 127.0.0.1.
    #[must_use]
    pub fn to_port(port: u16) -> Self {
        Self::to(SocketAddr::from(([127, 0, 0, 1], port)))
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

    /// Ends all connections, at both ends, and from now on each new one as soon as it is made.
    pub fn cut(&self) {
        self.set(|state| {
            state.cut = true;
            state.drop_links();
        });
    }

    /// Ends all connections and takes new ones: a moment's fault.
    pub fn snap(&self) {
        self.set(State::drop_links);
    }

    /// Stops forwarding in both directions without closing anything. New connections are taken and get no
    /// answer. Nothing that was sent meanwhile is lost.
    pub fn stall(&self) {
        self.set(|state| state.stalled = true);
    }

    /// Adds this much in each direction, for what is read from now on.
    pub fn delay(&self, one_way: Duration) {
        self.set(|state| state.delay = one_way);
    }

    /// Forwards again, and takes new connections. The delay stays as it is.
    pub fn heal(&self) {
        self.set(|state| (state.cut, state.stalled) = (false, false));
    }

    /// How many connections were taken so far, those ended at once not counted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.inner.accepted.load(Ordering::SeqCst)
    }

    /// How many were ended at once because of a [`Self::cut`].
    #[must_use]
    pub fn refused(&self) -> usize {
        self.inner.refused.load(Ordering::SeqCst)
    }

    /// How many are open now.
    #[must_use]
    pub fn open(&self) -> usize {
        self.inner.open.load(Ordering::SeqCst)
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.inner.state());
        self.inner.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(|state| {
            state.ended = true;
            state.drop_links();
        });
    }
}

impl State {
    fn drop_links(&mut self) {
        for link in self.links.drain(..) {
            // Both ends see it at once; the threads that copy end by it.
            let _ = link.shutdown(Shutdown::Both);
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(self: Arc<Self>, listener: &TcpListener) {
        while !self.state().ended {
            match listener.accept() {
                Ok((near, _)) => self.clone().take(near),
                Err(_) => thread::sleep(LOOK),
            }
        }
    }

    fn take(self: Arc<Self>, near: TcpStream) {
        if self.state().cut {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return;
        }
        let _ = near.set_nonblocking(false);
        thread::spawn(move || {
            let Ok(far) = TcpStream::connect(self.target) else { return };
            let _ = (near.set_nodelay(true), far.set_nodelay(true));
            let Some(ends) = self.register(&near, &far) else { return };
            self.accepted.fetch_add(1, Ordering::SeqCst);
            self.open.fetch_add(1, Ordering::SeqCst);
            let back = self.clone();
            let answers = thread::spawn(move || back.copy(ends.1, ends.0));
            self.copy(near, far);
            let _ = answers.join();
            self.open.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// Keeps a hand on both ends; `None` when a cut came in between.
    fn register(&self, near: &TcpStream, far: &TcpStream) -> Option<(TcpStream, TcpStream)> {
        let clones = (near.try_clone().ok()?, far.try_clone().ok()?);
        let mut state = self.state();
        if state.cut || state.ended {
            return None;
        }
        // Those that ended by themselves have no far end any more.
        state.links.retain(|link| link.peer_addr().is_ok());
        state.links.extend([near.try_clone().ok()?, far.try_clone().ok()?]);
        Some(clones)
    }

    /// Copies one direction to its end: reads while it waits for what is due.
    fn copy(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut due: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
        let (mut held, mut ended) = (0, false);
        let mut bytes = vec![0; 64 << 10];
        while !(ended && due.is_empty()) {
            let wait =
                due.front().map_or(LOOK, |(at, _)| at.saturating_duration_since(Instant::now()).min(LOOK));
            if ended || held >= HELD {
                thread::sleep(wait);
            } else {
                let _ = from.set_read_timeout(Some(wait.max(Duration::from_micros(100))));
                match from.read(&mut bytes) {
                    Ok(0) => ended = true,
                    Ok(count) => {
                        let at = Instant::now() + self.state().delay;
                        due.push_back((at, bytes[..count].to_vec()));
                        held += count;
                    }
                    Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                    Err(_) => break,
                }
            }
            if !self.wait_while_stalled() {
                break;
            }
            while due.front().is_some_and(|(at, _)| *at <= Instant::now()) {
                let Some((_, part)) = due.pop_front() else { break };
                held -= part.len();
                if to.write_all(&part).is_err() {
                    let _ = from.shutdown(Shutdown::Both);
                    return;
                }
            }
        }
        // Only this direction has ended: the other may still have something to say.
        let _ = to.shutdown(if ended { Shutdown::Write } else { Shutdown::Both });
    }

    /// False when the proxy or all its connections have been ended meanwhile.
    fn wait_while_stalled(&self) -> bool {
        let mut state = self.state();
        while state.stalled && !state.ended && !state.cut {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.ended && !state.cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says everything back; ends with its listener's last client.
    fn echo() -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || std::io::copy(&mut &stream, &mut &stream));
            }
        });
        port
    }

    fn client(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect(proxy.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    fn says_back(stream: &mut TcpStream, text: &[u8]) -> bool {
        let mut answer = vec![0; text.len()];
        stream.write_all(text).is_ok() && stream.read_exact(&mut answer).is_ok() && answer == text
    }

    fn is_over(stream: &mut TcpStream) -> bool {
        match stream.read(&mut [0; 8]) {
            Ok(count) => count == 0,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }

    fn until(what: &str, mut holds: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !holds() {
            assert!(Instant::now() < end, "{what}");
            thread::sleep(LOOK);
        }
    }

    #[test]
    fn what_is_sent_arrives_in_both_directions_and_is_counted() {
        let proxy = Proxy::to_port(echo());
        let (mut one, mut two) = (client(&proxy), client(&proxy));
        let long: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
        assert!(says_back(&mut one, b"hello") && says_back(&mut two, &long));
        assert_eq!((proxy.connections(), proxy.open(), proxy.refused()), (2, 2, 0));
        drop(one);
        until("the closed one is no longer open", || proxy.open() == 1);
        assert!(says_back(&mut two, b"still there"));
    }

    #[test]
    fn a_cut_ends_every_connection_and_every_new_one_until_it_is_healed() {
        let proxy = Proxy::to_port(echo());
        let mut old = client(&proxy);
        assert!(says_back(&mut old, b"before"));
        proxy.cut();
        assert!(is_over(&mut old));
        let mut new = client(&proxy);
        assert!(is_over(&mut new));
        assert_eq!((proxy.connections(), proxy.refused()), (1, 1));
        proxy.heal();
        assert!(says_back(&mut client(&proxy), b"after"));
        until("the cut ones are no longer open", || proxy.open() == 0);
    }

    #[test]
    fn a_snap_ends_what_is_open_and_nothing_else() {
        let proxy = Proxy::to_port(echo());
        let mut old = client(&proxy);
        assert!(says_back(&mut old, b"before"));
        proxy.snap();
        assert!(is_over(&mut old));
        assert!(says_back(&mut client(&proxy), b"after"));
    }

    #[test]
    fn a_stalled_connection_stays_open_and_loses_nothing() {
        let proxy = Proxy::to_port(echo());
        let mut stream = client(&proxy);
        assert!(says_back(&mut stream, b"before"));
        proxy.stall();
        stream.write_all(b"meanwhile").unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut answer = [0; 9];
        let silent = stream.read(&mut answer).unwrap_err().kind();
        assert!(matches!(silent, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silent:?}");
        proxy.heal();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"meanwhile");
    }

    #[test]
    fn a_cut_also_ends_what_is_stalled() {
        let proxy = Proxy::to_port(echo());
        let mut stream = client(&proxy);
        assert!(says_back(&mut stream, b"before"));
        proxy.stall();
        proxy.cut();
        assert!(is_over(&mut stream));
        until("nothing is open", || proxy.open() == 0);
    }

    #[test]
    fn a_delay_is_added_in_each_direction_and_keeps_the_order() {
        let proxy = Proxy::to_port(echo());
        let mut stream = client(&proxy);
        assert!(says_back(&mut stream, b"before"));
        proxy.delay(Duration::from_millis(60));
        let began = Instant::now();
        let long: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        assert!(says_back(&mut stream, &long));
        assert!(began.elapsed() >= Duration::from_millis(120), "{:?}", began.elapsed());
    }

    #[test]
    fn a_client_that_has_said_all_still_hears_the_answer() {
        let proxy = Proxy::to_port(echo());
        let mut stream = client(&proxy);
        proxy.delay(Duration::from_millis(30));
        stream.write_all(b"last words").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, b"last words");
    }

    #[test]
    fn a_target_that_is_not_there_ends_the_connection_and_a_dropped_proxy_its_port() {
        let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let proxy = Proxy::to_port(nobody);
        assert!(is_over(&mut client(&proxy)));
        let address = proxy.address();
        drop(proxy);
        until("the port is closed", || TcpStream::connect(address).is_err());
    }
}
