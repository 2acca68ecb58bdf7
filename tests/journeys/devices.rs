//! Real microphones, speakers and cameras, as far as a machine without any has them: a sound server of its own, and
//! cameras that the system's calls are made to find, and a desktop of its own.

mod cameras;
mod screens;
mod sounds;

use std::time::Duration;

use rig::Cameras;
use rig::pulse::Pulse;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::app::{Place, find};
use crate::support::console::Console;
use crate::support::recording::Recording;
use crate::support::show::{LIMIT, Show, notice};

/// A show on a machine with two microphones, two speakers and a bus of cameras.
struct Desk {
    show: Show,
    pulse: Pulse,
    cameras: Cameras,
    _bus: TempDir,
}

impl Desk {
    /// Ready; one camera is plugged in.
    fn open() -> Self {
        let bus = tempfile::tempdir().unwrap();
        let (pulse, cameras) = (Pulse::start(), Cameras::new(bus.path()));
        cameras.plug(0, "Webcam", &["YUYV 1280x720@30"]);
        let show = Show::of(|home| machine(home, &pulse, &cameras));
        let desk = Self { show, pulse, cameras, _bus: bus };
        desk.until("every device is listed", |devices| {
            let counts = ["microphone", "speaker", "camera"].map(|kind| of_system(&devices[kind]));
            // What feeds the microphones are speakers as well.
            counts[0] == 2 && counts[1] >= 2 && counts[2] == 1
        });
        desk
    }

    /// The same, on air, with the host on stage.
    fn live(camera: bool) -> Self {
        let mut desk = Self::open();
        let choose = json!({ "choose_device": { "kind": "camera", "device": "test:pattern" } });
        if !camera {
            desk.show.here(choose);
        }
        for device in ["camera", "microphone"] {
            desk.show.here(json!({ device: { "on": true } }));
            desk.show.flowing("host", device);
        }
        desk.show.on_stage("host", true);
        desk.show.ask(json!("go_live"));
        desk.show.reach("live");
        desk
    }

    fn choose(&mut self, kind: &str, device: &str) {
        self.show.here(json!({ "choose_device": { "kind": kind, "device": device } }));
    }

    /// Waits until the host's devices are as wanted.
    fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) {
        self.show.host.until(what, LIMIT, |snapshot| wanted(&snapshot["devices"]).then_some(()));
    }

    /// Seconds of the recording so far.
    fn moment(&self) -> f64 {
        moment(&self.show)
    }

    /// Waits until no notice of a lost device stands.
    fn well_again(&self) {
        let gone = |snapshot: &Value| notice(snapshot, "device_lost").is_none().then_some(());
        self.show.host.until("the device is back", LIMIT, gone);
    }

    /// Ends the show and reads what it left, in a place that has to be kept for as long.
    fn recorded(mut self) -> (Recording, Place) {
        self.show.ask(json!("end_stream"));
        self.show.reach("idle");
        let place = self.show.close();
        let takes = place.path("takes");
        (Recording::read(&find(&takes, ".mp4").expect("a recording")), place)
    }
}

/// Seconds of a show's recording so far.
fn moment(show: &Show) -> f64 {
    let snapshot = show.host.snapshot();
    let since = snapshot["show"]["recording"]["since"].as_u64().expect("it is recorded");
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32).as_secs_f64()
        - since as f64 / 1e9
}

/// A studio that finds these devices.
fn machine(home: &std::path::Path, pulse: &Pulse, cameras: &Cameras) -> Console {
    Console::with_devices(home, |command| {
        command.envs(pulse.environment());
        cameras.preload(command);
    })
}

/// How many devices of a kind are not the studio's own.
fn of_system(view: &Value) -> usize {
    let offers = view["offers"].as_array().cloned().unwrap_or_default();
    offers.iter().filter(|offer| !offer["id"].as_str().unwrap_or_default().starts_with("test:")).count()
}
