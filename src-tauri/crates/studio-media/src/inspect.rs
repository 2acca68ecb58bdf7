//! Reads a finished recording of a rehearsal and tells what is in it. **Nothing here comes from counters of the
//! studio: every figure is read from decoded pictures and sound.** Only where the pictures lie and when the ticks
//! were due is passed in.
//!
//! The program's ticks say what is missing and what is repeated; a guest's burnt clock says how old its picture is;
//! its flash and its burst, each found by itself, say how far its picture and its sound are apart.

mod bursts;
mod pictures;
mod reading;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use studio_wire::ids::SourceId;
use studio_wire::media::Drawing;
use studio_wire::time::ShowTime;
use studio_wire::view::ProgramFormat;

use crate::synthetic::Signature;

/// What is known about the making of a recording.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Of the program.
    pub format: ProgramFormat,
    /// When the tick `first_tick` was due.
    pub first_tick_at: ShowTime,
    /// The number burnt into the picture of that time.
    pub first_tick: u64,
    /// From which tick on each scene was drawn, in order, counted like the burnt ones.
    pub scenes: Vec<(u64, Drawing)>,
    /// Whom to look for.
    pub guests: Vec<GuestMark>,
}

impl Question {
    /// When a burnt tick was due, in milliseconds of show time.
    fn due_ms(&self, tick: u32) -> f64 {
        let ticks = f64::from(tick) - self.first_tick as f64;
        self.first_tick_at.0 as f64 / 1e6 + ticks * 1e3 / f64::from(self.format.fps.max(1))
    }
}

/// A synthetic guest to look for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GuestMark {
    /// Its picture in the scenes; 16:9.
    pub source: SourceId,
    /// Which one it is: decides its pitch and when it flashes.
    pub k: u32,
}

impl GuestMark {
    fn signature(&self) -> Signature {
        Signature::robot(self.k)
    }
}

/// What a recording holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Inspection {
    /// Bytes of the file.
    pub bytes: u64,
    /// From its start to the end of its last picture.
    pub seconds: f64,
    /// Pictures decoded.
    pub frames: u64,
    /// The first tick read.
    pub first_tick: Option<u32>,
    /// Ticks between the first and the last one read that are in no picture.
    pub missing: u64,
    /// Pictures with a tick that was there before.
    pub repeated: u64,
    /// Pictures without a readable tick.
    pub unreadable: u64,
    /// Loudest sample; `None` without a sound.
    pub audio_peak_dbfs: Option<f64>,
    /// Age of everybody's sound in the program, all of them together.
    pub sound_ms: Percentiles,
    /// In the order of the question.
    pub guests: Vec<GuestInspection>,
}

/// What a recording holds of one guest.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct GuestInspection {
    /// When the first tick was due that shows the guest.
    pub first_seen: Option<ShowTime>,
    /// Age of the guest's picture in the program: from drawing it to the tick that shows it.
    pub latency_ms: Percentiles,
    /// How much later the picture is than the sound; negative: the sound is the later one.
    pub av_offset_ms: Percentiles,
    /// How far they are apart, whichever is the later one.
    pub av_apart_ms: Percentiles,
    /// Age of the guest's sound in the program: from its instant to when it is heard.
    pub sound_ms: Percentiles,
    /// How much older the sound has become from the first burst to the last, on the line through them; the first 30 s of
    /// the recording are left out, in which a device's clock becomes known.
    pub sound_drift_ms: Option<f64>,
    /// Amplitude of the bursts, where any was found.
    pub burst_dbfs: Option<f64>,
}

/// Of samples, by nearest rank.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// How many samples there were.
    pub samples: usize,
    /// Half of them are not above.
    pub p50: Option<f64>,
    /// `None` with fewer than 20 samples.
    pub p95: Option<f64>,
    /// `None` with fewer than 1,000 samples: it would be an anecdote.
    pub p99: Option<f64>,
    /// Smallest.
    pub least: Option<f64>,
    /// Largest.
    pub most: Option<f64>,
}

impl Percentiles {
    /// Of these samples, in any order.
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let rank = |part: f64, least: usize| {
            let rank = (samples.len() as f64 * part).ceil() as usize;
            (samples.len() >= least).then(|| samples.get(rank.max(1) - 1).copied()).flatten()
        };
        Self {
            samples: samples.len(),
            p50: rank(0.5, 1),
            p95: rank(0.95, 20),
            p99: rank(0.99, 1_000),
            least: samples.first().copied(),
            most: samples.last().copied(),
        }
    }
}

