//! What other threads read of a sound: its meter, and how loud the program is. **Written by the mixer's thread alone, read
//! by anybody; nobody waits.**

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use studio_wire::mixer::{Loudness, MeterView};

use super::Block;
use super::age::Age;
use super::meter::{Meter, Peak, Rms};

/// A source's or a bus's level.
#[derive(Debug, Default)]
pub struct Level {
    /// Its meter.
    pub meter: Meter,
    /// How far it is turned down, in dB, as bits.
    reduced: AtomicU32,
    /// Show time of the last block that came, in ns; 0 for never.
    pub heard: AtomicU64,
    /// How old its sound is in the program, were nothing held back for its picture.
    pub age: Age,
}

impl Level {
    /// Takes in the next block, which parts have turned down by so many dB.
    pub fn hear(&self, block: &Block, reduced_db: f32) {
        self.meter.hear(block);
        self.reduced.store(reduced_db.to_bits(), Ordering::Relaxed);
    }

    /// Reads it; peaks and clips start anew.
    pub fn read(&self) -> MeterView {
        let Meter { peak, rms, clips } = &self.meter;
        MeterView {
            peak: peak.each_ref().map(Peak::read),
            rms: rms.each_ref().map(Rms::read),
            clips: clips.read(),
            reduced_db: f32::from_bits(self.reduced.load(Ordering::Relaxed)),
        }
    }

    /// It ends: what is read next is silence.
    pub fn end(&self) {
        self.meter.rms.iter().for_each(Rms::clear);
        self.reduced.store(0, Ordering::Relaxed);
        self.read();
    }
}

/// The program's loudness. Its figures are read one by one: two of them may be 100 ms apart.
#[derive(Debug)]
pub struct Loud([AtomicU32; 5]);

impl Default for Loud {
    fn default() -> Self {
        let loud = Self(Default::default());
        loud.set(&Loudness::default());
        loud
    }
}

impl Loud {
    /// It is so now.
    pub fn set(&self, loudness: &Loudness) {
        let Loudness { momentary, short, integrated, range, true_peak } = *loudness;
        for (place, figure) in self.0.iter().zip([momentary, short, integrated, range, true_peak]) {
            place.store(figure.to_bits(), Ordering::Relaxed);
        }
    }

    /// Reads it.
    pub fn read(&self) -> Loudness {
        let [momentary, short, integrated, range, true_peak] =
            self.0.each_ref().map(|figure| f32::from_bits(figure.load(Ordering::Relaxed)));
        Loudness { momentary, short, integrated, range, true_peak }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_has_ended_is_silent() {
        let level = Level::default();
        (0..30).for_each(|_| level.hear(&[0.5; 960], -3.0));
        let read = level.read();
        level.hear(&[1.0; 960], -3.0);
        assert!((read.peak[0] + 6.02).abs() < 0.01 && (read.rms[1] + 6.02).abs() < 0.01, "{read:?}");
        assert_eq!(read.reduced_db, -3.0);
        level.end();
        assert_eq!(level.read(), MeterView::default());
    }

    #[test]
    fn loudness_is_silence_until_it_is_set() {
        let loud = Loud::default();
        assert_eq!(loud.read(), Loudness::default());
        let set = Loudness { momentary: -20.0, short: -21.0, integrated: -22.0, range: 3.0, true_peak: -1.5 };
        loud.set(&set);
        assert_eq!(loud.read(), set);
    }
}
