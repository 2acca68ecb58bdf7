//! The mixer's thread: a block each 10 ms, on the clock that the picture starts with.

use std::sync::Arc;

use studio_lane::Writer;
use studio_wire::ids::SourceId;
use studio_wire::media::{Feed, MediaReport, Monitor, Wiring};
use studio_wire::mixer::Mix;
use studio_wire::time::ShowTime;

use super::lanes::{SoundLanes, program_comes_in, publish_sound};
use super::shared::Shared;
use super::{Desk, SoundOrder};
use crate::audio::device::{Figures, Outlet};
use crate::audio::mix::{Mixed, Mixer};
use crate::audio::{BLOCKS, SILENCE};
use crate::clock::{ProgramClock, TickClock, now};

/// What the mixer's thread owns.
pub(super) struct SoundDesk {
    shared: Arc<Shared>,
    wirings: Arc<[Wiring]>,
    voices: Vec<SourceId>,
    monitor: Monitor,
    mix: Mix,
    lanes: SoundLanes,
    /// Where the monitor is listened to.
    listener: Option<Writer>,
    /// Where it is heard.
    speaker: Option<Box<Outlet>>,
    /// What was counted of the speakers before.
    speakers_before: Figures,
    show: Option<Show>,
    /// It was told that somebody speaks while they are muted.
    muted_speech: bool,
}

#[derive(Debug)]
struct Show {
    clock: ProgramClock,
    mixer: Mixer,
}

impl SoundDesk {
    pub fn new(shared: Arc<Shared>) -> Self {
        let (wirings, voices, monitor, mix, lanes) = Default::default();
        let (listener, speaker, speakers_before, show, muted_speech) = Default::default();
        Self {
            shared,
            wirings,
            voices,
            monitor,
            mix,
            lanes,
            listener,
            speaker,
            speakers_before,
            show,
            muted_speech,
        }
    }

    fn open(&mut self, start: ShowTime) {
        let mut mixer = Mixer::default();
        mixer.set(self.mix.clone());
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
        let camera = self.wirings.iter().any(|wiring| wiring.feed == Feed::Camera && wiring.on);
        self.lanes.picture_age = self.shared.camera_age.read().filter(|_| camera);
        let mixed = show.mixer.mix(at, &mut self.lanes);
        self.shared.recording(|recorder| recorder.sound(block, &mixed.program));
        self.measure(&mixed);
        self.give_out(&mixed, at);
        self.tell(mixed.muted_speech);
        if let Some(show) = &mut self.show {
            show.clock.done(now());
        }
        self.shared.measured([self.lanes.voice.figures(), self.spoken()]);
    }

    /// Meters, for windows.
    fn measure(&self, mixed: &Mixed) {
        let Some(show) = &self.show else { return };
        let [program, monitor] = show.mixer.reduced_db();
        self.shared.program.hear(&mixed.program, program);
        self.shared.monitor.hear(mixed.monitor.as_ref().unwrap_or(&SILENCE), monitor);
        if let Some(loudness) = &mixed.loudness {
            self.shared.loudness.set(loudness);
        }
    }

    /// To the rooms, and to who listens here.
    fn give_out(&mut self, mixed: &Mixed, at: ShowTime) {
        if let Some(air) = self.lanes.air.as_mut().filter(|_| !program_comes_in(&self.wirings)) {
            air.program.sound(&mixed.program, at);
        }
        if let Some(crew) = &mut self.lanes.crew {
            for (lane, sound) in [
                (&mut crew.microphone, &mixed.microphone),
                (&mut crew.stage_media, &mixed.stage_media),
                (&mut crew.talkback, &mixed.talkback),
            ] {
                if let Some(sound) = sound {
                    lane.sound(sound, at);
                }
            }
        }
        if let Some((listener, monitor)) = self.listener.as_mut().zip(mixed.monitor.as_ref()) {
            publish_sound(listener, monitor, at);
        }
        // A speaker that is given nothing has run dry; it plays silence as well as sound.
        if let Some(speaker) = &mut self.speaker {
            speaker.push(at, mixed.monitor.as_ref().unwrap_or(&SILENCE));
        }
    }

    /// What is measured of the speaker, with the gaps and losses of those before it.
    fn spoken(&self) -> Figures {
        let now = self.speaker.as_ref().map(|speaker| speaker.figures()).unwrap_or_default();
        let before = self.speakers_before;
        Figures { gaps: now.gaps + before.gaps, dropped: now.dropped + before.dropped, ..now }
    }

    /// Tells that somebody speaks while they are muted, or no longer.
    fn tell(&mut self, muted_speech: Option<bool>) {
        let Some(on) = muted_speech.filter(|on| *on != self.muted_speech) else { return };
        self.muted_speech = on;
        self.shared.report.report(MediaReport::MutedSpeech { on });
    }

    fn close(&mut self) {
        self.show = None;
        self.tell(Some(false));
        self.shared.silence();
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
            SoundOrder::Mix(mix) => {
                if let Some(show) = &mut self.show {
                    show.mixer.set(mix.clone());
                }
                self.mix = mix;
            }
            SoundOrder::Microphone(sound) => self.lanes.voice.give(sound),
            SoundOrder::Speaker(sound) => {
                self.speakers_before = self.spoken();
                self.speaker = sound;
            }
            SoundOrder::Crew(lanes) => self.lanes.crew = lanes,
            SoundOrder::Air(lanes) => self.lanes.air = lanes,
            SoundOrder::Listen(listener) => self.listener = Some(listener),
            SoundOrder::Close { then } => {
                self.close();
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
