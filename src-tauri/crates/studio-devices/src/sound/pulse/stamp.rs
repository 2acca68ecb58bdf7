//! When each frame of a stream was taken in, or will be heard. **Frames are counted; the count is tied to the clock by
//! what the server says of its device, and for a microphone by when its sound came.**

use studio_media::clock::SECOND;
use studio_wire::time::ShowTime;

/// Words of the server that are further apart than this from what was counted are believed at once: the stream stood
/// still. Smaller differences are the unevenness of its answers, and drift.
const JUMP: i64 = 20_000_000;
/// How much of a small difference is believed.
const SHARE: i64 = 4;
/// A time further than this from now is not believed. A thread that was starved for a second still has its times right.
const SANE: u64 = 2 * SECOND;
/// Over so long, the sound that came with least delay counts.
const WINDOW: ShowTime = ShowTime(2 * SECOND);

/// How long so many frames last, in ns.
pub fn length(frames: u64, rate: u32) -> i64 {
    let rate = u64::from(rate.max(1));
    (frames / rate * SECOND + frames % rate * SECOND / rate) as i64
}

/// When frames of a microphone were taken in.
///
/// Sound always comes later than it was taken in, by a delay that is least when nobody is busy. So the frames that came
/// earliest for their number tell when the others were taken in. How old even they were, a device may say.
#[derive(Debug)]
pub struct Taken {
    rate: u32,
    /// The earliest that frame 0 can have come, by the sound of this window and of the last; in ns.
    earliest: [Option<i64>; 2],
    /// When this window ends.
    until: ShowTime,
    /// How much older sound is when it comes earliest, in ns.
    older: Option<i64>,
}

impl Taken {
    /// Knows nothing yet.
    pub fn new(rate: u32) -> Self {
        Self { rate, earliest: [None; 2], until: ShowTime(0), older: None }
    }

    /// Everything before `frame` has come.
    pub fn came(&mut self, frame: u64, now: ShowTime) {
        if now >= self.until {
            (self.earliest, self.until) = ([None, self.earliest[0]], now + WINDOW);
        }
        let zero = now.0 as i64 - length(frame, self.rate);
        self.earliest[0] = Some(self.earliest[0].map_or(zero, |earliest| earliest.min(zero)));
    }

    /// The device says that `frame` was taken in at a time.
    pub fn learn(&mut self, frame: u64, at: ShowTime) {
        let Some(zero) = self.zero() else { return };
        let older = (zero - (at.0 as i64 - length(frame, self.rate))).clamp(0, SANE as i64);
        self.older = Some(self.older.map_or(older, |known| known + (older - known) / SHARE));
    }

    /// What was counted no longer holds.
    pub fn forget(&mut self) {
        self.earliest = [None; 2];
    }

    /// When a frame was taken in; `otherwise` if that is not known, or not within two seconds.
    pub fn at(&self, frame: u64, otherwise: ShowTime) -> ShowTime {
        let zero = self.zero().map(|zero| zero - self.older.unwrap_or(0));
        believed(zero.map(|zero| zero + length(frame, self.rate)), otherwise)
    }

    fn zero(&self) -> Option<i64> {
        self.earliest.iter().flatten().min().copied()
    }
}

/// When frames of a speaker will be heard.
#[derive(Debug)]
pub struct Heard {
    rate: u32,
    /// When frame 0 was, in ns; may be before the machine started.
    zero: Option<i64>,
}

impl Heard {
    /// Knows nothing yet.
    pub fn new(rate: u32) -> Self {
        Self { rate, zero: None }
    }

    /// The device says that `frame` will be heard at a time.
    pub fn learn(&mut self, frame: u64, at: ShowTime) {
        let zero = at.0 as i64 - length(frame, self.rate);
        self.zero = Some(match self.zero {
            Some(known) if (zero - known).abs() < JUMP => known + (zero - known) / SHARE,
            _ => zero,
        });
    }

    /// What was counted no longer holds.
    pub fn forget(&mut self) {
        self.zero = None;
    }

    /// When a frame will be heard; `otherwise` if that is not known, or not within two seconds.
    pub fn at(&self, frame: u64, otherwise: ShowTime) -> ShowTime {
        believed(self.zero.map(|zero| zero + length(frame, self.rate)), otherwise)
    }
}

