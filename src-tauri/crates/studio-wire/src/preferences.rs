//! What survives a restart. Media on or off is not here, so that nothing opens by itself.

use serde::{Deserialize, Serialize};

use crate::layout::LayoutName;

/// Every field has a default; an unknown field is ignored, a broken one falls back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
}
