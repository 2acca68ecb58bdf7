//! Screens: everything on them, one monitor, one window, or a part. **What is shown is what was chosen and nothing else: a
//! window that is covered gives its own pixels, one that is minimised keeps its last picture, one that is closed ends the
//! pictures, and no other is ever taken in its place.**
//!
//! Pictures come at a steady pace. Where nothing changed on the screen nothing is read from it and the picture of before is
//! handed over again; a tick that was missed is left out, none is made up for.

use std::env;
use std::sync::Arc;

use studio_media::frame::Picture;
use studio_wire::device::{DeviceTrouble, ScreenOffer, ScreenSubject};
use studio_wire::time::ShowTime;

mod picker;
#[cfg(target_os = "linux")]
mod x11;

pub use picker::pictures;

/// Takes the pictures of an open screen, on a thread that belongs to that screen. The picture is I420, BT.709 limited, with
/// even edges: an odd one of the subject loses its last line. The show time is when the screen looked like that; a picture
/// that comes again ([`Picture::is`]) is the screen unchanged.
pub type OnFrame = Box<dyn FnMut(Picture, ShowTime) + Send>;

/// Hears once why no more pictures come. Not called for a screen that was dropped.
pub type OnEnd = Box<dyn FnOnce(DeviceTrouble) + Send>;

/// The screens of this machine. Every call may wait for the window server, at most five seconds: none belongs on a thread
/// that others wait for.
pub trait Screens: Send + Sync {
    /// What can be shown now: everything, each monitor, each window that can be seen and is no panel and no desktop. The
    /// windows of process `without` are left out.
    ///
    /// # Errors
    /// [`DeviceTrouble::Unsupported`] where no screen can be shown at all, [`DeviceTrouble::NoServer`] without an answer.
    fn offers(&self, without: Option<u32>) -> Result<Vec<ScreenOffer>, DeviceTrouble>;

    /// How a subject looks now, in its own proportions and no larger than `max_width` × `max_height`, nor than itself.
    ///
    /// # Errors
    /// As for [`Self::open`]; [`DeviceTrouble::Stalled`] for a window that cannot be seen now.
    fn thumbnail(
        &self,
        subject: ScreenSubject,
        max_width: u32,
        max_height: u32,
    ) -> Result<Thumbnail, DeviceTrouble>;

    /// Opens a subject. Several may be open, the same one more than once.
    ///
    /// # Errors
    /// [`DeviceTrouble::Gone`] where the subject is not there, [`DeviceTrouble::NoFormat`] for a screen whose pixels are not
    /// four bytes each, [`DeviceTrouble::Unsupported`] and [`DeviceTrouble::NoServer`] as for [`Self::offers`].
    fn open(&self, wish: ScreenWish, on_frame: OnFrame, on_end: OnEnd) -> Result<Screen, DeviceTrouble>;
}

/// How a screen is to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenWish {
    /// What is shown of it. A region is cut to what lies on the screen.
    pub subject: ScreenSubject,
    /// Pictures a second, 1 to 120.
    pub fps: u32,
    /// The pointer is drawn, where it is over the subject.
    pub cursor: bool,
}

/// A small picture for a picker.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Pixels, at least 1.
    pub width: u32,
    /// Pixels, at least 1.
    pub height: u32,
    /// Red, green, blue and 255 for each pixel, row after row without gaps: what a canvas takes.
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Thumbnail").field("size", &(self.width, self.height)).finish_non_exhaustive()
    }
}

/// An open screen. **Dropped, its thread ends within 200 ms, however the window server does; a picture that is being handed
/// over at that moment still comes.** It may be dropped by its own functions and under any lock.
#[derive(Debug)]
pub struct Screen {
    #[cfg(target_os = "linux")]
    _stop: x11::StopOnDrop,
}

/// The screens that can be shown here: those of the X server that `DISPLAY` names. On a Wayland desktop, where that server
/// has only some of the windows, and wherever there is none, every call answers [`DeviceTrouble::Unsupported`].
pub fn screens() -> Arc<dyn Screens> {
    let text = |name| env::var(name).ok().filter(|value| !value.is_empty());
    screens_at(text("DISPLAY").as_deref(), text("WAYLAND_DISPLAY").as_deref())
}

/// [`screens`] with the two names given.
pub fn screens_at(display: Option<&str>, wayland: Option<&str>) -> Arc<dyn Screens> {
    match (display, wayland) {
        #[cfg(target_os = "linux")]
        (Some(display), None) => Arc::new(x11::X11::new(display)),
        _ => Arc::new(Nowhere),
    }
}

/// A system whose screens cannot be shown.
struct Nowhere;

impl Screens for Nowhere {
    fn offers(&self, _: Option<u32>) -> Result<Vec<ScreenOffer>, DeviceTrouble> {
        Err(DeviceTrouble::Unsupported)
    }

    fn thumbnail(&self, _: ScreenSubject, _: u32, _: u32) -> Result<Thumbnail, DeviceTrouble> {
        Err(DeviceTrouble::Unsupported)
    }

    fn open(&self, _: ScreenWish, _: OnFrame, _: OnEnd) -> Result<Screen, DeviceTrouble> {
        Err(DeviceTrouble::Unsupported)
    }
}
