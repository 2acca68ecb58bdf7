//! What is shown: the show as one seat may know it ([`ShowView`]), and this app's window as a whole ([`Snapshot`]).

mod window;

use serde::{Deserialize, Serialize};

use crate::chat::ReactionCount;
use crate::command::Act;
use crate::device::{AskedDevice, DeviceKind, DevicesView, TheirDevices};
use crate::fault::Fault;
use crate::ids::{Identity, SourceId};
use crate::layout::{LayoutName, Rect};
use crate::mixer::{MixerView, ProgramBus, StripView};
use crate::people::{Position, Presence, Quality, Rights, Role};
use crate::rtc::{RoomKind, TrackKind};
use crate::time::ShowTime;

pub use window::{Ack, Answer, Meters, Notice, Query, SeatLink, ServerView, Snapshot, Update};

/// The seven states of the broadcast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// Nothing runs.
    #[default]
    Idle,
    /// Server, rooms, engines and program come up.
    Initializing,
    /// Everything runs; nobody is watching.
    Ready,
    /// Outputs open.
    Starting,
    /// On air.
    Live,
    /// Outputs close.
    Stopping,
    /// Something fatal happened; everything was closed.
    Error,
}

impl StateName {
    /// Every state, in the order of a show.
    pub const ALL: [Self; 7] = [
        Self::Idle,
        Self::Initializing,
        Self::Ready,
        Self::Starting,
        Self::Live,
        Self::Stopping,
        Self::Error,
    ];

    /// The word used in storage.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Initializing => "initializing",
            Self::Ready => "ready",
            Self::Starting => "starting",
            Self::Live => "live",
            Self::Stopping => "stopping",
            Self::Error => "error",
        }
    }
}

/// The show as one seat may know it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShowView {
    /// Whose show this is: the seat's own identity.
    pub me: Identity,
    /// The seat's role.
    pub role: Role,
    /// What the show is called.
    pub title: String,
    /// State of the broadcast.
    pub broadcast: BroadcastView,
    /// The scene on air (guests and viewers: only its people and layout).
    pub program: SceneView,
    /// The scene being prepared; only for the crew that may take it.
    pub preview: Option<SceneView>,
    /// People, host first, then by arrival. A viewer sees only who is on stage.
    pub people: Vec<PersonView>,
    /// Layouts with their pictures' data, for as many people as are on stage, but
    /// at least four: with fewer the layouts look alike.
    pub layouts: Vec<LayoutOffer>,
    /// What the program's picture is.
    pub format: ProgramFormat,
    /// People in `air` who are not crew.
    pub viewers: u32,
    /// How many people are connected, and how many records there are.
    pub counts: Counts,
    /// What concerns the seat's own person.
    pub mine: Mine,
    /// The host machine's own sources; only for those who run the show.
    pub host: Option<HostView>,
    /// The devices that this seat looks at.
    pub devices: Option<TheirDevices>,
    /// Cheers of this show.
    pub reactions: Vec<ReactionCount>,
    /// Recording; only for those who run the show.
    pub recording: Option<RecordingView>,
    /// The mixer; only for those who run the show.
    pub mixer: Option<MixerView>,
    /// Every act of the show with the reason why it cannot be done now; `None` where it can.
    pub may: Vec<May>,
}

/// How many people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Connected now.
    pub online: u32,
    /// With a record in this show.
    pub total: u32,
}

/// What concerns the seat's own person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    /// What they may send.
    pub rights: Rights,
    /// How often the host has switched off each of: microphone, camera, screen. A seat that sees a number grow
    /// switches it off, even if the server's word was lost.
    pub muted: [u32; 3],
    /// What they are asked to switch on.
    pub asked: Vec<TrackKind>,
    /// Which devices of their machine they are asked to use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_devices: Vec<AskedDevice>,
    /// Their word in the chat is taken.
    pub silenced: bool,
}

/// The host machine's own sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostView {
    /// Its devices.
    pub devices: DevicesView,
    /// The test chord plays.
    pub stage_media: bool,
}

