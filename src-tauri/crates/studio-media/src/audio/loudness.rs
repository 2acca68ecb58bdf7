//! How loud the program is, by EBU R 128. **Memory stays the same however long a show is; what is not a number counts as
//! silence; silence reads as −120.**

use ebur128::{EbuR128, Mode};
use studio_wire::mixer::Loudness;

use super::meter::SILENT_DBFS;
use super::{Block, RATE};

/// Ten times a second there is something new to read.
const FRESH_BLOCKS: u32 = 10;

/// Measures one bus.
#[derive(Debug)]
pub struct Gauge {
    ebu: EbuR128,
    blocks: u32,
}

impl Default for Gauge {
    fn default() -> Self {
        // A histogram, for the history of a day would take its time to read.
        let mode = Mode::M | Mode::S | Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM;
        let ebu = EbuR128::new(2, RATE, mode).expect("stereo at 48 kHz is what it is made for");
        Self { ebu, blocks: 0 }
    }
}

impl Gauge {
    /// The show goes live: everything starts anew.
    pub fn restart(&mut self) {
        self.ebu.reset();
        self.blocks = 0;
    }

    /// Hears a block; each tenth, 100 ms after the last, gives what there is to read.
    pub fn hear(&mut self, block: &Block) -> Option<Loudness> {
        let heard = if block.iter().all(|sample| sample.is_finite()) {
            self.ebu.add_frames_f32(block)
        } else {
            self.ebu.add_frames_f32(&super::SILENCE)
        };
        heard.expect("a block is whole pairs, and fits into memory");
        self.blocks = (self.blocks + 1) % FRESH_BLOCKS;
        (self.blocks == 0).then(|| self.read())
    }

    /// What it is now.
    pub fn read(&self) -> Loudness {
        let peak = |side| self.ebu.true_peak(side).unwrap_or(0.0);
        Loudness {
            momentary: said(self.ebu.loudness_momentary()),
            short: said(self.ebu.loudness_shortterm()),
            integrated: said(self.ebu.loudness_global()),
            range: self.ebu.loudness_range().map_or(0.0, |range| range.max(0.0) as f32),
            true_peak: said(Ok(20.0 * peak(0).max(peak(1)).log10())),
        }
    }
}

/// −120 for silence, and for what is too short to say.
fn said(level: Result<f64, ebur128::Error>) -> f32 {
    level.map_or(SILENT_DBFS, |level| (level as f32).max(SILENT_DBFS))
}

#[cfg(test)]
mod tests;
