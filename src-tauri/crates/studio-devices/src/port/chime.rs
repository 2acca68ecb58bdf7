//! The sound by which a speaker is tested. It is made in the speaker's own callback, **so that it comes out of the
//! speaker and can get nowhere else**: no mixer, no program, no room ever has it.

use std::f32::consts::{PI, TAU};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use studio_media::clock::now;
use studio_wire::time::ShowTime;

/// Who asked for it does not wait for a device any longer than this.
const WAITS: ShowTime = ShowTime::from_ms(2_000);
/// Two soft tones, the second one higher: when each begins, how long it is, in s, and its frequency.
const TONES: [(f32, f32, f32); 2] = [(0.0, 0.35, 523.25), (0.25, 0.35, 783.99)];
const LENGTH: f32 = 0.6;
/// Of each tone.
const LOUDNESS: f32 = 0.15;

/// Asks for it. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(super) struct Chime {
    /// When it was asked for last, in ns; 0 is never.
    asked: Arc<AtomicU64>,
}

impl Chime {
    /// The speaker that is open plays it, or the one that opens next, if it does soon.
    pub(super) fn ring(&self) {
        self.asked.store(now().0, Ordering::Release);
    }

    /// For the callback of a speaker.
    pub(super) fn player(&self, rate: u32, channels: u16) -> Player {
        let channels = usize::from(channels).max(1);
        Player { chime: self.clone(), rate: rate as f32, channels, played: 0, frame: None }
    }
}

/// Plays it in a speaker's callback: one atomic is read, and nothing waits or is allocated.
#[derive(Debug)]
pub(super) struct Player {
    chime: Chime,
    rate: f32,
    channels: usize,
    /// The wish that was played last.
    played: u64,
    /// The next frame of it, while it plays.
    frame: Option<usize>,
}

impl Player {
    /// Adds what is due of it to what the speaker plays next: interleaved.
    pub(super) fn add(&mut self, out: &mut [f32]) {
        let asked = self.chime.asked.load(Ordering::Acquire);
        if asked != self.played {
            self.played = asked;
            self.frame = (now().since(ShowTime(asked)) < WAITS).then_some(0);
        }
        let Some(mut at) = self.frame else { return };
        for frame in out.chunks_exact_mut(self.channels) {
            let sound = tones(at as f32 / self.rate);
            frame.iter_mut().for_each(|sample| *sample = (*sample + sound).clamp(-1.0, 1.0));
            at += 1;
        }
        self.frame = Some(at).filter(|at| (*at as f32) < LENGTH * self.rate);
    }
}

fn tones(at: f32) -> f32 {
    let tone = |(begin, length, frequency): (f32, f32, f32)| {
        let along = at - begin;
        if !(0.0..length).contains(&along) {
            return 0.0;
        }
        (PI * along / length).sin().powi(2) * (TAU * frequency * along).sin() * LOUDNESS
    };
    TONES.into_iter().map(tone).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// What a speaker plays in so many blocks of 10 ms of silence.
    fn play(player: &mut Player, blocks: usize) -> Vec<f32> {
        let block = |_| {
            let mut out = vec![0.0; 480 * 2];
            player.add(&mut out);
            out
        };
        (0..blocks).flat_map(block).collect()
    }

    fn loudest(sound: &[f32]) -> f32 {
        sound.iter().fold(0.0, |most, sample| most.max(sample.abs()))
    }

    #[test]
    fn it_is_heard_once_for_each_wish_softly_and_ends() {
        let chime = Chime::default();
        let mut player = chime.player(RATE, 2);
        assert_eq!(loudest(&play(&mut player, 100)), 0.0, "nobody asked");
        for _ in 0..2 {
            chime.ring();
            let heard = play(&mut player, 60);
            let most = loudest(&heard);
            assert!((0.1..0.31).contains(&most), "{most}");
            assert!(heard.chunks_exact(2).all(|pair| pair[0] == pair[1]));
            let steps = heard.chunks_exact(2).map(|pair| pair[0]).collect::<Vec<_>>();
            let click = steps.windows(2).fold(0.0_f32, |most, two| most.max((two[1] - two[0]).abs()));
            assert!(click < 0.03, "no click: {click}");
            assert_eq!(loudest(&play(&mut player, 100)), 0.0, "once");
        }
    }

    #[test]
    fn a_speaker_that_opens_soon_after_plays_it_and_one_that_opens_late_does_not() {
        let chime = Chime::default();
        chime.ring();
        assert!(loudest(&play(&mut chime.player(RATE, 2), 60)) > 0.1);
        let long_ago = now().0 - WAITS.0;
        chime.asked.store(long_ago, Ordering::Release);
        assert_eq!(loudest(&play(&mut chime.player(RATE, 2), 60)), 0.0);
    }

    #[test]
    fn what_is_heard_beside_it_stays_within_full_scale() {
        let chime = Chime::default();
        let mut player = chime.player(44_100, 1);
        chime.ring();
        let mut loud = vec![0.95; 44_100];
        player.add(&mut loud);
        assert!(loudest(&loud) <= 1.0 && loud[40_000] == 0.95);
    }
}
