//! Notices that somebody speaks into a microphone that is muted. **It keeps no sound, only levels; a hum, a fan or a single
//! bang is nobody who speaks.**
//!
//! Speech is loud for 0.3 s of the last second, well above what is always there, and it goes and comes again: what only lasts
//! is noise.

use super::chunk::{chunks, power};
use super::meter::dbfs;
use super::{BLOCKS, Block};

/// Nobody who speaks to us is quieter, in dBFS.
const QUIETEST: f32 = -45.0;
/// And so far above what is always there, in dB.
const ABOVE: f32 = 12.0;
/// Between a word and a pause it falls and rises by this, in dB.
const SWING: f32 = 9.0;
/// What is always there is the lowest level, which is forgotten by so many dB a block: 6 dB a second.
const FORGETS: f32 = 6.0 / BLOCKS as f32;
/// How much of a block counts beside those before it: a word counts whole, a crest of a fan's noise does not.
const NEWEST: f32 = 0.35;
/// Blocks looked back on: a second.
const LOOKED: u128 = (1 << BLOCKS) - 1;
/// It has come so often in the meantime.
const COMES: u32 = 2;
/// So many of them are loud when somebody speaks.
const SPEAKS: u32 = 30;
/// They no longer do after so many blocks without a word: 3 s.
const SILENT: u32 = 3 * BLOCKS;

/// Listens to one muted microphone.
#[derive(Debug, Default)]
pub struct Heed {
    room: Option<Room>,
    /// As was told.
    speaks: bool,
    /// Blocks since the last loud one.
    calm: u32,
}

/// What was heard of a room.
#[derive(Clone, Copy, Debug)]
struct Room {
    /// Power of the last few blocks.
    power: f32,
    /// What is always there, in dBFS.
    floor: f32,
    /// The highest level of this word, or the lowest of this pause.
    turn: f32,
    /// Which of the last blocks were loud; the newest is the lowest bit.
    loud: u128,
    /// With which of them it began to be.
    comes: u128,
}

impl Heed {
    /// Hears a block; says it when somebody begins to speak, or has long ended. Every sample has to be a number.
    pub fn hear(&mut self, block: &Block) -> Option<bool> {
        let power = power_of(block);
        let room = self.room.get_or_insert_with(|| Room::new(power));
        room.hear(power);
        self.calm = if room.is_loud() { 0 } else { self.calm.saturating_add(1) };
        let speaks = if self.speaks { self.calm < SILENT } else { room.speaks() };
        self.say(speaks)
    }

    /// There is nothing to hear, or it is heard by others: says it when somebody spoke.
    pub fn rest(&mut self) -> Option<bool> {
        self.room = None;
        self.say(false)
    }

    fn say(&mut self, speaks: bool) -> Option<bool> {
        (std::mem::replace(&mut self.speaks, speaks) != speaks).then_some(speaks)
    }
}

impl Room {
    fn new(power: f32) -> Self {
        let level = dbfs(power.sqrt());
        Self { power, floor: level, turn: level, loud: 0, comes: 0 }
    }

    fn hear(&mut self, power: f32) {
        self.power += NEWEST * (power - self.power);
        let level = dbfs(self.power.sqrt());
        self.floor = level.min(self.floor + FORGETS);
        let enough = QUIETEST.max(self.floor + ABOVE);
        let was = self.is_loud();
        let loud = if was {
            self.turn = self.turn.max(level);
            level >= self.turn - SWING && level >= enough - SWING
        } else {
            self.turn = self.turn.min(level);
            level >= self.turn + SWING && level >= enough
        };
        if loud != was {
            self.turn = level;
        }
        self.loud = (self.loud << 1 | u128::from(loud)) & LOOKED;
        self.comes = (self.comes << 1 | u128::from(loud && !was)) & LOOKED;
    }

    fn is_loud(&self) -> bool {
        self.loud & 1 == 1
    }

    fn speaks(&self) -> bool {
        self.loud.count_ones() >= SPEAKS && self.comes.count_ones() >= COMES
    }
}

