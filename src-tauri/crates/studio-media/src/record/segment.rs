//! One file of a recording, from its first picture to the end of its encoder.

use std::fs::{self, File};
use std::io::{self, Seek};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::encoder::{Encoder, Inputs};
use super::feed::{self, Intake, PictureIntake, PicturesEnd, Progress, SoundIntake};
use super::names;
use crate::clock::TickClock;

/// How long a thread may need for what it is at when it is asked to end.
const SETTLE: Duration = Duration::from_millis(500);
/// An encoder that finishes its file and writes nothing for so long is ended.
const LAST_GROWTH: Duration = Duration::from_secs(8);
/// An encoder that takes pictures but writes nothing for so many patiences is replaced, too.
const SWALLOWS: u32 = 5;

/// A file that is there and an encoder that waits for its first picture.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) index: u32,
    pub(super) file: Arc<File>,
    pub(super) path: PathBuf,
    pub(super) encoder: Encoder,
    pub(super) inputs: Inputs,
}

/// A segment being written.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) index: u32,
    pub(super) first: u64,
    pub(super) path: PathBuf,
    pub(super) file: Arc<File>,
    encoder: Encoder,
    progress: Arc<Progress>,
    pictures: JoinHandle<(PictureIntake, PicturesEnd)>,
    sounds: JoinHandle<SoundIntake>,
    life: Life,
}

/// How a segment is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// The encoder gets the end of its input and finishes the file.
    Finish,
    /// The encoder is gone or of no use.
    Kill,
}

/// What a segment left.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) path: PathBuf,
    /// Its first tick.
    pub(super) first: u64,
    /// Pictures handed to its encoder.
    pub(super) frames: u64,
    /// On disk.
    pub(super) bytes: u64,
}

/// Where the content of a file goes whose name is gone.
#[derive(Clone, Debug)]
pub(super) struct Refuge {
    pub(super) folder: PathBuf,
    pub(super) stem: String,
}

impl Segment {
    /// Starts to write: `first` is the tick of the picture that the intake holds.
    pub(super) fn start(prepared: Prepared, intake: Intake, first: u64, clock: TickClock) -> Self {
        let Prepared { index, file, path, encoder, inputs } = prepared;
        let progress = Arc::new(Progress::new(first, clock));
        let Intake { pictures: mut picture_intake, sounds: mut sound_intake } = intake;
        let seen = progress.clone();
        let pictures = named("record pictures", move || {
            let end = feed::pictures(&mut picture_intake, first, inputs.pictures, &seen);
            (picture_intake, end)
        });
        let seen = progress.clone();
        let sounds = named("record sound", move || {
            feed::sounds(&mut sound_intake, first, inputs.sounds, &seen);
            sound_intake
        });
        let life = Life { bytes: 0, frames: 0, grown: Instant::now(), taken: Instant::now() };
        Self { index, first, path, file, encoder, progress, pictures, sounds, life }
    }

    /// The pictures have ended, whatever for.
    pub(super) fn ended(&self) -> bool {
        self.pictures.is_finished()
    }

    /// The encoder has ended by itself before its input did.
    pub(super) fn deserted(&mut self) -> bool {
        self.encoder.ended()
    }

    /// On disk now.
    pub(super) fn bytes(&self) -> u64 {
        self.file.metadata().map_or(0, |file| file.len())
    }

    /// True when the encoder has taken and written nothing for longer than this although there was something, or
    /// took a lot and wrote nothing.
    pub(super) fn hangs(&mut self, patience: Duration) -> bool {
        let now = Instant::now();
        let (bytes, frames) = (self.bytes(), self.progress.frames.load(Ordering::Relaxed));
        let idle = !self.progress.busy.load(Ordering::Relaxed);
        if bytes != self.life.bytes || (idle && frames == self.life.frames) {
            (self.life.bytes, self.life.grown) = (bytes, now);
        }
        if frames != self.life.frames || idle {
            (self.life.frames, self.life.taken) = (frames, now);
        }
        let (silent, stuck) = (now - self.life.grown, now - self.life.taken);
        (silent > patience && stuck > patience) || silent > patience * SWALLOWS
    }

