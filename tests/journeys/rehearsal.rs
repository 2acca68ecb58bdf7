//! The headless show: a whole broadcast with robots, and the truth about it from the decoded file.

use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::support::app::{Place, Running, turn, until};
use crate::support::recording::Recording;
use crate::support::tree;

const LIMIT: Duration = Duration::from_secs(120);

fn database(place: &Place, query: &str) -> String {
    Connection::open(place.home().join("studio.db")).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
}

// S-222 S-300 S-16
#[test]
fn a_show_with_robots_runs_from_open_to_stop_and_leaves_a_whole_file() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let seconds = ["--seconds", "8", "--guests", "2", "--record", file.to_str().unwrap()];
    let (status, report) = Running::start(place.rehearsal(&seconds)).report(LIMIT);
    assert!(status.success(), "{report:#}");

    assert_eq!(report["schema"], 1);
    assert_eq!(report["faults"], Value::Array(vec![]), "{report:#}");
    assert_eq!(report["engine_restarts"], 0);
    assert_eq!(report["program"]["width"], 1920);
    let told = |what: &str| report["file"][what].as_f64().unwrap_or_else(|| panic!("{what}: {report:#}"));
    assert!((told("seconds") - 8.0).abs() < 0.5, "{report:#}");
    assert!((-40.0..=0.0).contains(&told("audio_peak_dbfs")), "{report:#}");
    let guests = report["guests"].as_array().unwrap();
    assert_eq!(guests.len(), 2);
    for guest in guests {
        let latency = guest["latency_ms"]["p50"].as_f64().unwrap_or_else(|| panic!("{report:#}"));
        assert!((5.0..2000.0).contains(&latency), "{guest}");
    }
    let names: Vec<_> = report["processes"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
    for name in
        ["sidestage", "sidestage-engine", "sidestage-keeper", "livekit-server", "sidestage-robot", "ffmpeg"]
    {
        assert!(names.iter().any(|seen| seen == name), "no {name} in {names:?}");
    }

    let recording = Recording::read(&file);
    #[allow(clippy::cast_precision_loss)]
    let counted = recording.frames as f64;
    assert!((counted - told("frames")).abs() < 1.0, "we count {counted}: {report:#}");
    assert_eq!(database(&place, "SELECT broadcast_state FROM live_sessions"), "idle");
    let host = "SELECT role || ' ' || status FROM live_participants WHERE user_id = 'host'";
    assert!(database(&place, host).starts_with("host "));
    assert_eq!(database(&place, "SELECT CAST(count(*) AS TEXT) FROM live_participants"), "4");
    let viewers = "SELECT CAST(count(*) AS TEXT) FROM live_participants WHERE role = 'viewer'";
    assert_eq!(database(&place, viewers), "1", "the robot that also watches the program");
}

#[test]
fn a_recording_named_mp4_is_remuxed_and_the_matroska_file_goes() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mp4");
    let seconds = ["--seconds", "3", "--guests", "0", "--layout", "solo", "--record", file.to_str().unwrap()];
    let (status, report) = Running::start(place.rehearsal(&seconds)).report(LIMIT);
    assert!(status.success(), "{report:#}");
    assert!(Recording::read(&file).seconds > 2.5);
    assert!(!file.with_extension("mkv").exists());
}

#[test]
fn a_script_is_run_as_the_host_and_a_refusal_becomes_a_fault() {
    let _turn = turn();
    let place = Place::new();
    let script = place.path("script");
    let lines = "{\"at_ms\": 500, \"command\": {\"show\": {\"layout\": {\"bus\": \"program\", \"layout\": \"solo\"}}}}\n\
                 {\"at_ms\": 900, \"command\": {\"show\": \"recover\"}}\n";
    std::fs::write(&script, lines).unwrap();
    let arguments =
        ["--seconds", "3", "--guests", "0", "--layout", "grid", "--script", script.to_str().unwrap()];
    let (_, report) = Running::start(place.rehearsal(&arguments)).report(LIMIT);
    assert!(report["faults"].to_string().contains("not_now"), "{report:#}");
}

#[test]
fn a_script_that_cannot_be_read_ends_it_before_the_start() {
    let place = Place::new();
    let script = place.path("script");
    std::fs::write(&script, "{\"at_ms\": 1, \"command\": \"fly\"}").unwrap();
    let mut running = Running::start(place.rehearsal(&["--script", script.to_str().unwrap()]));
    assert_eq!(running.wait(Duration::from_secs(10)).code(), Some(2));
    std::thread::sleep(Duration::from_millis(100));
    assert!(running.said().contains("line 1"), "{}", running.said());
    assert!(!place.home().exists());
}

#[test]
fn an_interrupted_rehearsal_stops_as_usual_and_still_reports() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let mut command = place.rehearsal(&["--seconds", "60", "--guests", "0"]);
    command.arg("--record").arg(&file);
    let mut running = Running::start(command);
    until("the recording grows", LIMIT, || std::fs::metadata(&file).ok().filter(|about| about.len() > 0));
    std::thread::sleep(Duration::from_secs(3));
    tree::signal(running.pid(), "INT");
    let (status, report) = running.report(Duration::from_secs(30));
    assert_eq!(status.code(), Some(130), "{report:#}");
    assert!(report["file"]["seconds"].as_f64().unwrap() > 2.0, "{report:#}");
    assert!(Recording::read(&file).seconds > 2.0);
}
