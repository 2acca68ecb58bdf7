//! The mixer's thread: a block each 10 ms, on the clock that the picture starts with.

use std::sync::Arc;

use studio_lane::Writer;
use studio_wire::ids::SourceId;
use studio_wire::media::{Monitor, Wiring};
use studio_wire::time::ShowTime;

use super::lanes::{SoundLanes, program_comes_in, publish_sound};
use super::shared::Shared;
use super::{Desk, SoundOrder};
use crate::audio::device::Outlet;
use crate::audio::meter::{Peak, highest};
use crate::audio::mix::Mixer;
use crate::audio::{BLOCKS, Block, SILENCE};
use crate::clock::{ProgramClock, TickClock, now};

/// What the mixer's thread owns.
pub(super) struct SoundDesk {
    shared: Arc<Shared>,
    wirings: Arc<[Wiring]>,
    voices: Vec<SourceId>,
    monitor: Monitor,
    lanes: SoundLanes,
    /// Where the monitor is listened to.
    listener: Option<Writer>,
    /// Where it is heard.
    speaker: Option<Box<Outlet>>,
    show: Option<Show>,
}

#[derive(Debug)]
struct Show {
    clock: ProgramClock,
    mixer: Mixer,
}

impl SoundDesk {
    pub fn new(shared: Arc<Shared>) -> Self {
        let (wirings, voices, monitor, lanes) = Default::default();
        Self { shared, wirings, voices, monitor, lanes, listener: None, speaker: None, show: None }
    }

    fn open(&mut self, start: ShowTime) {
        let mut mixer = Mixer::default();
        mixer.wire(&self.wirings, &mut self.lanes);
        mixer.voices(&self.voices);
        mixer.monitor(&self.monitor);
        self.shared.set_levels(mixer.levels());
        self.show = Some(Show { clock: ProgramClock::new(TickClock::new(start, BLOCKS)), mixer });
    }

    /// One block, at whatever time the clock says it begins.
    pub fn run(&mut self, now: impl Fn() -> ShowTime) {
        let Some(show) = &mut self.show else { return };
        let (block, at) = show.clock.next();
        let mixed = show.mixer.mix(at, &mut self.lanes);
        meter(&self.shared.program_peaks, &mixed.program);
        self.shared.recording(|recorder| recorder.sound(block, &mixed.program));
        if let Some(air) = self.lanes.air.as_mut().filter(|_| !program_comes_in(&self.wirings)) {
            air.program.sound(&mixed.program, at);
        }
        if let Some(crew) = &mut self.lanes.crew {
            for (lane, sound) in
                [(&mut crew.microphone, &mixed.microphone), (&mut crew.stage_media, &mixed.stage_media)]
            {
                if let Some(sound) = sound {
                    lane.sound(sound, at);
                }
            }
        }
        if let Some(monitor) = &mixed.monitor {
            meter(&self.shared.monitor_peaks, monitor);
            if let Some(listener) = &mut self.listener {
                publish_sound(listener, monitor, at);
            }
        }
        // A speaker that is given nothing has run dry; it plays silence as well as sound.
        if let Some(speaker) = &mut self.speaker {
            speaker.push(at, mixed.monitor.as_ref().unwrap_or(&SILENCE));
        }
        show.clock.done(now());
    }
}

/// Raises the meters of both sides.
fn meter(peaks: &[Peak; 2], block: &Block) {
    for (side, peak) in peaks.iter().enumerate() {
        peak.raise(highest(block.iter().skip(side).step_by(2)));
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
                    show.mixer.wire(&self.wirings, &mut self.lanes);
                    self.shared.set_levels(show.mixer.levels());
                }
            }
            SoundOrder::Heard { voices, monitor } => {
                (self.voices, self.monitor) = (voices, monitor);
                if let Some(show) = &mut self.show {
                    show.mixer.voices(&self.voices);
                    show.mixer.monitor(&self.monitor);
                }
            }
            SoundOrder::Microphone(sound) => self.lanes.voice.give(sound),
            SoundOrder::Speaker(sound) => self.speaker = sound,
            SoundOrder::Crew(lanes) => self.lanes.crew = lanes,
            SoundOrder::Air(lanes) => self.lanes.air = lanes,
            SoundOrder::Listen(listener) => self.listener = Some(listener),
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

#[cfg(test)]
mod tests;
