//! The robot's camera and microphone: pattern and tone, each on a thread, each when it is due.

use std::sync::atomic::{AtomicBool, Ordering};

use studio_lane::{Bell, Meta, Writer};
use studio_media::clock::{TickClock, now, sleep_until};
use studio_media::frame::{PlanesMut, i420_len};
use studio_media::synthetic::Signature;
use studio_media::synthetic::pattern::Pattern;
use studio_media::synthetic::tone::Tone;

pub(crate) const WIDTH: u32 = 640;
pub(crate) const HEIGHT: u32 = 360;
pub(crate) const FPS: u32 = 30;
pub(crate) const RATE: u32 = 48_000;
pub(crate) const CHANNELS: u32 = 2;
/// Blocks of sound a second.
const BLOCKS: u32 = 100;
/// Samples of a block, of both channels.
pub(crate) const BLOCK: usize = (RATE / BLOCKS * CHANNELS) as usize;

/// An out lane.
pub(crate) struct Out {
    pub(crate) writer: Writer,
    pub(crate) bell: Bell,
}

/// Shows the pattern, numbered, 30 times a second until it is told to stop.
pub(crate) fn camera(mut out: Out, signature: Signature, stop: &AtomicBool) {
    let pattern = Pattern::new(WIDTH, HEIGHT, signature);
    let clock = TickClock::new(now(), FPS);
    let mut next = 0;
    for number in 0u32.. {
        sleep_until(clock.at(next));
        if stop.load(Ordering::Relaxed) {
            return;
        }
        // A camera that comes too late leaves a picture out; it does not hurry after it.
        let at = now();
        next = clock.due(at).max(next + 1);
        let Some(mut draft) = out.writer.draft() else { continue };
        let len = i420_len(WIDTH, HEIGHT);
        let bytes = draft.bytes().get_mut(..len).expect("the lane was made for this size");
        let mut planes = PlanesMut::new(bytes, WIDTH, HEIGHT).expect("the lane was made for this size");
        pattern.draw(&mut planes, number & 0xff_ffff, at);
        let stamp_us = (at.0 / 1_000) as i64;
        draft.publish(Meta { stamp_us, width: WIDTH, height: HEIGHT, len: len as u32, kind: Meta::I420 });
        out.bell.ring();
    }
}

/// Sounds in blocks of 10 ms, each handed on when its last sample is over, as a microphone does.
pub(crate) fn microphone(mut out: Out, signature: Signature, stop: &AtomicBool) {
    let tone = Tone::new(signature);
    let clock = TickClock::new(now(), BLOCKS);
    let mut stereo = [0f32; BLOCK];
    for block in 0u64.. {
        let at = clock.at(block);
        sleep_until(clock.at(block + 1));
        if stop.load(Ordering::Relaxed) {
            return;
        }
        tone.block(at, &mut stereo);
        let Some(mut draft) = out.writer.draft() else { continue };
        for (bytes, sample) in draft.bytes().chunks_exact_mut(2).zip(stereo) {
            bytes.copy_from_slice(&((sample * f32::from(i16::MAX)) as i16).to_ne_bytes());
        }
        let stamp_us = (at.0 / 1_000) as i64;
        let len = (BLOCK * 2) as u32;
        draft.publish(Meta { stamp_us, width: RATE, height: CHANNELS, len, kind: Meta::PCM });
        out.bell.ring();
    }
}
