//! Which device gives the own picture and voice, and what happens when it goes.

use studio_core::{Effect, Event};
use studio_wire::command::{Command, HereCommand, ShowCommand};
use studio_wire::device::{
    Chosen, Device, DeviceId, DeviceKind, DeviceReport, DeviceState, DeviceTrouble, DeviceWant, test,
};
use studio_wire::fault::Fault;
use studio_wire::media::Feed;
use studio_wire::people::{Actor, Role, Seat};
use studio_wire::preferences::Preferences;
use studio_wire::store::StoreOrder;
use studio_wire::view::StateName;

use super::rig::Rig;

const MICROPHONE: DeviceKind = DeviceKind::Microphone;

fn device(kind: DeviceKind, id: &str, name: &str, default: bool) -> Device {
    Device { id: id.into(), name: name.into(), kind, default }
}

/// A desk with two microphones, a speaker and a camera.
fn desk() -> Vec<Device> {
    vec![
        device(MICROPHONE, "mic_a", "Studio Microphone", true),
        device(MICROPHONE, "mic_b", "Webcam Microphone", false),
        device(DeviceKind::Speaker, "spk_a", "Desk Speakers", true),
        device(DeviceKind::Camera, "cam_a", "Webcam", false),
    ]
}

/// An open show at such a desk, with nothing chosen.
fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Ready);
    listed(&mut rig, desk());
    for kind in DeviceKind::ALL {
        rig.here(HereCommand::ChooseDevice { kind, device: None }).unwrap();
    }
    rig
}

fn listed(rig: &mut Rig, devices: Vec<Device>) {
    rig.feed(Event::Devices(DeviceReport::Listed(devices)));
}

fn became(rig: &mut Rig, kind: DeviceKind, device: &str, state: DeviceState) {
    rig.feed(Event::Devices(DeviceReport::Became { kind, device: device.into(), state }));
}

fn choose(rig: &mut Rig, kind: DeviceKind, device: &str) -> Result<(), Fault> {
    rig.here(HereCommand::ChooseDevice { kind, device: Some(device.into()) }).map(drop)
}

fn microphone(rig: &mut Rig, on: bool) {
    rig.here(HereCommand::Microphone { on }).unwrap();
}

fn id(id: &str) -> Option<DeviceId> {
    Some(id.into())
}

fn without(gone: &str) -> Vec<Device> {
    desk().into_iter().filter(|device| device.id.as_str() != gone).collect()
}

fn lost(why: DeviceTrouble) -> Fault {
    Fault::DeviceLost { kind: MICROPHONE, name: "Studio Microphone".into(), why }
}

fn notices(rig: &Rig) -> Vec<Fault> {
    rig.snapshot().notices.into_iter().map(|notice| notice.fault).collect()
}

// S-35 S-54
#[test]
fn nothing_is_taken_in_before_somebody_switches_it_on() {
    let mut rig = rig();
    assert_eq!((&rig.devices.microphone, &rig.devices.camera), (&None, &None));
    microphone(&mut rig, true);
    assert_eq!((&rig.devices.microphone, &rig.devices.camera), (&id("mic_a"), &None));
    rig.here(HereCommand::HeedMuted { on: false }).unwrap();
    microphone(&mut rig, false);
    assert_eq!(rig.devices.microphone, None);
}

#[test]
fn a_speaker_is_open_while_a_show_is_unless_nothing_is_to_be_heard() {
    let mut rig = rig();
    assert_eq!(rig.devices.speaker, id("spk_a"));
    choose(&mut rig, DeviceKind::Speaker, test::NOWHERE).unwrap();
    assert_eq!(rig.devices.speaker, None);
    choose(&mut rig, DeviceKind::Speaker, "spk_a").unwrap();
    rig.show(ShowCommand::Release).unwrap();
    assert_eq!(rig.devices, DeviceWant::default());
}

// S-3 S-55
#[test]
fn what_was_chosen_is_stored_by_id_and_name_and_whether_it_was_on_is_not() {
    let mut rig = rig();
    rig.here(HereCommand::Camera { on: true }).unwrap();
    let command = Command::Here(HereCommand::ChooseDevice { kind: MICROPHONE, device: id("mic_b") });
    let effects = rig.feed(Event::Command(studio_wire::Ticket(77), Actor::LocalHost, command));
    let stored = effects.into_iter().find_map(|effect| match effect {
        Effect::Store(StoreOrder::Preferences(preferences)) => Some(*preferences),
        _ => None,
    });
    let chosen = Chosen { id: "mic_b".into(), name: "Webcam Microphone".into() };
    assert_eq!(stored, Some(Preferences { microphone: Some(chosen), ..Preferences::default() }));
}

