use proptest::prelude::*;
use studio_wire::layout::Rect;
use studio_wire::media::Tile;

use super::*;
use crate::clock::TickClock;
use crate::frame::Picture;

const SMALL: ProgramFormat = ProgramFormat { width: 480, height: 270, fps: 30 };

/// A picture of one colour.
fn plain(width: u32, height: u32, luma: u8) -> Picture {
    let mut draft = Pool::new(1, width, height).draft(width, height).unwrap();
    fill(&mut draft.planes_mut(), Area::of(width, height), [luma, 128, 128]);
    draft.publish(ShowTime(0), 0).into()
}

fn grid(columns: u32, rows: u32, count: u32) -> Drawing {
    let (w, h) = (1.0 / columns as f32, 1.0 / rows as f32);
    let tiles = (0..count)
        .map(|n| Tile {
            source: Some(SourceId(n)),
            place: Rect { x: (n % columns) as f32 * w, y: (n / columns) as f32 * h, w, h },
            whole: false,
        })
        .collect();
    Drawing { tiles, ..Drawing::default() }
}

fn luma(frame: &PoolFrame, x: u32, y: u32) -> u8 {
    frame.planes().y[(y * frame.width() + x) as usize]
}

// S-16
#[test]
fn each_layout_shows_every_source_in_its_place() {
    for (columns, rows, count) in [(1, 1, 1), (2, 1, 2), (2, 2, 3), (3, 3, 9), (5, 4, 20)] {
        let mut sources = Sources::default();
        for n in 0..count {
            sources.show(SourceId(n), plain(640, 360, 60 + 8 * n as u8), ShowTime(0));
        }
        let mut compositor = Compositor::new(ProgramFormat::default(), false);
        compositor.scene(&grid(columns, rows, count));
        let frame = compositor.compose(0, ShowTime(0), &sources).unwrap();
        let (w, h) = (1920 / columns, 1080 / rows);
        for n in 0..count {
            let (x, y) = (n % columns * w, n / columns * h);
            for (x, y) in [(x + w / 2, y + h / 2), (x + 16, y + 16), (x + w - 16, y + h - 16)] {
                assert_eq!(luma(&frame, x, y), 60 + 8 * n as u8, "tile {n} of {columns}×{rows} at {x}, {y}");
            }
        }
        if count == 3 {
            assert_eq!(luma(&frame, 1440, 810), slate::GROUND[0], "an empty place shows the ground");
        }
        if columns > 1 {
            assert_eq!(luma(&frame, w, h / 2), slate::GROUND[0], "a gap between tiles");
        }
    }
}

#[test]
fn a_scene_switch_is_wholly_the_old_or_wholly_the_new_scene() {
    let mut sources = Sources::default();
    let mut compositor = Compositor::new(SMALL, false);
    let clock = TickClock::new(ShowTime::from_ms(77), 30);
    let scenes = [grid(1, 1, 1), grid(2, 2, 4)];
    let mut now_on = 0;
    compositor.scene(&scenes[0]);
    for tick in 0..600u64 {
        let at = clock.at(tick);
        // Slower than the program: most switches meet pictures that were drawn before.
        for n in 0..4u32 {
            if tick % 7 == 0 {
                sources.show(SourceId(n), plain(64, 36, 50 + 40 * n as u8), at);
            }
        }
        if tick % 3 == 1 {
            now_on = 1 - now_on;
            compositor.scene(&scenes[now_on]);
        }
        let frame = compositor.compose(tick, at, &sources).unwrap();
        let corners = [(4, 4), (475, 4), (4, 265), (475, 265)].map(|(x, y)| luma(&frame, x, y));
        let expected = [[50, 50, 50, 50], [50, 90, 130, 170]][now_on];
        assert_eq!(corners, expected, "tick {tick}");
    }
}

