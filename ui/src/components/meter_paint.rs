//! What of a meter is painted where: two sides, the mean, the highest now, the highest of two seconds, a lamp for
//! samples at full scale, and how far the strip's processors turn down. Nothing here knows the page.

use studio_wire::mixer::MeterView;

use super::meter::{Ballistics, FLOOR, share};

/// Colours, by the names of their tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Under everything.
    Bed,
    /// Up to −20 dBFS.
    Low,
    /// Up to −9 dBFS.
    Mid,
    /// Above, and the lamp.
    Top,
    /// The line of the held peak.
    Line,
}

impl Ink {
    /// Every colour.
    pub const ALL: [Self; 5] = [Self::Bed, Self::Low, Self::Mid, Self::Top, Self::Line];

    /// The token that has it.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Bed => "--meter-bed",
            Self::Low => "--meter-low",
            Self::Mid => "--meter-mid",
            Self::Top => "--meter-top",
            Self::Line => "--text",
        }
    }
}

/// Where the colours change.
const ZONES: [(Ink, f32, f32); 3] =
    [(Ink::Low, FLOOR, -20.0), (Ink::Mid, -20.0, -9.0), (Ink::Top, -9.0, 0.0)];
const LINE: f32 = 2.0;
const LAMP: f32 = 4.0;
const GAP: f32 = 2.0;
/// What is between mean and highest.
const PALE: f32 = 0.5;

/// A place on the page, in its pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// From the start of the canvas.
    pub x: f32,
    /// From its top.
    pub y: f32,
    /// To the end.
    pub w: f32,
    /// Down.
    pub h: f32,
}

/// Something to fill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    /// Where.
    pub place: Place,
    /// With what.
    pub ink: Ink,
    /// How much of it, 0 … 1.
    pub strength: f32,
}

/// A meter as it moves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Motion {
    last: MeterView,
    sides: [Ballistics; 2],
    shown: [(f32, f32); 2],
    clipped: bool,
}

impl Motion {
    /// New figures.
    pub fn take(&mut self, view: MeterView, now_ms: f64) {
        self.clipped |= view.clips > 0;
        self.last = view;
        self.moved(now_ms);
    }

    /// Time went by; `true` while something still falls.
    pub fn moved(&mut self, now_ms: f64) -> bool {
        for (side, motion) in self.sides.iter_mut().enumerate() {
            self.shown[side] = motion.take(self.last.peak[side], now_ms);
        }
        let falls = |side: usize| self.shown[side].0 > self.last.peak[side].max(FLOOR);
        let holds = |side: usize| self.shown[side].1 > self.shown[side].0.max(FLOOR);
        (0..2).any(|side| falls(side) || holds(side))
    }

    /// Forgets what it held.
    pub fn reset(&mut self) {
        *self = Self { last: self.last, ..Self::default() };
    }

    /// What is painted in a place; `lying` from start to end, else from the bottom up.
    pub fn paint(&self, place: Place, lying: bool, onto: &mut Vec<Patch>) {
        if lying {
            let row = (place.h - GAP) / 2.0;
            for side in 0..2 {
                let y = place.y + side as f32 * (row + GAP);
                self.side(side, &Bar { place: Place { y, h: row, ..place }, lying }, onto);
            }
            return;
        }
        let beside = LINE + GAP;
        let column = (place.w - beside - GAP) / 2.0;
        for side in 0..2 {
            let x = place.x + beside + side as f32 * (column + GAP);
            self.side(side, &Bar { place: Place { x, w: column, ..place }, lying }, onto);
        }
        let down = (-self.last.reduced_db / -FLOOR).clamp(0.0, 1.0) * place.h;
        if down >= 0.5 {
            let place = Place { w: LINE, h: down, ..place };
            onto.push(Patch { place, ink: Ink::Mid, strength: 1.0 });
        }
    }

    fn side(&self, side: usize, bar: &Bar, onto: &mut Vec<Patch>) {
        let (now, held) = self.shown[side];
        let mean = self.last.rms[side].min(now);
        onto.push(Patch { place: bar.place, ink: Ink::Bed, strength: 1.0 });
        for (ink, from, to) in ZONES {
            bar.fill(ink, 1.0, share(from), share(mean.min(to)), onto);
            bar.fill(ink, PALE, share(mean.max(from)), share(now.min(to)), onto);
        }
        if share(held) > 0.0 {
            let line = LINE / bar.length();
            let at = share(held) * (1.0 - line);
            bar.fill(Ink::Line, 1.0, at, at + line, onto);
        }
        if self.clipped {
            bar.fill(Ink::Top, 1.0, 1.0 - LAMP / bar.length(), 1.0, onto);
        }
    }
}

