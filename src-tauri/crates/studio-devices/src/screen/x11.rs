//! Screens of an X11 server, read through shared memory. **Each open screen has a connection, a thread and a piece of shared
//! memory of its own, and everything it made in the server ends with its connection.**
//!
//! | what | with |
//! | --- | --- |
//! | pixels | MIT-SHM, memory that the server is handed by descriptor: no name is left in the system after a crash |
//! | a window, covered or not | Composite: the server keeps the window's own pixels and still shows them |
//! | what changed | Damage |
//! | the pointer | XFixes, blended in where it is |
//! | monitors | RandR |
//!
//! A server without one of these, or on another machine, is [`DeviceTrouble::Unsupported`]: every X.Org server of the last ten
//! years has them all.

mod capture;
mod covers;
mod fault;
mod link;
mod offers;
mod pane;
mod part;
mod pixels;
mod pointer;
mod shared;
mod sight;
mod stop;

use studio_media::clock::sleep_until;
use studio_media::video::argb::scale_to_rgba;
use studio_wire::device::{DeviceTrouble, ScreenOffer, ScreenSubject};

use super::{OnEnd, OnFrame, Screen, ScreenWish, Screens, Thumbnail};
use fault::Fault;
use link::Link;
use sight::Sight;
use stop::Stop;
pub(super) use stop::StopOnDrop;

/// The screens of one X server. Connects anew with each call.
pub(super) struct X11 {
    display: String,
}

impl X11 {
    /// `display` as `DISPLAY` names it.
    pub(super) fn new(display: &str) -> Self {
        Self { display: display.to_owned() }
    }

    fn link(&self) -> Result<(Link, Stop), Fault> {
        let stop = Stop::new().map_err(Fault::Machine)?;
        Ok((Link::new(&self.display, stop.clone())?, stop))
    }

    fn thumb(&self, subject: ScreenSubject, max: (u32, u32)) -> Result<Thumbnail, Fault> {
        let mut sight = Sight::new(self.link()?.0, subject, false)?;
        sleep_until(sight.settled());
        let picture = sight.take()?.ok_or(Fault::Trouble(DeviceTrouble::Stalled))?;
        let (width, height) = fitting((picture.width(), picture.height()), max);
        let rgba = scale_to_rgba(&picture, width, height).ok_or(Fault::Trouble(DeviceTrouble::NoFormat))?;
        Ok(Thumbnail { width, height, rgba })
    }
}

impl Screens for X11 {
    fn offers(&self, without: Option<u32>) -> Result<Vec<ScreenOffer>, DeviceTrouble> {
        self.link().and_then(|(link, _)| offers::offers(&link, without)).map_err(told)
    }

    fn thumbnail(
        &self,
        subject: ScreenSubject,
        max_width: u32,
        max_height: u32,
    ) -> Result<Thumbnail, DeviceTrouble> {
        self.thumb(subject, (max_width, max_height)).map_err(told)
    }

    fn open(&self, wish: ScreenWish, on_frame: OnFrame, on_end: OnEnd) -> Result<Screen, DeviceTrouble> {
        let open = || {
            let (link, stop) = self.link()?;
            let sight = Sight::new(link, wish.subject, wish.cursor)?;
            capture::start(sight, wish, stop, on_frame, on_end)
        };
        open().map(|stop| Screen { _stop: stop }).map_err(told)
    }
}

/// What a fault means to others; the log has the rest.
fn told(fault: Fault) -> DeviceTrouble {
    let trouble = fault.trouble();
    tracing::info!(%fault, ?trouble, "a screen gives nothing");
    trouble
}

/// The largest size in the proportions of `size` that fits into `max` and is not larger than `size`.
fn fitting(size: (u32, u32), max: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(size.0), u64::from(size.1));
    let (max_width, max_height) = (u64::from(max.0).clamp(1, width), u64::from(max.1).clamp(1, height));
    let (width, height) = if width * max_height > max_width * height {
        (max_width, height * max_width / width)
    } else {
        (width * max_height / height, max_height)
    };
    (width.max(1) as u32, height.max(1) as u32)
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn a_thumbnail_keeps_its_proportions_and_is_never_enlarged() {
        assert_eq!(fitting((1920, 1080), (320, 320)), (320, 180));
        assert_eq!(fitting((1080, 1920), (320, 320)), (180, 320));
        assert_eq!(fitting((100, 50), (320, 180)), (100, 50));
        assert_eq!(fitting((16_000, 2), (320, 180)), (320, 1));
        assert_eq!(fitting((640, 480), (0, 0)), (1, 1));
    }
}
