//! Everything a person can ask for. One path: window, keys, script and room all send these.

use serde::{Deserialize, Serialize};

use crate::chat::Reaction;
use crate::device::{CameraSetup, DeviceId, DeviceKind, ScreenSubject};
use crate::ids::{Identity, ServerId};
use crate::layout::LayoutName;
use crate::mixer::{MonitorBus, ProgramBus, StripPart, TalkTo};
use crate::people::{Claim, Role};
use crate::rtc::{RoomKind, TrackKind};
use crate::server::{SecretText, ServerProfile};

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
    /// Shares a screen, beside those that are shared already, until it is stopped, closed, or the show is.
    Share {
        /// What is shared.
        subject: ScreenSubject,
        /// What it is called, for who is to stop it; trimmed.
        title: String,
        /// With the pointer.
        cursor: bool,
    },
    /// Stops sharing.
    StopSharing {
        /// Which screen, by its number; `None` is all of them.
        share: Option<u32>,
    },
    /// Chooses a device, for this show and the next ones. One that is open is exchanged at once; none is opened.
    ChooseDevice {
        /// What for.
        kind: DeviceKind,
        /// Which; `None` is what the system offers first.
        device: Option<DeviceId>,
    },
    /// How a camera of this machine is used, now and whenever it is opened again.
    SetUpCamera {
        /// Which.
        device: DeviceId,
        /// From now on, whole.
        setup: CameraSetup,
    },
    /// Plays a short sound to the speaker and nowhere else; one that is shut is opened for as long as that takes.
    TestSpeaker,
    /// How loud it is at this machine.
    Monitor {
        /// From now on.
        bus: MonitorBus,
    },
    /// Speaks to somebody without being on the air, or to nobody.
    Talk {
        /// To whom; the own microphone is open while this is somebody.
        to: Option<TalkTo>,
    },
    /// Lets the microphone be heard only while a key is held, or always.
    PushToTalk {
        /// Only while a key is held.
        on: bool,
    },
    /// Holds that key, or lets go of it.
    Press {
        /// Held.
        down: bool,
    },
    /// Whether the microphone stays open while it is muted, to notice that somebody speaks.
    HeedMuted {
        /// It does.
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
    /// Says something in the chat, as oneself.
    Say {
        /// `crew` is the private chat, `air` the audience's.
        room: RoomKind,
        /// Trimmed; at most 1,000 characters.
        text: String,
    },
    /// Cheers, as oneself.
    React {
        /// In which room.
        room: RoomKind,
        /// How.
        reaction: Reaction,
    },
    /// Keeps a server profile, new or changed, and its secret where one is given.
    KeepServer {
        /// The profile.
        server: ServerProfile,
        /// Its secret; goes to the keychain and nowhere else.
        secret: Option<SecretText>,
    },
    /// Forgets a server profile and its secret.
    ForgetServer {
        /// Which.
        server: ServerId,
    },
    /// Tries whether a server can be reached and used.
    TestServer {
        /// Which.
        server: ServerId,
    },
    /// Chooses the server of the next show; `None` is the studio's own.
    ChooseServer {
        /// Which.
        server: Option<ServerId>,
    },
    /// At a seat that was lost for good: tries again to come in.
    ComeBack,
}

