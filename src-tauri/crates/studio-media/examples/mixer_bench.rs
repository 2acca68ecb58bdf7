//! CPU time of the mixer with many sources, as one line of JSON at the end, to set beside other mixers on the same sounds.
//!
//! `mixer_bench [--strips N] [--seconds N] [WAV...]`: source n is the wav of number n, begun anew when it ends, and each
//! wav is 48 kHz stereo in 16 bit; without wavs, words of noise. It comes as from an engine's lane, and every strip has its
//! gate, equaliser, compressor and limiter on. `mixer_core` is CPU seconds per second of sound for all of it: lanes, strips,
//! meters, ducking, program and monitor with their limiters, loudness. `voice_core` is what care for one voice costs beside
//! that: echo, noise and gain.

use std::path::Path;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};
use studio_media::audio::care::Care;
use studio_media::audio::mix::{Mixer, Piece, Sounds};
use studio_media::audio::{BLOCKS, Block, SILENCE, from_i16, to_i16};
use studio_wire::ids::{LaneId, SourceId};
use studio_wire::media::{Feed, Monitor, Wiring};
use studio_wire::mixer::{Loudness, Mix, Strip, VoiceCare};
use studio_wire::time::ShowTime;

/// A block as a lane carries it.
type Carried = [u8; 1_920];
type Failure = Box<dyn std::error::Error>;

struct Wish {
    strips: u16,
    seconds: u32,
    wavs: Vec<String>,
}

fn wish() -> Option<Wish> {
    let mut wish = Wish { strips: 20, seconds: 60, wavs: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--strips" => wish.strips = words.next()?.parse().ok()?,
            "--seconds" => wish.seconds = words.next()?.parse().ok()?,
            _ => wish.wavs.push(word),
        }
    }
    (wish.strips > 0 && wish.seconds > 0).then_some(wish)
}

/// Everything on, every band doing something, and each as loud as leaves room for twenty.
fn settings() -> Strip {
    let mut strip = Strip { gain_db: -12.0, ..Strip::default() };
    (strip.gate.on, strip.eq.on, strip.compressor.on, strip.limiter.on) = (true, true, true, true);
    for (band, db) in strip.eq.bands.iter_mut().zip([0.0, 3.0, -4.0, 3.0, 2.0]) {
        (band.on, band.db) = (true, db);
    }
    strip
}

/// The blocks of a wav's sound, as a lane carries them.
fn load(path: &Path) -> Result<Vec<Carried>, Failure> {
    let wav = std::fs::read(path)?;
    let odd = || format!("{}: not a wav of 48 kHz stereo in 16 bit", path.display());
    let mut rest = wav.get(12..).ok_or_else(odd)?;
    while let Some((head, body)) = rest.split_at_checked(8) {
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let piece = &body[..size.min(body.len())];
        match &head[..4] {
            b"fmt " if !matches!(piece, [_, _, 2, 0, 0x80, 0xBB, 0, 0, ..] if piece.get(14) == Some(&16)) => {
                return Err(odd().into());
            }
            b"data" => {
                let native =
                    piece.chunks_exact(2).flat_map(|two| i16::from_le_bytes([two[0], two[1]]).to_ne_bytes());
                return Ok(native.collect::<Vec<u8>>().as_chunks().0.to_vec());
            }
            _ => {}
        }
        rest = body.get(size.next_multiple_of(2)..).unwrap_or_default();
    }
    Err(odd().into())
}

/// Ten seconds of words, each strip with its own.
fn words(strip: usize) -> Vec<Carried> {
    let mut state = strip as u64 + 1;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let (mut level, mut low) = (0.0, [0f32; 2]);
    let mut block = |n: u32| -> Carried {
        if n.is_multiple_of(20) {
            level = if random() < -0.4 { 0.001 } else { 0.4 + 0.3 * random() };
        }
        let mut block = [0; 1_920];
        for pair in block.as_chunks_mut::<4>().0 {
            for (sample, low) in pair.as_chunks_mut::<2>().0.iter_mut().zip(&mut low) {
                *low += 0.2 * (random() - *low);
                *sample = to_i16(2.0 * level * *low).to_ne_bytes();
            }
        }
        block
    };
    (0..10 * BLOCKS).map(&mut block).collect()
}

