//! Cameras. **A camera that blocks, stalls or is pulled out holds up nobody: opening, asking and dropping return at once
//! or within 200 ms, and after the drop no picture of it arrives, however late its driver wakes.**
//!
//! ```no_run
//! # use studio_devices::camera;
//! # use studio_wire::device::CameraFormat;
//! let there = camera::list();
//! let camera = there.first().map(|device| {
//!     let show = |picture| drop(picture);
//!     let tell = |news| println!("{news:?}");
//!     camera::Camera::open(&device.id, CameraFormat::default(), show, tell)
//! });
//! ```

mod capture;
mod driver;
mod flow;
mod gate;
mod mode;
mod node;
mod read;
mod watch;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use studio_media::frame::Picture;
use studio_wire::device::{CameraControl, CameraFormat, Device, DeviceId, DeviceKind, DeviceTrouble};

use capture::Shared;
pub use watch::{Watch, watch};

/// How long dropping a camera waits at most: for a function of its owner's, and in all.
const LEAVING: Duration = Duration::from_millis(90);
const CLOSING: Duration = Duration::from_millis(190);

/// The cameras that are there now. Reads files of the system and opens no device.
pub fn list() -> Vec<Device> {
    let nodes = node::nodes(&node::System::this());
    let device = |(place, node): (usize, node::Node)| Device {
        id: node.id,
        name: node.name,
        kind: DeviceKind::Camera,
        default: place == 0,
    };
    nodes.into_iter().enumerate().map(device).collect()
}

/// What a camera can be opened in, the largest first. **Opens the device for a moment**, and waits as long as its driver
/// does; of a camera that is open ask [`Camera::formats`].
///
/// # Errors
/// Whatever keeps the device from being opened; often `Busy` while somebody uses it.
pub fn formats(id: &DeviceId) -> Result<Vec<CameraFormat>, DeviceTrouble> {
    Ok(mode::formats(&capture::open(id)?.modes()?))
}

/// The controls that a camera's driver offers. **Opens the device for a moment**, and waits as long as its driver does;
/// of a camera that is open ask [`Camera::controls`].
///
/// # Errors
/// Whatever keeps the device from being opened; often `Busy` while somebody uses it.
pub fn controls(id: &DeviceId) -> Result<Vec<CameraControl>, DeviceTrouble> {
    let mut driver = capture::open(id)?;
    driver.read_controls();
    Ok(driver.controls())
}

/// What happens to an open camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraNews {
    /// It is open in this format, the nearest to what was wanted. Pictures follow.
    Opened(CameraFormat),
    /// What it offers is known now ([`Camera::formats`], [`Camera::controls`]), or a control was set.
    Described,
    /// For a second nothing came that can be shown (three seconds before the first picture): `Stalled` or `Unreadable`.
    /// It stays open, and may come back by itself.
    Troubled(DeviceTrouble),
    /// Its pictures flow again.
    Flowing,
    /// It is closed: nothing follows. It was pulled out, could not be opened, or failed.
    Ended(DeviceTrouble),
}

/// What became of the frames of an open camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CameraFigures {
    /// Handed on.
    pub frames: u64,
    /// Left out because all pictures were still in use.
    pub no_room: u64,
    /// Left out because they could not be read: cut, of a wrong size, or garbage.
    pub unreadable: u64,
}

/// An open camera. Dropping it closes it.
#[derive(Debug)]
pub struct Camera {
    id: DeviceId,
    shared: Arc<Shared>,
}

impl Camera {
    /// Opens a camera in the format nearest to `wanted`: nearest in size, of these in rate, of these the one that costs
    /// least. Returns at once: what becomes of it is told to `on_news`, its pictures go to `on_frame` with the show time
    /// at which they were taken in. The two are called on threads of the camera's, and never after the drop has
    /// returned; neither may wait for anything that waits for this camera.
    ///
    /// # Errors
    /// `Broken` when the system gives no threads.
    pub fn open(
        id: &DeviceId,
        wanted: CameraFormat,
        on_frame: impl FnMut(Picture) + Send + 'static,
        on_news: impl FnMut(CameraNews) + Send + 'static,
    ) -> Result<Self, DeviceTrouble> {
        let camera = Self { id: id.clone(), shared: Arc::new(Shared::new()) };
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name.into()).spawn(work).map(drop).map_err(|error| {
                tracing::error!(%error, "no thread for a camera");
                DeviceTrouble::Broken
            })
        };
        let (shared, device) = (camera.shared.clone(), id.clone());
        spawn("camera", Box::new(move || capture::run(&shared, &device, wanted, on_frame)))?;
        let shared = camera.shared.clone();
        spawn("camera-news", Box::new(move || capture::tell(&shared, on_news)))?;
        Ok(camera)
    }

    /// Which camera it is.
    pub fn id(&self) -> &DeviceId {
        &self.id
    }

    /// What it can be opened in, the largest first; none before it has told that it is open.
    pub fn formats(&self) -> Vec<CameraFormat> {
        self.shared.offers()
    }

    /// The controls that its driver offers, each as it was at the first frame or when it was last set.
    pub fn controls(&self) -> Vec<CameraControl> {
        self.shared.controls()
    }

    /// Sets a control, after the next frame; of several values for one control the last is set. What became of it is
    /// seen in [`Self::controls`]. False when there is no such control.
    pub fn set_control(&self, id: u32, value: i64) -> bool {
        self.shared.wish(id, value)
    }

    /// What became of its frames so far.
    pub fn figures(&self) -> CameraFigures {
        self.shared.figures()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        let start = Instant::now();
        self.shared.stop();
        let left = self.shared.gate.close(LEAVING);
        if !self.shared.closed_within(CLOSING.saturating_sub(start.elapsed())) {
            // Its driver blocks. The thread stays behind; it closes the device should it ever wake.
            tracing::warn!(id = %self.id.0, left, "a camera does not close and was abandoned");
        }
    }
}
