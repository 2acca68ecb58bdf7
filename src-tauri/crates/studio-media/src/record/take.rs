//! The life of one recording: a segment after the other, until it is finished or cannot go on.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use studio_wire::fault::Fault;
use studio_wire::media::MediaReport;

use super::encoder::Encoder;
use super::feed::{Intake, PicturesEnd};
use super::names::{self, Container};
use super::remux::Remuxes;
use super::segment::{Manner, Piece, Prepared, Refuge, Segment};
use super::{Limits, Shared, Take, check, finish};
use crate::{Config, ReportSink};

/// A file with more bytes than this has pictures in it.
const HEADER: u64 = 2048;
const GLANCE: Duration = Duration::from_millis(25);
/// How often folder and disk are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// What is on disk is made safe against a power cut so often.
const SYNC: Duration = Duration::from_secs(2);
/// So many encoders in a row may fail before one ever wrote.
const FALSE_STARTS: u32 = 3;

/// Runs a recording to its end. A panic becomes a report.
pub(super) fn run(
    config: Config,
    take: Take,
    report: ReportSink,
    remuxes: Remuxes,
    limits: Limits,
    shared: Arc<Shared>,
    intake: Intake,
) {
    let epoch = take.epoch;
    let (stem, container) = names::wished(&take.name);
    let recording = Recording {
        folder: take.folder.clone(),
        config,
        take,
        report: report.clone(),
        remuxes,
        limits,
        shared,
        stem,
        container,
        segments: 0,
        barren: 0,
        wrote: false,
        warned: false,
        lost: false,
        pieces: Vec::new(),
        closed_bytes: 0,
        sync: Sync::start(),
        started: Instant::now(),
    };
    if catch_unwind(AssertUnwindSafe(|| recording.run(intake))).is_err() {
        tracing::error!("the recorder panicked");
        report.report(MediaReport::RecordingFailed { epoch, fault: Fault::MediaFailed });
    }
}

struct Recording {
    config: Config,
    take: Take,
    report: ReportSink,
    remuxes: Remuxes,
    limits: Limits,
    shared: Arc<Shared>,
    /// Where the next segment goes.
    folder: PathBuf,
    stem: String,
    container: Container,
    segments: u32,
    /// Encoders in a row that wrote nothing.
    barren: u32,
    /// Some segment has bytes on disk.
    wrote: bool,
    /// Little room was told already.
    warned: bool,
    /// The last segment ended before its time: to be told with the next one.
    lost: bool,
    pieces: Vec<JoinHandle<Option<Piece>>>,
    closed_bytes: u64,
    sync: Sync,
    started: Instant,
}

/// Why a segment is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Its pictures ended.
    Pictures,
    /// The encoder died.
    Deserted,
    /// The encoder hangs.
    Hangs,
    /// The file has no name any more.
    Homeless,
    /// The encoder is too slow: pictures were dropped.
    Behind,
    /// No room beyond the reserve.
    Full,
}

impl Recording {
    fn run(mut self, intake: Intake) {
        let (mut intake, fault) = self.record(intake);
        if let Some(fault) = &fault {
            let epoch = self.take.epoch;
            self.report.report(MediaReport::RecordingFailed { epoch, fault: fault.clone() });
            intake.pictures.drain();
        }
        self.finish(fault);
    }

    /// Writes segments until the caller finishes (no fault) or nothing more can be written.
    fn record(&mut self, mut intake: Intake) -> (Intake, Option<Fault>) {
        loop {
            if self.shared.behind.swap(false, Ordering::Relaxed) {
                intake.pictures.skip_to_newest();
            }
            let Some(first) = intake.pictures.first() else { return (intake, None) };
            let prepared = match self.prepare() {
                Ok(prepared) => prepared,
                Err(fault) => return (intake, Some(fault)),
            };
            let mut segment = Segment::start(prepared, intake, first, self.take.clock);
            let told = std::mem::take(&mut self.lost);
            if told {
                self.trouble(Fault::EncoderLost { segments: self.segments });
            }
            let end = self.watch(&mut segment);
            let (back, fault) = self.close(segment, end);
            intake = back;
            match fault {
                Some(Ok(())) => return (intake, None),
                Some(Err(fault)) => return (intake, Some(fault)),
                None => {}
            }
        }
    }

