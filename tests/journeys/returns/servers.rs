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
            (whole && flows && GUESTS.iter().all(|guest| on_stage(snapshot, guest)))
                .then(|| standing(snapshot))
        });
        Self { show, ana, ben, cara, viewer, before }
    }

    fn kill_server(&mut self) {
        let server = self.show.host.process("livekit-server").expect("a server runs");
        rig::kill(server);
        until("another server runs", SOON, || {
            self.show.host.process("livekit-server").filter(|pid| *pid != server)
        });
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

    /// What the server tells everybody of the three, as two of them see it.
    fn stamps(&mut self) -> [Value; 3] {
        [stamp(&mut self.ben, "ana"), stamp(&mut self.ana, "ben"), stamp(&mut self.ana, "cara")]
    }

    /// Nobody outside of ben's own machine was ever told that his microphone is open.
    fn ben_was_never_heard(&self, from: usize) {
        let events = self.ana.seen().all();
        let opened = events[from..].iter().find(|event| {
            let it = &event["muted"];
            it["of"] == "ben" && it["source"] == "microphone" && it["muted"] == false
        });
        assert!(opened.is_none(), "{opened:?}");
    }
}

fn on_stage(snapshot: &Value, identity: &str) -> bool {
    person(snapshot, identity)["position"] == "on_stage"
}

/// Waits until a seat is in after it was out, and its devices were never touched meanwhile.
fn returns_with_its_devices(seat: &Console, identity: &str, wanted: [bool; 2]) {
    seat.until("the seat is in", LATER, |snapshot| {
        assert_eq!(devices(snapshot, identity), wanted, "a device of the seat was switched");
        (snapshot["seat"] == "in").then_some(())
    });
}

/// FX-N1: the server is killed twice. The first time everything is as it was before; the second time somebody is
/// taken off the stage while there is no server, and is off the stage for everybody when it is back.
#[test]
fn a_killed_server_costs_nobody_their_place_their_tracks_or_their_silence() {
    let _turn = turn();
    let mut party = Party::begin();
    let (stamps, recorded) = (party.stamps(), party.recorded());
    let quiet_from = party.ana.seen().count();
    assert!(stamps.iter().all(|stamp| stamp["position"] == "on_stage"), "{stamps:#?}");

    let began = Instant::now();
    party.kill_server();
    took("another server", began);
    party.cara.until("the seat notices", SOON, |snapshot| (snapshot["seat"] != "in").then_some(()));
    returns_with_its_devices(&party.cara, "cara", [true, true]);
    took("the seat is in again", began);
    let before = party.before.clone();
    party.is_back(&before);
    took("everything is back", began);
    sees_it_move(&mut party.viewer, "host/program");
    took("the audience sees the program", began);
    until("everybody is stamped as before", LATER, || (party.stamps() == stamps).then_some(()));
    party.ben_was_never_heard(quiet_from);

    let began = Instant::now();
    party.kill_server();
    let off = json!({ "show": { "remove_from_stage": { "bus": "program", "person": "cara" } } });
    party.show.ask(off);
    let mut wanted = before;
    wanted["program"]["people"].as_array_mut().unwrap().retain(|one| one != "cara");
    for one in wanted["people"].as_array_mut().unwrap().iter_mut().filter(|one| one["identity"] == "cara") {
        one["position"] = "backstage".into();
    }
    returns_with_its_devices(&party.cara, "cara", [true, true]);
    party.is_back(&wanted);
    took("everything is back", began);
    sees_it_move(&mut party.viewer, "host/program");
    until("who was taken off is stamped so", LATER, || {
        let now = party.stamps();
        (now[2]["position"] == "backstage" && now[..2] == stamps[..2]).then_some(())
    });
    party.ben_was_never_heard(quiet_from);
    assert!(party.recorded() > recorded, "the recording stood still");
    let Party { show, .. } = party;
    show.end();
}

#[test]
fn a_server_that_stands_still_for_a_moment_costs_no_word_and_no_person() {
    let _turn = turn();
    let mut party = Party::begin();
    let before = party.before.clone();
    let server = party.show.host.process("livekit-server").unwrap();
    say(&mut party.cara, "before");
    rig::freeze(server);
    for number in 0..10 {
        say(&mut party.cara, &format!("meanwhile {number}"));
        std::thread::sleep(Duration::from_millis(500));
    }
    rig::thaw(server);
    let began = Instant::now();
    say(&mut party.cara, "after");
    party.show.host.told("crew", "after", LATER).expect("the last word comes");
    took("the last word", began);
    party.is_back(&before);
    took("everything is back", began);
    let meanwhile = (0..10).map(|number| format!("meanwhile {number}"));
    let wanted: Vec<_> =
        std::iter::once("before".to_owned()).chain(meanwhile).chain(["after".into()]).collect();
    let kept: Vec<_> = chat(&party.show.host).into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(kept, wanted);
    let Party { show, ana, ben, .. } = party;
    for guest in [&ana, &ben] {
        assert_eq!(guest.seen().of("disconnected"), Vec::<Value>::new());
    }
    show.end();
}
