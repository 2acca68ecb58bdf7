//! Which cameras there are, and what they are called. **Read from the system's own files: nothing is opened.**
//!
//! A camera's lasting name is its USB maker, product and serial number (`camera:usb-046d_HD_Pro_Webcam_C920_1A2B`), or
//! its name where it is no USB device. Two that would share one are told apart by the socket they are in; only then
//! does a name hold for one socket alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use studio_wire::device::DeviceId;

/// Where the system tells of its devices.
pub(super) struct System<'a> {
    pub devices: &'a Path,
    pub classes: &'a Path,
    pub udev: &'a Path,
}

impl System<'static> {
    /// This machine.
    pub fn this() -> Self {
        Self {
            devices: Path::new("/dev"),
            classes: Path::new("/sys/class/video4linux"),
            udev: Path::new("/run/udev/data"),
        }
    }
}

/// A camera that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub id: DeviceId,
    pub name: String,
    /// The N of `/dev/videoN`: today's number, another one when it is plugged in again.
    pub number: u32,
}

/// The cameras of a system, by number.
pub(super) fn nodes(system: &System<'_>) -> Vec<Node> {
    let Ok(entries) = fs::read_dir(system.devices) else { return Vec::new() };
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.strip_prefix("video")?.parse().ok();
    let mut numbers: Vec<u32> = entries.filter_map(|entry| number(entry.ok()?)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let found: Vec<Found> = numbers.into_iter().filter_map(|number| Found::read(system, number)).collect();
    let mut shared = BTreeMap::<&str, u32>::new();
    for one in &found {
        *shared.entry(&one.base).or_default() += 1;
    }
    let id = |one: &Found| {
        let socket = if shared[one.base.as_str()] > 1 { format!("@{}", one.socket) } else { String::new() };
        DeviceId(format!("camera:{}{socket}", one.base))
    };
    found.iter().map(|one| Node { id: id(one), name: one.name.clone(), number: one.number }).collect()
}

/// A node before it is compared with the others.
struct Found {
    number: u32,
    name: String,
    base: String,
    socket: String,
}

impl Found {
    /// `None` for what gives no pictures.
    fn read(system: &System<'_>, number: u32) -> Option<Self> {
        let class = system.classes.join(format!("video{number}"));
        let index = line(&class.join("index")).and_then(|index| index.parse().ok()).unwrap_or(0);
        if !captures(system, &class).unwrap_or(index == 0) {
            return None;
        }
        let device = line(&class.join("name")).unwrap_or_else(|| format!("video{number}"));
        let usb = fs::canonicalize(class.join("device")).ok().and_then(|interface| usb(&interface));
        // A device with two lenses has a node for each.
        let lens = if index > 0 { format!(".{index}") } else { String::new() };
        let (base, socket) = match &usb {
            Some(usb) => {
                let product = line(&usb.join("product")).or_else(|| line(&usb.join("idProduct")));
                let parts = [line(&usb.join("idVendor")), product, line(&usb.join("serial"))];
                let parts: Vec<String> = parts.into_iter().flatten().collect();
                (
                    format!("usb-{}", parts.join("_")),
                    usb.file_name().map(|name| name.to_string_lossy().into_owned()),
                )
            }
            None => (format!("name-{device}"), None),
        };
        let socket = socket.unwrap_or_else(|| format!("video{number}"));
        Some(Self { number, name: device, base: plain(&base) + &lens, socket })
    }
}

/// Whether a node captures, from what udev found out when the node appeared; `None` where there is no udev.
fn captures(system: &System<'_>, class: &Path) -> Option<bool> {
    let record = fs::read_to_string(system.udev.join(format!("c{}", line(&class.join("dev"))?))).ok()?;
    let capabilities = record.lines().find_map(|line| line.strip_prefix("E:ID_V4L_CAPABILITIES="))?;
    Some(capabilities.contains(":capture:"))
}

/// The USB device that an interface belongs to: `…/1-2` of `…/1-2/1-2:1.0`.
fn usb(interface: &Path) -> Option<PathBuf> {
    let device = interface.ancestors().take(3).find(|place| place.join("idVendor").exists())?;
    Some(device.to_owned())
}

/// The first line of a file, trimmed; `None` when it is empty or not there.
fn line(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().next().unwrap_or_default().trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Letters, digits and a few signs; all else becomes `_`.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests;