/// Wishes about the show. As they come from other machines, a field too many makes one not understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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
    /// Expects somebody who is given a seat: from now on there is a record of them.
    Expect {
        /// Who; at most 128 bytes.
        person: Identity,
        /// What they are; never the host.
        role: Role,
        /// What to call them until they say so; empty is their identity.
        name: String,
    },
    /// Changes what somebody is in the show.
    SetRole {
        /// Who.
        person: Identity,
        /// What they are from now on; never the host.
        role: Role,
    },
    /// Changes what somebody may send; what is not named stays as it is.
    Permit {
        /// Who.
        person: Identity,
        /// A microphone.
        speak: Option<bool>,
        /// A camera and a screen.
        video: Option<bool>,
    },
    /// Switches off what somebody sends. There is no command that switches it on.
    Mute {
        /// Who.
        person: Identity,
        /// What.
        kind: TrackKind,
    },
    /// Asks somebody to switch on what they could send; they see it and decide.
    AskOn {
        /// Who.
        person: Identity,
        /// What.
        kind: TrackKind,
    },
    /// Answers `AskOn` with no, for oneself. Yes is to switch it on.
    Decline {
        /// What.
        kind: TrackKind,
    },
    /// Looks which devices somebody's machine has, or at nobody's any more, for oneself.
    LookAtDevices {
        /// Whose; in a desk's view until it looks elsewhere.
        person: Option<Identity>,
    },
    /// Asks somebody to use another device of their machine; they see it and decide. Nothing is opened by it.
    AskDevice {
        /// Who.
        person: Identity,
        /// What for.
        kind: DeviceKind,
        /// One of those that their machine has told.
        device: DeviceId,
    },
    /// Answers `AskDevice` with no, for oneself. Yes is to choose it.
    DeclineDevice {
        /// What for.
        kind: DeviceKind,
    },
    /// Puts somebody out.
    Remove {
        /// Who.
        person: Identity,
        /// They may not come back.
        refuse: bool,
    },
    /// Lets somebody come back who was refused.
    Readmit {
        /// Who.
        person: Identity,
    },
    /// Decides whose seat it is, after two people have claimed it.
    Settle {
        /// The seat's identity.
        person: Identity,
        /// Who keeps it.
        claim: Claim,
    },
    /// Asks to be let on stage, or no longer does, for oneself.
    Request {
        /// Asks.
        up: bool,
    },
    /// Sets a part of the strip of somebody's sound.
    Strip {
        /// Who.
        person: Identity,
        /// Which of their sounds.
        kind: TrackKind,
        /// Which part, and how it shall be.
        part: StripPart,
    },
    /// Sets what stands on the program's bus.
    ProgramBus {
        /// From now on.
        bus: ProgramBus,
    },
    /// Chooses a device of the host's machine, as [`HereCommand::ChooseDevice`] does there.
    HostDevice {
        /// What for.
        kind: DeviceKind,
        /// Which; `None` is what its system offers first.
        device: Option<DeviceId>,
    },
    /// Plays the test chord to the stage and into the program, or stops it.
    StageMedia {
        /// Plays.
        on: bool,
    },
    /// Takes somebody's word in the chat, or gives it back.
    Silence {
        /// Who.
        person: Identity,
        /// Their messages are not kept.
        on: bool,
    },
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
    /// [`HereCommand::Share`].
    Share,
    /// [`HereCommand::StopSharing`].
    StopSharing,
    /// [`HereCommand::ChooseDevice`].
    ChooseDevice,
    /// [`HereCommand::SetUpCamera`].
    SetUpCamera,
    /// [`HereCommand::TestSpeaker`].
    TestSpeaker,
    /// [`HereCommand::Monitor`].
    Monitor,
    /// [`HereCommand::Talk`].
    Talk,
    /// [`HereCommand::PushToTalk`].
    PushToTalk,
    /// [`HereCommand::Press`].
    Press,
    /// [`HereCommand::HeedMuted`].
    HeedMuted,
    /// [`HereCommand::RecordingFolder`].
    RecordingFolder,
    /// [`HereCommand::Dismiss`].
    Dismiss,
    /// [`HereCommand::Say`].
    Say,
    /// [`HereCommand::React`].
    React,
    /// [`HereCommand::KeepServer`].
    KeepServer,
    /// [`HereCommand::ForgetServer`].
    ForgetServer,
    /// [`HereCommand::TestServer`].
    TestServer,
    /// [`HereCommand::ChooseServer`].
    ChooseServer,
    /// [`HereCommand::ComeBack`].
    ComeBack,
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
    /// [`ShowCommand::Expect`].
    Expect,
    /// [`ShowCommand::SetRole`].
    SetRole,
    /// [`ShowCommand::Permit`].
    Permit,
    /// [`ShowCommand::Mute`].
    Mute,
    /// [`ShowCommand::AskOn`].
    AskOn,
    /// [`ShowCommand::Decline`].
    Decline,
    /// [`ShowCommand::LookAtDevices`].
    LookAtDevices,
    /// [`ShowCommand::AskDevice`].
    AskDevice,
    /// [`ShowCommand::DeclineDevice`].
    DeclineDevice,
    /// [`ShowCommand::Remove`].
    Remove,
    /// [`ShowCommand::Readmit`].
    Readmit,
    /// [`ShowCommand::Settle`].
    Settle,
    /// [`ShowCommand::Request`].
    Request,
    /// [`ShowCommand::Strip`].
    Strip,
    /// [`ShowCommand::ProgramBus`].
    ProgramBus,
    /// [`ShowCommand::HostDevice`].
    HostDevice,
    /// [`ShowCommand::StageMedia`].
    StageMedia,
    /// [`ShowCommand::Silence`].
    Silence,
}

