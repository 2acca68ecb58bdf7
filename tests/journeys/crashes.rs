//! What a show survives: the death of each of its processes.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::app::{Place, Running, turn, until};
use crate::support::recording::Recording;
use crate::support::tree;

const LIMIT: Duration = Duration::from_secs(120);

/// A rehearsal that records, and the moment its file began to grow.
fn live(place: &Place, file: &Path, seconds: &str, guests: &str) -> (Running, Instant) {
    let arguments = ["--seconds", seconds, "--guests", guests, "--layout", "grid"];
    let mut command = place.rehearsal(&arguments);
    command.arg("--record").arg(file);
    let running = Running::start(command);
    until("the recording grows", Duration::from_secs(60), || {
        std::fs::metadata(file).ok().filter(|about| about.len() > 0)
    });
    (running, Instant::now())
}

fn one(running: &Running, name: &str) -> u32 {
    until(name, Duration::from_secs(20), || tree::named(running.pid(), name).first().copied())
}

/// Program frames that the recording lacks or shows twice. A machine that is busy with something else may
/// compose one late; none may be lost.
fn lost(report: &Value) -> u64 {
    count(report, "missing") + count(report, "repeated")
}

fn count(report: &Value, what: &str) -> u64 {
    report["file"][what].as_u64().unwrap_or_else(|| panic!("{what}: {report:#}"))
}

/// The loudest fifth of a second of one frequency from a moment on: a robot sounds for 100 ms each second.
fn loudest(recording: &Recording, hz: f64, from: f64) -> f64 {
    let starts = (0..20).map(|step| from + f64::from(step) * 0.1);
    starts.map(|at| recording.level(hz, at, at + 0.2)).fold(f64::MIN, f64::max)
}

#[test]
fn killing_the_app_leaves_a_playable_recording_and_no_process_after_a_minute() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let (mut running, since) = live(&place, &file, "60", "1");
    std::thread::sleep(Duration::from_secs(5));
    let family = tree::family(running.pid());
    assert!(family.len() >= 6, "{family:?}");
    let recorded = since.elapsed().as_secs_f64();
    tree::signal(running.pid(), "KILL");
    running.wait(Duration::from_secs(5));

    until("only keeper and server are left", Duration::from_secs(10), || {
        let mut left: Vec<_> = tree::left(&family).into_iter().map(|process| process.name).collect();
        left.sort();
        (left == ["livekit-server", "sidestage-keeper"]).then_some(())
    });
    let recording = Recording::read(&file);
    assert!(recording.seconds >= recorded - 1.0, "{} s of {recorded} s", recording.seconds);

    until("nothing is left", Duration::from_secs(61), || tree::left(&family).is_empty().then_some(()));
    assert!(!place.home().join("run/keeper.sock").exists());
}

#[test]
fn an_engine_that_is_killed_costs_no_program_frame_and_comes_back() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let (mut running, _) = live(&place, &file, "14", "1");
    for (wait, name) in [(1, "KILL"), (3, "ABRT"), (3, "STOP")] {
        std::thread::sleep(Duration::from_secs(wait));
        // The crew's engine was started first.
        let engines = until("both engines run", Duration::from_secs(20), || {
            Some(tree::named(running.pid(), "sidestage-engine")).filter(|engines| engines.len() >= 2)
        });
        tree::signal(*engines.iter().min().unwrap(), name);
    }
    let (_, report) = running.report(LIMIT);
    assert_eq!(report["engine_restarts"], 3, "{report:#}");
    assert_eq!(lost(&report), 0, "{report:#}");
    let guest = &report["guests"][0];
    assert!(guest["latency_ms"]["p50"].is_number(), "the guest never came back: {report:#}");
}

#[test]
fn a_server_that_is_killed_comes_back_under_the_running_show() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let (mut running, _) = live(&place, &file, "15", "1");
    std::thread::sleep(Duration::from_secs(2));
    let server = one(&running, "livekit-server");
    tree::signal(server, "KILL");
    until("another server runs", Duration::from_secs(10), || {
        tree::named(running.pid(), "livekit-server").into_iter().find(|pid| *pid != server)
    });
    let (_, report) = running.report(LIMIT);
    assert!(report["faults"].to_string().contains("server_lost"), "{report:#}");
    assert_eq!(lost(&report), 0, "{report:#}");
    let recording = Recording::read(&file);
    let heard = loudest(&recording, 440.0, recording.seconds - 2.5);
    assert!(heard > -40.0, "the guest is not heard again: {heard} dBFS");
}

#[test]
fn an_encoder_that_is_killed_costs_at_most_a_moment_of_the_recording() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let (mut running, _) = live(&place, &file, "10", "0");
    std::thread::sleep(Duration::from_secs(3));
    tree::signal(one(&running, "ffmpeg"), "KILL");
    let (_, report) = running.report(LIMIT);
    assert!(report["faults"].to_string().contains("encoder_lost"), "{report:#}");
    let recording = Recording::read(&file);
    assert!(recording.seconds > 7.0, "{} s of 10 s", recording.seconds);
}
