//! The devices of a seat's machine: the host is told of them, and may ask for another one.

use studio_core::Event;
use studio_wire::command::{HereCommand, ShowCommand};
use studio_wire::device::{
    AskedDevice, CameraSetup, Device, DeviceKind, DeviceReport, Framing, OfferedDevice, TheirDevices, test,
};
use studio_wire::fault::Fault;
use studio_wire::people::Role;
use studio_wire::rtc::RoomNews;
use studio_wire::view::{Change, Mine};

use crate::rig::{Crew, Rig, command};

const MICROPHONE: DeviceKind = DeviceKind::Microphone;

fn listed(rig: &mut Rig, ids: &[&str]) {
    let device = |id: &&str| Device {
        id: (*id).into(),
        name: format!("Name of {id}"),
        kind: if id.starts_with("cam") { DeviceKind::Camera } else { MICROPHONE },
        default: false,
    };
    rig.feed(Event::Devices(DeviceReport::Listed(ids.iter().map(device).collect())));
}

/// The microphones that the host was told of last, and which is used.
fn told(rig: &Rig) -> Vec<(&str, bool)> {
    let last = rig.told_devices.last().map(Vec::as_slice).unwrap_or_default();
    last.iter().filter(|of| of.kind == MICROPHONE).map(|of| (of.id.as_str(), of.used)).collect()
}

// S-371
#[test]
fn the_host_is_told_of_the_devices_and_again_when_they_change() {
    let mut rig = Rig::seated(Role::Guest);
    assert_eq!((rig.told_devices.len(), told(&rig)), (1, vec![(test::TONE, true)]));
    listed(&mut rig, &["mic_a"]);
    assert_eq!((rig.told_devices.len(), told(&rig)), (2, vec![("mic_a", false), (test::TONE, true)]));
    rig.here(HereCommand::Microphone { on: true }).unwrap();
    assert_eq!(rig.told_devices.len(), 2, "whether it is open is no news");
    rig.here(HereCommand::ChooseDevice { kind: MICROPHONE, device: Some("mic_a".into()) }).unwrap();
    assert_eq!((rig.told_devices.len(), told(&rig)), (3, vec![("mic_a", true), (test::TONE, false)]));
}

#[test]
fn after_a_hello_the_host_is_told_anew_and_while_it_is_away_nothing() {
    let mut rig = Rig::seated(Role::Guest);
    rig.left("host");
    listed(&mut rig, &["mic_a"]);
    assert_eq!(rig.told_devices.len(), 1);
    rig.news(Crew, RoomNews::Came { identity: "host".into(), name: "Host".into(), role: Some(Role::Host) });
    rig.welcome();
    assert_eq!((rig.told_devices.len(), told(&rig)), (2, vec![("mic_a", false), (test::TONE, true)]));
}

#[test]
fn who_is_never_on_air_tells_of_no_device() {
    for role in [Role::Producer, Role::Viewer] {
        let mut rig = Rig::seated(role);
        listed(&mut rig, &["mic_a"]);
        assert!(rig.told_devices.is_empty(), "{role:?}");
    }
}

// S-371
#[test]
fn a_question_for_a_device_is_shown_and_opens_nothing() {
    let mut rig = Rig::seated(Role::Guest);
    listed(&mut rig, &["mic_a"]);
    let asked = AskedDevice {
        kind: MICROPHONE,
        device: "mic_a".into(),
        name: "Name of mic_a".into(),
        declined: false,
    };
    let mine = Mine { asked_devices: vec![asked.clone()], ..rig.view.mine.clone() };
    rig.changed(Change::Mine(mine));
    let snapshot = rig.snapshot();
    assert_eq!(snapshot.show.mine.asked_devices, [asked]);
    assert_eq!(snapshot.devices.microphone.used, Some(test::TONE.into()), "only its owner changes it");
    assert_eq!(rig.devices(), (false, false));
    let ticket = rig.show(ShowCommand::DeclineDevice { kind: MICROPHONE });
    assert_eq!(rig.snapshot().show.mine.asked_devices, [], "shown at once");
    assert!(rig.call(command).is_some() && rig.reply(ticket).is_none());
}

#[test]
fn a_desk_sees_its_question_at_once() {
    let mut rig = Rig::seated(Role::Producer);
    let device = |id: &str, used| OfferedDevice { kind: MICROPHONE, id: id.into(), name: id.into(), used };
    let devices = vec![device("mic_a", true), device("mic_b", false)];
    let theirs = TheirDevices { person: "bo".into(), devices, asked: Vec::new() };
    rig.changed(Change::Devices(Some(theirs)));
    let ask = |device: &str| ShowCommand::AskDevice {
        person: "bo".into(),
        kind: MICROPHONE,
        device: device.into(),
    };
    rig.show(ask("mic_b"));
    let asked = rig.snapshot().show.devices.unwrap().asked;
    assert_eq!(
        asked.iter().map(|of| (of.device.as_str(), of.declined)).collect::<Vec<_>>(),
        [("mic_b", false)]
    );
    rig.show(ask("mic_a"));
    assert_eq!(rig.snapshot().show.devices.unwrap().asked, [], "what is used already needs no asking");
}

#[test]
fn a_seat_sets_up_its_own_camera_and_tests_its_own_speaker() {
    let mut rig = Rig::seated(Role::Guest);
    listed(&mut rig, &["cam_a"]);
    rig.here(HereCommand::ChooseDevice { kind: DeviceKind::Camera, device: Some("cam_a".into()) }).unwrap();
    let framing = Framing { zoom: 150, ..Framing::default() };
    let setup = CameraSetup { framing, ..CameraSetup::default() };
    rig.here(HereCommand::SetUpCamera { device: "cam_a".into(), setup: setup.clone() }).unwrap();
    assert_eq!(rig.snapshot().camera.unwrap().setup, setup);
    let none = Err(Fault::NoDevice { kind: DeviceKind::Camera });
    assert_eq!(rig.here(HereCommand::SetUpCamera { device: "cam_z".into(), setup }), none);
    rig.here(HereCommand::TestSpeaker).unwrap();
    assert_eq!(rig.orders, ["media framing 150%", "chime"]);
}
