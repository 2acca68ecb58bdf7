//! Made voices in made rooms.

use std::f32::consts::TAU;

use proptest::prelude::*;

use super::*;
use crate::audio::SILENCE;

fn random(seed: &mut u32) -> f32 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*seed >> 8) as f32 / (1 << 23) as f32 - 1.0
}

/// Two poles: rings at a frequency.
#[derive(Clone, Copy, Default)]
struct Ring {
    a: [f32; 2],
    y: [f32; 2],
}

impl Ring {
    fn tune(&mut self, hz: f32, wide: f32) {
        let radius = (-std::f32::consts::PI * wide / 48_000.0).exp();
        self.a = [2.0 * radius * (TAU * hz / 48_000.0).cos(), -radius * radius];
    }

    fn next(&mut self, x: f32) -> f32 {
        let gain = 1.0 - self.a[0] - self.a[1];
        let y = gain * x + self.a[0] * self.y[0] + self.a[1] * self.y[1];
        self.y = [y, self.y[0]];
        y
    }
}

/// Somebody who speaks: pulses of a throat through the formants of vowels, syllable by syllable, with hissed
/// consonants and pauses between phrases.
struct Speaker {
    seed: u32,
    pitch: f32,
    n: usize,
    phase: f32,
    rings: [Ring; 3],
    /// The shape of the throat's pulses.
    throat: [f32; 2],
    hiss: f32,
    vowel: usize,
}

/// The formants of five vowels.
const VOWELS: [[f32; 3]; 5] = [
    [730.0, 1_090.0, 2_440.0],
    [530.0, 1_840.0, 2_480.0],
    [270.0, 2_290.0, 3_010.0],
    [570.0, 840.0, 2_410.0],
    [300.0, 870.0, 2_240.0],
];
/// A syllable lasts 220 ms; eight are a phrase, the last of which is a pause.
const SYLLABLE: usize = 10_560;

impl Speaker {
    fn new(pitch: f32, seed: u32) -> Self {
        Self {
            seed,
            pitch,
            n: 0,
            phase: 0.0,
            rings: Default::default(),
            throat: [0.0; 2],
            hiss: 0.0,
            vowel: 0,
        }
    }

    fn next(&mut self) -> f32 {
        let (syllable, at) = (self.n / SYLLABLE, self.n % SYLLABLE);
        if at == 0 {
            self.vowel = ((random(&mut self.seed) + 1.0) * 2.5) as usize % 5;
            for (ring, hz) in self.rings.iter_mut().zip(VOWELS[self.vowel]) {
                ring.tune(hz, 60.0 + hz / 25.0);
            }
        }
        self.n += 1;
        let along = at as f32 / SYLLABLE as f32;
        let melody = 1.0 + 0.12 * (along * 2.0 + syllable as f32).sin() - 0.02 * (syllable % 8) as f32;
        self.phase += self.pitch * melody / 48_000.0;
        let mut pulse = 0.0;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            pulse = 40.0;
        }
        let breath = random(&mut self.seed);
        self.throat[0] += 0.05 * (pulse - self.throat[0]);
        self.throat[1] += 0.05 * (self.throat[0] - self.throat[1]);
        let pulse = 4.0 * self.throat[1];
        let voiced = self
            .rings
            .iter_mut()
            .enumerate()
            .map(|(n, ring)| ring.next(pulse + 0.1 * breath) / (n + 1) as f32);
        let voiced: f32 = voiced.sum();
        let open = if syllable % 8 == 7 { 0.0 } else { (along * std::f32::consts::PI).sin().powf(0.6) };
        let hissed = if syllable % 8 != 7 && along < 0.25 { 0.15 * (breath - self.hiss) } else { 0.0 };
        self.hiss = breath;
        voiced * open + hissed
    }

    /// So many seconds of it at an RMS level, of the parts that are not pauses.
    fn speak(mut self, seconds: usize, dbfs: f32) -> Vec<f32> {
        let mut sound: Vec<f32> = (0..seconds * 48_000).map(|_| self.next()).collect();
        let gain = 10f32.powf((dbfs - level(&sound)) / 20.0);
        // A quiet room.
        sound.iter_mut().for_each(|sample| *sample = *sample * gain + 5e-4 * random(&mut self.seed));
        sound
    }
}

