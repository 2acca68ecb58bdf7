//! Pictures that wait for the sound that belongs to them, because it takes longer.

use std::collections::VecDeque;

use studio_wire::ids::SourceId;
use studio_wire::time::ShowTime;

use crate::frame::Picture;

/// Of one source. Each of them holds a slot that its sender has to do without.
const MOST: usize = 3;
/// Program pictures, and so looks at a source, in a second.
const TICKS: u32 = 30;
const TICK_MS: f32 = 1_000.0 / TICKS as f32;
/// How much of a new age counts beside those before it.
const NEWEST: f32 = 0.05;

/// How old pictures are to be when they are shown, in ms, and how far from that they may be: more than half a tick, so that
/// one tick is always near enough and nothing is undone again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub age_ms: f32,
    pub wrong_ms: f32,
}

/// Pictures by source. **Nothing waits before its sound is there; when that falls silent, nothing changes. How long they
/// wait changes by whole ticks, where it has been wrong for a second; what comes a little sooner or later meanwhile is shown
/// as evenly as it was sent.**
#[derive(Debug, Default)]
pub(super) struct Waiting(Vec<Row>);

#[derive(Debug)]
struct Row {
    source: SourceId,
    pictures: VecDeque<Picture>,
    /// A picture that is younger waits, in ms.
    wait_ms: f32,
    /// How old pictures are when they are shown, in ms, as a mean; `None` before the first.
    shown_ms: Option<f32>,
    /// Ticks for which that has been wrong.
    wrong: u32,
}

impl Waiting {
    /// What a source shows anew at `at`, when this has come of it since the last tick, and its pictures are to be so old.
    pub fn next(
        &mut self,
        source: SourceId,
        came: impl IntoIterator<Item = Picture>,
        wanted: Option<Wanted>,
        at: ShowTime,
    ) -> Option<Picture> {
        if let Some(row) = self.0.iter_mut().find(|row| row.source == source) {
            return row.next(came, wanted, at);
        }
        if wanted.is_none() {
            return came.into_iter().last();
        }
        let mut row = Row { source, pictures: VecDeque::new(), wait_ms: 0.0, shown_ms: None, wrong: 0 };
        let shown = row.next(came, wanted, at);
        self.0.push(row);
        shown
    }

    /// Forgets what waits of all sources but these.
    pub fn keep(&mut self, keep: impl Fn(SourceId) -> bool) {
        self.0.retain(|row| keep(row.source));
    }
}

impl Row {
    fn next(
        &mut self,
        came: impl IntoIterator<Item = Picture>,
        wanted: Option<Wanted>,
        at: ShowTime,
    ) -> Option<Picture> {
        let age = |picture: &Picture| at.since(picture.at()).0 as f32 / 1e6;
        self.pictures.extend(came);
        self.aim(wanted);
        let newest_due = self.pictures.iter().rposition(|picture| age(picture) >= self.wait_ms);
        let crowd = self.pictures.len().checked_sub(MOST + 1);
        let shown = newest_due.max(crowd)?;
        let picture = self.pictures.drain(..=shown).next_back();
        self.showed(picture.as_ref().map(age)?);
        picture
    }

    fn aim(&mut self, wanted: Option<Wanted>) {
        let (Some(wanted), Some(shown)) = (wanted, self.shown_ms) else {
            self.wrong = 0;
            return;
        };
        let later = wanted.age_ms - shown;
        self.wrong = if later.abs() > wanted.wrong_ms { self.wrong + 1 } else { 0 };
        if self.wrong >= TICKS {
            self.wrong = 0;
            self.stand(shown + TICK_MS * (later / TICK_MS).round());
        }
    }

    /// Pictures are so old when they are shown. What decides about the next one lies half a tick from that to either side,
    /// where none comes.
    fn stand(&mut self, shown_ms: f32) {
        self.shown_ms = Some(shown_ms);
        self.wait_ms = (shown_ms - TICK_MS / 2.0).max(0.0);
    }

