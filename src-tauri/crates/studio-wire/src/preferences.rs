//! What survives a restart. Media on or off is not here, so that nothing opens by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::device::{CameraSetup, Chosen, DeviceId, DeviceKind, test};
use crate::layout::LayoutName;
use crate::mixer::{MonitorBus, ProgramBus, Strip};

/// Every field has a default; an unknown field is ignored, a broken one falls back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The layout a show starts with.
    pub layout: LayoutName,
    /// Where recordings go; `None` is the platform's video folder.
    pub recording_folder: Option<String>,
    /// The name shown under the own picture.
    pub name: Option<String>,
    /// The server of the next show; `None` is the studio's own.
    pub server: Option<crate::ids::ServerId>,
    /// The microphone; `None` is what the system offers first.
    pub microphone: Option<Chosen>,
    /// The speaker; `None` is what the system offers first.
    pub speaker: Option<Chosen>,
    /// The camera; `None` is what the system offers first.
    pub camera: Option<Chosen>,
    /// How each camera is used that was ever set up.
    pub cameras: BTreeMap<DeviceId, CameraSetup>,
    /// How loud it is at this machine.
    pub monitor: MonitorBus,
    /// The microphone is heard only while a key is held.
    pub push_to_talk: bool,
    /// A microphone that is muted is shut, and not open to notice that somebody speaks.
    pub ignore_muted: bool,
    /// The strip of the own voice.
    pub voice: Strip,
    /// The strip of the own clips and music.
    pub music: Strip,
    /// What stands on the program's bus.
    pub program: ProgramBus,
}

impl Preferences {
    /// With the studio's own sources in the place of devices: a show that needs nothing attached.
    pub fn on_test_sources(self) -> Self {
        let chosen = |id: &str| Some(Chosen { id: id.into(), name: String::new() });
        let (microphone, camera) = (chosen(test::TONE), chosen(test::PATTERN));
        Self { microphone, camera, speaker: chosen(test::NOWHERE), ..self }
    }

    /// The device chosen for something.
    pub fn device(&self, kind: DeviceKind) -> Option<&Chosen> {
        match kind {
            DeviceKind::Microphone => self.microphone.as_ref(),
            DeviceKind::Speaker => self.speaker.as_ref(),
            DeviceKind::Camera => self.camera.as_ref(),
        }
    }
}