/// RMS in dBFS over the blocks in which somebody speaks.
fn level(sound: &[f32]) -> f32 {
    let power = |block: &[f32]| block.iter().map(|sample| sample * sample).sum::<f32>() / block.len() as f32;
    let powers: Vec<f32> = sound.chunks(FRAMES).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let spoken: Vec<f32> = powers.into_iter().filter(|power| *power > loudest * 1e-3).collect();
    10.0 * (spoken.iter().sum::<f32>() / spoken.len().max(1) as f32).max(1e-12).log10()
}

/// RMS in dBFS of all of it.
fn rms(sound: &[f32]) -> f32 {
    10.0 * (sound.iter().map(|sample| f64::from(sample * sample)).sum::<f64>() / sound.len() as f64)
        .max(1e-12)
        .log10() as f32
}

fn take_care(care: &mut Care, near: &[f32], far: &[f32]) -> Vec<f32> {
    let stereo = |mono: &[f32]| {
        let mut block = SILENCE;
        block.chunks_exact_mut(2).zip(mono).for_each(|(pair, sample)| pair.fill(*sample));
        block
    };
    let mut out = Vec::with_capacity(near.len());
    for (near, far) in near.chunks_exact(FRAMES).zip(far.chunks_exact(FRAMES)) {
        let mut block = stereo(near);
        care.work(&mut block, &stereo(far));
        assert!(block.chunks_exact(2).all(|pair| pair[0] == pair[1]));
        out.extend(block.iter().step_by(2));
    }
    out
}

const ECHO: VoiceCare = VoiceCare { echo: true, noise: false, gain: false };
const NOISE: VoiceCare = VoiceCare { echo: false, noise: true, gain: false };
const GAIN: VoiceCare = VoiceCare { echo: false, noise: false, gain: true };

fn with(care: VoiceCare) -> Care {
    let mut it = Care::default();
    it.set(care);
    it
}

/// What a microphone hears of a loudspeaker in a room: later, quieter, and with reflections that die away in 150 ms.
fn room(far: &[f32], delay_ms: usize, db: f32) -> Vec<f32> {
    let mut seed = 9;
    let gain = 10f32.powf(db / 20.0);
    let reflections: Vec<(usize, f32)> = (0..60)
        .map(|n| {
            let later = n * 120 + (random(&mut seed).abs() * 100.0) as usize;
            (later, random(&mut seed) * 10f32.powf(-3.0 * later as f32 / 7_200.0) * 0.5)
        })
        .chain([(0, 1.0)])
        .collect();
    let delay = delay_ms * 48;
    (0..far.len())
        .map(|n| {
            let echo: f32 = reflections
                .iter()
                .filter_map(|(later, share)| Some(far.get(n.checked_sub(delay + later)?)? * share))
                .sum();
            gain * echo + 1e-4 * random(&mut seed)
        })
        .collect()
}

/// How many samples later `out` is most like `voice`.
fn delay_of(voice: &[f32], out: &[f32]) -> usize {
    let like = |delay: usize| -> f64 {
        (96_000..144_000).map(|n| f64::from(out[n]) * f64::from(voice[n - delay])).sum()
    };
    (0..1_500).max_by(|a, b| like(*a).total_cmp(&like(*b))).unwrap()
}

/// What nobody says for so many seconds.
fn silence(seconds: usize) -> Vec<f32> {
    vec![0.0; seconds * 48_000]
}

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Second by second, or from one on.
fn seconds(sound: &[f32], from: usize, to: usize) -> &[f32] {
    &sound[from * 48_000..to * 48_000]
}

