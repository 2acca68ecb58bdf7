//! The parts of the mixer at their places.

use studio_wire::mixer::{Band, Compressor, Ducking, Eq, Gate, VoiceCare};

use super::*;
use crate::synthetic::hearing::amplitude;

const MUSIC: (SourceId, LaneId, usize) = (SourceId(20), LaneId(40), 700);
const SPEECH: (SourceId, LaneId, usize) = (SourceId(21), LaneId(41), 1_300);

fn two(mixer: &mut Mixer) -> Guests {
    let all = [MUSIC, SPEECH];
    let mut guests = Guests(all.map(|(_, lane, hz)| (lane, pitch(0.1, hz))).into());
    mixer.wire(&all.map(|(source, lane, _)| wiring(source, Feed::CrewSound(lane), true)), &mut guests);
    guests
}

/// How loud a pitch is in the last tenth of a second, by what comes in, in dB.
fn loud(bus: &[f32], hz: usize) -> f64 {
    20.0 * (amplitude(&bus[bus.len() - 9_600..], hz as f64) / 0.1).max(1e-6).log10()
}

// S-163
#[test]
fn music_steps_back_while_another_voice_of_the_program_speaks_and_only_then() {
    let mut mixer = Mixer::default();
    let mut guests = two(&mut mixer);
    mixer.monitor(&Monitor { program: false, voices: vec![MUSIC.0] });
    let ducking = Ducking { on: true, by_db: 12.0, ..Ducking::default() };
    let program = ProgramBus { ducking, ..ProgramBus::default() };
    mixer.set(Mix { music: vec![MUSIC.0], program, ..Mix::default() });
    let music = |mixer: &mut Mixer, guests: &mut Guests| {
        let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
        let (mut program, mut monitor) = (Vec::new(), Vec::new());
        for tick in 0..150 {
            let mixed = mixer.mix(clock.at(tick), guests);
            program.extend(mixed.program);
            monitor.extend(mixed.monitor.unwrap());
        }
        [program, monitor].map(|bus| loud(&bus, MUSIC.2))
    };
    let near = |[program, monitor]: [f64; 2], due: f64| {
        assert!(
            (program - due).abs() < 0.1 && (monitor - due).abs() < 0.1,
            "{program}, {monitor}: not {due}"
        );
    };
    mixer.voices(&[MUSIC.0]);
    near(music(&mut mixer, &mut guests), 0.0);
    mixer.voices(&[MUSIC.0, SPEECH.0]);
    near(music(&mut mixer, &mut guests), -12.0);
    mixer.voices(&[MUSIC.0]);
    near(music(&mut mixer, &mut guests), 0.0);
}

#[test]
fn the_program_stays_below_its_ceiling_and_says_how_far_it_was_turned_down() {
    let mut mixer = Mixer::default();
    let mut guests = two(&mut mixer);
    mixer.voices(&[SPEECH.0]);
    mixer.set(Mix {
        program: ProgramBus { gain_db: 12.0, ceiling_db: -12.0, ..ProgramBus::default() },
        ..mix_of(&[(SPEECH.0, with_gain(6.0))])
    });
    let out = run(&mut mixer, &mut guests, 0..100);
    assert!(dbfs(highest(&out)) <= -12.0 && loud(&out, SPEECH.2) > 7.0, "{}", loud(&out, SPEECH.2));
    // −20 + 6 + 12, which is 10 dB over.
    let [program, monitor] = mixer.reduced_db();
    assert!((program + 10.1).abs() < 0.2 && monitor == 0.0, "{program}, {monitor}");
}

#[test]
fn loudness_is_counted_anew_from_when_the_show_goes_live() {
    let mut mixer = Mixer::default();
    let mut guests = two(&mut mixer);
    mixer.voices(&[SPEECH.0]);
    let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
    let mut integrated = |mixer: &mut Mixer, mix: Mix| {
        mixer.set(mix);
        let heard = (0..200).filter_map(|tick| mixer.mix(clock.at(tick), &mut guests).loudness);
        let heard: Vec<Loudness> = heard.collect();
        assert_eq!(heard.len(), 20);
        heard[19].integrated
    };
    let quiet = || mix_of(&[(SPEECH.0, with_gain(-12.0))]);
    let rehearsed = integrated(&mut mixer, Mix::default());
    let live = integrated(&mut mixer, Mix { on_air: true, ..quiet() });
    assert!((live - rehearsed + 12.0).abs() < 0.2, "{rehearsed}, then {live}");
    let on = integrated(&mut mixer, Mix { on_air: true, ..Mix::default() });
    assert!(on > live + 5.0, "and goes on while it is live: {on}");
}