#[test]
fn a_copied_tile_looks_like_a_drawn_one() {
    let mut sources = Sources::default();
    for n in 0..20 {
        sources.show(SourceId(n), plain(333, 251, 60 + n as u8), ShowTime(0));
    }
    let mut compositor = Compositor::new(ProgramFormat::default(), true);
    compositor.scene(&grid(5, 4, 20));
    let drawn = compositor.compose(7, ShowTime(0), &sources).unwrap();
    let copied = compositor.compose(7, ShowTime(1), &sources).unwrap();
    assert!(drawn.bytes() == copied.bytes());
    sources.show(SourceId(4), plain(333, 251, 200), ShowTime(2));
    let changed = compositor.compose(7, ShowTime(2), &sources).unwrap();
    assert_eq!((luma(&changed, 1728, 135), luma(&changed, 1344, 135)), (200, 63));
}

#[test]
fn overlapping_tiles_are_drawn_from_back_to_front_at_every_tick() {
    let mut scene = grid(1, 1, 1);
    scene.tiles.push(Tile {
        source: Some(SourceId(1)),
        place: Rect { x: 0.5, y: 0.5, w: 0.5, h: 0.5 },
        whole: false,
    });
    let mut sources = Sources::default();
    sources.show(SourceId(1), plain(64, 36, 180), ShowTime(0));
    let mut compositor = Compositor::new(SMALL, false);
    compositor.scene(&scene);
    for tick in 0..4 {
        sources.show(SourceId(0), plain(64, 36, 60), ShowTime(0));
        let frame = compositor.compose(tick, ShowTime(tick), &sources).unwrap();
        assert_eq!((luma(&frame, 100, 100), luma(&frame, 400, 250)), (60, 180));
    }
}

#[test]
fn a_source_that_stalls_becomes_a_slate_after_two_seconds_of_ticks() {
    let clock = TickClock::new(ShowTime::from_ms(5), 30);
    let mut sources = Sources::default();
    let mut compositor = Compositor::new(SMALL, false);
    compositor.scene(&grid(1, 1, 1));
    sources.show(SourceId(0), plain(64, 36, 200), clock.at(10));
    for tick in 10..=75 {
        let frame = compositor.compose(tick, clock.at(tick), &sources).unwrap();
        assert_eq!(luma(&frame, 4, 4) == 200, tick <= 70, "tick {tick}");
    }
}

#[test]
fn when_every_slot_is_in_use_a_picture_is_left_out_and_counted() {
    let mut compositor = Compositor::new(SMALL, false);
    let sources = Sources::default();
    let held: Vec<_> =
        (0u64..).map_while(|tick| compositor.compose(tick, ShowTime(tick), &sources)).take(1_000).collect();
    assert_eq!(held.len(), Recorder::holds(SMALL) + SPARE_SLOTS);
    assert_eq!(compositor.skipped(), 1);
    drop(held);
    assert!(compositor.compose(1, ShowTime(1), &sources).is_some());
}

#[test]
fn the_tick_is_burnt_in_only_when_asked_for() {
    let sources = Sources::default();
    let [with, without] = [true, false].map(|burn| {
        let frame =
            Compositor::new(ProgramFormat::default(), burn).compose(4_711, ShowTime(0), &sources).unwrap();
        let luma = code::Luma::tight(frame.planes().y, 1920, 1080).unwrap();
        code::read_tick(&luma)
    });
    assert_eq!((with, without), (Some(4_711), None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn no_layout_and_no_picture_size_is_drawn_out_of_bounds(
        format in (0u32..300, 0u32..200),
        tiles in prop::collection::vec((-0.3f32..1.3, -0.3f32..1.3, 0f32..1.5, 0f32..1.5, 0u32..5), 0..8),
        sizes in prop::collection::vec((1u32..400, 1u32..300), 4),
    ) {
        let mut sources = Sources::default();
        for (n, (width, height)) in (0..).zip(&sizes) {
            let size = if n == 0 { (1, 1) } else { (*width, *height) };
            sources.show(SourceId(n), plain(size.0, size.1, 180), ShowTime(0));
        }
        let tiles = tiles
            .into_iter()
            .map(|(x, y, w, h, source)| Tile { source: Some(SourceId(source)), place: Rect { x, y, w, h }, whole: false })
            .collect();
        let mut compositor = Compositor::new(ProgramFormat { width: format.0, height: format.1, fps: 30 }, true);
        compositor.scene(&Drawing { tiles, ..Drawing::default() });
        for tick in 0..2 {
            prop_assert!(compositor.compose(tick, ShowTime(0), &sources).is_some());
        }
    }
}
