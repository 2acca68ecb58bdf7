//! One value of every variant. `every!` makes the compiler list what is missing here.

use studio_wire::chat::Reaction;
use studio_wire::command::{Act, Bus, Command, HereCommand, ShowCommand};
use studio_wire::device::{DeviceKind, DeviceTrouble, ScreenSubject};
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, SessionId};
use studio_wire::layout::LayoutName;
use studio_wire::mixer::{MonitorBus, ProgramBus, StripPart, TalkTo};
use studio_wire::people::{Actor, Claim, Role, Seat};
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::server::{SecretText, ServerProfile};
use studio_wire::shell::{ShellOrder, ShellReport};
use studio_wire::time::ShowTime;
use studio_wire::view::{Answer, Query, StateName};

/// Values of an enum, one or more behind each of its patterns. A variant without a pattern does not compile.
macro_rules! every {
    ($kind:ty: $($pattern:pat => $($value:expr),+;)+) => {{
        let values: Vec<$kind> = vec![$($($value),+),+];
        for value in &values {
            match value { $($pattern => {})+ }
        }
        values
    }};
}

pub mod devices;
pub mod engine;
pub mod media;
pub mod mixer;
pub mod rooms;
pub mod show;
pub mod store;

fn who() -> Identity {
    "leo".into()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn session() -> SessionId {
    "0e6c3b1a-6d2f-4c5e-9a41-7f1f0c9b2d33".into()
}

fn at(ms: u64) -> ShowTime {
    ShowTime::from_ms(ms)
}

fn profile() -> ServerProfile {
    ServerProfile {
        id: "5b0f1d1e-0a52-4c0e-8a51-31c5d26a9b11".into(),
        name: text("Studio"),
        urls: vec![text("wss://a.example"), text("wss://b.example")],
        key: text("devkey"),
    }
}

pub fn commands() -> Vec<Command> {
    let here = every!(HereCommand:
        HereCommand::Microphone { .. } => HereCommand::Microphone { on: true };
        HereCommand::Camera { .. } => HereCommand::Camera { on: false };
        HereCommand::ChooseDevice { .. } =>
            HereCommand::ChooseDevice { kind: DeviceKind::Speaker, device: Some("pulseaudio:spk_a".into()) },
            HereCommand::ChooseDevice { kind: DeviceKind::Microphone, device: None };
        HereCommand::Monitor { .. } => HereCommand::Monitor { bus: MonitorBus { gain_db: -9.5, dim: true } };
        HereCommand::Talk { .. } => HereCommand::Talk { to: Some(TalkTo::Backstage) },
            HereCommand::Talk { to: Some(TalkTo::Person(who())) }, HereCommand::Talk { to: None };
        HereCommand::PushToTalk { .. } => HereCommand::PushToTalk { on: true };
        HereCommand::Press { .. } => HereCommand::Press { down: true };
        HereCommand::HeedMuted { .. } => HereCommand::HeedMuted { on: false };
        HereCommand::Share { .. } =>
            HereCommand::Share { subject: ScreenSubject::Window(7), title: text("Slides"), cursor: true };
        HereCommand::StopSharing { .. } => HereCommand::StopSharing { share: Some(9) },
            HereCommand::StopSharing { share: None };
        HereCommand::SetUpCamera { .. } =>
            HereCommand::SetUpCamera { device: "camera:usb-1".into(), setup: devices::setup() };
        HereCommand::TestSpeaker => HereCommand::TestSpeaker;
        HereCommand::RecordingFolder { .. } => HereCommand::RecordingFolder { folder: Some(text("/videos")) },
            HereCommand::RecordingFolder { folder: None };
        HereCommand::Dismiss { .. } => HereCommand::Dismiss { notice: 3 };
        HereCommand::Say { .. } => HereCommand::Say { room: RoomKind::Crew, text: text("Hello") };
        HereCommand::React { .. } => HereCommand::React { room: RoomKind::Air, reaction: Reaction::Wow };
        HereCommand::KeepServer { .. } =>
            HereCommand::KeepServer { server: profile(), secret: Some(SecretText(text("hidden"))) },
            HereCommand::KeepServer { server: profile(), secret: None };
        HereCommand::ForgetServer { .. } => HereCommand::ForgetServer { server: profile().id };
        HereCommand::TestServer { .. } => HereCommand::TestServer { server: profile().id };
        HereCommand::ChooseServer { .. } => HereCommand::ChooseServer { server: Some(profile().id) },
            HereCommand::ChooseServer { server: None };
        HereCommand::ComeBack => HereCommand::ComeBack;
    );
    let show = every!(ShowCommand:
        ShowCommand::Open { .. } => ShowCommand::Open { title: text("Evening show") };
        ShowCommand::Release => ShowCommand::Release;
        ShowCommand::GoLive => ShowCommand::GoLive;
        ShowCommand::EndStream => ShowCommand::EndStream;
        ShowCommand::Recover => ShowCommand::Recover;
        ShowCommand::EmergencyStop => ShowCommand::EmergencyStop;
        ShowCommand::AddToStage { .. } => ShowCommand::AddToStage { bus: Bus::Program, person: who() };
        ShowCommand::RemoveFromStage { .. } => ShowCommand::RemoveFromStage { bus: Bus::Preview, person: who() };
        ShowCommand::Layout { .. } => ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Grid },
            ShowCommand::Layout { bus: Bus::Preview, layout: LayoutName::Solo };
        ShowCommand::Take => ShowCommand::Take;
        ShowCommand::Expect { .. } => ShowCommand::Expect { person: who(), role: Role::Guest, name: text("Zoë") };
        ShowCommand::SetRole { .. } => ShowCommand::SetRole { person: who(), role: Role::Cohost };
        ShowCommand::Permit { .. } => ShowCommand::Permit { person: who(), speak: Some(false), video: None };
        ShowCommand::Mute { .. } => ShowCommand::Mute { person: who(), kind: TrackKind::Microphone };
        ShowCommand::AskOn { .. } => ShowCommand::AskOn { person: who(), kind: TrackKind::Camera };
        ShowCommand::LookAtDevices { .. } => ShowCommand::LookAtDevices { person: Some(who()) },
            ShowCommand::LookAtDevices { person: None };
        ShowCommand::AskDevice { .. } =>
            ShowCommand::AskDevice { person: who(), kind: DeviceKind::Camera, device: "camera:usb-1".into() };
        ShowCommand::DeclineDevice { .. } => ShowCommand::DeclineDevice { kind: DeviceKind::Camera };
        ShowCommand::Decline { .. } => ShowCommand::Decline { kind: TrackKind::Microphone };
        ShowCommand::Remove { .. } => ShowCommand::Remove { person: who(), refuse: true };
        ShowCommand::Readmit { .. } => ShowCommand::Readmit { person: who() };
        ShowCommand::Settle { .. } => ShowCommand::Settle { person: who(), claim: Claim::First },
            ShowCommand::Settle { person: who(), claim: Claim::Newcomer };
        ShowCommand::Request { .. } => ShowCommand::Request { up: true };
        ShowCommand::Strip { .. } =>
            ShowCommand::Strip { person: who(), kind: TrackKind::Microphone, part: StripPart::Gain(-6.5) };
        ShowCommand::ProgramBus { .. } => ShowCommand::ProgramBus { bus: ProgramBus::default() };
        ShowCommand::HostDevice { .. } =>
            ShowCommand::HostDevice { kind: DeviceKind::Camera, device: Some("test:bars".into()) },
            ShowCommand::HostDevice { kind: DeviceKind::Camera, device: None };
        ShowCommand::StageMedia { .. } => ShowCommand::StageMedia { on: true };
        ShowCommand::Silence { .. } => ShowCommand::Silence { person: who(), on: true };
    );
    let strips = mixer::parts().into_iter().map(|part| ShowCommand::Strip {
        person: who(),
        kind: TrackKind::StageMedia,
        part,
    });
    let claims = every!(Claim: Claim::First => Claim::First; Claim::Newcomer => Claim::Newcomer;);
    assert_eq!(claims.len(), 2);
    every!(Command: Command::Here(_) | Command::Show(_) => Command::Show(ShowCommand::Take););
    here.into_iter().map(Command::Here).chain(show.into_iter().chain(strips).map(Command::Show)).collect()
}

