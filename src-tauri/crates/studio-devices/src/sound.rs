//! Microphones and speakers. **A microphone gives its own sound or none: never, not for one sample, another's. Nothing is
//! open that was not opened by a call, nothing opens again by itself, and no call waits longer than two seconds for a
//! sound server that does not answer.**
//!
//! ```text
//! let sound = Sound::new();
//! let watch = sound.watch(|list| tell(list));                       // now, and at each change
//! let microphone = sound.microphone(&id, on_sound, on_news)?;       // open until it is dropped
//! ```
//!
//! Where a PulseAudio server (or PipeWire in its place) runs, this module speaks its language itself: cpal has no way to
//! forbid that a stream is moved to another device. Anywhere else cpal opens what the system has.

mod native;
mod pulse;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use studio_wire::device::{Device, DeviceId, DeviceTrouble};
use studio_wire::time::ShowTime;
use thiserror::Error;

use self::native::Native;

/// What a call waits for a server or a driver at most.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why a list could not be read, or a device not be opened.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SoundError {
    /// No device has this id.
    #[error("the device is not there")]
    Gone,
    /// Another program holds it.
    #[error("another program holds the device")]
    Busy,
    /// The system does not let us.
    #[error("the system does not allow it")]
    Denied,
    /// There is no sound server, it has gone, or it does not answer.
    #[error("the sound server does not answer")]
    NoServer,
    /// The device has no format that we can read.
    #[error("the device has no format that can be read")]
    NoFormat,
    /// Something else; the text is for the log.
    #[error("sound: {0}")]
    Broken(String),
}

impl SoundError {
    /// The same in the words of the wire.
    pub fn trouble(&self) -> DeviceTrouble {
        match self {
            Self::Gone => DeviceTrouble::Gone,
            Self::Busy => DeviceTrouble::Busy,
            Self::Denied => DeviceTrouble::Denied,
            Self::NoServer => DeviceTrouble::NoServer,
            Self::NoFormat => DeviceTrouble::NoFormat,
            Self::Broken(text) => {
                tracing::warn!(text, "sound");
                DeviceTrouble::Broken
            }
        }
    }
}

/// What happens to an open device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamNews {
    /// It has given, or taken, no sound for a second. It stays open.
    Stalled,
    /// It goes on after [`Self::Stalled`].
    Flowing,
    /// It is closed, and this is the last word about it. Not told of one that its owner closed.
    Ended(DeviceTrouble),
}

/// The sound devices of this machine. Having one opens nothing. Clones are the same.
#[derive(Clone, Debug)]
pub struct Sound(Arc<Here>);

#[derive(Debug)]
struct Here {
    /// Where a sound server's socket is, or may be one day.
    socket: Option<PathBuf>,
    /// It has been there: from now on, its absence is a loss.
    served: AtomicBool,
    native: Native,
}

impl Default for Sound {
    fn default() -> Self {
        Self::new()
    }
}

impl Sound {
    /// The sound of this session, found as PulseAudio's own programs find it: `PULSE_SERVER`, `PULSE_RUNTIME_PATH`,
    /// `XDG_RUNTIME_DIR`. Without a server there, the system's own devices.
    pub fn new() -> Self {
        Self::with(pulse::socket(|name| std::env::var(name).ok()), false)
    }

    /// The sound of the PulseAudio server with this socket, and no other, whether it is there now or not.
    pub fn at(socket: PathBuf) -> Self {
        Self::with(Some(socket), true)
    }

    fn with(socket: Option<PathBuf>, served: bool) -> Self {
        Self(Arc::new(Here { socket, served: AtomicBool::new(served), native: Native::new(native::HOST) }))
    }

    /// Microphones and speakers. Waits for two seconds at most.
    pub fn list(&self) -> Result<Vec<Device>, SoundError> {
        match self.server() {
            Some(socket) => pulse::list(socket),
            None => self.0.native.list(),
        }
    }

    /// Calls with the list at once and then each time it is another: a device came or went, or another is the default;
    /// and with an error each time the server goes. Looks for a lost server by itself, after 0.1 s and ever more seldom
    /// up to 2 s. The function is called on a thread of its own and may take its time.
    ///
    /// With a sound server there is no asking without need. Without one the list is read each second.
    pub fn watch(
        &self,
        on_change: impl FnMut(Result<&[Device], SoundError>) + Send + 'static,
    ) -> Result<Watch, SoundError> {
        let kind = match self.server() {
            Some(socket) => WatchKind::Pulse(pulse::watch::watch(socket.to_owned(), on_change)?),
            None => {
                let sound = self.clone();
                WatchKind::Native(native::watch::watch(move || sound.list(), on_change)?)
            }
        };
        Ok(Watch { _kind: kind })
    }

