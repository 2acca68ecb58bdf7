//! Answers to V4L2's requests. Each takes the request's own bytes and writes the answer into them.

use std::sync::{Arc, Mutex};

use rustix::io::Errno;

use crate::folder::{Card, Offer};
use crate::picture::Look;
use crate::session::{self, Session, lock};

/// `V4L2_CID_BRIGHTNESS`.
const BRIGHTNESS: u32 = 0x0098_0900;
/// From as much below 0 to this.
const BRIGHTNESS_MOST: i32 = 64;
/// `V4L2_CTRL_FLAG_NEXT_CTRL` and `_NEXT_COMPOUND`.
const NEXT: u32 = 0xc000_0000;
/// `V4L2_CTRL_TYPE_INTEGER`.
const INTEGER: u32 = 1;
/// `V4L2_BUF_TYPE_VIDEO_CAPTURE`.
const CAPTURE: u32 = 1;
/// `V4L2_FRMSIZE_TYPE_DISCRETE`, and the same of intervals.
const DISCRETE: u32 = 1;
/// `V4L2_MEMORY_MMAP`.
const MAPPED: u32 = 1;
/// `V4L2_FIELD_NONE`.
const PROGRESSIVE: u32 = 1;

/// A request's bytes.
pub struct Bytes<'a>(pub &'a mut [u8]);

impl Bytes<'_> {
    fn get(&self, at: usize) -> u32 {
        self.0.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_ne_bytes)
    }

    fn put(&mut self, at: usize, value: u32) {
        self.set(at, &value.to_ne_bytes());
    }

    fn put_long(&mut self, at: usize, value: u64) {
        self.set(at, &value.to_ne_bytes());
    }

    fn set(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.0.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// A text of at most `room` bytes, one of them its end.
    fn text(&mut self, at: usize, room: usize, text: &str) {
        let length = text.len().min(room - 1);
        self.set(at, &text.as_bytes()[..length]);
        self.set(at + length, &vec![0; room - length]);
    }
}

/// Answers request number `request` to a camera.
pub fn answer(camera: &Arc<Mutex<Session>>, request: u32, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    // Taking a frame waits for it, and nobody else is to wait with it.
    if request == 17 {
        session::wait(camera, None)?;
        return take(&mut lock(camera), bytes);
    }
    let elsewhere = matches!(request, 5 | 8 | 18) && session::held_by_another(lock(camera).number, camera);
    let mut session = lock(camera);
    let card = session.card()?;
    // Whose buffers are there, or are being filled, can neither change its format nor take others.
    let here = (request == 5 && session.buffers > 0) || (request == 8 && session.streaming);
    if matches!(request, 5 | 8 | 18) && (elsewhere || here || card.busy) {
        return Err(Errno::BUSY);
    }
    match request {
        0 => describe(&session, &card, bytes),
        2 => format_of_index(&card, bytes),
        4 => format(&session, bytes),
        5 => {
            (session.look, session.fps) = nearest(&session, &card, bytes)?;
            format(&session, bytes)
        }
        8 => request_buffers(&mut session, bytes),
        9 => buffer(&session, bytes, 0),
        15 => queue(&mut session, bytes),
        18 => {
            session.start();
            Ok(())
        }
        19 => {
            session.stop();
            Ok(())
        }
        21 => rate(&session, bytes),
        22 => set_rate(&mut session, &card, bytes),
        74 => size_of_index(&card, bytes),
        75 => rate_of_index(&card, bytes),
        103 => describe_control(bytes),
        _ => Err(Errno::NOTTY),
    }
}

/// Reads or sets the controls of an extended request: 20 bytes each, the number first, the value last.
pub fn controls(camera: &Arc<Mutex<Session>>, set: bool, list: &mut [u8]) -> Result<(), Errno> {
    let mut session = lock(camera);
    session.card()?;
    for one in list.chunks_exact_mut(20) {
        let mut one = Bytes(one);
        if one.get(0) != BRIGHTNESS {
            return Err(Errno::INVAL);
        }
        let value = one.get(12) as i32;
        match set {
            false => one.put(12, session::brightness(session.number) as u32),
            true if value.abs() <= BRIGHTNESS_MOST => session::set_brightness(session.number, value),
            true => return Err(Errno::RANGE),
        }
    }
    Ok(())
}

fn describe(session: &Session, card: &Card, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    bytes.text(0, 16, "test-camera");
    bytes.text(16, 32, &card.name);
    bytes.text(48, 32, &format!("folder-{}", session.number));
    bytes.put(80, 0x0006_0000);
    // Captures and streams; and the same again for this node alone.
    bytes.put(84, 0x8420_0001);
    bytes.put(88, 0x0420_0001);
    Ok(())
}

fn format_of_index(card: &Card, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    let offer = card.offers.get(bytes.get(0) as usize).ok_or(Errno::INVAL)?;
    bytes.put(8, u32::from(&offer.fourcc == b"MJPG"));
    bytes.text(12, 32, &String::from_utf8_lossy(&offer.fourcc));
    bytes.put(44, u32::from_le_bytes(offer.fourcc));
    Ok(())
}

