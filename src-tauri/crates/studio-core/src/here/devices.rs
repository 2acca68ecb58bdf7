//! The own sources: a camera, a microphone, and the chord that stands for clips and music. All are off until somebody
//! opens them, in every show anew, and that is written down nowhere.
//!
//! Which device gives the picture and the voice is a choice of this machine. **A device that was opened stays the one
//! until its user chooses another: when it is gone it is waited for, and nothing takes its place.**

mod camera;
pub(crate) mod offered;
mod voice;

use studio_wire::device::{
    Chosen, Device, DeviceId, DeviceKind, DeviceReport, DeviceState, DeviceTrouble, DeviceView, DeviceWant,
    DevicesView, test,
};
use studio_wire::fault::Fault;
use studio_wire::ids::SourceId;
use studio_wire::media::Feed;
use studio_wire::preferences::Preferences;
use studio_wire::time::ShowTime;

use super::notices::Notices;
use camera::Told;
use voice::Voice;
pub(crate) use voice::may_talk;

/// The own camera.
pub(crate) const CAMERA: SourceId = SourceId(0);
/// The own microphone.
pub(crate) const MICROPHONE: SourceId = SourceId(1);
/// Clips and music, without any voice.
pub(crate) const STAGE_MEDIA: SourceId = SourceId(2);

/// Which own sources are open, and what there is to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Devices {
    pub camera: bool,
    pub microphone: bool,
    pub stage_media: bool,
    voice: Voice,
    /// What the system has.
    listed: Vec<Device>,
    /// What was opened last of each kind.
    held: Held,
    /// What became of what is wanted.
    became: Vec<(DeviceKind, DeviceId, DeviceState)>,
    /// What the camera that was open last has told.
    camera_told: Option<Told>,
    /// Until when the speaker is open, though no show is, because it is tested.
    tested: Option<ShowTime>,
}

/// For so long a speaker is open to be tested.
const TEST: ShowTime = ShowTime::from_ms(2_000);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Held {
    camera: Option<Chosen>,
    microphone: Option<Chosen>,
}

impl Held {
    fn of(&mut self, kind: DeviceKind) -> Option<&mut Option<Chosen>> {
        match kind {
            DeviceKind::Camera => Some(&mut self.camera),
            DeviceKind::Microphone => Some(&mut self.microphone),
            DeviceKind::Speaker => None,
        }
    }
}

impl Devices {
    /// Everything is off, as at the beginning of a show. What there is stays known.
    pub fn reset(&mut self) {
        let (listed, camera_told) = (std::mem::take(&mut self.listed), self.camera_told.take());
        *self = Self { listed, camera_told, ..Self::default() };
    }

    /// What the devices tell.
    pub fn hear(&mut self, report: DeviceReport) {
        match report {
            DeviceReport::Listed(devices) => self.listed = devices,
            DeviceReport::Became { kind, device, state } => {
                self.became.retain(|(its, ..)| *its != kind);
                self.became.push((kind, device, state));
            }
            DeviceReport::Shared { .. } => {}
            DeviceReport::Camera { device, formats, controls } => {
                self.camera_told = Some(Told { device, formats, controls });
            }
        }
    }

    /// Whether there is a device to open.
    pub fn ready(&self, kind: DeviceKind, chosen: &Preferences) -> Result<(), Fault> {
        self.chosen(kind, chosen).map(drop).ok_or(Fault::NoDevice { kind })
    }

    /// Opens or shuts the own camera or microphone.
    pub fn switch(&mut self, kind: DeviceKind, on: bool, chosen: &Preferences) {
        match kind {
            DeviceKind::Camera => {
                self.camera = on;
                self.held.camera = self.chosen(kind, chosen).filter(|_| on);
            }
            DeviceKind::Microphone => self.switch_voice(on, chosen),
            DeviceKind::Speaker => {}
        }
    }

