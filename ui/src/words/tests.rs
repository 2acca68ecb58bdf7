use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use studio_wire::LayoutName;
use studio_wire::command::Act;
use studio_wire::device::{DeviceKind, DeviceTrouble};
use studio_wire::people::Role;
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::view::{StateName, Step};

use super::*;

/// One of each code. `every_code_is_here` fails to compile when a code is new.
fn samples() -> Vec<Fault> {
    let person = || Identity::from("leo");
    let path = || "/videos".to_owned();
    let url = || "wss://a.example".to_owned();
    let looked = || vec!["/a".to_owned(), "/b".to_owned()];
    let version = || ("1".to_owned(), "2".to_owned());
    let ((found, wanted), said) = (version(), "no".to_owned());
    vec![
        Fault::NotNow { act: Act::GoLive, state: StateName::Idle },
        Fault::NotAllowed { act: Act::Open, role: Role::Guest },
        Fault::NobodyThere { person: person() },
        Fault::AlreadyOnStage { person: person() },
        Fault::NotOnStage { person: person() },
        Fault::StageFull { most: 20 },
        Fault::BadText { most: 120 },
        Fault::Busy,
        Fault::LibraryMissing { looked: looked() },
        Fault::LibraryWrong { path: path(), found: found.clone(), wanted: wanted.clone() },
        Fault::ServerMissing { looked: looked() },
        Fault::ServerWrong { path: path(), found, wanted },
        Fault::ServerFailed { said: said.clone() },
        Fault::ServerLost,
        Fault::RoomRefused { room: RoomKind::Crew, said: said.clone() },
        Fault::ProgramMissing { path: path() },
        Fault::EngineLost { room: RoomKind::Air },
        Fault::RoomLost { room: RoomKind::Air },
        Fault::EncoderMissing { looked: looked() },
        Fault::EncoderLost { segments: 2 },
        Fault::RemuxFailed { path: path() },
        Fault::FolderMissing { path: path() },
        Fault::FolderReadOnly { path: path() },
        Fault::FolderChanged { path: path() },
        Fault::DiskFull { path: path() },
        Fault::DiskLow { path: path(), seconds: 90 },
        Fault::MediaFailed,
        Fault::PictureTooLarge { person: person(), width: 3840, height: 2160 },
        Fault::PictureStalled { person: person() },
        Fault::StoreCorrupt { kept: path() },
        Fault::StoreLocked,
        Fault::StoreNewer { found: 3, known: 1 },
        Fault::StoreFailed,
        Fault::PreferenceBroken { group: "layout".to_owned() },
        Fault::TookTooLong { act: Act::Open },
        Fault::CoreRestarted,
        Fault::InboxFull,
        Fault::NotWelcome { person: person() },
        Fault::NotContested { person: person() },
        Fault::NotAsked,
        Fault::NothingToMute { person: person() },
        Fault::TooFast,
        Fault::Silenced,
        Fault::NotUnderstood,
        Fault::OtherVersion { found: 2, known: 1 },
        Fault::NoSuchServer,
        Fault::BadAddress { url: url() },
        Fault::HostAway,
        Fault::UpdateFailed { person: person(), said: said.clone() },
        Fault::SeatContested { person: person() },
        Fault::RoomLooping { room: RoomKind::Crew },
        Fault::Flooding { person: person(), dropped: 7 },
        Fault::MutedByHost { kind: TrackKind::Camera },
        Fault::KeychainMissing,
        Fault::SeatTaken,
        Fault::SeatRevoked,
        Fault::SeatRefused,
        Fault::ServerUnreachable { url: url(), said: said.clone() },
        Fault::ServerNotLiveKit { url: url() },
        Fault::ServerKeyRefused { url: url() },
        Fault::ServerClockWrong { url: url() },
        Fault::ServerSlow { url: url() },
        Fault::SecretMissing { server: path() },
        Fault::NoDevice { kind: DeviceKind::Camera },
        Fault::DeviceLost { kind: DeviceKind::Microphone, name: path(), why: DeviceTrouble::Gone },
        Fault::MutedSpeech,
        Fault::ScreensFull { most: 4 },
        Fault::ScreenLost { title: path(), why: DeviceTrouble::Gone },
        Fault::NoDeviceList { person: person() },
    ]
}

