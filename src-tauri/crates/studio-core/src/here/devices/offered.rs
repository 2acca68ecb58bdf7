//! The devices of a machine, as a seat tells its host of them: bounded on the way out, and bounded and cleaned on the
//! way in, because they come from somebody else.

use studio_wire::device::{DeviceKind, DevicesView, OfferedDevice, test};

use crate::text;

/// Bytes of a whole list, about: a call holds 15 KiB.
const BYTES: usize = 12 * 1_024;
/// Bytes of a device's words beside its texts.
const WORDS: usize = 64;

/// What is told of this machine.
pub(crate) fn of(view: &DevicesView) -> Vec<OfferedDevice> {
    let offers = |kind| {
        let view = view.of(kind);
        view.offers.iter().map(move |offer| OfferedDevice {
            kind,
            id: offer.id.clone(),
            name: offer.name.clone(),
            used: view.used.as_ref() == Some(&offer.id),
        })
    };
    clean(DeviceKind::ALL.into_iter().flat_map(offers).collect())
}

/// As it is kept: each device once, with a text for a name, and no more than fits.
pub(crate) fn clean(told: Vec<OfferedDevice>) -> Vec<OfferedDevice> {
    let mut kept: Vec<OfferedDevice> = Vec::new();
    let mut bytes = 0;
    for device in told {
        let id = device.id.as_str();
        let bad = id.is_empty() || id.len() > OfferedDevice::ID || id.contains(char::is_control);
        let of_kind = || kept.iter().filter(|known| known.kind == device.kind);
        if bad || of_kind().count() >= OfferedDevice::MOST || of_kind().any(|known| known.id == device.id) {
            continue;
        }
        let own = test::ALL.contains(&id);
        let name = if own { String::new() } else { text::device(&device.name, id) };
        bytes += id.len() + name.len() + WORDS;
        if bytes > BYTES {
            break;
        }
        kept.push(OfferedDevice { name, ..device });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(kind: DeviceKind, id: &str, name: &str) -> OfferedDevice {
        OfferedDevice { kind, id: id.into(), name: name.into(), used: false }
    }

    #[test]
    fn a_list_from_somebody_else_is_cleaned_and_bounded() {
        let kind = DeviceKind::Microphone;
        let long = "x".repeat(OfferedDevice::ID + 1);
        let told = vec![
            device(kind, "mic", " Desk\u{202e} \u{7}Mic "),
            device(kind, "mic", "The same again"),
            device(kind, "", "Nameless"),
            device(kind, &long, "Long"),
            device(kind, "bare", ""),
            device(kind, test::TONE, "Believe me"),
            device(DeviceKind::Camera, "mic", "A camera"),
        ];
        let kept: Vec<_> = clean(told).into_iter().map(|device| (device.kind, device.name)).collect();
        let camera = (DeviceKind::Camera, "A camera".to_owned());
        let expected = [(kind, "Desk Mic".to_owned()), (kind, "bare".into()), (kind, String::new()), camera];
        assert_eq!(kept, expected);
    }

    #[test]
    fn the_longest_list_fits_into_one_call() {
        let many = (0..100)
            .flat_map(|n| DeviceKind::ALL.map(|kind| device(kind, &format!("{n:0>200}"), &"漢".repeat(200))));
        let kept = clean(many.collect());
        assert!(serde_json::to_string(&kept).unwrap().len() <= 15 * 1_024);
        assert!(kept.len() > 20, "{}", kept.len());
        let few = (0..100).map(|n| device(DeviceKind::Speaker, &format!("s{n}"), "Speaker")).collect();
        assert_eq!(clean(few).len(), OfferedDevice::MOST);
    }
}
