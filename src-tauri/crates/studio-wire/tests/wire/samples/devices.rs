//! Between core and devices.

use studio_wire::device::{
    AskedDevice, CameraControl, CameraFormat, CameraSetup, CameraView, CameraWant, Chosen, Device,
    DeviceKind, DeviceOrder, DeviceReport, DeviceState, DeviceTrouble, DeviceView, DeviceWant, DevicesView,
    Framing, OfferedDevice, ScreenOffer, ScreenPicture, ScreenSubject, ScreenWant, SharedScreen,
    TheirDevices,
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

pub fn setup() -> CameraSetup {
    let framing = Framing { mirror: true, zoom: 200, x: 0, y: 1_000 };
    CameraSetup { framing, controls: [(9_963_776, 40)].into(), ..CameraSetup::default() }
}

pub fn control() -> CameraControl {
    let (id, name) = (9_963_776, "Brightness".into());
    CameraControl { id, name, min: 0, max: 100, step: 1, default: 50, value: 40 }
}

pub fn offered() -> OfferedDevice {
    let (kind, id) = (DeviceKind::Microphone, "pulseaudio:mic_a".into());
    OfferedDevice { kind, id, name: "Studio Microphone".into(), used: true }
}

pub fn asked() -> AskedDevice {
    let OfferedDevice { kind, id: device, name, .. } = offered();
    AskedDevice { kind, device, name, declined: false }
}

pub fn theirs() -> TheirDevices {
    TheirDevices { person: "leo".into(), devices: vec![offered()], asked: vec![asked()] }
}

pub fn camera() -> CameraView {
    let (device, name) = ("camera:usb-1".into(), "Webcam".into());
    CameraView {
        device,
        name,
        setup: setup(),
        formats: vec![CameraFormat::default()],
        controls: vec![control()],
    }
}

pub fn device_orders() -> Vec<DeviceOrder> {
    let camera = CameraWant {
        device: "camera:usb-1".into(),
        format: CameraFormat::default(),
        controls: setup().controls,
    };
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
    every!(DeviceOrder:
        DeviceOrder::Want(_) => DeviceOrder::Want(want), DeviceOrder::Want(DeviceWant::default());
        DeviceOrder::Chime => DeviceOrder::Chime;
    )
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
        DeviceReport::Camera { .. } => DeviceReport::Camera {
            device: "camera:usb-1".into(),
            formats: vec![CameraFormat::default()],
            controls: vec![control()],
        };
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
