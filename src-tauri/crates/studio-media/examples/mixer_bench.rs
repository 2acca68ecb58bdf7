//! CPU time of the mixer's strips and of what stands on the program bus, as one line of JSON, to set beside other mixers
//! on the same sounds.
//!
//! `mixer_bench --strips N --seconds N [WAV...]`: strip n hears the wav of number n, begun anew when it ends, and each wav
//! is 48 kHz stereo in 16 bit; without wavs, words of noise. Every strip has its gate, equaliser, compressor and limiter on.
//! `program` is the sum, its limiter, its loudness and one meter per strip.

use std::path::Path;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};
use studio_media::audio::loudness::Gauge;
use studio_media::audio::master::Master;
use studio_media::audio::meter::Meter;
use studio_media::audio::strip::Chain;
use studio_media::audio::{BLOCKS, Block, SILENCE, from_i16};
use studio_wire::mixer::{Loudness, Strip};

struct Wish {
    strips: usize,
    seconds: u32,
    wavs: Vec<String>,
}

fn wish() -> Option<Wish> {
    let mut wish = Wish { strips: 0, seconds: 0, wavs: Vec::new() };
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

/// Everything on, and every band doing something.
fn settings() -> Strip {
    let mut strip = Strip::default();
    (strip.gate.on, strip.eq.on, strip.compressor.on, strip.limiter.on) = (true, true, true, true);
    for (band, db) in strip.eq.bands.iter_mut().zip([0.0, 3.0, -4.0, 3.0, 2.0]) {
        (band.on, band.db) = (true, db);
    }
    strip
}

/// The blocks of a wav's sound.
fn load(path: &Path) -> Result<Vec<Block>, Box<dyn std::error::Error>> {
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
                let samples = piece.chunks_exact(2).map(|two| from_i16(i16::from_le_bytes([two[0], two[1]])));
                let samples: Vec<f32> = samples.collect();
                return Ok(samples.as_chunks().0.to_vec());
            }
            _ => {}
        }
        rest = body.get(size.next_multiple_of(2)..).unwrap_or_default();
    }
    Err(odd().into())
}

/// Ten seconds of words, each strip with its own.
fn words(strip: usize) -> Vec<Block> {
    let mut state = strip as u64 + 1;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let (mut level, mut low) = (0.0, [0f32; 2]);
    let mut block = |n: u32| {
        if n.is_multiple_of(20) {
            level = if random() < -0.4 { 0.001 } else { 0.4 + 0.3 * random() };
        }
        let mut block = SILENCE;
        for pair in block.as_chunks_mut::<2>().0 {
            for (sample, low) in pair.iter_mut().zip(&mut low) {
                *low += 0.2 * (random() - *low);
                *sample = 2.0 * level * *low;
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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wish = wish().ok_or("usage: --strips N --seconds N [WAV...]")?;
    let mut sounds = Vec::new();
    for n in 0..wish.strips {
        sounds.push(match wish.wavs.get(n % wish.wavs.len().max(1)) {
            Some(wav) => load(Path::new(wav))?,
            None => words(n),
        });
    }
    if sounds.iter().any(Vec::is_empty) {
        return Err("a wav holds not even 10 ms".into());
    }
    let mut chains: Vec<Chain> = sounds.iter().map(|_| Chain::new(&settings())).collect();
    let meters: Vec<Meter> = sounds.iter().map(|_| Meter::default()).collect();
    let (mut master, mut gauge) = (Master::default(), Gauge::default());
    let mut loudness = Loudness::default();
    let mut blocks = vec![SILENCE; wish.strips];
    let (mut in_chains, begun, wall) = (0.0, cpu_seconds(), Instant::now());
    for tick in 0..(wish.seconds * BLOCKS) as usize {
        for (block, sound) in blocks.iter_mut().zip(&sounds) {
            *block = sound[tick % sound.len()];
        }
        let before = cpu_seconds();
        for (chain, block) in chains.iter_mut().zip(&mut blocks) {
            chain.run(block);
        }
        in_chains += cpu_seconds() - before;
        let mut program = SILENCE;
        for (block, meter) in blocks.iter().zip(&meters) {
            meter.hear(block);
            program.iter_mut().zip(block).for_each(|(sum, sample)| *sum += 0.25 * sample);
        }
        master.limit(&mut program);
        loudness = gauge.hear(&program).unwrap_or(loudness);
    }
    let (all, seconds) = (cpu_seconds() - begun, f64::from(wish.seconds));
    println!(
        "{}",
        serde_json::json!({
            "strips": wish.strips,
            "seconds": wish.seconds,
            "cpu_per_second_strips": in_chains / seconds,
            "cpu_per_second_program": (all - in_chains) / seconds,
            "cpu_per_second": all / seconds,
            "wall_seconds": wall.elapsed().as_secs_f64(),
            "loudness": loudness,
        })
    );
    Ok(())
}
