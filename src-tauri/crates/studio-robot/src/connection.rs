//! One life of an engine: a room, its lanes, and what it reports.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use studio_lane::talk::Sender;
use studio_lane::{Bell, Block, Shape, hello, talk};
use studio_wire::engine::{Order, Report, Want};

/// How long a room may take to be left.
const TO_LEAVE: Duration = Duration::from_secs(1);

/// An engine on a thread of this process. Leaves the room when it is dropped.
pub(crate) struct Connection {
    say: Sender,
    reports: Receiver<Report>,
    engine: JoinHandle<()>,
}

impl Connection {
    /// Starts an engine with these lanes; nothing is joined before the first wish.
    pub(crate) fn start(shapes: &[Shape], block: &Block, bells: &[(u16, &Bell)]) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let serve = move || {
            if let Err(error) = studio_engine::serve(theirs) {
                eprintln!("sidestage-robot: {error}");
            }
        };
        let engine = thread::Builder::new().name("engine".into()).spawn(serve)?;
        hello::send(&ours, 0, shapes, block, bells)?;
        let (say, mut hear) = talk::split(ours).map_err(io::Error::other)?;
        let (inbox, reports) = mpsc::channel();
        let listen = move || {
            while let Ok(report) = hear.receive() {
                if inbox.send(report).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("reports".into()).spawn(listen)?;
        Ok(Self { say, reports, engine })
    }

    /// Sends the whole wish. False when the engine is gone.
    pub(crate) fn wish(&mut self, want: &Want) -> bool {
        self.say.send(&Order::Want(want.clone())).is_ok()
    }

    /// The next report within a time; the error says whether there will be another.
    pub(crate) fn report(&self, limit: Duration) -> Result<Report, RecvTimeoutError> {
        self.reports.recv_timeout(limit)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.say.send(&Order::Leave);
        self.say.close();
        let until = Instant::now() + TO_LEAVE;
        while !self.engine.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
    }
}