fn cpu_seconds() -> f64 {
    let at = clock_gettime(ClockId::ThreadCPUTime);
    at.tv_sec as f64 + at.tv_nsec as f64 / 1e9
}

/// Lanes that carry a block of each sound per tick.
struct Lanes {
    sounds: Vec<Vec<Carried>>,
    tick: usize,
}

impl Sounds for Lanes {
    fn take(&mut self, feed: Feed, take: &mut dyn FnMut(Piece<'_>)) {
        let Feed::CrewSound(LaneId(lane)) = feed else { return };
        let sound = &self.sounds[usize::from(lane)];
        take(Piece { bytes: &sound[self.tick % sound.len()], rate: 48_000, channels: 2, sent: ShowTime(0) });
    }

    fn microphone(&mut self, _: ShowTime, _: &mut Block) -> bool {
        false
    }
}

/// A mixer that hears all lanes in program and monitor, and what the last of them is music to.
fn mixer(lanes: &mut Lanes) -> Mixer {
    let count = lanes.sounds.len() as u16;
    let source = |lane: u16| SourceId(lane.into());
    let wiring = |lane| Wiring {
        source: source(lane),
        feed: Feed::CrewSound(LaneId(lane)),
        on: true,
        cell: None,
        sound: None,
    };
    let mut mix =
        Mix { strips: (0..count).map(|lane| (source(lane), settings())).collect(), ..Mix::default() };
    mix.music = vec![source(count - 1)];
    mix.program.ducking.on = true;
    let mut mixer = Mixer::default();
    mixer.set(mix);
    mixer.wire(&(0..count).map(wiring).collect::<Vec<_>>(), lanes);
    mixer.voices(&(0..count).map(source).collect::<Vec<_>>());
    mixer.monitor(&Monitor { program: true, voices: Vec::new() });
    mixer
}

/// CPU seconds per second of sound for care of one voice, while another is heard from the loudspeakers.
fn voice_core(voice: &[Carried], far: &[Carried], seconds: u32) -> f64 {
    let sound = |carried: &Carried| -> Block {
        std::array::from_fn(|n| from_i16(i16::from_ne_bytes([carried[2 * n], carried[2 * n + 1]])))
    };
    let [voice, far] = [voice, far].map(|carried| carried.iter().map(sound).collect::<Vec<_>>());
    let mut care = Care::default();
    care.set(VoiceCare { echo: true, noise: true, gain: true });
    let begun = cpu_seconds();
    for tick in 0..(seconds * BLOCKS) as usize {
        let mut block = voice[tick % voice.len()];
        care.work(&mut block, &far[tick % far.len()]);
        std::hint::black_box(&block);
    }
    (cpu_seconds() - begun) / f64::from(seconds)
}

fn main() -> Result<(), Failure> {
    let wish = wish().ok_or("usage: [--strips N] [--seconds N] [WAV...]")?;
    let mut sounds = Vec::new();
    for n in 0..usize::from(wish.strips) {
        sounds.push(match wish.wavs.get(n % wish.wavs.len().max(1)) {
            Some(wav) => load(Path::new(wav))?,
            None => words(n),
        });
    }
    if sounds.iter().any(Vec::is_empty) {
        return Err("a wav holds not even 10 ms".into());
    }
    let mut lanes = Lanes { sounds, tick: 0 };
    let mut mixer = mixer(&mut lanes);
    let (mut loudness, mut last) = (Loudness::default(), SILENCE);
    let (begun, wall) = (cpu_seconds(), Instant::now());
    for tick in 0..wish.seconds * BLOCKS {
        lanes.tick = tick as usize;
        let mixed = mixer.mix(ShowTime::from_ms(10 * u64::from(tick)), &mut lanes);
        loudness = mixed.loudness.unwrap_or(loudness);
        last = mixed.program;
    }
    let mixer_core = (cpu_seconds() - begun) / f64::from(wish.seconds);
    let wall_seconds = wall.elapsed().as_secs_f64();
    std::hint::black_box(&last);
    let far = lanes.sounds.last().ok_or("no sound")?;
    println!(
        "{}",
        serde_json::json!({
            "strips": wish.strips,
            "seconds": wish.seconds,
            "mixer_core": mixer_core,
            "voice_core": voice_core(&lanes.sounds[0], far, wish.seconds),
            "wall_seconds": wall_seconds,
            "loudness": loudness,
        })
    );
    Ok(())
}
