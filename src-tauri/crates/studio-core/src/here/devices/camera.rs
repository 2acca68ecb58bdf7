//! How the cameras of this machine are used: what their owner has chosen, and what the open one offers.

use std::collections::BTreeMap;

use studio_wire::device::{
    CameraControl, CameraFormat, CameraSetup, CameraView, CameraWant, DeviceId, DeviceKind, Framing, test,
};
use studio_wire::fault::Fault;
use studio_wire::preferences::Preferences;

use super::Devices;

/// Pixels of an edge that no camera has.
const MOST_PIXELS: u32 = 16_384;
/// Frames a second that no camera has.
const MOST_FPS: u32 = 1_000;
/// Controls of a camera.
const MOST_CONTROLS: usize = 256;

/// What the camera that was open last has told of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub device: DeviceId,
    pub formats: Vec<CameraFormat>,
    pub controls: Vec<CameraControl>,
}

impl Devices {
    /// Whether that camera can be set up so. The studio's own pictures are as they are.
    pub fn takes(&self, device: &DeviceId, setup: &CameraSetup) -> Result<(), Fault> {
        let kind = DeviceKind::Camera;
        let own = test::ALL.contains(&device.as_str());
        self.find(kind, device).filter(|_| !own).ok_or(Fault::NoDevice { kind })?;
        let CameraSetup { format, framing, controls } = setup;
        let edge = |pixels: u32| (1..=MOST_PIXELS).contains(&pixels);
        let sane = edge(format.width)
            && edge(format.height)
            && (1..=MOST_FPS).contains(&format.fps)
            && (100..=Framing::MOST_ZOOM).contains(&framing.zoom)
            && framing.x <= 1_000
            && framing.y <= 1_000
            && controls.len() <= MOST_CONTROLS;
        if sane { Ok(()) } else { Err(Fault::NotUnderstood) }
    }

    /// What of the own camera's picture is shown.
    pub fn framing(&self, chosen: &Preferences) -> Framing {
        self.view_of_camera(chosen).map(|view| view.setup.framing).unwrap_or_default()
    }

    /// How a camera is to be open.
    pub(super) fn camera_want(device: DeviceId, chosen: &Preferences) -> CameraWant {
        let setup = chosen.cameras.get(&device);
        let format = setup.map(|setup| setup.format).unwrap_or_default();
        let controls = setup.map_or_else(BTreeMap::new, |setup| setup.controls.clone());
        CameraWant { device, format, controls }
    }

    /// The camera that is used, for who sets it up.
    pub fn view_of_camera(&self, chosen: &Preferences) -> Option<CameraView> {
        let used = self.used(DeviceKind::Camera, chosen)?;
        if test::ALL.contains(&used.id.as_str()) {
            return None;
        }
        let setup = chosen.cameras.get(&used.id).cloned().unwrap_or_default();
        let Told { formats, controls, .. } =
            self.camera_told.clone().filter(|told| told.device == used.id).unwrap_or_default();
        Some(CameraView { device: used.id, name: used.name, setup, formats, controls })
    }
}
