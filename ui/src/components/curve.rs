//! What an equalizer does to each pitch, drawn: the "Audio EQ Cookbook" of R. Bristow-Johnson, as the mixer works.

use std::f32::consts::TAU;
use std::fmt::Write;

use studio_wire::mixer::{Band, BandShape, Eq};
use sycamore::prelude::*;

use super::Text;

const RATE: f32 = 48_000.0;
const WIDTH: f32 = 240.0;
const HEIGHT: f32 = 72.0;
const MOST_DB: f32 = 18.0;
const POINTS: u16 = 96;

/// How much louder a pitch becomes, in dB.
pub fn response(eq: &Eq, hz: f32) -> f32 {
    if !eq.on {
        return 0.0;
    }
    eq.bands.iter().filter(|band| band.on).map(|band| band_db(band, hz)).sum()
}

fn band_db(band: &Band, hz: f32) -> f32 {
    let (above, below) = coefficients(band);
    let at = TAU * hz / RATE;
    let power = |c: [f32; 3]| {
        let real = c[0] + c[1] * at.cos() + c[2] * (2.0 * at).cos();
        let imaginary = c[1] * at.sin() + c[2] * (2.0 * at).sin();
        real * real + imaginary * imaginary
    };
    10.0 * (power(above) / power(below)).max(1e-9).log10()
}

/// Numerator and denominator of a band's filter.
fn coefficients(band: &Band) -> ([f32; 3], [f32; 3]) {
    let hz = band.hz.clamp(20.0, 20_000.0);
    let (sin, cos) = (TAU * hz / RATE).sin_cos();
    let alpha = sin / (2.0 * band.q.clamp(0.1, 10.0));
    let a = 10_f32.powf(band.db.clamp(-MOST_DB, MOST_DB) / 40.0);
    let shelf = |side: f32| {
        let (up, down, root) = (a + 1.0, a - 1.0, 2.0 * a.sqrt() * alpha);
        let above = [
            a * (up - side * down * cos + root),
            side * 2.0 * a * (down - side * up * cos),
            a * (up - side * down * cos - root),
        ];
        let below = [
            up + side * down * cos + root,
            side * -2.0 * (down + side * up * cos),
            up + side * down * cos - root,
        ];
        (above, below)
    };
    let cut = |side: f32| {
        let one = 1.0 + side * cos;
        ([one / 2.0, -side * one, one / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    };
    match band.shape {
        BandShape::LowCut => cut(1.0),
        BandShape::HighCut => cut(-1.0),
        BandShape::LowShelf => shelf(1.0),
        BandShape::HighShelf => shelf(-1.0),
        BandShape::Bell => {
            ([1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a])
        }
    }
}

/// The curve as an SVG path, from 20 Hz to 20 kHz, ±18 dB.
pub fn path(eq: &Eq) -> String {
    let mut path = String::new();
    for point in 0..=POINTS {
        let share = f32::from(point) / f32::from(POINTS);
        let db = response(eq, 20.0 * 1_000_f32.powf(share)).clamp(-MOST_DB, MOST_DB);
        let (x, y) = (share * WIDTH, HEIGHT / 2.0 * (1.0 - db / MOST_DB));
        // Writing into a text cannot fail.
        let _ = write!(path, "{}{x:.1} {y:.1}", if point == 0 { "M" } else { "L" });
    }
    path
}

/// The curve, with its middle line.
#[component(inline_props)]
pub fn Curve(path: Text, label: String) -> View {
    let (frame, middle) = (format!("0 0 {WIDTH} {HEIGHT}"), format!("M0 {0}L{WIDTH} {0}", HEIGHT / 2.0));
    view! {
        div(class="curve", role="img", aria-label=label, data-test="curve") {
            svg(viewBox=frame, preserveAspectRatio="none", aria-hidden="true") {
                path(class="curve-middle", d=middle)
                path(class="curve-line", d=path)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(shape: BandShape, hz: f32, db: f32, q: f32) -> Eq {
        let off = Band { on: false, ..Band::default() };
        Eq { on: true, bands: [Band { on: true, shape, hz, db, q }, off, off, off, off] }
    }

    fn near(eq: &Eq, hz: f32, db: f32) {
        let found = response(eq, hz);
        assert!((found - db).abs() < 0.15, "{hz} Hz: {found} instead of {db} dB");
    }

    #[test]
    fn each_shape_does_at_its_pitch_what_the_cookbook_says() {
        let half = std::f32::consts::FRAC_1_SQRT_2;
        let bell = only(BandShape::Bell, 1_000.0, 6.0, 2.0);
        near(&bell, 1_000.0, 6.0);
        near(&bell, 50.0, 0.0);
        let low = only(BandShape::LowShelf, 200.0, -9.0, half);
        near(&low, 20.0, -9.0);
        near(&low, 200.0, -4.5);
        near(&low, 10_000.0, 0.0);
        let high = only(BandShape::HighShelf, 4_000.0, 12.0, half);
        near(&high, 4_000.0, 6.0);
        near(&high, 19_000.0, 12.0);
        near(&high, 100.0, 0.0);
        let cut = only(BandShape::LowCut, 80.0, 0.0, half);
        near(&cut, 80.0, -3.01);
        near(&cut, 20.0, -24.1);
        near(&cut, 2_000.0, 0.0);
        let cut = only(BandShape::HighCut, 5_000.0, 0.0, half);
        near(&cut, 5_000.0, -3.01);
        near(&cut, 100.0, 0.0);
        assert!(response(&cut, 15_000.0) < -20.0);
    }

    #[test]
    fn bands_add_up_and_what_is_off_does_nothing() {
        let mut eq = only(BandShape::Bell, 1_000.0, 6.0, 1.0);
        eq.bands[1] = Band { on: true, ..eq.bands[0] };
        near(&eq, 1_000.0, 12.0);
        eq.bands[0].on = false;
        near(&eq, 1_000.0, 6.0);
        assert_eq!(response(&Eq { on: false, ..eq }, 1_000.0), 0.0);
    }

    #[test]
    fn a_flat_curve_is_a_line_through_the_middle() {
        let flat = path(&Eq::default());
        let (starts, ends) = ("M0.0 36.0L", "240.0 36.0");
        assert!(flat.starts_with(starts) && flat.ends_with(ends), "{flat}");
        let lifted = path(&only(BandShape::Bell, 632.5, 18.0, 1.0));
        assert!(lifted.contains("120.0 0.0"), "{lifted}");
    }
}
