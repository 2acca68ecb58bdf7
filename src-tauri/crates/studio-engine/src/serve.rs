//! The engine's thread: one input, everything that follows from it, then the next.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use studio_lane::hello::{self, HelloError};
use studio_lane::talk::{self, Receiver, TalkError};
use studio_wire::engine::{EngineFault, Order, Report};

use crate::kit;
use crate::report::{Reports, load_fault};
use crate::room::{Engine, News};

/// The environment variable that holds the path of LiveKit's library.
pub const LIBRARY: &str = "SIDESTAGE_LIVEKIT_LIB";

/// How often lanes are looked at.
const TICK: Duration = Duration::from_millis(50);
/// How long the app may leave reports unread.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why an engine ended otherwise than by `Leave` or by the end of its socket.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There was no hello.
    #[error(transparent)]
    Hello(#[from] HelloError),
    /// The socket failed, or carried something that is no order.
    #[error("the app cannot be heard: {0}")]
    Talk(#[from] TalkError),
    /// A socket or a thread could not be made.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// LiveKit's library could not be loaded; reported as a fault before.
    #[error("{0}")]
    Library(String),
}

/// What the engine's thread is woken by.
pub(crate) enum Input {
    Order(Order),
    /// No more orders come: the app has closed the socket, or it broke.
    Closed(Option<TalkError>),
    /// From the room of that generation.
    News(u32, News),
}

/// Serves one room until `Leave` or the end of the socket, then leaves the room.
///
/// Needs a hello first ([`hello::send`]) and the library's path in [`LIBRARY`]. A library that cannot be loaded is
/// reported as a fault before this returns its error. Several may run in one process, each on a thread of its own.
pub fn serve(socket: UnixStream) -> Result<(), ServeError> {
    let welcome = hello::receive(&socket)?;
    let (say, hear) = talk::split(socket)?;
    say.set_patience(Some(PATIENCE))?;
    let mut reports = Reports::new(say);
    load(&mut reports)?;
    reports.say(&Report::Ready { engine: kit::VERSION.to_owned() });
    // Unbounded: the room's events must not wait, and orders are few.
    let (inbox, inputs) = mpsc::channel();
    let orders = inbox.clone();
    std::thread::Builder::new().name("orders".into()).spawn(move || listen(hear, &orders))?;

    let mut engine = Engine::new(welcome, inbox, reports);
    let mut next_look = Instant::now() + TICK;
    let served = loop {
        let input = match inputs.recv_timeout(next_look.saturating_duration_since(Instant::now())) {
            Ok(input) => Some(input),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => unreachable!("the engine itself holds a sender"),
        };
        match input {
            Some(Input::Order(Order::Leave) | Input::Closed(None)) => break Ok(()),
            Some(Input::Closed(Some(error))) => break Err(error.into()),
            Some(Input::Order(order)) => engine.order(order),
            Some(Input::News(generation, news)) => engine.news(generation, news),
            None => {
                engine.look(Instant::now());
                next_look = Instant::now() + TICK;
            }
        }
        match engine.reports.failure() {
            None => {}
            Some(TalkError::Closed) => break Ok(()),
            Some(error) => break Err(error.into()),
        }
    };
    engine.leave();
    served
}

fn load(reports: &mut Reports) -> Result<(), ServeError> {
    let Some(path) = std::env::var_os(LIBRARY).map(PathBuf::from) else {
        let path = format!("({LIBRARY} is not set)");
        reports.say(&Report::Fault(EngineFault::LibraryMissing { path }));
        return Err(ServeError::Library(format!("{LIBRARY} is not set")));
    };
    kit::load(&path).map_err(|error| {
        reports.say(&Report::Fault(load_fault(&error, &path)));
        ServeError::Library(error.to_string())
    })
}

/// The thread that hears orders, until the socket ends or the engine has.
fn listen(mut hear: Receiver, inbox: &Sender<Input>) {
    loop {
        let input = match hear.receive() {
            Ok(order) => Input::Order(order),
            Err(TalkError::Closed) => Input::Closed(None),
            Err(error) => Input::Closed(Some(error)),
        };
        let last = matches!(input, Input::Closed(_));
        if inbox.send(input).is_err() || last {
            return;
        }
    }
}
