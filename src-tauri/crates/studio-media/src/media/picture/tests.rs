mod air;
mod own;
mod screens;

use std::sync::Mutex;

use studio_lane::{Bell, Block, Meta, Shape, Writer};
use studio_wire::engine::{AIR_SIZE, lanes};
use studio_wire::layout::Rect;
use studio_wire::media::{Feed, Tile};

use super::super::lanes::Out;
use super::*;
use crate::frame::i420_len;
use crate::{Config, ReportSink};

const PATTERN_SOURCE: SourceId = SourceId(0);
const GUEST: SourceId = SourceId(9);
const FORMAT: ProgramFormat = ProgramFormat { width: 640, height: 360, fps: 30 };
const START: ShowTime = ShowTime::from_ms(60_000);
const PICTURE: usize = i420_len(640, 360);

/// A compositor's desk in virtual time, with the other ends of its lanes.
struct Rig {
    desk: PictureDesk,
    shared: Arc<Shared>,
    clock: TickClock,
    tick: u64,
    reports: Arc<Mutex<Vec<MediaReport>>>,
}

impl Rig {
    fn open() -> Self {
        let reports = Arc::new(Mutex::new(Vec::new()));
        let heard = reports.clone();
        let sink = ReportSink::new(move |report| heard.lock().unwrap().push(report));
        let nowhere = std::path::PathBuf::from("/nonexistent");
        let config = Config {
            ffmpeg: Err(Vec::new()),
            videos: nowhere.clone(),
            fallback: nowhere,
            burn_ticks: true,
            record_as: None,
        };
        let shared = Arc::new(Shared::new(config, sink));
        let mut desk = PictureDesk::new(shared.clone());
        let clock = TickClock::new(START, FORMAT.fps);
        shared.open(Epoch(1), clock, FORMAT);
        desk.apply(PictureOrder::Open { epoch: Epoch(1), format: FORMAT, clock });
        Self { desk, shared, clock, tick: 0, reports }
    }

    fn wire(&mut self, source: SourceId, feed: Feed, on: bool) {
        self.desk.apply(PictureOrder::Sources([Wiring { source, feed, on, cell: None, sound: None }].into()));
    }

    fn solo(&mut self, source: SourceId) {
        let tile =
            Tile { source: Some(source), place: Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 }, whole: false };
        self.desk.apply(PictureOrder::Scene(Drawing { tiles: vec![tile], ..Drawing::default() }));
    }

    /// One tick in time; gives the luma of a pixel that no slate's figure and no code covers.
    fn tick(&mut self) -> u8 {
        let at = self.clock.at(self.tick);
        self.tick += 1;
        self.desk.run(|| at);
        let shot =
            self.shared.preview.program(ShowTime(at.0 - 1), (640, 360), std::time::Duration::ZERO).unwrap();
        shot.planes().y[100 * 640 + 20]
    }

    /// What a report would call flowing now.
    fn flowing(&self) -> Vec<SourceId> {
        self.desk.flowing(self.desk.show.as_ref().unwrap())
    }
}

/// The lanes of `crew`, and what an engine would hold of them.
fn crew() -> (CrewPictures, Vec<Writer>, Vec<studio_lane::Reader>, Arc<Block>) {
    let shapes = vec![Shape { slots: 4, slot_bytes: i420_len(1920, 1080) as u32 }; 4];
    let ours = Block::create(&shapes).unwrap();
    let out = |lane| Out { writer: ours.writer(lane).unwrap(), bell: Bell::create().unwrap() };
    let (camera, screens) = (out(0), vec![out(1)]);
    let readers = (2..4).map(|lane| ours.reader(lane).unwrap()).collect();
    let writers = (2..4).map(|lane| ours.writer(lane).unwrap()).collect();
    let far = (0..2).map(|lane| ours.reader(lane).unwrap()).collect();
    (CrewPictures { camera, screens, readers }, writers, far, Arc::new(ours))
}

fn send(writer: &mut Writer, luma: u8) {
    let mut draft = writer.draft().unwrap();
    draft.bytes()[..640 * 360].fill(luma);
    draft.bytes()[640 * 360..PICTURE].fill(128);
    draft.publish(Meta { stamp_us: 1, width: 640, height: 360, len: PICTURE as u32, kind: Meta::I420 });
}

// S-13
#[test]
fn a_guests_picture_is_in_the_program_with_the_next_tick() {
    let mut rig = Rig::open();
    let (lanes, mut writers, ..) = crew();
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.wire(GUEST, Feed::CrewPicture(lanes::crew_picture(1).unwrap()), true);
    rig.solo(GUEST);
    let slate = rig.tick();
    for luma in [90, 120, 150, 180] {
        send(&mut writers[1], luma);
        assert_eq!(rig.tick(), luma);
        assert_eq!(rig.tick(), luma, "until the next one comes");
    }
    rig.wire(GUEST, Feed::CrewPicture(lanes::crew_picture(1).unwrap()), false);
    send(&mut writers[1], 200);
    assert_eq!(rig.tick(), slate, "a shut camera is a slate at once");
    rig.wire(GUEST, Feed::CrewPicture(lanes::crew_picture(1).unwrap()), true);
    assert_eq!(rig.tick(), slate, "and shows nothing from before it opened");
}