/// Place of a code in `samples`. No wildcard: a new code has to be put here and there.
fn place(fault: &Fault) -> usize {
    use Fault::*;
    match fault {
        NotNow { .. } => 0,
        NotAllowed { .. } => 1,
        NobodyThere { .. } => 2,
        AlreadyOnStage { .. } => 3,
        NotOnStage { .. } => 4,
        StageFull { .. } => 5,
        BadText { .. } => 6,
        Busy => 7,
        LibraryMissing { .. } => 8,
        LibraryWrong { .. } => 9,
        ServerMissing { .. } => 10,
        ServerWrong { .. } => 11,
        ServerFailed { .. } => 12,
        ServerLost => 13,
        RoomRefused { .. } => 14,
        ProgramMissing { .. } => 15,
        EngineLost { .. } => 16,
        RoomLost { .. } => 17,
        EncoderMissing { .. } => 18,
        EncoderLost { .. } => 19,
        RemuxFailed { .. } => 20,
        FolderMissing { .. } => 21,
        FolderReadOnly { .. } => 22,
        FolderChanged { .. } => 23,
        DiskFull { .. } => 24,
        DiskLow { .. } => 25,
        MediaFailed => 26,
        PictureTooLarge { .. } => 27,
        PictureStalled { .. } => 28,
        StoreCorrupt { .. } => 29,
        StoreLocked => 30,
        StoreNewer { .. } => 31,
        StoreFailed => 32,
        PreferenceBroken { .. } => 33,
        TookTooLong { .. } => 34,
        CoreRestarted => 35,
        InboxFull => 36,
        NotWelcome { .. } => 37,
        NotContested { .. } => 38,
        NotAsked => 39,
        NothingToMute { .. } => 40,
        TooFast => 41,
        Silenced => 42,
        NotUnderstood => 43,
        OtherVersion { .. } => 44,
        NoSuchServer => 45,
        BadAddress { .. } => 46,
        HostAway => 47,
        UpdateFailed { .. } => 48,
        SeatContested { .. } => 49,
        RoomLooping { .. } => 50,
        Flooding { .. } => 51,
        MutedByHost { .. } => 52,
        KeychainMissing => 53,
        SeatTaken => 54,
        SeatRevoked => 55,
        SeatRefused => 56,
        ServerUnreachable { .. } => 57,
        ServerNotLiveKit { .. } => 58,
        ServerKeyRefused { .. } => 59,
        ServerClockWrong { .. } => 60,
        ServerSlow { .. } => 61,
        SecretMissing { .. } => 62,
        NoDevice { .. } => 63,
        DeviceLost { .. } => 64,
        MutedSpeech => 65,
        ScreensFull { .. } => 66,
        ScreenLost { .. } => 67,
        NoDeviceList { .. } => 68,
    }
}

/// Message names in the order of the sheets.
fn written() -> Vec<String> {
    let lines = SHEETS.iter().flat_map(|sheet| sheet.lines());
    let names = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
    names.filter_map(|line| line.split_once(" =").map(|(name, _)| name.to_owned())).collect()
}

#[test]
fn every_fault_says_what_happened_what_it_means_and_what_to_do() {
    let samples = samples();
    let places: Vec<_> = samples.iter().map(place).collect();
    assert_eq!(places, (0..samples.len()).collect::<Vec<_>>());
    for sample in samples {
        let words = fault(&sample, |_| "Leo".to_owned());
        let code = sample.code();
        for (part, text) in [("title", &words.title), ("body", &words.body), ("todo", &words.todo)] {
            assert!(!text.is_empty(), "{code} has no {part}");
            assert!(!text.contains(['{', '}', '!']), "{code}: {text}");
        }
        assert!(!words.title.starts_with("fault-"), "{code} has no message");
        assert!(words.body.ends_with('.') && words.todo.ends_with('.'), "{code}: {words:?}");
    }
}

