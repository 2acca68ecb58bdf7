//! The own sources: a picture, a tone, and the chord that stands for clips and music. All are off until somebody
//! opens them, in every show anew, and that is written down nowhere.

use studio_wire::ids::SourceId;
use studio_wire::media::{Feed, OwnPicture};

/// The own camera.
pub(crate) const CAMERA: SourceId = SourceId(0);
/// The own microphone.
pub(crate) const MICROPHONE: SourceId = SourceId(1);
/// Clips and music, without any voice.
pub(crate) const STAGE_MEDIA: SourceId = SourceId(2);

/// Which own sources are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Devices {
    pub camera: bool,
    pub microphone: bool,
    pub stage_media: bool,
    /// What the own camera shows.
    pub picture: OwnPicture,
}

impl Devices {
    /// Whether a source is open, if it is one of these.
    pub fn open(&self, source: SourceId) -> Option<bool> {
        match source {
            CAMERA => Some(self.camera),
            MICROPHONE => Some(self.microphone),
            STAGE_MEDIA => Some(self.stage_media),
            _ => None,
        }
    }

    /// Where the own camera's picture comes from.
    pub fn camera_feed(&self) -> Feed {
        match self.picture {
            OwnPicture::Pattern => Feed::Pattern,
            OwnPicture::Bars => Feed::Bars,
        }
    }
}
