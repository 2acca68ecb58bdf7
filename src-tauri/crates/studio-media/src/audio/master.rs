//! The last stage of a bus: a true-peak limiter. **No sample leaves above the ceiling, nor does the wave between samples as
//! meters by ITU-R BS.1770 see it; sound leaves 2.5 ms later; what stays 0.1 dB below the ceiling changes no bit; whatever
//! comes in, what goes out is finite.**

mod between;

use self::between::Between;
use super::Block;
use super::ahead::Ahead;
use super::chunk::{CHUNK, CHUNKS, Glide, chunks, chunks_mut, peak};
use super::meter::SILENT_DBFS;
use super::units::{factor, keep, level, tame, within};

const DELAY: usize = 15;
/// Sample pairs by which sound is later: 2.5 ms.
pub const LATENCY: usize = DELAY * CHUNK;
/// Where a program usually ends, in dBTP.
pub const CEILING_DBTP: f32 = -1.0;
/// Nine tenths of a reduction are gone after this.
const RELEASE_MS: f32 = 120.0;
/// A sum of many sources that went mad is cut here: +60 dBFS.
const LOUDEST: f32 = 1_000.0;
/// A gain that moves, and a measure that looks at three places between samples, miss so much of a wave: 0.1 dB.
const MARGIN: f32 = 0.988_553;

/// The limiter of a bus.
#[derive(Debug)]
pub struct Master {
    ahead: Ahead,
    between: Between,
    /// As a factor.
    ceiling: Glide<1>,
    keep: f32,
}

impl Default for Master {
    fn default() -> Self {
        Self::new(CEILING_DBTP)
    }
}

impl Master {
    /// A limiter with a ceiling of −24 … 0 dBTP.
    pub fn new(ceiling_dbtp: f32) -> Self {
        let mut master = Self {
            ahead: Ahead::new(DELAY),
            between: Between::default(),
            ceiling: Glide::new([1.0]),
            keep: keep(RELEASE_MS),
        };
        master.set_ceiling(ceiling_dbtp);
        master.ceiling.arrive();
        master
    }

    /// Another ceiling, for what comes from the end of the next block on; NaN is the default.
    pub fn set_ceiling(&mut self, dbtp: f32) {
        self.ceiling.to([factor(within(dbtp, -24.0..=0.0, CEILING_DBTP))]);
    }

    /// How far it turns down at the end of the last block, in dB, −120 … 0.
    pub fn reduced_db(&self) -> f32 {
        level(self.ahead.gain()).clamp(SILENT_DBFS, 0.0)
    }

    /// The next block, in place.
    pub fn limit(&mut self, block: &mut Block) {
        tame(block, LOUDEST);
        let lowest = self.ceiling.now()[0].min(self.ceiling.at(CHUNKS - 1)[0]);
        let peaks: [f32; CHUNKS] = std::array::from_fn(|n| peak(&chunks(block)[n]));
        let waves = self.between.peaks(block, &peaks, lowest * MARGIN);
        for (n, chunk) in chunks_mut(block).iter_mut().enumerate() {
            let [ceiling] = self.ceiling.at(n);
            let needs = (ceiling / peaks[n]).min(ceiling * MARGIN / waves[n]).min(1.0);
            self.ahead.pass(chunk, needs, ceiling, self.keep);
        }
        self.ceiling.arrive();
    }
}

#[cfg(test)]
mod tests;
