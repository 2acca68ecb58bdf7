//! A real encoder, real files, and what can happen to both.

mod faults;
mod files;
mod grid;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, SourceId};
use studio_wire::layout::Rect;
use studio_wire::media::{Drawing, MediaReport, Tile};
use studio_wire::view::ProgramFormat;

use super::*;
use crate::clock::{now, sleep_until};
use crate::frame::Pool;
use crate::inspect::{GuestMark, Inspection, Question, inspect};
use crate::synthetic::Signature;
use crate::synthetic::code::draw_tick;
use crate::synthetic::pattern::Pattern;
use crate::synthetic::tone::Tone;

const FORMAT: ProgramFormat = ProgramFormat { width: 640, height: 360, fps: 30 };
const EPOCH: Epoch = Epoch(7);

fn ffmpeg() -> PathBuf {
    let named = std::env::var_os("SIDESTAGE_FFMPEG").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("ffmpeg")).find(|path| path.is_file());
    named.or(found).expect("ffmpeg is installed, or named by SIDESTAGE_FFMPEG")
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "waited for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A program that is its own guest, recorded: pattern and tone of guest 0, with ticks.
struct Rig {
    home: tempfile::TempDir,
    config: Config,
    clock: TickClock,
    pool: Pool,
    pattern: Pattern,
    tone: Tone,
    tick: u64,
    block: u64,
    recorder: Option<Recorder>,
    remuxes: Remuxes,
    reports: Arc<Mutex<Vec<MediaReport>>>,
}

impl Rig {
    fn new() -> Self {
        Self::in_folder(|home| home.join("videos"), ffmpeg())
    }

