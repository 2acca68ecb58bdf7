//! The own voice: the open microphone, and the one that is to take its place.

use studio_wire::time::ShowTime;

use crate::audio::device::{Figures, Intake};
use crate::audio::{Block, FRAMES, SILENCE};

/// **One microphone is heard until the next one gives sound; then one fades into the other within a block.** So a change
/// leaves no hole.
#[derive(Debug, Default)]
pub(super) struct OwnVoice {
    now: Option<Box<Intake>>,
    next: Option<Box<Intake>>,
    /// What was counted of those before.
    before: Figures,
}

impl OwnVoice {
    /// Another microphone, or none: then it is silent.
    pub fn give(&mut self, microphone: Option<Box<Intake>>) {
        match microphone {
            Some(next) if self.now.is_some() => self.next = Some(next),
            now => {
                self.before = self.figures();
                (self.now, self.next) = (now, None);
            }
        }
    }

    /// What is measured of the one that is heard, with the gaps and losses of those before it.
    pub fn figures(&self) -> Figures {
        let now = self.now.as_ref().map(|now| now.figures()).unwrap_or_default();
        Figures { gaps: now.gaps + self.before.gaps, dropped: now.dropped + self.before.dropped, ..now }
    }

    /// How old its sound is when it comes, in ms; `None` while there is none.
    pub fn age(&self) -> Option<f32> {
        let age = self.now.as_ref()?.figures().latency_ms;
        (age > 0.0).then_some(age)
    }

    /// The block that begins at `at`; false when it is silence altogether.
    pub fn pull(&mut self, at: ShowTime, block: &mut Block) -> bool {
        let came = self.now.as_mut().is_some_and(|now| now.pull(at, block));
        let Some(next) = &mut self.next else { return came };
        let mut fresh = SILENCE;
        if !next.pull(at, &mut fresh) {
            return came;
        }
        let pairs = block.chunks_exact_mut(2).zip(fresh.chunks_exact(2));
        for (n, (pair, fresh)) in pairs.enumerate() {
            let share = (n + 1) as f32 / FRAMES as f32;
            for (sample, fresh) in pair.iter_mut().zip(fresh) {
                *sample += (fresh - *sample) * share;
            }
        }
        self.before = self.figures();
        self.now = self.next.take();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::device::{IntakeEnd, intake};

    /// Ten milliseconds of a microphone that hears this level all the time.
    fn hears(end: &mut IntakeEnd, at: ShowTime, level: f32) {
        end.heard_at(&[level; FRAMES], at, at);
    }

    #[test]
    fn the_gaps_of_a_microphone_are_not_forgotten_when_another_takes_over() {
        let mut voice = OwnVoice::default();
        let (mut first, ears) = intake(48_000, 1);
        voice.give(Some(Box::new(ears)));
        let (mut second, ears) = intake(48_000, 1);
        let mut ears = Some(Box::new(ears));
        for block in 0..200_u64 {
            let at = ShowTime::from_ms(10_000 + 10 * block);
            if !(50..60).contains(&block) && block < 130 {
                hears(&mut first, at, 0.5);
            }
            if block == 100 {
                assert_eq!(voice.figures().gaps, 1);
                voice.give(ears.take());
            }
            if block >= 100 {
                hears(&mut second, at, 0.25);
            }
            voice.pull(at, &mut SILENCE.clone());
        }
        assert!(voice.next.is_none(), "the second one is heard");
        assert_eq!(voice.figures().gaps, 1);
    }

    // S-38
    #[test]
    fn one_microphone_takes_over_from_another_without_a_hole() {
        let mut voice = OwnVoice::default();
        let (mut first, ears) = intake(48_000, 1);
        voice.give(Some(Box::new(ears)));
        let (mut second, ears) = intake(48_000, 1);
        let mut ears = Some(Box::new(ears));
        let mut heard = Vec::new();
        for block in 0..200_u64 {
            let at = ShowTime::from_ms(10_000 + 10 * block);
            if block == 100 {
                voice.give(ears.take());
            }
            hears(&mut first, at, 0.5);
            if block >= 100 {
                hears(&mut second, at, 0.25);
            }
            let mut block = SILENCE;
            voice.pull(at, &mut block);
            heard.push(block);
        }
        let settled = heard[60..].concat();
        assert!(settled.iter().all(|sample| (0.24..0.51).contains(sample)), "a hole");
        let steps = settled.chunks_exact(2).zip(settled.chunks_exact(2).skip(1));
        assert!(steps.into_iter().all(|(one, next)| (one[0] - next[0]).abs() < 0.01), "a click");
        assert!(heard[60..100].concat().iter().all(|sample| (sample - 0.5).abs() < 0.01));
        assert!(heard[150..].concat().iter().all(|sample| (sample - 0.25).abs() < 0.01));
    }

    #[test]
    fn with_none_it_is_silent_at_once() {
        let mut voice = OwnVoice::default();
        let (mut end, ears) = intake(48_000, 1);
        voice.give(Some(Box::new(ears)));
        for block in 0..50_u64 {
            let at = ShowTime::from_ms(10_000 + 10 * block);
            hears(&mut end, at, 0.5);
            voice.pull(at, &mut SILENCE.clone());
        }
        voice.give(None);
        let mut block = SILENCE;
        assert!(!voice.pull(ShowTime::from_ms(10_500), &mut block));
        assert_eq!(block, SILENCE);
    }
}