#[test]
fn the_monitor_hears_only_solo_strips_and_the_program_does_not_change() {
    let mut mixer = Mixer::default();
    let mut guests = two(&mut mixer);
    mixer.voices(&[SPEECH.0, MUSIC.0]);
    let monitor = |mixer: &mut Mixer, guests: &mut Guests, solo: &[SourceId]| {
        let strip = Settings { solo: true, ..Settings::default() };
        mixer.set(mix_of(&solo.iter().map(|source| (*source, strip)).collect::<Vec<_>>()));
        let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
        let mixed: Vec<Mixed> = (0..60).map(|tick| mixer.mix(clock.at(tick), guests)).collect();
        let program: Vec<f32> = mixed.iter().flat_map(|mixed| mixed.program).collect();
        assert!(loud(&program, SPEECH.2) > -0.1 && loud(&program, MUSIC.2) > -0.1);
        let monitor: Vec<f32> = mixed.iter().flat_map(|mixed| mixed.monitor.unwrap_or(SILENCE)).collect();
        [SPEECH.2, MUSIC.2].map(|hz| loud(&monitor, hz) > -60.0)
    };
    assert_eq!(monitor(&mut mixer, &mut guests, &[]), [false, false]);
    assert_eq!(monitor(&mut mixer, &mut guests, &[MUSIC.0]), [false, true], "also who is not in the monitor");
    mixer.monitor(&Monitor { program: true, voices: Vec::new() });
    assert_eq!(monitor(&mut mixer, &mut guests, &[SPEECH.0]), [true, false]);
    mixer.monitor(&Monitor { program: false, voices: vec![MUSIC.0] });
    assert_eq!(monitor(&mut mixer, &mut guests, &[SPEECH.0]), [true, false], "nor who is");
    mixer.monitor(&Monitor { program: true, voices: Vec::new() });
    assert_eq!(monitor(&mut mixer, &mut guests, &[SourceId(99)]), [true, true], "nobody is soloed");
    assert_eq!(monitor(&mut mixer, &mut guests, &[]), [true, true]);
}

/// Everything on.
fn busy() -> Settings {
    let band = |band: Band| Band { on: true, db: 6.0, ..band };
    Settings {
        care: VoiceCare { echo: true, noise: true, gain: true },
        gate: Gate { on: true, ..Gate::default() },
        eq: Eq { on: true, bands: Eq::default().bands.map(band) },
        compressor: Compressor { on: true, makeup_db: 12.0, ..Compressor::default() },
        limiter: Limiter { on: true, ..Limiter::default() },
        delay_ms: 120.0,
        pan: 0.4,
        gain_db: 3.0,
        ..Settings::default()
    }
}

#[test]
fn a_bus_on_which_nothing_is_is_bits_of_zero_with_every_part_at_work() {
    let mut mixer = Mixer::default();
    let mut guests = two(&mut mixer);
    guests.0.clear();
    mixer.voices(&[SPEECH.0, MUSIC.0]);
    mixer.monitor(&Monitor { program: true, voices: vec![SPEECH.0] });
    let ducking = Ducking { on: true, ..Ducking::default() };
    let program = ProgramBus { gain_db: 6.0, ducking, ..ProgramBus::default() };
    let music = vec![MUSIC.0];
    mixer.set(Mix { program, music, ..mix_of(&[(SPEECH.0, busy()), (MUSIC.0, busy())]) });
    for tick in 0..200 {
        let mixed = mixer.mix(ShowTime::from_ms(10 * tick), &mut guests);
        for bus in [mixed.program, mixed.monitor.unwrap()] {
            assert!(bus.iter().all(|sample| *sample == 0.0));
        }
    }
}

/// A microphone that gives one value all the time, and is no more than that.
struct Mad(f32);

impl Sounds for Mad {
    fn take(&mut self, _: Feed, _: &mut dyn FnMut(Piece<'_>)) {}

    fn microphone(&mut self, _: ShowTime, block: &mut Block) -> bool {
        *block = [self.0; 960];
        true
    }
}

#[test]
fn whatever_a_microphone_gives_sound_leaves() {
    let own = SourceId(1);
    for strip in [Settings::default(), busy()] {
        let mut mixer = Mixer::default();
        mixer.set(mix_of(&[(own, strip)]));
        mixer.voices(&[own]);
        mixer.monitor(&Monitor { program: true, voices: vec![own] });
        for value in [f32::NAN, f32::INFINITY, -1e38, 1e-42, 0.9] {
            for (on, talk) in [(true, false), (true, true), (false, false)] {
                mixer.set(Mix { talk, ..mix_of(&[(own, strip)]) });
                mixer.wire(&[wiring(own, Feed::Microphone, on)], &mut Mad(value));
                for tick in 0..30 {
                    let mixed = mixer.mix(ShowTime::from_ms(10 * tick), &mut Mad(value));
                    let Mixed { program, monitor, microphone, talkback, .. } = mixed;
                    for bus in [Some(program), monitor, microphone, talkback].into_iter().flatten() {
                        assert!(bus.iter().all(|sample| sample.abs() <= 1.0), "{value}");
                    }
                    let meter = mixer.levels()[0].1.read();
                    assert!(meter.peak.iter().chain(&meter.rms).all(|level| level.is_finite()), "{meter:?}");
                }
            }
        }
    }
}
