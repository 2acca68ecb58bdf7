//! What the media threads and the rest of the app read of each other. Every lock is held to copy, swap or clone a few
//! words; none while a picture is drawn, a file is touched or somebody is waited for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, SourceId};
use studio_wire::media::{Drawing, MediaFigures, MediaReport};
use studio_wire::mixer::Loudness;
use studio_wire::time::ShowTime;
use studio_wire::view::{Meters, ProgramFormat};

use crate::audio::age::Age;
use crate::audio::device::Figures;
use crate::audio::level::{Level, Loud};
use crate::clock::TickClock;
use crate::preview::Preview;
use crate::record::{Recorder, Remuxes};
use crate::{Config, ReportSink};

/// Scenes remembered for a rehearsal's report.
const MOST_SCENES: usize = 10_000;

/// One for all threads.
#[derive(Debug)]
pub(super) struct Shared {
    pub config: Config,
    pub report: ReportSink,
    pub preview: Preview,
    pub remuxes: Remuxes,
    /// The program's level.
    pub program: Level,
    /// The monitor's level.
    pub monitor: Level,
    /// The program's loudness.
    pub loudness: Loud,
    /// How old the open camera's pictures are when they are drawn.
    pub camera_age: Age,
    /// Of the last `Open`.
    epoch: AtomicU32,
    running: Mutex<Option<(TickClock, ProgramFormat)>>,
    levels: Mutex<Vec<(SourceId, Arc<Level>)>>,
    scenes: Mutex<Vec<(u64, Drawing)>>,
    figures: Mutex<MediaFigures>,
    /// Of the microphone and of the speaker.
    devices: Mutex<[Figures; 2]>,
    recorder: Mutex<Option<(Epoch, Recorder)>>,
    recorded_bytes: AtomicU64,
}

impl Shared {
    pub fn new(config: Config, report: ReportSink) -> Self {
        Self {
            config,
            report,
            preview: Preview::default(),
            remuxes: Remuxes::default(),
            program: Level::default(),
            monitor: Level::default(),
            loudness: Loud::default(),
            camera_age: Age::default(),
            epoch: AtomicU32::new(0),
            running: Mutex::new(None),
            levels: Mutex::default(),
            scenes: Mutex::default(),
            figures: Mutex::default(),
            devices: Mutex::default(),
            recorder: Mutex::new(None),
            recorded_bytes: AtomicU64::new(0),
        }
    }

    /// A program starts with this clock.
    pub fn open(&self, epoch: Epoch, clock: TickClock, format: ProgramFormat) {
        self.epoch.store(epoch.0, Ordering::Relaxed);
        *lock(&self.running) = Some((clock, format));
        lock(&self.scenes).clear();
        *lock(&self.figures) = MediaFigures::default();
    }

    /// Something of the program that runs is broken.
    pub fn failed(&self) {
        let epoch = Epoch(self.epoch.load(Ordering::Relaxed));
        let failed = MediaReport::Failed { epoch, fault: Fault::MediaFailed };
        // A report that panics must not take the thread along that reports a panic.
        drop(catch_unwind(AssertUnwindSafe(|| self.report.report(failed))));
    }

    /// Clock and format of the program that runs, or ran last.
    pub fn running(&self) -> Option<(TickClock, ProgramFormat)> {
        *lock(&self.running)
    }

    pub fn drew(&self, tick: u64, scene: &Drawing) {
        let mut scenes = lock(&self.scenes);
        if self.config.burn_ticks && scenes.len() < MOST_SCENES {
            scenes.push((tick, scene.clone()));
        }
    }

    pub fn scenes(&self) -> Vec<(u64, Drawing)> {
        lock(&self.scenes).clone()
    }

    pub fn set_levels(&self, levels: Vec<(SourceId, Arc<Level>)>) {
        *lock(&self.levels) = levels;
    }

    pub fn meters(&self) -> Meters {
        let levels = lock(&self.levels);
        Meters {
            program: self.program.read(),
            monitor: self.monitor.read(),
            sources: levels.iter().map(|(source, level)| (*source, level.read())).collect(),
            loudness: self.loudness.read(),
        }
    }

    /// Nothing sounds any more.
    pub fn silence(&self) {
        self.set_levels(Vec::new());
        self.program.end();
        self.monitor.end();
        self.loudness.set(&Loudness::default());
    }

    /// Sources whose sound came within the last second.
    pub fn sounding(&self, now: ShowTime) -> Vec<SourceId> {
        let recently = |level: &Level| match level.heard.load(Ordering::Relaxed) {
            0 => false,
            heard => now.since(ShowTime(heard)) <= ShowTime::from_ms(1_000),
        };
        lock(&self.levels).iter().filter(|(_, level)| recently(level)).map(|(source, _)| *source).collect()
    }

    /// How old a source's sound is in the program, in ms, were nothing held back for its picture; `None` while there is none.
    pub fn sound_age(&self, source: SourceId) -> Option<f32> {
        lock(&self.levels).iter().find(|(its, _)| *its == source).and_then(|(_, level)| level.age.read())
    }

    /// Does something with the recording under way.
    pub fn recording(&self, act: impl FnOnce(&Recorder)) {
        if let Some((_, recorder)) = &*lock(&self.recorder) {
            act(recorder);
        }
    }

    /// Changes the figures that others see, and gives a copy.
    pub fn figures(&self, change: impl FnOnce(&mut MediaFigures)) -> MediaFigures {
        let mut figures = lock(&self.figures);
        change(&mut figures);
        figures.clone()
    }

    /// What the microphone and the speaker were just measured to do.
    pub fn measured(&self, devices: [Figures; 2]) {
        *lock(&self.devices) = devices;
    }

    /// What they were last measured to do.
    pub fn devices(&self) -> [Figures; 2] {
        *lock(&self.devices)
    }

    /// Puts a recording in its place; gives back the one that was there.
    pub fn record(&self, epoch: Epoch, recorder: Recorder) -> Option<Recorder> {
        lock(&self.recorder).replace((epoch, recorder)).map(|(_, recorder)| recorder)
    }

    /// Takes the recording out, if it is the one meant (`None`: whichever it is).
    pub fn stop_recording(&self, epoch: Option<Epoch>) -> Option<Recorder> {
        let mut recorder = lock(&self.recorder);
        let meant = recorder.as_ref().is_some_and(|(its, _)| epoch.is_none_or(|epoch| epoch == *its));
        recorder.take_if(|_| meant).map(|(_, recorder)| recorder)
    }

    /// Bytes on disk of the recording under way, or the last one.
    pub fn recorded_bytes(&self) -> u64 {
        self.recording(|recorder| self.recorded_bytes.store(recorder.bytes(), Ordering::Relaxed));
        self.recorded_bytes.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whoever panicked did so outside of these few words; what they guard is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
