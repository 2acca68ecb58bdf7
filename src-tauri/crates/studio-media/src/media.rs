//! The threads, and the door to them. **Giving an order never waits; a thread that panics is reported, starts anew and
//! takes nothing else with it.**
//!
//! `compose` draws at each program tick, `mix` each 10 ms, `record` starts and ends recordings. A `Close` goes through
//! all three in that order, so that `Closed` means what it says.

mod devices;
mod lanes;
mod own;
mod picture;
mod recording;
mod screens;
mod shared;
mod sound;
mod voice;
mod waiting;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use studio_lane::{Block, Reader, Shape, Writer};
use studio_wire::device::Framing;
use studio_wire::ids::{Epoch, ProgramId, SourceId};
use studio_wire::media::{Drawing, MediaFigures, MediaOrder, MediaReport, Monitor, Wiring};
use studio_wire::mixer::Mix;
use studio_wire::time::ShowTime;
use studio_wire::view::{Meters, ProgramFormat};

use crate::audio::device::{Figures, Intake, Outlet};
use crate::clock::{TickClock, now, raise_priority, sleep_until};
use crate::frame::Latest;
use crate::preview::Preview;
use crate::video::compose::Compositor;
use crate::{Config, ReportSink};
pub use devices::DeviceDesk;
use lanes::{AirEnds, CrewPictures, CrewSounds, SOUND_BYTES};
pub use lanes::{AirLanes, CrewLanes, LaneDesk, Out};
use picture::PictureDesk;
use recording::RecordDesk;
use shared::Shared;
use sound::SoundDesk;

/// Orders that may wait for a thread: seconds of the fastest clicking.
const ORDERS: usize = 256;
/// Blocks of the monitor that wait for a listener who is late: 200 ms.
const MONITOR_BLOCKS: u32 = 20;
/// Between `Open` and tick 0, so that both threads are there in time.
const HEAD_START: ShowTime = ShowTime::from_ms(20);

/// Picture, sound and recording of the show. Dropping it finishes what is being recorded, waits for what is being
/// remuxed and ends its threads.
#[derive(Debug)]
pub struct Media {
    picture: Post<PictureOrder>,
    sound: Post<SoundOrder>,
    record: Post<RecordOrder>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

enum PictureOrder {
    Open { epoch: Epoch, format: ProgramFormat, clock: TickClock },
    Sources(Arc<[Wiring]>),
    Scene(Drawing),
    Crew(Option<CrewPictures>),
    Air(Option<AirEnds>),
    Camera(Option<Latest>),
    Screen(u16, Option<Latest>),
    Framing(Framing),
    Close { then: Then },
}

enum SoundOrder {
    Open { start: ShowTime },
    Sources(Arc<[Wiring]>),
    Heard { voices: Vec<SourceId>, monitor: Monitor },
    Mix(Mix),
    Crew(Option<CrewSounds>),
    Air(Option<AirEnds>),
    Listen(Writer),
    Microphone(Option<Box<Intake>>),
    Speaker(Option<Box<Outlet>>),
    Close { then: Then },
}

enum RecordOrder {
    Check { epoch: Epoch, folder: Option<String> },
    Record { epoch: Epoch, folder: Option<String>, name: String },
    Finish { epoch: Epoch },
    Close { epoch: Epoch },
}

/// What is done once an order is: the way of a `Close` from thread to thread.
struct Then(Box<dyn FnOnce() + Send>);

/// A letter to a thread.
enum Letter<Order> {
    Do(Order),
    End,
}

/// The letter box of a thread.
type Post<Order> = SyncSender<Letter<Order>>;

/// What a thread works at: orders between ticks, ticks when they are due.
trait Desk {
    /// Its ticks must not wait for others. What it spawned would inherit that: encoders, for one, shall not.
    const KEEPS_TIME: bool;

    type Order;

    fn apply(&mut self, order: Self::Order);

    /// When the next tick is due; `None` while nothing runs.
    fn due(&self) -> Option<ShowTime>;

