//! A camera that a program has open: its buffers, its controls and its frames. **Buffers lie in a memory file, which is
//! the very thing that the program opened, so that it maps them by itself.**

use std::collections::{BTreeMap, VecDeque};
use std::os::fd::{IntoRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::io::{Errno, pwrite};
use studio_media::clock::{SECOND, now, sleep_until};
use studio_wire::time::ShowTime;

use crate::folder::{self, Card};
use crate::picture::{Look, Painter};

/// How long a change of the folder may go unseen.
const GLANCE: ShowTime = ShowTime::from_ms(10);
const PAGE: usize = 4096;
const MOST_BUFFERS: u32 = 8;

/// One open file of a camera.
pub struct Session {
    pub number: u32,
    file: OwnedFd,
    pub look: Look,
    pub fps: u32,
    /// Bytes of each buffer; those of no frame yet are 0.
    pub length: usize,
    pub buffers: u32,
    pub queued: VecDeque<u32>,
    pub streaming: bool,
    gone: bool,
    due: ShowTime,
    frame: u32,
    painter: Option<Painter>,
}

/// A frame that was put into a buffer.
pub struct Filled {
    pub buffer: u32,
    pub bytes: usize,
    pub frame: u32,
    pub at: ShowTime,
}

/// What a camera is doing.
enum Step {
    Ready,
    Failed(Errno),
    /// Nothing before this time.
    Waits(ShowTime),
}

impl Session {
    /// What the camera's file says; once the camera was seen gone it stays gone for this session, as a USB device does
    /// that was plugged in again.
    pub fn card(&mut self) -> Result<Card, Errno> {
        let card = if self.gone { None } else { folder::card(self.number) };
        self.gone = card.is_none();
        card.ok_or(Errno::NODEV)
    }

    /// Makes room for `count` buffers of the look that was agreed; none takes them away.
    pub fn allot(&mut self, count: u32) -> Result<(), Errno> {
        let mut look = self.look;
        if self.card()?.half {
            (look.width, look.height) = (look.width / 2, look.height / 2);
        }
        self.buffers = count.min(MOST_BUFFERS);
        self.length = look.most().next_multiple_of(PAGE);
        self.queued.clear();
        ftruncate(&self.file, (self.length * MOST_BUFFERS as usize) as u64)
    }

    /// Frames come from now on.
    pub fn start(&mut self) {
        self.streaming = true;
        (self.due, self.frame) = (now() + self.period(self.fps), 0);
        folder::log(self.number, "stream");
    }

    /// No more frames.
    pub fn stop(&mut self) {
        self.streaming = false;
        self.queued.clear();
    }

    /// Puts the frame that is due into the oldest buffer.
    pub fn fill(&mut self) -> Result<Filled, Errno> {
        let card = self.card()?;
        let buffer = self.queued.pop_front().ok_or(Errno::INVAL)?;
        let mut look = Look { brightness: brightness(self.number), ..self.look };
        if card.half {
            (look.width, look.height) = (look.width / 2, look.height / 2);
        }
        let (at, frame) = (now(), self.frame);
        let painter = match self.painter.take() {
            Some(painter) if painter.look() == look => painter,
            _ => Painter::new(look),
        };
        let bytes = self.painter.insert(painter).paint(frame, at);
        let bytes = &bytes[..bytes.len().min(self.length)];
        let bytes = if card.cut { &bytes[..bytes.len() / 3] } else { bytes };
        let place = (self.length * buffer as usize) as u64;
        pwrite(&self.file, bytes, place)?;
        if card.cut {
            pwrite(&self.file, &vec![0; self.length - bytes.len()], place + bytes.len() as u64)?;
        }
        let bytes = bytes.len();
        let period = self.period(card.pace.unwrap_or(self.fps));
        // Who fell behind lost what was between, as with a driver that had no buffer for it.
        let late = now().since(self.due).0 > period.0 / 4;
        self.due = if late { now() + period } else { self.due + period };
        self.frame += 1;
        Ok(Filled { buffer, bytes, frame, at })
    }

    fn period(&self, fps: u32) -> ShowTime {
        ShowTime(SECOND / u64::from(fps.max(1)))
    }

    fn step(&mut self) -> Step {
        let card = match self.card() {
            Ok(card) => card,
            Err(error) => return Step::Failed(error),
        };
        if card.end.is_some_and(|end| self.frame >= end) {
            return Step::Failed(Errno::IO);
        }
        let at = now();
        if card.stall || !self.streaming || self.queued.is_empty() {
            return Step::Waits(at + GLANCE);
        }
        if self.due > at { Step::Waits(self.due.min(at + GLANCE)) } else { Step::Ready }
    }
}

/// Waits for a frame, at most until `end`. False when none came by then.
pub fn wait(session: &Mutex<Session>, end: Option<ShowTime>) -> Result<bool, Errno> {
    loop {
        let step = lock(session).step();
        match step {
            Step::Ready => return Ok(true),
            Step::Failed(error) => return Err(error),
            Step::Waits(_) if end.is_some_and(|end| end <= now()) => return Ok(false),
            Step::Waits(until) => sleep_until(end.map_or(until, |end| end.min(until))),
        }
    }
}

type Open = BTreeMap<RawFd, Arc<Mutex<Session>>>;

static OPEN: Mutex<Open> = Mutex::new(BTreeMap::new());
/// Which file descriptors are cameras, a bit each: asked at every system call that passes, where no lock may be taken.
static CAMERAS: [AtomicU64; 16] = [const { AtomicU64::new(0) }; 16];
static BRIGHTNESS: Mutex<BTreeMap<u32, i32>> = Mutex::new(BTreeMap::new());

/// A lock; a panic elsewhere does not matter to what it holds.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A camera's control, which is the camera's own and outlives what has it open.
pub fn brightness(number: u32) -> i32 {
    lock(&BRIGHTNESS).get(&number).copied().unwrap_or_default()
}

/// Sets it.
pub fn set_brightness(number: u32, value: i32) {
    lock(&BRIGHTNESS).insert(number, value);
}

/// Opens a camera: its file descriptor.
pub fn open(number: u32) -> Result<RawFd, Errno> {
    let card = folder::card(number).ok_or(Errno::NOENT)?;
    folder::log(number, "open");
    if card.denied {
        return Err(Errno::ACCESS);
    }
    let given = memfd_create("test-camera", MemfdFlags::CLOEXEC)?;
    let file = rustix::io::fcntl_dupfd_cloexec(&given, 0)?;
    let fd = given.into_raw_fd();
    let place = CAMERAS.get(fd as usize / 64).ok_or(Errno::MFILE)?;
    let offer = card.offers.first().ok_or(Errno::IO)?;
    let &(width, height, fps) = offer.modes.first().ok_or(Errno::IO)?;
    let look = Look { camera: number, fourcc: offer.fourcc, width, height, brightness: 0 };
    let session = Session {
        number,
        file,
        look,
        fps,
        length: 0,
        buffers: 0,
        queued: VecDeque::new(),
        streaming: false,
        gone: false,
        due: ShowTime(0),
        frame: 0,
        painter: None,
    };
    lock(&OPEN).insert(fd, Arc::new(Mutex::new(session)));
    place.fetch_or(1 << (fd % 64), Ordering::Relaxed);
    Ok(fd)
}

/// The camera of a file descriptor.
pub fn of(fd: RawFd) -> Option<Arc<Mutex<Session>>> {
    let bits = CAMERAS.get(usize::try_from(fd).ok()? / 64)?.load(Ordering::Relaxed);
    if bits & 1 << (fd % 64) == 0 {
        return None;
    }
    lock(&OPEN).get(&fd).cloned()
}

/// Whether another session than this one has buffers of the camera: then it is busy.
pub fn held_by_another(number: u32, this: &Arc<Mutex<Session>>) -> bool {
    let others: Vec<_> = lock(&OPEN).values().filter(|other| !Arc::ptr_eq(other, this)).cloned().collect();
    others.iter().map(|other| lock(other)).any(|other| other.number == number && other.buffers > 0)
}

/// The program closes the file.
pub fn close(fd: RawFd) {
    let Some(session) = of(fd) else { return };
    if let Some(place) = CAMERAS.get(fd as usize / 64) {
        place.fetch_and(!(1 << (fd % 64)), Ordering::Relaxed);
    }
    lock(&OPEN).remove(&fd);
    folder::log(lock(&session).number, "close");
}