/// A part of a [`ShowView`] that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The seat's role.
    Role(Role),
    /// The title.
    Title(String),
    /// State of the broadcast.
    Broadcast(BroadcastView),
    /// The scene on air.
    Program(SceneView),
    /// The scene being prepared.
    Preview(Option<SceneView>),
    /// Who is there, in order; people who are not in `changed` are as they were.
    People {
        /// Everybody, in order.
        order: Vec<Identity>,
        /// Who is new or changed.
        changed: Vec<PersonView>,
    },
    /// Layouts on offer.
    Layouts(Vec<LayoutOffer>),
    /// What the program's picture is.
    Format(ProgramFormat),
    /// People in `air` who are not crew.
    Viewers(u32),
    /// How many people.
    Counts(Counts),
    /// What concerns the seat's own person.
    Mine(Mine),
    /// The host machine's own sources.
    Host(Option<HostView>),
    /// The devices that this seat looks at.
    Devices(Option<TheirDevices>),
    /// Cheers.
    Reactions(Vec<ReactionCount>),
    /// Recording.
    Recording(Option<RecordingView>),
    /// The mixer, whole: a sound came or went.
    Mixer(Option<MixerView>),
    /// Strips of sounds that are there already.
    Strips(Vec<StripView>),
    /// The program's bus.
    ProgramBus(ProgramBus),
    /// Acts.
    May(Vec<May>),
}

/// Whether an act can be done now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct May {
    /// The act.
    pub act: Act,
    /// Why not, if not.
    pub refusal: Option<Fault>,
}

/// State of the broadcast.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BroadcastView {
    /// Which of the seven.
    pub state: StateName,
    /// When it was entered.
    pub since: ShowTime,
    /// What ended it, in `Error`; only for those who run the show.
    pub fault: Option<Fault>,
    /// Open steps of a change under way; only for those who run the show.
    pub waiting: Vec<Step>,
    /// In `Live`: rooms whose connection is being made again.
    pub lost: Vec<RoomKind>,
}

/// A step of opening, starting or stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The intent is stored.
    Persist,
    /// Compositor and mixer run.
    Program,
    /// The recorder is found and its folder can be written.
    Recorder,
    /// Server and rooms exist.
    Rooms,
    /// The crew room is joined.
    Crew,
    /// The audience's room is joined.
    Air,
    /// The recording has bytes on disk.
    Recording,
    /// The program is published.
    Publish,
    /// The recording is finished.
    Finish,
    /// Rooms, engines and server are gone.
    Close,
}

/// A scene: arrangement and who is in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SceneView {
    /// The arrangement.
    pub layout: LayoutName,
    /// People in it, in the order of their places.
    pub people: Vec<Identity>,
}

/// A layout on offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayoutOffer {
    /// Which.
    pub layout: LayoutName,
    /// Its places as they would be now.
    pub places: Vec<Rect>,
}

/// Somebody in the show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    /// Who.
    pub identity: Identity,
    /// What to call them; falls back to the identity.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Whether they are connected.
    pub presence: Presence,
    /// Where they are.
    pub position: Position,
    /// Whether this is the seat's own person.
    pub local: bool,
    /// Their voice.
    pub microphone: SourceView,
    /// Their picture.
    pub camera: SourceView,
    /// Their shared screen; not written where they share none, as hardly anybody does.
    #[serde(default, skip_serializing_if = "SourceView::is_nothing")]
    pub screen: SourceView,
    /// Screens that they share beside that one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_screens: Vec<SourceView>,
    /// The sound of their shared screen; not written where there is none.
    #[serde(default, skip_serializing_if = "SourceView::is_nothing")]
    pub screen_sound: SourceView,
    /// When they came.
    pub joined: ShowTime,
    /// They speak now; smoothed, so that it does not flicker between words.
    pub speaking: bool,
    /// How their connection is.
    pub quality: Quality,
    /// What they may send.
    pub rights: Rights,
    /// Their connection broke and they are waited for.
    pub awaited: bool,
    /// Somebody else claims their seat.
    pub contested: bool,
    /// What they are asked to switch on; only for those who run the show.
    pub asked: Vec<TrackKind>,
    /// Their word in the chat is taken; only for those who run the show.
    pub silenced: bool,
    /// Their machine has told which devices it has; only for those who run the show, and for themselves.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tells_devices: bool,
    /// For what they are asked to use another device; only for those who run the show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_devices: Vec<DeviceKind>,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// One source of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceView {
    /// Which; `None` while there is none.
    pub source: Option<SourceId>,
    /// Open: neither muted nor missing.
    pub on: bool,
    /// Frames or sound arrive now.
    pub flowing: bool,
    /// Its cell in the atlas of small pictures.
    pub cell: Option<u8>,
}

impl SourceView {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What the program's picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramFormat {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames a second.
    pub fps: u32,
}

impl Default for ProgramFormat {
    fn default() -> Self {
        Self { width: 1920, height: 1080, fps: 30 }
    }
}

/// The recording as it is now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecordingView {
    /// When its first frame was composed.
    pub since: ShowTime,
    /// The file being written, or the finished one.
    pub path: String,
    /// On disk so far.
    pub bytes: u64,
    /// Bytes are being written.
    pub running: bool,
    /// How many files this take has.
    pub segments: u32,
}