fn believed(at: Option<i64>, otherwise: ShowTime) -> ShowTime {
    let at = at.and_then(|at| u64::try_from(at).ok());
    at.filter(|at| at.abs_diff(otherwise.0) < SANE).map_or(otherwise, ShowTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;
    const BEGIN: ShowTime = ShowTime(1_000 * SECOND);

    /// Ten seconds of sound in pieces of 10 ms, each as late as a function of its number says; hands how far the time of
    /// each piece's first frame was off, in us.
    fn off(late_us: impl Fn(u64) -> u64, ppm: u64) -> Vec<i64> {
        let mut taken = Taken::new(RATE);
        let mut off = Vec::new();
        for n in 0..1_000 {
            let tick = SECOND / 100 + ppm * 10;
            let (first, past) = (BEGIN + ShowTime(n * tick), BEGIN + ShowTime((n + 1) * tick));
            let now = past + ShowTime(late_us(n) * 1_000);
            taken.came((n + 1) * 480, now);
            off.push((taken.at(n * 480, now).0 as i64 - first.0 as i64) / 1_000);
        }
        off
    }

    #[test]
    fn sound_that_comes_late_was_not_taken_in_late() {
        let uneven = off(|n| [300, 12_000, 900, 30_000, 4_000, 300][n as usize % 6], 0);
        assert!(uneven.iter().all(|off| (300..=301).contains(off)), "{uneven:?}");
        // A second of trouble after three good ones.
        let stuck = off(|n| if (300..400).contains(&n) { 60_000 } else { 500 }, 0);
        assert!(stuck.iter().all(|off| (500..=501).contains(off)), "{stuck:?}");
    }

    #[test]
    fn a_microphone_that_drifts_is_followed_within_half_a_millisecond() {
        // One tick in a window is on time.
        let drifting = off(|n| if n % 150 == 0 { 0 } else { 5_000 }, 100);
        assert!(drifting.iter().all(|off| (-500..=500).contains(off)), "{drifting:?}");
    }

    #[test]
    fn after_a_hole_the_times_are_right_again_within_four_seconds() {
        let mut taken = Taken::new(RATE);
        for n in 0..300_u64 {
            taken.came((n + 1) * 480, BEGIN + ShowTime::from_ms(10 * (n + 1)));
        }
        for n in 300..701_u64 {
            taken.came((n + 1) * 480, BEGIN + ShowTime::from_ms(10 * (n + 1) + 50));
        }
        let now = BEGIN + ShowTime::from_ms(7_050);
        assert_eq!(taken.at(700 * 480, now), now);
    }

    #[test]
    fn what_a_device_says_of_its_own_delay_makes_the_times_earlier() {
        let mut taken = Taken::new(RATE);
        taken.came(480, BEGIN + ShowTime::from_ms(10));
        taken.learn(480, BEGIN + ShowTime::from_ms(4));
        assert_eq!(taken.at(480, BEGIN), BEGIN + ShowTime::from_ms(4));
        taken.learn(480, BEGIN + ShowTime::from_ms(8));
        assert_eq!(taken.at(480, BEGIN), BEGIN + ShowTime::from_ms(5));
    }

    #[test]
    fn what_will_be_heard_is_counted_from_what_the_server_said() {
        let mut heard = Heard::new(RATE);
        assert_eq!(heard.at(0, BEGIN), BEGIN);
        heard.learn(480, BEGIN);
        assert_eq!(heard.at(960, BEGIN), BEGIN + ShowTime::from_ms(10));
        // Uneven answers move the times a little, and a jump at once.
        heard.learn(480, BEGIN + ShowTime::from_ms(8));
        assert_eq!(heard.at(480, BEGIN), BEGIN + ShowTime::from_ms(2));
        heard.learn(480, BEGIN + ShowTime::from_ms(300));
        assert_eq!(heard.at(480, BEGIN), BEGIN + ShowTime::from_ms(300));
    }

    #[test]
    fn a_time_that_cannot_be_is_not_believed() {
        let (mut heard, mut taken) = (Heard::new(RATE), Taken::new(RATE));
        for wrong in [ShowTime(0), BEGIN - ShowTime(3 * SECOND), ShowTime(u64::MAX / 4)] {
            heard.forget();
            taken.forget();
            heard.learn(0, wrong);
            taken.came(0, wrong);
            assert_eq!((heard.at(0, BEGIN), taken.at(0, BEGIN)), (BEGIN, BEGIN));
        }
    }
}