    /// A file and an encoder for the next segment; in the fallback folder if the present one fails.
    fn prepare(&mut self) -> Result<Prepared, Fault> {
        let ffmpeg = check::encoder(&self.config)?.to_owned();
        if self.barren > 0 {
            thread::sleep(Duration::from_millis(125) * (1 << self.barren.min(4)));
        }
        // A folder in which one encoder after the other fails is no better than one that is gone.
        let spoilt = self.wrote && self.barren >= 2;
        if self.take.replace && self.segments == 0 {
            names::make_way(&self.folder, &self.stem);
        }
        let here = if spoilt { None } else { names::segment(&self.folder, &self.stem, self.segments).ok() };
        let (file, path, stem) = match here {
            Some(made) => made,
            None => self.elsewhere()?,
        };
        self.stem = stem;
        let (encoder, inputs) = Encoder::start(&ffmpeg, self.take.format, &path).map_err(|error| {
            tracing::error!(%error, ffmpeg = %ffmpeg.display(), "the encoder did not start");
            let _ = std::fs::remove_file(&path);
            Fault::EncoderMissing { looked: vec![ffmpeg.display().to_string()] }
        })?;
        let file = Arc::new(file);
        self.sync.watch(&file);
        let index = self.segments;
        self.segments += 1;
        Ok(Prepared { index, file, path, encoder, inputs })
    }

    fn elsewhere(&mut self) -> Result<(File, PathBuf, String), Fault> {
        check::usable(&self.folder, self.limits.reserve).or_else(|fault| {
            // A recording that cannot even begin says so instead of going where nobody looks for it.
            if self.segments == 0 || matches!(fault, Fault::DiskFull { .. }) { Err(fault) } else { Ok(()) }
        })?;
        let fallback = self.config.fallback.clone();
        check::made(&fallback, self.limits.reserve)?;
        let moved = self.folder != fallback;
        self.folder = fallback;
        let made = names::segment(&self.folder, &self.stem, self.segments)
            .map_err(|error| check::refused(&self.folder, &error))?;
        if moved {
            self.trouble(Fault::FolderChanged { path: self.folder.display().to_string() });
        }
        Ok(made)
    }