/// One side's place.
struct Bar {
    place: Place,
    lying: bool,
}

impl Bar {
    fn length(&self) -> f32 {
        if self.lying { self.place.w } else { self.place.h }
    }

    fn fill(&self, ink: Ink, strength: f32, from: f32, to: f32, onto: &mut Vec<Patch>) {
        if to <= from {
            return;
        }
        let Place { x, y, w, h } = self.place;
        let place = if self.lying {
            Place { x: x + w * from, y, w: w * (to - from), h }
        } else {
            Place { x, y: y + h * (1.0 - to), w, h: h * (to - from) }
        };
        onto.push(Patch { place, ink, strength });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Place = Place { x: 10.0, y: 100.0, w: 18.0, h: 120.0 };

    fn view(peak: f32, rms: f32) -> MeterView {
        MeterView { peak: [peak; 2], rms: [rms; 2], ..MeterView::default() }
    }

    fn painted(motion: &Motion, lying: bool) -> Vec<Patch> {
        let mut all = Vec::new();
        motion.paint(WELL, lying, &mut all);
        all
    }

    fn inks(all: &[Patch]) -> Vec<(Ink, f32)> {
        all.iter().map(|patch| (patch.ink, patch.strength)).collect()
    }

    #[test]
    fn a_level_is_teal_to_minus_twenty_amber_to_minus_nine_and_orange_above() {
        let mut motion = Motion::default();
        motion.take(view(-4.0, -14.0), 0.0);
        let all = painted(&motion, false);
        let one = &all[..all.len() / 2];
        let expected = [
            (Ink::Bed, 1.0),
            (Ink::Low, 1.0),
            (Ink::Mid, 1.0),
            (Ink::Mid, PALE),
            (Ink::Top, PALE),
            (Ink::Line, 1.0),
        ];
        assert_eq!(inks(one), expected);
        let low = one[1].place;
        assert!((low.y + low.h - 220.0).abs() < 0.01 && (low.h - 80.0).abs() < 0.01, "{low:?}");
    }

    #[test]
    fn everything_stays_inside_its_place() {
        for (lying, peak) in [(false, 6.0), (true, 6.0), (false, -59.0), (true, -120.0)] {
            let mut motion = Motion::default();
            motion.take(MeterView { clips: 3, reduced_db: -80.0, ..view(peak, peak - 3.0) }, 0.0);
            for Patch { place, .. } in painted(&motion, lying) {
                assert!(place.x >= WELL.x - 0.01 && place.x + place.w <= WELL.x + WELL.w + 0.01, "{place:?}");
                assert!(place.y >= WELL.y - 0.01 && place.y + place.h <= WELL.y + WELL.h + 0.01, "{place:?}");
            }
        }
    }

    #[test]
    fn the_lamp_and_the_peak_stay_until_they_are_reset() {
        let mut motion = Motion::default();
        motion.take(MeterView { clips: 1, ..view(0.0, -6.0) }, 0.0);
        motion.take(view(-50.0, -55.0), 1_900.0);
        let top = |all: &[Patch]| all.iter().filter(|patch| patch.ink == Ink::Top).count();
        assert_eq!(top(&painted(&motion, false)), 2);
        motion.reset();
        motion.take(view(-50.0, -55.0), 1_910.0);
        assert_eq!(top(&painted(&motion, false)), 0);
    }

    #[test]
    fn what_the_processors_take_away_hangs_from_above() {
        let mut motion = Motion::default();
        motion.take(MeterView { reduced_db: -12.0, ..view(-30.0, -30.0) }, 0.0);
        let last = painted(&motion, false).pop().unwrap();
        assert_eq!((last.ink, last.place), (Ink::Mid, Place { w: LINE, h: 24.0, ..WELL }));
    }

    #[test]
    fn a_meter_comes_to_rest_in_silence() {
        let mut motion = Motion::default();
        motion.take(view(-3.0, -9.0), 0.0);
        motion.take(MeterView::default(), 33.0);
        assert!(motion.moved(500.0));
        assert!(!(0..200).map(|step| motion.moved(f64::from(step) * 40.0 + 500.0)).last().unwrap());
        assert_eq!(inks(&painted(&motion, false)), [(Ink::Bed, 1.0); 2]);
    }
}
