//! A process with cameras, and what is seen through one.

use std::any::type_name;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rig::Cameras;
use studio_devices::camera::{Camera, CameraNews, list};
use studio_media::frame::Picture;
use studio_media::synthetic::code::{Luma, Placed, SourceCode, read_source};
use studio_wire::device::{CameraFormat, DeviceId, DeviceTrouble};

/// Longer than anything takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(30);

/// Runs a test's body in a process with cameras: the first time starts that process, the second time is in it.
pub fn with_cameras<F: FnOnce(&Cameras)>(body: F) {
    if let Some(cameras) = Cameras::around_us() {
        return body(&cameras);
    }
    // The body is a closure in the test: `cameras::lost::a_camera_…::{{closure}}`.
    let name = type_name::<F>().trim_end_matches("::{{closure}}");
    let name = name.split_once("::").unwrap().1;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture"]);
    Cameras::new(folder.path()).preload(&mut command);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{}: {said}", output.status);
}

/// The id of the camera of this name.
pub fn id(name: &str) -> DeviceId {
    list().into_iter().find(|device| device.name == name).unwrap_or_else(|| panic!("no {name}")).id
}

/// 640×360 at 30.
pub const SMALL: CameraFormat = CameraFormat { width: 640, height: 360, fps: 30 };

/// An open camera and what comes out of it.
pub struct View {
    pub camera: Option<Camera>,
    pub pictures: Receiver<Picture>,
    pub news: Receiver<CameraNews>,
}

impl View {
    /// Opens a camera.
    pub fn open(id: &DeviceId, wanted: CameraFormat) -> Self {
        let ((show, pictures), (tell, news)) = (channel(), channel());
        // A view that only looks at news lets its pictures go.
        let on_frame = move |picture| drop(show.send(picture));
        let on_news = move |news| {
            // What it offers is asked of the camera itself.
            if news != CameraNews::Described {
                let _ = tell.send(news);
            }
        };
        let camera = Camera::open(id, wanted, on_frame, on_news).unwrap();
        Self { camera: Some(camera), pictures, news }
    }

    /// Opens a camera that can be opened in just this format.
    pub fn of(id: &DeviceId, format: CameraFormat) -> Self {
        let view = Self::open(id, format);
        assert_eq!(view.news.recv_timeout(LONG), Ok(CameraNews::Opened(format)));
        view
    }

    /// The next news; what it shows meanwhile is let go of, so that it goes on.
    pub fn news(&self) -> CameraNews {
        let end = Instant::now() + LONG;
        loop {
            self.pictures.try_iter().for_each(drop);
            match self.news.recv_timeout(Duration::from_millis(5)) {
                Ok(news) => return news,
                Err(RecvTimeoutError::Timeout) => assert!(Instant::now() < end, "no news"),
                Err(RecvTimeoutError::Disconnected) => panic!("no more news"),
            }
        }
    }

    /// Waits for this news. A machine that is busy may make any camera look stalled before.
    pub fn hear(&self, wanted: CameraNews) {
        while self.news() != wanted {}
    }

    /// The next picture.
    pub fn picture(&self) -> Picture {
        self.pictures.recv_timeout(LONG).expect("a picture")
    }

    /// What opening it came to, when that is nothing.
    pub fn refused(id: &DeviceId) -> DeviceTrouble {
        match Self::open(id, SMALL).news() {
            CameraNews::Ended(trouble) => trouble,
            other => panic!("{other:?}"),
        }
    }

    /// Drops the camera: how long that took.
    pub fn close(&mut self) -> Duration {
        let start = Instant::now();
        self.camera = None;
        start.elapsed()
    }

    pub fn figures(&self) -> studio_devices::camera::CameraFigures {
        self.camera.as_ref().unwrap().figures()
    }
}

/// The number and clock in a picture.
pub fn code(picture: &Picture) -> Option<SourceCode> {
    let planes = picture.planes().unwrap();
    let luma = Luma::tight(planes.y, planes.width as usize, planes.height as usize).unwrap();
    read_source(&luma, Placed::whole(&luma))
}

/// The middle of the camera's square: Y, U, V.
pub fn square(picture: &Picture) -> [u8; 3] {
    let planes = picture.planes().unwrap();
    let (width, height) = (planes.width as usize, planes.height as usize);
    let (x, y) = (width / 16, height / 2 + height / 16);
    let chroma = y / 2 * width.div_ceil(2) + x / 2;
    [planes.y[y * width + x], planes.u[chroma], planes.v[chroma]]
}

/// Whether two colours look the same.
pub fn near(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= 4)
}

/// The colours of the test camera's squares, by number.
pub const SQUARES: [[u8; 3]; 4] = [[110, 60, 180], [110, 180, 60], [110, 60, 60], [110, 180, 180]];

/// Waits for something to become true.
pub fn until(what: &str, mut is: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !is() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