    /// Watches a segment until something ends it.
    fn watch(&mut self, segment: &mut Segment) -> End {
        let mut told = false;
        let mut looked = Instant::now();
        loop {
            thread::park_timeout(GLANCE);
            if segment.ended() {
                return End::Pictures;
            }
            if segment.deserted() {
                return End::Deserted;
            }
            let bytes = segment.bytes();
            self.shared.bytes.store(self.closed_bytes + bytes, Ordering::Relaxed);
            if bytes > HEADER && !told {
                told = true;
                self.begun(segment);
            }
            if segment.hangs(self.limits.patience) {
                return End::Hangs;
            }
            if self.shared.behind.load(Ordering::Relaxed) {
                return End::Behind;
            }
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                if !segment.in_place() {
                    return End::Homeless;
                }
                if self.full(segment) {
                    return End::Full;
                }
            }
        }
    }

    fn begun(&mut self, segment: &Segment) {
        (self.wrote, self.barren) = (true, 0);
        self.report.report(MediaReport::Recording {
            epoch: self.take.epoch,
            segment: segment.index,
            path: segment.path.display().to_string(),
            at: self.take.clock.at(segment.first),
        });
    }

    /// Looks at the room on the disk; warns once. True when only the reserve is left.
    fn full(&mut self, segment: &Segment) -> bool {
        let Ok(room) = check::room(&segment.file) else { return false };
        if room <= self.limits.reserve {
            return true;
        }
        let elapsed = self.started.elapsed();
        if self.warned || elapsed < self.limits.rate_after {
            return false;
        }
        let written = self.shared.bytes.load(Ordering::Relaxed);
        let per_second = (written as f64 / elapsed.as_secs_f64()).max(1.0);
        let seconds = ((room - self.limits.reserve) as f64 / per_second) as u64;
        if seconds < self.limits.warn_seconds {
            self.warned = true;
            self.trouble(Fault::DiskLow { path: self.folder.display().to_string(), seconds: seconds as u32 });
        }
        false
    }

    /// Ends a segment. `Some`: the recording is over, well or not.
    fn close(&mut self, segment: Segment, end: End) -> (Intake, Option<Result<(), Fault>>) {
        let full = matches!(end, End::Deserted | End::Pictures)
            && check::room(&segment.file).is_ok_and(|room| room <= self.limits.reserve);
        let bytes = segment.bytes();
        self.closed_bytes += bytes;
        let manner = match end {
            End::Deserted | End::Hangs => Manner::Kill,
            End::Pictures | End::Homeless | End::Behind | End::Full => Manner::Finish,
        };
        if end != End::Pictures {
            tracing::warn!(?end, file = %segment.path.display(), "a segment of the recording ends");
        }
        let homeless = end == End::Homeless || !segment.in_place();
        let refuge = Refuge { folder: self.config.fallback.clone(), stem: self.stem.clone() };
        let (intake, pictures, piece) = segment.end(manner, refuge);
        self.pieces.push(piece);
        if end == End::Pictures && pictures == PicturesEnd::Closed {
            return (intake, Some(Ok(())));
        }
        if end == End::Full || full {
            return (intake, Some(Err(check::full(&self.folder))));
        }
        self.lost = !homeless;
        if bytes == 0 {
            self.barren += 1;
            if !self.wrote && self.barren >= FALSE_STARTS {
                return (intake, Some(Err(Fault::MediaFailed)));
            }
        }
        (intake, None)
    }

    /// Waits for the segments to be whole and tells what there is; what is still to be made of them goes on alone.
    fn finish(mut self, fault: Option<Fault>) {
        let epoch = self.take.epoch;
        self.sync.stop();
        let pieces: Vec<Piece> =
            self.pieces.drain(..).filter_map(|piece| piece.join().ok().flatten()).collect();
        if pieces.is_empty() {
            self.report.report(match fault {
                Some(fault) => MediaReport::RecordingFailed { epoch, fault },
                // Finished before the first picture: nothing was lost, and there is no file.
                None => MediaReport::Recorded { epoch, path: String::new(), bytes: 0, frames: 0 },
            });
            return;
        }
        let job = finish::Job {
            ffmpeg: self.config.ffmpeg.ok(),
            pieces,
            stem: self.stem,
            container: self.container,
            fps: self.take.format.fps,
            reserve: self.limits.reserve,
        };
        // Counted before it is told, so that whoever hears of the recording can wait for its last file.
        let remux = (!job.needless()).then(|| self.remuxes.begin());
        let path = job.last().display().to_string();
        self.report.report(MediaReport::Recorded { epoch, path, bytes: job.bytes(), frames: job.frames() });
        if let Some(remux) = remux {
            remux.start(job, epoch, self.report);
        }
    }

    fn trouble(&self, fault: Fault) {
        self.report.report(MediaReport::RecordingTrouble { epoch: self.take.epoch, fault });
    }
}

/// Flushes the file being written to its disk every two seconds, on a thread of its own: a slow disk makes that
/// thread wait and nobody else.
struct Sync {
    file: Arc<Mutex<Weak<File>>>,
}

impl Sync {
    fn start() -> Self {
        let file = Arc::new(Mutex::new(Weak::new()));
        let watched = Arc::downgrade(&file);
        let run = move || {
            loop {
                thread::sleep(SYNC);
                let Some(file) = watched.upgrade() else { return };
                let file: Weak<File> = file.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(Err(error)) = file.upgrade().map(|file| file.sync_data()) {
                    tracing::warn!(%error, "the recording could not be flushed to its disk");
                }
            }
        };
        thread::Builder::new()
            .name("record sync".into())
            .spawn(run)
            .expect("the system gives a thread to sync");
        Self { file }
    }

    fn watch(&self, file: &Arc<File>) {
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(file);
    }

    fn stop(&mut self) {
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Weak::new();
    }
}
