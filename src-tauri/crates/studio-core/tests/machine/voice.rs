//! The own voice: push to talk, and what is told to who speaks while they are muted.

use studio_core::Event;
use studio_wire::command::{HereCommand, ShowCommand};
use studio_wire::device::{Device, DeviceKind, DeviceReport, DeviceState, DeviceTrouble};
use studio_wire::fault::{Fault, Severity};
use studio_wire::ids::SourceId;
use studio_wire::media::MediaReport;
use studio_wire::people::Role;
use studio_wire::rtc::{RoomKind, RoomNews, TrackKind};
use studio_wire::view::StateName;

use crate::rig::Rig;

const OWN: SourceId = SourceId(1);

fn device(id: &str, default: bool) -> Device {
    Device { id: id.into(), name: format!("Microphone {id}"), kind: DeviceKind::Microphone, default }
}

/// An open show at a desk with two microphones.
fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.feed(Event::Devices(DeviceReport::Listed(vec![device("mic_a", true), device("mic_b", false)])));
    rig.here(HereCommand::ChooseDevice { kind: DeviceKind::Microphone, device: None }).unwrap();
    rig
}

fn microphone(rig: &mut Rig, on: bool) {
    rig.here(HereCommand::Microphone { on }).unwrap();
}

fn press(rig: &mut Rig, down: bool) {
    rig.here(HereCommand::Press { down }).unwrap();
}

fn speaks(rig: &mut Rig, on: bool) {
    rig.feed(Event::Media(MediaReport::MutedSpeech { on }));
}

/// The own voice as the mixer has it, and as the others do.
fn heard(rig: &Rig) -> (bool, bool) {
    let wired = rig.ports.sources.iter().any(|wiring| wiring.source == OWN && wiring.on);
    let output = rig.ports.crew.iter().find(|output| output.kind == TrackKind::Microphone).unwrap();
    (wired, !output.muted)
}

fn open(rig: &Rig) -> Option<&str> {
    rig.devices.microphone.as_ref().map(studio_wire::device::DeviceId::as_str)
}

fn told(rig: &Rig) -> bool {
    rig.snapshot().notices.iter().any(|notice| notice.fault == Fault::MutedSpeech && notice.standing)
}

#[test]
fn with_push_to_talk_one_is_heard_while_the_key_is_held_and_the_device_stays_open() {
    let mut rig = rig();
    rig.here(HereCommand::PushToTalk { on: true }).unwrap();
    press(&mut rig, true);
    assert_eq!((heard(&rig), open(&rig)), ((false, false), None), "a key opens nothing");
    microphone(&mut rig, true);
    assert_eq!((heard(&rig), open(&rig)), ((false, false), Some("mic_a")));
    press(&mut rig, true);
    assert_eq!((heard(&rig), rig.snapshot().sound.pressed), ((true, true), true));
    press(&mut rig, false);
    assert_eq!((heard(&rig), open(&rig)), ((false, false), Some("mic_a")));
    let snapshot = rig.snapshot();
    assert!(snapshot.devices.microphone.on && !snapshot.show.people[0].microphone.on);
    assert!(!snapshot.sound.listening && snapshot.preferences.push_to_talk);
}

#[test]
fn a_key_does_nothing_without_push_to_talk_and_is_let_go_of_with_the_microphone() {
    let mut rig = rig();
    microphone(&mut rig, true);
    press(&mut rig, true);
    assert_eq!((heard(&rig), rig.snapshot().sound.pressed), ((true, true), false));
    rig.here(HereCommand::PushToTalk { on: true }).unwrap();
    assert_eq!(heard(&rig), (false, false), "a key that was held before counts for nothing");
    press(&mut rig, true);
    microphone(&mut rig, false);
    microphone(&mut rig, true);
    assert_eq!(heard(&rig), (false, false));
    press(&mut rig, true);
    rig.guest("kim", Role::Cohost);
    rig.call("kim", ShowCommand::Mute { person: "host".into(), kind: TrackKind::Microphone }).unwrap();
    microphone(&mut rig, true);
    assert_eq!(heard(&rig), (false, false));
    press(&mut rig, true);
    rig.here(HereCommand::PushToTalk { on: false }).unwrap();
    assert_eq!((heard(&rig), rig.snapshot().sound.pressed), ((true, true), false));
}

#[test]
fn the_end_of_a_show_lets_go_of_the_key() {
    let mut rig = rig();
    rig.here(HereCommand::PushToTalk { on: true }).unwrap();
    microphone(&mut rig, true);
    press(&mut rig, true);
    rig.show(ShowCommand::EmergencyStop).unwrap();
    assert!(!rig.snapshot().sound.pressed);
}

