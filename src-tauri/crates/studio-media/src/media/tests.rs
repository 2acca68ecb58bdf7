mod remux;

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use studio_lane::{Bell, Block, Meta, Shape};
use studio_wire::engine::AIR_SIZE;
use studio_wire::ids::{SourceId, TakeId};
use studio_wire::layout::Rect;
use studio_wire::media::{Feed, Tile};

use studio_wire::fault::Fault;

use super::*;
use crate::frame::i420_len;

const FORMAT: ProgramFormat = ProgramFormat { width: 320, height: 180, fps: 30 };
const PATIENCE: Duration = Duration::from_secs(60);

fn config(home: &Path) -> Config {
    Config {
        ffmpeg: crate::find_ffmpeg(home),
        videos: home.join("videos"),
        fallback: home.join("fallback"),
        burn_ticks: false,
        record_as: None,
    }
}

fn start(home: &Path) -> (Media, Receiver<MediaReport>) {
    start_with(config(home))
}

fn start_with(config: Config) -> (Media, Receiver<MediaReport>) {
    let (told, reports) = channel();
    let told: Mutex<Sender<_>> = Mutex::new(told);
    let media = Media::start(config, move |report| {
        let _ = told.lock().unwrap().send(report);
    });
    (media, reports)
}

/// The next report that is wanted; figures and others go by.
fn wait<T>(reports: &Receiver<MediaReport>, pick: impl Fn(MediaReport) -> Option<T>) -> T {
    loop {
        if let Some(picked) = pick(reports.recv_timeout(PATIENCE).unwrap()) {
            return picked;
        }
    }
}

fn remuxed(report: MediaReport) -> Option<String> {
    match report {
        MediaReport::Remuxed { path, .. } => Some(path),
        MediaReport::RecordingTrouble { fault, .. } => panic!("{fault:?}"),
        _ => None,
    }
}

fn until(reports: &Receiver<MediaReport>, wanted: &MediaReport) {
    wait(reports, |report| (report == *wanted).then_some(()));
}

fn own_sources() -> MediaOrder {
    MediaOrder::Sources(vec![
        Wiring { source: SourceId(0), feed: Feed::Pattern, on: true, cell: Some(0), sound: None },
        Wiring { source: SourceId(1), feed: Feed::Tone, on: true, cell: None, sound: None },
    ])
}

fn own_scene() -> MediaOrder {
    let tile =
        Tile { source: Some(SourceId(0)), place: Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 }, whole: false };
    MediaOrder::Scene {
        program: ProgramId(0),
        scene: Drawing { tiles: vec![tile], voices: vec![SourceId(1)], ..Drawing::default() },
    }
}

#[test]
fn a_show_opens_runs_is_recorded_and_closes() {
    let home = tempfile::tempdir().unwrap();
    let (media, reports) = start(home.path());
    let epoch = Epoch(3);
    for order in [own_sources(), own_scene(), MediaOrder::Open { epoch, format: FORMAT }] {
        media.order(order);
    }
    until(&reports, &MediaReport::Opened { epoch });
    media.order(MediaOrder::CheckRecorder { epoch, folder: None });
    until(&reports, &MediaReport::RecorderReady { epoch });
    media.order(MediaOrder::Record {
        epoch,
        program: ProgramId(0),
        take: TakeId(1),
        folder: None,
        name: "show".into(),
    });
    let at = wait(&reports, |report| match report {
        MediaReport::Recording { at, segment: 0, .. } => Some(at),
        MediaReport::RecordingFailed { fault, .. } => panic!("{fault:?}"),
        _ => None,
    });
    let clock = media.ticks();
    assert_eq!(clock.at(clock.due(at) - 1), at, "the file begins at a tick");
    let flowing = wait(&reports, |report| match report {
        MediaReport::Figures(figures) if figures.recorded_bytes > 0 => Some(figures.flowing),
        _ => None,
    });
    assert_eq!(flowing, [SourceId(0), SourceId(1)]);
    // No `Finish`: closing finishes it, and says so before it says that all is closed.
    media.order(MediaOrder::Close { epoch });
    let (path, frames) = wait(&reports, |report| match report {
        MediaReport::Recorded { path, frames, .. } => Some((path, frames)),
        other => {
            assert_ne!(other, MediaReport::Closed { epoch });
            None
        }
    });
    until(&reports, &MediaReport::Closed { epoch });
    assert!(frames >= 30, "{frames}");
    assert!(path.ends_with("show.mkv"), "{path}");
    media.settle();
    let path = wait(&reports, remuxed);
    assert!(path.ends_with("show.mp4") && Path::new(&path).is_file(), "{path}");
    assert!(media.preview().program(ShowTime(0), (320, 180), Duration::ZERO).is_none());
    assert!(media.meters().sources.is_empty());
}

