//! The mixer of the show: whose sound has which strip, what is set, and who hears what. The mixer's order, the scene's
//! voices and the view are made from the same words here.
//!
//! The host's own strips and the program's bus are preferences of this machine; those of others are in their records.

use studio_wire::command::ShowCommand;
use studio_wire::ids::{Identity, SourceId};
use studio_wire::media::Monitor;
use studio_wire::mixer::{Heard, Mix, MixerView, Strip, StripPart, StripView};
use studio_wire::people::Position;
use studio_wire::rtc::TrackKind;
use studio_wire::view::StateName;

use crate::effect::Effects;
use crate::here::devices;
use crate::show::roster::Person;
use crate::show::strips::{self, SOUNDS};

use super::Studio;

/// Strips that are solo now, in no order. They are never kept.
pub(super) type Solos = Vec<(Identity, TrackKind)>;

/// A sound that has a strip.
struct Sound<'a> {
    person: &'a Person,
    kind: TrackKind,
    source: SourceId,
}

impl Studio {
    /// A command about the mixer that was allowed.
    pub(super) fn perform_mixer(&mut self, command: ShowCommand, out: &mut Effects) {
        match command {
            ShowCommand::Strip { person, kind, part: StripPart::Solo(on) } => {
                self.solos.retain(|(who, its)| (who, *its) != (&person, kind));
                if on {
                    self.solos.push((person, kind));
                }
            }
            ShowCommand::Strip { person, kind, part } if person == *self.me() => {
                let changed = self.preferences.change(|preferences| match kind {
                    TrackKind::StageMedia => strips::set(&mut preferences.music, part),
                    _ => strips::set(&mut preferences.voice, part),
                });
                self.keep_preferences(changed, out);
            }
            ShowCommand::Strip { person, kind, part } => {
                if let Some(record) = self.roster.guest_mut(&person) {
                    record.strips.set(kind, part);
                }
            }
            ShowCommand::ProgramBus { bus } => {
                let changed = self.preferences.change(|preferences| preferences.program = bus);
                self.keep_preferences(changed, out);
            }
            _ => {}
        }
    }

    /// Whether somebody has a sound of that kind, and with it a strip.
    pub(crate) fn has_strip(&self, person: &Identity, kind: TrackKind) -> bool {
        self.sounds().iter().any(|sound| sound.person.identity == *person && sound.kind == kind)
    }

