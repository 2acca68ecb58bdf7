//! Carries pictures and sounds from the queues into an encoder's pipes, exact to the tick and to the sample.
//!
//! Both sides have a thread of their own, so neither waits for the other. They outlive no segment: each gives back
//! what it held, and the next segment goes on with it.

use std::collections::VecDeque;
use std::io::{self, PipeWriter, Write};
use std::process::ChildStdin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use studio_wire::time::ShowTime;

use crate::clock::{SECOND, TickClock, now};
use crate::frame::PoolFrame;

const RATE: u64 = 48_000;
const BLOCK: u64 = 480;
/// Sound that comes later than this after it was due is taken for lost.
const LAG: ShowTime = ShowTime::from_ms(1_000);
/// Sound kept for the next segment, in blocks: what a dead encoder swallowed is given again.
const KEPT_BLOCKS: usize = 500;
const GLANCE: Duration = Duration::from_millis(20);

type Sounds = Receiver<(u64, [f32; 960])>;

/// Where a recording's pictures and sounds come from.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) pictures: PictureIntake,
    pub(super) sounds: SoundIntake,
}

impl Intake {
    pub(super) fn new(pictures: Receiver<(u64, Arc<PoolFrame>)>, sounds: Sounds) -> Self {
        Self {
            pictures: PictureIntake { queue: pictures, held: None },
            sounds: SoundIntake { queue: sounds, kept: VecDeque::new() },
        }
    }
}

/// The queue of pictures, and the one that waits for the next segment.
#[derive(Debug)]
pub(super) struct PictureIntake {
    queue: Receiver<(u64, Arc<PoolFrame>)>,
    held: Option<(u64, Arc<PoolFrame>)>,
}

/// What a look into the queue found.
pub(super) enum Next {
    Picture(u64, Arc<PoolFrame>),
    NothingYet,
    Closed,
}

impl PictureIntake {
    fn next(&mut self) -> Next {
        if let Some((tick, picture)) = self.held.take() {
            return Next::Picture(tick, picture);
        }
        match self.queue.recv_timeout(GLANCE) {
            Ok((tick, picture)) => Next::Picture(tick, picture),
            Err(RecvTimeoutError::Timeout) => Next::NothingYet,
            Err(RecvTimeoutError::Disconnected) => Next::Closed,
        }
    }

    /// Waits for the tick a segment would begin with; `None` when no more will come.
    pub(super) fn first(&mut self) -> Option<u64> {
        loop {
            match self.next() {
                Next::Picture(tick, picture) => {
                    self.held = Some((tick, picture));
                    return Some(tick);
                }
                Next::NothingYet => {}
                Next::Closed => return None,
            }
        }
    }

    /// Leaves out what waits: only the newest is kept.
    pub(super) fn skip_to_newest(&mut self) {
        if let Some(newest) = self.queue.try_iter().last() {
            self.held = Some(newest);
        }
    }

    /// Waits until the caller is done and throws away what still comes.
    pub(super) fn drain(&mut self) {
        self.held = None;
        while self.queue.recv().is_ok() {}
    }
}

/// The queue of sounds, and the last seconds of it.
#[derive(Debug)]
pub(super) struct SoundIntake {
    queue: Sounds,
    kept: VecDeque<(u64, Box<[f32; 960]>)>,
}

/// How far a segment is; written by its threads, read by who watches it.
#[derive(Debug)]
pub(super) struct Progress {
    clock: TickClock,
    /// Tick after the last picture handed to the encoder.
    next: AtomicU64,
    /// The pictures have ended with `next`.
    ended: AtomicBool,
    /// Asks both threads to end after what they are at.
    pub(super) stop: AtomicBool,
    /// A picture is being written.
    pub(super) busy: AtomicBool,
    /// Pictures handed to the encoder.
    pub(super) frames: AtomicU64,
}

impl Progress {
    pub(super) fn new(first: u64, clock: TickClock) -> Self {
        Self {
            clock,
            next: AtomicU64::new(first),
            ended: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            frames: AtomicU64::new(0),
        }
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The sample at the end of the last picture, once it is known to be the last.
    fn end(&self) -> Option<u64> {
        let ended = self.ended.load(Ordering::Acquire);
        ended.then(|| self.sample(self.next.load(Ordering::Acquire)))
    }

    /// The first sample of a tick, counted from tick 0.
    fn sample(&self, tick: u64) -> u64 {
        let rate = u64::from(self.clock.rate());
        tick / rate * RATE + tick % rate * RATE / rate
    }

    /// The sample before which nothing is waited for any more. It goes by the clock and not by the pictures: an
    /// encoder that wants sound first takes no picture until it has some.
    fn overdue(&self) -> u64 {
        let since = now().since(self.clock.start()).since(LAG).0;
        since / SECOND * RATE + since % SECOND * RATE / SECOND
    }

    fn wrote(&self, tick: u64) {
        self.next.store(tick + 1, Ordering::Release);
        self.frames.fetch_add(1, Ordering::Relaxed);
    }
}

/// Why the pictures of a segment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PicturesEnd {
    /// The recording is finished.
    Closed,
    /// As asked, or because ticks jumped too far to be filled.
    Stopped,
    /// The encoder takes no more.
    Broken,
}

