//! The last file of a recording: segments joined, Matroska turned into MP4. **A segment is removed only after the
//! new file was counted, flushed and renamed; whatever fails, the segments stay.**

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use studio_wire::fault::Fault;

use super::check;
use super::encoder::{QUIET, run, url};
use super::names::{self, Container};
use super::segment::Piece;

/// What is to be done with the segments of a recording; at least one.
pub(super) struct Job {
    pub(super) ffmpeg: Option<PathBuf>,
    pub(super) pieces: Vec<Piece>,
    pub(super) stem: String,
    pub(super) container: Container,
    pub(super) fps: u32,
    pub(super) reserve: u64,
}

/// The last file of a recording.
pub(super) struct Finished {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
}

impl Job {
    /// True when the recording has its last form already.
    pub(super) fn needless(&self) -> bool {
        self.pieces.len() == 1 && self.container == Container::Matroska
    }

    /// The segment that the recording ends with.
    pub(super) fn last(&self) -> &Path {
        &self.pieces.last().expect("a recording without a segment is not finished").path
    }

    /// On disk, all segments.
    pub(super) fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.bytes).sum()
    }

    /// Program frames in all segments.
    pub(super) fn frames(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.frames).sum()
    }

    /// Makes the last file of the segments. A panic is a failure like others.
    pub(super) fn run(&self) -> Result<Finished, Fault> {
        let joined = catch_unwind(AssertUnwindSafe(|| self.join()));
        joined.unwrap_or_else(|_| Err("it panicked".into())).map_err(|why| {
            tracing::error!(why, "the segments of a recording stay as they are");
            Fault::RemuxFailed { path: self.last().display().to_string() }
        })
    }

    /// Writes the whole recording into one new file, checks it and puts it in the place of the segments.
    fn join(&self) -> Result<Finished, String> {
        let ffmpeg = self.ffmpeg.as_deref().ok_or("there is no ffmpeg")?;
        let folder = self.last().parent().ok_or("a segment lies in no folder")?;
        let draft = folder.join(format!(".{}.{}.part", self.stem, self.container.ending()));
        let _ = fs::remove_file(&draft);
        let file = check::create(&draft).map_err(|error| error.to_string())?;
        let whole = self.write(ffmpeg, &file, &draft).and_then(|()| self.place(folder, &draft, &file));
        if whole.is_err() {
            let _ = fs::remove_file(&draft);
        }
        let path = whole?;
        let bytes = file.metadata().map_or(self.bytes(), |file| file.len());
        Ok(Finished { path, bytes })
    }

    fn write(&self, ffmpeg: &Path, file: &File, draft: &Path) -> Result<(), String> {
        let bytes = self.bytes();
        // The next show may be recorded on the same disk: its recording, not this copy, gets the last of the room.
        let least = self.reserve.saturating_mul(2);
        let room = check::room(file).map_err(|error| error.to_string())?;
        if room < bytes.saturating_add(least) {
            return Err("there is no room for a second copy".into());
        }
        // A minute, and a second for each 20 MB.
        let limit = Duration::from_secs(60 + bytes / (20 << 20));
        let mut command = Command::new(ffmpeg);
        command.args(QUIET);
        let list = self.input(&mut command).map_err(|error| error.to_string())?;
        command.args(["-map", "0", "-c", "copy"]);
        if self.container == Container::Mp4 {
            command.args(["-movflags", "+faststart"]);
        }
        command.args(["-f", self.container.muxer(), "-y"]).arg(url(draft));
        let roomy = || check::room(file).map_or(true, |room| room >= least);
        run(command, list, Stdio::null(), limit, roomy)?;
        let expected =
            self.pieces.iter().map(|piece| frames(ffmpeg, &piece.path, limit)).sum::<Result<u64, _>>()?;
        let found = frames(ffmpeg, draft, limit)?;
        if expected == 0 || found != expected {
            return Err(format!("{found} of {expected} frames arrived in the new file"));
        }
        file.sync_all().map_err(|error| error.to_string())
    }

    /// Names the one segment, or a list of all in which each begins where its first tick is: what is missing between
    /// two stays missing instead of moving everything after it. The list has no name in the file system.
    fn input(&self, command: &mut Command) -> std::io::Result<Stdio> {
        if let [piece] = self.pieces.as_slice() {
            command.arg("-i").arg(url(&piece.path));
            return Ok(Stdio::null());
        }
        let mut list = OsString::from("ffconcat version 1.0\n").into_encoded_bytes();
        for (index, piece) in self.pieces.iter().enumerate() {
            list.extend_from_slice(b"file '");
            for &byte in url(&piece.path).as_bytes() {
                match byte {
                    b'\'' => list.extend_from_slice(b"'\\''"),
                    byte => list.push(byte),
                }
            }
            list.extend_from_slice(b"'\n");
            if let Some(next) = self.pieces.get(index + 1) {
                let seconds = (next.first - piece.first) as f64 / f64::from(self.fps.max(1));
                writeln!(list, "duration {seconds:.6}")?;
            }
        }
        let (reading, mut writing) = std::io::pipe()?;
        // Longer than a pipe holds, if there are hundreds of segments.
        thread::spawn(move || writing.write_all(&list));
        command.args(["-f", "concat", "-safe", "0", "-protocol_whitelist", "file,pipe,fd", "-i", "pipe:0"]);
        Ok(reading.into())
    }

    /// Gives the new file its name and removes the segments.
    fn place(&self, folder: &Path, draft: &Path, file: &File) -> Result<PathBuf, String> {
        let own = folder.join(format!("{}.{}", self.stem, self.container.ending()));
        // A joined Matroska takes the place of its own first segment.
        let path = match self.pieces.iter().any(|piece| piece.path == own) {
            true => own,
            false => names::free(folder, &self.stem, self.container.ending()),
        };
        fs::rename(draft, &path).map_err(|error| error.to_string())?;
        // The name must be on the disk before the segments go.
        if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()).and(file.sync_all()) {
            tracing::warn!(%error, "segments are kept beside the finished recording");
            return Ok(path);
        }
        for piece in self.pieces.iter().filter(|piece| piece.path != path) {
            if let Err(error) = fs::remove_file(&piece.path) {
                tracing::warn!(%error, file = %piece.path.display(), "a segment could not be removed");
            }
        }
        Ok(path)
    }
}

/// Counts the pictures in a file, without decoding them.
fn frames(ffmpeg: &Path, file: &Path, limit: Duration) -> Result<u64, String> {
    let (reading, writing) = std::io::pipe().map_err(|error| error.to_string())?;
    let counted = thread::spawn(move || {
        // A few lines a second; more than this is no count.
        let mut text = Vec::new();
        let _ = reading.take(16 << 20).read_to_end(&mut text);
        text
    });
    let mut command = Command::new(ffmpeg);
    command.args(QUIET).arg("-i").arg(url(file));
    command.args(["-map", "0:v:0", "-c", "copy", "-f", "null", "-progress", "pipe:1", "-"]);
    run(command, Stdio::null(), writing.into(), limit, || true)?;
    let text = counted.join().map_err(|_| "the count could not be read")?;
    String::from_utf8_lossy(&text)
        .lines()
        .filter_map(|line| line.strip_prefix("frame="))
        .filter_map(|count| count.trim().parse().ok())
        .next_back()
        .ok_or_else(|| "ffmpeg gave no count".into())
}