#[test]
fn an_echo_is_20_db_down_after_a_second_and_30_after_three() {
    for delay in [20, 60, 150] {
        let far = Speaker::new(180.0, 5).speak(8, -23.0);
        let near = room(&far, delay, -6.0);
        let out = take_care(&mut with(ECHO), &near, &far);
        let down = |from, to| rms(seconds(&near, from, to)) - rms(seconds(&out, from, to));
        assert!(down(1, 3) > 20.0, "{delay} ms: {} dB", down(1, 3));
        assert!(down(3, 8) > 30.0, "{delay} ms: {} dB", down(3, 8));
    }
}

#[test]
fn a_near_voice_keeps_its_level_through_every_part() {
    let voice = Speaker::new(110.0, 2).speak(8, -23.0);
    for care in [ECHO, NOISE, GAIN, VoiceCare { echo: true, noise: true, gain: true }] {
        let out = take_care(&mut with(care), &voice, &silence(8));
        let change = level(seconds(&out, 2, 8)) - level(seconds(&voice, 2, 8));
        assert!(change.abs() < 3.0, "{care:?}: {change} dB");
    }
}

#[test]
fn a_near_voice_is_heard_after_the_far_one_has_spoken() {
    let far = [Speaker::new(180.0, 5).speak(5, -23.0), silence(5)].concat();
    let own = [silence(5), Speaker::new(110.0, 2).speak(5, -23.0)].concat();
    let near = sum(&room(&far, 60, -6.0), &own);
    let out = take_care(&mut with(ECHO), &near, &far);
    let change = level(seconds(&out, 6, 10)) - level(seconds(&own, 6, 10));
    assert!(change.abs() < 3.0, "{change} dB");
    assert!(rms(seconds(&near, 3, 5)) - rms(seconds(&out, 3, 5)) > 20.0);
}

#[test]
fn fans_and_hiss_go_and_the_voice_stays() {
    let mut seed = 4;
    let hiss: Vec<f32> = (0..10 * 48_000).map(|_| 0.0097 * random(&mut seed)).collect();
    let mut low = 0.0;
    let fan: Vec<f32> = (0..10 * 48_000)
        .map(|n| {
            low += 0.01 * (random(&mut seed) - low);
            0.15 * low + 0.004 * (TAU * (n % 400) as f32 / 400.0).sin()
        })
        .collect();
    let voice = [Speaker::new(120.0, 3).speak(5, -23.0), silence(5)].concat();
    for (name, noise, wanted) in [("hiss", hiss, 15.0), ("fan", fan, 30.0)] {
        let noisy = sum(&noise, &voice);
        let out = take_care(&mut with(NOISE), &noisy, &silence(10));
        let down = rms(seconds(&noisy, 7, 10)) - rms(seconds(&out, 7, 10));
        let change = level(seconds(&out, 1, 5)) - level(seconds(&voice, 1, 5));
        assert!(down > wanted, "{name}: {down} dB");
        assert!(change.abs() < 3.0, "{name}: the voice {change} dB");
    }
}

#[test]
fn a_quiet_voice_is_lifted_within_ten_seconds_and_a_loud_one_is_left() {
    for (db, wanted) in [(-45.0, -23.0), (-35.0, -23.0), (-23.0, -23.0), (-12.0, -12.0)] {
        let voice = Speaker::new(120.0, 3).speak(12, db);
        let out = take_care(&mut with(GAIN), &voice, &silence(12));
        let came = level(seconds(&out, 9, 12));
        assert!((came - wanted).abs() < 3.0, "{db}: {came} dBFS");
        let first = level(seconds(&out, 0, 2)) - level(seconds(&voice, 0, 2));
        assert!(first < 3.0 || db < -23.0, "{db}: {first} dB louder at first");
        assert!(out.iter().all(|sample| sample.abs() <= 1.0));
    }
}

#[test]
fn what_comes_out_is_as_late_as_it_says() {
    let mut seed = 3;
    let hiss: Vec<f32> = (0..4 * 48_000).map(|_| 0.1 * random(&mut seed)).collect();
    let voice = Speaker::new(97.0, 1).speak(4, -23.0);
    // The noise goes from hiss; a voice repeats itself, but never within this delay of its pitch.
    for (care, sound) in [(ECHO, &hiss), (NOISE, &voice), (GAIN, &hiss), (VoiceCare::default(), &hiss)] {
        let mut it = with(care);
        let out = take_care(&mut it, sound, &silence(4));
        assert!(delay_of(sound, &out).abs_diff(it.delay()) <= 2, "{care:?}: {}", delay_of(sound, &out));
    }
    assert_eq!(delay(VoiceCare { echo: true, noise: true, gain: true }), 910);
}