    /// Another device was chosen: one that is open is exchanged.
    pub fn choose(&mut self, kind: DeviceKind, chosen: &Preferences) {
        let device = self.chosen(kind, chosen);
        if let Some(held) = self.held.of(kind).filter(|held| held.is_some()) {
            *held = device;
        }
    }

    /// The speaker is tested from now on.
    pub fn test_speaker(&mut self, now: ShowTime) {
        self.tested = Some(now + TEST);
    }

    /// Whether the speaker is tested; that ends by itself.
    pub fn testing(&mut self, now: ShowTime) -> bool {
        self.tested = self.tested.filter(|until| *until > now);
        self.tested.is_some()
    }

    /// When the test of the speaker is over.
    pub fn deadline(&self) -> Option<ShowTime> {
        self.tested
    }

    /// Whether there is such a device to choose, and what it is called.
    pub fn find(&self, kind: DeviceKind, id: &DeviceId) -> Option<Chosen> {
        let device = self.offers(kind).find(|device| device.id == *id)?;
        Some(Chosen { id: device.id, name: device.name })
    }

    /// Whether a source is open to the show, if it is one of these.
    pub fn open(&self, source: SourceId, chosen: &Preferences) -> Option<bool> {
        match source {
            CAMERA => Some(self.camera),
            MICROPHONE => Some(self.sends_voice(chosen)),
            STAGE_MEDIA => Some(self.stage_media),
            _ => None,
        }
    }

    /// Whether an open source gives something, as far as its device tells.
    pub fn gives(&self, source: SourceId, chosen: &Preferences) -> bool {
        let kind = match source {
            CAMERA => DeviceKind::Camera,
            MICROPHONE => DeviceKind::Microphone,
            _ => return true,
        };
        self.wanted(kind, chosen).is_none_or(|device| self.state(kind, &device) == Some(DeviceState::Open))
    }

    /// Where the own camera's picture comes from.
    pub fn camera_feed(&self, chosen: &Preferences) -> Feed {
        let used = self.used(DeviceKind::Camera, chosen);
        match used.as_ref().map(|device| device.id.as_str()) {
            Some(test::PATTERN) => Feed::Pattern,
            Some(test::BARS) => Feed::Bars,
            _ => Feed::Camera,
        }
    }

    /// Where the own voice comes from.
    pub fn microphone_feed(&self, chosen: &Preferences) -> Feed {
        let used = self.used(DeviceKind::Microphone, chosen);
        match used.as_ref().map(|device| device.id.as_str()) {
            Some(test::TONE) => Feed::Tone,
            _ => Feed::Microphone,
        }
    }

    /// What is to be open while a show is.
    pub fn want(&self, chosen: &Preferences) -> DeviceWant {
        let camera = self.wanted(DeviceKind::Camera, chosen);
        DeviceWant {
            microphone: self.wanted(DeviceKind::Microphone, chosen),
            speaker: self.wanted(DeviceKind::Speaker, chosen),
            camera: camera.map(|device| Self::camera_want(device, chosen)),
            // What is shared is no device that was chosen.
            screens: Vec::new(),
        }
    }

    /// What is wrong with a device that is open, or should be.
    fn trouble(&self, kind: DeviceKind, chosen: &Preferences) -> Option<Fault> {
        if kind == DeviceKind::Microphone && !self.needs_voice() {
            return None;
        }
        let (used, why) = (self.used(kind, chosen)?, self.why(kind, chosen)?);
        Some(Fault::DeviceLost { kind, name: used.name, why })
    }

    /// Tells what is wrong with the devices for as long as it is.
    pub fn tell(&self, chosen: &Preferences, notices: &mut Notices, at: ShowTime) {
        for kind in DeviceKind::ALL {
            let of = |fault: &Fault| matches!(fault, Fault::DeviceLost { kind: its, .. } if *its == kind);
            notices.hold(self.trouble(kind, chosen), of, at);
        }
        self.tell_voice(chosen, notices);
    }

