//! The own sources: a pattern and a tone. Both are off until somebody opens them, in every show anew, and
//! that is written down nowhere.

use studio_wire::ids::SourceId;

/// The own camera.
pub(crate) const CAMERA: SourceId = SourceId(0);
/// The own microphone.
pub(crate) const MICROPHONE: SourceId = SourceId(1);

/// Which own sources are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Devices {
    pub camera: bool,
    pub microphone: bool,
}

impl Devices {
    /// Whether a source is open, if it is one of these.
    pub fn open(&self, source: SourceId) -> Option<bool> {
        match source {
            CAMERA => Some(self.camera),
            MICROPHONE => Some(self.microphone),
            _ => None,
        }
    }
}
