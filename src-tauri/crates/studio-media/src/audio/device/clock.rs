//! A device's clock, seen from the program's. **Time stamps that tremble by milliseconds give a line that is right to a
//! fraction of one; a stamp that lies is passed over; a hole in the stamps moves the line at once.**

use studio_wire::time::ShowTime;

/// A stamp this far from the line is not trembling, in s.
const STRAY: f64 = 0.015;
/// So many strays in a row, over so many s, are the truth.
const STRAYS: (u32, f64) = (3, 0.05);
/// The line remembers a quarter of what it has seen, from this to that, in s.
const MEMORY: (f64, f64) = (1.0, 8.0);
/// How fast a device runs is looked for after so many s, and known after so many.
const LOOK: f64 = 0.5;
const KNOWN: f64 = 4.0;
/// No clock is further off than this.
const MOST_SKEW: f64 = 0.02;

/// What a stamp did to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It lies on the line, and moved it a little.
    Near,
    /// It lies elsewhere and was passed over.
    Stray,
    /// The line goes through it from now on.
    Anew,
}

/// Which frame is when: a line through the stamps, with fading memory.
#[derive(Clone, Debug)]
pub(super) struct DeviceClock {
    /// Frames a second, as the device has it.
    nominal: f64,
    /// Times below are s since then.
    base: Option<ShowTime>,
    frame: u64,
    time: f64,
    /// How long a second of the device is.
    second: f64,
    /// For so long it has listened, in s.
    heard: f64,
    /// For so long the line has gone through what it heard, in s.
    fitted: f64,
    strays: Option<Strays>,
}

/// Stamps in a row that lie on the same side of the line.
#[derive(Clone, Copy, Debug)]
struct Strays {
    count: u32,
    first: u64,
    late: bool,
}

impl DeviceClock {
    /// A clock of so many frames a second that nobody has looked at yet.
    pub(super) fn new(rate: u32) -> Self {
        let (nominal, second) = (f64::from(rate.max(1)), 1.0);
        Self { nominal, base: None, frame: 0, time: 0.0, second, heard: 0.0, fitted: 0.0, strays: None }
    }

    /// A stamp: this frame was at this time. Frames come in order.
    pub(super) fn mark(&mut self, frame: u64, at: ShowTime) -> Fit {
        let Some(_) = self.base else { return self.anew(frame, at) };
        let passed = frame.saturating_sub(self.frame) as f64 / self.nominal;
        if passed <= 0.0 {
            return Fit::Near;
        }
        let expected = self.time + passed * self.second;
        let error = self.seconds(at) - expected;
        if error.abs() > STRAY {
            return self.stray(frame, at, error > 0.0);
        }
        self.strays = None;
        self.heard += passed;
        self.fitted += passed;
        // A least-squares line whose memory fades: the mean of all stamps at first, and then ever calmer. A slope
        // before there is something to see it by would be the first stamp's trembling.
        let fading = (-passed / (self.fitted / 4.0).clamp(MEMORY.0, MEMORY.1)).exp();
        let share = (1.0 - fading * fading).max(passed / self.fitted);
        (self.frame, self.time) = (frame, expected + share * error);
        if self.fitted > LOOK {
            let second = self.second + (1.0 - fading) * (1.0 - fading) * error / passed;
            self.second = second.clamp(1.0 - MOST_SKEW, 1.0 + MOST_SKEW);
        }
        Fit::Near
    }

    fn stray(&mut self, frame: u64, at: ShowTime, late: bool) -> Fit {
        let before = self.strays.filter(|strays| strays.late == late);
        let mut strays = before.unwrap_or(Strays { count: 0, first: frame, late });
        strays.count += 1;
        self.strays = Some(strays);
        let lasted = frame.saturating_sub(strays.first) as f64 / self.nominal;
        if strays.count >= STRAYS.0 && lasted >= STRAYS.1 { self.anew(frame, at) } else { Fit::Stray }
    }

    /// The line goes through this stamp. How fast the device runs is not forgotten where that is known.
    pub(super) fn anew(&mut self, frame: u64, at: ShowTime) -> Fit {
        let base = *self.base.get_or_insert(at);
        self.doubt();
        (self.frame, self.time, self.strays) = (frame, seconds(base, at), None);
        Fit::Anew
    }

    /// What was seen for a moment only is not worth keeping.
    fn doubt(&mut self) {
        if self.fitted < KNOWN {
            (self.second, self.fitted) = (1.0, 0.0);
        }
    }

    /// There was a stamp.
    pub(super) fn is_set(&self) -> bool {
        self.base.is_some()
    }

    /// Its time, in s since its first stamp: what the other functions count in.
    pub(super) fn seconds(&self, at: ShowTime) -> f64 {
        self.base.map_or(0.0, |base| seconds(base, at))
    }

    /// When a frame is.
    pub(super) fn time_of(&self, frame: f64) -> f64 {
        self.time + (frame - self.frame as f64) / self.nominal * self.second
    }

    /// Which frame is at a time.
    pub(super) fn frame_at(&self, time: f64) -> f64 {
        self.frame as f64 + (time - self.time) / self.second * self.nominal
    }

    /// Frames in a second of the program.
    pub(super) fn rate(&self) -> f64 {
        self.nominal / self.second
    }

    /// How much faster it runs than it says, in millionths.
    pub(super) fn ppm(&self) -> f64 {
        (1.0 / self.second - 1.0) * 1e6
    }

