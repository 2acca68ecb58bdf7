//! One life of an engine child: its memory, its process, and the threads that talk with it.
//!
//! **Invariant: whatever happens to the child, this side only ever hears of it.** Nothing here waits for a child
//! without a limit, and no thread that carries media touches the socket.

mod lanes;
mod news;

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use studio_lane::talk::{self, TalkError};
use studio_lane::{Bell, hello};
use studio_wire::Epoch;
use studio_wire::engine::{Order, Report};
use studio_wire::rtc::RoomKind;

pub use lanes::{AirBlock, CrewBlock, LaneSink, Out};
pub(crate) use news::{Heard, Side};
use news::{News, Step};

use crate::lines;
use crate::secret::redact;
use crate::tools::Programs;

/// How often the child is asked for a sign of life.
const PING: Duration = Duration::from_millis(250);
/// After this much silence it is dead.
const SILENCE: Duration = Duration::from_millis(1500);
/// The same, before its first word: it loads a library of 28 MB first, perhaps on a busy machine.
const FIRST_SILENCE: Duration = Duration::from_secs(5);
/// Orders that wait for a child that does not read: every seat may be told and answered something at once.
const QUEUE: usize = 512;

/// What a child's threads tell the supervisor.
pub(crate) enum Sign {
    /// It reported something that concerns somebody.
    Heard(Heard),
    /// It ended, hung, or spoke nonsense: it is of no more use.
    Dead(&'static str),
}

/// A running child. Dropped, it is killed.
pub(crate) struct Engine {
    room: RoomKind,
    epoch: Epoch,
    child: Child,
    orders: SyncSender<Order>,
}

impl Engine {
    /// Starts the child of a room and gives its lanes to `sink`. `sign` is called from the child's own threads.
    /// Must be called from a thread that lives as long as the app: the child dies with it.
    pub fn start(
        programs: &Programs,
        room: RoomKind,
        epoch: Epoch,
        side: Side,
        sink: &dyn LaneSink,
        sign: impl Fn(Sign) + Send + 'static,
    ) -> io::Result<Self> {
        let (memory, ends) = lanes::create(room)?;
        let (ours, theirs) = UnixStream::pair()?;
        let child = Command::new(&programs.engine)
            .env("SIDESTAGE_LIVEKIT_LIB", &programs.library)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let (orders, queue) = mpsc::sync_channel(QUEUE);
        // From here on a failure kills the child by dropping this.
        let mut engine = Self { room, epoch, child, orders };
        let bells: Vec<(u16, &Bell)> = memory.bells.iter().map(|(lane, bell)| (*lane, bell)).collect();
        hello::send(&ours, epoch.0, &memory.shapes, &memory.block, &bells)?;
        let (mouth, ear) = talk::split(ours)?;
        mouth.set_patience(Some(SILENCE))?;
        ear.set_patience(Some(FIRST_SILENCE))?;
        if let Some(err) = engine.child.stderr.take() {
            spawn("engine-err", move || {
                lines::pump(err, |line| tracing::info!(room = room.word(), %epoch, "{}", redact(line)));
            })?;
        }
        let listener =
            Listener { room, epoch, news: News::new(room, epoch, side), mouth: engine.orders.clone() };
        spawn("engine-ear", move || sign(Sign::Dead(listener.listen(ear, &sign))))?;
        spawn("engine-mouth", move || say(mouth, &queue))?;
        match ends {
            lanes::Ends::Crew(block) => sink.crew(Some(block)),
            lanes::Ends::Air(block) => sink.air(Some(block)),
        }
        Ok(engine)
    }

    /// Which `Start` this is the life of.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Queues an order. `false`: the child has not read for so long that it must be dead.
    #[must_use]
    pub fn order(&self, order: Order) -> bool {
        self.orders.try_send(order).is_ok()
    }

    /// It has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it now and takes its lanes away.
    pub fn kill(self, sink: &dyn LaneSink) {
        match self.room {
            RoomKind::Crew => sink.crew(None),
            RoomKind::Air => sink.air(None),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(body).map(drop)
}

/// What an engine's ear needs to know.
struct Listener {
    room: RoomKind,
    epoch: Epoch,
    news: News,
    mouth: SyncSender<Order>,
}

impl Listener {
    /// Passes on what concerns anybody until the child is dead; says why it is.
    fn listen(mut self, mut ear: talk::Receiver, sign: impl Fn(Sign)) -> &'static str {
        let mut awake = false;
        loop {
            match ear.receive::<Report>() {
                Ok(report) => {
                    if !awake {
                        awake = true;
                        let _ = ear.set_patience(Some(SILENCE));
                    }
                    self.hear(report, &sign);
                }
                Err(TalkError::Closed) => return "ended",
                Err(TalkError::Quiet) => return "silent",
                Err(error) => {
                    tracing::error!(room = self.room.word(), epoch = %self.epoch, %error, "engine not understood");
                    return "not understood";
                }
            }
        }
    }

    fn hear(&mut self, report: Report, sign: impl Fn(Sign)) {
        let now = Instant::now();
        match self.news.hear(report, now) {
            Step::Nothing => {}
            Step::Pass(heard) => sign(Sign::Heard(heard)),
            Step::Answer { call, answer } => {
                // Whoever asks so often may wait for this one until their own limit.
                let _ = self.mouth.try_send(Order::Answer { call, answer });
            }
        }
        for flood in self.news.floods(now) {
            sign(Sign::Heard(flood));
        }
    }
}

/// Sends orders and pings until the queue's other end or the child is gone. A child that does not read shows by the
/// silence that the ear hears.
fn say(mut mouth: talk::Sender, queue: &mpsc::Receiver<Order>) {
    let mut next = Instant::now() + PING;
    for number in 0.. {
        loop {
            match queue.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(order) if mouth.send(&order).is_ok() => {}
                Err(RecvTimeoutError::Timeout) => break,
                Ok(_) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if mouth.send(&Order::Ping(number)).is_err() {
            return;
        }
        next = Instant::now() + PING;
    }
}