#[test]
fn sound_and_picture_reach_the_lanes_of_the_room_and_the_meters() {
    let home = tempfile::tempdir().unwrap();
    let (media, reports) = start(home.path());
    let (width, height) = AIR_SIZE;
    let shapes = [
        Shape { slots: 3, slot_bytes: i420_len(width, height) as u32 },
        Shape { slots: 256, slot_bytes: 1_920 },
        Shape { slots: 2, slot_bytes: 1 },
        Shape { slots: 2, slot_bytes: 1 },
    ];
    let block = Block::create(&shapes).unwrap();
    let out = |lane| Out { writer: block.writer(lane).unwrap(), bell: Bell::create().unwrap() };
    let (mut pictures, mut sounds) = (block.reader(0).unwrap(), block.reader(1).unwrap());
    let [picture_in, sound_in] = [2, 3].map(|lane| block.reader(lane).unwrap());
    media.desk().air(Some(AirLanes { picture: out(0), sound: out(1), picture_in, sound_in }));
    for order in [own_sources(), own_scene(), MediaOrder::Open { epoch: Epoch(1), format: FORMAT }] {
        media.order(order);
    }
    // A whole second of tone and a bit, so that its burst is in it.
    for _ in 0..2 {
        wait(&reports, |report| matches!(report, MediaReport::Figures(_)).then_some(()));
    }
    let picture = pictures.newest().unwrap();
    assert_eq!((picture.meta.width, picture.meta.height, picture.meta.kind), (width, height, Meta::I420));
    // The lane keeps the last 256 blocks; each begins where the one before ended.
    let mut next = None;
    let mut blocks = 0;
    while let Some(sound) = sounds.next() {
        assert_eq!((sound.meta.width, sound.meta.height, sound.meta.len), (48_000, 2, 1_920));
        let at = sound.meta.stamp_us;
        assert_eq!((at - (media.ticks().start().0 / 1_000) as i64) % 10_000, 0);
        assert_eq!(*next.get_or_insert(at), at, "block {blocks}");
        (next, blocks) = (Some(at + 10_000), blocks + 1);
    }
    assert!(blocks >= 100, "{blocks}");
    let meters = media.meters();
    assert!(meters.program.peak[0] > -25.0 && meters.program.peak[0] < -9.0, "{meters:?}");
    assert_eq!(meters.sources.len(), 1);
    assert!((meters.sources[0].1.peak[0] - meters.program.peak[1]).abs() < 0.1, "{meters:?}");
}

#[test]
fn the_monitor_is_read_by_whoever_asked_last() {
    let home = tempfile::tempdir().unwrap();
    let (media, reports) = start(home.path());
    let mut first = media.monitor().unwrap();
    let monitor = Monitor { program: true, voices: Vec::new() };
    let scene = Drawing { monitor, ..Drawing::default() };
    let scene = MediaOrder::Scene { program: ProgramId(0), scene };
    for order in [own_sources(), scene, MediaOrder::Open { epoch: Epoch(1), format: FORMAT }] {
        media.order(order);
    }
    let figures = || wait(&reports, |report| matches!(report, MediaReport::Figures(_)).then_some(()));
    figures();
    let block = first.next().unwrap();
    assert_eq!((block.meta.width, block.meta.height, block.meta.kind), (48_000, 2, Meta::PCM));
    assert_eq!((block.meta.len, block.bytes().len()), (1_920, 1_920));
    let mut second = media.monitor().unwrap();
    figures();
    while first.next().is_some() {}
    figures();
    assert!(first.next().is_none());
    assert!(second.next().is_some());
}

#[test]
fn a_recording_that_cannot_start_says_why_and_the_program_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (media, reports) = start(home.path());
    let epoch = Epoch(1);
    let missing = home.path().join("missing").display().to_string();
    media.order(MediaOrder::Open { epoch, format: FORMAT });
    media.order(MediaOrder::CheckRecorder { epoch, folder: Some(missing.clone()) });
    let fault = Fault::FolderMissing { path: missing.clone() };
    until(&reports, &MediaReport::Failed { epoch, fault: fault.clone() });
    media.order(MediaOrder::Record {
        epoch,
        program: ProgramId(0),
        take: TakeId(1),
        folder: Some(missing),
        name: "show".into(),
    });
    until(&reports, &MediaReport::RecordingFailed { epoch, fault });
    let composed = media.figures().composed;
    wait(&reports, |report| match report {
        MediaReport::Figures(figures) => (figures.composed > composed).then_some(()),
        _ => None,
    });
}

#[test]
fn a_thread_that_panics_is_reported_and_the_next_show_runs() {
    let home = tempfile::tempdir().unwrap();
    let (told, reports) = channel();
    let told = Mutex::new(told);
    let media = Media::start(config(home.path()), move |report| {
        let _ = told.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).send(report.clone());
        assert_ne!(
            report,
            MediaReport::Opened { epoch: Epoch(1) },
            "meant to panic in the compositor's thread"
        );
    });
    media.order(MediaOrder::Open { epoch: Epoch(1), format: FORMAT });
    until(&reports, &MediaReport::Failed { epoch: Epoch(1), fault: Fault::MediaFailed });
    media.order(MediaOrder::Close { epoch: Epoch(1) });
    until(&reports, &MediaReport::Closed { epoch: Epoch(1) });
    media.order(MediaOrder::Open { epoch: Epoch(2), format: FORMAT });
    until(&reports, &MediaReport::Opened { epoch: Epoch(2) });
}

#[test]
fn closing_what_was_never_open_answers_too() {
    let home = tempfile::tempdir().unwrap();
    let (media, reports) = start(home.path());
    media.order(MediaOrder::Close { epoch: Epoch(8) });
    until(&reports, &MediaReport::Closed { epoch: Epoch(8) });
}
