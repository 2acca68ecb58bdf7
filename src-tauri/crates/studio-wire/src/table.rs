//! The one table of commands: who may, which key, which route. Keys, rights and documents are made from it.

use crate::command::Act;
use crate::people::Role;

/// What hangs on one act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandRow {
    /// Which act.
    pub act: Act,
    /// Its name in tables, texts and routes.
    pub name: &'static str,
    /// Who may do it, as far as roles decide. The host's own window is the host.
    pub roles: &'static [Role],
    /// The default key, in the words of the `KeyboardEvent` (`code` for letters and signs).
    pub key: Option<&'static str>,
}

use Role::{Cohost, Host, Producer};

const CREW: &[Role] = &[Host, Cohost, Producer];
const BOSS: &[Role] = &[Host, Cohost];
const HOST: &[Role] = &[Host];

/// Every command, in the order of a show.
pub const COMMANDS: &[CommandRow] = &[
    CommandRow { act: Act::Microphone, name: "microphone", roles: &Role::ALL, key: Some("KeyM") },
    CommandRow { act: Act::Camera, name: "camera", roles: &Role::ALL, key: Some("KeyV") },
    CommandRow { act: Act::Share, name: "share", roles: &Role::ALL, key: Some("KeyS") },
    CommandRow { act: Act::StopSharing, name: "stop_sharing", roles: &Role::ALL, key: None },
    CommandRow { act: Act::ChooseDevice, name: "choose_device", roles: &Role::ALL, key: None },
    CommandRow { act: Act::SetUpCamera, name: "set_up_camera", roles: &Role::ALL, key: None },
    CommandRow { act: Act::TestSpeaker, name: "test_speaker", roles: &Role::ALL, key: None },
    CommandRow { act: Act::Monitor, name: "monitor", roles: &Role::ALL, key: None },
    CommandRow { act: Act::Talk, name: "talk", roles: CREW, key: None },
    CommandRow { act: Act::PushToTalk, name: "push_to_talk", roles: &Role::ALL, key: None },
    CommandRow { act: Act::Press, name: "press", roles: &Role::ALL, key: Some("Space") },
    CommandRow { act: Act::HeedMuted, name: "heed_muted", roles: &Role::ALL, key: None },
    CommandRow { act: Act::RecordingFolder, name: "recording_folder", roles: HOST, key: None },
    CommandRow { act: Act::Dismiss, name: "dismiss", roles: &Role::ALL, key: None },
    CommandRow { act: Act::Say, name: "say", roles: &Role::ALL, key: None },
    CommandRow { act: Act::React, name: "react", roles: &Role::ALL, key: None },
    CommandRow { act: Act::KeepServer, name: "keep_server", roles: HOST, key: None },
    CommandRow { act: Act::ForgetServer, name: "forget_server", roles: HOST, key: None },
    CommandRow { act: Act::TestServer, name: "test_server", roles: HOST, key: None },
    CommandRow { act: Act::ChooseServer, name: "choose_server", roles: HOST, key: None },
    CommandRow { act: Act::ComeBack, name: "come_back", roles: &Role::ALL, key: None },
    CommandRow { act: Act::Open, name: "open", roles: HOST, key: None },
    CommandRow { act: Act::Release, name: "release", roles: HOST, key: None },
    CommandRow { act: Act::GoLive, name: "go_live", roles: HOST, key: Some("Ctrl+Shift+KeyL") },
    CommandRow { act: Act::EndStream, name: "end_stream", roles: HOST, key: None },
    CommandRow { act: Act::Recover, name: "recover", roles: HOST, key: None },
    CommandRow {
        act: Act::EmergencyStop,
        name: "emergency_stop",
        roles: HOST,
        key: Some("Ctrl+Shift+Period"),
    },
    CommandRow { act: Act::AddToStage, name: "add_to_stage", roles: CREW, key: None },
    CommandRow { act: Act::RemoveFromStage, name: "remove_from_stage", roles: CREW, key: None },
    CommandRow { act: Act::Layout, name: "layout", roles: CREW, key: Some("Digit") },
    CommandRow { act: Act::Take, name: "take", roles: CREW, key: None },
    CommandRow { act: Act::Expect, name: "expect", roles: HOST, key: None },
    CommandRow { act: Act::SetRole, name: "set_role", roles: BOSS, key: None },
    CommandRow { act: Act::Permit, name: "permit", roles: CREW, key: None },
    CommandRow { act: Act::Mute, name: "mute", roles: CREW, key: None },
    CommandRow { act: Act::AskOn, name: "ask_on", roles: CREW, key: None },
    CommandRow { act: Act::Decline, name: "decline", roles: &Role::ALL, key: None },
    CommandRow { act: Act::LookAtDevices, name: "look_at_devices", roles: CREW, key: None },
    CommandRow { act: Act::AskDevice, name: "ask_device", roles: CREW, key: None },
    CommandRow { act: Act::DeclineDevice, name: "decline_device", roles: &Role::ALL, key: None },
    CommandRow { act: Act::Remove, name: "remove", roles: CREW, key: None },
    CommandRow { act: Act::Readmit, name: "readmit", roles: CREW, key: None },
    CommandRow { act: Act::Settle, name: "settle", roles: CREW, key: None },
    CommandRow { act: Act::Request, name: "request", roles: &Role::ALL, key: None },
    CommandRow { act: Act::Strip, name: "strip", roles: CREW, key: None },
    CommandRow { act: Act::ProgramBus, name: "program_bus", roles: CREW, key: None },
    CommandRow { act: Act::HostDevice, name: "host_device", roles: CREW, key: None },
    CommandRow { act: Act::StageMedia, name: "stage_media", roles: CREW, key: None },
    CommandRow { act: Act::Silence, name: "silence", roles: CREW, key: None },
];

/// The row of an act. Every act has exactly one (tested).
pub fn row(act: Act) -> Option<&'static CommandRow> {
    COMMANDS.iter().find(|row| row.act == act)
}
