//! Records a program: one ffmpeg child a segment, Matroska while it runs, MP4 some time after it is done.
//!
//! **File time is tick time.** The first tick given is time 0 of the file, a tick nobody composed is filled with the
//! picture before it, sound nobody mixed is silence, so frame n of the file is tick n of the recording and picture
//! and sound stay together however long it lasts.
//!
//! **The caller never waits.** Pictures and sounds go into bounded queues; whatever the encoder, the disk or the
//! folder does is met on threads of this module, and what was on disk before stays playable: an encoder that dies or
//! hangs is replaced within two seconds, a folder that vanishes is replaced by another, a disk that fills up ends the
//! recording while there is still room to finish the file.
//!
//! ffmpeg reads pictures from its standard input and sound from its standard *output*, which is handed the reading
//! end of a second pipe: both are inherited without a name in the file system, only this process holds the writing
//! ends, and so the encoder sees the end of both, finishes its file and ends, even when this process is killed.

mod check;
mod encoder;
mod feed;
mod finish;
mod names;
mod remux;
mod segment;
mod take;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use studio_wire::fault::Fault;
use studio_wire::ids::Epoch;
use studio_wire::view::ProgramFormat;

use crate::clock::TickClock;
use crate::frame::{PoolFrame, i420_len};
use crate::{Config, ReportSink};
pub use remux::Remuxes;

/// Most bytes of pictures that wait for the encoder.
const QUEUE_BYTES: usize = 256 << 20;
/// Most seconds of pictures that wait: longer than it takes to replace an encoder that hangs.
const QUEUE_SECONDS: usize = 4;
/// Blocks of 10 ms of sound that wait.
const SOUND_QUEUE: usize = 100 * (QUEUE_SECONDS + 2);

/// What to record, and where.
#[derive(Clone, Debug)]
pub struct Take {
    /// Stands on every report.
    pub epoch: Epoch,
    /// Of every picture that will come.
    pub format: ProgramFormat,
    /// The program's clock: tells when a tick and a block of sound were due.
    pub clock: TickClock,
    /// An existing folder, as [`Recorder::check`] gave it.
    pub folder: PathBuf,
    /// The file's name. With `.mkv` it stays Matroska; with `.mp4`, or without one of the two, it becomes MP4.
    pub name: String,
    /// A finished file of that very name is replaced, because somebody asked for exactly this one. Otherwise nothing
    /// is written over: the name gets a number.
    pub replace: bool,
}

/// Bounds that tests narrow.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Room that is left free on the disk.
    reserve: u64,
    /// With fewer seconds of room than this a warning is given.
    warn_seconds: u64,
    /// The first rates are no rates: what little was written says nothing about the room it will need.
    rate_after: Duration,
    /// An encoder that takes nothing and writes nothing for so long is replaced.
    patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reserve: 64 << 20,
            warn_seconds: 300,
            rate_after: Duration::from_secs(5),
            patience: Duration::from_secs(2),
        }
    }
}

/// What caller and threads of one recording share.
#[derive(Debug, Default)]
struct Shared {
    /// On disk, all segments.
    bytes: AtomicU64,
    /// A picture did not fit the queue.
    behind: AtomicBool,
}

/// A recording under way. Dropping it finishes it.
#[derive(Debug)]
pub struct Recorder {
    pictures: SyncSender<(u64, Arc<PoolFrame>)>,
    sounds: SyncSender<(u64, [f32; 960])>,
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

impl Recorder {
    /// Looks whether a recording could be made: encoder there, folder there, writable and with room. Gives the
    /// folder; without one named, the platform's, which is made if need be. Touches the disk.
    pub fn check(config: &Config, folder: Option<&str>) -> Result<PathBuf, Fault> {
        check::recording(config, folder, Limits::default().reserve)
    }

    /// Most pictures the recorder holds at a time: the pool they come from needs that many slots more.
    pub fn holds(format: ProgramFormat) -> usize {
        // In the queue, being written, and the one before it.
        queue_length(format) + 2
    }

    /// Starts a recording; it begins with the first picture. What becomes of it is reported; its remux is counted
    /// among the others.
    pub fn start(config: &Config, take: Take, report: ReportSink, remuxes: &Remuxes) -> Self {
        Self::with_limits(config, take, report, remuxes, Limits::default())
    }

    fn with_limits(
        config: &Config,
        take: Take,
        report: ReportSink,
        remuxes: &Remuxes,
        limits: Limits,
    ) -> Self {
        let (pictures, picture_queue) = sync_channel(queue_length(take.format));
        let (sounds, sound_queue) = sync_channel(SOUND_QUEUE);
        let shared = Arc::new(Shared::default());
        let intake = feed::Intake::new(picture_queue, sound_queue);
        let (config, remuxes, watched) = (config.clone(), remuxes.clone(), shared.clone());
        let thread = thread::Builder::new()
            .name("record".into())
            .spawn(move || take::run(config, take, report, remuxes, limits, watched, intake))
            .expect("the system gives a thread for the recorder");
        Self { pictures, sounds, shared, thread }
    }

    /// Hands over the picture of a tick; ticks only go up. Never waits: when the encoder is seconds behind, the
    /// picture is dropped and the recording goes on in a new segment.
    pub fn frame(&self, tick: u64, picture: Arc<PoolFrame>) {
        if let Err(TrySendError::Full(_)) = self.pictures.try_send((tick, picture)) {
            self.shared.behind.store(true, Ordering::Relaxed);
        }
    }

    /// Hands over 10 ms of sound, stereo, interleaved. Block `n` begins n × 10 ms after tick 0; blocks only go up.
    /// Never waits.
    pub fn sound(&self, block: u64, samples: &[f32; 960]) {
        // A full queue is the picture queue's business: sound is what waits the shorter.
        let _ = self.sounds.try_send((block, *samples));
    }

    /// Bytes on disk so far, of all segments.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Finishes the recording with what was handed over. Returns at once; one `Recorded` or `RecordingFailed` is
    /// reported when the encoder has ended and what it wrote is whole.
    pub fn finish(self) -> Finishing {
        self.thread.thread().unpark();
        Finishing { thread: self.thread }
    }
}

/// A recording being finished.
#[derive(Debug)]
pub struct Finishing {
    thread: JoinHandle<()>,
}

impl Finishing {
    /// Waits until the recording is finished and reported; not for its remux.
    pub fn wait(self) {
        // A panic in there was caught and reported by the thread itself.
        let _ = self.thread.join();
    }
}

fn queue_length(format: ProgramFormat) -> usize {
    let picture = i420_len(format.width, format.height).max(1);
    (QUEUE_BYTES / picture).clamp(2, (QUEUE_SECONDS * format.fps as usize).max(2))
}

#[cfg(test)]
mod tests;
