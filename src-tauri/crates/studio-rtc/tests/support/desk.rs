//! In the place of compositor and mixer: feeds every out lane and looks at every in lane.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use studio_lane::{Meta, Reader};
use studio_rtc::{AirBlock, CrewBlock, LaneSink, Out};
use studio_wire::rtc::RoomKind;

pub const WIDTH: u32 = 640;
pub const HEIGHT: u32 = 360;

#[derive(Default)]
struct State {
    crew: Option<CrewBlock>,
    air: Option<AirBlock>,
    /// Every change of lanes: there or not.
    changes: Vec<(RoomKind, bool)>,
    /// Size of the newest picture of the first in lane, and how many there were.
    picture: Option<(u32, u32)>,
    pictures: u64,
    /// The loudest sample of the first sound in lane.
    loudest: i16,
}

#[derive(Clone)]
pub struct Desk {
    state: Arc<Mutex<State>>,
    ended: Arc<AtomicBool>,
}

impl Desk {
    /// A desk and the thread that plays at it.
    pub fn start() -> (Self, Playing) {
        let desk = Self { state: Arc::default(), ended: Arc::default() };
        let (player, ended) = (desk.clone(), desk.ended.clone());
        let thread = std::thread::spawn(move || player.play());
        (desk, Playing { ended, thread: Some(thread) })
    }

    pub fn changes(&self) -> Vec<(RoomKind, bool)> {
        self.state.lock().unwrap().changes.clone()
    }

    /// The size of the guest's pictures and how many came.
    pub fn picture(&self) -> (Option<(u32, u32)>, u64) {
        let state = self.state.lock().unwrap();
        (state.picture, state.pictures)
    }

    pub fn loudest(&self) -> i16 {
        self.state.lock().unwrap().loudest
    }

    fn play(&self) {
        let mut tick = 0_u32;
        while !self.ended.load(Ordering::Relaxed) {
            let mut state = self.state.lock().unwrap();
            let State { crew, air, .. } = &mut *state;
            if let Some(crew) = crew {
                sound(&mut crew.microphone, tick);
                picture(&mut crew.camera, tick);
            }
            if let Some(air) = air {
                sound(&mut air.sound, tick);
                picture(&mut air.picture, tick);
            }
            let came = state.crew.as_mut().map(|crew| look(&mut crew.pictures[0], &mut crew.sounds[0]));
            if let Some((picture, loudest)) = came {
                state.pictures += u64::from(picture.is_some());
                state.picture = picture.or(state.picture);
                state.loudest = state.loudest.max(loudest);
            }
            drop(state);
            tick += 1;
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Ends the desk's thread.
pub struct Playing {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = self.thread.take().unwrap().join();
    }
}

impl LaneSink for Desk {
    fn crew(&self, lanes: Option<CrewBlock>) {
        let mut state = self.state.lock().unwrap();
        state.changes.push((RoomKind::Crew, lanes.is_some()));
        state.crew = lanes;
    }

    fn air(&self, lanes: Option<AirBlock>) {
        let mut state = self.state.lock().unwrap();
        state.changes.push((RoomKind::Air, lanes.is_some()));
        state.air = lanes;
    }
}

fn now_us() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

fn picture(out: &mut Out, tick: u32) {
    if !tick.is_multiple_of(3) {
        return;
    }
    let (luma, whole) = ((WIDTH * HEIGHT) as usize, (WIDTH * HEIGHT * 3 / 2) as usize);
    let Some(mut draft) = out.writer.draft() else { return };
    draft.bytes()[..luma].fill(16 + (tick % 200) as u8);
    draft.bytes()[luma..whole].fill(128);
    let meta = Meta { stamp_us: now_us(), width: WIDTH, height: HEIGHT, len: whole as u32, kind: Meta::I420 };
    draft.publish(meta);
    out.bell.ring();
}

fn sound(out: &mut Out, tick: u32) {
    let Some(mut draft) = out.writer.draft() else { return };
    for (n, sample) in draft.bytes()[..1920].chunks_exact_mut(4).enumerate() {
        let time = f64::from(tick * 480 + n as u32) / 48_000.0;
        let level = (3000.0 * (time * 1000.0 * std::f64::consts::TAU).sin()) as i16;
        sample[..2].copy_from_slice(&level.to_ne_bytes());
        sample[2..].copy_from_slice(&level.to_ne_bytes());
    }
    draft.publish(Meta { stamp_us: now_us(), width: 48_000, height: 2, len: 1920, kind: Meta::PCM });
    out.bell.ring();
}

fn look(pictures: &mut Reader, sounds: &mut Reader) -> (Option<(u32, u32)>, i16) {
    let picture = pictures.newest().map(|frame| (frame.meta.width, frame.meta.height));
    let mut loudest = 0;
    while let Some(block) = sounds.next() {
        let samples = block.bytes().chunks_exact(2).map(|pair| i16::from_ne_bytes([pair[0], pair[1]]));
        loudest = samples.fold(loudest, i16::max);
    }
    (picture, loudest)
}
