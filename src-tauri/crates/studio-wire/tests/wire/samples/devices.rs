//! Between core and devices.

use studio_wire::device::{
    CameraFormat, CameraWant, Chosen, Device, DeviceKind, DeviceOrder, DeviceReport, DeviceState,
    DeviceTrouble, DeviceView, DeviceWant, DevicesView, ScreenOffer, ScreenPicture, ScreenSubject,
    ScreenWant, SharedScreen,
};

fn device(kind: DeviceKind) -> Device {
    Device { id: "pulseaudio:mic_a".into(), name: "Studio Microphone".into(), kind, default: true }
}

pub fn view() -> DevicesView {
    let view = |kind| DeviceView {
        offers: vec![device(kind)],
        chosen: Some(Chosen { id: "pulseaudio:mic_a".into(), name: "Studio Microphone".into() }),
        used: Some("pulseaudio:mic_a".into()),
        on: true,
        trouble: Some(DeviceTrouble::Stalled),
    };
    let of = |kind| DevicesView { microphone: view(kind), ..DevicesView::default() };
    let view = of(DeviceKind::Microphone);
    assert!(DeviceKind::ALL.iter().all(|kind| view.of(*kind).on == (*kind == DeviceKind::Microphone)));
    view
}

pub fn device_orders() -> Vec<DeviceOrder> {
    let camera = CameraWant { device: "camera:usb-1".into(), format: CameraFormat::default() };
    let screens = every!(ScreenSubject:
        ScreenSubject::Whole => ScreenSubject::Whole;
        ScreenSubject::Monitor(_) => ScreenSubject::Monitor(1);
        ScreenSubject::Window(_) => ScreenSubject::Window(7);
        ScreenSubject::Region { .. } => ScreenSubject::Region { x: -1, y: 2, width: 3, height: 4 };
    );
    let screens = (0..).zip(screens);
    let screens = screens.map(|(place, subject)| ScreenWant { share: 9, place, subject, cursor: true });
    let want = DeviceWant {
        microphone: Some("pulseaudio:mic_a".into()),
        speaker: None,
        camera: Some(camera),
        screens: screens.collect(),
    };
    every!(DeviceOrder: DeviceOrder::Want(_) => DeviceOrder::Want(want), DeviceOrder::Want(DeviceWant::default());)
}

pub fn device_reports() -> Vec<DeviceReport> {
    let states = every!(DeviceState:
        DeviceState::Open => DeviceState::Open;
        DeviceState::Lost(_) => DeviceState::Lost(DeviceTrouble::Busy);
    );
    let became =
        |state| DeviceReport::Became { kind: DeviceKind::Camera, device: "camera:usb-1".into(), state };
    let reports = every!(DeviceReport:
        DeviceReport::Listed(_) => DeviceReport::Listed(DeviceKind::ALL.map(device).into());
        DeviceReport::Became { .. } => became(DeviceState::Open);
        DeviceReport::Shared { .. } =>
            DeviceReport::Shared { share: 9, state: DeviceState::Lost(DeviceTrouble::Gone) };
    );
    reports.into_iter().chain(states.into_iter().map(became)).collect()
}

pub fn shared() -> SharedScreen {
    let subject = ScreenSubject::Window(7);
    SharedScreen { share: 9, subject, title: "Slides".into(), cursor: true, flowing: true }
}

pub fn screen_picture() -> ScreenPicture {
    let offer = ScreenOffer {
        subject: ScreenSubject::Window(7),
        title: "Slides".into(),
        app: "impress".into(),
        width: 800,
        height: 600,
    };
    ScreenPicture { offer, jpeg: "/9j/".into() }
}