/// The mean of a block's squares.
fn power_of(block: &Block) -> f32 {
    let chunks = chunks(block);
    chunks.iter().map(power).sum::<f32>() / chunks.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::probe::{noise, sound};
    use crate::audio::{RATE, SILENCE};

    /// When it said something, in blocks, and what.
    fn told(heed: &mut Heed, sound: &[f32]) -> Vec<(usize, bool)> {
        let blocks: &[Block] = sound.as_chunks().0;
        let heard = blocks.iter().enumerate().filter_map(|(n, block)| Some((n, heed.hear(block)?)));
        heard.collect()
    }

    /// Syllables of 170 ms with gaps of 80 ms between them, four and a pause, in a quiet room.
    fn speech(dbfs: f64, seconds: f64) -> Vec<f32> {
        let mut room = noise(3);
        let level = 10f64.powf(dbfs / 20.0) * std::f64::consts::SQRT_2;
        let mut speech = sound(seconds, |n| {
            let at = n as f64 / f64::from(RATE);
            let spoken = at % 0.25 < 0.17 && at % 1.25 < 1.0;
            let swell = (std::f64::consts::PI * (at % 0.25) / 0.17).sin().abs().sqrt();
            let wave = (std::f64::consts::TAU * 160.0 * at).sin();
            if spoken { level * swell * wave } else { 0.0 }
        });
        speech.iter_mut().for_each(|sample| *sample += 3e-4 * room());
        speech
    }

    fn hum(dbfs: f64, seconds: f64) -> Vec<f32> {
        let level = 10f64.powf(dbfs / 20.0) * std::f64::consts::SQRT_2;
        sound(seconds, |n| level * (std::f64::consts::TAU * 50.0 * n as f64 / f64::from(RATE)).sin())
    }

    #[test]
    fn somebody_who_speaks_is_noticed_within_a_second_and_forgotten_three_seconds_after() {
        for dbfs in [-38.0, -25.0, -10.0] {
            let mut heed = Heed::default();
            let all = [vec![0.0; 96_000], speech(dbfs, 5.0), vec![0.0; 5 * 96_000]].concat();
            let told = told(&mut heed, &all);
            let [(begin, true), (end, false)] = told[..] else { panic!("{dbfs}: {told:?}") };
            assert!((130..180).contains(&begin), "{dbfs}: {begin}");
            assert!((860..=880).contains(&end), "{dbfs}: {end}");
        }
    }

    #[test]
    fn a_hum_a_fan_and_hiss_are_nobody() {
        let mut random = noise(7);
        let mut low = 0.0;
        let fan: Vec<f32> = (0..20 * 96_000)
            .map(|_| {
                low += 0.02 * (random() - low);
                low
            })
            .collect();
        let hiss: Vec<f32> = (0..20 * 96_000).map(|_| 0.05 * random()).collect();
        for (name, noise) in [("hum", hum(-20.0, 20.0)), ("fan", fan), ("hiss", hiss)] {
            let loud = dbfs(power_of(noise[96_000..].as_chunks().0.first().unwrap()).sqrt());
            assert!(loud > QUIETEST, "{name} is loud enough");
            // From the begin, and switched on in a silent room.
            let all = [noise.clone(), vec![0.0; 3 * 96_000], noise].concat();
            assert_eq!(told(&mut Heed::default(), &all), [], "{name}");
        }
    }

    #[test]
    fn somebody_is_noticed_above_a_hum_but_not_below_it() {
        let over = |speech: Vec<f32>| -> Vec<f32> {
            let hum = hum(-40.0, 5.0);
            speech.iter().zip(hum).map(|(speech, hum)| speech + hum).collect()
        };
        assert_eq!(told(&mut Heed::default(), &over(speech(-20.0, 5.0))).len(), 1);
        assert_eq!(told(&mut Heed::default(), &over(speech(-40.0, 5.0))), []);
    }

    #[test]
    fn what_is_too_quiet_or_a_single_bang_is_nobody() {
        assert_eq!(told(&mut Heed::default(), &speech(-52.0, 10.0)), []);
        for seconds in [0.2, 2.0] {
            let bang = [vec![0.0; 96_000], hum(-6.0, seconds), vec![0.0; 2 * 96_000]].concat();
            assert_eq!(told(&mut Heed::default(), &bang), [], "{seconds} s");
        }
    }

    #[test]
    fn when_it_rests_it_says_that_nobody_speaks_once() {
        let mut heed = Heed::default();
        assert_eq!(told(&mut heed, &speech(-20.0, 2.0)).len(), 1);
        assert_eq!((heed.rest(), heed.rest()), (Some(false), None));
        assert_eq!(heed.hear(&SILENCE), None);
        assert_eq!(told(&mut heed, &speech(-20.0, 2.0)).len(), 1, "and it listens again");
    }
}
