//! A camera as nokhwa gives it. **The only file that knows nokhwa; its errors leave here as [`DeviceTrouble`].**

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nokhwa::utils::{
    CameraControl as Control, CameraFormat as Format, CameraIndex, ControlValueDescription,
    ControlValueSetter, FrameFormat, KnownCameraControlFlag, RequestedFormat, RequestedFormatType,
    Resolution,
};
use nokhwa::{Buffer, NokhwaError};
use nokhwa_bindings_linux::known_camera_control_to_id;
use studio_media::clock::now;
use studio_wire::device::{CameraControl, CameraFormat, DeviceTrouble};
use studio_wire::time::ShowTime;

use super::mode::{Coding, Mode};

const READABLE: [(FrameFormat, Coding); 4] = [
    (FrameFormat::NV12, Coding::Nv12),
    (FrameFormat::YUYV, Coding::Yuyv),
    (FrameFormat::MJPEG, Coding::Jpeg),
    (FrameFormat::GRAY, Coding::Grey),
];

/// No camera is faster. Where an interval is not one over a whole number nokhwa tells its denominator, 30000, as a rate.
const MOST_FPS: u32 = 240;

/// An open camera. Its calls block as long as the driver does.
pub(super) struct Driver {
    camera: nokhwa::Camera,
    controls: Vec<Control>,
}

/// A frame as the camera packed it.
pub(super) struct Raw {
    buffer: Buffer,
    pub at: ShowTime,
}

impl Raw {
    /// The whole buffer: behind the frame it holds whatever it held before.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.buffer()
    }
}

impl Driver {
    /// Opens `/dev/videoN`, in any format that can be read.
    pub fn open(number: u32) -> Result<Self, DeviceTrouble> {
        let formats = READABLE.map(|(format, _)| format);
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &formats);
        let camera = nokhwa::Camera::new(CameraIndex::Index(number), any).map_err(told("open"))?;
        Ok(Self { camera, controls: Vec::new() })
    }

    /// What it can be opened in.
    pub fn modes(&mut self) -> Result<Vec<Mode>, DeviceTrouble> {
        let formats = self.camera.compatible_camera_formats().map_err(told("list formats"))?;
        Ok(formats.into_iter().filter_map(mode).collect())
    }

    /// Sets a mode that it offers.
    pub fn set_mode(&mut self, mode: Mode) -> Result<(), DeviceTrouble> {
        let format =
            READABLE.iter().find(|(_, coding)| *coding == mode.coding).ok_or(DeviceTrouble::NoFormat)?.0;
        let CameraFormat { width, height, fps } = mode.format;
        let exact = RequestedFormatType::Exact(Format::new(Resolution::new(width, height), format, fps));
        let request = RequestedFormat::with_formats(exact, std::slice::from_ref(&format));
        self.camera.set_camera_requset(request).map_err(told("set format"))?;
        Ok(())
    }

    /// Makes its buffers; it runs from the first [`Self::frame`] on.
    pub fn start(&mut self) -> Result<(), DeviceTrouble> {
        self.camera.open_stream().map_err(told("start"))
    }

    /// Waits for the next frame, for ever if none comes.
    pub fn frame(&mut self) -> Result<Raw, DeviceTrouble> {
        let buffer = self.camera.frame().map_err(told("read"))?;
        let at = taken_at(buffer.capture_timestamp());
        Ok(Raw { buffer, at })
    }

    /// Asks for the controls that can be set. A camera without any, or that cannot tell, has none. Asks the driver a
    /// few hundred questions, so once will do.
    pub fn read_controls(&mut self) {
        self.controls = self.camera.camera_controls().unwrap_or_default();
        self.controls.retain(|known| control(known).is_some());
    }

    /// The controls as they were when last read or set.
    pub fn controls(&self) -> Vec<CameraControl> {
        self.controls.iter().filter_map(control).collect()
    }

    /// Sets one of [`Self::controls`], and reads how it is then.
    pub fn set_control(&mut self, id: u32, value: i64) -> Result<(), DeviceTrouble> {
        let is = |known: &&mut Control| known_camera_control_to_id(known.control()) == id;
        let known = self.controls.iter_mut().find(is).ok_or(DeviceTrouble::Unsupported)?;
        let value = match known.description() {
            ControlValueDescription::Boolean { .. } => ControlValueSetter::Boolean(value != 0),
            _ => ControlValueSetter::Integer(value),
        };
        let set = self.camera.set_camera_control(known.control(), value);
        *known = self.camera.camera_control(known.control()).map_err(told("read a control"))?;
        set.map_err(told("set a control"))
    }
}

