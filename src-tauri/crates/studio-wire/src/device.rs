//! Microphones, speakers, cameras and screens of a machine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Identity;

/// A device's lasting name: `pulseaudio:mic_a`, `camera:usb-046d_HD_Pro_Webcam_C920_1A2B3C4D`. It is the same after a
/// restart and after the device was unplugged and plugged in again, in the same socket or another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeviceId(pub String);

impl DeviceId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for DeviceId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// What a device is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// Takes in sound.
    Microphone,
    /// Gives out sound.
    Speaker,
    /// Takes in pictures.
    Camera,
}

impl DeviceKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Microphone, Self::Speaker, Self::Camera];
}

/// A device that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its lasting name.
    pub id: DeviceId,
    /// What its maker or owner calls it.
    pub name: String,
    /// What it is for.
    pub kind: DeviceKind,
    /// The system offers it first.
    pub default: bool,
}

/// A device that was chosen. It may not be there now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Its lasting name.
    pub id: DeviceId,
    /// What it was called then: a device of this name is taken for it where none has its id.
    pub name: String,
}

/// How a camera is to be opened. What the camera cannot do is replaced by what comes nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CameraFormat {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames a second.
    pub fps: u32,
}

impl Default for CameraFormat {
    fn default() -> Self {
        Self { width: 1280, height: 720, fps: 30 }
    }
}

/// How a camera is used: what its owner has chosen for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CameraSetup {
    /// How it is opened.
    pub format: CameraFormat,
    /// What of its picture is shown.
    pub framing: Framing,
    /// Values of the driver's controls that are not the driver's own, by the driver's number.
    pub controls: BTreeMap<u32, i64>,
}

/// What of a camera's picture is shown, everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Framing {
    /// Left and right change places.
    pub mirror: bool,
    /// How much larger than the whole picture, in percent: 100 to 300.
    pub zoom: u16,
    /// Where the part that is shown lies, in thousandths of the way from the left edge of the camera's picture to the
    /// right one.
    pub x: u16,
    /// The same from its upper edge.
    pub y: u16,
}

impl Framing {
    /// The largest zoom, in percent.
    pub const MOST_ZOOM: u16 = 300;
}

impl Default for Framing {
    fn default() -> Self {
        Self { mirror: false, zoom: 100, x: 500, y: 500 }
    }
}

/// The camera that is used, for who sets it up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraView {
    /// Which.
    pub device: DeviceId,
    /// What it is called.
    pub name: String,
    /// How it is used.
    pub setup: CameraSetup,
    /// What it can be opened in, the largest first; none before it was open.
    pub formats: Vec<CameraFormat>,
    /// What its driver lets be set; none before it was open.
    pub controls: Vec<CameraControl>,
}

/// A control that a camera's driver offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraControl {
    /// The driver's number for it.
    pub id: u32,
    /// The driver's name for it.
    pub name: String,
    /// Lowest value.
    pub min: i64,
    /// Highest value.
    pub max: i64,
    /// Values lie this far apart.
    pub step: i64,
    /// What the driver starts with.
    pub default: i64,
    /// What it is now.
    pub value: i64,
}

/// Something on the screen that can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenOffer {
    /// What would be shown.
    pub subject: ScreenSubject,
    /// The monitor's or the window's title.
    pub title: String,
    /// The program whose window it is; empty for a monitor.
    pub app: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// What is shown of a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenSubject {
    /// Everything.
    #[default]
    Whole,
    /// One monitor, by its number from 0.
    Monitor(u32),
    /// One window, by the system's number.
    Window(u32),
    /// A part, in pixels of the whole.
    Region {
        /// Left edge.
        x: i32,
        /// Upper edge.
        y: i32,
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// Why a device gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceTrouble {
    /// It is not there.
    Gone,
    /// Another program holds it.
    Busy,
    /// The system does not let us.
    Denied,
    /// It is there and sends nothing.
    Stalled,
    /// What it sends cannot be read.
    Unreadable,
    /// The system's sound or window server does not answer.
    NoServer,
    /// It has no format that we can read.
    NoFormat,
    /// This system has no such thing.
    Unsupported,
    /// Something else; the log says what.
    Broken,
}

/// What the core asks of the devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceOrder {
    /// What is to be open from now on, whole; everything else is closed. What is wanted and not there is opened when it
    /// is there again. Answered by `Became` for each.
    Want(DeviceWant),
    /// Plays a short sound to the speaker that is open, or opens within two seconds, beside what else is heard there.
    Chime,
}

/// Devices to be open. `None` is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceWant {
    /// Taken in as the own voice.
    pub microphone: Option<DeviceId>,
    /// Where the monitor is heard.
    pub speaker: Option<DeviceId>,
    /// Taken in as the own picture.
    pub camera: Option<CameraWant>,
    /// Taken in as shared screens; at most [`MOST_SCREENS`].
    pub screens: Vec<ScreenWant>,
}

/// So many screens of one machine can be shared at the same time.
pub const MOST_SCREENS: usize = crate::engine::lanes::CREW_SCREENS as usize;

