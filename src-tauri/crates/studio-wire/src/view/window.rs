//! This app's window: the own machine, what is pushed to it and what it asks.

use serde::{Deserialize, Serialize};

use super::{PersonView, ShowView};
use crate::chat::ChatPage;
use crate::device::{CameraView, DeviceTrouble, DevicesView, ScreenPicture, SharedScreen};
use crate::engine::LostWhy;
use crate::fault::Fault;
use crate::ids::{SessionId, SourceId};
use crate::mixer::{Loudness, MeterView, SoundView};
use crate::preferences::Preferences;
use crate::server::{SecretPlace, ServerProfile, ServerTest};
use crate::time::ShowTime;

/// This app's window: its own machine and the show for its seat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Counts up with each change; a gap means: subscribe again.
    pub rev: u64,
    /// Show time when this was made, so that timers agree with the core.
    pub at: ShowTime,
    /// The show's identity in the store, while one is open.
    pub session: Option<SessionId>,
    /// The show.
    pub show: ShowView,
    /// Preferences as stored.
    pub preferences: Preferences,
    /// What stands or has just happened, newest last, at most 20.
    pub notices: Vec<Notice>,
    /// How this machine stands to the show.
    pub seat: SeatLink,
    /// Server profiles of this machine.
    pub servers: Vec<ServerView>,
    /// Devices of this machine.
    pub devices: DevicesView,
    /// Screens that this machine shares.
    pub screens: Vec<SharedScreen>,
    /// The own camera that is used; `None` where that is none of the system's.
    pub camera: Option<CameraView>,
    /// Sound at this machine.
    pub sound: SoundView,
}

/// How this machine stands to the show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatLink {
    /// It is the host's.
    #[default]
    Own,
    /// A seat on its way in.
    Coming,
    /// A seat, connected; the host answers.
    In,
    /// A seat, connected; the host is back in a moment.
    HostAway,
    /// A seat whose connection is being made again.
    Resuming,
    /// A seat that is lost for good, until its user tries again.
    Over(LostWhy),
}

/// A server profile as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerView {
    /// The profile.
    pub profile: ServerProfile,
    /// Where its secret is.
    pub secret: SecretPlace,
    /// It is the one for the next show.
    pub chosen: bool,
    /// It is being tried.
    pub testing: bool,
    /// What the last test measured, or what was wrong.
    pub tested: Option<Result<ServerTest, Fault>>,
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Its name, for dismissal.
    pub key: u64,
    /// What.
    pub fault: Fault,
    /// How often, since it was last dismissed.
    pub count: u32,
    /// Last time.
    pub at: ShowTime,
    /// Still true; goes by itself when it ends.
    pub standing: bool,
}

/// What the core pushes to a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// Everything but levels.
    Snapshot(Box<Snapshot>),
    /// Chat that is new since the last one; the first one of each room is its newest page.
    Chat(ChatPage),
    /// Levels, 30 a second.
    Meters(Meters),
}

/// What is heard now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meters {
    /// The program, as it leaves.
    pub program: MeterView,
    /// What is heard at this machine.
    pub monitor: MeterView,
    /// Each source, behind its strip. The own microphone's is there also while it is muted and open.
    pub sources: Vec<(SourceId, MeterView)>,
    /// The program's.
    pub loudness: Loudness,
}

/// A read-only question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Where the preview pictures come from.
    Preview,
    /// Which screens can be shared, and how they look.
    Screens,
}

/// Its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The preview socket.
    Preview {
        /// `ws://127.0.0.1:PORT/preview`.
        url: String,
        /// To be sent as the first text message.
        token: String,
        /// Draw with WebGL; otherwise a 2D canvas is cheaper.
        gpu: bool,
    },
    /// The screens: everything, then each monitor, then each window; or why there are none.
    Screens(Result<Vec<ScreenPicture>, DeviceTrouble>),
}

/// A command was taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ack {
    /// The snapshot that first shows its effect has at least this `rev`.
    pub rev: u64,
    /// After a command about somebody: how they are now.
    pub person: Option<Box<PersonView>>,
}