/// Writes pictures from tick `first` on until something ends it.
pub(super) fn pictures(
    intake: &mut PictureIntake,
    first: u64,
    mut pipe: ChildStdin,
    progress: &Progress,
) -> PicturesEnd {
    let end = write_pictures(intake, first, &mut pipe, progress);
    progress.ended.store(true, Ordering::Release);
    end
}

fn write_pictures(
    intake: &mut PictureIntake,
    first: u64,
    pipe: &mut ChildStdin,
    progress: &Progress,
) -> PicturesEnd {
    // Longer gaps are cheaper, and more honest, as a new segment.
    let most_filled = u64::from(progress.clock.rate()) * 10;
    let mut due = first;
    let mut last: Option<Arc<PoolFrame>> = None;
    loop {
        if progress.stopped() {
            return PicturesEnd::Stopped;
        }
        let (tick, picture) = match intake.next() {
            Next::Picture(tick, picture) => (tick, picture),
            Next::NothingYet => continue,
            Next::Closed => return PicturesEnd::Closed,
        };
        if tick < due {
            continue;
        }
        if tick - due > most_filled {
            intake.held = Some((tick, picture));
            return PicturesEnd::Stopped;
        }
        progress.busy.store(true, Ordering::Relaxed);
        let written = (due..=tick).try_for_each(|at| {
            let shown = if at == tick { &picture } else { last.as_ref().unwrap_or(&picture) };
            pipe.write_all(shown.bytes())?;
            progress.wrote(at);
            Ok::<_, io::Error>(())
        });
        progress.busy.store(false, Ordering::Relaxed);
        if written.is_err() {
            intake.held = Some((tick, picture));
            return PicturesEnd::Broken;
        }
        due = tick + 1;
        last = Some(picture);
    }
}

/// Writes the sound that belongs to the pictures from tick `first` on, and ends with them.
pub(super) fn sounds(intake: &mut SoundIntake, first: u64, pipe: PipeWriter, progress: &Progress) {
    let mut line = Line { pipe, at: progress.sample(first) };
    // An error only means that the encoder is gone; the pictures' thread says so.
    let _ = write_sounds(intake, &mut line, progress);
}

fn write_sounds(intake: &mut SoundIntake, line: &mut Line, progress: &Progress) -> io::Result<()> {
    for (block, samples) in &intake.kept {
        line.block(*block, samples, u64::MAX)?;
    }
    loop {
        let end = progress.end();
        if end.is_some_and(|end| line.at >= end) {
            return Ok(());
        }
        match intake.queue.recv_timeout(GLANCE) {
            Ok((block, samples)) => {
                line.block(block, &samples, end.unwrap_or(u64::MAX))?;
                intake.keep(block, samples);
            }
            Err(RecvTimeoutError::Timeout) => line.silence_to(end.unwrap_or_else(|| progress.overdue()))?,
            Err(RecvTimeoutError::Disconnected) => {
                // The pictures that still wait need their sound, or the encoder takes none of them.
                line.silence_to(end.unwrap_or_else(|| progress.overdue()))?;
                thread::sleep(GLANCE / 4);
            }
        }
    }
}

impl SoundIntake {
    fn keep(&mut self, block: u64, samples: [f32; 960]) {
        // The oldest box is used again.
        let mut kept = match self.kept.len() {
            KEPT_BLOCKS.. => self.kept.pop_front().map(|(_, kept)| kept),
            _ => None,
        }
        .unwrap_or_else(|| Box::new([0.0; 960]));
        *kept = samples;
        self.kept.push_back((block, kept));
    }
}

/// A pipe with a position: the next sample to write, counted from tick 0.
struct Line {
    pipe: PipeWriter,
    at: u64,
}

impl Line {
    /// Writes what a block has from here up to `end`; before it, silence.
    fn block(&mut self, block: u64, samples: &[f32; 960], end: u64) -> io::Result<()> {
        let start = block.saturating_mul(BLOCK);
        if start.saturating_add(BLOCK) <= self.at {
            return Ok(());
        }
        self.silence_to(start.min(end))?;
        if start >= end {
            return Ok(());
        }
        let from = (self.at - start) as usize * 2;
        let to = (end - start).min(BLOCK) as usize * 2;
        if from < to {
            self.write(&samples[from..to])?;
        }
        Ok(())
    }

    fn silence_to(&mut self, end: u64) -> io::Result<()> {
        while self.at < end {
            let count = (end - self.at).min(BLOCK) as usize * 2;
            self.write(&[0.0; 960][..count])?;
        }
        Ok(())
    }

    fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        let mut bytes = [0; 960 * 4];
        for (to, sample) in bytes.chunks_exact_mut(4).zip(samples) {
            // The encoder gives up on a sample that is no number.
            let sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
            to.copy_from_slice(&sample.to_le_bytes());
        }
        self.pipe.write_all(&bytes[..samples.len() * 4])?;
        self.at += samples.len() as u64 / 2;
        Ok(())
    }
}