    fn tick(&mut self);
}

/// What comes after a turn.
enum Turn {
    Next,
    End,
}

impl Media {
    /// Starts the threads. Reports come from them: `report` must not block.
    pub fn start(config: Config, report: impl Fn(MediaReport) + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared::new(config, ReportSink::new(report)));
        let (picture, for_picture) = sync_channel(ORDERS);
        let (sound, for_sound) = sync_channel(ORDERS);
        let (record, for_record) = sync_channel(ORDERS);
        let threads = vec![
            spawn("compose", for_picture, &shared, PictureDesk::new),
            spawn("mix", for_sound, &shared, SoundDesk::new),
            spawn("recordings", for_record, &shared, RecordDesk::new),
        ];
        Self { picture, sound, record, shared, threads }
    }

    /// Takes an order. Never waits; when a thread has 256 orders before it, this one is lost and `Failed` is reported.
    pub fn order(&self, order: MediaOrder) {
        let taken = match order {
            MediaOrder::Open { epoch, format } => self.open(epoch, format),
            MediaOrder::Sources(wirings) => {
                let wirings: Arc<[Wiring]> = wirings.into();
                send(&self.picture, PictureOrder::Sources(wirings.clone()))
                    && send(&self.sound, SoundOrder::Sources(wirings))
            }
            MediaOrder::Scene { program: ProgramId(0), scene } => {
                let (voices, monitor) = (scene.voices.clone(), scene.monitor.clone());
                send(&self.sound, SoundOrder::Heard { voices, monitor })
                    && send(&self.picture, PictureOrder::Scene(scene))
            }
            MediaOrder::Mix(mix) => send(&self.sound, SoundOrder::Mix(mix)),
            MediaOrder::Framing(framing) => send(&self.picture, PictureOrder::Framing(framing)),
            MediaOrder::Scene { program, .. } => {
                tracing::warn!(%program, "there is no such program to draw");
                true
            }
            MediaOrder::CheckRecorder { epoch, folder } => {
                send(&self.record, RecordOrder::Check { epoch, folder })
            }
            MediaOrder::Record { epoch, folder, name, .. } => {
                send(&self.record, RecordOrder::Record { epoch, folder, name })
            }
            MediaOrder::Finish { epoch } => send(&self.record, RecordOrder::Finish { epoch }),
            MediaOrder::Close { epoch } => self.close(epoch),
        };
        if !taken {
            self.shared.failed();
        }
    }

    fn open(&self, epoch: Epoch, format: ProgramFormat) -> bool {
        let start = now() + HEAD_START;
        let format = Compositor::drawn(format);
        let clock = TickClock::new(start, format.fps);
        self.shared.open(epoch, clock, format);
        send(&self.sound, SoundOrder::Open { start })
            && send(&self.picture, PictureOrder::Open { epoch, format, clock })
    }

    fn close(&self, epoch: Epoch) -> bool {
        let (sound, record) = (self.sound.clone(), self.record.clone());
        let recordings = move || {
            send(&record, RecordOrder::Close { epoch });
        };
        let sounds = move || {
            send(&sound, SoundOrder::Close { then: Then(Box::new(recordings)) });
        };
        send(&self.picture, PictureOrder::Close { then: Then(Box::new(sounds)) })
    }

    /// Where engines' lanes are given and taken away.
    pub fn desk(&self) -> LaneDesk {
        LaneDesk { picture: self.picture.clone(), sound: self.sound.clone() }
    }

    /// Where the own devices are given and taken away.
    pub fn devices(&self) -> DeviceDesk {
        DeviceDesk { picture: self.picture.clone(), sound: self.sound.clone() }
    }

    /// What is heard at this machine, beside the speaker: blocks of 10 ms, 48 kHz stereo i16, from now on. 200 ms wait
    /// for who is late, then the oldest are lost; none come while a scene's monitor names nothing. Reading never waits,
    /// locks or allocates. There is one listener: the next call takes the blocks away from this one.
    pub fn monitor(&self) -> io::Result<Reader> {
        let block = Block::create(&[Shape { slots: MONITOR_BLOCKS, slot_bytes: SOUND_BYTES as u32 }])?;
        let (writer, reader) = block.writer(0).zip(block.reader(0)).expect("a new block's lane, taken once");
        if !send(&self.sound, SoundOrder::Listen(writer)) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(reader)
    }