pub fn faults() -> Vec<Fault> {
    let path = || text("/videos");
    let url = || text("wss://a.example");
    let looked = || vec![text("/usr/bin"), text("/opt")];
    every!(Fault:
        Fault::NotNow { .. } => Fault::NotNow { act: Act::GoLive, state: StateName::Idle };
        Fault::NotAllowed { .. } => Fault::NotAllowed { act: Act::EndStream, role: Role::Guest };
        Fault::NobodyThere { .. } => Fault::NobodyThere { person: who() };
        Fault::AlreadyOnStage { .. } => Fault::AlreadyOnStage { person: who() };
        Fault::NotOnStage { .. } => Fault::NotOnStage { person: who() };
        Fault::StageFull { .. } => Fault::StageFull { most: 20 };
        Fault::BadText { .. } => Fault::BadText { most: 120 };
        Fault::Busy => Fault::Busy;
        Fault::NotWelcome { .. } => Fault::NotWelcome { person: who() };
        Fault::NotContested { .. } => Fault::NotContested { person: who() };
        Fault::NotAsked => Fault::NotAsked;
        Fault::NoDeviceList { .. } => Fault::NoDeviceList { person: who() };
        Fault::NothingToMute { .. } => Fault::NothingToMute { person: who() };
        Fault::TooFast => Fault::TooFast;
        Fault::Silenced => Fault::Silenced;
        Fault::NotUnderstood => Fault::NotUnderstood;
        Fault::OtherVersion { .. } => Fault::OtherVersion { found: 2, known: 1 };
        Fault::NoSuchServer => Fault::NoSuchServer;
        Fault::BadAddress { .. } => Fault::BadAddress { url: url() };
        Fault::HostAway => Fault::HostAway;
        Fault::LibraryMissing { .. } => Fault::LibraryMissing { looked: looked() };
        Fault::LibraryWrong { .. } => Fault::LibraryWrong { path: path(), found: text("1"), wanted: text("2") };
        Fault::ServerMissing { .. } => Fault::ServerMissing { looked: looked() };
        Fault::ServerWrong { .. } => Fault::ServerWrong { path: path(), found: text("1"), wanted: text("2") };
        Fault::ServerFailed { .. } => Fault::ServerFailed { said: text("port in use") };
        Fault::ServerLost => Fault::ServerLost;
        Fault::RoomRefused { .. } => Fault::RoomRefused { room: RoomKind::Crew, said: text("no") };
        Fault::ProgramMissing { .. } => Fault::ProgramMissing { path: path() };
        Fault::EngineLost { .. } => Fault::EngineLost { room: RoomKind::Air };
        Fault::RoomLost { .. } => Fault::RoomLost { room: RoomKind::Crew };
        Fault::EncoderMissing { .. } => Fault::EncoderMissing { looked: looked() };
        Fault::EncoderLost { .. } => Fault::EncoderLost { segments: 2 };
        Fault::RemuxFailed { .. } => Fault::RemuxFailed { path: path() };
        Fault::FolderMissing { .. } => Fault::FolderMissing { path: path() };
        Fault::FolderReadOnly { .. } => Fault::FolderReadOnly { path: path() };
        Fault::FolderChanged { .. } => Fault::FolderChanged { path: path() };
        Fault::DiskFull { .. } => Fault::DiskFull { path: path() };
        Fault::DiskLow { .. } => Fault::DiskLow { path: path(), seconds: 90 };
        Fault::MediaFailed => Fault::MediaFailed;
        Fault::PictureTooLarge { .. } => Fault::PictureTooLarge { person: who(), width: 4096, height: 2160 };
        Fault::NoDevice { .. } => Fault::NoDevice { kind: DeviceKind::Camera };
        Fault::DeviceLost { .. } =>
            Fault::DeviceLost { kind: DeviceKind::Microphone, name: text("USB Headset"), why: DeviceTrouble::Gone };
        Fault::ScreensFull { .. } => Fault::ScreensFull { most: 4 };
        Fault::ScreenLost { .. } => Fault::ScreenLost { title: text("Slides"), why: DeviceTrouble::Gone };
        Fault::PictureStalled { .. } => Fault::PictureStalled { person: who() };
        Fault::StoreCorrupt { .. } => Fault::StoreCorrupt { kept: path() };
        Fault::StoreLocked => Fault::StoreLocked;
        Fault::StoreNewer { .. } => Fault::StoreNewer { found: 2, known: 1 };
        Fault::StoreFailed => Fault::StoreFailed;
        Fault::PreferenceBroken { .. } => Fault::PreferenceBroken { group: text("stage") };
        Fault::TookTooLong { .. } => Fault::TookTooLong { act: Act::Open };
        Fault::CoreRestarted => Fault::CoreRestarted;
        Fault::InboxFull => Fault::InboxFull;
        Fault::UpdateFailed { .. } => Fault::UpdateFailed { person: who(), said: text("no") };
        Fault::SeatContested { .. } => Fault::SeatContested { person: who() };
        Fault::RoomLooping { .. } => Fault::RoomLooping { room: RoomKind::Crew };
        Fault::Flooding { .. } => Fault::Flooding { person: who(), dropped: 70 };
        Fault::MutedByHost { .. } => Fault::MutedByHost { kind: TrackKind::Microphone };
        Fault::MutedSpeech => Fault::MutedSpeech;
        Fault::KeychainMissing => Fault::KeychainMissing;
        Fault::SeatTaken => Fault::SeatTaken;
        Fault::SeatRevoked => Fault::SeatRevoked;
        Fault::SeatRefused => Fault::SeatRefused;
        Fault::ServerUnreachable { .. } => Fault::ServerUnreachable { url: url(), said: text("no route") };
        Fault::ServerNotLiveKit { .. } => Fault::ServerNotLiveKit { url: url() };
        Fault::ServerKeyRefused { .. } => Fault::ServerKeyRefused { url: url() };
        Fault::ServerClockWrong { .. } => Fault::ServerClockWrong { url: url() };
        Fault::ServerSlow { .. } => Fault::ServerSlow { url: url() };
        Fault::SecretMissing { .. } => Fault::SecretMissing { server: text("Studio") };
    )
}

