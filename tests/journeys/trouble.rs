//! Bad surroundings: each gets a fault that says what happened, and the show keeps what it can.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::app::{Place, Running, turn, until};
use crate::support::python::Client;
use crate::support::recording::Recording;

const LIMIT: Duration = Duration::from_secs(120);

/// A rehearsal that cannot start: exit code 1 and a sentence with the fault's code.
fn fails_with(command: Command, code: &str) {
    let mut running = Running::start(command);
    let status = running.wait(LIMIT);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(status.code(), Some(1), "{}", running.said());
    assert!(running.said().contains(code), "no word of {code}:\n{}", running.said());
}

/// A short rehearsal that finds a tool elsewhere than usual.
fn with_tool(place: &Place, variable: &str, path: impl AsRef<Path>) -> Command {
    let mut command = short(place);
    command.env(variable, path.as_ref());
    command
}

fn recording_to(place: &Place, file: impl AsRef<Path>) -> Command {
    let mut command = short(place);
    command.arg("--record").arg(file.as_ref());
    command
}

fn short(place: &Place) -> Command {
    place.rehearsal(&["--seconds", "2", "--guests", "0"])
}

fn script(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_missing_or_wrong_library_is_named() {
    let _turn = turn();
    let place = Place::new();
    const LIBRARY: &str = "SIDESTAGE_LIVEKIT_LIB";
    fails_with(with_tool(&place, LIBRARY, "/nowhere/lib.so"), "library_missing");
    let other = place.path("lib.so");
    std::fs::write(&other, "not a library").unwrap();
    fails_with(with_tool(&place, LIBRARY, other), "library_wrong");
}

#[test]
fn a_missing_or_wrong_server_is_named() {
    let _turn = turn();
    let place = Place::new();
    const SERVER: &str = "SIDESTAGE_LIVEKIT_SERVER";
    fails_with(with_tool(&place, SERVER, "/nowhere/server"), "server_missing");
    let old = place.path("server");
    script(&old, "#!/bin/sh\necho livekit-server version 0.1.0\n");
    fails_with(with_tool(&place, SERVER, old), "server_wrong");
}

#[test]
fn a_missing_encoder_is_named_and_nothing_goes_live_without_it() {
    let _turn = turn();
    let place = Place::new();
    fails_with(with_tool(&place, "SIDESTAGE_FFMPEG", "/nowhere/ffmpeg"), "encoder_missing");
}

#[test]
fn a_recording_folder_that_is_not_there_or_read_only_is_named() {
    let _turn = turn();
    let place = Place::new();
    fails_with(recording_to(&place, place.path("missing/show.mkv")), "folder_missing");
    fails_with(recording_to(&place, "/sys/show.mkv"), "folder_read_only");
}

/// A small file system of its own. Needs root, as continuous integration has.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn new(place: &Place, megabytes: u32) -> Self {
        let path = place.path("disk");
        std::fs::create_dir(&path).unwrap();
        let size = format!("size={megabytes}m");
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).status().unwrap();
        assert!(done.success(), "a small disk needs the right to mount");
        Self(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_fills_up_stops_the_recording_and_not_the_show() {
    let _turn = turn();
    let place = Place::new();
    let disk = SmallDisk::new(&place, 72);
    let file = disk.0.join("show.mkv");
    let mut command = place.rehearsal(&["--seconds", "12", "--guests", "0"]);
    command.arg("--record").arg(&file);
    let mut running = Running::start(command);
    until("the recording grows", LIMIT, || {
        std::fs::metadata(&file).ok().filter(|about| about.len() > 50_000)
    });
    // 64 MB are held in reserve; somebody else takes what is above.
    std::fs::write(disk.0.join("other"), vec![1; 12_000_000]).unwrap();
    let (_, report) = running.report(LIMIT);
    assert!(report["faults"].to_string().contains("disk_full"), "{report:#}");
    assert!(report["program"]["composed"].as_u64().unwrap() > 300, "the show ended early: {report:#}");
    assert!(Recording::read(&file).seconds > 0.5);
}

#[test]
fn a_damaged_locked_or_newer_database_never_stops_a_show() {
    let _turn = turn();
    let place = Place::new();
    std::fs::create_dir_all(place.home()).unwrap();
    let file = place.home().join("studio.db");

    std::fs::write(&file, "this is no database, and longer than its header would be ".repeat(99)).unwrap();
    let (status, report) = Running::start(short(&place)).report(LIMIT);
    assert!(status.success() && report["faults"].to_string().contains("store_corrupt"), "{report:#}");

    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let (status, report) = Running::start(short(&place)).report(LIMIT);
    assert!(status.success() && report["faults"].to_string().contains("store_locked"), "{report:#}");
    other.execute_batch("ROLLBACK; PRAGMA user_version = 99").unwrap();
    drop(other);

    let before = std::fs::read(&file).unwrap();
    let (status, report) = Running::start(short(&place)).report(LIMIT);
    assert!(status.success() && report["faults"].to_string().contains("store_newer"), "{report:#}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_guest_with_pictures_of_any_size_never_disturbs_the_program() {
    let _turn = turn();
    let place = Place::new();
    let file = place.path("show.mkv");
    let mut command =
        place.rehearsal(&["--seconds", "12", "--guests", "0", "--seats", "1", "--layout", "grid"]);
    command.arg("--record").arg(&file);
    let mut running = Running::start(command);
    let seats: Value = serde_json::from_str(&running.line(Duration::from_secs(60))).unwrap();
    // Smaller ones end the sending library's own process; what the engine does with them is tested there.
    let sizes = json!([[639, 359], [16, 16], [3840, 2160], [641, 361], [640, 360]]);
    let picture = json!({ "width": 640, "height": 360, "fps": 10, "luma": 145, "chroma": [54, 34] });
    let guest =
        Client::join(&seats["seats"][0], json!({ "seconds": 12, "picture": picture, "sizes": sizes }));
    let (_, report) = running.report(LIMIT);
    drop(guest);
    let counts = ["missing", "repeated"].map(|what| report["file"][what].as_u64());
    assert_eq!(counts, [Some(0), Some(0)], "{report:#}");
    assert!(report["guests"].to_string().contains("seat-1"), "{report:#}");
}
