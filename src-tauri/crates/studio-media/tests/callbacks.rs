//! A device's callback allocates nothing, whatever happens at the mixer's end; nor does the mixer once it has begun.
//! Counted by an allocator, on the thread that works.

#![allow(clippy::unwrap_used, missing_docs, unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use studio_media::audio::device::{Intake, IntakeEnd, Outlet, OutletEnd, intake, outlet};
use studio_media::audio::mix::{Mixer, Piece, Sounds};
use studio_media::audio::{Block, SILENCE};
use studio_wire::ids::{LaneId, SourceId};
use studio_wire::media::{Feed, Monitor, Wiring};
use studio_wire::mixer::{Mix, Strip};
use studio_wire::time::ShowTime;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is handed on to the system's allocator as it came; counting touches a cell without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise is handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` allocated or freed.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

fn at(ms: u64) -> ShowTime {
    ShowTime::from_ms(1_000_000 + ms)
}

#[test]
fn the_counter_counts() {
    assert!(allocations(|| drop(std::hint::black_box(vec![0u8; 100]))) >= 2);
}

#[test]
fn a_microphones_callback_allocates_nothing() {
    for channels in [1u16, 2, 6] {
        let (mut end, mut intake): (IntakeEnd, Intake) = intake(48_000, channels);
        let samples = vec![0.5; 480 * usize::from(channels)];
        for n in 0..500u64 {
            // The mixer sleeps from 1 to 3 s: the ring fills up and stays full.
            let allocated = allocations(|| {
                if n == 400 {
                    end.set_rate(44_100);
                }
                end.heard_at(&samples, at(10 * n), at(10 * n + 10));
                end.heard_at(&samples[..usize::from(channels)], at(10 * n + 10), at(10 * n + 10));
            });
            assert_eq!(allocated, 0, "callback {n}");
            if !(100..300).contains(&n) {
                intake.pull(at(10 * n + 10), &mut SILENCE.clone());
            }
        }
        assert!(intake.figures().dropped > 0, "the ring was full");
    }
}

#[test]
fn a_speakers_callback_allocates_nothing() {
    for channels in [1u16, 2, 6] {
        let (mut outlet, mut end): (Outlet, OutletEnd) = outlet(48_000, channels);
        let mut out = vec![0.0; 480 * usize::from(channels)];
        for n in 0..500u64 {
            let allocated = allocations(|| end.fill_at(&mut out, at(10 * n)));
            assert_eq!(allocated, 0, "callback {n}");
            if !(100..300).contains(&n) {
                outlet.push(at(10 * n + 1), &[0.5; 960]);
            }
        }
        assert!(outlet.figures().gaps > 0, "it ran dry");
    }
}

/// The same block from every lane and from the microphone.
struct Same([u8; 1_920]);

impl Sounds for Same {
    fn take(&mut self, _: Feed, take: &mut dyn FnMut(Piece<'_>)) {
        take(Piece { bytes: &self.0, rate: 48_000, channels: 2, sent: ShowTime(0) });
    }

    fn microphone(&mut self, _: ShowTime, block: &mut Block) -> bool {
        *block = [0.2; 960];
        true
    }
}

#[test]
fn the_mixer_allocates_nothing_once_it_has_begun() {
    let mut strip = Strip { delay_ms: 40.0, ..Strip::default() };
    (strip.gate.on, strip.eq.on, strip.compressor.on, strip.limiter.on) = (true, true, true, true);
    let feed = |n: u32| if n == 0 { Feed::Microphone } else { Feed::CrewSound(LaneId(40 + n as u16)) };
    let wirings: Vec<_> = (0..20)
        .map(|n| Wiring { source: SourceId(n), feed: feed(n), on: true, cell: None, sound: None })
        .collect();
    let voices: Vec<_> = (0..20).map(SourceId).collect();
    let mut mix = Mix { strips: voices.iter().map(|voice| (*voice, strip)).collect(), ..Mix::default() };
    mix.music = vec![SourceId(5)];
    mix.program.ducking.on = true;
    let (mut mixer, mut same) = (Mixer::default(), Same([7; 1_920]));
    mixer.set(mix.clone());
    mixer.wire(&wirings, &mut same);
    mixer.voices(&voices);
    mixer.monitor(&Monitor { program: true, voices });
    for n in 0..500u64 {
        // In the middle everything is turned; that may take memory, the blocks after it may not.
        if n == 250 {
            mix.strips.iter_mut().for_each(|(_, strip)| (strip.delay_ms, strip.pan) = (90.0, 0.5));
            mix.talk = true;
            mixer.set(mix.clone());
        }
        let allocated = allocations(|| _ = std::hint::black_box(mixer.mix(at(10 * n), &mut same)));
        assert!(allocated == 0 || n < 10, "block {n}: {allocated}");
    }
}

#[test]
fn both_ends_can_go_to_other_threads() {
    fn goes<T: Send>() {}
    goes::<(IntakeEnd, Intake, OutletEnd, Outlet)>();
    goes::<studio_media::audio::care::Care>();
}
