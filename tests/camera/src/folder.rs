//! The folder of cameras: which there are and how each behaves. Read anew each time, never remembered.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use rustix::fs::{Dir, Mode, OFlags, open};

/// Names the folder.
const VARIABLE: &str = "SIDESTAGE_TEST_CAMERAS";

/// A format with the sizes and rates it is offered in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub fourcc: [u8; 4],
    /// Width, height, frames a second.
    pub modes: Vec<(u32, u32, u32)>,
}

impl Offer {
    /// Each size once, in the order of the file.
    pub fn sizes(&self) -> Vec<(u32, u32)> {
        let mut sizes: Vec<_> = self.modes.iter().map(|&(width, height, _)| (width, height)).collect();
        sizes.dedup();
        sizes
    }

    /// The rates of a size.
    pub fn rates(&self, size: (u32, u32)) -> impl Iterator<Item = u32> {
        self.modes.iter().filter(move |mode| (mode.0, mode.1) == size).map(|mode| mode.2)
    }
}

/// What a camera's file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    pub offers: Vec<Offer>,
    pub pace: Option<u32>,
    pub end: Option<u32>,
    pub stall: bool,
    pub busy: bool,
    pub denied: bool,
    pub half: bool,
    pub cut: bool,
}

impl Card {
    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let mut card = Self { name: lines.next().unwrap_or_default().to_owned(), ..Self::default() };
        for line in lines {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("pace") => card.pace = number(words.next()),
                Some("end") => card.end = number(words.next()),
                Some("stall") => card.stall = true,
                Some("busy") => card.busy = true,
                Some("denied") => card.denied = true,
                Some("half") => card.half = true,
                Some("cut") => card.cut = true,
                Some(fourcc) => {
                    let fourcc = fourcc.as_bytes().try_into();
                    card.offers.extend(
                        fourcc.map(|fourcc| Offer { fourcc, modes: words.filter_map(mode).collect() }),
                    );
                }
                None => {}
            }
        }
        if card.offers.is_empty() {
            let modes = vec![(640, 360, 30), (1280, 720, 30), (1920, 1080, 30)];
            card.offers =
                [*b"YUYV", *b"MJPG", *b"NV12"].map(|fourcc| Offer { fourcc, modes: modes.clone() }).into();
        }
        card
    }
}

fn number<T: FromStr>(word: Option<&str>) -> Option<T> {
    word?.parse().ok()
}

/// `1280x720@30`.
fn mode(word: &str) -> Option<(u32, u32, u32)> {
    let (size, rate) = word.split_once('@')?;
    let (width, height) = size.split_once('x')?;
    Some((number(Some(width))?, number(Some(height))?, number(Some(rate))?))
}

fn folder() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).map(PathBuf::from)
}

/// Whether there is such a folder; else this library does nothing.
pub fn is_named() -> bool {
    folder().is_some()
}

/// The camera of this number as it is now; `None` when it is not plugged in.
pub fn card(number: u32) -> Option<Card> {
    let file =
        open(folder()?.join(format!("video{number}")), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
            .ok()?;
    let mut text = vec![0; 4096];
    let length = rustix::io::read(&file, &mut text).ok()?;
    Some(Card::read(&String::from_utf8_lossy(&text[..length])))
}

/// The numbers of all cameras that are plugged in.
pub fn numbers() -> Vec<u32> {
    let directory = || -> io::Result<Dir> {
        let folder = folder().ok_or(io::ErrorKind::NotFound)?;
        Ok(Dir::new(open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)?)
    };
    let Ok(directory) = directory() else { return Vec::new() };
    let mut numbers: Vec<u32> = directory
        .filter_map(|entry| entry.ok()?.file_name().to_str().ok()?.strip_prefix("video")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// Writes a line to the folder's log.
pub fn log(number: u32, what: &str) {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC;
    let Some(path) = folder().map(|folder| folder.join("log")) else { return };
    if let Ok(file) = open(path, flags, Mode::from_raw_mode(0o644)) {
        // A full disk would fail the test that reads the log.
        let _ = rustix::io::write(&file, format!("video{number} {what}\n").as_bytes());
    }
}
