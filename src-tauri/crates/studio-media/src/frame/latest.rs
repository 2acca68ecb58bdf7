//! The newest picture of something that gives one now and then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::PoolFrame;

/// A place for one picture. **Nobody waits: what was not fetched is replaced.** Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Latest {
    // A lock around the exchange of one pointer; nothing else happens under it.
    place: Arc<Mutex<Option<Arc<PoolFrame>>>>,
}

impl Latest {
    /// A newer picture.
    pub fn put(&self, frame: Arc<PoolFrame>) {
        let old = self.place().replace(frame);
        // Its memory goes back to its pool outside of the lock.
        drop(old);
    }

    /// The newest picture since the last call.
    pub fn fetch(&self) -> Option<Arc<PoolFrame>> {
        self.place().take()
    }

    fn place(&self) -> MutexGuard<'_, Option<Arc<PoolFrame>>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use studio_wire::time::ShowTime;

    use super::super::Pool;
    use super::*;

    #[test]
    fn a_picture_is_fetched_once_and_what_was_not_fetched_is_replaced() {
        let (pool, latest) = (Pool::new(2, 16, 16), Latest::default());
        let picture = |ms| pool.draft(16, 16).unwrap().publish(ShowTime::from_ms(ms), ms);
        assert!(latest.fetch().is_none());
        latest.put(picture(1));
        latest.clone().put(picture(2));
        assert_eq!(pool.free(), 1, "the first one is gone");
        assert_eq!(latest.fetch().map(|frame| frame.at()), Some(ShowTime::from_ms(2)));
        assert!(latest.fetch().is_none());
        assert_eq!(pool.free(), 2);
    }
}
