//! Devices of a guest's machine: told by it, looked at by who runs the show, changed by their owner alone.

use studio_wire::command::{Act, ShowCommand};
use studio_wire::device::{AskedDevice, DeviceId, DeviceKind, OfferedDevice, TheirDevices, test};
use studio_wire::fault::Fault;
use studio_wire::ids::Identity;
use studio_wire::people::{Role, Seat};
use studio_wire::room::{Holder, RoomAnswer, RoomAsk};
use studio_wire::rtc::RoomKind;
use studio_wire::view::{Mine, PersonView, ShowView, StateName};

use crate::rig::Rig;
use crate::script::play_on;

const MICROPHONE: DeviceKind = DeviceKind::Microphone;

fn device(id: &str, name: &str, used: bool) -> OfferedDevice {
    OfferedDevice { kind: MICROPHONE, id: id.into(), name: name.into(), used }
}

/// leo's machine, with the one or the other microphone in use.
fn machine(second: bool) -> Vec<OfferedDevice> {
    vec![
        device("mic_a", "Headset", !second),
        device("mic_b", "Desk Mic", second),
        device(test::TONE, "", false),
    ]
}

fn tell(rig: &mut Rig, who: &str, devices: Vec<OfferedDevice>) -> Option<RoomAnswer> {
    rig.ask(RoomKind::Crew, who, RoomAsk::Devices(devices))
}

/// A show with a cohost, a producer and a guest whose machine has told.
fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("kim", Role::Cohost);
    rig.guest("pat", Role::Producer);
    play_on(&mut rig, "10 guest leo\n11 guest zoe");
    let answer = tell(&mut rig, "leo", machine(false));
    assert!(matches!(answer, Some(RoomAnswer::Done(_))), "{answer:?}");
    rig
}

fn desk(rig: &Rig, who: &str) -> ShowView {
    rig.studio.view(&Seat::Desk(who.into()), rig.time())
}

fn looked(rig: &Rig, who: &str) -> Option<TheirDevices> {
    desk(rig, who).devices
}

fn mine(rig: &Rig) -> Mine {
    rig.studio.view(&Seat::Guest("leo".into()), rig.time()).mine
}

fn row(rig: &Rig) -> PersonView {
    desk(rig, "pat").people.into_iter().find(|person| person.identity.as_str() == "leo").unwrap()
}

fn look(person: &str) -> ShowCommand {
    ShowCommand::LookAtDevices { person: Some(person.into()) }
}

fn ask(device: &str) -> ShowCommand {
    ShowCommand::AskDevice { person: "leo".into(), kind: MICROPHONE, device: device.into() }
}

fn open(device: &str, name: &str) -> AskedDevice {
    AskedDevice { kind: MICROPHONE, device: device.into(), name: name.into(), declined: false }
}

// S-371
#[test]
fn a_desk_asks_for_another_device_of_a_guest_and_sees_that_it_was_taken_up() {
    let mut rig = rig();
    rig.call("pat", look("leo")).unwrap();
    assert_eq!(looked(&rig, "pat").unwrap().devices, machine(false));
    rig.call("pat", ask("mic_b")).unwrap();
    assert_eq!(mine(&rig).asked_devices, [open("mic_b", "Desk Mic")]);
    assert_eq!(looked(&rig, "pat").unwrap().asked, [open("mic_b", "Desk Mic")]);
    assert_eq!((row(&rig).tells_devices, row(&rig).asked_devices), (true, vec![MICROPHONE]));
    tell(&mut rig, "leo", machine(true));
    assert_eq!(looked(&rig, "pat").unwrap().devices, machine(true), "it is in use");
    assert_eq!((mine(&rig).asked_devices, looked(&rig, "pat").unwrap().asked), (vec![], vec![]));
    rig.call("pat", ask("mic_b")).unwrap();
    assert_eq!(mine(&rig).asked_devices, [], "what is used already is not asked for");
}