    /// For how long it has been listened to, in s.
    pub(super) fn heard(&self) -> f64 {
        self.heard
    }
}

/// The way from one time to another, in s.
fn seconds(from: ShowTime, to: ShowTime) -> f64 {
    if to >= from { to.since(from).0 as f64 / 1e9 } else { -(from.since(to).0 as f64 / 1e9) }
}

/// Rates that devices have.
const RATES: [u32; 13] =
    [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
/// Stamps are compared over so many s.
const WINDOW: f64 = 0.5;
/// A rate that is off by less than this share is that rate.
const NEAR: f64 = 0.01;
/// So many windows have to agree.
const WINDOWS: u32 = 3;

/// Finds out that a device runs at another of the usual rates than it says.
#[derive(Clone, Debug, Default)]
pub(super) struct RateWatch {
    from: Option<(u64, ShowTime)>,
    found: u32,
    windows: u32,
}

impl RateWatch {
    /// A stamp of a device that says it runs at `rate`; gives the rate at which it has run for 1.5 s instead.
    pub(super) fn mark(&mut self, frame: u64, at: ShowTime, rate: u32) -> Option<u32> {
        let (first, since) = *self.from.get_or_insert((frame, at));
        let passed = seconds(since, at);
        if (0.0..WINDOW).contains(&passed) {
            return None;
        }
        self.from = Some((frame, at));
        let runs = frame.saturating_sub(first) as f64 / passed;
        let near = |usual: &u32| (runs / f64::from(*usual) - 1.0).abs() < NEAR;
        let found = RATES.iter().copied().find(near).filter(|found| (*found).abs_diff(rate) > rate / 50);
        self.windows = if found == Some(self.found) { self.windows + 1 } else { 1 };
        self.found = found.unwrap_or(0);
        (self.windows >= WINDOWS).then_some(found).flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A stamp each 10 ms from a device that is off by `ppm`, trembling by up to `tremble` s.
    fn listen(clock: &mut DeviceClock, ppm: f64, tremble: f64, blocks: std::ops::Range<u64>) -> f64 {
        let mut worst = 0f64;
        let mut random = 1u64;
        for n in blocks {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let shake = ((random >> 40) as f64 / f64::from(1 << 23) - 1.0) * tremble;
            let right = n as f64 * 0.01 / (1.0 + ppm / 1e6);
            let stamp = |time: f64| ShowTime(5_000_000_000 + (time * 1e9) as u64);
            clock.mark(n * 480, stamp(right + shake));
            if n > 2_000 {
                worst = worst.max((clock.time_of(n as f64 * 480.0) - clock.seconds(stamp(right))).abs());
            }
        }
        worst
    }

    #[test]
    fn trembling_stamps_give_a_line_that_is_right_to_half_a_millisecond_and_30_ppm() {
        for ppm in [-100.0, 0.0, 100.0, 800.0] {
            let mut clock = DeviceClock::new(48_000);
            let worst = listen(&mut clock, ppm, 0.005, 1..60_000);
            assert!(worst < 0.000_5, "{ppm} ppm: {worst}");
            assert!((clock.ppm() - ppm).abs() < 30.0, "{} for {ppm}", clock.ppm());
        }
    }

    #[test]
    fn a_lie_is_passed_over_and_a_hole_moves_the_line() {
        let mut clock = DeviceClock::new(48_000);
        listen(&mut clock, 0.0, 0.0, 0..1_000);
        assert_eq!(clock.mark(480_000, ShowTime(3)), Fit::Stray);
        assert!((clock.time_of(480_480.0) - 10.01).abs() < 1e-6);
        let hole = |n: u64| ShowTime(5_000_000_000 + (n * 10 + 70) * 1_000_000);
        let fits = (1_001..1_008).map(|n| clock.mark(n * 480, hole(n))).collect::<Vec<_>>();
        assert_eq!(fits, [[Fit::Stray; 5].as_slice(), &[Fit::Anew, Fit::Near]].concat());
        assert!((clock.time_of(480_480.0) - 10.08).abs() < 1e-6);
    }

    #[test]
    fn a_device_that_runs_at_another_rate_than_it_says_is_found_out() {
        let mut watch = RateWatch::default();
        let stamp = |n: u64| ShowTime(n * 10_000_000);
        let found = (0..400).find_map(|n| watch.mark(n * 441, stamp(n), 48_000).map(|rate| (n, rate)));
        assert_eq!(found, Some((150, 44_100)));
        let mut watch = RateWatch::default();
        assert!((0..4_000).all(|n| watch.mark(n * 480, stamp(n), 48_000).is_none()));
    }

    proptest! {
        #[test]
        fn no_stamps_give_a_line_that_is_no_number(
            stamps in prop::collection::vec((any::<u64>(), any::<u64>()), 1..50), rate in any::<u32>(),
        ) {
            let (mut clock, mut watch) = (DeviceClock::new(rate), RateWatch::default());
            for (frame, at) in stamps {
                clock.mark(frame, ShowTime(at));
                watch.mark(frame, ShowTime(at), rate);
                prop_assert!(clock.time_of(1e6).is_finite() && clock.rate() > 0.0);
                prop_assert!(clock.frame_at(1e6).is_finite() && clock.ppm().is_finite());
            }
        }
    }
}
