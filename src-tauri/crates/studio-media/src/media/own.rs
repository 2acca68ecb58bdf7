//! The pictures that this machine can give as its camera.

use std::sync::Arc;

use studio_wire::device::Framing;
use studio_wire::media::Feed;
use studio_wire::time::ShowTime;

use crate::frame::{Picture, Pool, PoolFrame};
use crate::synthetic::pattern::Pattern;
use crate::synthetic::{Signature, bars};
use crate::video::framing::Framer;

const SIZE: (u32, u32) = (1280, 720);
/// In the sources, being drawn, and one for a copy that is still read.
const PATTERN_SLOTS: usize = 3;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnPicture {
    /// The test pattern.
    Pattern,
    /// Colour bars.
    Bars,
    /// What the open camera takes in.
    Camera,
}

/// Draws them.
#[derive(Debug)]
pub(super) struct OwnCamera {
    pattern: Pattern,
    pool: Pool,
    /// Drawn when they are first asked for, and never again.
    bars: Option<Arc<PoolFrame>>,
    /// Of the camera's pictures that are not shown as they come.
    framer: Framer,
}

impl Default for OwnCamera {
    fn default() -> Self {
        Self {
            pattern: Pattern::new(SIZE.0, SIZE.1, Signature::host()),
            pool: Pool::new(PATTERN_SLOTS, SIZE.0, SIZE.1),
            bars: None,
            framer: Framer::default(),
        }
    }
}

impl OwnCamera {
    /// The picture that a feed gives of this machine; `None` when it comes from elsewhere or is a sound.
    pub fn of(feed: Feed) -> Option<OwnPicture> {
        match feed {
            Feed::Pattern => Some(OwnPicture::Pattern),
            Feed::Bars => Some(OwnPicture::Bars),
            Feed::Camera => Some(OwnPicture::Camera),
            Feed::Tone
            | Feed::Chord
            | Feed::Microphone
            | Feed::Screen(_)
            | Feed::AirPicture(_)
            | Feed::AirSound(_)
            | Feed::CrewPicture(_)
            | Feed::CrewSound(_) => None,
        }
    }

    /// How it looks at a tick; `None` when every slot is in somebody's hands, or `camera`, what it shows anew, is nothing.
    pub fn picture(
        &mut self,
        which: OwnPicture,
        (camera, framing): (Option<Picture>, Framing),
        tick: u64,
        at: ShowTime,
    ) -> Option<Arc<PoolFrame>> {
        match which {
            OwnPicture::Camera => match camera? {
                Picture::Pool(frame) => self.framer.picture(frame, framing),
                Picture::Lane(_) => None,
            },
            OwnPicture::Pattern => {
                let mut draft = self.pool.draft(SIZE.0, SIZE.1)?;
                self.pattern.draw(&mut draft.planes_mut(), tick as u32, at);
                Some(draft.publish(at, tick))
            }
            OwnPicture::Bars => {
                if self.bars.is_none() {
                    let mut draft = Pool::new(1, SIZE.0, SIZE.1).draft(SIZE.0, SIZE.1)?;
                    bars::draw(&mut draft.planes_mut());
                    self.bars = Some(draft.publish(at, tick));
                }
                self.bars.clone()
            }
        }
    }
}
