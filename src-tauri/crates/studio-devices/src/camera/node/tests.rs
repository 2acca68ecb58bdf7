use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A system of files.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(TempDir::new().unwrap());
        for folder in ["dev", "class", "udev", "devices"] {
            fs::create_dir(machine.0.path().join(folder)).unwrap();
        }
        machine
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A node of the USB device in a socket.
    fn node(&self, number: u32, socket: &str, index: u32, name: &str) {
        self.write(&format!("dev/video{number}"), "");
        self.write(&format!("class/video{number}/name"), &format!("{name}\n"));
        self.write(&format!("class/video{number}/index"), &format!("{index}\n"));
        self.write(&format!("class/video{number}/dev"), &format!("81:{number}\n"));
        let interface = self.0.path().join(format!("devices/{socket}/{socket}:1.0"));
        fs::create_dir_all(&interface).unwrap();
        symlink(interface, self.0.path().join(format!("class/video{number}/device"))).unwrap();
    }

    fn usb(&self, socket: &str, product: &str, serial: Option<&str>) {
        self.write(&format!("devices/{socket}/idVendor"), "046d\n");
        self.write(&format!("devices/{socket}/idProduct"), "082d\n");
        self.write(&format!("devices/{socket}/product"), &format!("{product}\n"));
        if let Some(serial) = serial {
            self.write(&format!("devices/{socket}/serial"), &format!("{serial}\n"));
        }
    }

    fn unplug(&self, number: u32) {
        fs::remove_file(self.0.path().join(format!("dev/video{number}"))).unwrap();
        fs::remove_dir_all(self.0.path().join(format!("class/video{number}"))).unwrap();
    }

    fn ids(&self) -> Vec<(u32, String)> {
        let path = |folder: &str| self.0.path().join(folder);
        let (devices, classes, udev) = (path("dev"), path("class"), path("udev"));
        let found = nodes(&System { devices: &devices, classes: &classes, udev: &udev });
        found.into_iter().map(|node| (node.number, node.id.0)).collect()
    }
}

fn ids<const N: usize>(ids: [(u32, &str); N]) -> Vec<(u32, String)> {
    ids.map(|(number, id)| (number, id.to_owned())).into()
}

#[test]
fn a_camera_with_a_serial_number_keeps_its_id_in_another_socket_under_another_number() {
    let machine = Machine::new();
    machine.usb("1-2", "HD Pro Webcam C920", Some("1A2B3C4D"));
    machine.node(0, "1-2", 0, "HD Pro Webcam C920");
    assert_eq!(machine.ids(), ids([(0, "camera:usb-046d_HD_Pro_Webcam_C920_1A2B3C4D")]));
    machine.unplug(0);
    assert_eq!(machine.ids(), []);
    machine.usb("3-1", "HD Pro Webcam C920", Some("1A2B3C4D"));
    machine.node(4, "3-1", 0, "HD Pro Webcam C920");
    assert_eq!(machine.ids(), ids([(4, "camera:usb-046d_HD_Pro_Webcam_C920_1A2B3C4D")]));
}

#[test]
fn two_alike_are_told_apart_by_their_sockets() {
    let machine = Machine::new();
    for (number, socket) in [(0, "1-1"), (2, "1-2")] {
        machine.usb(socket, "Cam", None);
        machine.node(number, socket, 0, "Cam");
    }
    assert_eq!(machine.ids(), ids([(0, "camera:usb-046d_Cam@1-1"), (2, "camera:usb-046d_Cam@1-2")]));
}

#[test]
fn nodes_that_give_no_pictures_are_left_out() {
    let machine = Machine::new();
    machine.usb("1-1", "Cam", Some("9"));
    machine.node(0, "1-1", 0, "Cam");
    machine.node(1, "1-1", 1, "Cam");
    machine.write("dev/video-dec0", "");
    machine.write("dev/videos", "");
    assert_eq!(
        machine.ids(),
        ids([(0, "camera:usb-046d_Cam_9")]),
        "without udev a device's first node is taken"
    );
    for (number, capabilities) in [(0, ":capture:"), (1, ":"), (2, ":capture:"), (3, ":video_output:")] {
        if number > 1 {
            machine.node(number, "1-1", number, "Cam");
        }
        let record = format!("N:video{number}\nE:ID_V4L_CAPABILITIES={capabilities}\n");
        machine.write(&format!("udev/c81:{number}"), &record);
    }
    let expected = ids([(0, "camera:usb-046d_Cam_9"), (2, "camera:usb-046d_Cam_9.2")]);
    assert_eq!(machine.ids(), expected, "udev knows of the second lens");
}

#[test]
fn what_is_no_usb_device_is_called_by_its_name() {
    let machine = Machine::new();
    machine.write("dev/video7", "");
    machine.write("class/video7/name", "Virtual camera (1)\n");
    machine.write("dev/video9", "");
    assert_eq!(machine.ids(), ids([(7, "camera:name-Virtual_camera__1_"), (9, "camera:name-video9")]));
}
