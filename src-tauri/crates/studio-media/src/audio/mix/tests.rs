mod buses;
mod doors;
mod parts;

use std::collections::HashMap;
use std::f32::consts::TAU;

use std::sync::atomic::Ordering;

use studio_wire::ids::LaneId;
use studio_wire::mixer::{Limiter, ProgramBus, Strip as Settings};

use super::*;
use crate::audio::master::LATENCY;
use crate::audio::meter::dbfs;
use crate::audio::probe::highest;
use crate::audio::{BLOCKS, FRAMES, to_i16};
use crate::clock::TickClock;

const TONE: SourceId = SourceId(1);
const GUEST: SourceId = SourceId(5);
const LANE: LaneId = LaneId(26);

/// A guest who says the same on each block.
#[derive(Default)]
struct Guests(HashMap<LaneId, Vec<i16>>);

impl Sounds for Guests {
    fn take(&mut self, feed: Feed, take: &mut dyn FnMut(Piece<'_>)) {
        let Feed::CrewSound(lane) = feed else { return };
        if let Some(block) = self.0.get(&lane) {
            let bytes: Vec<u8> = block.iter().copied().flat_map(i16::to_ne_bytes).collect();
            take(Piece { bytes: &bytes, rate: 48_000, channels: 2, sent: ShowTime(0) });
        }
    }

    fn microphone(&mut self, _: ShowTime, _: &mut Block) -> bool {
        false
    }
}

fn sine(level: f32) -> Vec<i16> {
    pitch(level, 1_000)
}

/// Whole waves of so many hundred Hz, so that the same block again goes on without a seam. A block begins at a crest: a
/// step in the gain there would be a click.
fn pitch(level: f32, hz: usize) -> Vec<i16> {
    assert!(hz.is_multiple_of(100));
    let turn = |n: usize| (hz * n % 48_000) as f32 / 48_000.0;
    (0..FRAMES).flat_map(|n| [to_i16(level * (TAU * turn(n)).cos()); 2]).collect()
}

fn wiring(source: SourceId, feed: Feed, on: bool) -> Wiring {
    Wiring { source, feed, on, cell: None, sound: None }
}

/// A mix in which these strips are set so.
fn mix_of(strips: &[(SourceId, Settings)]) -> Mix {
    Mix { strips: strips.to_vec(), ..Mix::default() }
}

fn with_gain(gain_db: f32) -> Settings {
    Settings { gain_db, ..Settings::default() }
}

fn run(mixer: &mut Mixer, guests: &mut Guests, ticks: std::ops::Range<u64>) -> Vec<f32> {
    let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
    ticks.flat_map(|tick| mixer.mix(clock.at(tick), guests).program).collect()
}

#[test]
fn a_guest_at_minus_24_dbfs_is_heard_at_minus_24_dbfs() {
    let mut guests = Guests([(LANE, sine(0.063_095_73))].into());
    let mut mixer = Mixer::default();
    mixer.wire(&[wiring(GUEST, Feed::CrewSound(LANE), true)], &mut guests);
    mixer.voices(&[GUEST]);
    let out = run(&mut mixer, &mut guests, 0..100);
    let settled = &out[20 * 960..];
    assert!((dbfs(highest(settled)) + 24.0).abs() < 0.1);
    let rms = (settled.iter().map(|sample| sample * sample).sum::<f32>() / settled.len() as f32).sqrt();
    assert!((dbfs(rms) + 27.01).abs() < 0.1, "{}", dbfs(rms));
    assert!((mixer.levels()[0].1.read().peak[0] + 24.0).abs() < 0.1, "so does its meter say");
}

#[test]
fn the_own_tone_is_heard_at_its_level_and_goes_to_the_others_only_while_open() {
    let mut mixer = Mixer::default();
    mixer.voices(&[TONE]);
    let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
    let mut open = Vec::new();
    for tick in 0..300 {
        mixer.wire(&[wiring(TONE, Feed::Tone, (100..200).contains(&tick))], &mut ());
        let mixed = mixer.mix(clock.at(tick), &mut ());
        // Past the click, within the burst.
        if tick % 100 == 5 {
            let level = dbfs(highest(&mixed.program));
            let expected = if tick == 105 { -24.0 } else { -120.0 };
            assert!((level - expected).abs() < 0.1, "{level} at {tick}");
        }
        if let Some(microphone) = mixed.microphone {
            let (sent, heard) = (&microphone[..960 - 2 * LATENCY], &mixed.program[2 * LATENCY..]);
            assert!(tick != 105 || sent == heard, "the program is 2.5 ms later");
            open.push(tick);
        }
    }
    assert_eq!(open, (100..=200).collect::<Vec<_>>(), "with one more block to fade out");
}

#[test]
fn a_change_of_gain_or_of_a_scene_makes_no_click() {
    let mut guests = Guests([(LANE, sine(0.5))].into());
    let mut mixer = Mixer::default();
    let mut out = Vec::new();
    for tick in 0..200u64 {
        let on = !(120..140).contains(&tick);
        mixer.wire(&[wiring(GUEST, Feed::CrewSound(LANE), on)], &mut ());
        match tick {
            0..40 => mixer.voices(&[GUEST]),
            40..60 => mixer.voices(&[]),
            60..100 => {
                mixer.voices(&[GUEST]);
                mixer.set(mix_of(&[(GUEST, with_gain(-12.041_2))]));
            }
            _ => mixer.set(Mix::default()),
        }
        out.extend(run(&mut mixer, &mut guests, tick..tick + 1).iter().step_by(2));
    }
    // The wave's own steepest step, and a ramp's.
    let bound = 0.5 * TAU * 1_000.0 / 48_000.0 + 0.5 / FRAMES as f32 + 1e-3;
    let steepest = out.windows(2).map(|pair: &[f32]| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest <= bound, "{steepest}, not {bound}");
    let level = |tick: usize| highest(&out[tick * FRAMES..(tick + 1) * FRAMES]);
    let levels = [30, 50, 80, 110, 130, 150].map(level);
    let right = [0.5, 0.0, 0.125, 0.5, 0.0, 0.5];
    assert!(levels.iter().zip(right).all(|(level, right)| (level - right).abs() < 1e-2), "{levels:?}");
}

#[test]
fn twenty_loud_guests_and_mad_gains_never_leave_full_scale_or_the_numbers() {
    let lanes: Vec<_> = (0..20).map(|n| LaneId(LANE.0 + n)).collect();
    let mut guests = Guests(lanes.iter().map(|lane| (*lane, sine(1.0))).collect());
    let mut mixer = Mixer::default();
    let source = |lane: &LaneId| SourceId(u32::from(lane.0));
    let wirings: Vec<_> =
        lanes.iter().map(|lane| wiring(source(lane), Feed::CrewSound(*lane), true)).collect();
    mixer.wire(&wirings, &mut guests);
    mixer.voices(&lanes.iter().map(source).collect::<Vec<_>>());
    for gain in [0.0, 1e30, f32::NAN, f32::INFINITY, -4.0, 12.0] {
        let strips: Vec<_> = lanes.iter().map(|lane| (source(lane), with_gain(gain))).collect();
        let program = ProgramBus { gain_db: gain, ..ProgramBus::default() };
        mixer.set(Mix { program, ..mix_of(&strips) });
        let out = run(&mut mixer, &mut guests, 0..20);
        let highest = highest(&out);
        assert!(out.iter().all(|sample| sample.is_finite()) && dbfs(highest) < -0.99, "{gain}: {highest}");
    }
}

#[test]
fn a_source_that_changes_hands_starts_with_nothing_of_the_one_before() {
    let mut guests = Guests([(LANE, sine(0.5))].into());
    let mut mixer = Mixer::default();
    mixer.wire(&[wiring(GUEST, Feed::CrewSound(LANE), true)], &mut guests);
    run(&mut mixer, &mut guests, 0..10);
    let next = SourceId(6);
    mixer.voices(&[next]);
    mixer.wire(&[wiring(next, Feed::CrewSound(LANE), true)], &mut guests);
    guests.0.clear();
    assert!(run(&mut mixer, &mut guests, 10..30).iter().all(|sample| *sample == 0.0));
}

#[test]
fn when_sound_came_last_can_be_read() {
    let mut guests = Guests([(LANE, sine(0.5))].into());
    let mut mixer = Mixer::default();
    mixer.wire(&[wiring(GUEST, Feed::CrewSound(LANE), false)], &mut guests);
    run(&mut mixer, &mut guests, 0..3);
    guests.0.clear();
    run(&mut mixer, &mut guests, 3..9);
    assert_eq!(mixer.levels()[0].1.heard.load(Ordering::Relaxed), ShowTime::from_ms(10_020).0);
}