fn offer(card: &Card, fourcc: u32) -> Result<&Offer, Errno> {
    card.offers.iter().find(|offer| offer.fourcc == fourcc.to_le_bytes()).ok_or(Errno::INVAL)
}

fn size_of_index(card: &Card, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    let sizes = offer(card, bytes.get(4))?.sizes();
    let &(width, height) = sizes.get(bytes.get(0) as usize).ok_or(Errno::INVAL)?;
    bytes.put(8, DISCRETE);
    bytes.put(12, width);
    bytes.put(16, height);
    Ok(())
}

fn rate_of_index(card: &Card, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    let size = (bytes.get(8), bytes.get(12));
    let fps = offer(card, bytes.get(4))?.rates(size).nth(bytes.get(0) as usize).ok_or(Errno::INVAL)?;
    bytes.put(16, DISCRETE);
    bytes.put(20, 1);
    bytes.put(24, fps);
    Ok(())
}

fn format(session: &Session, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    let look = session.look;
    bytes.put(8, look.width);
    bytes.put(12, look.height);
    bytes.put(16, u32::from_le_bytes(look.fourcc));
    bytes.put(20, PROGRESSIVE);
    bytes.put(24, look.stride());
    bytes.put(28, look.most() as u32);
    // `V4L2_COLORSPACE_SRGB`.
    bytes.put(32, 8);
    Ok(())
}

/// The look that was asked for where the camera has it, else the first of that format, else what it is now.
fn nearest(session: &Session, card: &Card, bytes: &Bytes<'_>) -> Result<(Look, u32), Errno> {
    let offer =
        offer(card, bytes.get(16)).or_else(|_| offer(card, u32::from_le_bytes(session.look.fourcc)))?;
    let asked = offer.modes.iter().find(|mode| (mode.0, mode.1) == (bytes.get(8), bytes.get(12)));
    let &(width, height, fps) = asked.or(offer.modes.first()).ok_or(Errno::INVAL)?;
    Ok((Look { fourcc: offer.fourcc, width, height, ..session.look }, fps))
}

fn rate(session: &Session, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    // `V4L2_CAP_TIMEPERFRAME`.
    bytes.put(4, 0x1000);
    bytes.put(12, 1);
    bytes.put(16, session.fps);
    Ok(())
}

fn set_rate(session: &mut Session, card: &Card, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    let asked = bytes.get(16) / bytes.get(12).max(1);
    let rates = offer(card, u32::from_le_bytes(session.look.fourcc))?
        .rates((session.look.width, session.look.height));
    session.fps = rates.min_by_key(|fps| fps.abs_diff(asked)).unwrap_or(session.fps);
    rate(session, bytes)
}

fn request_buffers(session: &mut Session, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    if bytes.get(4) != CAPTURE || bytes.get(8) != MAPPED {
        return Err(Errno::INVAL);
    }
    session.allot(bytes.get(0))?;
    bytes.put(0, session.buffers);
    Ok(())
}

/// Tells about the buffer of the request's index.
fn buffer(session: &Session, bytes: &mut Bytes<'_>, flags: u32) -> Result<(), Errno> {
    let index = bytes.get(0);
    if index >= session.buffers {
        return Err(Errno::INVAL);
    }
    // Mapped, with times of the monotonic clock.
    bytes.put(12, 0x2001 | flags);
    bytes.put(60, MAPPED);
    bytes.put(64, index * session.length as u32);
    bytes.put(72, session.length as u32);
    Ok(())
}

fn queue(session: &mut Session, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    buffer(session, bytes, 2)?;
    session.queued.push_back(bytes.get(0));
    Ok(())
}

/// Hands out a frame.
fn take(session: &mut Session, bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    let filled = session.fill()?;
    bytes.put(0, filled.buffer);
    buffer(session, bytes, 0)?;
    bytes.put(8, filled.bytes as u32);
    bytes.put(20, PROGRESSIVE);
    bytes.put_long(24, filled.at.0 / 1_000_000_000);
    bytes.put_long(32, filled.at.0 % 1_000_000_000 / 1_000);
    bytes.put(56, filled.frame);
    Ok(())
}

/// The control of this id, or the first behind it where the request asks for the next one.
fn describe_control(bytes: &mut Bytes<'_>) -> Result<(), Errno> {
    let asked = bytes.get(0);
    let fits = if asked & NEXT == 0 { asked == BRIGHTNESS } else { asked & !NEXT < BRIGHTNESS };
    if !fits {
        return Err(Errno::INVAL);
    }
    bytes.put(0, BRIGHTNESS);
    bytes.put(4, INTEGER);
    bytes.text(8, 32, "Brightness");
    let most = i64::from(BRIGHTNESS_MOST);
    for (at, value) in [(40, -most), (48, most), (56, 1), (64, 0)] {
        bytes.put_long(at, value as u64);
    }
    for (at, value) in [(72, 0), (76, 4), (80, 1), (84, 0)] {
        bytes.put(at, value);
    }
    Ok(())
}
