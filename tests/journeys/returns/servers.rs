//! The server dies or stands still under a live show.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::app::{turn, until};
use crate::support::console::Console;
use crate::support::python::Client;

use super::party::{
    LATER, SOON, Show, chat, devices, flows, open_devices, person, say, sees_it_move, stamp, standing, took,
};

const GUESTS: [&str; 3] = ["ana", "ben", "cara"];

/// Two guests who are not our code, a seat and the audience. Ben has muted his microphone.
struct Party {
    show: Show,
    ana: Client,
    ben: Client,
    cara: Console,
    viewer: Client,
    before: Value,
}

impl Party {
    fn begin() -> Self {
        let mut show = Show::live("grid");
        let ana = show.foreign_guest("ana", 440);
        let mut ben = show.foreign_guest("ben", 660);
        let mut cara = show.sit("guest", "cara");
        show.bring_on("cara");
        open_devices(&mut cara);
        ben.wait("published", |event| (event["published"] == "microphone").then_some(()));
        ben.order(json!({ "mute": true }));
        let mut viewer = show.foreign_viewer("far");
        sees_it_move(&mut viewer, "host/program");
        let before = show.host.until("all is as it should be", LATER, |snapshot| {
            let open = GUESTS.map(|guest| devices(snapshot, guest));
            let whole = open == [[true, true], [true, false], [true, true]];
            let flows = GUESTS.iter().all(|guest| flows(snapshot, guest));
            (whole && flows && GUESTS.iter().all(|guest| on_stage(snapshot, guest))).then(|| standing(snapshot))
        });
        Self { show, ana, ben, cara, viewer, before }
    }

    fn kill_server(&mut self) {
        let server = self.show.host.process("livekit-server").expect("a server runs");
        rig::kill(server);
        until("another server runs", SOON, || self.show.host.process("livekit-server").filter(|pid| *pid != server));
    }

    /// Everything is at the host as it was, but for what was changed on purpose.
    fn is_back(&self, wanted: &Value) {
        let muted = |snapshot: &Value| assert!(!devices(snapshot, "ben")[1], "ben's microphone is open");
        self.show.host.until("everything is back", LATER, |snapshot| {
            muted(snapshot);
            assert_eq!(snapshot["show"]["broadcast"]["state"], "live");
            let flows = GUESTS.iter().all(|guest| flows(snapshot, guest));
            (flows && standing(snapshot) == *wanted).then_some(())
        });
    }

    fn recorded(&self) -> u64 {
        let recording = &self.show.host.snapshot()["show"]["recording"];
        assert_eq!(recording["running"], true, "{recording}");
        recording["bytes"].as_u64().unwrap()
    }
}

fn on_stage(snapshot: &Value, identity: &str) -> bool {
    person(snapshot, identity)["position"] == "on_stage"
}

// FX-N1
#[test]
fn a_killed_server_costs_nobody_their_place_their_tracks_or_their_silence() {
    let _turn = turn();
    let mut party = Party::begin();
    let stamps = GUESTS.map(|guest| stamp(&mut party.viewer_of_crew(), guest));
    let _ = stamps;
}