#[test]
fn when_the_engine_dies_its_last_picture_stands_for_two_seconds_and_its_memory_is_free() {
    let mut rig = Rig::open();
    let (lanes, mut writers, far, block) = crew();
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.wire(GUEST, Feed::CrewPicture(lanes::crew_picture(0).unwrap()), true);
    rig.solo(GUEST);
    let slate = rig.tick();
    send(&mut writers[0], 180);
    assert_eq!(rig.tick(), 180);
    let memory = inode(&block);
    assert!(is_mapped(memory));
    drop((writers, far, block));
    rig.desk.apply(PictureOrder::Crew(None));
    assert!(!is_mapped(memory), "the dead engine's block is still mapped");
    for tick in 1..=75 {
        let expected = if tick <= 60 { 180 } else { slate };
        assert_eq!(rig.tick(), expected, "{tick} ticks after the last picture");
    }
    let (lanes, mut writers, ..) = crew();
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    send(&mut writers[0], 99);
    assert_eq!(rig.tick(), 99, "the next engine's pictures are back at once");
}

#[test]
fn a_guest_whose_pictures_stall_is_a_slate_after_two_seconds_and_back_by_itself() {
    let mut rig = Rig::open();
    let (lanes, mut writers, ..) = crew();
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.wire(GUEST, Feed::CrewPicture(lanes::crew_picture(0).unwrap()), true);
    rig.solo(GUEST);
    let slate = rig.tick();
    for stalled in [0, 1, 59, 60, 61, 90] {
        send(&mut writers[0], 180);
        assert_eq!(rig.tick(), 180, "at once, after any time");
        for tick in 1..=stalled {
            let expected = if tick <= 60 { 180 } else { slate };
            assert_eq!(rig.tick(), expected, "{tick} ticks after the last picture");
        }
    }
}

/// What the kernel calls a block's memory.
fn inode(block: &Block) -> u64 {
    rustix::fs::fstat(block.fd()).unwrap().st_ino
}

/// Whether any lane or frame of this process still maps it.
fn is_mapped(memory: u64) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().filter(|line| line.contains("memfd:")).any(|line| {
        let its = line.split_whitespace().nth(4).unwrap();
        its.parse() == Ok(memory)
    })
}

#[test]
fn what_lies_in_a_lane_that_changes_hands_is_not_shown_as_the_next_ones() {
    let mut rig = Rig::open();
    let (lanes, mut writers, ..) = crew();
    let lane = lanes::crew_picture(0).unwrap();
    rig.desk.apply(PictureOrder::Crew(Some(lanes)));
    rig.solo(SourceId(10));
    rig.wire(GUEST, Feed::CrewPicture(lane), true);
    let slate = rig.tick();
    send(&mut writers[0], 200);
    rig.wire(SourceId(10), Feed::CrewPicture(lane), true);
    assert_eq!(rig.tick(), slate);
    send(&mut writers[0], 150);
    assert_eq!(rig.tick(), 150);
}

#[test]
fn scenes_are_kept_with_the_tick_they_were_first_drawn_in() {
    let mut rig = Rig::open();
    for tick in 0..10 {
        if tick % 4 == 2 {
            rig.solo(SourceId(tick));
            rig.solo(SourceId(tick + 100));
        }
        rig.tick();
    }
    let scenes = rig.shared.scenes();
    let drawn: Vec<_> = scenes
        .iter()
        .map(|(tick, scene)| (*tick, scene.tiles.first().and_then(|tile| tile.source)))
        .collect();
    assert_eq!(drawn, [(0, None), (2, Some(SourceId(102))), (6, Some(SourceId(106)))]);
}

#[test]
fn reports_say_when_it_runs_and_each_second_how() {
    let mut rig = Rig::open();
    rig.wire(PATTERN_SOURCE, Feed::Pattern, true);
    rig.solo(PATTERN_SOURCE);
    for _ in 0..61 {
        rig.tick();
    }
    let reports = rig.reports.lock().unwrap();
    assert_eq!(reports[0], MediaReport::Opened { epoch: Epoch(1) });
    let figures: Vec<_> = reports[1..]
        .iter()
        .map(|report| match report {
            MediaReport::Figures(figures) => {
                (figures.due, figures.composed, figures.late, figures.flowing.clone())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    // With tick 30 a second has passed since tick 0.
    assert_eq!(figures, [(31, 31, 0, vec![PATTERN_SOURCE]), (61, 61, 0, vec![PATTERN_SOURCE])]);
}

#[test]
fn an_atlas_is_drawn_five_times_a_second_while_somebody_waits() {
    let mut rig = Rig::open();
    rig.desk.apply(PictureOrder::Sources(
        [Wiring { source: PATTERN_SOURCE, feed: Feed::Pattern, on: true, cell: Some(1), sound: None }].into(),
    ));
    rig.tick();
    let preview = rig.shared.preview.clone();
    assert!(preview.atlas(ShowTime(0), std::time::Duration::ZERO).is_none(), "nobody waited");
    let waiting = std::thread::spawn(move || {
        let mut seen = vec![ShowTime(0)];
        while let Some(atlas) = preview.atlas(*seen.last().unwrap(), std::time::Duration::from_secs(20)) {
            seen.push(atlas.at());
            if seen.len() == 4 {
                break;
            }
        }
        seen
    });
    while !waiting.is_finished() {
        rig.tick();
        std::thread::yield_now();
    }
    let seen = waiting.join().unwrap();
    for pair in seen[1..].windows(2) {
        assert!(pair[1].since(pair[0]) >= ShowTime::from_ms(199), "{seen:?}");
    }
}