    /// Opens a microphone. Returns when it is open or has failed, in two seconds at most.
    ///
    /// `on_sound` gets what it hears, all channels interleaved, in pieces of whatever length the device likes, with the
    /// show time at which the first frame was taken in. It is called on a thread that waits for nothing: it must not
    /// allocate, lock, log or wait. `on_news` is called on a thread of this module, and must not call it.
    pub fn microphone(
        &self,
        id: &DeviceId,
        on_sound: impl FnMut(&[f32], ShowTime) + Send + 'static,
        on_news: impl FnMut(StreamNews) + Send + 'static,
    ) -> Result<Microphone, SoundError> {
        let open = match self.of_server(id)? {
            Some((socket, name)) => Open::Pulse(pulse::record::open(socket, name, on_sound, on_news)?),
            None => Open::Native(self.0.native.microphone(id, on_sound, on_news)?),
        };
        Ok(Microphone { open })
    }

    /// Opens a speaker. Returns when it is open or has failed, in two seconds at most.
    ///
    /// `fill` is handed silence to write sound into, all channels interleaved, in pieces of whatever length the device
    /// likes, with the show time at which the first frame will be heard. What holds for `on_sound` of
    /// [`Self::microphone`] holds for it.
    pub fn speaker(
        &self,
        id: &DeviceId,
        fill: impl FnMut(&mut [f32], ShowTime) + Send + 'static,
        on_news: impl FnMut(StreamNews) + Send + 'static,
    ) -> Result<Speaker, SoundError> {
        let open = match self.of_server(id)? {
            Some((socket, name)) => Open::Pulse(pulse::play::open(socket, name, fill, on_news)?),
            None => Open::Native(self.0.native.speaker(id, fill, on_news)?),
        };
        Ok(Speaker { open })
    }

    /// The server's socket, if there is or was a server.
    fn server(&self) -> Option<&Path> {
        let Here { socket, served, .. } = &*self.0;
        let socket = socket.as_deref()?;
        if !served.load(Ordering::Relaxed) && !socket.exists() {
            return None;
        }
        served.store(true, Ordering::Relaxed);
        Some(socket)
    }

    /// A server's device by its id: the socket and the name there.
    fn of_server<'a>(&'a self, id: &'a DeviceId) -> Result<Option<(&'a Path, &'a str)>, SoundError> {
        match (self.server(), id.0.split_once(':')) {
            // No name would mean the default.
            (Some(socket), Some((pulse::HOST, name))) if !name.is_empty() => Ok(Some((socket, name))),
            (Some(_), _) => Err(SoundError::Gone),
            (None, _) => Ok(None),
        }
    }
}

/// A watch on the list of devices, until it is dropped.
#[derive(Debug)]
pub struct Watch {
    _kind: WatchKind,
}

#[derive(Debug)]
enum WatchKind {
    Pulse(#[expect(dead_code, reason = "held for its end")] pulse::watch::Watching),
    Native(#[expect(dead_code, reason = "held for its end")] native::watch::Watching),
}

/// A microphone that is open, until it is dropped. Dropping waits for nobody; at most the piece that is being handed on
/// is handed on after that.
#[derive(Debug)]
pub struct Microphone {
    open: Open,
}

/// A speaker that is open, until it is dropped. Dropping waits for nobody.
#[derive(Debug)]
pub struct Speaker {
    open: Open,
}

#[derive(Debug)]
enum Open {
    Pulse(pulse::stream::Open),
    Native(native::Open),
}

impl Microphone {
    /// Frames a second: the device's own rate.
    pub fn rate(&self) -> u32 {
        self.open.rate()
    }

    /// Samples to a frame: as many as the device has channels.
    pub fn channels(&self) -> u16 {
        self.open.channels()
    }

    /// How often sound was lost on its way here because somebody was late.
    pub fn faults(&self) -> u64 {
        self.open.faults()
    }
}

impl Speaker {
    /// Frames a second: the device's own rate.
    pub fn rate(&self) -> u32 {
        self.open.rate()
    }

    /// Samples to a frame: as many as the device has channels.
    pub fn channels(&self) -> u16 {
        self.open.channels()
    }

    /// How often there was a hole because sound came too late.
    pub fn faults(&self) -> u64 {
        self.open.faults()
    }
}

impl Open {
    fn rate(&self) -> u32 {
        match self {
            Self::Pulse(open) => open.rate,
            Self::Native(open) => open.rate,
        }
    }

    fn channels(&self) -> u16 {
        match self {
            Self::Pulse(open) => open.channels,
            Self::Native(open) => open.channels,
        }
    }

    fn faults(&self) -> u64 {
        let faults: &AtomicU64 = match self {
            Self::Pulse(open) => &open.faults,
            Self::Native(open) => &open.faults,
        };
        faults.load(Ordering::Relaxed)
    }
}