/// Why a recording could not be inspected.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// The file cannot be opened.
    #[error("{path} cannot be read: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// ffmpeg could not be run or read.
    #[error("ffmpeg could not be used: {0}")]
    Ffmpeg(#[from] io::Error),
    /// There is no picture in it.
    #[error("no pictures in {0}")]
    NoPictures(PathBuf),
}

/// Inspects a recording with this ffmpeg. Reads the file three times: packets, pictures, sound.
pub fn inspect(ffmpeg: &Path, file: &Path, question: &Question) -> Result<Inspection, InspectError> {
    let metadata = file.metadata().map_err(|error| InspectError::File { path: file.into(), error })?;
    let packets = reading::packets(ffmpeg, file)?;
    let Some(seconds) = packets.end() else { return Err(InspectError::NoPictures(file.into())) };
    let seen = pictures::read(ffmpeg, file, question, &packets)?;
    let heard = bursts::read(ffmpeg, file, question, &seen.flashes)?;
    let everybody = heard.guests.iter().flat_map(|guest| guest.ages_ms.iter().map(|(_, age)| *age)).collect();
    let guests = seen
        .guests
        .into_iter()
        .zip(heard.guests)
        .map(|(seen, heard)| GuestInspection {
            first_seen: seen.first,
            latency_ms: Percentiles::of(seen.ages_ms),
            av_apart_ms: Percentiles::of(heard.offsets_ms.iter().map(|offset| offset.abs()).collect()),
            av_offset_ms: Percentiles::of(heard.offsets_ms),
            sound_drift_ms: drift(settled(&heard.ages_ms)),
            sound_ms: Percentiles::of(heard.ages_ms.into_iter().map(|(_, age)| age).collect()),
            burst_dbfs: Percentiles::of(heard.levels_dbfs).p50,
        })
        .collect();
    Ok(Inspection {
        bytes: metadata.len(),
        seconds,
        frames: seen.ticks.frames,
        first_tick: seen.ticks.first,
        missing: seen.ticks.missing(),
        repeated: seen.ticks.repeated,
        unreadable: seen.ticks.unreadable,
        audio_peak_dbfs: (heard.peak > 0.0).then(|| 20.0 * f64::from(heard.peak).log10()),
        sound_ms: Percentiles::of(everybody),
        guests,
    })
}

/// What comes after the first 30 s.
fn settled(points: &[(f64, f64)]) -> &[(f64, f64)] {
    &points[points.partition_point(|(time, _)| *time < 30.0)..]
}

/// How far the line through points rises from the first to the last; `None` for fewer than 20.
fn drift(points: &[(f64, f64)]) -> Option<f64> {
    let ((first, _), (last, _)) = points.first().zip(points.last()).filter(|_| points.len() >= 20)?;
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let along: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    (spread > 0.0).then(|| along / spread * (last - first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_go_by_nearest_rank_and_need_enough_samples() {
        let few = Percentiles::of((0..999).rev().map(f64::from).collect());
        assert_eq!((few.p50, few.p99), (Some(499.0), None));
        let enough = Percentiles::of((1..=1_000).map(f64::from).collect());
        assert_eq!((enough.p50, enough.p99), (Some(500.0), Some(990.0)));
        assert_eq!((few.p95, Percentiles::of(vec![1.0; 19]).p95), (Some(949.0), None));
        assert_eq!(Percentiles::of(Vec::new()), Percentiles::default());
        assert_eq!(Percentiles::of(vec![7.0]).p50, Some(7.0));
    }

    #[test]
    fn a_drift_is_what_the_line_rises_whatever_trembles_around_it() {
        let shake = |n: i32| if n % 2 == 0 { 0.7 } else { -0.7 };
        let points: Vec<_> =
            (0..=600).map(|n| (f64::from(n), 20.0 + f64::from(n) * 0.01 + shake(n))).collect();
        let risen = drift(&points).unwrap();
        assert!((risen - 6.0).abs() < 0.05, "{risen}");
        assert_eq!((drift(&points[..19]), drift(&[(1.0, 2.0); 30])), (None, None));
        assert_eq!(settled(&points)[0].0, 30.0);
    }
}
