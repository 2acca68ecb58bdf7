//! Who is on which bus, told by pitch.

use super::*;
use crate::synthetic::chord::PITCHES;
use crate::synthetic::hearing::amplitude;

/// Somebody on stage, somebody backstage, and this machine's own tone and chord.
const STAGE: (SourceId, LaneId, usize) = (SourceId(10), LaneId(30), 1_500);
const BACKSTAGE: (SourceId, LaneId, usize) = (SourceId(11), LaneId(31), 2_300);
const CHORD: SourceId = SourceId(2);
const AT_30: f64 = 0.031_622_777;

fn everybody(mixer: &mut Mixer) -> Guests {
    let people = [STAGE, BACKSTAGE];
    let mut guests = Guests(people.map(|(_, lane, hz)| (lane, pitch(AT_30 as f32, hz))).into());
    let mut wirings = people.map(|(source, lane, _)| wiring(source, Feed::CrewSound(lane), true)).to_vec();
    wirings.push(wiring(TONE, Feed::Tone, true));
    wirings.push(wiring(CHORD, Feed::Chord, true));
    mixer.wire(&wirings, &mut guests);
    guests
}

/// A whole second of every bus, once it has settled; silence where there was no block.
fn second(mixer: &mut Mixer, guests: &mut Guests) -> [Vec<f32>; 4] {
    run(mixer, guests, 0..20);
    let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
    let mut buses: [Vec<f32>; 4] = Default::default();
    for tick in 20..120 {
        let Mixed { program, monitor, microphone, stage_media, .. } = mixer.mix(clock.at(tick), guests);
        let blocks = [Some(program), monitor, microphone, stage_media];
        for (bus, block) in buses.iter_mut().zip(blocks) {
            bus.extend(block.unwrap_or(SILENCE));
        }
    }
    buses
}

/// Stage, backstage, own tone, and the chord's pitches: which of them are in it.
fn heard(bus: &[f32]) -> [bool; 6] {
    let pitches = [STAGE.2 as u64, BACKSTAGE.2 as u64, 1_000, PITCHES[0], PITCHES[1], PITCHES[2]];
    // 60 dB below what is there; the tone sounds for a tenth of the second.
    pitches.map(|hz| amplitude(bus, hz as f64) > 3e-5)
}

const NOTHING: [bool; 6] = [false; 6];

#[test]
fn the_monitor_hears_its_voices_and_the_program_hears_none_of_them() {
    let mut mixer = Mixer::default();
    let mut guests = everybody(&mut mixer);
    mixer.voices(&[STAGE.0]);
    let [program, monitor, ..] = second(&mut mixer, &mut guests);
    assert_eq!(heard(&program), [true, false, false, false, false, false]);
    assert_eq!(heard(&monitor), NOTHING, "nobody asked for it");

    // On stage: the others' voices without the own one, and the clips.
    mixer.monitor(&Monitor { program: false, voices: vec![STAGE.0, CHORD] });
    let [program, monitor, ..] = second(&mut mixer, &mut guests);
    assert_eq!(heard(&program), [true, false, false, false, false, false]);
    assert_eq!(heard(&monitor), [true, false, false, true, true, true]);

    // Backstage: the program, and the voices there.
    mixer.monitor(&Monitor { program: true, voices: vec![BACKSTAGE.0] });
    let [program, monitor, ..] = second(&mut mixer, &mut guests);
    assert_eq!(heard(&program), [true, false, false, false, false, false]);
    assert_eq!(heard(&monitor), [true, true, false, false, false, false]);

    mixer.monitor(&Monitor::default());
    let [_, monitor, ..] = second(&mut mixer, &mut guests);
    assert_eq!(heard(&monitor), NOTHING);
}