    fn showed(&mut self, age_ms: f32) {
        let mean = self.shown_ms.map_or(age_ms, |mean| mean + NEWEST * (age_ms - mean));
        if self.wait_ms > 0.0 { self.stand(mean) } else { self.shown_ms = Some(mean) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Pool;

    const GUEST: SourceId = SourceId(7);
    fn wanted(age_ms: f32) -> Wanted {
        Wanted { age_ms, wrong_ms: 19.0 }
    }

    const BEGIN: u64 = 10_000_000_000;

    /// The age of what is shown at each tick, in ms, of pictures that are taken so many ns apart, are shaken by a few ms,
    /// and come `way_ms` later; `None` where the last one stands for longer.
    fn shown(wanted_ms: f32, way_ms: u64, apart: u64, ticks: u64) -> Vec<Option<u64>> {
        let (mut waiting, pool) = (Waiting::default(), Pool::new(8, 2, 2));
        let (mut number, mut ages) = (0, Vec::new());
        for tick in 0..ticks {
            let at = ShowTime(BEGIN + tick * 1_000_000_000 / 30);
            let mut came = Vec::new();
            while let shaken = number % 7 * 500_000
                && let taken = ShowTime(BEGIN - 40_000_000 + number * apart + shaken)
                && taken + ShowTime::from_ms(way_ms) <= at
            {
                came.extend(pool.draft(2, 2).map(|draft| draft.publish(taken, number).into()));
                number += 1;
            }
            let picture = waiting.next(GUEST, came, Some(wanted(wanted_ms)), at);
            ages.push(picture.map(|picture| at.since(picture.at()).ms()));
        }
        ages
    }

    const THIRTIETH: u64 = 1_000_000_000 / 30;

    #[test]
    fn pictures_become_as_old_as_is_wanted_within_half_a_tick() {
        for way in (0..70).step_by(3) {
            for wanted in [0_u64, 40, 75, 110] {
                let ages = shown(wanted as f32, way, THIRTIETH, 400);
                let settled: Vec<u64> = ages[200..].iter().flatten().copied().collect();
                let mean = settled.iter().sum::<u64>() / settled.len() as u64;
                let least = way + 34;
                assert!(mean.abs_diff(wanted) <= 20 || mean <= least, "{wanted} after {way}: {mean}");
            }
        }
        let held = shown(900.0, 10, THIRTIETH, 400).pop().flatten().unwrap();
        assert!(held <= 44 + 34 * MOST as u64, "no more than so many wait: {held}");
    }

    #[test]
    fn none_is_left_out_and_none_stands_twice_once_that_is_settled() {
        for way in (0..70).step_by(3) {
            for wanted in [0_u64, 40, 75, 110] {
                let ages = shown(wanted as f32, way, THIRTIETH, 400);
                let stands = ages[200..].iter().filter(|age| age.is_none()).count();
                // What comes just at a tick is unsteady by itself, where nothing waits.
                let newest = ages[200..].iter().flatten().any(|age| *age <= way + 3);
                assert!(stands == 0 || newest, "{wanted} after {way}: {stands} of 200");
            }
        }
    }

    #[test]
    fn a_camera_of_another_pace_is_shown_with_every_picture_of_it() {
        for apart in [1_000_000_000 / 15, 1_000_000_000 / 24, 1_001_000_000 / 30] {
            let ages = shown(80.0, 20, apart, 900);
            let (count, due) = (ages[300..].iter().flatten().count() as u64, 20_000_000_000 / apart);
            assert!(count.abs_diff(due) <= 2, "{apart}: {count} of {due}");
            let apart_ms = ages[300..].iter().flatten().map(|age| age.abs_diff(80)).max().unwrap();
            assert!(apart_ms <= 45, "{apart}: {apart_ms}");
        }
    }

    #[test]
    fn nothing_waits_before_its_sound_and_what_waits_is_forgotten_with_its_source() {
        let (mut waiting, pool) = (Waiting::default(), Pool::new(8, 2, 2));
        let at = |tick: u64| ShowTime(BEGIN + tick * THIRTIETH);
        let picture = |tick| [pool.draft(2, 2).unwrap().publish(at(tick), 0).into()];
        assert!(waiting.next(GUEST, picture(0), None, at(0)).is_some() && waiting.0.is_empty());
        let mut late = 0;
        for tick in 1..60 {
            late += usize::from(waiting.next(GUEST, picture(tick), Some(wanted(60.0)), at(tick)).is_none());
        }
        assert_eq!((late, waiting.0[0].pictures.len()), (2, 2));
        let silent = waiting.next(GUEST, picture(60), None, at(60)).map(|picture| picture.at());
        assert_eq!(silent, Some(at(58)), "who is muted does not jump");
        waiting.keep(|source| source != GUEST);
        assert_eq!((pool.free(), waiting.0.len()), (8, 0));
    }
}