pub fn actors() -> Vec<Actor> {
    every!(Actor: Actor::LocalHost => Actor::LocalHost; Actor::Person(_) => Actor::Person(who());)
}

pub fn seats() -> Vec<Seat> {
    every!(Seat:
        Seat::Host => Seat::Host;
        Seat::Desk(_) => Seat::Desk(who());
        Seat::Guest(_) => Seat::Guest(who());
        Seat::Viewer(_) => Seat::Viewer(who());
    )
}

pub fn queries() -> Vec<Query> {
    every!(Query: Query::Preview => Query::Preview; Query::Screens => Query::Screens;)
}

pub fn answers() -> Vec<Answer> {
    every!(Answer: Answer::Preview { .. } => Answer::Preview {
        url: text("ws://127.0.0.1:9/preview"), token: text("t"), gpu: false,
    }; Answer::Screens(_) => Answer::Screens(Ok(vec![devices::screen_picture()])),
        Answer::Screens(Err(DeviceTrouble::Unsupported));)
}

pub fn shell_orders() -> Vec<ShellOrder> {
    every!(ShellOrder: ShellOrder::Exit => ShellOrder::Exit;)
}

pub fn shell_reports() -> Vec<ShellReport> {
    every!(ShellReport:
        ShellReport::Started { .. } => ShellReport::Started { adopt: true };
        ShellReport::Closing => ShellReport::Closing;
    )
}
