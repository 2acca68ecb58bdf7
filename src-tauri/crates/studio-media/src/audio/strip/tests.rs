use proptest::prelude::*;
use studio_wire::mixer::{Band, BandShape, Compressor, Eq, Gate, Limiter};

use super::*;
use crate::audio::SILENCE;
use crate::audio::probe::{crest, highest, level_at, noise, sharpest, sine, through};

/// Every part is on and does something.
fn busy() -> Strip {
    let mut strip = Strip { delay_ms: 20.0, pan: 0.3, ..Strip::default() };
    (strip.gate.on, strip.eq.on, strip.compressor.on, strip.limiter.on) = (true, true, true, true);
    for (band, db) in strip.eq.bands.iter_mut().zip([0.0, 6.0, -6.0, 6.0, -6.0]) {
        (band.on, band.db) = (true, db);
    }
    strip
}

/// A block on its whole way.
fn whole(chain: &mut Chain, block: &mut Block) {
    chain.run(block);
    chain.place(block);
}

fn random(seed: u64, samples: usize) -> Vec<f32> {
    let mut random = noise(seed);
    (0..samples).map(|_| random()).collect()
}

#[test]
fn a_chain_that_is_off_changes_no_bit() {
    let sound = random(1, 9_600);
    let mut chain = Chain::default();
    assert_eq!(through(&sound, |block| chain.run(block)), sound);
    chain.set(&Strip { gain_db: -20.0, mute: true, solo: true, ..Strip::default() });
    assert_eq!(through(&sound, |block| chain.run(block)), sound, "these are the mixer's");
    assert_eq!(chain.latency(), 0);
}

#[test]
fn parts_that_were_on_leave_no_trace() {
    let mut chain = Chain::new(&busy());
    through(&random(2, 96_000), |block| whole(&mut chain, block));
    assert_eq!(chain.latency(), 240 + 960);
    chain.set(&Strip::default());
    through(&random(3, 2 * 960), |block| whole(&mut chain, block));
    let sound = random(4, 9_600);
    assert_eq!(through(&sound, |block| whole(&mut chain, block)), sound);
}

#[test]
fn the_compressor_works_before_the_limiter_and_the_equaliser_before_both() {
    let mut strip = Strip {
        limiter: Limiter { on: true, ceiling_db: -10.0, release_ms: 80.0 },
        compressor: Compressor { on: true, threshold_db: 0.0, makeup_db: 24.0, ..Compressor::default() },
        ..Strip::default()
    };
    strip.eq.on = true;
    strip.eq.bands[2] = Band { on: true, shape: BandShape::Bell, hz: 1_000.0, db: 18.0, q: 1.0 };
    let mut chain = Chain::new(&strip);
    let out = through(&sine(1_000.0, 0.1, 1.0), |block| chain.run(block));
    assert!((level_at(&out[48_000..], 1_000.0) - 0.316).abs() < 0.003, "lifted by 42 dB, and held");
    assert!(highest(&out) <= 0.316_228);
}

/// One strip's settings, reasonable or not.
fn strips() -> impl Strategy<Value = Strip> {
    let figure = || {
        prop_oneof![
            6 => -100f32..100.0, 2 => 0f32..1.0, 1 => -1e9f32..1e9,
            1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1e-40]),
        ]
    };
    let shape = prop::sample::select(vec![
        BandShape::LowCut,
        BandShape::LowShelf,
        BandShape::Bell,
        BandShape::HighShelf,
        BandShape::HighCut,
    ]);
    let band = (any::<bool>(), shape, prop_oneof![10f32..30_000.0, figure()], figure(), figure())
        .prop_map(|(on, shape, hz, db, q)| Band { on, shape, hz, db, q });
    let figures = || prop::array::uniform8(figure());
    (any::<[bool; 4]>(), prop::array::uniform5(band), figures(), figures(), figures()).prop_map(
        |(on, bands, gate, compressor, rest)| Strip {
            gate: Gate {
                on: on[0],
                open_db: gate[0],
                shut_db: gate[1],
                attack_ms: gate[2],
                hold_ms: gate[3],
                release_ms: gate[4],
                floor_db: gate[5],
            },
            eq: Eq { on: on[1], bands },
            compressor: Compressor {
                on: on[2],
                threshold_db: compressor[0],
                ratio: compressor[1],
                knee_db: compressor[2],
                attack_ms: compressor[3],
                release_ms: compressor[4],
                makeup_db: compressor[5],
            },
            limiter: Limiter { on: on[3], ceiling_db: rest[0], release_ms: rest[1] },
            delay_ms: rest[2],
            pan: rest[3],
            ..Strip::default()
        },
    )
}

