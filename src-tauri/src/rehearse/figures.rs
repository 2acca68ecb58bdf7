//! Figures of the program while it was live, counted between two moments.

use serde::Serialize;
use studio_media::Media;
use studio_wire::media::MediaFigures;
use studio_wire::view::ProgramFormat;

/// What the compositor did during the live part.
#[derive(Debug, Default, Serialize)]
pub(super) struct Program {
    pub width: u32,
    pub height: u32,
    pub fps: u32,
    /// Ticks that should have been composed.
    pub due: u64,
    /// Ticks that were.
    pub composed: u64,
    /// Of these, more than one period after their tick.
    pub late: u64,
    #[serde(skip)]
    before: MediaFigures,
}

impl Program {
    /// To be called before the show goes live.
    pub fn begin(media: &Media) -> Self {
        let ProgramFormat { width, height, fps } = ProgramFormat::default();
        Self { width, height, fps, before: media.figures(), ..Self::default() }
    }

    /// To be called at the end of the live part that began with `first_tick`. What was late on the way to
    /// it counts as well.
    pub fn end(&mut self, media: &Media, first_tick: u64) {
        let after = media.figures();
        let ahead = first_tick.saturating_sub(self.before.due);
        self.due = after.due.saturating_sub(first_tick);
        self.composed = after.composed.saturating_sub(self.before.composed + ahead);
        self.late = after.late.saturating_sub(self.before.late);
    }
}