/// A screen to be taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenWant {
    /// Its number: no other one of this run of the program has it.
    pub share: u32,
    /// Its place among the shared screens, below [`MOST_SCREENS`].
    pub place: u16,
    /// What is taken in.
    pub subject: ScreenSubject,
    /// With the pointer.
    pub cursor: bool,
}

/// A screen that this machine shares, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedScreen {
    /// Its number, to stop it.
    pub share: u32,
    /// What is shared.
    pub subject: ScreenSubject,
    /// What it was called when it was chosen.
    pub title: String,
    /// With the pointer.
    pub cursor: bool,
    /// Its pictures come.
    pub flowing: bool,
}

/// Something that can be shared, and how it looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenPicture {
    /// What it is.
    pub offer: ScreenOffer,
    /// A small JPEG picture in base64; empty where it cannot be seen now.
    pub jpeg: String,
}

/// A camera to be open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraWant {
    /// Which.
    pub device: DeviceId,
    /// How.
    pub format: CameraFormat,
    /// Values of the driver's controls. The others are left alone; one that was named before goes back to what the
    /// driver starts with.
    pub controls: BTreeMap<u32, i64>,
}

/// What the devices tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceReport {
    /// What is there now, whole.
    Listed(Vec<Device>),
    /// What became of a device that is wanted.
    Became {
        /// What for.
        kind: DeviceKind,
        /// Which.
        device: DeviceId,
        /// What.
        state: DeviceState,
    },
    /// What became of a screen that is wanted. One that is lost does not come back.
    Shared {
        /// Its number.
        share: u32,
        /// What.
        state: DeviceState,
    },
    /// What the open camera offers, whenever that is news.
    Camera {
        /// Which.
        device: DeviceId,
        /// What it can be opened in, the largest first.
        formats: Vec<CameraFormat>,
        /// What its driver lets be set, as it is now.
        controls: Vec<CameraControl>,
    },
}

/// How a device that is wanted is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Open.
    Open,
    /// It gives nothing; it is tried again.
    Lost(DeviceTrouble),
}

/// The devices of a machine as they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicesView {
    /// Microphones.
    pub microphone: DeviceView,
    /// Speakers.
    pub speaker: DeviceView,
    /// Cameras.
    pub camera: DeviceView,
}

impl DevicesView {
    /// Those of a kind.
    pub fn of(&self, kind: DeviceKind) -> &DeviceView {
        match kind {
            DeviceKind::Microphone => &self.microphone,
            DeviceKind::Speaker => &self.speaker,
            DeviceKind::Camera => &self.camera,
        }
    }

    /// Those of a kind, to change.
    pub fn of_mut(&mut self, kind: DeviceKind) -> &mut DeviceView {
        match kind {
            DeviceKind::Microphone => &mut self.microphone,
            DeviceKind::Speaker => &mut self.speaker,
            DeviceKind::Camera => &mut self.camera,
        }
    }
}

/// The devices of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// What is there. The last ones are the studio's own test sources, which have no name: who shows them has words
    /// for them.
    pub offers: Vec<Device>,
    /// What was chosen; `None` is what the system offers first.
    pub chosen: Option<Chosen>,
    /// What is used, or would be.
    pub used: Option<DeviceId>,
    /// It is open now.
    pub on: bool,
    /// Why it gives nothing, while it should.
    pub trouble: Option<DeviceTrouble>,
}

/// A device of a machine, as its seat tells the host of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferedDevice {
    /// What for.
    pub kind: DeviceKind,
    /// Its lasting name.
    pub id: DeviceId,
    /// What it is called; the studio's own test sources have no name.
    pub name: String,
    /// It is the one that is used, or would be.
    pub used: bool,
}

impl OfferedDevice {
    /// Devices of one kind that are told of at most.
    pub const MOST: usize = 16;
    /// Characters of a name.
    pub const NAME: usize = 80;
    /// Bytes of a lasting name; what has a longer one is not told of.
    pub const ID: usize = 200;
}

/// A device that somebody was asked to use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedDevice {
    /// What for.
    pub kind: DeviceKind,
    /// Which.
    pub device: DeviceId,
    /// What it is called.
    pub name: String,
    /// They said no. Of who said yes there is nothing left to ask: it is the one that is used.
    pub declined: bool,
}

/// Somebody's devices, for who looks at them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TheirDevices {
    /// Whose.
    pub person: Identity,
    /// What their machine has told.
    pub devices: Vec<OfferedDevice>,
    /// What they were asked to use.
    pub asked: Vec<AskedDevice>,
}

/// The studio's own sources, offered as devices on every machine.
pub mod test {
    /// A camera: the test pattern with frame number and clock.
    pub const PATTERN: &str = "test:pattern";
    /// A camera: colour bars that stand still.
    pub const BARS: &str = "test:bars";
    /// A microphone: a tone with a click a second, in step with the pattern's flash.
    pub const TONE: &str = "test:tone";
    /// A speaker: nothing is heard.
    pub const NOWHERE: &str = "test:nowhere";

    /// All of them.
    pub const ALL: [&str; 4] = [PATTERN, BARS, TONE, NOWHERE];
}
