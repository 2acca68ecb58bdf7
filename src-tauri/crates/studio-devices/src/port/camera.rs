//! The own picture.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use studio_media::DeviceDesk;
use studio_media::frame::{Latest, Picture};
use studio_wire::device::{CameraFormat, DeviceId, DeviceKind, DeviceReport, DeviceTrouble, DeviceWant};

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
    /// Values that its controls are to have.
    wanted: BTreeMap<u32, i64>,
    /// Those that were asked of the open camera, taken or not.
    asked: BTreeMap<u32, i64>,
}

impl CameraLine {
    pub(super) fn new(desk: DeviceDesk) -> Self {
        let (wanted, asked) = Default::default();
        Self { desk, now: None, before: None, slate: None, wanted, asked }
    }

    /// The values that its controls are to have from now on. One that was set and is not named any more goes back to
    /// what the driver starts with.
    pub(super) fn turn(&mut self, wanted: BTreeMap<u32, i64>) {
        self.wanted = wanted;
        self.set();
    }

    /// What the open camera offers. Its controls are known now, so they are set.
    pub(super) fn described(&mut self) -> Option<DeviceReport> {
        self.set();
        let (camera, _) = self.now.as_ref()?;
        let (device, formats, controls) = (camera.id().clone(), camera.formats(), camera.controls());
        Some(DeviceReport::Camera { device, formats, controls })
    }

    /// Asks for each value once, whatever the driver makes of it.
    fn set(&mut self) {
        let Some((camera, _)) = &self.now else { return };
        for control in camera.controls() {
            let asked = self.asked.get(&control.id).copied();
            let due = self.wanted.get(&control.id).copied().or(asked.map(|_| control.default));
            if let Some(value) = due.filter(|due| asked != Some(*due))
                && camera.set_control(control.id, value)
            {
                self.asked.insert(control.id, value);
            }
        }
    }
}

impl Line for CameraLine {
    const KIND: DeviceKind = DeviceKind::Camera;

    /// Its controls are set while it is open.
    type Wish = (DeviceId, CameraFormat);

    fn wish(want: &DeviceWant) -> Option<Self::Wish> {
        want.camera.as_ref().map(|camera| (camera.device.clone(), camera.format))
    }

    fn device((device, _): &Self::Wish) -> &DeviceId {
        device
    }

    fn open(&mut self, (device, format): &Self::Wish, post: Post) -> Result<(), DeviceTrouble> {
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
            CameraNews::Described => post.tell(News::Offers),
            CameraNews::Flowing => post.tell(News::Flows),
            CameraNews::Troubled(why) => post.tell(News::Stands(why)),
            CameraNews::Ended(why) => post.tell(News::Ended(why)),
        };
        // A camera is in one format at a time: its last picture stands until the new one gives one.
        drop(self.now.take_if(|(old, _)| old.id() == device));
        self.asked.clear();
        let camera = Camera::open(device, *format, on_frame, on_news)?;
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
