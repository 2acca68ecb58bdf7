//! ffmpeg as a reader: packets, pictures and sound of a file, each by a pipe.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Longer files are no rehearsal: a week at 60 a second.
const MOST_PACKETS: usize = 36_000_000;

/// A running ffmpeg whose output is read. It ends with this value.
pub(super) struct Reading {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Reading {
    pub(super) fn start(ffmpeg: &Path, file: &Path, what: &str) -> io::Result<Self> {
        let mut url = OsString::from("file:");
        url.push(file);
        let mut child = Command::new(ffmpeg)
            .args(["-hide_banner", "-nostdin", "-nostats", "-loglevel", "fatal", "-i"])
            .arg(url)
            .args(what.split_whitespace())
            .arg("pipe:1")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("the child has no output"))?;
        let _ = rustix::pipe::fcntl_setpipe_size(&output, 1 << 20);
        Ok(Self { child, output: BufReader::with_capacity(1 << 16, output) })
    }

    /// Fills the buffer; false at the end of the output, also when only a part was left.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        match self.output.read_exact(buffer) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The pictures of a file as its packets tell them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Packets {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Seconds from the start of the file at which each picture is shown, in order.
    pub(super) times: Vec<f64>,
    /// How long the last one is shown.
    last: f64,
}

impl Packets {
    /// Seconds from the start of the file to the end of its last picture; `None` without one.
    pub(super) fn end(&self) -> Option<f64> {
        self.times.last().map(|time| time + self.last)
    }
}

/// Reads size and times of all pictures, without decoding one.
pub(super) fn packets(ffmpeg: &Path, file: &Path) -> io::Result<Packets> {
    let mut reading = Reading::start(ffmpeg, file, "-map 0:v:0 -c copy -f framecrc")?;
    let mut packets = Packets::default();
    let mut base = 0.001;
    // A line is short; what is longer is none of ours.
    while let Some(line) = line(&mut reading.output, 1024)? {
        if let Some(size) = line.strip_prefix("#dimensions 0:") {
            let (width, height) = size.trim().split_once('x').unwrap_or_default();
            (packets.width, packets.height) = (width.parse().unwrap_or(0), height.parse().unwrap_or(0));
        } else if let Some((count, rate)) =
            line.strip_prefix("#tb 0:").and_then(|tb| tb.trim().split_once('/'))
        {
            let (count, rate) = (count.parse().unwrap_or(0.0), rate.parse().unwrap_or(0.0));
            base = if count > 0.0 && rate > 0.0 { count / rate } else { base };
        } else if !line.starts_with('#') && packets.times.len() < MOST_PACKETS {
            let mut fields = line.split(',').map(str::trim);
            let shown = fields.nth(2).and_then(|pts| pts.parse::<i64>().ok());
            let length = fields.next().and_then(|length| length.parse::<i64>().ok());
            if let (Some(shown), Some(length)) = (shown, length) {
                packets.times.push(shown as f64 * base);
                packets.last = length as f64 * base;
            }
        }
    }
    packets.times.sort_by(f64::total_cmp);
    Ok(packets)
}

/// The next line, cut at `most` bytes; `None` at the end.
fn line(from: &mut impl BufRead, most: u64) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = from.by_ref().take(most).read_until(b'\n', &mut bytes)?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&bytes).trim_end().to_owned()))
}
