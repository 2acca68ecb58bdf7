//! What is to be heard in a recording: the peak, and each guest's bursts at their own pitch.

use std::f64::consts::TAU;
use std::io;
use std::path::Path;

use super::Question;
use super::pictures::Flash;
use super::reading::Reading;
use crate::synthetic::FLASH_MS;
use crate::synthetic::tone::{LEVEL, RAMP_MS};

const RATE: usize = 48_000;
/// Samples of one step of an envelope: a millisecond.
const STEP: usize = RATE / 1_000;
/// The envelope looks at so many steps, twice in a row: deaf to bursts 42 Hz away and to most that are nearer.
const SMOOTH: usize = 24;
/// Around the instant of a flash its burst is looked for, in milliseconds before and after.
const BEFORE: usize = 150;
const AFTER: usize = 700;
/// A softer burst is somebody else's, heard from afar.
const LEAST: f64 = LEVEL * 0.4;

/// What was heard.
pub(super) struct Heard {
    pub(super) peak: f32,
    /// In the order of the question.
    pub(super) guests: Vec<HeardGuest>,
}

/// What was heard of one guest.
#[derive(Clone, Debug, Default)]
pub(super) struct HeardGuest {
    pub(super) offsets_ms: Vec<f64>,
    /// Where in the file, in seconds, and how old the sound was there.
    pub(super) ages_ms: Vec<(f64, f64)>,
    pub(super) levels_dbfs: Vec<f64>,
}

/// Decodes all sound and looks for the burst to each flash.
pub(super) fn read(ffmpeg: &Path, file: &Path, question: &Question, flashes: &[Flash]) -> io::Result<Heard> {
    let mut heard = Heard { peak: 0.0, guests: vec![HeardGuest::default(); question.guests.len()] };
    // Gaps become silence, so that a sample's place is its time.
    let what = "-map 0:a:0? -vn -af aresample=async=1:first_pts=0 -ac 2 -ar 48000 -f f32le";
    let mut reading = Reading::start(ffmpeg, file, what)?;
    let mut flashes: Vec<&Flash> = flashes.iter().collect();
    flashes.sort_by(|a, b| a.instant.total_cmp(&b.instant));
    let mut waiting = flashes.into_iter().peekable();
    let mut line = Line::default();
    let mut bytes = vec![0; RATE / 100 * 8];
    loop {
        let more = reading.fill(&mut bytes)?;
        if more {
            heard.peak = line.take(&bytes, heard.peak);
        }
        while let Some(flash) = waiting.peek() {
            let Some(window) = line.window(flash.instant, !more) else { break };
            let guest = flash.guest;
            let found = window.and_then(|window| burst(window, question.guests[guest].signature().hz));
            if let Some(burst) = found {
                let heard = &mut heard.guests[guest];
                let age = burst.start_ms - BEFORE as f64;
                heard.offsets_ms.push(flash.late_ms - age);
                heard.ages_ms.push((flash.instant, age));
                heard.levels_dbfs.push(20.0 * burst.amplitude.log10());
            }
            waiting.next();
        }
        if !more {
            return Ok(heard);
        }
    }
}

/// The last seconds of sound, mixed to one channel.
#[derive(Default)]
struct Line {
    samples: Vec<f32>,
    /// Sample number of the first one.
    start: usize,
}

impl Line {
    /// Takes interleaved stereo; gives the larger of the peak so far and its own.
    fn take(&mut self, bytes: &[u8], peak: f32) -> f32 {
        const KEPT: usize = RATE * 4;
        if self.samples.len() > 2 * KEPT {
            let surplus = self.samples.len() - KEPT;
            self.samples.drain(..surplus);
            self.start += surplus;
        }
        let value = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        bytes.chunks_exact(8).fold(peak, |peak, pair| {
            let (left, right) = (value(&pair[..4]), value(&pair[4..]));
            self.samples.push((left + right) / 2.0);
            peak.max(left.abs()).max(right.abs())
        })
    }

    /// The sound around an instant in seconds. `None`: not there yet; `Some(None)`: never.
    #[allow(clippy::option_option, reason = "waiting and missing are two things")]
    fn window(&self, instant: f64, over: bool) -> Option<Option<&[f32]>> {
        let first = (instant * RATE as f64).round() as i64 - (BEFORE * STEP) as i64;
        let end = first + ((BEFORE + AFTER) * STEP) as i64;
        let (start, now) = (self.start as i64, (self.start + self.samples.len()) as i64);
        if first < start || (end > now && over) {
            return Some(None);
        }
        (end <= now).then(|| self.samples.get((first - start) as usize..(end - start) as usize))
    }
}

