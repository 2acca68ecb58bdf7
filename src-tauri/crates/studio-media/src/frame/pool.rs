//! Our own pictures: a fixed number of slots, made once. **A pool never grows: when every slot is in somebody's
//! hands the next picture is skipped and counted.**

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use studio_wire::time::ShowTime;

use super::planes::{Planes, PlanesMut, i420_len};

/// A pool of slots of one size. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Pool {
    shelf: Arc<Shelf>,
}

struct Shelf {
    // A lock around a push or a pop of at most a few dozen boxes; nothing else happens under it.
    free: Mutex<Vec<Box<[u8]>>>,
    slot_bytes: usize,
    skipped: AtomicU64,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("slot_bytes", &self.slot_bytes).field("skipped", &self.skipped).finish()
    }
}

impl Shelf {
    fn free(&self) -> MutexGuard<'_, Vec<Box<[u8]>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// `slots` slots, each as large as a picture of this size.
    pub fn new(slots: usize, width: u32, height: u32) -> Self {
        let slot_bytes = i420_len(width, height);
        let free = (0..slots).map(|_| vec![0; slot_bytes].into_boxed_slice()).collect();
        Self { shelf: Arc::new(Shelf { free: Mutex::new(free), slot_bytes, skipped: AtomicU64::new(0) }) }
    }

    /// A slot to draw a picture of this size into. Its bytes are what was there before. `None`, and counted, when no
    /// slot is free or the picture has no pixels or does not fit.
    pub fn draft(&self, width: u32, height: u32) -> Option<Draft> {
        let fits = width > 0 && height > 0 && i420_len(width, height) <= self.shelf.slot_bytes;
        let slot = if fits { self.shelf.free().pop() } else { None };
        let Some(bytes) = slot else {
            self.shelf.skipped.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        Some(Draft {
            frame: PoolFrame { bytes, width, height, at: ShowTime(0), seq: 0, shelf: self.shelf.clone() },
        })
    }

    /// Slots free now.
    pub fn free(&self) -> usize {
        self.shelf.free().len()
    }

    /// Pictures skipped because no slot was free or they did not fit.
    pub fn skipped(&self) -> u64 {
        self.shelf.skipped.load(Ordering::Relaxed)
    }
}

/// A picture being drawn; nobody else sees it. Dropped, its slot is free again.
#[derive(Debug)]
pub struct Draft {
    frame: PoolFrame,
}

impl Draft {
    /// The planes to draw into.
    pub fn planes_mut(&mut self) -> PlanesMut<'_> {
        let (width, height) = (self.frame.width, self.frame.height);
        PlanesMut::new(&mut self.frame.bytes, width, height)
            .expect("the pool gives no picture larger than its slot")
    }

    /// Finishes the picture: from now on it is shared and does not change.
    pub fn publish(mut self, at: ShowTime, seq: u64) -> Arc<PoolFrame> {
        (self.frame.at, self.frame.seq) = (at, seq);
        Arc::new(self.frame)
    }
}

/// A finished picture of the pool. Its slot is free again when the last of its owners drops it.
pub struct PoolFrame {
    bytes: Box<[u8]>,
    width: u32,
    height: u32,
    at: ShowTime,
    seq: u64,
    shelf: Arc<Shelf>,
}

impl PoolFrame {
    /// Its planes.
    pub fn planes(&self) -> Planes<'_> {
        Planes::new(self.bytes(), self.width, self.height)
            .expect("the pool gives no picture larger than its slot")
    }

    /// The whole picture: tight I420, [`i420_len`] bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..i420_len(self.width, self.height)]
    }

    /// Pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// When it was composed or taken.
    pub fn at(&self) -> ShowTime {
        self.at
    }

    /// Counts up within what publishes it: the tick of a program picture.
    pub fn seq(&self) -> u64 {
        self.seq
    }
}

impl Drop for PoolFrame {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.shelf.free().push(bytes);
    }
}

impl fmt::Debug for PoolFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolFrame")
            .field("size", &(self.width, self.height))
            .field("at", &self.at)
            .field("seq", &self.seq)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exhausted_pool_skips_and_counts_and_never_grows() {
        let pool = Pool::new(2, 64, 36);
        let first = pool.draft(64, 36).unwrap().publish(ShowTime(1), 1);
        let second = pool.draft(64, 36).unwrap();
        assert!(pool.draft(64, 36).is_none());
        assert_eq!((pool.free(), pool.skipped()), (0, 1));
        drop(second);
        let kept = first.clone();
        drop(first);
        assert_eq!(pool.free(), 1, "a picture somebody still reads keeps its slot");
        drop(kept);
        assert_eq!(pool.free(), 2);
    }

    #[test]
    fn a_picture_without_pixels_or_larger_than_the_slot_is_refused() {
        let pool = Pool::new(1, 64, 36);
        for (width, height) in [(0, 36), (64, 0), (65, 37), (u32::MAX, 1)] {
            assert!(pool.draft(width, height).is_none(), "{width}×{height}");
        }
        assert!(pool.draft(1, 1).is_some());
    }
}