    /// Every sound that has a strip, the host's first.
    fn sounds(&self) -> Vec<Sound<'_>> {
        let host = self.roster.host();
        let own =
            [(TrackKind::Microphone, devices::MICROPHONE), (TrackKind::StageMedia, devices::STAGE_MEDIA)];
        let own = own.into_iter().map(|(kind, source)| Sound { person: host, kind, source });
        let others = self.roster.people()[1..].iter().filter(|person| person.here()).flat_map(|person| {
            let sound = move |kind| Some(Sound { person, kind, source: person.source(kind)? });
            SOUNDS.into_iter().filter_map(sound)
        });
        own.chain(others).collect()
    }

    /// The strip of somebody's sound.
    pub(super) fn strip(&self, person: &Person, kind: TrackKind) -> Strip {
        let solo = self.solos.iter().any(|(who, its)| (who, *its) == (&person.identity, kind));
        let kept = match kind {
            _ if person.identity != *self.me() => person.strips.of(kind),
            TrackKind::StageMedia => self.preferences.get().music,
            _ => self.preferences.get().voice,
        };
        Strip { solo, ..kept }
    }

    /// What the mixer is set to. Who hears what is the scene's, and solo is a matter of who hears what.
    pub(super) fn mix(&self) -> Mix {
        let set = |sound: &Sound| {
            let strip = Strip { solo: false, ..self.strip(sound.person, sound.kind) };
            (strip != Strip::default()).then_some((sound.source, strip))
        };
        Mix {
            strips: self.sounds().iter().filter_map(set).collect(),
            music: vec![devices::STAGE_MEDIA],
            program: self.preferences.get().program,
            monitor: self.preferences.get().monitor,
            talk: self.devices.talk().is_some(),
            on_air: self.broadcast.name() == StateName::Live,
        }
    }

    /// Whether a source is open and not muted in its strip.
    fn sounding(&self, sound: &Sound) -> bool {
        self.open(sound.source) && !self.strip(sound.person, sound.kind).mute
    }

    /// What of somebody is heard.
    pub(super) fn voices_of(&self, person: &Person) -> Vec<SourceId> {
        let voice = |kind| {
            let sound = Sound { person, kind, source: person.source(kind)? };
            self.sounding(&sound).then_some(sound.source)
        };
        SOUNDS.into_iter().filter_map(voice).collect()
    }

    /// Clips and music, if they are heard.
    pub(super) fn music(&self) -> Option<SourceId> {
        let (person, kind, source) = (self.roster.host(), TrackKind::StageMedia, devices::STAGE_MEDIA);
        self.sounding(&Sound { person, kind, source }).then_some(source)
    }

    /// What the host hears. Who speaks to this machine beside the show is heard whatever is solo: a talkback has no
    /// strip.
    pub(super) fn monitor(&self) -> Monitor {
        let solo = self.sounds().into_iter().filter(|sound| self.strip(sound.person, sound.kind).solo);
        let solo: Vec<Sound> = solo.collect();
        let mut monitor = if solo.is_empty() {
            self.monitor_by_place()
        } else {
            let voices = solo.iter().filter(|sound| self.sounding(sound)).map(|sound| sound.source);
            Monitor { program: false, voices: voices.collect() }
        };
        let people = self.roster.people()[1..].iter().filter(|person| person.here());
        let talkbacks = people.filter_map(|person| person.source(TrackKind::Talkback));
        monitor.voices.extend(talkbacks.filter(|source| self.open(*source)));
        monitor
    }

    /// On stage the others on stage and what is played to them; backstage the program and who else is backstage.
    fn monitor_by_place(&self) -> Monitor {
        let on_stage = self.position(self.roster.host()) == Position::OnStage;
        let heard = if on_stage { Position::OnStage } else { Position::Backstage };
        let others = self.roster.people()[1..].iter().filter(|person| self.position(person) == heard);
        let voices = others.flat_map(|person| self.voices_of(person));
        Monitor { program: !on_stage, voices: voices.chain(self.music().filter(|_| on_stage)).collect() }
    }

    /// The mixer as those see it who run the show. Sources mean something to this machine's meters only.
    pub(super) fn mixer_view(&self, own: bool) -> MixerView {
        let (program, monitor) = (self.voices(), self.monitor());
        let view = |sound: &Sound| StripView {
            person: sound.person.identity.clone(),
            kind: sound.kind,
            source: if own { sound.source } else { SourceId::default() },
            strip: self.strip(sound.person, sound.kind),
            heard: self.heard_where(sound, &program, &monitor),
        };
        MixerView {
            strips: self.sounds().iter().map(view).collect(),
            program: self.preferences.get().program,
        }
    }

    /// Who hears a sound now. People hear each other's tracks without this machine's mixer: only the host's own go
    /// through their strips first.
    fn heard_where(&self, sound: &Sound, program: &[SourceId], monitor: &Monitor) -> Heard {
        let own = sound.person.identity == *self.me();
        let sent = if own { self.sounding(sound) } else { self.open(sound.source) };
        let position = self.position(sound.person);
        let in_program = program.contains(&sound.source);
        Heard {
            program: in_program,
            monitor: monitor.voices.contains(&sound.source) || monitor.program && in_program,
            stage: sent && (sound.kind == TrackKind::StageMedia || position == Position::OnStage),
            backstage: sent && sound.kind == TrackKind::Microphone && position == Position::Backstage,
        }
    }
}
