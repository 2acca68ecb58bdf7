use std::path::Path;
use std::process::Command;

use super::*;
use crate::audio::SILENCE;
use crate::audio::probe::{noise, sine};

/// Everything that the gauge said, each tenth of a second.
fn said_of(sound: &[f32]) -> Vec<Loudness> {
    let mut gauge = Gauge::default();
    let blocks: &[Block] = sound.as_chunks().0;
    blocks.iter().filter_map(|block| gauge.hear(block)).collect()
}

/// A wav of 32 bit floats.
fn write_wav(path: &Path, sound: &[f32]) {
    let size = 4 * sound.len() as u32;
    let mut wav = Vec::with_capacity(44 + size as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + size).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x03\0\x02\0");
    wav.extend(48_000u32.to_le_bytes());
    wav.extend(384_000u32.to_le_bytes());
    wav.extend(b"\x08\0\x20\0data");
    wav.extend(size.to_le_bytes());
    wav.extend(sound.iter().flat_map(|sample| sample.to_le_bytes()));
    std::fs::write(path, wav).unwrap();
}

/// What ffmpeg's filter says at the end of each tenth of a second: momentary, short, integrated, range, true peak.
fn ffmpeg_said(sound: &[f32]) -> Vec<[f64; 5]> {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("sound.wav");
    write_wav(&wav, sound);
    let out = Command::new(crate::find_ffmpeg(folder.path()).unwrap())
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(&wav)
        .args(["-af", "ebur128=metadata=1:peak=true,ametadata=print:file=-", "-f", "null", "-"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let mut said = Vec::new();
    let mut now = [f64::NEG_INFINITY; 5];
    for line in String::from_utf8(out.stdout).unwrap().lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = || value.parse::<f64>().unwrap();
        match key {
            "lavfi.r128.M" => now[0] = value(),
            "lavfi.r128.S" => now[1] = value(),
            "lavfi.r128.I" => now[2] = value(),
            "lavfi.r128.LRA" => now[3] = value(),
            "lavfi.r128.true_peak" | "lavfi.r128.true_peaks_ch0" | "lavfi.r128.true_peaks_ch1" => {
                now[4] = now[4].max(20.0 * value().log10());
            }
            _ => {}
        }
        if key == "lavfi.r128.M" {
            said.push([f64::NEG_INFINITY; 5]);
        }
        if let Some(last) = said.last_mut() {
            *last = now;
        }
    }
    said
}

/// Agrees with ffmpeg within 0.1 LU wherever both have something to say.
fn agrees(name: &str, sound: &[f32]) {
    let (ours, theirs) = (said_of(sound), ffmpeg_said(sound));
    assert!(ours.len().abs_diff(theirs.len()) <= 1 && ours.len() > 30, "{} {}", ours.len(), theirs.len());
    let mut compared = 0;
    for (n, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        // Theirs begins to say short-term with less than 3 s in hand.
        let both = [(ours.momentary, theirs[0], 4), (ours.short, theirs[1], 30)];
        for (which, (ours, theirs, from)) in both.into_iter().enumerate() {
            if n + 1 >= from && theirs > -70.0 {
                compared += 1;
                assert!((f64::from(ours) - theirs).abs() < 0.1, "{name} {which} at {n}: {ours} {theirs}");
            }
        }
    }
    assert!(compared > 30);
    let (ours, theirs) = (ours[ours.len() - 1], theirs[theirs.len() - 1]);
    assert!((f64::from(ours.integrated) - theirs[2]).abs() < 0.1, "{name}: {ours:?} {theirs:?}");
    // By EBU Tech 3342 a range may be off by 1 LU: it is made of percentiles, and of as many blocks as one likes.
    assert!((f64::from(ours.range) - theirs[3]).abs() < 1.0, "{name}: {ours:?} {theirs:?}");
    assert!((f64::from(ours.true_peak) - theirs[4]).abs() < 0.4, "{name}: {ours:?} {theirs:?}");
}

/// A tone of 1 kHz at levels in dBFS, each for so many seconds.
fn tones(steps: &[(f64, f64)]) -> Vec<f32> {
    steps.iter().flat_map(|(level, seconds)| sine(1_000.0, 10f64.powf(level / 20.0), *seconds)).collect()
}

#[test]
fn the_signals_of_ebu_3341_read_as_they_must() {
    let cases: [(&[(f64, f64)], f32); 4] = [
        (&[(-23.0, 20.0)], -23.0),
        (&[(-33.0, 20.0)], -33.0),
        (&[(-36.0, 5.0), (-23.0, 30.0), (-36.0, 5.0)], -23.0),
        (&[(-72.0, 5.0), (-36.0, 5.0), (-23.0, 30.0), (-36.0, 5.0), (-72.0, 5.0)], -23.0),
    ];
    for (steps, integrated) in cases {
        let said = said_of(&tones(steps));
        let last = said[said.len() - 1];
        assert!((last.integrated - integrated).abs() <= 0.1, "{steps:?}: {last:?}");
        if let [(level, _)] = steps {
            assert!((f64::from(last.momentary) - level).abs() <= 0.1, "{last:?}");
            assert!((f64::from(last.short) - level).abs() <= 0.1, "{last:?}");
        }
    }
}

#[test]
fn the_signals_of_ebu_3342_have_the_range_they_must() {
    for (quiet, loud, range) in [(-30.0, -20.0, 10.0), (-20.0, -15.0, 5.0), (-20.0, -40.0, 20.0)] {
        let said = said_of(&tones(&[(loud, 20.0), (quiet, 20.0)]));
        let last = said[said.len() - 1];
        assert!((last.range - range).abs() <= 1.0, "{quiet} {loud}: {last:?}");
    }
}

#[test]
fn ffmpegs_meter_says_the_same_of_tones() {
    agrees("tones", &tones(&[(-36.0, 4.0), (-23.0, 12.0), (-26.0, 14.0), (-18.5, 10.3), (-72.0, 4.0)]));
}

#[test]
fn ffmpegs_meter_says_the_same_of_something_like_speech() {
    let mut random = noise(21);
    let (mut low, mut level) = ([0f32; 2], 0f32);
    let mut sound = Vec::new();
    for n in 0..48_000 * 30 {
        // Words of 100 to 400 ms, a pause of 2 s now and then, and no bass to speak of.
        if n % 4_800 == 0 {
            let pause = (n / 48_000) % 7 >= 5 || random() < -0.3;
            level = if pause { 0.0 } else { 10f32.powf(0.6 * random() - 0.7) };
        }
        for low in &mut low {
            let white = random();
            *low += 0.2 * (white - *low);
            sound.push(level * (*low + 0.1 * white));
        }
    }
    agrees("speech", &sound);
}

#[test]
fn going_live_starts_anew() {
    let mut gauge = Gauge::default();
    let loud = tones(&[(-6.0, 5.0)]);
    loud.as_chunks().0.iter().filter_map(|block| gauge.hear(block)).for_each(drop);
    assert!(gauge.read().integrated > -7.0 && gauge.read().true_peak > -6.1);
    gauge.restart();
    assert_eq!(gauge.read(), Loudness::default());
    let quiet = tones(&[(-30.0, 5.0)]);
    quiet.as_chunks().0.iter().filter_map(|block| gauge.hear(block)).for_each(drop);
    assert!((gauge.read().integrated + 30.0).abs() < 0.1, "{:?}", gauge.read());
    assert!((gauge.read().true_peak + 30.0).abs() < 0.1, "{:?}", gauge.read());
}

#[test]
fn silence_and_garbage_are_numbers() {
    let mut gauge = Gauge::default();
    for level in [0.0, f32::NAN, f32::INFINITY] {
        for _ in 0..400 {
            gauge.hear(&[level; 960]);
        }
        assert_eq!(gauge.read(), Loudness::default(), "{level}");
    }
    gauge.restart();
    let said: Vec<_> = (0..100).filter_map(|_| gauge.hear(&SILENCE)).collect();
    assert_eq!(said, [Loudness::default(); 10], "ten times a second");
}
