//! What a strip can be set to, and the strips of one person's sounds. Whether one is solo is not here: that is of the
//! moment, and of this machine's monitor.

use std::ops::RangeInclusive;

use studio_wire::mixer::{
    Band, Compressor, Ducking, Eq, Gate, Limiter, MonitorBus, ProgramBus, Strip, StripPart,
};
use studio_wire::rtc::TrackKind;

/// Sounds of a person on another machine that have a strip.
pub(crate) const SOUNDS: [TrackKind; 2] = [TrackKind::Microphone, TrackKind::ScreenSound];

/// A fader's way.
const GAIN: RangeInclusive<f32> = -60.0..=12.0;
/// A level that something listens for.
const LEVEL: RangeInclusive<f32> = -80.0..=0.0;

/// Strips that are not as a strip is at first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Strips(Vec<(TrackKind, Strip)>);

impl Strips {
    pub fn new(kept: Vec<(TrackKind, Strip)>) -> Self {
        let mut strips = Self::default();
        kept.into_iter().for_each(|(kind, strip)| strips.put(kind, strip));
        strips
    }

    pub fn of(&self, kind: TrackKind) -> Strip {
        self.0.iter().find(|(its, _)| *its == kind).map(|(_, strip)| *strip).unwrap_or_default()
    }

    pub fn set(&mut self, kind: TrackKind, part: StripPart) {
        let mut strip = self.of(kind);
        set(&mut strip, part);
        self.put(kind, strip);
    }

    pub fn list(&self) -> &[(TrackKind, Strip)] {
        &self.0
    }

    fn put(&mut self, kind: TrackKind, strip: Strip) {
        self.0.retain(|(its, _)| *its != kind);
        if strip != Strip::default() {
            self.0.push((kind, strip));
            self.0.sort_by_key(|(kind, _)| *kind);
        }
    }
}

/// Sets a part of a strip.
pub(crate) fn set(strip: &mut Strip, part: StripPart) {
    match part {
        StripPart::Care(care) => strip.care = care,
        StripPart::Gate(gate) => strip.gate = gate,
        StripPart::Eq(eq) => strip.eq = eq,
        StripPart::Compressor(compressor) => strip.compressor = compressor,
        StripPart::Limiter(limiter) => strip.limiter = limiter,
        StripPart::Delay(ms) => strip.delay_ms = ms,
        StripPart::Pan(pan) => strip.pan = pan,
        StripPart::Gain(db) => strip.gain_db = db,
        StripPart::Mute(on) => strip.mute = on,
        StripPart::Solo(on) => strip.solo = on,
    }
}

/// Whether every figure of a part is within its range; what is not a number is in none.
pub(crate) fn fits(part: &StripPart) -> bool {
    match part {
        StripPart::Care(_) | StripPart::Mute(_) | StripPart::Solo(_) => true,
        StripPart::Gate(gate) => gate_fits(gate),
        StripPart::Eq(Eq { bands, .. }) => bands.iter().all(band_fits),
        StripPart::Compressor(compressor) => compressor_fits(compressor),
        StripPart::Limiter(Limiter { ceiling_db, release_ms, .. }) => {
            (-24.0..=0.0).contains(ceiling_db) && (5.0..=1_000.0).contains(release_ms)
        }
        StripPart::Delay(ms) => (0.0..=500.0).contains(ms),
        StripPart::Pan(pan) => (-1.0..=1.0).contains(pan),
        StripPart::Gain(db) => GAIN.contains(db),
    }
}

fn gate_fits(gate: &Gate) -> bool {
    let Gate { on: _, open_db, shut_db, attack_ms, hold_ms, release_ms, floor_db } = gate;
    LEVEL.contains(open_db)
        && (-80.0..=*open_db).contains(shut_db)
        && (0.1..=100.0).contains(attack_ms)
        && (0.0..=2_000.0).contains(hold_ms)
        && (1.0..=2_000.0).contains(release_ms)
        && LEVEL.contains(floor_db)
}

fn band_fits(band: &Band) -> bool {
    (20.0..=20_000.0).contains(&band.hz)
        && (-18.0..=18.0).contains(&band.db)
        && (0.1..=10.0).contains(&band.q)
}

fn compressor_fits(compressor: &Compressor) -> bool {
    let Compressor { on: _, threshold_db, ratio, knee_db, attack_ms, release_ms, makeup_db } = compressor;
    (-60.0..=0.0).contains(threshold_db)
        && (1.0..=20.0).contains(ratio)
        && (0.0..=24.0).contains(knee_db)
        && (0.1..=200.0).contains(attack_ms)
        && (5.0..=2_000.0).contains(release_ms)
        && (0.0..=24.0).contains(makeup_db)
}

