//! Bass to treble: five bands of second order, with the curves of the *Audio EQ Cookbook* (R. Bristow-Johnson). **A band
//! that changes nothing costs nothing and changes no bit; a change of a band is a line through one block, and safe at any
//! speed; a band that comes on is heard a block later.**
//!
//! Each band is a state-variable filter with trapezoidal integrators (A. Simper): it has the cookbook's curve, and its two
//! states stand for energy, which no setting can raise. So figures half way between two settings are a filter as stable
//! as both, which is not so for the usual form. Counted in f64: bass needs it.

use std::f64::consts::PI;
use std::ops::{Add, Mul, Sub};

use studio_wire::mixer::{self, Band, BandShape};

use super::part::Work;
use crate::audio::units::within;
use crate::audio::{Block, FRAMES, RATE};

/// Bands.
const BANDS: usize = 5;
/// A state below −300 dBFS is none: numbers that become ever smaller cost time.
const NOTHING: f64 = 1e-15;

/// One band: three figures from which its states follow, three with which it is heard. See [`step`].
type Figures = [f64; 6];

/// The states of one band.
type States = [Both; 2];

/// One number for each side, which are counted with at once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Both([f64; 2]);

#[derive(Clone, Copy, Debug)]
struct Filter {
    now: Figures,
    to: Figures,
    states: States,
}

/// An equaliser.
#[derive(Debug)]
pub struct Eq {
    filters: [Filter; BANDS],
}

impl Default for Eq {
    fn default() -> Self {
        let figures = mixer::Eq::default().bands.map(|band| figures(&band));
        Self { filters: figures.map(|now| Filter { now, to: now, states: States::default() }) }
    }
}

impl Eq {
    /// Works by these settings from the next block on.
    pub fn set(&mut self, settings: &mixer::Eq) {
        for (filter, band) in self.filters.iter_mut().zip(&settings.bands) {
            filter.to = figures(band);
            if is_flat(&filter.now) {
                // Nothing of it is heard yet: it is tuned at once, and only fades in.
                filter.now = flat(filter.to);
            }
        }
    }
}

impl Work for Eq {
    fn reset(&mut self) {
        for filter in &mut self.filters {
            (filter.now, filter.states) = (filter.to, States::default());
        }
    }

    fn work(&mut self, block: &mut Block) {
        let mut busy = self.filters;
        let mut places = [0; BANDS];
        let mut count = 0;
        for (place, filter) in self.filters.iter_mut().enumerate() {
            if is_flat(&filter.now) && is_flat(&filter.to) {
                (filter.now, filter.states) = (filter.to, States::default());
                continue;
            }
            let mut next = *filter;
            if is_flat(&filter.now) && filter.states == States::default() {
                // It has to hear one block before it is heard: begun in the middle of a sound, it rings.
                next.to = filter.now;
            }
            filter.now = next.to;
            (busy[count], places[count]) = (next, place);
            count += 1;
        }
        // A loop of its own for each count: what is known beforehand stays in registers.
        match count {
            0 => {}
            1 => pass::<1>(&mut busy, block),
            2 => pass::<2>(&mut busy, block),
            3 => pass::<3>(&mut busy, block),
            4 => pass::<4>(&mut busy, block),
            _ => pass::<5>(&mut busy, block),
        }
        for (place, worked) in places.into_iter().zip(&busy).take(count) {
            self.filters[place].states = worked.states.map(settled);
        }
    }
}

/// A block through the first so many filters.
fn pass<const N: usize>(filters: &mut [Filter; BANDS], block: &mut Block) {
    let now = std::array::from_fn::<_, N, _>(|n| filters[n].now);
    let states = std::array::from_fn::<_, N, _>(|n| filters[n].states);
    let states = if filters[..N].iter().all(|filter| filter.now == filter.to) {
        turn::<N, false>(now, [[0.0; 6]; N], states, block)
    } else {
        let steps = std::array::from_fn(|n| {
            std::array::from_fn(|f| (filters[n].to[f] - filters[n].now[f]) / FRAMES as f64)
        });
        turn::<N, true>(now, steps, states, block)
    };
    for (filter, states) in filters.iter_mut().zip(states) {
        filter.states = states;
    }
}

