//! The two buses that are heard: the program by the audience, the monitor at this machine.

use studio_wire::mixer::{Loudness, MonitorBus, ProgramBus};

use super::gain::{Gain, fader};
use crate::audio::Block;
use crate::audio::duck::{Duck, Line};
use crate::audio::loudness::Gauge;
use crate::audio::master::Master;

/// Nothing leaves the monitor above this, in dBTP.
const MONITOR_CEILING: f32 = -0.1;
/// −20 dB.
const DIMMED: f32 = 0.1;

/// What stands on the program's bus.
#[derive(Debug)]
pub(super) struct Program {
    duck: Duck,
    gain: Gain,
    master: Master,
    gauge: Gauge,
    on_air: bool,
}

impl Default for Program {
    fn default() -> Self {
        let (duck, master, gauge) = Default::default();
        Self { duck, gain: Gain::at(1.0), master, gauge, on_air: false }
    }
}

impl Program {
    /// Works by these settings from the next block on; when the show goes live its loudness is counted anew.
    pub fn set(&mut self, settings: &ProgramBus, on_air: bool) {
        self.duck.set(&settings.ducking);
        self.gain.to(fader(settings.gain_db));
        self.master.set_ceiling(settings.ceiling_db);
        if on_air && !std::mem::replace(&mut self.on_air, on_air) {
            self.gauge.restart();
        }
        self.on_air = on_air;
    }

    /// How loud music may be in this block, in which this is spoken.
    pub fn duck(&mut self, speech: &Block) -> Line {
        self.duck.listen(speech)
    }

    /// Makes of a sum what the audience hears; now and then says how loud that is.
    pub fn finish(&mut self, sum: &mut Block) -> Option<Loudness> {
        self.gain.step().apply(sum);
        self.master.limit(sum);
        self.gauge.hear(sum)
    }

    /// How far its limiter turns down, in dB, 0 or less.
    pub fn reduced_db(&self) -> f32 {
        self.master.reduced_db()
    }
}

/// What stands on the monitor's bus.
#[derive(Debug)]
pub(super) struct Ear {
    /// The program in it.
    pub program: Gain,
    gain: Gain,
    master: Master,
    /// Something was put on it in the last block, and its end is still in the limiter.
    ends: bool,
}

impl Default for Ear {
    fn default() -> Self {
        let (program, ends) = Default::default();
        Self { program, gain: Gain::at(1.0), master: Master::new(MONITOR_CEILING), ends }
    }
}

impl Ear {
    /// Works by these settings from the next block on.
    pub fn set(&mut self, settings: MonitorBus) {
        let dim = if settings.dim { DIMMED } else { 1.0 };
        self.gain.to(fader(settings.gain_db) * dim);
    }

    /// Whether there is anything to hear in the next block, when voices beside the program are or are not. Asked once a
    /// block.
    pub fn hears(&mut self, voices: bool) -> bool {
        let fed = voices || !self.program.is_shut();
        std::mem::replace(&mut self.ends, fed) || fed
    }

    /// Makes of a sum what is heard at this machine.
    pub fn finish(&mut self, sum: &mut Block) {
        self.gain.step().apply(sum);
        self.master.limit(sum);
    }

    /// How far its limiter turns down, in dB, 0 or less.
    pub fn reduced_db(&self) -> f32 {
        self.master.reduced_db()
    }
}
