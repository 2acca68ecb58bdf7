//! Preferences as they are now. Each change is handed back whole, to be stored.

use studio_wire::device::{self, CameraSetup, DeviceId, DeviceKind};
use studio_wire::ids::ServerId;
use studio_wire::layout::LayoutName;
use studio_wire::preferences::Preferences;

/// The one copy in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen(Preferences);

impl Chosen {
    pub fn new(kept: Preferences) -> Self {
        Self(kept)
    }

    pub fn get(&self) -> &Preferences {
        &self.0
    }

    /// The preferences to store, if that changed them.
    pub fn layout(&mut self, layout: LayoutName) -> Option<Preferences> {
        self.change(|preferences| preferences.layout = layout)
    }

    /// The preferences to store, if that changed them.
    pub fn recording_folder(&mut self, folder: Option<String>) -> Option<Preferences> {
        self.change(|preferences| preferences.recording_folder = folder)
    }

    /// The preferences to store, if that changed them.
    pub fn server(&mut self, server: Option<ServerId>) -> Option<Preferences> {
        self.change(|preferences| preferences.server = server)
    }

    /// The preferences to store, if that changed them.
    pub fn device(&mut self, kind: DeviceKind, device: Option<device::Chosen>) -> Option<Preferences> {
        self.change(|preferences| match kind {
            DeviceKind::Microphone => preferences.microphone = device,
            DeviceKind::Speaker => preferences.speaker = device,
            DeviceKind::Camera => preferences.camera = device,
        })
    }

    /// The preferences to store, if that changed them. A camera that is used as it comes has no entry.
    pub fn camera(&mut self, camera: DeviceId, setup: CameraSetup) -> Option<Preferences> {
        self.change(|preferences| {
            if setup == CameraSetup::default() {
                preferences.cameras.remove(&camera);
            } else {
                preferences.cameras.insert(camera, setup);
            }
        })
    }

    /// Any change at all, and the preferences to store if it was one.
    pub fn change(&mut self, change: impl FnOnce(&mut Preferences)) -> Option<Preferences> {
        let before = self.0.clone();
        change(&mut self.0);
        (self.0 != before).then(|| self.0.clone())
    }
}