    /// False when the file is no longer there under its name: the folder was removed, or the disk was.
    pub(super) fn in_place(&self) -> bool {
        in_place(&self.path, &self.file)
    }

    /// Ends the segment. Gives back the intake and why the pictures ended; the encoder is waited for on a thread.
    pub(super) fn end(
        mut self,
        manner: Manner,
        refuge: Refuge,
    ) -> (Intake, PicturesEnd, JoinHandle<Option<Piece>>) {
        self.progress.stop();
        if manner == Manner::Kill {
            self.encoder.kill();
        }
        let until = Instant::now() + SETTLE;
        while !(self.pictures.is_finished() && self.sounds.is_finished()) {
            if Instant::now() > until {
                // Blocked in a pipe that nobody reads: only the reader's end frees it.
                self.encoder.kill();
                break;
            }
            thread::sleep(Duration::from_millis(2));
        }
        let (pictures, end) = self.pictures.join().expect("the thread that writes pictures does not panic");
        let sounds = self.sounds.join().expect("the thread that writes sound does not panic");
        let frames = self.progress.frames.load(Ordering::Relaxed);
        let closing =
            Closing { path: self.path, file: self.file, first: self.first, index: self.index, frames };
        let encoder = self.encoder;
        let piece = named("record close", move || closing.finish(encoder, &refuge));
        (Intake { pictures, sounds }, end, piece)
    }
}

/// When the encoder last showed that it is alive.
#[derive(Debug)]
struct Life {
    bytes: u64,
    frames: u64,
    grown: Instant,
    taken: Instant,
}

/// A segment whose input has ended.
struct Closing {
    path: PathBuf,
    file: Arc<File>,
    first: u64,
    index: u32,
    frames: u64,
}

impl Closing {
    /// Waits for the encoder; keeps what it wrote, wherever it is. `None` when it wrote nothing.
    fn finish(self, mut encoder: Encoder, refuge: &Refuge) -> Option<Piece> {
        let (mut bytes, mut grown) = (0, Instant::now());
        let well = encoder.wait(|| {
            let now = self.file.metadata().map_or(0, |file| file.len());
            if now != bytes {
                (bytes, grown) = (now, Instant::now());
            }
            grown.elapsed() < LAST_GROWTH
        });
        if !well {
            tracing::warn!(file = %self.path.display(), said = %encoder.last_words(), "an encoder ended early");
        }
        let bytes = self.file.metadata().map_or(0, |file| file.len());
        if bytes == 0 {
            if in_place(&self.path, &self.file) {
                let _ = fs::remove_file(&self.path);
            }
            return None;
        }
        if let Err(error) = self.file.sync_data() {
            tracing::warn!(file = %self.path.display(), %error, "a segment could not be flushed to its disk");
        }
        let path = if in_place(&self.path, &self.file) { self.path.clone() } else { self.rescue(refuge)? };
        Some(Piece { path, first: self.first, frames: self.frames, bytes })
    }

    /// Copies a file without a name to a place where it has one.
    fn rescue(&self, refuge: &Refuge) -> Option<PathBuf> {
        let copy = || -> io::Result<PathBuf> {
            fs::create_dir_all(&refuge.folder)?;
            let (mut to, path, _) = names::segment(&refuge.folder, &refuge.stem, self.index)?;
            let mut from: &File = &self.file;
            from.rewind()?;
            io::copy(&mut from, &mut to)?;
            to.sync_data()?;
            Ok(path)
        };
        copy().inspect_err(|error| tracing::error!(%error, "a removed segment could not be rescued")).ok()
    }
}

fn in_place(path: &Path, file: &File) -> bool {
    match (fs::symlink_metadata(path), file.metadata()) {
        (Ok(there), Ok(ours)) => (there.dev(), there.ino()) == (ours.dev(), ours.ino()),
        _ => false,
    }
}

fn named<T: Send + 'static>(name: &str, run: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    thread::Builder::new().name(name.into()).spawn(run).expect("the system gives a thread for a segment")
}
