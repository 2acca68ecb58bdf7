//! Cameras that come and go, told by the system. **Nothing is asked again and again: between two changes the thread
//! sleeps.**

use std::ffi::{CStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// The folder in which tests' cameras are plugged in; they come and go there and not in `/dev`.
const TEST_CAMERAS: &str = "SIDESTAGE_TEST_CAMERAS";

/// A device comes as a node, then with its rights, then with what is known of it: that is one change.
const TOGETHER: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// A watch that goes on until it is dropped. Dropping it waits for a call that is under way, unless it is that call
/// which drops it.
#[derive(Debug)]
pub struct Watch {
    end: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

/// Calls `changed` when the list of cameras may have changed: within a second, once for what happens together, on a
/// thread of its own. The first call follows the first change, so read the list after this has returned.
///
/// # Errors
/// When the system cannot watch its devices.
pub fn watch(changed: impl FnMut() + Send + 'static) -> io::Result<Watch> {
    let folder = std::env::var_os(TEST_CAMERAS).unwrap_or_else(|| OsString::from("/dev"));
    watch_folder(PathBuf::from(folder), changed)
}

fn watch_folder(folder: PathBuf, mut changed: impl FnMut() + Send + 'static) -> io::Result<Watch> {
    let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    let what = WatchFlags::CREATE
        | WatchFlags::DELETE
        | WatchFlags::ATTRIB
        | WatchFlags::MOVED_TO
        | WatchFlags::MOVED_FROM;
    inotify::add_watch(&events, &folder, what | WatchFlags::ONLYDIR)?;
    let end = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
    let ended = end.clone();
    let thread = std::thread::Builder::new().name("camera-list".into()).spawn(move || {
        while wait(&[&events, &ended], None).is_some_and(|ready| !ready[1]) {
            if !cameras_in(&events) {
                continue;
            }
            if wait(&[&ended], Some(&TOGETHER)).is_none_or(|ready| ready[0]) {
                return;
            }
            cameras_in(&events);
            changed();
        }
    })?;
    Ok(Watch { end, thread: Some(thread) })
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Only fails when the counter is full, and then the thread is awake.
        let _ = rustix::io::write(&self.end, &1u64.to_ne_bytes());
        if let Some(thread) =
            self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id())
        {
            // A call that panicked was its own trouble.
            let _ = thread.join();
        }
    }
}

/// Waits until one of these can be read, or for so long: which can. `None` when the system does not let us wait.
fn wait<const N: usize>(files: &[&OwnedFd; N], timeout: Option<&Timespec>) -> Option<[bool; N]> {
    loop {
        let mut polled = files.map(|file| PollFd::new(file, PollFlags::IN));
        match poll(&mut polled, timeout) {
            Ok(_) => return Some(polled.map(|file| !file.revents().is_empty())),
            Err(Errno::INTR) => {}
            Err(error) => {
                tracing::warn!(%error, "cameras are watched no more");
                return None;
            }
        }
    }
}

/// Takes all events that are there. Whether one of them is about a camera, or some were lost.
fn cameras_in(events: &OwnedFd) -> bool {
    let mut room = [MaybeUninit::uninit(); 4096];
    let mut reader = Reader::new(events.as_fd(), &mut room);
    let mut any = false;
    while let Ok(event) = reader.next() {
        let is_camera = |name: &CStr| name.to_bytes().starts_with(b"video");
        any |= event.file_name().is_none_or(is_camera);
    }
    any
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_happens_together_is_told_once_and_only_of_cameras() {
        let folder = tempfile::tempdir().unwrap();
        let (told, changes) = mpsc::channel();
        let watch = watch_folder(folder.path().to_owned(), move || told.send(()).unwrap()).unwrap();
        std::fs::write(folder.path().join("ttyUSB0"), "").unwrap();
        assert!(changes.recv_timeout(Duration::from_millis(600)).is_err(), "that was no camera");
        for number in 0..4 {
            std::fs::write(folder.path().join(format!("video{number}")), "").unwrap();
        }
        changes.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(changes.recv_timeout(Duration::from_millis(600)).is_err(), "four at once are one change");
        std::fs::remove_file(folder.path().join("video1")).unwrap();
        changes.recv_timeout(Duration::from_secs(30)).unwrap();
        drop(watch);
        assert!(changes.recv().is_err(), "the thread has ended with the watch");
    }

    #[test]
    fn a_folder_that_is_not_there_cannot_be_watched() {
        assert!(watch_folder(PathBuf::from("/nowhere"), || {}).is_err());
    }
}
