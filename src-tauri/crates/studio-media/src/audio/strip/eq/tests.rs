use std::f64::consts::TAU;

use super::*;
use crate::audio::probe::{crest, db, highest, level_at, noise, sharpest, sine, sound, through};

fn band(shape: BandShape, hz: f32, db: f32, q: f32) -> Band {
    Band { on: true, shape, hz, db, q }
}

fn eq(bands: &[Band]) -> Eq {
    let mut settings = mixer::Eq { on: true, ..mixer::Eq::default() };
    settings.bands.iter_mut().for_each(|band| band.on = false);
    settings.bands[..bands.len()].copy_from_slice(bands);
    let mut eq = Eq::default();
    eq.set(&settings);
    eq.reset();
    eq
}

/// The curve of the cookbook, straight from its coefficients, in dB.
fn cookbook(band: &Band, at: f64) -> f64 {
    let (q, lift) = (f64::from(band.q), 10f64.powf(f64::from(band.db) / 40.0));
    let turn = TAU * f64::from(band.hz) / 48_000.0;
    let (sin, cos) = turn.sin_cos();
    let alpha = sin / (2.0 * q);
    let root = 2.0 * lift.sqrt() * alpha;
    let (b, a) = match band.shape {
        BandShape::LowCut => {
            ([(1.0 + cos) / 2.0, -(1.0 + cos), (1.0 + cos) / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
        }
        BandShape::HighCut => {
            ([(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
        }
        BandShape::Bell => (
            [1.0 + alpha * lift, -2.0 * cos, 1.0 - alpha * lift],
            [1.0 + alpha / lift, -2.0 * cos, 1.0 - alpha / lift],
        ),
        BandShape::LowShelf => (
            [
                lift * ((lift + 1.0) - (lift - 1.0) * cos + root),
                2.0 * lift * ((lift - 1.0) - (lift + 1.0) * cos),
                lift * ((lift + 1.0) - (lift - 1.0) * cos - root),
            ],
            [
                (lift + 1.0) + (lift - 1.0) * cos + root,
                -2.0 * ((lift - 1.0) + (lift + 1.0) * cos),
                (lift + 1.0) + (lift - 1.0) * cos - root,
            ],
        ),
        BandShape::HighShelf => (
            [
                lift * ((lift + 1.0) + (lift - 1.0) * cos + root),
                -2.0 * lift * ((lift - 1.0) + (lift + 1.0) * cos),
                lift * ((lift + 1.0) + (lift - 1.0) * cos - root),
            ],
            [
                (lift + 1.0) - (lift - 1.0) * cos + root,
                2.0 * ((lift - 1.0) - (lift + 1.0) * cos),
                (lift + 1.0) - (lift - 1.0) * cos - root,
            ],
        ),
    };
    let size = |c: [f64; 3]| {
        let turn = TAU * at / 48_000.0;
        let real = c[0] + c[1] * turn.cos() + c[2] * (2.0 * turn).cos();
        (real).hypot(c[1] * turn.sin() + c[2] * (2.0 * turn).sin())
    };
    db(size(b) / size(a))
}

/// Forty pitches from 20 Hz to 20 kHz, evenly on the ear's scale.
fn pitches() -> impl Iterator<Item = f64> {
    (0..40).map(|n| 20.0 * 1_000f64.powf(f64::from(n) / 39.0))
}

/// What the response to one loud sample says about a pitch, in dB.
fn curve(response: &[f32], at: f64) -> f64 {
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (n, pair) in response.chunks_exact(2).enumerate() {
        let turn = TAU * at * n as f64 / 48_000.0;
        real += f64::from(pair[0]) * turn.cos();
        imaginary += f64::from(pair[0]) * turn.sin();
    }
    db(real.hypot(imaginary))
}

fn response(eq: &mut Eq) -> Vec<f32> {
    through(&sound(1.5, |n| if n == 0 { 1.0 } else { 0.0 }), |block| eq.work(block))
}

#[test]
fn each_shape_has_the_cookbooks_curve() {
    use BandShape::*;
    let mut worst = 0f64;
    for shape in [LowCut, LowShelf, Bell, HighShelf, HighCut] {
        for (hz, db, q) in [
            (20.0, 18.0, 2.0),
            (80.0, -12.0, 0.707),
            (500.0, 6.0, 0.1),
            (3_000.0, -18.0, 10.0),
            (8_000.0, 18.0, 0.707),
            (20_000.0, 9.0, 1.0),
        ] {
            let band = band(shape, hz, db, q);
            let response = response(&mut eq(&[band]));
            for at in pitches() {
                let formula = cookbook(&band, at);
                // Below that a sample of f32 and a response that is cut off say nothing.
                if formula > -90.0 {
                    let off = (curve(&response, at) - formula).abs();
                    worst = worst.max(off);
                    assert!(off < 0.5, "{band:?} at {at:.0} Hz: {} for {formula}", curve(&response, at));
                }
            }
        }
    }
    assert!(worst < 0.1, "{worst}");
}

#[test]
fn five_bands_add_up() {
    use BandShape::*;
    let bands = [
        band(LowCut, 80.0, 0.0, 0.707),
        band(LowShelf, 120.0, 5.0, 0.707),
        band(Bell, 500.0, -8.0, 1.5),
        band(Bell, 3_000.0, 4.0, 3.0),
        band(HighShelf, 8_000.0, -6.0, 0.707),
    ];
    let response = response(&mut eq(&bands));
    for at in pitches() {
        let formula: f64 = bands.iter().map(|band| cookbook(band, at)).sum();
        assert!((curve(&response, at) - formula).abs() < 0.5, "{at}");
    }
}

#[test]
fn a_sweep_of_tones_follows_the_curve_on_both_sides() {
    let bell = band(BandShape::Bell, 1_000.0, 12.0, 1.0);
    for at in [100.0, 500.0, 1_000.0, 4_000.0, 15_000.0] {
        let mut eq = eq(&[bell]);
        let mut out = through(&sine(at, 0.1, 0.5), |block| eq.work(block));
        assert!(out.chunks_exact(2).all(|pair| pair[0] == pair[1]));
        let settled = out.split_off(out.len() / 2);
        assert!((db(level_at(&settled, at) / 0.1) - cookbook(&bell, at)).abs() < 0.1, "{at}");
    }
}

#[test]
fn a_band_that_is_off_or_flat_changes_no_bit() {
    use BandShape::*;
    let mut bands = [Bell, LowShelf, HighShelf, LowCut, HighCut].map(|shape| band(shape, 700.0, 0.0, 0.7));
    (bands[3].on, bands[4].on) = (false, false);
    let mut random = noise(1);
    let sound: Vec<f32> = (0..9_600).map(|_| random()).collect();
    let mut eq = eq(&bands);
    assert_eq!(through(&sound, |block| eq.work(block)), sound);
}

#[test]
fn any_change_of_a_band_is_a_line_and_never_a_click() {
    use BandShape::*;
    let shapes = [LowCut, LowShelf, Bell, HighShelf, HighCut];
    let sound = crest(100.0, 0.5, 0.05);
    for (n, (from, to)) in
        shapes.iter().flat_map(|from| shapes.iter().map(move |to| (*from, *to))).enumerate()
    {
        for (one, other) in [(-18.0, 18.0), (0.0, 18.0), (18.0, 0.0)] {
            let mut eq = eq(&[band(from, 50.0 + 400.0 * (n % 5) as f32, one, 0.7)]);
            let mut settings = mixer::Eq { on: true, ..mixer::Eq::default() };
            settings.bands.iter_mut().for_each(|band| band.on = false);
            settings.bands[0] = band(to, 5_000.0 / (1 + n % 7) as f32, other, 2.0);
            let before = through(&crest(100.0, 0.5, 1.0), |block| eq.work(block));
            eq.set(&settings);
            let out = through(&sound, |block| eq.work(block));
            // A line from one extreme to the other bends by half of that; a step by a hundredth of the sound is sharper.
            let most = 4.0 * highest(&before).max(highest(&out)) / FRAMES as f32;
            let sharp = sharpest(&before, &out);
            assert!(sharp < most, "{from:?} to {to:?}, {one} to {other}: {sharp} of {most}");
        }
    }
}

#[test]
fn a_band_that_is_turned_without_end_stays_bounded() {
    let mut random = noise(7);
    let mut eq = eq(&[]);
    let mut settings = mixer::Eq { on: true, ..mixer::Eq::default() };
    let shapes =
        [BandShape::LowCut, BandShape::LowShelf, BandShape::Bell, BandShape::HighShelf, BandShape::HighCut];
    let mut loudest = 0f32;
    for _ in 0..2_000 {
        for band in &mut settings.bands[..1] {
            band.on = random() > -0.8;
            band.shape = shapes[((random() + 1.0) * 2.49) as usize];
            band.hz = 20.0 * 1_000f32.powf((random() + 1.0) / 2.0);
            band.db = 18.0 * random();
            band.q = 10f32.powf(random());
        }
        eq.set(&settings);
        let mut block: Block = std::array::from_fn(|_| random());
        eq.work(&mut block);
        loudest = loudest.max(highest(&block));
    }
    assert!(loudest.is_finite() && loudest < 100.0, "{loudest}");
}

#[test]
fn after_silence_no_state_is_left_to_cost_time() {
    let mut eq = eq(&[band(BandShape::Bell, 20.0, 18.0, 10.0), band(BandShape::LowShelf, 30.0, 9.0, 1.0)]);
    through(&sine(20.0, 1.0, 1.0), |block| eq.work(block));
    assert!(eq.filters[0].states != States::default());
    through(&vec![0.0; 960 * 2_000], |block| eq.work(block));
    assert!(eq.filters.iter().all(|filter| filter.states == States::default()), "{:?}", eq.filters[0].states);
}