// S-163
#[test]
fn each_bus_has_its_own_gain_and_a_strip_is_as_loud_on_both() {
    let mut mixer = Mixer::default();
    let mut guests = everybody(&mut mixer);
    mixer.voices(&[STAGE.0]);
    mixer.monitor(&Monitor { program: true, voices: vec![BACKSTAGE.0] });
    let mut mix = mix_of(&[(STAGE.0, with_gain(-6.0)), (BACKSTAGE.0, with_gain(6.0))]);
    mix.program.gain_db = -3.0;
    mix.monitor.gain_db = -10.0;
    mixer.set(mix.clone());
    let level = |bus: &[f32], hz: usize| 20.0 * (amplitude(bus, hz as f64) / AT_30).log10();
    let [program, monitor, ..] = second(&mut mixer, &mut guests);
    let is = |level: f64, due: f64| assert!((level - due).abs() < 0.05, "{level} dB, not {due}");
    is(level(&program, STAGE.2), -9.0);
    is(level(&monitor, STAGE.2), -19.0);
    is(level(&monitor, BACKSTAGE.2), -4.0);

    mix.monitor.dim = true;
    mixer.set(mix);
    let [program, monitor, ..] = second(&mut mixer, &mut guests);
    is(level(&program, STAGE.2), -9.0);
    is(level(&monitor, BACKSTAGE.2), -24.0);
}

#[test]
fn stage_media_is_the_chord_and_no_voice_whoever_is_heard() {
    let mut mixer = Mixer::default();
    let mut guests = everybody(&mut mixer);
    let all = vec![STAGE.0, BACKSTAGE.0, TONE, CHORD];
    mixer.voices(&all);
    mixer.monitor(&Monitor { program: true, voices: all });
    let [program, _, microphone, stage_media] = second(&mut mixer, &mut guests);
    assert_eq!(heard(&program), [true; 6]);
    assert_eq!(heard(&stage_media), [false, false, false, true, true, true]);
    // The click of the tone has every pitch in it: what counts is that its own is there, the others' by their level.
    assert!(amplitude(&microphone, 1_000.0) > 5e-3);
    for hz in [STAGE.2 as u64, BACKSTAGE.2 as u64, PITCHES[0], PITCHES[1], PITCHES[2]] {
        assert!(amplitude(&microphone, hz as f64) < AT_30 / 20.0, "{hz} Hz");
        let there = amplitude(&program, hz as f64);
        assert!((there / AT_30 - 1.0).abs() < 0.05, "{hz} Hz: {there}");
    }
}

#[test]
fn the_chord_goes_to_the_others_only_while_it_is_open_and_whatever_its_gain() {
    let mut mixer = Mixer::default();
    let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
    let mut open = Vec::new();
    for tick in 0..60 {
        mixer.wire(&[wiring(CHORD, Feed::Chord, (20..40).contains(&tick))], &mut ());
        let mixed = mixer.mix(clock.at(tick), &mut ());
        assert!(highest(&mixed.program) == 0.0, "no voice names it");
        assert!(mixed.microphone.is_none());
        if let Some(block) = mixed.stage_media {
            assert!(highest(&block) > 0.0);
            open.push(tick);
        }
    }
    assert_eq!(open, (20..=40).collect::<Vec<_>>(), "with one more block to fade out");
}

#[test]
fn the_program_in_the_monitor_comes_and_goes_without_a_click_and_within_its_ceiling() {
    let mut mixer = Mixer::default();
    let mut guests = Guests([(LANE, sine(0.5))].into());
    mixer.wire(&[wiring(GUEST, Feed::CrewSound(LANE), true)], &mut guests);
    mixer.voices(&[GUEST]);
    let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
    let mut out = Vec::new();
    for tick in 0..100 {
        let program = (30..60).contains(&tick);
        mixer.monitor(&Monitor { program, voices: Vec::new() });
        let mixed = mixer.mix(clock.at(tick), &mut guests);
        assert_eq!(
            mixed.monitor.is_some(),
            (30..=61).contains(&tick),
            "{tick}: one more block to fade out, one to end"
        );
        out.extend(mixed.monitor.unwrap_or(SILENCE).iter().step_by(2));
    }
    let bound = 0.5 * TAU * 1_000.0 / 48_000.0 + 0.5 / FRAMES as f32 + 1e-3;
    let steepest = out.windows(2).map(|pair: &[f32]| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest <= bound, "{steepest}, not {bound}");

    mixer.monitor(&Monitor { program: true, voices: vec![GUEST] });
    mixer.set(mix_of(&[(GUEST, with_gain(12.0))]));
    for tick in 100..130 {
        let monitor = mixer.mix(clock.at(tick), &mut guests).monitor.unwrap();
        assert!(dbfs(highest(&monitor)) < -0.09);
    }
}