    /// The newest pictures for windows.
    pub fn preview(&self) -> Preview {
        self.shared.preview.clone()
    }

    /// Levels since the last call. Cheap, from any thread.
    pub fn meters(&self) -> Meters {
        self.shared.meters()
    }

    /// The figures of the program that runs, or ran last. Cheap, from any thread.
    pub fn figures(&self) -> MediaFigures {
        let recorded_bytes = self.shared.recorded_bytes();
        self.shared.figures(|figures| figures.recorded_bytes = recorded_bytes)
    }

    /// What the own microphone and speaker, whichever were in use, were measured to do. Cheap, from any thread.
    pub fn device_figures(&self) -> [Figures; 2] {
        self.shared.devices()
    }

    /// In rehearsals: from which tick on each scene was drawn, counted from the last `Open`.
    pub fn scenes(&self) -> Vec<(u64, Drawing)> {
        self.shared.scenes()
    }

    /// Waits until the last file is there of every recording that was reported `Recorded`. That takes as long as the
    /// disk needs to copy them.
    pub fn settle(&self) {
        self.shared.remuxes.settle();
    }

    /// When the ticks of the program that runs, or ran last, are due.
    pub fn ticks(&self) -> TickClock {
        let never = TickClock::new(ShowTime(0), ProgramFormat::default().fps);
        self.shared.running().map_or(never, |(clock, _)| clock)
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        // Picture and sound first: a recording is finished when nothing more can come.
        let _ = (self.picture.send(Letter::End), self.sound.send(Letter::End));
        let record = self.threads.pop();
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
        let _ = self.record.send(Letter::End);
        if let Some(record) = record {
            drop(record.join());
        }
        self.settle();
    }
}

/// Hands an order over without waiting; false when it is lost.
fn send<Order>(post: &Post<Order>, order: Order) -> bool {
    match post.try_send(Letter::Do(order)) {
        Ok(()) => true,
        Err(TrySendError::Disconnected(_)) => true,
        Err(TrySendError::Full(_)) => {
            tracing::error!(orders = ORDERS, "a media thread does not take its orders; one is lost");
            false
        }
    }
}

fn spawn<D: Desk + 'static>(
    name: &'static str,
    letters: Receiver<Letter<D::Order>>,
    shared: &Arc<Shared>,
    desk: fn(Arc<Shared>) -> D,
) -> JoinHandle<()>
where
    D::Order: Send,
{
    let shared = shared.clone();
    let work = move || {
        if D::KEEPS_TIME {
            raise_priority(name);
        }
        let mut at_work = desk(shared.clone());
        loop {
            match catch_unwind(AssertUnwindSafe(|| turn(&mut at_work, &letters))) {
                Ok(Turn::Next) => {}
                Ok(Turn::End) => return,
                Err(_) => {
                    tracing::error!(thread = name, "panicked; it starts anew");
                    at_work = desk(shared.clone());
                    shared.failed();
                }
            }
        }
    };
    thread::Builder::new().name(name.into()).spawn(work).expect("the system gives a thread at start")
}

/// One order while nothing runs, else one tick and the orders before it.
fn turn<D: Desk>(desk: &mut D, letters: &Receiver<Letter<D::Order>>) -> Turn {
    let Some(due) = desk.due() else {
        match letters.recv() {
            Ok(Letter::Do(order)) => desk.apply(order),
            Ok(Letter::End) | Err(_) => return Turn::End,
        }
        return Turn::Next;
    };
    sleep_until(due);
    // At most one full queue: orders that come while orders are taken wait for the next tick.
    for letter in letters.try_iter().take(ORDERS) {
        match letter {
            Letter::Do(order) => desk.apply(order),
            Letter::End => return Turn::End,
        }
    }
    if desk.due().is_some_and(|due| due <= now()) {
        desk.tick();
    }
    Turn::Next
}

#[cfg(test)]
mod tests;
