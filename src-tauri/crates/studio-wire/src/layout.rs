//! Arrangements as data: names and normalised rectangles, drawn by one routine.

use serde::{Deserialize, Serialize};

/// The arrangements on offer. Each one is drawn for every number of people up to [`LayoutName::MOST`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayoutName {
    /// The first person on stage fills the picture.
    Solo,
    /// Everybody, in equal cells.
    #[default]
    Grid,
}

impl LayoutName {
    /// How many people a scene holds, whatever its layout.
    pub const MOST: usize = 20;

    /// Every layout, in the order of the layout row.
    pub const ALL: [Self; 2] = [Self::Solo, Self::Grid];

    /// The word used in storage, on the command line and as the suffix of its text's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Solo => "solo",
            Self::Grid => "grid",
        }
    }
}

/// A part of the picture; 0 … 1 from its left and top edge, so that one layout serves every size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}
