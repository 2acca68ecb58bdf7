//! What the window shows: the newest program picture, scaled to the size it is shown at, and the atlas. **Made only while
//! somebody waits, on the thread of who waits; nobody ever gets an older picture than the newest, and a slow window
//! slows nothing down.**

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use studio_wire::time::ShowTime;

use crate::frame::{Planes, Pool, PoolFrame};
use crate::video::yuv::{Area, draw};

/// The size of a program picture when nobody wishes another.
pub const SIZE: (u32, u32) = (640, 360);
const LEAST: (u32, u32) = (320, 180);
const MOST: (u32, u32) = (1280, 720);
/// Scaled pictures that may be on their way to windows at once, and one in the making.
const SLOTS: usize = 8;

/// The newest pictures. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Preview {
    shelf: Arc<Shelf>,
    pool: Pool,
    halves: Pool,
}

#[derive(Debug, Default)]
struct Shelf {
    // Held to swap or clone a reference, never while a picture is scaled.
    newest: Mutex<Newest>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Newest {
    program: Option<Arc<PoolFrame>>,
    atlas: Option<Arc<PoolFrame>>,
    /// How many wait for an atlas picture.
    wanted: usize,
}

impl Default for Preview {
    fn default() -> Self {
        Self {
            shelf: Arc::default(),
            pool: Pool::new(SLOTS, MOST.0, MOST.1),
            // Half of a picture of 4K.
            halves: Pool::new(2, 1920, 1080),
        }
    }
}

impl Preview {
    /// The newest program picture that is newer than `after`, scaled to `size` (even, between 320×180 and 1280×720).
    /// Waits for one, at most `timeout`.
    pub fn program(&self, after: ShowTime, size: (u32, u32), timeout: Duration) -> Option<Arc<PoolFrame>> {
        let frame = self.wait(timeout, |newest| newest.program.clone().filter(|frame| frame.at() > after))?;
        let even = |wished: u32, least: u32, most: u32| wished.clamp(least, most) & !1;
        self.scaled(&frame, (even(size.0, LEAST.0, MOST.0), even(size.1, LEAST.1, MOST.1)))
    }

    /// The newest atlas picture that is newer than `after`. Waits for one, at most `timeout`; while somebody waits, it is
    /// drawn five times a second.
    pub fn atlas(&self, after: ShowTime, timeout: Duration) -> Option<Arc<PoolFrame>> {
        self.newest().wanted += 1;
        let frame = self.wait(timeout, |newest| newest.atlas.clone().filter(|frame| frame.at() > after));
        self.newest().wanted -= 1;
        frame
    }

    /// Whether somebody waits for an atlas picture.
    pub(crate) fn wants_atlas(&self) -> bool {
        self.newest().wanted > 0
    }

    /// A new program picture. Never waits longer than it takes somebody to clone a reference.
    pub(crate) fn show_program(&self, frame: &Arc<PoolFrame>) {
        self.newest().program = Some(frame.clone());
        self.shelf.changed.notify_all();
    }

    /// A new atlas picture.
    pub(crate) fn show_atlas(&self, frame: Arc<PoolFrame>) {
        self.newest().atlas = Some(frame);
        self.shelf.changed.notify_all();
    }

