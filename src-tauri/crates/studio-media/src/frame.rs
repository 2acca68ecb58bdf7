//! Pictures in memory. **A picture never changes once others can see it, and where it lives — in our pool or in
//! a lane — nobody has to know.** All are I420, tight: the stride is the width, chroma is rounded up.

mod latest;
mod planes;
mod pool;

use std::sync::Arc;

use studio_lane::{Frame, Meta};
use studio_wire::time::ShowTime;

pub use latest::Latest;
pub use planes::{Planes, PlanesMut, i420_len};
pub use pool::{Draft, Pool, PoolFrame};

/// A finished picture: ours in the pool, a guest's in its lane. Cloning shares it.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Ours.
    Pool(Arc<PoolFrame>),
    /// In a lane; keeps the lane's slot until it is dropped.
    Lane(Arc<Frame>),
}

impl Picture {
    /// The picture's planes, or `None` when the frame is none: no pixels, fewer bytes than its size needs, or not a
    /// picture at all. What comes out of a lane was written by another process and is believed in nothing.
    pub fn planes(&self) -> Option<Planes<'_>> {
        match self {
            Self::Pool(frame) => Some(frame.planes()),
            Self::Lane(frame) if frame.meta.kind == Meta::I420 => {
                Planes::new(frame.bytes(), frame.meta.width, frame.meta.height)
            }
            Self::Lane(_) => None,
        }
    }

    /// Whether both are the same picture in the same place, not merely alike.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pool(this), Self::Pool(other)) => Arc::ptr_eq(this, other),
            (Self::Lane(this), Self::Lane(other)) => Arc::ptr_eq(this, other),
            (Self::Pool(_), Self::Lane(_)) | (Self::Lane(_), Self::Pool(_)) => false,
        }
    }

    /// When it was taken or composed.
    pub fn at(&self) -> ShowTime {
        match self {
            Self::Pool(frame) => frame.at(),
            Self::Lane(frame) => ShowTime(frame.meta.stamp_us.max(0) as u64 * 1_000),
        }
    }
}

impl From<Arc<PoolFrame>> for Picture {
    fn from(frame: Arc<PoolFrame>) -> Self {
        Self::Pool(frame)
    }
}