/// Whether the program's bus can be set so.
pub(crate) fn program_fits(bus: &ProgramBus) -> bool {
    let Ducking { on: _, threshold_db, by_db, attack_ms, hold_ms, release_ms } = &bus.ducking;
    GAIN.contains(&bus.gain_db)
        && (-12.0..=0.0).contains(&bus.ceiling_db)
        && LEVEL.contains(threshold_db)
        && (0.0..=60.0).contains(by_db)
        && (1.0..=500.0).contains(attack_ms)
        && (0.0..=5_000.0).contains(hold_ms)
        && (10.0..=5_000.0).contains(release_ms)
}

/// Whether a monitor can be set so.
pub(crate) fn monitor_fits(bus: &MonitorBus) -> bool {
    GAIN.contains(&bus.gain_db)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every figure of a part, to be put out of its range.
    fn figures(part: &mut StripPart) -> Vec<&mut f32> {
        match part {
            StripPart::Gate(g) => vec![
                &mut g.open_db,
                &mut g.shut_db,
                &mut g.attack_ms,
                &mut g.hold_ms,
                &mut g.release_ms,
                &mut g.floor_db,
            ],
            StripPart::Eq(eq) => {
                eq.bands.iter_mut().flat_map(|band| [&mut band.hz, &mut band.db, &mut band.q]).collect()
            }
            StripPart::Compressor(c) => vec![
                &mut c.threshold_db,
                &mut c.ratio,
                &mut c.knee_db,
                &mut c.attack_ms,
                &mut c.release_ms,
                &mut c.makeup_db,
            ],
            StripPart::Limiter(limiter) => vec![&mut limiter.ceiling_db, &mut limiter.release_ms],
            StripPart::Delay(figure) | StripPart::Pan(figure) | StripPart::Gain(figure) => vec![figure],
            StripPart::Care(_) | StripPart::Mute(_) | StripPart::Solo(_) => Vec::new(),
        }
    }

    #[test]
    fn every_part_fits_as_it_is_at_first_and_no_figure_of_it_may_be_beyond_its_range() {
        let parts = [
            StripPart::Gate(Gate::default()),
            StripPart::Eq(Eq::default()),
            StripPart::Compressor(Compressor::default()),
            StripPart::Limiter(Limiter::default()),
            StripPart::Delay(0.0),
            StripPart::Pan(0.0),
            StripPart::Gain(0.0),
        ];
        for part in parts {
            assert!(fits(&part), "{part:?}");
            let mut whole = part;
            for at in 0..figures(&mut whole).len() {
                for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e9, -1e9] {
                    let mut broken = part;
                    *figures(&mut broken)[at] = wrong;
                    assert!(!fits(&broken), "{broken:?}");
                }
            }
        }
    }

    #[test]
    fn a_gate_does_not_shut_above_the_level_it_opens_at() {
        let gate = |open_db, shut_db| StripPart::Gate(Gate { open_db, shut_db, ..Gate::default() });
        assert!(fits(&gate(-40.0, -40.0)));
        assert!(!fits(&gate(-40.0, -39.0)));
    }

    #[test]
    fn a_bus_beyond_its_range_does_not_fit() {
        let bus = ProgramBus::default();
        assert!(program_fits(&bus) && monitor_fits(&MonitorBus::default()));
        assert!(!program_fits(&ProgramBus { ceiling_db: 0.1, ..bus }));
        assert!(!program_fits(&ProgramBus { gain_db: f32::NAN, ..bus }));
        let slow = Ducking { release_ms: 5_001.0, ..Ducking::default() };
        assert!(!program_fits(&ProgramBus { ducking: slow, ..bus }));
        assert!(!monitor_fits(&MonitorBus { gain_db: 12.5, dim: false }));
    }

    #[test]
    fn a_strip_that_is_set_back_is_no_longer_kept() {
        let mut strips = Strips::default();
        strips.set(TrackKind::ScreenSound, StripPart::Mute(true));
        strips.set(TrackKind::Microphone, StripPart::Gain(-6.0));
        let kinds: Vec<_> = strips.list().iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, SOUNDS);
        assert_eq!(strips.of(TrackKind::Microphone).gain_db, -6.0);
        strips.set(TrackKind::Microphone, StripPart::Gain(0.0));
        strips.set(TrackKind::ScreenSound, StripPart::Mute(false));
        assert_eq!(strips, Strips::default());
    }
}