    fn in_folder(videos: impl FnOnce(&Path) -> PathBuf, ffmpeg: PathBuf) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (videos, fallback) = (videos(home.path()), home.path().join("fallback"));
        std::fs::create_dir_all(&videos).unwrap();
        Self {
            config: Config { ffmpeg: Ok(ffmpeg), videos, fallback, burn_ticks: true, record_as: None },
            clock: TickClock::new(now(), FORMAT.fps),
            pool: Pool::new(Recorder::holds(FORMAT) + 4, FORMAT.width, FORMAT.height),
            pattern: Pattern::new(FORMAT.width, FORMAT.height, Signature::robot(0)),
            tone: Tone::new(Signature::robot(0)),
            tick: 0,
            block: 0,
            recorder: None,
            remuxes: Remuxes::default(),
            reports: Arc::default(),
            home,
        }
    }

    fn start(&mut self, name: &str) {
        self.start_with(name, Limits::default());
    }

    fn start_with(&mut self, name: &str, limits: Limits) {
        // The program has run for a while when it is recorded, and not for whole seconds.
        self.clock = TickClock::new(now().since(studio_wire::time::ShowTime::from_ms(1_234)), FORMAT.fps);
        self.tick = self.clock.due(now());
        self.block = TickClock::new(self.clock.start(), 100).due(now()) - 20;
        let (epoch, format, clock) = (EPOCH, FORMAT, self.clock);
        let take = Take {
            epoch,
            format,
            clock,
            folder: self.config.videos.clone(),
            name: name.into(),
            replace: false,
        };
        let reports = self.reports.clone();
        let sink = ReportSink::new(move |report| reports.lock().unwrap().push(report));
        self.recorder = Some(Recorder::with_limits(&self.config, take, sink, &self.remuxes, limits));
    }

    /// Runs the program for so many ticks, in show time. `picture` and `sound` tell which of them are made.
    fn run_but(&mut self, ticks: u64, picture: impl Fn(u64) -> bool, sound: impl Fn(u64) -> bool) {
        let recorder = self.recorder.as_ref().unwrap();
        for _ in 0..ticks {
            let due = self.clock.at(self.tick);
            sleep_until(due);
            while self.block * 10 < (due.0 - self.clock.start().0) / 1_000_000 + 33 {
                let at = self.clock.start().0 + self.block * 10_000_000;
                let mut stereo = [0.0; 960];
                self.tone.block(studio_wire::time::ShowTime(at), &mut stereo);
                if sound(self.block) {
                    recorder.sound(self.block, &stereo);
                }
                self.block += 1;
            }
            if picture(self.tick) {
                let mut draft =
                    self.pool.draft(FORMAT.width, FORMAT.height).expect("the pool is large enough");
                self.pattern.draw(&mut draft.planes_mut(), self.tick as u32, due);
                draw_tick(&mut draft.planes_mut(), self.tick as u32);
                recorder.frame(self.tick, draft.publish(due, self.tick));
            }
            self.tick += 1;
        }
    }

    fn run(&mut self, ticks: u64) {
        self.run_but(ticks, |_| true, |_| true);
    }

    fn finish(&mut self) -> MediaReport {
        self.recorder.take().unwrap().finish().wait();
        self.reports.lock().unwrap().last().cloned().expect("a finished recording is reported")
    }

    /// Finishes and gives the segment that is last, the bytes and frames of all, as reported.
    fn recorded(&mut self) -> (PathBuf, u64, u64) {
        self.recorder.take().unwrap().finish().wait();
        let recorded = self.reported(|report| match report {
            MediaReport::Recorded { epoch: EPOCH, path, bytes, frames } => {
                Some((path.into(), *bytes, *frames))
            }
            _ => None,
        });
        recorded.unwrap_or_else(|| panic!("{:?}", self.reports.lock().unwrap()))
    }

    /// Finishes, waits for the remux, and gives the last file, its bytes and its frames, as reported.
    fn finished(&mut self) -> (PathBuf, u64, u64) {
        let (path, bytes, frames) = self.recorded();
        self.remuxes.settle();
        let remuxed = self.reported(|report| match report {
            MediaReport::Remuxed { epoch: EPOCH, path, bytes } => Some((path.into(), *bytes, frames)),
            _ => None,
        });
        remuxed.unwrap_or((path, bytes, frames))
    }

    fn reported<T>(&self, pick: impl Fn(&MediaReport) -> Option<T>) -> Option<T> {
        self.reports.lock().unwrap().iter().find_map(pick)
    }

    fn trouble(&self, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        self.reported(|report| match report {
            MediaReport::RecordingTrouble { fault, .. } if wanted(fault) => Some(fault.clone()),
            _ => None,
        })
    }

    fn failed(&self) -> Option<Fault> {
        self.reported(|report| match report {
            MediaReport::RecordingFailed { fault, .. } => Some(fault.clone()),
            _ => None,
        })
    }

    /// The file of a segment, once it has bytes.
    fn segment(&self, wanted: u32) -> Option<PathBuf> {
        self.reported(|report| match report {
            MediaReport::Recording { segment, path, .. } if *segment == wanted => Some(path.into()),
            _ => None,
        })
    }

    /// Runs on until a segment has bytes on disk.
    fn run_until_recording(&mut self, segment: u32) {
        for _ in 0..300 {
            if self.segment(segment).is_some() {
                return;
            }
            self.run(3);
        }
        panic!("no bytes of segment {segment}: {:?}", self.reports.lock().unwrap());
    }

    fn inspect(&self, file: &Path) -> Inspection {
        read_back(file, self.clock)
    }
}

/// Reads a recording of a [`Rig`].
fn read_back(file: &Path, clock: TickClock) -> Inspection {
    let place = Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 };
    let tiles = vec![Tile { source: Some(SourceId(0)), place, whole: false }];
    let question = Question {
        format: FORMAT,
        first_tick_at: clock.start(),
        first_tick: 0,
        scenes: vec![(0, Drawing { tiles, ..Drawing::default() })],
        guests: vec![GuestMark { source: SourceId(0), k: 0 }],
    };
    inspect(&ffmpeg(), file, &question).unwrap()
}

/// Processes that have this text in their arguments, but for ourselves.
fn processes(argument: &Path) -> Vec<rustix::process::Pid> {
    let wanted = argument.to_str().unwrap().as_bytes();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| *pid != std::process::id() as i32)
        .filter(|pid| {
            let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            arguments.windows(wanted.len()).any(|part| part == wanted)
        })
        .filter_map(rustix::process::Pid::from_raw)
        .collect()
}

/// The one encoder that writes a file.
fn encoder_of(file: &Path) -> rustix::process::Pid {
    wait_for("the encoder", || processes(file).first().copied())
}
