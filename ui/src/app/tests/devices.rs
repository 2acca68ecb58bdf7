use studio_wire::device::{
    AskedDevice, CameraControl, CameraFormat, CameraSetup, CameraView, Device, DeviceKind, DeviceView,
    DevicesView, Framing, OfferedDevice, TheirDevices, test,
};
use studio_wire::view::HostView;

use super::*;
use crate::local::{OpenMenu, Panel};
use crate::panels::their_devices::Looked;

const MICROPHONE: DeviceKind = DeviceKind::Microphone;

fn asked(device: &str, name: &str, declined: bool) -> AskedDevice {
    AskedDevice { kind: MICROPHONE, device: device.into(), name: name.into(), declined }
}

// S-371
#[test]
fn a_question_for_another_device_names_it_and_waits_for_the_person() {
    let mut show = show(StateName::Ready);
    show.mine.asked_devices = vec![asked("mic_b", "Desk Mic", false)];
    let page = drawn(show.clone());
    assert!(page.contains("The host asks you to use Desk Mic as your microphone"));
    assert!(element(&page, "ask-use").is_some() && element(&page, "ask-later").is_some());
    show.mine.asked_devices = vec![asked(test::TONE, "", false)];
    assert!(drawn(show).contains("to use Test tone as your microphone"));
}

// S-371
#[test]
fn who_runs_the_show_sees_what_of_a_guests_devices_is_used_asked_for_and_declined() {
    let offered = |id: &str, used| OfferedDevice { kind: MICROPHONE, id: id.into(), name: id.into(), used };
    let mut show = show(StateName::Ready);
    show.people[2].tells_devices = true;
    show.people[2].asked_devices = vec![MICROPHONE];
    show.devices = Some(TheirDevices {
        person: "leo".into(),
        devices: vec![
            offered("one", true),
            offered("two", false),
            offered("three", false),
            offered("four", false),
        ],
        asked: vec![asked("two", "two", false), asked("three", "three", true)],
    });
    let page = drawn_after(Snapshot { show, ..Snapshot::default() }, |studio| {
        studio.local.panel.set(Some(Panel::People));
        studio.local.menu.set(Some(OpenMenu::Person("leo".into())));
        studio.local.looked.set(Some(Looked::Guest("leo".into())));
    });
    assert!(page.contains("Devices of Leo") && page.contains("Asked to use another device"));
    assert!(element(&page, "menu-devices").is_some());
    let line = |device: &str| {
        let from = &page[page.find(&format!("data-device=\"{device}\"")).unwrap()..];
        from.split("data-device=").nth(1).unwrap().to_owned()
    };
    assert!(line("one").contains("In use") && !line("one").contains("their-device-act"));
    assert!(line("two").contains("Asked") && !line("two").contains("their-device-act"));
    assert!(line("three").contains("Declined") && line("three").contains("their-device-act"));
    assert!(line("four").contains("their-device-act"));
}

// S-371
#[test]
fn a_desk_can_choose_the_hosts_devices_and_nobody_elses() {
    let mut show = show(StateName::Ready);
    show.people[1].role = Role::Host;
    let device = Device { id: "mic_a".into(), name: "Headset".into(), kind: MICROPHONE, default: true };
    let view = DeviceView { offers: vec![device], ..DeviceView::default() };
    let devices = DevicesView { microphone: view, ..DevicesView::default() };
    show.host = Some(HostView { devices, ..HostView::default() });
    let opened = |who: &'static str| {
        move |studio: Studio| {
            studio.local.panel.set(Some(Panel::People));
            studio.local.menu.set(Some(OpenMenu::Person(who.into())));
            studio.local.looked.set(Some(Looked::Host("ines".into())));
        }
    };
    let page = drawn_after(Snapshot { show: show.clone(), ..Snapshot::default() }, opened("ines"));
    assert!(element(&page, "menu-devices").is_some());
    assert!(page.contains("Headset") && element(&page, "their-device-act").unwrap().contains("Use"));
    let page = drawn_after(Snapshot { show, ..Snapshot::default() }, opened("leo"));
    assert!(element(&page, "menu-devices").is_none(), "a machine that has told of none");
}

#[test]
fn the_speakers_menu_tests_it_and_the_cameras_menu_sets_it_up() {
    let menu = |kind| {
        let snapshot = Snapshot { show: show(StateName::Ready), ..Snapshot::default() };
        drawn_after(snapshot, move |studio| studio.local.menu.set(Some(OpenMenu::Devices(kind))))
    };
    assert!(element(&menu(DeviceKind::Speaker), "speaker-test").is_some());
    assert!(tag(&menu(DeviceKind::Camera), "camera-settings").contains("aria-disabled=\"true\""));
}

#[test]
fn the_cameras_settings_show_what_it_offers_and_how_it_is_set() {
    let control =
        CameraControl { id: 7, name: "Brightness".into(), min: 0, max: 9, step: 1, default: 5, value: 3 };
    let framing = Framing { mirror: true, zoom: 150, ..Framing::default() };
    let camera = CameraView {
        device: "cam_a".into(),
        name: "Webcam".into(),
        setup: CameraSetup { framing, ..CameraSetup::default() },
        formats: vec![CameraFormat { width: 1920, height: 1080, fps: 30 }, CameraFormat::default()],
        controls: vec![control],
    };
    let with = |camera| {
        let snapshot = Snapshot { show: show(StateName::Ready), camera: Some(camera), ..Snapshot::default() };
        drawn_after(snapshot, |studio| studio.local.camera_setup.set(true))
    };
    let page = with(camera.clone());
    assert!(page.contains("Webcam") && page.contains("1920 × 1080, 30 fps") && page.contains("Brightness"));
    assert_eq!(page.matches("data-test=\"camera-format\"").count(), 2);
    assert!(tag(&page, "camera-mirror").contains("aria-checked=\"true\""));
    assert!(tag(&page, "camera-zoom").contains("150") && tag(&page, "camera-control").contains("\"3\""));
    let page = with(CameraView { formats: Vec::new(), controls: Vec::new(), ..camera });
    assert!(element(&page, "camera-format-none").is_some() && element(&page, "camera-control").is_none());
}
