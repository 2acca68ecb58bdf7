//! How a place on a control becomes a figure, and how figures are written.

/// The lowest place of a fader: silence.
pub const SILENT_DB: f32 = -60.0;
/// The highest.
pub const TOP_DB: f32 = 12.0;

/// A fader's places and what they mean; between two of them it is even. Most of the way is where mixing happens.
const FADER: [(f32, f32); 6] =
    [(-60.0, 0.0), (-40.0, 0.1), (-20.0, 0.3), (-10.0, 0.5), (0.0, 0.76), (12.0, 1.0)];

/// Where on a fader a gain stands, 0 … 1.
pub fn place(db: f32) -> f32 {
    let (low, high) = around(|(at, _)| at >= db);
    along(db, (low.0, high.0), (low.1, high.1))
}

/// The gain at a place of a fader, in tenths of a dB.
pub fn gain(place: f32) -> f32 {
    let (low, high) = around(|(_, at)| at >= place);
    tenths(along(place, (low.1, high.1), (low.0, high.0)))
}

/// In tenths, within what a fader knows.
pub fn tenths(db: f32) -> f32 {
    ((db * 10.0).round() / 10.0).clamp(SILENT_DB, TOP_DB)
}

fn around(reaches: impl Fn((f32, f32)) -> bool) -> ((f32, f32), (f32, f32)) {
    let last = FADER.len() - 1;
    let high = FADER.iter().position(|point| reaches(*point)).unwrap_or(last).clamp(1, last);
    (FADER[high - 1], FADER[high])
}

fn along(value: f32, from: (f32, f32), to: (f32, f32)) -> f32 {
    let share = ((value - from.0) / (from.1 - from.0)).clamp(0.0, 1.0);
    to.0 + share * (to.1 - to.0)
}

/// A range of figures, and how they lie along a control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lowest.
    pub low: f32,
    /// The highest.
    pub high: f32,
    /// Each step is a factor and not a sum: for times and pitches. `low` is then more than 0.
    pub factor: bool,
    /// The smallest difference that is told apart.
    pub step: f32,
}

impl Range {
    /// Where a figure stands, 0 … 1.
    pub fn place(self, figure: f32) -> f32 {
        let figure = figure.clamp(self.low, self.high);
        if self.factor {
            (figure / self.low).ln() / (self.high / self.low).ln()
        } else {
            (figure - self.low) / (self.high - self.low)
        }
    }

    /// The figure at a place.
    pub fn figure(self, place: f32) -> f32 {
        let place = place.clamp(0.0, 1.0);
        let exact = if self.factor {
            self.low * (self.high / self.low).powf(place)
        } else {
            self.low + place * (self.high - self.low)
        };
        ((exact / self.step).round() * self.step).clamp(self.low, self.high)
    }
}

/// A figure with a true minus.
pub fn written(figure: f32, decimals: usize) -> String {
    // What is rounded away leaves no sign behind.
    let text = format!("{figure:.decimals$}");
    if text.trim_start_matches('-').chars().all(|sign| sign == '0' || sign == '.') {
        return text.trim_start_matches('-').to_owned();
    }
    text.replace('-', "\u{2212}")
}

/// A gain as a fader shows it: signed, or `None` for silence.
pub fn signed(db: f32) -> Option<String> {
    let text = written(db, 1);
    (db > SILENT_DB).then(|| if db >= 0.05 { format!("+{text}") } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fader_reaches_from_silence_to_twelve_and_its_places_mean_one_gain_each() {
        assert_eq!((place(-60.0), place(0.0), place(12.0)), (0.0, 0.76, 1.0));
        assert_eq!((gain(0.0), gain(0.76), gain(1.0)), (-60.0, 0.0, 12.0));
        assert_eq!((gain(-1.0), gain(2.0), place(-90.0), place(40.0)), (-60.0, 12.0, 0.0, 1.0));
        for tenth in -600..=120_i16 {
            let db = f32::from(tenth) / 10.0;
            assert!((gain(place(db)) - db).abs() < 0.001, "{db}");
            assert!(tenth == -600 || place(db) > place(db - 0.1), "{db}");
        }
    }

    #[test]
    fn a_range_of_pitches_has_each_octave_of_one_width() {
        let pitch = Range { low: 20.0, high: 20_000.0, factor: true, step: 1.0 };
        let octave = pitch.place(200.0) - pitch.place(100.0);
        assert!((pitch.place(8_000.0) - pitch.place(4_000.0) - octave).abs() < 1e-5);
        assert_eq!((pitch.figure(0.0), pitch.figure(1.0)), (20.0, 20_000.0));
        assert_eq!(pitch.figure(pitch.place(1_000.0)), 1_000.0);
        let even = Range { low: -80.0, high: 0.0, factor: false, step: 0.5 };
        assert_eq!((even.place(-40.0), even.figure(0.5), even.figure(9.0)), (0.5, -40.0, 0.0));
    }

    #[test]
    fn figures_have_true_signs() {
        assert_eq!(signed(-2.4).as_deref(), Some("\u{2212}2.4"));
        assert_eq!((signed(1.5).as_deref(), signed(0.0).as_deref()), (Some("+1.5"), Some("0.0")));
        assert_eq!((signed(-60.0), written(-0.04, 1)), (None, "0.0".to_owned()));
    }
}
