//! The own picture.

use std::time::{Duration, Instant};

use studio_media::DeviceDesk;
use studio_media::frame::{Latest, Picture};
use studio_wire::device::{CameraWant, DeviceId, DeviceKind, DeviceTrouble, DeviceWant};

use super::{Line, News, Post};
use crate::camera::{Camera, CameraNews};

/// The last picture of a camera that is gone stands for so long.
const LAST_PICTURE: Duration = Duration::from_secs(1);
/// A camera that another one is to take the place of is shown for so long at most until that one gives a picture.
const OVERLAP: Duration = Duration::from_secs(3);

/// The open camera, and the one before it until this one gives a picture.
pub(super) struct CameraLine {
    desk: DeviceDesk,
    now: Option<(Camera, Latest)>,
    before: Option<(Instant, Camera)>,
    /// When the last picture has stood for long enough.
    slate: Option<Instant>,
}

impl CameraLine {
    pub(super) fn new(desk: DeviceDesk) -> Self {
        Self { desk, now: None, before: None, slate: None }
    }
}

impl Line for CameraLine {
    const KIND: DeviceKind = DeviceKind::Camera;

    type Wish = CameraWant;

    fn wish(want: &DeviceWant) -> Option<CameraWant> {
        want.camera.clone()
    }

    fn device(wish: &CameraWant) -> &DeviceId {
        &wish.device
    }

    fn open(&mut self, wish: &CameraWant, post: Post) -> Result<(), DeviceTrouble> {
        let pictures = Latest::default();
        let (into, first) = (pictures.clone(), post.clone());
        let mut flows = false;
        let on_frame = move |picture| {
            if let Picture::Pool(frame) = picture {
                into.put(frame);
            }
            if !std::mem::replace(&mut flows, true) {
                first.tell(News::Flows);
            }
        };
        let on_news = move |news| match news {
            CameraNews::Opened(_) => {}
            CameraNews::Flowing => post.tell(News::Flows),
            CameraNews::Troubled(why) => post.tell(News::Stands(why)),
            CameraNews::Ended(why) => post.tell(News::Ended(why)),
        };
        let camera = Camera::open(&wish.device, wish.format, on_frame, on_news)?;
        if let Some((old, _)) = self.now.replace((camera, pictures)) {
            self.before = Some((Instant::now() + OVERLAP, old));
        }
        Ok(())
    }

    fn flows(&mut self) {
        if let Some((_, pictures)) = &self.now {
            self.desk.camera(Some(pictures.clone()));
        }
        (self.before, self.slate) = (None, None);
    }

    fn stands(&mut self) {
        self.desk.camera(None);
        self.before = None;
    }

    fn ended(&mut self) {
        (self.now, self.before) = (None, None);
        self.slate = Some(Instant::now() + LAST_PICTURE);
    }

    fn shut(&mut self) {
        self.desk.camera(None);
        (self.now, self.before, self.slate) = (None, None, None);
    }

    fn look(&mut self, now: Instant) -> Option<Instant> {
        if self.slate.take_if(|due| *due <= now).is_some() {
            self.desk.camera(None);
        }
        if self.before.take_if(|(due, _)| *due <= now).is_some() {
            self.desk.camera(None);
        }
        self.slate.into_iter().chain(self.before.as_ref().map(|(due, _)| *due)).min()
    }
}
