//! A guest and an audience that are not our code.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::app::{Place, Running, turn};
use crate::support::python::Client;
use crate::support::recording::Recording;

const LIMIT: Duration = Duration::from_secs(120);
const HZ: u32 = 700;
const DBFS: f64 = -20.0;

/// What the audience's client hears of: nothing but these.
const PROGRAM: [(&str, &str); 2] = [("host", "audio"), ("host", "video")];

// S-233 S-13
#[test]
fn a_foreign_guest_is_in_the_program_and_a_foreign_viewer_gets_exactly_that() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let arguments = ["--seconds", "14", "--guests", "0", "--seats", "1", "--layout", "grid"];
    let mut command = place.rehearsal(&arguments);
    command.arg("--record").arg(&file);
    let mut running = Running::start(command);
    let seats: Value = serde_json::from_str(&running.line(Duration::from_secs(60))).unwrap();

    let guest = Client::guest(&seats["seats"][0], 13, HZ, DBFS);
    let viewer = Client::join(&seats["air"], json!({ "seconds": 13, "listen": [HZ, 1000] }));
    let viewer = viewer.report();
    drop(guest);
    let (status, report) = running.report(LIMIT);
    assert!(status.success(), "{report:#}");

    seen_by_the_audience(&viewer);
    heard_and_seen_in_the_recording(&Recording::read(&file));
}

fn seen_by_the_audience(viewer: &Value) {
    let tracks = viewer["tracks"].as_array().unwrap();
    let mut got: Vec<_> =
        tracks.iter().map(|t| (t["from"].as_str().unwrap(), t["kind"].as_str().unwrap())).collect();
    got.sort_unstable();
    assert_eq!(got, PROGRAM, "{viewer:#}");

    let ticks: Vec<_> =
        viewer["ticks"].as_array().unwrap().iter().map(|tick| tick.as_u64().unwrap()).collect();
    assert!(ticks.len() > 60, "only {} readable frames: {viewer:#}", ticks.len());
    assert!(ticks.windows(2).all(|pair| pair[0] <= pair[1]), "frame numbers run backwards");
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    assert!(last - first >= 60, "the program stood still: {first} … {last}");

    let level = viewer["levels"][HZ.to_string()].as_f64().unwrap();
    assert!((level - DBFS).abs() <= 3.0, "the guest's tone reached the audience at {level} dBFS");
}

fn heard_and_seen_in_the_recording(recording: &Recording) {
    let middle = recording.seconds / 2.0;
    let level = recording.level(f64::from(HZ), middle, middle + 2.0);
    assert!((level - DBFS).abs() <= 3.0, "the guest's tone was recorded at {level} dBFS");
    let beside = recording.level(f64::from(HZ) * 1.5, middle, middle + 2.0);
    assert!(beside < level - 20.0, "as loud beside it: {beside} dBFS");

    // Two on stage: the host left, the guest right, in the order of their coming.
    let [y, u, v] = recording.colour(middle, 0.75, 0.5);
    let near = |got: u8, sent: u8| got.abs_diff(sent) <= 12;
    assert!(near(y, 145) && near(u, 54) && near(v, 34), "the guest's place shows {:?}", [y, u, v]);
}