fn mode(format: Format) -> Option<Mode> {
    let coding = READABLE.iter().find(|(readable, _)| *readable == format.format())?.1;
    let (width, height, fps) = (format.width(), format.height(), format.frame_rate());
    let sane = (1..=MOST_FPS).contains(&fps) && width > 0 && height > 0;
    sane.then_some(Mode { coding, format: CameraFormat { width, height, fps } })
}

fn control(control: &Control) -> Option<CameraControl> {
    let fixed = [KnownCameraControlFlag::ReadOnly, KnownCameraControlFlag::Disabled];
    if control.flag().iter().any(|flag| fixed.contains(flag)) {
        return None;
    }
    let (min, max, step, default, value) = match *control.description() {
        ControlValueDescription::IntegerRange { min, max, value, step, default } => {
            (min, max, step, default, value)
        }
        ControlValueDescription::Boolean { value, default } => (0, 1, 1, default.into(), value.into()),
        _ => return None,
    };
    let id = known_camera_control_to_id(control.control());
    Some(CameraControl { id, name: control.name().to_owned(), min, max, step, default, value })
}

/// The driver's time of a frame in show time. nokhwa hands it on as wall clock time, made from the monotonic clock a
/// moment ago, so the way back is exact but for that moment. A driver that tells nonsense is not believed.
fn taken_at(stamp: Option<Duration>) -> ShowTime {
    const OLDEST: Duration = Duration::from_secs(1);
    let (show, wall) = (now(), SystemTime::now().duration_since(UNIX_EPOCH));
    let age = stamp.zip(wall.ok()).and_then(|(stamp, wall)| wall.checked_sub(stamp));
    let age = age.filter(|age| *age <= OLDEST).unwrap_or_default();
    ShowTime(show.0.saturating_sub(age.as_nanos() as u64))
}

/// Writes to the log what failed, and says which trouble that is.
fn told(doing: &'static str) -> impl FnOnce(NokhwaError) -> DeviceTrouble {
    move |error| {
        let trouble = trouble(&error.to_string());
        tracing::info!(%error, ?trouble, "a camera could not {doing}");
        trouble
    }
}

/// The trouble behind an error of nokhwa's, which is a text: the system's error number is in it.
fn trouble(text: &str) -> DeviceTrouble {
    let number = text.rsplit_once("(os error ").and_then(|(_, rest)| rest.split_once(')'));
    match number.and_then(|(number, _)| number.parse().ok()) {
        // ENOENT, ENXIO, ENODEV.
        Some(2 | 6 | 19) => DeviceTrouble::Gone,
        // EPERM, EACCES.
        Some(1 | 13) => DeviceTrouble::Denied,
        // EBUSY.
        Some(16) => DeviceTrouble::Busy,
        Some(_) => DeviceTrouble::Broken,
        // What it says of a format that it does not know and of a rate like 29.97.
        None if ["Fufill", "unsupported", "not whole"].iter().any(|words| text.contains(words)) => {
            DeviceTrouble::NoFormat
        }
        None => DeviceTrouble::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_is_told_by_its_number() {
        let opened = |text: &str| trouble(&NokhwaError::OpenDeviceError("0".into(), text.into()).to_string());
        assert_eq!(opened("V4L2 Error: No such file or directory (os error 2)"), DeviceTrouble::Gone);
        assert_eq!(opened("V4L2 Error: Permission denied (os error 13)"), DeviceTrouble::Denied);
        assert_eq!(opened("V4L2 Error: Device or resource busy (os error 16)"), DeviceTrouble::Busy);
        assert_eq!(opened("V4L2 Error: Input/output error (os error 5)"), DeviceTrouble::Broken);
        assert_eq!(opened("(os error none)"), DeviceTrouble::Broken);
        let failed =
            |error: &str| NokhwaError::GetPropertyError { property: "x".into(), error: error.into() };
        assert_eq!(trouble(&failed("Failed to Fufill").to_string()), DeviceTrouble::NoFormat);
        assert_eq!(
            trouble(&failed("Framerate not whole number: 30000 / 1001").to_string()),
            DeviceTrouble::NoFormat
        );
    }

    #[test]
    fn a_frames_time_is_the_drivers_unless_that_is_nonsense() {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let off = |stamp: Option<Duration>| {
            let (before, at) = (now(), taken_at(stamp));
            (at.0 as i64 - before.0 as i64) / 1_000_000
        };
        let age = off(wall.checked_sub(Duration::from_millis(500)));
        assert!((-1000..=-495).contains(&age), "{age} ms");
        for stamp in [None, wall.checked_sub(Duration::from_secs(60)), Some(wall + Duration::from_secs(60))] {
            assert!((0..200).contains(&off(stamp)), "{stamp:?}");
        }
    }
}