/// A burst in a window.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Burst {
    /// Its start, from the window's start.
    start_ms: f64,
    amplitude: f64,
}

/// Finds the burst of this pitch: where its envelope passes half of its height.
fn burst(window: &[f32], hz: f64) -> Option<Burst> {
    let envelope = envelope(window, hz);
    let (top, &amplitude) = envelope.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    if amplitude < LEAST {
        return None;
    }
    let half = amplitude / 2.0;
    let below = envelope[..top].iter().rposition(|&value| value < half)?;
    let after = top + envelope[top..].iter().position(|&value| value < half)?;
    // As long as a burst is, or it is something else, or two.
    let length = (after - below) as u64;
    if !(FLASH_MS * 7 / 10..FLASH_MS * 14 / 10).contains(&length) {
        return None;
    }
    let part = (half - envelope[below]) / (envelope[below + 1] - envelope[below]);
    // Value n looks at the steps n … n + 2 × SMOOTH − 2; half of a soft rise is over in its middle.
    let centre = SMOOTH as f64 - 0.5;
    Some(Burst { start_ms: below as f64 + part + centre - RAMP_MS / 2.0, amplitude })
}

/// Amplitude at a pitch, a value for each millisecond.
fn envelope(window: &[f32], hz: f64) -> Vec<f64> {
    let turn = TAU * hz / RATE as f64;
    let (step_sin, step_cos) = turn.sin_cos();
    let mut steps = Vec::with_capacity(window.len() / STEP);
    for (index, samples) in window.chunks_exact(STEP).enumerate() {
        // Begun anew each millisecond, so that rounding never adds up.
        let (mut sin, mut cos) = (turn * (index * STEP) as f64).sin_cos();
        let (mut re, mut im) = (0.0, 0.0);
        for &sample in samples {
            let sample = f64::from(sample);
            (re, im) = (re + sample * cos, im - sample * sin);
            (sin, cos) = (sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin);
        }
        steps.push((re, im));
    }
    let smooth = |values: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        values
            .windows(SMOOTH)
            .map(|part| part.iter().fold((0.0, 0.0), |sum, value| (sum.0 + value.0, sum.1 + value.1)))
            .collect()
    };
    let scale = 2.0 / (STEP * SMOOTH * SMOOTH) as f64;
    smooth(smooth(steps)).into_iter().map(|(re, im)| re.hypot(im) * scale).collect()
}

#[cfg(test)]
mod tests {
    use studio_wire::time::ShowTime;

    use super::*;
    use crate::synthetic::Signature;
    use crate::synthetic::tone::Tone;

    fn window(signatures: &[Signature], at_ms: u64) -> Vec<f32> {
        let mut mixed = vec![0.0; (BEFORE + AFTER) * STEP];
        let mut stereo = vec![0.0; mixed.len() * 2];
        for signature in signatures {
            Tone::new(*signature).block(ShowTime::from_ms(at_ms), &mut stereo);
            mixed.iter_mut().zip(stereo.iter().step_by(2)).for_each(|(sum, sample)| *sum += sample);
        }
        mixed
    }

    #[test]
    fn a_burst_is_found_among_twenty_to_a_millisecond_and_half_a_decibel() {
        let all: Vec<_> = (0..20).map(Signature::robot).collect();
        for signature in &all {
            let found = burst(&window(&all, 5_000 + signature.phase_ms - 200), signature.hz).unwrap();
            assert!((found.start_ms - 200.0).abs() < 1.5, "{signature:?}: {found:?}");
            assert!((20.0 * (found.amplitude / LEVEL).log10()).abs() < 0.7, "{signature:?}: {found:?}");
        }
    }

    #[test]
    fn the_others_bursts_are_not_taken_for_a_silent_guests() {
        for silent in 0..20 {
            let others: Vec<_> = (0..20).filter(|k| *k != silent).map(Signature::robot).collect();
            let Signature { hz, phase_ms, .. } = Signature::robot(silent);
            assert_eq!(burst(&window(&others, 5_000 + phase_ms - BEFORE as u64), hz), None, "{silent}");
        }
    }
}