    /// As it is shown.
    pub fn view(&self, want: &DeviceWant, chosen: &Preferences) -> DevicesView {
        let view = |kind, on| DeviceView {
            offers: self.offers(kind).collect(),
            chosen: chosen.device(kind).cloned(),
            used: self.used(kind, chosen).map(|device| device.id),
            on,
            trouble: self.why(kind, chosen).filter(|_| on),
        };
        DevicesView {
            microphone: view(DeviceKind::Microphone, self.microphone),
            speaker: view(DeviceKind::Speaker, want.speaker.is_some()),
            camera: view(DeviceKind::Camera, self.camera),
        }
    }

    /// The system's devices of a kind, then the studio's own.
    fn offers(&self, kind: DeviceKind) -> impl Iterator<Item = Device> {
        let own: &[&str] = match kind {
            DeviceKind::Camera => &[test::PATTERN, test::BARS],
            DeviceKind::Microphone => &[test::TONE],
            DeviceKind::Speaker => &[test::NOWHERE],
        };
        let own = own.iter().map(move |id| Device {
            id: DeviceId::from(*id),
            name: String::new(),
            kind,
            default: false,
        });
        self.listed.iter().filter(move |device| device.kind == kind).cloned().chain(own)
    }

    /// The device that is open, or would be if it were opened now.
    fn used(&self, kind: DeviceKind, chosen: &Preferences) -> Option<Chosen> {
        let held = match kind {
            DeviceKind::Camera if self.camera => self.held.camera.as_ref(),
            DeviceKind::Microphone if self.hears(chosen) => self.held.microphone.as_ref(),
            _ => None,
        };
        match held {
            Some(held) => Some(self.there(kind, held).unwrap_or_else(|| held.clone())),
            None => self.chosen(kind, chosen),
        }
    }

    /// The device that was chosen, or else the one that the system offers first; `None` when it is not there.
    fn chosen(&self, kind: DeviceKind, chosen: &Preferences) -> Option<Chosen> {
        if let Some(chosen) = chosen.device(kind) {
            return self.there(kind, chosen);
        }
        let of_kind = || self.listed.iter().filter(|device| device.kind == kind);
        let first = of_kind().find(|device| device.default).or_else(|| of_kind().next())?;
        Some(Chosen { id: first.id.clone(), name: first.name.clone() })
    }

    /// The device of that id, or else of that name.
    fn there(&self, kind: DeviceKind, meant: &Chosen) -> Option<Chosen> {
        let by_name = || {
            let named = |device: &Device| !meant.name.is_empty() && device.name == meant.name;
            self.offers(kind).find(named).map(|device| Chosen { id: device.id, name: device.name })
        };
        self.find(kind, &meant.id).or_else(by_name)
    }

    /// The system's device that should be open; the studio's own sources need none.
    fn wanted(&self, kind: DeviceKind, chosen: &Preferences) -> Option<DeviceId> {
        let on = match kind {
            DeviceKind::Camera => self.camera,
            DeviceKind::Microphone => self.hears(chosen),
            DeviceKind::Speaker => true,
        };
        let used = self.used(kind, chosen).filter(|_| on)?;
        let own = test::ALL.contains(&used.id.as_str());
        (!own).then_some(used.id)
    }

    fn state(&self, kind: DeviceKind, device: &DeviceId) -> Option<DeviceState> {
        let its = |(of, id, _): &&(DeviceKind, DeviceId, DeviceState)| *of == kind && id == device;
        self.became.iter().find(its).map(|(.., state)| *state)
    }

    fn why(&self, kind: DeviceKind, chosen: &Preferences) -> Option<DeviceTrouble> {
        let wanted = self.wanted(kind, chosen)?;
        match self.state(kind, &wanted) {
            Some(DeviceState::Lost(why)) => Some(why),
            _ if !self.listed.iter().any(|device| device.id == wanted) => Some(DeviceTrouble::Gone),
            _ => None,
        }
    }
}
