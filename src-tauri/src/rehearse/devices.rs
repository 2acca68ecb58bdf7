//! The devices that a rehearsal was told to use. To name one is to open it.

use std::fmt;

use serde::Serialize;
use studio_media::audio::device::Figures;
use studio_wire::device::{Chosen, DeviceId, DeviceKind, DeviceTrouble};
use studio_wire::{Preferences, Snapshot};

use crate::arguments::Rehearsal;

/// A device of a rehearsal.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Used {
    kind: DeviceKind,
    /// What of the system it belongs to: `pulseaudio`, `camera`, `test` …
    backend: String,
    id: String,
    /// As its maker calls it.
    name: String,
    /// It was open when the show went live.
    open: bool,
    /// Why it gave nothing.
    trouble: Option<DeviceTrouble>,
    /// Of a microphone or a speaker, at the end of the live part.
    sound: Option<Sound>,
}

/// What a device for sound was measured to do; gaps and losses are those of all that were in use in its place.
#[derive(Clone, Copy, Debug, Serialize)]
struct Sound {
    /// Times that its sound had to stop because nothing was there.
    gaps: u64,
    /// Frames that were left out.
    dropped: u64,
    /// How much faster its clock runs than the program's, in millionths.
    ppm: f32,
    latency_ms: f32,
}

impl From<Figures> for Sound {
    fn from(Figures { ppm, latency_ms, gaps, dropped }: Figures) -> Self {
        Self { gaps, dropped, ppm, latency_ms }
    }
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {} {}", word(self.kind), self.id, self.name)?;
        if let Some(why) = self.trouble {
            write!(f, " ({why:?})")?;
        }
        if let Some(Sound { gaps, dropped, ppm, latency_ms }) = self.sound {
            write!(f, ": {gaps} gaps, {dropped} frames lost, {ppm:+.0} ppm, {latency_ms:.1} ms")?;
        }
        Ok(())
    }
}

const fn word(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "microphone",
        DeviceKind::Speaker => "speaker",
        DeviceKind::Camera => "camera",
    }
}

/// What could have been named, a line each.
pub(super) fn on_offer(snapshot: &Snapshot) -> String {
    let of = |kind: &DeviceKind| {
        let offers = snapshot.devices.of(*kind).offers.iter();
        offers.map(|offer| format!("{:<10} {} {}", word(offer.kind), offer.id.as_str(), offer.name))
    };
    DeviceKind::ALL.iter().flat_map(of).collect::<Vec<_>>().join("\n")
}

/// The devices that were named; the studio's own sources for the others.
pub(super) fn chosen(rehearsal: &Rehearsal, preferences: Preferences) -> Preferences {
    let named =
        |id: &Option<String>| id.as_deref().map(|id| Chosen { id: DeviceId::from(id), name: String::new() });
    let own = preferences.on_test_sources();
    Preferences {
        microphone: named(&rehearsal.microphone).or(own.microphone.clone()),
        camera: named(&rehearsal.camera).or(own.camera.clone()),
        speaker: named(&rehearsal.speaker).or(own.speaker.clone()),
        ..own
    }
}

/// Whether every device that is to be used is there.
pub(super) fn are_there(snapshot: &Snapshot) -> bool {
    let there = |kind: &DeviceKind| {
        let view = snapshot.devices.of(*kind);
        view.chosen.as_ref().is_none_or(|chosen| view.offers.iter().any(|offer| offer.id == chosen.id))
    };
    DeviceKind::ALL.iter().all(there)
}

/// Whether the host's own sources give something.
pub(super) fn flow(snapshot: &Snapshot) -> bool {
    let host = snapshot.show.people.iter().find(|person| person.local);
    host.is_some_and(|host| host.camera.flowing && host.microphone.flowing)
}

/// What is used now.
pub(super) fn used(snapshot: &Snapshot) -> Vec<Used> {
    let used = |kind: &DeviceKind| {
        let view = snapshot.devices.of(*kind);
        let id = view.used.as_ref().filter(|_| view.on)?;
        let offer = view.offers.iter().find(|offer| offer.id == *id);
        Some(Used {
            kind: *kind,
            backend: id.as_str().split(':').next().unwrap_or_default().to_owned(),
            id: id.as_str().to_owned(),
            name: offer.map(|offer| offer.name.clone()).unwrap_or_default(),
            open: view.trouble.is_none(),
            trouble: view.trouble,
            sound: None,
        })
    };
    DeviceKind::ALL.iter().filter_map(used).collect()
}

/// Notes what the microphone and the speaker were measured to do.
pub(super) fn measure(used: &mut [Used], [microphone, speaker]: [Figures; 2]) {
    for used in used {
        used.sound = match used.kind {
            DeviceKind::Microphone => Some(microphone.into()),
            DeviceKind::Speaker => Some(speaker.into()),
            DeviceKind::Camera => None,
        };
    }
}
