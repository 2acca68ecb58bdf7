//! The shared screens of this machine, and what of them goes to the others. **A picture goes out once, and again now and
//! then while nothing moves, so that nobody takes a still screen for a stalled one.**

use std::sync::Arc;

use studio_wire::device::MOST_SCREENS;
use studio_wire::time::ShowTime;

use super::lanes::Out;
use super::picture::fitted;
use crate::frame::{Latest, PoolFrame};

/// For the others a screen is not larger than this: the size that a lane holds.
const LARGEST: (u32, u32) = (1920, 1080);
/// At every second tick at most: of a screen few parts move, and letters cost bits.
const EVERY: u64 = 2;
/// A still screen is sent again after so many ticks.
const AGAIN: u64 = 15;

/// Where the pictures of the shared screens are.
#[derive(Debug, Default)]
pub(super) struct OwnScreens([Option<OwnScreen>; MOST_SCREENS]);

#[derive(Debug)]
struct OwnScreen {
    pictures: Latest,
    /// What was sent last, and when.
    sent: Option<(Arc<PoolFrame>, u64)>,
}

impl OwnScreens {
    /// Where they are from now on, or that there are none.
    pub fn give(&mut self, place: u16, pictures: Option<Latest>) {
        if let Some(screen) = self.0.get_mut(usize::from(place)) {
            *screen = pictures.map(|pictures| OwnScreen { pictures, sent: None });
        }
    }

    /// The newest picture since the last call.
    pub fn fetch(&self, place: u16) -> Option<Arc<PoolFrame>> {
        self.0.get(usize::from(place))?.as_ref()?.pictures.fetch()
    }

    /// Sends a picture to the others at a tick, if it is time to.
    pub fn publish(
        &mut self,
        place: u16,
        frame: &Arc<PoolFrame>,
        out: &mut Out,
        (tick, at): (u64, ShowTime),
    ) {
        let Some(screen) = self.0.get_mut(usize::from(place)).and_then(Option::as_mut) else { return };
        let due = screen.sent.as_ref().is_none_or(|(old, when)| {
            let wait = if Arc::ptr_eq(old, frame) { AGAIN } else { EVERY };
            tick >= when + wait
        });
        if due {
            let size = (frame.width(), frame.height());
            out.scaled_at(frame, fitted(size, LARGEST).unwrap_or(size), at);
            screen.sent = Some((frame.clone(), tick));
        }
    }
}