// S-371
#[test]
fn a_guest_who_says_no_is_asked_no_longer_and_the_desk_sees_the_no() {
    let mut rig = rig();
    rig.call("pat", look("leo")).unwrap();
    rig.call("pat", ask("mic_b")).unwrap();
    let decline = || ShowCommand::DeclineDevice { kind: MICROPHONE };
    rig.call("leo", decline()).unwrap();
    assert_eq!((mine(&rig).asked_devices, row(&rig).asked_devices), (vec![], vec![]));
    let no = AskedDevice { declined: true, ..open("mic_b", "Desk Mic") };
    assert_eq!(looked(&rig, "pat").unwrap().asked, [no]);
    assert_eq!(rig.call("leo", decline()), Err(Fault::NotAsked));
    rig.call("pat", ask(test::TONE)).unwrap();
    assert_eq!(
        mine(&rig).asked_devices,
        [open(test::TONE, "")],
        "the newest question of a kind stands alone"
    );
}

#[test]
fn nobody_is_asked_for_a_device_that_is_gone() {
    let mut rig = rig();
    rig.show(ask("mic_b")).unwrap();
    tell(&mut rig, "leo", vec![device("mic_a", "Headset", true)]);
    assert_eq!(mine(&rig).asked_devices, []);
}

// S-371
#[test]
fn devices_are_seen_and_asked_for_by_who_runs_the_show_and_nobody_else() {
    let mut rig = rig();
    let refused = |act, role| Err(Fault::NotAllowed { act, role });
    assert_eq!(rig.call("zoe", look("leo")), refused(Act::LookAtDevices, Role::Guest));
    assert_eq!(rig.call("zoe", ask("mic_b")), refused(Act::AskDevice, Role::Guest));
    let seen = rig.studio.view(&Seat::Guest("zoe".into()), rig.time());
    let leo = seen.people.iter().find(|person| person.identity.as_str() == "leo").unwrap();
    assert!(!leo.tells_devices && !serde_json::to_string(&seen).unwrap().contains("Headset"));
    rig.call("kim", look("leo")).unwrap();
    assert_eq!(looked(&rig, "pat"), None, "each desk looks for itself");
    rig.call("kim", ShowCommand::LookAtDevices { person: None }).unwrap();
    assert_eq!(looked(&rig, "kim"), None);
    rig.show(look("leo")).unwrap();
    assert!(rig.snapshot().show.devices.is_some());
}

#[test]
fn what_cannot_be_asked_for_is_refused_with_the_reason() {
    let mut rig = rig();
    let of = |person: &str, device: &str| ShowCommand::AskDevice {
        person: person.into(),
        kind: MICROPHONE,
        device: DeviceId::from(device),
    };
    let zoe: Identity = "zoe".into();
    assert_eq!(rig.call("pat", of("zoe", "mic_a")), Err(Fault::NoDeviceList { person: zoe.clone() }));
    assert_eq!(rig.call("pat", look("zoe")), Err(Fault::NoDeviceList { person: zoe }));
    assert_eq!(rig.call("pat", of("leo", "mic_z")), Err(Fault::NoDevice { kind: MICROPHONE }));
    let host = Err(Fault::NotAllowed { act: Act::AskDevice, role: Role::Host });
    assert_eq!(rig.call("pat", of("host", "mic_a")), host, "there is a command of its own for these");
    assert_eq!(rig.call("pat", of("eve", "x")), Err(Fault::NobodyThere { person: "eve".into() }));
    let told = tell(&mut rig, "pat", machine(false));
    let fault = Fault::NotAllowed { act: Act::ChooseDevice, role: Role::Producer };
    assert_eq!(told, Some(RoomAnswer::Refused(fault)), "who is never on air has none to tell of");
}

#[test]
fn who_leaves_takes_their_list_along_and_a_hello_looks_at_nobody() {
    let mut rig = rig();
    rig.call("pat", look("leo")).unwrap();
    rig.call("pat", ask("mic_b")).unwrap();
    rig.hello(RoomKind::Crew, "pat", Holder::First);
    assert_eq!(looked(&rig, "pat"), None, "its answer has no room for them");
    rig.call("pat", look("leo")).unwrap();
    play_on(&mut rig, "20 left leo\n30 guest leo");
    assert_eq!((looked(&rig, "pat"), mine(&rig).asked_devices), (None, vec![]));
    assert!(!row(&rig).tells_devices);
}
