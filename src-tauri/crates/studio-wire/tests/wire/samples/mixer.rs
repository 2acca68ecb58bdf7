//! Of the mixer.

use studio_wire::ids::SourceId;
use studio_wire::mixer::{
    Band, BandShape, Compressor, Ducking, Eq, Gate, Heard, Limiter, Loudness, MeterView, Mix, MixerView,
    MonitorBus, ProgramBus, SoundView, Strip, StripPart, StripView, TalkTo, VoiceCare,
};
use studio_wire::rtc::TrackKind;

use super::who;

pub fn parts() -> Vec<StripPart> {
    let shapes = every!(BandShape:
        BandShape::LowCut => BandShape::LowCut;
        BandShape::LowShelf => BandShape::LowShelf;
        BandShape::Bell => BandShape::Bell;
        BandShape::HighShelf => BandShape::HighShelf;
        BandShape::HighCut => BandShape::HighCut;
    );
    let mut eq = Eq { on: true, ..Eq::default() };
    for (band, shape) in eq.bands.iter_mut().zip(shapes) {
        *band = Band { on: true, shape, hz: 250.0, db: -3.5, q: 1.5 };
    }
    every!(StripPart:
        StripPart::Care(_) => StripPart::Care(VoiceCare { echo: true, noise: true, gain: false });
        StripPart::Gate(_) => StripPart::Gate(Gate { on: true, ..Gate::default() });
        StripPart::Eq(_) => StripPart::Eq(eq);
        StripPart::Compressor(_) => StripPart::Compressor(Compressor { on: true, ..Compressor::default() });
        StripPart::Limiter(_) => StripPart::Limiter(Limiter { on: true, ..Limiter::default() });
        StripPart::Delay(_) => StripPart::Delay(40.5);
        StripPart::Pan(_) => StripPart::Pan(-0.25);
        StripPart::Gain(_) => StripPart::Gain(-6.5);
        StripPart::Mute(_) => StripPart::Mute(true);
        StripPart::Solo(_) => StripPart::Solo(true);
    )
}

/// No part is as it is at first.
pub fn strip() -> Strip {
    let mut strip = Strip::default();
    for part in parts() {
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
    strip
}

pub fn strip_view() -> StripView {
    let heard = Heard { program: true, monitor: false, stage: true, backstage: false };
    let (kind, source) = (TrackKind::Microphone, SourceId(17));
    StripView { person: who(), kind, source, strip: strip(), heard }
}

pub fn mixer() -> MixerView {
    let plain = StripView { kind: TrackKind::ScreenSound, strip: Strip::default(), ..strip_view() };
    MixerView { strips: vec![strip_view(), plain], program: bus() }
}

pub fn bus() -> ProgramBus {
    let ducking = Ducking { on: true, ..Ducking::default() };
    ProgramBus { gain_db: -1.5, ceiling_db: -1.0, ducking }
}

pub fn mix() -> Mix {
    Mix {
        strips: vec![(SourceId(17), strip())],
        music: vec![SourceId(2)],
        program: bus(),
        monitor: MonitorBus { gain_db: -9.0, dim: true },
        talk: true,
        on_air: true,
    }
}

pub fn sound() -> SoundView {
    SoundView {
        monitor: MonitorBus::default(),
        push_to_talk: true,
        pressed: true,
        talk: Some(TalkTo::Person(who())),
        ignore_muted: false,
        listening: true,
    }
}

pub fn meter() -> MeterView {
    MeterView { peak: [-16.5, -120.0], rms: [-22.0, -120.0], clips: 2, reduced_db: -3.5 }
}

pub fn loudness() -> Loudness {
    Loudness { momentary: -15.5, short: -16.5, integrated: -16.0, range: 4.5, true_peak: -1.5 }
}
