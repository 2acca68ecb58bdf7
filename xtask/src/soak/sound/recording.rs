//! What a recording sounds and looks like, read with ffmpeg.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use rig::tone;

const RATE: u32 = 48_000;
/// Softer than this is silence, in full scales.
const AUDIBLE: f32 = 0.01;
/// A sound that begins, in dBFS.
const BEGINS: f64 = -30.0;
/// What is looked for is looked for in pieces of this length, half over each other, in s.
const PIECE: f64 = 0.05;

/// A decoded recording.
pub struct Recording {
    /// Both sides as one. Gaps in the file's times are silence, so a sample's place is its time.
    pub sound: Vec<f32>,
    /// Of each picture the brightness of one place.
    pub spot: Vec<u8>,
}

impl Recording {
    /// Decodes all of it; the place is a square of eight pixels whose corner is given.
    pub fn read(ffmpeg: &Path, file: &Path, (x, y): (u32, u32)) -> Result<Self> {
        let sound =
            "-map 0:a:0 -vn -af aresample=async=1:first_pts=0,pan=mono|c0=0.5*c0+0.5*c1 -ar 48000 -f f32le";
        let sound = decode(ffmpeg, file, sound)?;
        let picture = format!(
            "-map 0:v:0 -an -vf extractplanes=y,crop=8:8:{x}:{y},scale=1:1:flags=area -fps_mode passthrough \
             -pix_fmt gray -f rawvideo"
        );
        let sample = |bytes: &[u8; 4]| f32::from_le_bytes(*bytes);
        let sound = sound.as_chunks().0.iter().map(sample).collect();
        Ok(Self { sound, spot: decode(ffmpeg, file, &picture)? })
    }

    /// Its length, in s.
    pub fn seconds(&self) -> f64 {
        self.sound.len() as f64 / f64::from(RATE)
    }

    fn part(&self, from: f64, to: f64) -> &[f32] {
        let at = |time: f64| ((time.max(0.0) * f64::from(RATE)) as usize).min(self.sound.len());
        &self.sound[at(from)..at(to).max(at(from))]
    }

    /// The longest silence between two moments, in ms.
    pub fn silence_ms(&self, from: f64, to: f64) -> u32 {
        let (mut longest, mut run) = (0, 0);
        for piece in self.part(from, to).chunks_exact(RATE as usize / 1_000) {
            run = if piece.iter().any(|sample| sample.abs() > AUDIBLE) { 0 } else { run + 1 };
            longest = longest.max(run);
        }
        longest
    }

    /// How loud a pitch is where it is loudest between two moments, in dBFS. One that sounds for 1 ms of amplitude 0.5
    /// is at −40 or above, wherever in a piece it is.
    pub fn loudest(&self, hz: f64, from: f64, to: f64) -> f64 {
        let pieces = ((to - from) / PIECE * 2.0).floor().max(0.0) as u32;
        let level = |n: u32| {
            let begin = from + f64::from(n) * PIECE / 2.0;
            tone::level(self.part(begin, begin + PIECE), RATE, hz)
        };
        (0..pieces).map(level).fold(-120.0, f64::max)
    }

    /// When a pitch begins, to 10 ms, between two moments.
    pub fn begins(&self, hz: f64, from: f64, to: f64) -> Option<f64> {
        let steps = ((to - from) * 100.0).max(0.0) as u32;
        let at = |n: u32| from + f64::from(n) / 100.0;
        (0..steps).map(at).find(|at| tone::level(self.part(*at, at + 0.02), RATE, hz) > BEGINS)
    }
}

fn decode(ffmpeg: &Path, file: &Path, what: &str) -> Result<Vec<u8>> {
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-v", "error", "-i"]).arg(file).args(what.split_whitespace()).arg("-");
    let output = command.stdin(Stdio::null()).output().context("starting ffmpeg")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ffmpeg cannot read {}: {said}", file.display());
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn sine(hz: f64, seconds: f64) -> impl Iterator<Item = f32> {
        let sample = move |n: u32| (0.5 * (TAU * hz * f64::from(n) / f64::from(RATE)).sin()) as f32;
        (0..(seconds * f64::from(RATE)) as u32).map(sample)
    }

    #[test]
    fn a_hole_is_as_long_as_it_is_and_a_pitch_begins_where_it_does() {
        let hole = std::iter::repeat_n(0.0, 1_440);
        let sound = sine(997.0, 1.0).chain(hole).chain(sine(2_311.0, 1.0)).collect();
        let recording = Recording { sound, spot: Vec::new() };
        assert!((29..=30).contains(&recording.silence_ms(0.0, 2.0)), "{}", recording.silence_ms(0.0, 2.0));
        assert_eq!(recording.silence_ms(0.0, 0.9), 0);
        let begins = recording.begins(2_311.0, 0.0, 2.0).unwrap();
        assert!((begins - 1.03).abs() < 0.03, "{begins}");
        assert_eq!(recording.begins(5_003.0, 0.0, 2.0), None);
    }

    #[test]
    fn a_millisecond_of_another_pitch_is_found_wherever_it_is() {
        for at in [24_000, 24_300, 24_600, 24_900] {
            let mut sound: Vec<f32> = sine(997.0, 1.0).collect();
            sound[at..at + 48].iter_mut().zip(sine(5_003.0, 0.001)).for_each(|(all, other)| *all += other);
            let recording = Recording { sound, spot: Vec::new() };
            let level = recording.loudest(5_003.0, 0.0, 1.0);
            assert!(level > -42.0, "{level} at {at}");
            assert!(recording.loudest(5_003.0, 0.0, 0.4) < -80.0);
        }
    }
}