// S-35
#[test]
fn who_speaks_while_they_are_muted_is_told_until_they_are_not() {
    let mut rig = rig();
    microphone(&mut rig, true);
    speaks(&mut rig, true);
    assert!(!told(&rig), "not muted");
    microphone(&mut rig, false);
    assert_eq!((open(&rig), heard(&rig)), (Some("mic_a"), (false, false)));
    let snapshot = rig.snapshot();
    assert!(snapshot.sound.listening && !snapshot.devices.microphone.on, "open, and not on");
    speaks(&mut rig, true);
    assert!(told(&rig));
    assert_eq!(Fault::MutedSpeech.severity(), Severity::Warning);
    speaks(&mut rig, false);
    assert!(!told(&rig));
    speaks(&mut rig, true);
    microphone(&mut rig, true);
    assert!(!told(&rig));
    microphone(&mut rig, false);
    assert!(!told(&rig), "that was before");
    speaks(&mut rig, true);
    rig.show(ShowCommand::Release).unwrap();
    rig.obey();
    assert!(!told(&rig) && open(&rig).is_none());
}

// S-35
#[test]
fn a_microphone_that_its_user_never_opened_listens_to_nobody() {
    let mut rig = rig();
    speaks(&mut rig, true);
    assert!(!told(&rig) && open(&rig).is_none() && !rig.snapshot().sound.listening);
    rig.here(HereCommand::HeedMuted { on: true }).unwrap();
    assert_eq!(open(&rig), None);
    microphone(&mut rig, true);
    rig.show(ShowCommand::EmergencyStop).unwrap();
    rig.obey();
    rig.show(ShowCommand::Open { title: "Next".into() }).unwrap();
    rig.obey();
    assert_eq!(open(&rig), None, "in every show anew");
}

#[test]
fn who_does_not_want_to_be_told_has_a_microphone_that_is_shut_while_it_is_muted() {
    let mut rig = rig();
    microphone(&mut rig, true);
    microphone(&mut rig, false);
    speaks(&mut rig, true);
    rig.here(HereCommand::HeedMuted { on: false }).unwrap();
    assert!(!told(&rig) && open(&rig).is_none());
    assert!(rig.snapshot().sound.ignore_muted && rig.snapshot().preferences.ignore_muted);
    speaks(&mut rig, true);
    assert!(!told(&rig));
    rig.here(HereCommand::HeedMuted { on: true }).unwrap();
    assert_eq!(open(&rig), None, "what was shut is opened by its user alone");
    microphone(&mut rig, true);
    microphone(&mut rig, false);
    assert_eq!(open(&rig), Some("mic_a"));
    rig.here(HereCommand::HeedMuted { on: true }).unwrap();
    assert_eq!(open(&rig), Some("mic_a"), "nothing new");
}

#[test]
fn what_the_host_was_muted_by_somebody_else_listens_on() {
    let mut rig = rig();
    microphone(&mut rig, true);
    rig.news(
        RoomKind::Crew,
        RoomNews::OwnMuted { lane: studio_wire::engine::lanes::CREW_MICROPHONE, muted: true },
    );
    assert_eq!((heard(&rig), open(&rig)), ((false, false), Some("mic_a")));
    speaks(&mut rig, true);
    assert!(told(&rig));
}

#[test]
fn a_muted_microphone_that_is_unplugged_is_nobodys_trouble_and_nothing_takes_its_place() {
    let mut rig = rig();
    microphone(&mut rig, true);
    microphone(&mut rig, false);
    rig.feed(Event::Devices(DeviceReport::Became {
        kind: DeviceKind::Microphone,
        device: "mic_a".into(),
        state: DeviceState::Lost(DeviceTrouble::Gone),
    }));
    rig.feed(Event::Devices(DeviceReport::Listed(vec![device("mic_b", true)])));
    assert_eq!((open(&rig), rig.snapshot().notices.len()), (Some("mic_a"), 0));
    microphone(&mut rig, true);
    assert_eq!(open(&rig), Some("mic_b"), "now it is opened by hand");
}

#[test]
fn another_microphone_is_chosen_while_it_listens() {
    let mut rig = rig();
    microphone(&mut rig, true);
    microphone(&mut rig, false);
    let choose =
        |id: &str| HereCommand::ChooseDevice { kind: DeviceKind::Microphone, device: Some(id.into()) };
    rig.here(choose("mic_b")).unwrap();
    assert_eq!((open(&rig), heard(&rig)), (Some("mic_b"), (false, false)));
    rig.here(choose(studio_wire::device::test::TONE)).unwrap();
    assert_eq!((open(&rig), rig.snapshot().sound.listening), (None, false), "nobody speaks into a tone");
}
