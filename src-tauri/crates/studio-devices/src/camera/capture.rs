//! The two threads of an open camera. One opens the device and waits for its frames, for ever if need be; the other
//! watches over it and tells what happens. **Whoever opened the camera never waits for the first one.**

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use studio_media::clock::now;
use studio_media::frame::{Picture, Pool};
use studio_wire::device::{CameraControl, CameraFormat, DeviceId, DeviceTrouble};

use super::driver::{Driver, Raw};
use super::flow::{Change, Flow};
use super::gate::Gate;
use super::mode::{formats, nearest};
use super::node::{System, nodes};
use super::read::Reader;
use super::{CameraFigures, CameraNews};

/// Pictures of one camera that can be in use at once: the newest, those being drawn, those on their way, those that wait
/// for their sound.
const SLOTS: usize = 9;

/// What the threads of a camera and its owner share.
#[derive(Debug)]
pub(super) struct Shared {
    pub gate: Gate,
    stopped: AtomicBool,
    // Held for a few instructions by all three; nobody calls anything under it.
    board: Mutex<Board>,
    turned: Condvar,
}

/// What is known about the camera.
#[derive(Debug)]
struct Board {
    flow: Flow,
    news: VecDeque<CameraNews>,
    offers: Vec<CameraFormat>,
    controls: Vec<CameraControl>,
    /// Values to set, by the control's number.
    wishes: BTreeMap<u32, i64>,
    figures: CameraFigures,
    /// The device is closed.
    done: bool,
}