#[test]
fn another_device_takes_over_at_once_when_it_is_chosen() {
    let mut rig = rig();
    microphone(&mut rig, true);
    choose(&mut rig, MICROPHONE, "mic_b").unwrap();
    assert_eq!(rig.devices.microphone, id("mic_b"));
    choose(&mut rig, MICROPHONE, test::TONE).unwrap();
    assert_eq!(rig.devices.microphone, None, "a tone needs no device");
    assert_eq!(rig.feed_of(studio_wire::ids::SourceId(1)), Some(Feed::Tone));
}

#[test]
fn a_microphone_that_is_unplugged_is_waited_for_and_nothing_takes_its_place() {
    let mut rig = rig();
    microphone(&mut rig, true);
    became(&mut rig, MICROPHONE, "mic_a", DeviceState::Open);
    became(&mut rig, MICROPHONE, "mic_a", DeviceState::Lost(DeviceTrouble::Gone));
    let mut left = without("mic_a");
    left[0].default = true;
    listed(&mut rig, left);
    assert_eq!(rig.devices.microphone, id("mic_a"), "the other one was not chosen");
    assert_eq!(notices(&rig), [lost(DeviceTrouble::Gone)]);
    assert_eq!(rig.snapshot().devices.microphone.trouble, Some(DeviceTrouble::Gone));
    assert!(!rig.snapshot().show.people[0].microphone.flowing);
    listed(&mut rig, desk());
    became(&mut rig, MICROPHONE, "mic_a", DeviceState::Open);
    assert_eq!(notices(&rig), []);
    assert!(rig.snapshot().show.people[0].microphone.flowing);
}

#[test]
fn a_device_that_comes_back_under_another_id_is_known_by_its_name() {
    let mut rig = rig();
    choose(&mut rig, MICROPHONE, "mic_b").unwrap();
    microphone(&mut rig, true);
    let mut moved = without("mic_b");
    moved.push(device(MICROPHONE, "mic_b.2", "Webcam Microphone", false));
    listed(&mut rig, moved);
    assert_eq!(rig.devices.microphone, id("mic_b.2"));
}

#[test]
fn what_the_system_offers_first_does_not_move_what_is_open() {
    let mut rig = rig();
    microphone(&mut rig, true);
    let mut other = desk();
    (other[0].default, other[1].default) = (false, true);
    listed(&mut rig, other);
    assert_eq!(rig.devices.microphone, id("mic_a"));
    microphone(&mut rig, false);
    microphone(&mut rig, true);
    assert_eq!(rig.devices.microphone, id("mic_a"), "it was open all the time");
    rig.here(HereCommand::HeedMuted { on: false }).unwrap();
    microphone(&mut rig, false);
    microphone(&mut rig, true);
    assert_eq!(rig.devices.microphone, id("mic_b"), "the next time it is opened it counts");
}

#[test]
fn where_there_is_no_device_nothing_is_switched_on_and_a_word_says_why() {
    let mut rig = Rig::in_state(StateName::Ready);
    for kind in [MICROPHONE, DeviceKind::Camera] {
        rig.here(HereCommand::ChooseDevice { kind, device: None }).unwrap();
    }
    let no = |kind| Err(Fault::NoDevice { kind });
    assert_eq!(rig.here(HereCommand::Microphone { on: true }).map(drop), no(MICROPHONE));
    assert_eq!(rig.here(HereCommand::Camera { on: true }).map(drop), no(DeviceKind::Camera));
    assert_eq!(choose(&mut rig, MICROPHONE, "mic_z"), no(MICROPHONE));
    assert_eq!(choose(&mut rig, MICROPHONE, test::PATTERN), no(MICROPHONE), "that is a camera");
    listed(&mut rig, desk());
    microphone(&mut rig, true);
}

// S-371
#[test]
fn a_desk_chooses_the_devices_of_the_hosts_machine_and_opens_none() {
    let mut rig = rig();
    rig.guest("pat", Role::Producer);
    let choose = ShowCommand::HostDevice { kind: MICROPHONE, device: id("mic_b") };
    rig.call("pat", choose).unwrap();
    assert_eq!(rig.devices.microphone, None);
    let desk = rig.studio.view(&Seat::Desk("pat".into()), Default::default());
    assert_eq!(desk.host.unwrap().devices.microphone.used, id("mic_b"));
    microphone(&mut rig, true);
    assert_eq!(rig.devices.microphone, id("mic_b"));
}

#[test]
fn devices_of_a_show_are_shut_when_it_ends() {
    let mut rig = rig();
    microphone(&mut rig, true);
    rig.show(ShowCommand::EmergencyStop).unwrap();
    assert_eq!(rig.devices, DeviceWant::default());
}
