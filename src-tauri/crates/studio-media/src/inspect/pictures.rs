//! What the pictures of a recording show: ticks, clocks, flashes.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use studio_wire::ids::SourceId;
use studio_wire::layout::Rect;
use studio_wire::media::Drawing;
use studio_wire::time::ShowTime;

use super::Question;
use super::reading::{Packets, Reading};
use crate::synthetic::code::{Luma, Placed, SourceCode, read_source, read_tick};
use crate::synthetic::pattern::middle;
use crate::synthetic::{FLASH_MS, Signature};

/// The size the source code and the flash were designed in.
const SOURCE: (u32, u32) = (640, 360);
/// Brighter than this in the middle is a flash: the panel is dark, the flash white.
const FLASH: f64 = 128.0;
/// A clock further off than this is no clock, whatever its check bits say.
const PLAUSIBLE_MS: std::ops::Range<f64> = -100.0..10_000.0;

/// What was seen.
pub(super) struct Seen {
    pub(super) ticks: Ticks,
    /// In the order of the question.
    pub(super) guests: Vec<SeenGuest>,
    /// In the order of the recording.
    pub(super) flashes: Vec<Flash>,
}

/// What was seen of one guest.
#[derive(Default)]
pub(super) struct SeenGuest {
    pub(super) first: Option<ShowTime>,
    pub(super) ages_ms: Vec<f64>,
    /// Whether the last picture showed the flash; `None` when it did not show the guest.
    bright: Option<bool>,
}

/// A flash that began in the recording.
pub(super) struct Flash {
    /// Index in the question.
    pub(super) guest: usize,
    /// Seconds from the start of the file to the instant of show time at which the guest began to flash and sound:
    /// when its sound would be heard if it took no time.
    pub(super) instant: f64,
    /// How much later the picture of that instant is shown.
    pub(super) late_ms: f64,
}

/// The ticks read so far.
#[derive(Default)]
pub(super) struct Ticks {
    pub(super) frames: u64,
    pub(super) first: Option<u32>,
    pub(super) repeated: u64,
    pub(super) unreadable: u64,
    span: Option<(u32, u32)>,
    seen: HashSet<u32>,
}

impl Ticks {
    fn read(&mut self, tick: Option<u32>) {
        self.frames += 1;
        let Some(tick) = tick else {
            self.unreadable += 1;
            return;
        };
        self.first.get_or_insert(tick);
        let (low, high) = self.span.unwrap_or((tick, tick));
        self.span = Some((low.min(tick), high.max(tick)));
        self.repeated += u64::from(!self.seen.insert(tick));
    }

    pub(super) fn missing(&self) -> u64 {
        self.span.map_or(0, |(low, high)| u64::from(high - low) + 1 - self.seen.len() as u64)
    }
}

/// Decodes all pictures and reads them.
pub(super) fn read(ffmpeg: &Path, file: &Path, question: &Question, packets: &Packets) -> io::Result<Seen> {
    let (width, height) = (packets.width, packets.height);
    let guests = question.guests.iter().map(|_| SeenGuest::default()).collect();
    let mut seen = Seen { ticks: Ticks::default(), guests, flashes: Vec::new() };
    if width == 0 || height == 0 || width > 1 << 14 || height > 1 << 14 {
        return Ok(seen);
    }
    let what = "-map 0:v:0 -an -vf extractplanes=y -fps_mode passthrough -f rawvideo";
    let mut reading = Reading::start(ffmpeg, file, what)?;
    let mut bytes = vec![0; width * height];
    for &time in &packets.times {
        if !reading.fill(&mut bytes)? {
            break;
        }
        let luma = Luma { bytes: &bytes, stride: width, width, height };
        let tick = read_tick(&luma);
        seen.ticks.read(tick);
        if let Some(tick) = tick {
            look(&mut seen, question, &luma, tick, time);
        }
    }
    Ok(seen)
}

/// Looks at every guest that is in a picture.
fn look(seen: &mut Seen, question: &Question, luma: &Luma<'_>, tick: u32, time: f64) {
    let due_ms = question.due_ms(tick);
    let scene =
        question.scenes.iter().rev().find(|(from, _)| *from <= u64::from(tick)).map(|(_, scene)| scene);
    for (index, (guest, seen_guest)) in question.guests.iter().zip(&mut seen.guests).enumerate() {
        let place = scene.and_then(|scene| place(scene, guest.source, luma));
        let read = place.and_then(|placed| Some((placed, read_source(luma, placed)?)));
        let read = read.map(|(placed, code)| (placed, age_ms(due_ms, code)));
        let Some((placed, age)) = read.filter(|(_, age)| PLAUSIBLE_MS.contains(age)) else {
            seen_guest.bright = None;
            continue;
        };
        seen_guest.first.get_or_insert(ShowTime((due_ms.max(0.0) * 1e6).round() as u64));
        seen_guest.ages_ms.push(age);
        let bright = flashes(luma, placed);
        if seen_guest.bright == Some(false) && bright == Some(true) {
            seen.flashes.extend(flash(index, guest.signature(), due_ms - age, age, time));
        }
        seen_guest.bright = bright;
    }
}

/// The flash that a picture of this age shows first: it was drawn up to one picture after its instant, and that is no
/// fault of anybody's, so it is not counted.
fn flash(guest: usize, signature: Signature, drawn_ms: f64, age_ms: f64, time: f64) -> Option<Flash> {
    let since = signature.since_flash_ms(drawn_ms.round().max(0.0) as u64) as f64;
    // A picture that flashes at another time than its clock says is not the guest's.
    (since < FLASH_MS as f64).then(|| Flash {
        guest,
        instant: time - (age_ms + since) / 1e3,
        late_ms: age_ms,
    })
}

/// How old a picture is in milliseconds when its tick is due. The burnt clock has 32 bits.
fn age_ms(due_ms: f64, code: SourceCode) -> f64 {
    let whole = (due_ms.max(0.0) as u64 as u32).wrapping_sub(code.clock_ms) as i32;
    f64::from(whole) + due_ms.max(0.0).fract()
}

/// Where a source's whole picture lies in the program, its cut-off sides included.
fn place(scene: &Drawing, source: SourceId, luma: &Luma<'_>) -> Option<Placed> {
    let Rect { x, y, w, h } = scene.tiles.iter().rev().find(|tile| tile.source == Some(source))?.place;
    let edge = |at: f32, size: usize| (f64::from(at).clamp(0.0, 1.0) * size as f64 / 2.0).round() * 2.0;
    let (left, right) = (edge(x, luma.width), edge(x + w, luma.width));
    let (top, bottom) = (edge(y, luma.height), edge(y + h, luma.height));
    let aspect = f64::from(SOURCE.0) / f64::from(SOURCE.1);
    (right > left && bottom > top).then(|| Placed::covering((left, top, right - left, bottom - top), aspect))
}

fn flashes(luma: &Luma<'_>, placed: Placed) -> Option<bool> {
    let (x, y, width, height) = middle(SOURCE.0, SOURCE.1);
    let scale = (placed.width / f64::from(SOURCE.0), placed.height / f64::from(SOURCE.1));
    let (x, y, width, height) = (x as f64, y as f64, width as f64, height as f64);
    let mean = luma.mean(
        placed.x + (x + width * 0.25) * scale.0,
        placed.y + (y + height * 0.25) * scale.1,
        width * 0.5 * scale.0,
        height * 0.5 * scale.1,
    )?;
    Some(mean > FLASH)
}
