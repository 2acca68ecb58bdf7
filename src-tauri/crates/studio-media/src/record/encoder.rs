//! One ffmpeg child: its arguments, its two inputs, its last words.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, PipeWriter, Read};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use studio_wire::view::ProgramFormat;

/// Most of what ffmpeg says that is kept.
const KEPT_WORDS: usize = 64 << 10;
/// The encoder's own silence before its first sample. So much sound is cut off at the start of a segment: then its
/// first packet has time 0, and so has the first picture.
const PRIMING: u64 = 1024;
/// An unfinished cluster is lost when the encoder is killed, and the encoder itself holds back a fifth of a second:
/// with half a second the loss stays well below one.
const CLUSTER_MS: &str = "500";

/// A running ffmpeg.
#[derive(Debug)]
pub(super) struct Encoder {
    child: Child,
    words: Words,
}

/// Its two inputs. It ends when both are dropped.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) pictures: ChildStdin,
    pub(super) sounds: PipeWriter,
}

impl Encoder {
    /// Starts ffmpeg on a file that is there already.
    pub(super) fn start(ffmpeg: &Path, format: ProgramFormat, file: &Path) -> io::Result<(Self, Inputs)> {
        let (hearing, sounds) = io::pipe()?;
        let mut command = Command::new(ffmpeg);
        command.args(arguments(format)).arg(url(file));
        let (child, words) = spawn(command, Stdio::piped(), hearing.into())?;
        let mut encoder = Self { child, words };
        let Some(pictures) = encoder.child.stdin.take() else {
            encoder.kill();
            return Err(io::Error::other("the child has no input"));
        };
        // Fewer wake-ups for each picture. Where the system allows less, the pipe stays as it is.
        let _ = rustix::pipe::fcntl_setpipe_size(pictures.as_fd(), 1 << 20);
        Ok((encoder, Inputs { pictures, sounds }))
    }

    /// True when it has ended by itself.
    pub(super) fn ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for it to end by itself as long as `alive` says so, then kills it. True when it ended well.
    pub(super) fn wait(&mut self, mut alive: impl FnMut() -> bool) -> bool {
        let status = patiently(&mut self.child, &mut alive);
        status.is_some_and(|status| status.success())
    }

    /// Ends it at once, hung or not.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The end of what it said, for the log.
    pub(super) fn last_words(&self) -> String {
        self.words.last()
    }
}

/// Runs ffmpeg to its end within a time, as long as `may` says that it may. The error is the end of what it said.
pub(super) fn run(
    command: Command,
    input: Stdio,
    output: Stdio,
    limit: Duration,
    mut may: impl FnMut() -> bool,
) -> Result<(), String> {
    let (mut child, words) = spawn(command, input, output).map_err(|error| error.to_string())?;
    let until = Instant::now() + limit;
    let status = patiently(&mut child, &mut || Instant::now() < until && may());
    match status {
        Some(status) if status.success() => Ok(()),
        _ => Err(words.last()),
    }
}

/// An ffmpeg that logs warnings, asks nothing and does not hear the terminal's Ctrl-C.
fn spawn(mut command: Command, input: Stdio, output: Stdio) -> io::Result<(Child, Words)> {
    let mut child = command.stdin(input).stdout(output).stderr(Stdio::piped()).process_group(0).spawn()?;
    let words = child.stderr.take().map(Words::listen).unwrap_or_default();
    Ok((child, words))
}

fn patiently(child: &mut Child, alive: &mut dyn FnMut() -> bool) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if alive() => thread::sleep(Duration::from_millis(10)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// A path that ffmpeg takes for nothing else.
pub(super) fn url(file: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(file);
    url
}

/// What every ffmpeg of ours is told first.
pub(super) const QUIET: [&str; 5] = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"];

fn arguments(format: ProgramFormat) -> Vec<String> {
    let ProgramFormat { width, height, fps } = format;
    // 12 Mb/s at 1080p30 at the most; plain pictures take far less.
    let kbps = (u64::from(width) * u64::from(height) * u64::from(fps) / 5_184).max(500);
    let key = fps * 2;
    let text = format!(
        "-f rawvideo -pix_fmt yuv420p -video_size {width}x{height} -framerate {fps} -i pipe:0 \
         -f f32le -ar 48000 -ac 2 -channel_layout stereo -i pipe:1 -map 0:v -map 1:a \
         -c:v libx264 -preset superfast -crf 20 -maxrate {kbps}k -bufsize {}k -pix_fmt yuv420p \
         -g {key} -keyint_min {key} -sc_threshold 0 -fps_mode passthrough \
         -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv \
         -af atrim=start_sample={PRIMING} -c:a aac -b:a 160k \
         -f matroska -cluster_time_limit {CLUSTER_MS} -flush_packets 1 -y",
        kbps * 2
    );
    QUIET.map(str::to_owned).into_iter().chain(text.split_whitespace().map(str::to_owned)).collect()
}

/// The end of what a child says on standard error: bounded, whatever it says.
#[derive(Clone, Debug, Default)]
struct Words(Arc<Mutex<VecDeque<u8>>>);

impl Words {
    fn listen(mut from: ChildStderr) -> Self {
        let words = Self::default();
        let kept = words.clone();
        // Ends with the child.
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                kept.keep(&buffer[..read]);
            }
        });
        words
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(&bytes[bytes.len().saturating_sub(KEPT_WORDS)..]);
        let surplus = kept.len().saturating_sub(KEPT_WORDS);
        kept.drain(..surplus);
    }

    /// The last three lines, printable, at most 600 characters.
    fn last(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, second) = kept.as_slices();
        let bytes = [first, second].concat();
        let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(4096)..]);
        let lines: Vec<&str> =
            text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = lines[lines.len().saturating_sub(3)..].join(" | ");
        last.chars().filter(|c| !c.is_control()).take(600).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_child_says_little_of_it_is_kept() {
        let words = Words::default();
        for n in 0..1_000u32 {
            words.keep(&[0xff, 0, b'\n', n as u8].repeat(100));
        }
        words.keep(&vec![b'x'; 1 << 20]);
        assert_eq!(words.0.lock().unwrap().len(), KEPT_WORDS);
        assert_eq!(words.last().len(), 600);
        words.keep(b"\nfirst\nsecond\r\n\nthird\x1b[31m\nNo space left on device\n");
        assert_eq!(words.last(), "second | third[31m | No space left on device");
    }
}