#[test]
fn a_fault_names_the_person_and_the_numbers() {
    let large = Fault::PictureTooLarge { person: Identity::from("guest-7"), width: 3840, height: 2160 };
    let words = fault(&large, |who| if who.as_str() == "guest-7" { "Leo".to_owned() } else { String::new() });
    assert_eq!(words.title, "The picture of Leo is too large");
    assert_eq!(words.body, "3840 × 2160 cannot be taken in.");
    let failed = Fault::UpdateFailed { person: Identity::from("guest-7"), said: "no such person".to_owned() };
    assert_eq!(fault(&failed, |_| "Leo".to_owned()).title, "Failed to update Leo: no such person");
    let early = Fault::NotNow { act: Act::GoLive, state: StateName::Idle };
    assert_eq!(fault(&early, Identity::to_string).body, "Going live has to wait: no show is open.");
    assert_eq!(grouped(1_284_007), "1,284,007");
}

#[test]
fn every_act_state_role_and_step_has_a_word_of_its_own() {
    let unlike = |texts: Vec<String>| {
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "{texts:?}")
    };
    let rows = studio_wire::table::COMMANDS;
    let state = StateName::Idle;
    unlike(
        rows.iter()
            .map(|row| fault(&Fault::NotNow { act: row.act, state }, Identity::to_string).body)
            .collect(),
    );
    let states = StateName::ALL.into_iter().map(|state| Fault::NotNow { act: Act::Open, state });
    unlike(states.map(|early| fault(&early, Identity::to_string).body).collect());
    let roles = Role::ALL.into_iter().map(|role| Fault::NotAllowed { act: Act::Open, role });
    unlike(roles.map(|denied| fault(&denied, Identity::to_string).body).collect());
}

#[test]
fn no_message_is_missing_and_none_is_unused() {
    let mut used: BTreeSet<String> =
        samples().iter().map(|fault| format!("fault-{}", fault.code())).collect();
    used.extend(StateName::ALL.map(|state| format!("state-{}", state.word())));
    used.extend(LayoutName::ALL.map(|layout| format!("layout-{}", layout.word())));
    used.extend(Role::ALL.map(|role| format!("role-{}", role.word())));
    used.extend(STEPS.iter().map(|step| {
        let tag = serde_json::to_value(step).unwrap();
        format!("step-{}", tag.as_str().unwrap())
    }));
    let written: BTreeSet<_> = written().into_iter().collect();
    let missing: Vec<_> = used.difference(&written).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");

    let source = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) + SHEETS[0] + SHEETS[1];
    let told = |name: &String| {
        used.contains(name)
            || source.contains(&format!("\"{name}\""))
            || source.contains(&format!("{{ {name} }}"))
    };
    let unused: Vec<_> = written.iter().filter(|name| !told(name)).collect();
    assert!(unused.is_empty(), "unused: {unused:?}");
}

#[test]
fn every_message_that_the_window_asks_for_exists() {
    let source = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    let written: BTreeSet<_> = written().into_iter().collect();
    for call in ["word(\"", "with(\"", "count(\"", "say(\""] {
        for found in source.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(written.contains(found), "{call}{found}");
        }
    }
}

const STEPS: [Step; 10] = [
    Step::Persist,
    Step::Program,
    Step::Recorder,
    Step::Rooms,
    Step::Crew,
    Step::Air,
    Step::Recording,
    Step::Publish,
    Step::Finish,
    Step::Close,
];

/// The text of every source file but this one's kind.
pub fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            text += &sources(&path);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            text += &fs::read_to_string(&path).unwrap();
        }
    }
    text
}
