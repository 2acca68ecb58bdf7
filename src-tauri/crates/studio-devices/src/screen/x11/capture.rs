//! The thread of an open screen. **It looks at its subject at each tick and takes a picture when that changed; a late look
//! costs the ticks it missed, never the pace of the others.**

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use studio_media::clock::{TickClock, now};
use studio_media::frame::{Picture, Pool};
use studio_media::video::argb::to_i420;
use studio_wire::device::DeviceTrouble;
use studio_wire::time::ShowTime;

use super::fault::Fault;
use super::sight::Sight;
use super::stop::{Stop, StopOnDrop};
use super::{OnEnd, OnFrame, ScreenWish, told};

/// Pictures of one screen in others' hands, and one being drawn.
const SLOTS: usize = 6;
/// A picture is taken after this long though nothing is said to have changed: some drivers draw in three dimensions without
/// a word to the server.
const REFRESH: ShowTime = ShowTime::from_ms(1_000);

/// Starts the thread. It ends when what is returned is dropped, or with a fault, which `on_end` hears.
pub(super) fn start(
    mut sight: Sight,
    wish: ScreenWish,
    stop: Stop,
    mut on_frame: OnFrame,
    on_end: OnEnd,
) -> Result<StopOnDrop, Fault> {
    let mine = stop.clone();
    let work = move || {
        let run = AssertUnwindSafe(|| run(&mut sight, wish.fps, &mine, &mut on_frame));
        let trouble = match catch_unwind(run) {
            Ok(Ok(())) => return,
            // Its end was wished while it waited for the server.
            Ok(Err(_)) if mine.asked() => return,
            Ok(Err(fault)) => told(fault),
            Err(_) => DeviceTrouble::Broken,
        };
        on_end(trouble);
    };
    thread::Builder::new().name("screen".into()).spawn(work).map_err(Fault::Machine)?;
    Ok(StopOnDrop(stop))
}

fn run(sight: &mut Sight, fps: u32, stop: &Stop, on_frame: &mut OnFrame) -> Result<(), Fault> {
    let ticks = TickClock::new(now(), fps.clamp(1, 120));
    let mut film = Film::default();
    let mut last: Option<(Picture, ShowTime)> = None;
    let mut tick = 0;
    while !stop.until(ticks.at(tick)) {
        let at = now();
        let old = last.as_ref().is_none_or(|(_, taken)| at.since(*taken) >= REFRESH);
        if (sight.look()? || old)
            && let Some(picture) = film.take(sight, at)?
        {
            last = Some((picture, at));
        }
        if let Some((picture, _)) = &last {
            on_frame(picture.clone(), at);
        }
        tick = ticks.due(now()).max(tick + 1);
    }
    Ok(())
}

/// The pictures of one screen.
#[derive(Default)]
struct Film {
    pool: Option<(Pool, (u32, u32))>,
    taken: u64,
}

impl Film {
    /// A picture of how it looks now; `None` when nothing can be seen, or others hold every slot.
    fn take(&mut self, sight: &mut Sight, at: ShowTime) -> Result<Option<Picture>, Fault> {
        let Some(pixels) = sight.take()? else { return Ok(None) };
        let (width, height) = (pixels.width(), pixels.height());
        let Some(mut draft) = self.pool(width, height).draft(width, height) else {
            sight.look_again();
            return Ok(None);
        };
        if !to_i420(&pixels, &mut draft.planes_mut()) {
            return Ok(None);
        }
        self.taken += 1;
        Ok(Some(draft.publish(at, self.taken).into()))
    }

    /// A pool for this size. One that is too small is replaced by a larger one, with room for a window that is being pulled
    /// larger; its pictures stay good.
    fn pool(&mut self, width: u32, height: u32) -> &Pool {
        const STEP: u32 = 256;
        let held = self.pool.take().filter(|(_, (w, h))| width <= *w && height <= *h);
        let (pool, _) = self.pool.insert(held.unwrap_or_else(|| {
            let size = (width.next_multiple_of(STEP), height.next_multiple_of(STEP));
            (Pool::new(SLOTS, size.0, size.1), size)
        }));
        pool
    }
}
