//! How a camera is set up, and the test of a speaker.

use std::collections::BTreeMap;

use studio_core::{Effect, Event};
use studio_wire::command::{Act, Command, HereCommand, ShowCommand};
use studio_wire::device::{
    CameraControl, CameraFormat, CameraSetup, CameraWant, Device, DeviceKind, DeviceReport, DeviceWant,
    Framing, test,
};
use studio_wire::fault::Fault;
use studio_wire::people::{Actor, Role};
use studio_wire::preferences::Preferences;
use studio_wire::store::StoreOrder;
use studio_wire::view::StateName;

use crate::rig::Rig;

const CAMERA: DeviceKind = DeviceKind::Camera;
const SMALL: CameraFormat = CameraFormat { width: 640, height: 360, fps: 15 };

/// A machine with two cameras and a speaker; the first of each is used.
fn rig(state: StateName) -> Rig {
    let mut rig = Rig::in_state(state);
    let device =
        |kind, id: &str| Device { id: id.into(), name: format!("Name of {id}"), kind, default: false };
    let listed = vec![device(CAMERA, "cam_a"), device(CAMERA, "cam_b"), device(DeviceKind::Speaker, "spk_a")];
    rig.feed(Event::Devices(DeviceReport::Listed(listed)));
    for kind in DeviceKind::ALL {
        rig.here(HereCommand::ChooseDevice { kind, device: None }).unwrap();
    }
    rig
}

fn setup() -> CameraSetup {
    let framing = Framing { mirror: true, zoom: 200, x: 0, y: 1_000 };
    CameraSetup { format: SMALL, framing, controls: BTreeMap::from([(7, 3)]) }
}

fn set_up(rig: &mut Rig, device: &str, setup: CameraSetup) -> Result<(), Fault> {
    rig.here(HereCommand::SetUpCamera { device: device.into(), setup }).map(drop)
}

#[test]
fn a_camera_is_opened_as_it_was_set_up_and_each_has_its_own_setup() {
    let mut rig = rig(StateName::Ready);
    set_up(&mut rig, "cam_a", setup()).unwrap();
    assert_eq!(rig.devices.camera, None, "nothing is opened by it");
    rig.here(HereCommand::Camera { on: true }).unwrap();
    let CameraSetup { format, framing, controls } = setup();
    assert_eq!(rig.devices.camera, Some(CameraWant { device: "cam_a".into(), format, controls }));
    assert_eq!(rig.framing, framing);
    rig.here(HereCommand::ChooseDevice { kind: CAMERA, device: Some("cam_b".into()) }).unwrap();
    let (format, controls) = (CameraFormat::default(), BTreeMap::new());
    assert_eq!(rig.devices.camera, Some(CameraWant { device: "cam_b".into(), format, controls }));
    assert_eq!(rig.framing, Framing::default());
    rig.here(HereCommand::ChooseDevice { kind: CAMERA, device: Some(test::BARS.into()) }).unwrap();
    assert_eq!(rig.snapshot().camera, None, "the studio's own pictures are as they are");
}

#[test]
fn a_setup_is_kept_and_one_that_says_nothing_is_forgotten() {
    let mut rig = rig(StateName::Idle);
    let mut stored = |setup| {
        let command = HereCommand::SetUpCamera { device: "cam_a".into(), setup };
        let wish = Event::Command(studio_wire::Ticket(77), Actor::LocalHost, Command::Here(command));
        rig.feed(wish).into_iter().find_map(|effect| match effect {
            Effect::Store(StoreOrder::Preferences(preferences)) => Some(*preferences),
            _ => None,
        })
    };
    let kept = Preferences { cameras: BTreeMap::from([("cam_a".into(), setup())]), ..Preferences::default() };
    assert_eq!(stored(setup()), Some(kept));
    assert_eq!(stored(CameraSetup::default()), Some(Preferences::default()));
}

