//! The mixer's thread: a block each 10 ms, on the clock that the picture starts with.

use std::sync::Arc;

use studio_wire::media::{Voice, Wiring};
use studio_wire::time::ShowTime;

use super::lanes::{CrewSounds, Out};
use super::shared::Shared;
use super::{Desk, SoundOrder};
use crate::audio::BLOCKS;
use crate::audio::meter::highest;
use crate::audio::mix::Mixer;
use crate::clock::{ProgramClock, TickClock, now};

/// What the mixer's thread owns.
pub(super) struct SoundDesk {
    shared: Arc<Shared>,
    wirings: Arc<[Wiring]>,
    voices: Vec<Voice>,
    crew: Option<CrewSounds>,
    air: Option<Out>,
    show: Option<Show>,
}

#[derive(Debug)]
struct Show {
    clock: ProgramClock,
    mixer: Mixer,
}

impl SoundDesk {
    pub fn new(shared: Arc<Shared>) -> Self {
        let (voices, wirings) = (Vec::new(), Arc::from([]));
        Self { shared, wirings, voices, crew: None, air: None, show: None }
    }

    fn open(&mut self, start: ShowTime) {
        let mut mixer = Mixer::default();
        mixer.wire(&self.wirings, &mut self.crew);
        mixer.voices(&self.voices);
        self.shared.set_levels(mixer.levels());
        self.show = Some(Show { clock: ProgramClock::new(TickClock::new(start, BLOCKS)), mixer });
    }

    /// One block, at whatever time the clock says it begins.
    pub fn run(&mut self, now: impl Fn() -> ShowTime) {
        let Some(show) = &mut self.show else { return };
        let (block, at) = show.clock.next();
        let mixed = show.mixer.mix(at, &mut self.crew);
        for (side, peak) in self.shared.program_peaks.iter().enumerate() {
            peak.raise(highest(mixed.program.iter().skip(side).step_by(2)));
        }
        self.shared.recording(|recorder| recorder.sound(block, &mixed.program));
        if let Some(air) = &mut self.air {
            air.sound(&mixed.program, at);
        }
        if let (Some(crew), Some(microphone)) = (&mut self.crew, &mixed.microphone) {
            crew.microphone.sound(microphone, at);
        }
        show.clock.done(now());
    }
}

impl Desk for SoundDesk {
    const KEEPS_TIME: bool = true;

    type Order = SoundOrder;

    fn apply(&mut self, order: SoundOrder) {
        match order {
            SoundOrder::Open { start } => self.open(start),
            SoundOrder::Sources(wirings) => {
                self.wirings = wirings;
                if let Some(show) = &mut self.show {
                    show.mixer.wire(&self.wirings, &mut self.crew);
                    self.shared.set_levels(show.mixer.levels());
                }
            }
            SoundOrder::Voices(voices) => {
                self.voices = voices;
                if let Some(show) = &mut self.show {
                    show.mixer.voices(&self.voices);
                }
            }
            SoundOrder::Crew(lanes) => self.crew = lanes,
            SoundOrder::Air(lane) => self.air = lane,
            SoundOrder::Close { then } => {
                self.show = None;
                self.shared.set_levels(Vec::new());
                (then.0)();
            }
        }
    }

    fn due(&self) -> Option<ShowTime> {
        self.show.as_ref().map(|show| show.clock.next().1)
    }

    fn tick(&mut self) {
        self.run(now);
    }
}
