//! Everything a person can ask for. One path: window, keys, script and room all send these.

use serde::{Deserialize, Serialize};

use crate::ids::Identity;
use crate::layout::LayoutName;

/// A named wish. `Here` belongs to this machine, `Show` is decided by the host's core.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Own sources, preferences, notices: applied by the app it was given to.
    Here(HereCommand),
    /// The show itself: applied by the host's core.
    Show(ShowCommand),
}

/// Wishes about this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HereCommand {
    /// Opens or mutes the own microphone.
    Microphone {
        /// Heard or not.
        on: bool,
    },
    /// Shows or stops the own camera.
    Camera {
        /// Seen or not.
        on: bool,
    },
    /// Chooses where recordings go; `None` is the platform's video folder.
    RecordingFolder {
        /// An absolute path.
        folder: Option<String>,
    },
    /// Takes a notice off the screen.
    Dismiss {
        /// The notice's key.
        notice: u64,
    },
}

/// Wishes about the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowCommand {
    /// Idle → ready: server, rooms, engines, program.
    Open {
        /// What the show is called; trimmed, at most 120 characters.
        title: String,
    },
    /// Ready → idle: everything that `Open` started ends.
    Release,
    /// Ready → live: program to `air` and into the recording.
    GoLive,
    /// Live → idle, with the recording finished.
    EndStream,
    /// Error → idle.
    Recover,
    /// From everywhere to idle within a second, files finished.
    EmergencyStop,
    /// Puts somebody who is backstage into a scene.
    AddToStage {
        /// Which scene.
        bus: Bus,
        /// Who.
        person: Identity,
    },
    /// Takes somebody out of a scene.
    RemoveFromStage {
        /// Which scene.
        bus: Bus,
        /// Who.
        person: Identity,
    },
    /// Chooses the arrangement of a scene.
    Layout {
        /// Which scene.
        bus: Bus,
        /// Which arrangement.
        layout: LayoutName,
    },
    /// Copies the preview's scene into the program.
    Take,
}

/// Which scene a stage command means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bus {
    /// What the audience gets.
    #[default]
    Program,
    /// What is being prepared.
    Preview,
}

/// A command without its arguments: what rights, keys and routes hang on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// [`HereCommand::Microphone`].
    Microphone,
    /// [`HereCommand::Camera`].
    Camera,
    /// [`HereCommand::RecordingFolder`].
    RecordingFolder,
    /// [`HereCommand::Dismiss`].
    Dismiss,
    /// [`ShowCommand::Open`].
    Open,
    /// [`ShowCommand::Release`].
    Release,
    /// [`ShowCommand::GoLive`].
    GoLive,
    /// [`ShowCommand::EndStream`].
    EndStream,
    /// [`ShowCommand::Recover`].
    Recover,
    /// [`ShowCommand::EmergencyStop`].
    EmergencyStop,
    /// [`ShowCommand::AddToStage`].
    AddToStage,
    /// [`ShowCommand::RemoveFromStage`].
    RemoveFromStage,
    /// [`ShowCommand::Layout`].
    Layout,
    /// [`ShowCommand::Take`].
    Take,
}

impl Command {
    /// Which act this is.
    pub const fn act(&self) -> Act {
        match self {
            Self::Here(HereCommand::Microphone { .. }) => Act::Microphone,
            Self::Here(HereCommand::Camera { .. }) => Act::Camera,
            Self::Here(HereCommand::RecordingFolder { .. }) => Act::RecordingFolder,
            Self::Here(HereCommand::Dismiss { .. }) => Act::Dismiss,
            Self::Show(ShowCommand::Open { .. }) => Act::Open,
            Self::Show(ShowCommand::Release) => Act::Release,
            Self::Show(ShowCommand::GoLive) => Act::GoLive,
            Self::Show(ShowCommand::EndStream) => Act::EndStream,
            Self::Show(ShowCommand::Recover) => Act::Recover,
            Self::Show(ShowCommand::EmergencyStop) => Act::EmergencyStop,
            Self::Show(ShowCommand::AddToStage { .. }) => Act::AddToStage,
            Self::Show(ShowCommand::RemoveFromStage { .. }) => Act::RemoveFromStage,
            Self::Show(ShowCommand::Layout { .. }) => Act::Layout,
            Self::Show(ShowCommand::Take) => Act::Take,
        }
    }
}
