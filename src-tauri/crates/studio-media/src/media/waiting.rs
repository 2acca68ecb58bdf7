//! Pictures that wait for the sound that belongs to them, because it takes longer.

use std::collections::VecDeque;

use studio_wire::ids::SourceId;
use studio_wire::time::ShowTime;

use crate::abreast::Hold;
use crate::frame::Picture;

/// Of one source. Each of them holds a slot that its sender has to do without.
const MOST: usize = 3;
/// Program pictures, and so looks at a source, in a second.
const TICKS: u32 = 30;

/// Pictures by source. **Without a sound nothing waits.**
#[derive(Debug, Default)]
pub(super) struct Waiting(Vec<Row>);

#[derive(Debug)]
struct Row {
    source: SourceId,
    hold: Hold,
    pictures: VecDeque<Picture>,
}

/// How old the sound is that belongs to a picture, in ms, and by how much the picture may be younger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sound {
    pub age_ms: f32,
    pub near_ms: f32,
}

impl Waiting {
    /// What a source shows anew at `at`, when this has come of it since the last tick.
    pub fn next(
        &mut self,
        source: SourceId,
        came: Option<Picture>,
        sound: Option<Sound>,
        at: ShowTime,
    ) -> Option<Picture> {
        if let Some(row) = self.0.iter_mut().find(|row| row.source == source) {
            return row.next(came, sound, at);
        }
        if sound.is_none() {
            return came;
        }
        let mut row = Row::new(source);
        let shown = row.next(came, sound, at);
        self.0.push(row);
        shown
    }

    /// Forgets what waits of all sources but these.
    pub fn keep(&mut self, keep: impl Fn(SourceId) -> bool) {
        self.0.retain(|row| keep(row.source));
    }
}

impl Row {
    fn new(source: SourceId) -> Self {
        Self { source, hold: Hold::new(TICKS), pictures: VecDeque::with_capacity(MOST + 1) }
    }

    fn next(&mut self, came: Option<Picture>, sound: Option<Sound>, at: ShowTime) -> Option<Picture> {
        let held_ms = self.hold.next(sound.map_or(0.0, |sound| sound.age_ms - sound.near_ms));
        self.pictures.extend(came);
        let due = |picture: &Picture| at.since(picture.at()).0 as f32 / 1e6 >= held_ms;
        let newest_due = self.pictures.iter().rposition(due);
        let crowd = self.pictures.len().checked_sub(MOST + 1);
        let shown = newest_due.max(crowd)?;
        self.pictures.drain(..=shown).next_back()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Pool;

    const GUEST: SourceId = SourceId(7);

    /// The ages that are shown, of a picture each tick that is `ms` old then, beside a sound of an age.
    fn shown(sound_ms: f32, picture_ms: u64, ticks: u64) -> Vec<u64> {
        let (mut waiting, pool) = (Waiting::default(), Pool::new(8, 2, 2));
        let mut ages = Vec::new();
        for tick in 0..ticks {
            let at = ShowTime::from_ms(10_000 + 40 * tick);
            let taken = ShowTime::from_ms(10_000 + 40 * tick - picture_ms);
            let came = pool.draft(2, 2).map(|draft| draft.publish(taken, tick).into());
            let sound = Some(Sound { age_ms: sound_ms, near_ms: 10.0 });
            ages.extend(waiting.next(GUEST, came, sound, at).map(|picture| at.since(picture.at()).ms()));
        }
        assert_eq!(pool.free(), 8 - waiting.0[0].pictures.len());
        ages
    }

    #[test]
    fn a_picture_waits_until_it_is_as_old_as_its_sound() {
        let last = |sound_ms, picture_ms| *shown(sound_ms, picture_ms, 100).last().unwrap();
        assert_eq!(last(0.0, 20), 20);
        assert_eq!(last(29.0, 20), 20, "near enough");
        assert_eq!(last(50.0, 20), 60);
        assert_eq!(last(92.0, 20), 100);
        assert_eq!(last(50.0, 70), 70, "it is late itself");
        assert_eq!(last(900.0, 20), 20 + 40 * MOST as u64, "no more than so many wait");
    }

    #[test]
    fn it_begins_to_wait_once_and_skips_none_afterwards() {
        let ages = shown(75.0, 20, 200);
        assert_eq!(ages.len(), 198, "two ticks show the last one again");
        assert!(ages.is_sorted(), "{ages:?}");
    }

    #[test]
    fn nothing_waits_without_a_sound_and_what_waited_is_forgotten_with_its_source() {
        let (mut waiting, pool) = (Waiting::default(), Pool::new(8, 2, 2));
        let at = ShowTime::from_ms(5_000);
        let picture = || Some(pool.draft(2, 2).unwrap().publish(at, 0).into());
        assert!(waiting.next(GUEST, picture(), None, at).is_some() && waiting.0.is_empty());
        let sound = Some(Sound { age_ms: 150.0, near_ms: 10.0 });
        (0..60).for_each(|_| drop(waiting.next(GUEST, None, sound, at)));
        assert!(waiting.next(GUEST, picture(), sound, at).is_none());
        waiting.keep(|source| source != GUEST);
        assert_eq!((pool.free(), waiting.0.len()), (8, 0));
    }
}
