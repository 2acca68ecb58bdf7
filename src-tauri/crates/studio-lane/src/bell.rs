//! A bell wakes one waiter.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use crate::os;

/// Wakes one waiting thread, here or in another process. Holds one pending ring: rings that nobody has waited for yet
/// fall into one. **One bell has one waiter**: two would steal each other's rings. It may have any number of
/// ringers, each with its own [`Bell::try_clone`].
pub struct Bell(OwnedFd);

impl Bell {
    /// A new silent bell.
    pub fn create() -> io::Result<Bell> {
        os::bell().map(Bell)
    }

    /// A bell that came from another process.
    pub fn from_fd(fd: OwnedFd) -> Bell {
        Bell(fd)
    }

    /// The same bell once more.
    pub fn try_clone(&self) -> io::Result<Bell> {
        self.0.try_clone().map(Bell)
    }

    /// Wakes the waiter, or lets its next wait return at once. Never waits and cannot fail: safe in a
    /// real-time thread.
    pub fn ring(&self) {
        os::ring(self.0.as_fd());
    }

    /// Waits until the bell has rung since the last call, at most `limit`. False: it did not (or a signal came).
    pub fn wait(&self, limit: Duration) -> io::Result<bool> {
        os::wait(self.0.as_fd(), limit)
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
