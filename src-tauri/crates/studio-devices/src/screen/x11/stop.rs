//! Ends a thread that sleeps or waits for the window server. **Asked once, it stays asked.**

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use studio_media::clock::{SECOND, now};
use studio_wire::time::ShowTime;

/// A wish to end, shared by the thread and the one who may wish it.
#[derive(Clone, Debug)]
pub(super) struct Stop(Arc<OwnedFd>);

impl Stop {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?)))
    }

    /// Readable from the moment of the wish on.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Waits until a show time; true at once when the end is wished.
    pub(super) fn until(&self, at: ShowTime) -> bool {
        loop {
            let left = at.since(now()).0;
            let limit = Timespec { tv_sec: (left / SECOND) as i64, tv_nsec: (left % SECOND) as i64 };
            match poll(&mut [PollFd::from_borrowed_fd(self.fd(), PollFlags::IN)], Some(&limit)) {
                Ok(0) if left == 0 => return false,
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                // An error of this call cannot pass, and a thread that cannot wait must not run.
                Ok(_) | Err(_) => return true,
            }
        }
    }

    /// Whether the end is wished.
    pub(super) fn asked(&self) -> bool {
        self.until(ShowTime(0))
    }
}

/// Wishes the end when it is dropped.
#[derive(Debug)]
pub(in crate::screen) struct StopOnDrop(pub(super) Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        // Fails only on a full counter, which is a wish too.
        let _ = rustix::io::write(self.0.fd(), &1u64.to_ne_bytes());
    }
}