    /// No program any more: nothing to show until the next one.
    pub(crate) fn clear(&self) {
        let mut newest = self.newest();
        (newest.program, newest.atlas) = (None, None);
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.shelf.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<T>(&self, timeout: Duration, pick: impl Fn(&Newest) -> Option<T>) -> Option<T> {
        let end = Instant::now() + timeout;
        let mut newest = self.newest();
        loop {
            if let Some(picked) = pick(&newest) {
                return Some(picked);
            }
            let left = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            newest = self.shelf.changed.wait_timeout(newest, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn scaled(&self, frame: &PoolFrame, size: (u32, u32)) -> Option<Arc<PoolFrame>> {
        let planes = frame.planes();
        // Less than half goes in two steps: the first is libyuv's fastest, and no line is passed over.
        if planes.width > size.0 * 2 && planes.height > size.1 * 2 {
            let half =
                stretched(&planes, (planes.width / 4 * 2, planes.height / 4 * 2), &self.halves, frame)?;
            return stretched(&half.planes(), size, &self.pool, frame);
        }
        stretched(&planes, size, &self.pool, frame)
    }
}

fn stretched(from: &Planes<'_>, size: (u32, u32), pool: &Pool, frame: &PoolFrame) -> Option<Arc<PoolFrame>> {
    let mut draft = pool.draft(size.0, size.1)?;
    draw(from, Area::of(from.width, from.height), &mut draft.planes_mut(), Area::of(size.0, size.1));
    Some(draft.publish(frame.at(), frame.seq()))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::video::yuv::fill;

    const NEVER: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_secs(20);

    fn picture(at: u64, luma: u8) -> Arc<PoolFrame> {
        let mut draft = Pool::new(1, 1920, 1080).draft(1920, 1080).unwrap();
        fill(&mut draft.planes_mut(), Area::of(1920, 1080), [luma, 100, 150]);
        draft.publish(ShowTime(at), at)
    }

    #[test]
    fn one_gets_the_newest_picture_once_and_at_the_wished_size() {
        let preview = Preview::default();
        assert!(preview.program(ShowTime(0), SIZE, NEVER).is_none());
        for at in 1..=3 {
            preview.show_program(&picture(at, 50 + at as u8));
        }
        for (wished, size) in
            [(SIZE, SIZE), ((961, 541), (960, 540)), ((1, 1), LEAST), ((9_999, 9_999), MOST)]
        {
            let shot = preview.program(ShowTime(0), wished, NEVER).unwrap();
            assert_eq!(
                (shot.width(), shot.height(), shot.at(), shot.seq()),
                (size.0, size.1, ShowTime(3), 3)
            );
            let planes = shot.planes();
            let near = |plane: &[u8], shade: u8| plane.iter().all(|byte| byte.abs_diff(shade) <= 1);
            assert!(near(planes.y, 53) && near(planes.u, 100) && near(planes.v, 150), "{size:?}");
        }
        assert!(preview.program(ShowTime(3), SIZE, NEVER).is_none(), "it is not newer than itself");
        preview.clear();
        assert!(preview.program(ShowTime(0), SIZE, NEVER).is_none());
    }

    #[test]
    fn who_waits_is_woken_by_the_next_picture() {
        let preview = Preview::default();
        let waiting = preview.clone();
        let thread = thread::spawn(move || waiting.program(ShowTime(4), SIZE, LONG).map(|shot| shot.at()));
        preview.show_program(&picture(4, 1));
        preview.show_program(&picture(5, 1));
        assert_eq!(thread.join().unwrap(), Some(ShowTime(5)));
    }

    #[test]
    fn an_atlas_is_wanted_only_while_somebody_waits_for_it() {
        let preview = Preview::default();
        assert!(!preview.wants_atlas());
        let waiting = preview.clone();
        let thread = thread::spawn(move || waiting.atlas(ShowTime(0), LONG).is_some());
        while !preview.wants_atlas() {
            thread::yield_now();
        }
        preview.show_atlas(picture(1, 1));
        assert!(thread.join().unwrap());
        assert!(!preview.wants_atlas());
    }

    #[test]
    fn a_window_that_keeps_its_pictures_costs_the_program_none() {
        let preview = Preview::default();
        preview.show_program(&picture(1, 1));
        let kept: Vec<_> =
            std::iter::from_fn(|| preview.program(ShowTime(0), SIZE, NEVER)).take(99).collect();
        assert_eq!(kept.len(), SLOTS);
        preview.show_program(&picture(2, 1));
        drop(kept);
        assert_eq!(preview.program(ShowTime(1), SIZE, NEVER).unwrap().at(), ShowTime(2));
    }
}