impl Command {
    /// Which act this is.
    pub const fn act(&self) -> Act {
        match self {
            Self::Here(HereCommand::Microphone { .. }) => Act::Microphone,
            Self::Here(HereCommand::Camera { .. }) => Act::Camera,
            Self::Here(HereCommand::Share { .. }) => Act::Share,
            Self::Here(HereCommand::StopSharing { .. }) => Act::StopSharing,
            Self::Here(HereCommand::ChooseDevice { .. }) => Act::ChooseDevice,
            Self::Here(HereCommand::SetUpCamera { .. }) => Act::SetUpCamera,
            Self::Here(HereCommand::TestSpeaker) => Act::TestSpeaker,
            Self::Here(HereCommand::Monitor { .. }) => Act::Monitor,
            Self::Here(HereCommand::Talk { .. }) => Act::Talk,
            Self::Here(HereCommand::PushToTalk { .. }) => Act::PushToTalk,
            Self::Here(HereCommand::Press { .. }) => Act::Press,
            Self::Here(HereCommand::HeedMuted { .. }) => Act::HeedMuted,
            Self::Here(HereCommand::RecordingFolder { .. }) => Act::RecordingFolder,
            Self::Here(HereCommand::Dismiss { .. }) => Act::Dismiss,
            Self::Here(HereCommand::Say { .. }) => Act::Say,
            Self::Here(HereCommand::React { .. }) => Act::React,
            Self::Here(HereCommand::KeepServer { .. }) => Act::KeepServer,
            Self::Here(HereCommand::ForgetServer { .. }) => Act::ForgetServer,
            Self::Here(HereCommand::TestServer { .. }) => Act::TestServer,
            Self::Here(HereCommand::ChooseServer { .. }) => Act::ChooseServer,
            Self::Here(HereCommand::ComeBack) => Act::ComeBack,
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
            Self::Show(ShowCommand::Expect { .. }) => Act::Expect,
            Self::Show(ShowCommand::SetRole { .. }) => Act::SetRole,
            Self::Show(ShowCommand::Permit { .. }) => Act::Permit,
            Self::Show(ShowCommand::Mute { .. }) => Act::Mute,
            Self::Show(ShowCommand::AskOn { .. }) => Act::AskOn,
            Self::Show(ShowCommand::Decline { .. }) => Act::Decline,
            Self::Show(ShowCommand::LookAtDevices { .. }) => Act::LookAtDevices,
            Self::Show(ShowCommand::AskDevice { .. }) => Act::AskDevice,
            Self::Show(ShowCommand::DeclineDevice { .. }) => Act::DeclineDevice,
            Self::Show(ShowCommand::Remove { .. }) => Act::Remove,
            Self::Show(ShowCommand::Readmit { .. }) => Act::Readmit,
            Self::Show(ShowCommand::Settle { .. }) => Act::Settle,
            Self::Show(ShowCommand::Request { .. }) => Act::Request,
            Self::Show(ShowCommand::Strip { .. }) => Act::Strip,
            Self::Show(ShowCommand::ProgramBus { .. }) => Act::ProgramBus,
            Self::Show(ShowCommand::HostDevice { .. }) => Act::HostDevice,
            Self::Show(ShowCommand::StageMedia { .. }) => Act::StageMedia,
            Self::Show(ShowCommand::Silence { .. }) => Act::Silence,
        }
    }
}
