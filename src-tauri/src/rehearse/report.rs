//! What a rehearsal says at its end: figures of the live part beside what the decoded file holds.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use serde::Serialize;
use studio_media::inspect::{self, GuestInspection, GuestMark, Inspection, Percentiles, Question};
use studio_wire::Fault;
use studio_wire::view::ProgramFormat;

use super::devices;
use super::direct::{GuestSeen, Shown};
use super::figures::Program;
use super::processes::Used;
use crate::arguments::Rehearsal;

const SCHEMA: u32 = 1;

/// The report. Its JSON form is the last line of standard output.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    schema: u32,
    /// Length of the live part.
    seconds: f64,
    program: Program,
    file: Option<File>,
    guests: Vec<GuestReport>,
    /// What the host's own picture, voice and ear were.
    devices: Vec<devices::Used>,
    processes: Vec<Used>,
    /// Of this machine.
    cores: usize,
    engine_restarts: u32,
    faults: Vec<Fault>,
    #[serde(skip)]
    asked_seconds: u32,
}

/// What was read from the decoded recording.
#[derive(Debug, Serialize)]
struct File {
    path: PathBuf,
    bytes: u64,
    seconds: f64,
    frames: u64,
    /// Tick numbers that are in no frame.
    missing: u64,
    /// Frames with a tick number that was there before.
    repeated: u64,
    audio_peak_dbfs: Option<f64>,
    /// Age of everybody's sound.
    sound_ms: Range,
}

#[derive(Debug, Serialize)]
struct GuestReport {
    identity: String,
    join_ms: Option<f64>,
    first_frame_ms: Option<f64>,
    latency_ms: Range,
    /// Positive: the picture is the later one.
    av_offset_ms: Range,
    /// The same without its sign.
    av_apart_ms: Range,
    /// Age of the sound.
    sound_ms: Range,
    /// How much older the sound has become over the recording.
    sound_drift_ms: Option<f64>,
}

#[derive(Debug, Default, Serialize)]
struct Range {
    samples: usize,
    p50: Option<f64>,
    /// `null` with fewer than 20 samples.
    p95: Option<f64>,
    /// `null` with fewer than 1,000 samples.
    p99: Option<f64>,
    most: Option<f64>,
}

impl From<&Percentiles> for Range {
    fn from(percentiles: &Percentiles) -> Self {
        let Percentiles { samples, p50, p95, p99, most, .. } = percentiles;
        let [p50, p95, p99, most] = [p50, p95, p99, most].map(|value| value.map(tenths));
        Self { samples: *samples, p50, p95, p99, most }
    }
}

/// Reads the recording and puts everything together. A file that cannot be read is a report without one.
pub(super) fn make(rehearsal: &Rehearsal, file: &Path, shown: Shown, processes: Vec<Used>) -> Report {
    let read = read(file, &shown);
    if let Err(error) = &read {
        tracing::error!(%error, "the recording cannot be read");
    }
    let read = read.ok();
    let guests = guest_reports(&shown.guests, read.as_ref());
    Report {
        schema: SCHEMA,
        seconds: tenths(shown.live_seconds),
        program: shown.figures,
        file: read.map(|read| File {
            path: file.to_owned(),
            bytes: read.bytes,
            seconds: tenths(read.seconds),
            frames: read.frames,
            missing: read.missing,
            repeated: read.repeated,
            audio_peak_dbfs: read.audio_peak_dbfs.map(tenths),
            sound_ms: (&read.sound_ms).into(),
        }),
        guests,
        devices: shown.devices,
        processes,
        cores: available_parallelism().map_or(1, std::num::NonZero::get),
        engine_restarts: shown.engine_restarts,
        faults: shown.faults,
        asked_seconds: rehearsal.seconds,
    }
}