/// Band after band for each pair, so that one band's sum is worked out while another's waits.
fn turn<const N: usize, const MOVES: bool>(
    mut figures: [Figures; N],
    steps: [Figures; N],
    mut states: [States; N],
    block: &mut Block,
) -> [States; N] {
    for pair in block.as_chunks_mut::<2>().0 {
        let mut sound = Both(pair.map(f64::from));
        for n in 0..N {
            if MOVES {
                for (figure, step) in figures[n].iter_mut().zip(steps[n]) {
                    *figure += step;
                }
            }
            (states[n], sound) = step(figures[n], states[n], sound);
        }
        *pair = sound.0.map(|side| side as f32);
    }
    states
}

/// The states that follow, and what is heard.
#[inline(always)]
fn step([a, b, c, first, second, direct]: Figures, [p, q]: States, sound: Both) -> (States, Both) {
    let new = sound - q;
    ([a * p + b * new, q + (b * p + c * new)], direct * sound + (first * p + second * q))
}

impl Add for Both {
    type Output = Self;

    #[inline(always)]
    fn add(self, Self([left, right]): Self) -> Self {
        Self([self.0[0] + left, self.0[1] + right])
    }
}

impl Sub for Both {
    type Output = Self;

    #[inline(always)]
    fn sub(self, Self([left, right]): Self) -> Self {
        Self([self.0[0] - left, self.0[1] - right])
    }
}

impl Mul<Both> for f64 {
    type Output = Both;

    #[inline(always)]
    fn mul(self, Both([left, right]): Both) -> Both {
        Both([self * left, self * right])
    }
}

fn settled(Both(state): Both) -> Both {
    Both(state.map(|side| if side.abs() < NOTHING { 0.0 } else { side }))
}

fn is_flat(figures: &Figures) -> bool {
    figures[3..] == [0.0, 0.0, 1.0]
}

/// The same states, nothing of which is heard.
fn flat([a, b, c, ..]: Figures) -> Figures {
    [a, b, c, 0.0, 0.0, 1.0]
}

/// A band's figures.
fn figures(band: &Band) -> Figures {
    let hz = f64::from(within(band.hz, 20.0..=20_000.0, 1_000.0));
    let q = f64::from(within(band.q, 0.1..=10.0, std::f32::consts::FRAC_1_SQRT_2));
    let db = f64::from(within(band.db, -18.0..=18.0, 0.0));
    let (lift, tuned) = (10f64.powf(db / 40.0), (PI * hz / f64::from(RATE)).tan());
    // g and k of the filter, and how much is heard of its input, its band and its low output.
    let (g, k, [input, band_out, low]) = match band.shape {
        BandShape::LowCut => (tuned, 1.0 / q, [1.0, -1.0 / q, -1.0]),
        BandShape::LowShelf => (tuned / lift.sqrt(), 1.0 / q, [1.0, (lift - 1.0) / q, lift * lift - 1.0]),
        BandShape::Bell => {
            let k = 1.0 / (q * lift);
            (tuned, k, [1.0, k * (lift * lift - 1.0), 0.0])
        }
        BandShape::HighShelf => {
            let square = lift * lift;
            (tuned * lift.sqrt(), 1.0 / q, [square, (1.0 - lift) * lift / q, 1.0 - square])
        }
        BandShape::HighCut => (tuned, 1.0 / q, [0.0, 0.0, 1.0]),
    };
    let a1 = 1.0 / (1.0 + g * (g + k));
    let (a2, a3) = (g * a1, g * g * a1);
    let figures = [
        2.0 * a1 - 1.0,
        2.0 * a2,
        2.0 * a3,
        band_out * a1 + low * a2,
        low * (1.0 - a3) - band_out * a2,
        input + band_out * a2 + low * a3,
    ];
    if band.on { figures } else { flat(figures) }
}

#[cfg(test)]
mod tests;