#[test]
fn off_changes_no_bit() {
    let mut care = Care::default();
    let mut seed = 1;
    for switched in [false, true] {
        let block: Block = std::array::from_fn(|n| if n == 7 { f32::NAN } else { 3.0 * random(&mut seed) });
        let mut out = block;
        care.work(&mut out, &block);
        assert_eq!(out.map(f32::to_bits), block.map(f32::to_bits));
        if !switched {
            care.set(VoiceCare { echo: true, noise: true, gain: true });
            (0..10).for_each(|_| care.work(&mut SILENCE.clone(), &SILENCE));
            care.set(VoiceCare::default());
            // One block to fade the parts out, one to fade from the middle to both sides.
            (0..2).for_each(|_| care.work(&mut SILENCE.clone(), &SILENCE));
        }
    }
}

#[test]
fn switching_is_never_a_step() {
    let steepest = |sound: &[f32]| sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    let mut care = Care::default();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for n in 0..400 {
        if n % 20 == 0 {
            let bits = n / 20;
            care.set(VoiceCare { echo: bits & 1 != 0, noise: bits & 2 != 0, gain: bits & 4 != 0 });
        }
        let mut block = SILENCE;
        for (k, pair) in block.chunks_exact_mut(2).enumerate() {
            let phase = TAU * ((n * FRAMES + k) % 240) as f32 / 240.0;
            pair.copy_from_slice(&[0.5 * phase.sin(), 0.3 * phase.cos()]);
        }
        care.work(&mut block, &SILENCE);
        left.extend(block.iter().step_by(2));
        right.extend(block.iter().skip(1).step_by(2));
    }
    let allowed = 0.5 * TAU / 240.0 + 0.006;
    for side in [left, right] {
        assert!(steepest(&side) < allowed, "{}, not {allowed}", steepest(&side));
    }
}

#[test]
fn a_part_that_loses_itself_begins_anew() {
    /// Gives 0.5, and no number in its tenth block.
    #[derive(Default)]
    struct Frail(u32);
    let mut part = Part::<Frail>::default();
    part.switch(true);
    let mut heard = Vec::new();
    for _ in 0..30 {
        let mut voice = [0.25; FRAMES];
        part.work(&mut voice, |frail, voice| {
            frail.0 += 1;
            voice.fill(if frail.0 == 10 { f32::NAN } else { 0.5 });
        });
        heard.extend(voice);
    }
    assert!(heard.iter().all(|sample| (0.25..=0.5).contains(sample)));
    assert_eq!(heard[9 * FRAMES], 0.25, "what it lost passes as it was");
    assert_eq!(heard[15 * FRAMES], 0.5, "and it works again");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_goes_in_sound_comes_out(
        blocks in prop::collection::vec(
            (
                prop_oneof![-1f32..1.0, any::<f32>(), Just(f32::NAN), Just(f32::INFINITY), Just(1e-42)],
                prop_oneof![-1f32..1.0, any::<f32>(), Just(f32::NAN)],
                any::<(bool, bool, bool)>(),
            ),
            1..60,
        ),
    ) {
        let mut care = Care::default();
        for (n, (near, far, (echo, noise, gain))) in blocks.into_iter().enumerate() {
            if n % 7 == 0 {
                care.set(VoiceCare { echo, noise, gain });
            }
            let was_off = !care.middle;
            let mut block: Block = std::array::from_fn(|n| if n % 3 == 0 { -near } else { near });
            care.work(&mut block, &[far; 2 * FRAMES]);
            let off = was_off && !care.middle;
            prop_assert!(off || block.iter().all(|sample| sample.abs() <= 1.0));
        }
    }
}