#[test]
fn what_the_open_camera_offers_is_shown_and_outlives_the_show() {
    let mut rig = rig(StateName::Ready);
    let control =
        CameraControl { id: 7, name: "Brightness".into(), min: 0, max: 9, step: 1, default: 5, value: 5 };
    let (formats, controls) = (vec![CameraFormat::default(), SMALL], vec![control]);
    let of = |device: &str| {
        let (formats, controls) = (formats.clone(), controls.clone());
        Event::Devices(DeviceReport::Camera { device: device.into(), formats, controls })
    };
    rig.feed(of("cam_b"));
    assert_eq!(rig.snapshot().camera.unwrap().formats, [], "that is the other one's");
    rig.feed(of("cam_a"));
    rig.show(ShowCommand::Release).unwrap();
    rig.obey();
    let view = rig.snapshot().camera.unwrap();
    assert_eq!((view.name.as_str(), view.formats, view.controls), ("Name of cam_a", formats, controls));
}

#[test]
fn a_setup_that_no_camera_can_have_is_refused() {
    let mut rig = rig(StateName::Ready);
    let framed = |framing| CameraSetup { framing, ..CameraSetup::default() };
    let sized = |format| CameraSetup { format, ..CameraSetup::default() };
    let whole = Framing::default();
    for bad in [
        framed(Framing { zoom: 99, ..whole }),
        framed(Framing { zoom: 301, ..whole }),
        framed(Framing { x: 1_001, ..whole }),
        framed(Framing { y: 1_001, ..whole }),
        sized(CameraFormat { width: 0, ..SMALL }),
        sized(CameraFormat { height: 20_000, ..SMALL }),
        sized(CameraFormat { fps: 0, ..SMALL }),
        CameraSetup { controls: (0..300).map(|n| (n, 0)).collect(), ..CameraSetup::default() },
    ] {
        assert_eq!(set_up(&mut rig, "cam_a", bad), Err(Fault::NotUnderstood));
    }
    let none = Err(Fault::NoDevice { kind: CAMERA });
    assert_eq!(set_up(&mut rig, test::PATTERN, setup()), none);
    assert_eq!(set_up(&mut rig, "spk_a", setup()), none);
    rig.guest("kim", Role::Cohost);
    let command = HereCommand::SetUpCamera { device: "cam_a".into(), setup: setup() };
    let theirs = rig.wish(Actor::Person("kim".into()), Command::Here(command));
    let refused = Fault::NotAllowed { act: Act::SetUpCamera, role: Role::Cohost };
    assert_eq!(theirs.map(drop), Err(refused), "nobody sets up another machine's camera");
}

// S-54
#[test]
fn a_speaker_that_is_shut_is_open_for_as_long_as_its_test_takes() {
    let mut rig = rig(StateName::Idle);
    assert_eq!(rig.devices, DeviceWant::default());
    rig.here(HereCommand::TestSpeaker).unwrap();
    let alone = DeviceWant { speaker: Some("spk_a".into()), ..DeviceWant::default() };
    assert_eq!((&rig.devices, rig.chimes), (&alone, 1));
    rig.pass(1_900);
    assert_eq!(rig.devices, alone);
    rig.pass(200);
    assert_eq!(rig.devices, DeviceWant::default());
}

#[test]
fn the_test_of_a_speaker_in_a_show_opens_and_shuts_nothing() {
    let mut rig = rig(StateName::Ready);
    let before = rig.devices.clone();
    rig.here(HereCommand::TestSpeaker).unwrap();
    assert_eq!((&rig.devices, rig.chimes), (&before, 1));
    rig.pass(3_000);
    assert_eq!(rig.devices, before);
}

#[test]
fn without_a_speaker_there_is_nothing_to_test() {
    let mut rig = rig(StateName::Ready);
    rig.feed(Event::Devices(DeviceReport::Listed(Vec::new())));
    let none = Err(Fault::NoDevice { kind: DeviceKind::Speaker });
    assert_eq!(rig.here(HereCommand::TestSpeaker).map(drop), none);
    assert_eq!(rig.chimes, 0);
}