impl Shared {
    pub fn new() -> Self {
        let board = Board {
            flow: Flow::new(1, now()),
            news: VecDeque::new(),
            offers: Vec::new(),
            controls: Vec::new(),
            wishes: BTreeMap::new(),
            figures: CameraFigures::default(),
            done: false,
        };
        Self {
            gate: Gate::default(),
            stopped: AtomicBool::new(false),
            board: Mutex::new(board),
            turned: Condvar::new(),
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Ends both threads as soon as they can.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        // Under the lock, so that it is not missed between a look and the wait after it.
        let _board = self.board();
        self.turned.notify_all();
    }

    /// Waits until the device is closed; false when it is not by then.
    pub fn closed_within(&self, patience: Duration) -> bool {
        let done = |board: &mut Board| !board.done;
        let waited = self.turned.wait_timeout_while(self.board(), patience, done);
        waited.unwrap_or_else(PoisonError::into_inner).0.done
    }

    pub fn offers(&self) -> Vec<CameraFormat> {
        self.board().offers.clone()
    }

    pub fn controls(&self) -> Vec<CameraControl> {
        self.board().controls.clone()
    }

    pub fn figures(&self) -> CameraFigures {
        self.board().figures
    }

    /// Notes a value to set; false when the camera has no such control.
    pub fn wish(&self, id: u32, value: i64) -> bool {
        let mut board = self.board();
        let known = board.controls.iter().any(|control| control.id == id);
        if known {
            board.wishes.insert(id, value);
        }
        known
    }

    fn tell(&self, news: CameraNews) {
        self.board().news.push_back(news);
        self.turned.notify_all();
    }
}

/// The thread that tells.
pub(super) fn tell(shared: &Shared, mut on_news: impl FnMut(CameraNews)) {
    while let Some(news) = next_news(shared) {
        let Some(_inside) = shared.gate.enter() else { return };
        on_news(news);
        if matches!(news, CameraNews::Ended(_)) {
            return;
        }
    }
}

/// Waits for something to tell; `None` when the camera was dropped.
fn next_news(shared: &Shared) -> Option<CameraNews> {
    let mut board = shared.board();
    while !shared.stopped() {
        if let Some(news) = board.news.pop_front() {
            return Some(news);
        }
        let at = now();
        let (change, due) = board.flow.look(at);
        match change {
            Some(Change::Troubled(trouble)) => return Some(CameraNews::Troubled(trouble)),
            Some(Change::Back) => return Some(CameraNews::Flowing),
            None => {}
        }
        let wait = Duration::from_nanos(due.since(at).0);
        board = shared.turned.wait_timeout(board, wait).unwrap_or_else(PoisonError::into_inner).0;
    }
    None
}

/// The thread that owns the device.
pub(super) fn run(shared: &Shared, id: &DeviceId, wanted: CameraFormat, mut on_frame: impl FnMut(Picture)) {
    // Both libraries under it panic on what they think impossible.
    let ran = catch_unwind(AssertUnwindSafe(|| capture(shared, id, wanted, &mut on_frame)));
    let end = match ran {
        Ok(Ok(())) => None,
        Ok(Err(trouble)) => Some(trouble),
        Err(_) => Some(DeviceTrouble::Broken),
    };
    // The device is closed by now, so that whoever hears of the end can open it again.
    shared.board().done = true;
    shared.turned.notify_all();
    if let Some(trouble) = end {
        shared.tell(CameraNews::Ended(trouble));
    }
}

/// The number that a camera has today.
pub(super) fn number_of(id: &DeviceId) -> Result<u32, DeviceTrouble> {
    let node = nodes(&System::this()).into_iter().find(|node| node.id == *id);
    node.map(|node| node.number).ok_or(DeviceTrouble::Gone)
}

/// Opens a camera that is called by its id.
pub(super) fn open(id: &DeviceId) -> Result<Driver, DeviceTrouble> {
    let number = number_of(id)?;
    let driver = Driver::open(number)?;
    // Between the two another camera may have taken its number.
    if number_of(id) == Ok(number) { Ok(driver) } else { Err(DeviceTrouble::Gone) }
}

fn capture(
    shared: &Shared,
    id: &DeviceId,
    wanted: CameraFormat,
    on_frame: &mut impl FnMut(Picture),
) -> Result<(), DeviceTrouble> {
    let mut driver = open(id)?;
    let modes = driver.modes()?;
    let mode = nearest(&modes, wanted).ok_or(DeviceTrouble::NoFormat)?;
    driver.set_mode(mode)?;
    driver.start()?;
    let format = mode.format;
    {
        let mut board = shared.board();
        board.offers = formats(&modes);
        board.flow.start(format.fps, now());
    }
    shared.tell(CameraNews::Opened(format));
    let pool = Pool::new(SLOTS, format.width, format.height);
    let mut frames = Frames { pool, reader: Reader::new(mode.coding), format, number: 0 };
    while !shared.stopped() {
        let raw = driver.frame()?;
        let picture = frames.picture(&raw);
        note(shared, &picture);
        if let Ok(picture) = picture {
            let Some(_inside) = shared.gate.enter() else { break };
            on_frame(picture);
        }
        set_wishes(shared, &mut driver, frames.number == 1);
    }
    Ok(())
}

/// Why a frame was left out.
enum Skipped {
    NoRoom,
    Unreadable,
}

/// Makes pictures of frames.
struct Frames {
    pool: Pool,
    reader: Reader,
    format: CameraFormat,
    /// Frames so far.
    number: u64,
}

impl Frames {
    fn picture(&mut self, raw: &Raw) -> Result<Picture, Skipped> {
        self.number += 1;
        let mut draft = self.pool.draft(self.format.width, self.format.height).ok_or(Skipped::NoRoom)?;
        if !self.reader.read(raw.bytes(), &mut draft.planes_mut()) {
            return Err(Skipped::Unreadable);
        }
        Ok(draft.publish(raw.at, self.number).into())
    }
}

/// Writes down that a frame came.
fn note(shared: &Shared, picture: &Result<Picture, Skipped>) {
    let mut board = shared.board();
    match picture {
        Ok(_) => board.figures.frames += 1,
        Err(Skipped::NoRoom) => board.figures.no_room += 1,
        Err(Skipped::Unreadable) => board.figures.unreadable += 1,
    }
    match picture {
        Err(Skipped::Unreadable) => board.flow.bad(now()),
        Ok(_) | Err(Skipped::NoRoom) => board.flow.good(now()),
    }
    let troubled = board.flow.is_troubled();
    drop(board);
    if troubled {
        shared.turned.notify_all();
    }
}

/// Sets what was asked for since the last frame, and tells how the controls are then; at first reads them.
fn set_wishes(shared: &Shared, driver: &mut Driver, first: bool) {
    let wishes = std::mem::take(&mut shared.board().wishes);
    if first {
        driver.read_controls();
    } else if wishes.is_empty() {
        return;
    }
    for (id, value) in wishes {
        if let Err(trouble) = driver.set_control(id, value) {
            tracing::info!(id, value, ?trouble, "a camera did not take a control's value");
        }
    }
    shared.board().controls = driver.controls();
    shared.tell(CameraNews::Described);
}
