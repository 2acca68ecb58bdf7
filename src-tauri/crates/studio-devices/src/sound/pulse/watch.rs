//! Hears from a PulseAudio server that its devices changed. **It asks only after the server said that something did.**

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pulseaudio::protocol::{Command, SubscriptionMask};
use studio_wire::device::Device;

use super::super::{PATIENCE, SoundError};
use super::connection::{Connection, Event, Hangup, Message};

/// First wait for a server that is not there, and the longest.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
/// Events come in bundles; the list is read when a bundle is over.
const BUNDLE: Duration = Duration::from_millis(20);

/// A watch, until it is dropped. Dropping waits for nobody.
#[derive(Debug)]
pub struct Watching {
    /// Ends a wait by its end.
    _over: Sender<()>,
    ending: Arc<Mutex<Ending>>,
}

/// How the watch's thread is reached.
#[derive(Debug, Default)]
struct Ending {
    over: bool,
    hangup: Option<Hangup>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut ending = self.ending.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ending.over = true;
        if let Some(hangup) = ending.hangup.take() {
            hangup.now();
        }
    }
}

/// Tells the list, and again whenever it is another; or that there is no server, once each time it goes.
pub fn watch(
    socket: PathBuf,
    on_change: impl FnMut(Result<&[Device], SoundError>) + Send + 'static,
) -> Result<Watching, SoundError> {
    let (over, rest) = channel();
    let ending = Arc::new(Mutex::new(Ending::default()));
    let mut watch = Watch { socket, rest, ending: ending.clone(), last: None, on_change };
    let body = move || watch.run();
    let begun = thread::Builder::new().name("sound devices".to_owned()).spawn(body);
    begun.map_err(|error| SoundError::Broken(error.to_string()))?;
    Ok(Watching { _over: over, ending })
}

struct Watch<F> {
    socket: PathBuf,
    rest: Receiver<()>,
    ending: Arc<Mutex<Ending>>,
    /// What was told last; `None` before anything was.
    last: Option<Option<Vec<Device>>>,
    on_change: F,
}

impl<F: FnMut(Result<&[Device], SoundError>)> Watch<F> {
    fn run(&mut self) {
        let mut wait = FIRST;
        loop {
            match self.follow(&mut wait) {
                Ok(()) => return,
                Err(error) => self.tell(Err(error)),
            }
            match self.rest.recv_timeout(wait) {
                Err(RecvTimeoutError::Timeout) => wait = (2 * wait).min(LONGEST),
                _ => return,
            }
        }
    }

    /// Follows a server until it goes, or the watch is over.
    fn follow(&mut self, wait: &mut Duration) -> Result<(), SoundError> {
        let until = Instant::now() + PATIENCE;
        let mut connection = Connection::open(&self.socket, until)?;
        if !self.reachable(&connection)? {
            return Ok(());
        }
        let mask = SubscriptionMask::SOURCE | SubscriptionMask::SINK | SubscriptionMask::SERVER;
        connection.tell(&Command::Subscribe(mask), until)?;
        loop {
            // What changes while the list is read is an event of its own, which `ask` keeps.
            let list = super::ask_list(&mut connection, Instant::now() + PATIENCE)?;
            *wait = FIRST;
            self.tell(Ok(list));
            if !connection.happened() {
                while !matches!(connection.next(None)?, Some(Message::Event(Event::Devices))) {}
            }
            let bundle = Instant::now() + BUNDLE;
            while connection.next(Some(bundle))?.is_some() {}
        }
    }

    /// Lets the watch's end reach this connection. False when it has ended already.
    fn reachable(&self, connection: &Connection) -> Result<bool, SoundError> {
        let mut ending = self.ending.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ending.hangup = Some(connection.hangup()?);
        Ok(!ending.over)
    }

    fn tell(&mut self, list: Result<Vec<Device>, SoundError>) {
        if self.ending.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).over {
            return;
        }
        let (told, error) = match list {
            Ok(list) => (Some(list), None),
            Err(error) => (None, Some(error)),
        };
        if self.last.as_ref() == Some(&told) {
            return;
        }
        match (&told, error) {
            (Some(list), _) => (self.on_change)(Ok(list)),
            (None, error) => (self.on_change)(Err(error.unwrap_or(SoundError::NoServer))),
        }
        self.last = Some(told);
    }
}