fn read(file: &Path, shown: &Shown) -> anyhow::Result<Inspection> {
    let beside = std::env::current_exe()?.parent().map(PathBuf::from).unwrap_or_default();
    let ffmpeg = studio_media::find_ffmpeg(&beside)
        .map_err(|looked| anyhow::anyhow!("no ffmpeg in {}", looked.join(", ")))?;
    let clock = shown.clock.ok_or_else(|| anyhow::anyhow!("the show was never live"))?;
    let question = Question {
        format: ProgramFormat::default(),
        first_tick_at: clock.at(0),
        first_tick: 0,
        scenes: shown.scenes.clone(),
        guests: shown.guests.iter().filter_map(mark).collect(),
    };
    Ok(inspect::inspect(&ffmpeg, file, &question)?)
}

/// How a robot can be told in the recording; foreign guests draw no code.
fn mark(guest: &GuestSeen) -> Option<GuestMark> {
    Some(GuestMark { source: guest.camera?, k: guest.k? })
}

/// Everybody, with what was found of those who could be looked for, in the same order.
fn guest_reports(guests: &[GuestSeen], read: Option<&Inspection>) -> Vec<GuestReport> {
    let mut found = read.map(|read| read.guests.iter()).into_iter().flatten();
    let mut report = |guest: &GuestSeen| {
        let found = mark(guest).and_then(|_| found.next());
        let range = |of: fn(&GuestInspection) -> &Percentiles| found.map(|found| of(found).into());
        GuestReport {
            identity: guest.identity.0.clone(),
            join_ms: guest.join_ms.map(tenths),
            first_frame_ms: guest.first_frame_ms.map(tenths),
            latency_ms: range(|found| &found.latency_ms).unwrap_or_default(),
            av_offset_ms: range(|found| &found.av_offset_ms).unwrap_or_default(),
            av_apart_ms: range(|found| &found.av_apart_ms).unwrap_or_default(),
            sound_ms: range(|found| &found.sound_ms).unwrap_or_default(),
            sound_drift_ms: found.and_then(|found| found.sound_drift_ms),
        }
    };
    guests.iter().map(&mut report).collect()
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

impl Report {
    /// The show went through as asked and the file is there: nothing fatal happened and at least the asked
    /// length was recorded, but for a second.
    pub fn is_whole(&self) -> bool {
        let asked = f64::from(self.asked_seconds);
        let whole = self.seconds >= asked - 0.5;
        whole && self.file.as_ref().is_some_and(|file| file.seconds >= asked - 1.0)
    }

    /// Writes the report: as one line of JSON, or in words.
    pub fn print(&self, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
        if json {
            serde_json::to_writer(&mut *out, self)?;
            writeln!(out)?;
        } else {
            self.say(out)?;
        }
        Ok(out.flush()?)
    }

    fn say(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Program { width, height, fps, due, composed, late, .. } = &self.program;
        writeln!(out, "program    {width}×{height}@{fps}: {composed} of {due} ticks composed, {late} late")?;
        match &self.file {
            Some(file) => writeln!(
                out,
                "recording  {}: {:.1} s, {} frames, {} missing, {} repeated, {:.1} MB",
                file.path.display(),
                file.seconds,
                file.frames,
                file.missing,
                file.repeated,
                megabytes(file.bytes),
            )?,
            None => writeln!(out, "recording  none that can be read")?,
        }
        for guest in &self.guests {
            let figure =
                |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.0} ms"));
            writeln!(
                out,
                "{:<10} joined in {}, picture {} old, picture − sound {}",
                guest.identity,
                figure(guest.join_ms),
                figure(guest.latency_ms.p50),
                figure(guest.av_offset_ms.p50),
            )?;
        }
        for device in &self.devices {
            writeln!(out, "{device}")?;
        }
        for Used { name, cpu_s, peak_rss } in &self.processes {
            writeln!(out, "{name:<18} {cpu_s:>6.1} s of CPU, {:>6.1} MB", megabytes(*peak_rss))?;
        }
        for fault in &self.faults {
            writeln!(out, "fault      {}", fault.code())?;
        }
        Ok(())
    }
}

#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
