//! The last file of a recording: segments joined, Matroska turned into MP4. **A segment is removed only after the
//! new file was counted, flushed and renamed; whatever fails, the segments stay.**

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
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
pub(super) struct Job<'a> {
    pub(super) ffmpeg: Option<&'a Path>,
    pub(super) pieces: &'a [Piece],
    pub(super) stem: &'a str,
    pub(super) container: Container,
    pub(super) fps: u32,
    pub(super) reserve: u64,
}

/// What the recording is in the end.
pub(super) struct Finished {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) trouble: Option<Fault>,
}

impl Job<'_> {
    pub(super) fn run(&self) -> Finished {
        let last = self.pieces.last().expect("a recording without a segment is not finished");
        let bytes = self.pieces.iter().map(|piece| piece.bytes).sum();
        if self.pieces.len() == 1 && self.container == Container::Matroska {
            return Finished { path: last.path.clone(), bytes, trouble: None };
        }
        match self.join(last, bytes) {
            Ok(path) => {
                let bytes = fs::metadata(&path).map_or(bytes, |file| file.len());
                Finished { path, bytes, trouble: None }
            }
            Err(why) => {
                tracing::error!(why, "the segments of a recording stay as they are");
                let trouble = Some(Fault::RemuxFailed { path: last.path.display().to_string() });
                Finished { path: last.path.clone(), bytes, trouble }
            }
        }
    }

    /// Writes the whole recording into one new file, checks it and puts it in the place of the segments.
    fn join(&self, last: &Piece, bytes: u64) -> Result<PathBuf, String> {
        let ffmpeg = self.ffmpeg.ok_or("there is no ffmpeg")?;
        let folder = last.path.parent().ok_or("a segment lies in no folder")?;
        let draft = folder.join(format!(".{}.{}.part", self.stem, self.container.ending()));
        let _ = fs::remove_file(&draft);
        let file = check::create(&draft).map_err(|error| error.to_string())?;
        let whole = self.write(ffmpeg, &file, &draft, bytes).and_then(|()| self.place(folder, &draft, &file));
        if whole.is_err() {
            let _ = fs::remove_file(&draft);
        }
        whole
    }

    fn write(&self, ffmpeg: &Path, file: &File, draft: &Path, bytes: u64) -> Result<(), String> {
        let room = check::room(file).map_err(|error| error.to_string())?;
        if room < bytes.saturating_add(self.reserve) {
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
        run(command, list, Stdio::null(), limit)?;
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
        if let [piece] = self.pieces {
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
            false => names::free(folder, self.stem, self.container.ending()),
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
    run(command, Stdio::null(), writing.into(), limit)?;
    let text = counted.join().map_err(|_| "the count could not be read")?;
    String::from_utf8_lossy(&text)
        .lines()
        .filter_map(|line| line.strip_prefix("frame="))
        .filter_map(|count| count.trim().parse().ok())
        .next_back()
        .ok_or_else(|| "ffmpeg gave no count".into())
}