proptest! {
    #[test]
    fn whatever_comes_in_and_is_set_what_goes_out_is_finite_and_bounded(
        strips in prop::collection::vec(strips(), 1..6), seed in any::<u64>(),
        levels in prop::collection::vec(prop_oneof![
            Just(1f32), Just(0.0), Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(1e38), Just(1e-42),
        ], 12),
    ) {
        let mut random = noise(seed);
        let mut chain = Chain::new(&strips[0]);
        for strip in &strips {
            chain.set(strip);
            for level in &levels {
                // Noise, a constant, or one wrong sample now and then.
                let steady = random() > 0.0;
                let mut block = SILENCE;
                for sample in &mut block {
                    *sample = if steady || random() > 0.9 { *level } else { random() };
                }
                whole(&mut chain, &mut block);
                prop_assert!(block.iter().all(|sample| sample.abs() <= LOUDEST), "{strip:?}");
            }
        }
        // And it recovers: no state is poisoned.
        chain.set(&Strip::default());
        let sound: Vec<f32> = (0..9_600).map(|_| random()).collect();
        prop_assert_eq!(&through(&sound, |block| whole(&mut chain, block))[1_920..], &sound[1_920..]);
    }

    #[test]
    fn no_change_of_any_setting_clicks(strips in prop::collection::vec(strips(), 2..5)) {
        // Slow parts: a gate that opens within 0.1 ms is a step because somebody wished it.
        let calm = |mut strip: Strip| {
            strip.gate.attack_ms = 20.0 + strip.gate.attack_ms.abs();
            strip.gate.release_ms = 20.0 + strip.gate.release_ms.abs();
            strip.compressor.attack_ms = 20.0 + strip.compressor.attack_ms.abs();
            strip.compressor.release_ms = 50.0 + strip.compressor.release_ms.abs();
            strip.compressor.makeup_db = 0.0;
            strip.eq.bands.iter_mut().for_each(|band| (band.db, band.q) = (-band.db.abs(), 0.7));
            strip
        };
        let tone = crest(100.0, 0.25, 0.2);
        let mut chain = Chain::new(&calm(strips[0]));
        // The sound itself begins softly: a delay would bring its beginning in later.
        let mut begin = tone.clone();
        begin.iter_mut().take(960).enumerate().for_each(|(n, sample)| *sample *= n as f32 / 960.0);
        let mut before = through(&begin, |block| whole(&mut chain, block));
        for strip in &strips[1..] {
            chain.set(&calm(*strip));
            let out = through(&tone, |block| whole(&mut chain, block));
            let sharp = sharpest(&before, &out);
            before = out;
            prop_assert!(sharp < 0.01, "{sharp}: {strip:?}");
        }
    }
}

#[test]
fn settings_turned_at_every_block_stay_without_clicks() {
    let mut chain = Chain::new(&busy());
    let tone = crest(200.0, 0.25, 1.0);
    let before = through(&tone, |block| whole(&mut chain, block));
    let mut n = 0;
    let out = through(&tone, |block| {
        n += 1;
        let mut strip = busy();
        strip.eq.bands[2] =
            Band { db: 9.0 * (n as f32 * 0.3).sin(), hz: 100.0 + 30.0 * n as f32, ..strip.eq.bands[2] };
        strip.compressor.threshold_db = -30.0 + 10.0 * (n as f32 * 0.7).cos();
        strip.limiter.ceiling_db = -12.0 + 6.0 * (n as f32 * 0.5).sin();
        strip.delay_ms = 20.0 + (n / 10) as f32;
        strip.pan = (n as f32 * 0.4).sin();
        chain.set(&strip);
        whole(&mut chain, block);
    });
    assert!(sharpest(&before, &out) < 0.01, "{}", sharpest(&before, &out));
}

#[test]
fn what_a_strip_turns_down_can_be_read() {
    let mut strip = Strip {
        compressor: Compressor {
            on: true,
            threshold_db: -26.0,
            ratio: 2.0,
            knee_db: 0.0,
            ..Compressor::default()
        },
        ..Strip::default()
    };
    let reduced = |strip: &Strip, level: f64| {
        let mut chain = Chain::new(strip);
        through(&sine(1_000.0, level, 1.0), |block| chain.run(block));
        chain.reduced_db()
    };
    let half = reduced(&strip, 0.501_187);
    assert!((half + 10.0).abs() < 0.5, "20 dB over, at 2 to 1: {half} dB");
    strip.compressor.makeup_db = 12.0;
    assert_eq!(reduced(&strip, 0.501_187), half, "what makes up for it does not count");
    strip.compressor.on = false;
    assert_eq!(reduced(&strip, 0.501_187), 0.0);
    strip.limiter = Limiter { on: true, ceiling_db: -12.0, release_ms: 200.0 };
    assert!((reduced(&strip, 0.501_187) + 6.0).abs() < 0.1, "{}", reduced(&strip, 0.501_187));
    strip.gate = Gate { on: true, open_db: -10.0, shut_db: -10.0, floor_db: -30.0, ..Gate::default() };
    assert!((reduced(&strip, 0.1) + 30.0).abs() < 0.1, "a shut gate: {}", reduced(&strip, 0.1));
}
