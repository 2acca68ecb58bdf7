//! Encoders, disks and folders that fail while a recording runs.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use rustix::process::{Signal, kill_process};

use super::*;

/// A disk of so many megabytes; gone with the value.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf, options: &str) -> Self {
        assert!(
            rustix::process::geteuid().is_root(),
            "this test mounts a small disk and has to be run as root"
        );
        std::fs::create_dir_all(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&at).status();
        assert!(mounted.unwrap().success());
        Self(at)
    }

    /// Writes a file that leaves so many bytes free.
    fn fill_but(&self, left: u64) {
        let mut ballast =
            std::fs::File::options().create(true).append(true).open(self.0.join("ballast")).unwrap();
        let room = check::room(&ballast).unwrap().saturating_sub(left);
        let written = std::io::copy(&mut std::io::Read::take(std::io::repeat(1), room), &mut ballast);
        assert!(written.is_ok_and(|written| written == room));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Ticks that are missing, as the numbers of the recording tell, and what else must hold for joined segments.
fn joined(rig: &mut Rig, first: u64) -> u64 {
    let ticks = rig.tick - first;
    let (path, _, _) = rig.finished();
    assert_eq!(path.extension().unwrap(), "mp4");
    let folder = path.parent().unwrap();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "the segments are gone");
    let found = rig.inspect(&path);
    assert_eq!((found.first_tick, found.repeated, found.unreadable), (Some(first as u32), 0, 0));
    assert_eq!(found.frames + found.missing, ticks, "to the last tick");
    // What is missing is a gap in time, too: nothing after it moved.
    assert!((found.seconds - ticks as f64 / 30.0).abs() < 0.1, "{} for {ticks}", found.seconds);
    found.missing
}

#[test]
fn a_killed_encoder_costs_less_than_a_second_and_the_segments_are_joined() {
    let mut rig = Rig::new();
    rig.start("show");
    let first = rig.tick;
    rig.run_until_recording(0);
    rig.run(45);
    kill_process(encoder_of(&rig.segment(0).unwrap()), Signal::KILL).unwrap();
    let killed = rig.clock.at(rig.tick);
    rig.run_until_recording(1);
    let begun = rig.reported(|report| match report {
        MediaReport::Recording { segment: 1, at, .. } => Some(*at),
        _ => None,
    });
    assert!(begun.unwrap().since(killed).ms() < 2_000, "a segment begins within two seconds");
    rig.run(30);
    assert_eq!(rig.trouble(|_| true), Some(Fault::EncoderLost { segments: 2 }));
    let missing = joined(&mut rig, first);
    assert!(missing <= 30, "{missing} ticks are missing");
}

#[test]
fn a_stopped_encoder_is_replaced_and_nobody_waits_for_it() {
    let mut rig = Rig::new();
    rig.start("show");
    let first = rig.tick;
    rig.run_until_recording(0);
    rig.run(30);
    let file = rig.segment(0).unwrap();
    let pid = encoder_of(&file);
    kill_process(pid, Signal::STOP).unwrap();
    rig.run_until_recording(1);
    assert_eq!(processes(&file), [], "the stopped one is gone");
    rig.run(30);
    assert_eq!(rig.trouble(|_| true), Some(Fault::EncoderLost { segments: 2 }));
    let missing = joined(&mut rig, first);
    assert!(missing <= 36, "what waited in the queue is there: {missing} ticks are missing");
}

#[test]
fn an_encoder_that_is_far_behind_costs_a_gap_and_never_the_caller() {
    let mut rig = Rig::new();
    let patient = Limits { patience: Duration::from_secs(60), ..Limits::default() };
    rig.start_with("show", patient);
    let first = rig.tick;
    rig.run_until_recording(0);
    kill_process(encoder_of(&rig.segment(0).unwrap()), Signal::STOP).unwrap();
    // More than fits the queue, all at once.
    let recorder = rig.recorder.as_ref().unwrap();
    let mut black = rig.pool.draft(FORMAT.width, FORMAT.height).unwrap();
    black.planes_mut().y.fill(16);
    let picture = black.publish(now(), 0);
    let begun = Instant::now();
    for _ in 0..500 {
        rig.tick += 1;
        recorder.frame(rig.tick, picture.clone());
        recorder.sound(rig.tick, &[0.0; 960]);
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    drop(picture);
    wait_for("the next segment", || rig.trouble(|fault| matches!(fault, Fault::EncoderLost { .. })));
    let (path, _, _) = rig.finished();
    let found = rig.inspect(&path);
    assert_eq!((found.first_tick, found.missing), (Some(first as u32), 0));
    assert!(found.unreadable > 0, "the black pictures of the new segment are there: {found:?}");
}

/// Records on a disk that others fill until only so many bytes are left; gives what is left in the end.
fn fill_up(left: u64) -> u64 {
    let disk = std::cell::OnceCell::new();
    let mut rig = Rig::in_folder(
        |home| disk.get_or_init(|| Disk::mount(home.join("disk"), "size=24m")).0.clone(),
        ffmpeg(),
    );
    let limits = Limits { reserve: RESERVE, rate_after: Duration::from_secs(1), ..Limits::default() };
    rig.start_with("show.mkv", limits);
    let first = rig.tick;
    rig.run_until_recording(0);
    rig.run(60);
    let disk = disk.get().unwrap();
    disk.fill_but(RESERVE + (1 << 20));
    wait_for("the warning", || {
        rig.run(3);
        rig.trouble(|fault| matches!(fault, Fault::DiskLow { seconds, .. } if *seconds < 300))
    });
    disk.fill_but(left);
    wait_for("the end", || {
        rig.run(3);
        rig.failed()
    });
    let full = rig.tick;
    assert_eq!(rig.failed(), Some(Fault::DiskFull { path: disk.0.display().to_string() }));
    // The show goes on, and the take is still finished when it ends.
    rig.run(10);
    let (path, _, _) = rig.finished();
    let found = rig.inspect(&path);
    // The last picture written may lack the three that were to be shown before it.
    assert!(found.first_tick == Some(first as u32) && found.missing <= 3, "{found:?}");
    // Noticed within a second, and a cluster lost at the most.
    assert!(found.frames + 60 >= full - first, "{} of {}", found.frames, full - first);
    check::room(std::fs::File::open(&path).unwrap()).unwrap()
}

const RESERVE: u64 = 4 << 20;

#[test]
fn a_disk_that_fills_up_is_announced_and_the_recording_ends_while_the_reserve_is_there() {
    assert!(fill_up(RESERVE / 2) > RESERVE / 4);
}

#[test]
fn a_disk_that_is_full_at_once_leaves_a_file_that_plays() {
    fill_up(0);
}

#[test]
fn a_removed_folder_costs_nothing_and_the_recording_goes_on_in_another() {
    let mut rig = Rig::new();
    rig.start("show");
    let first = rig.tick;
    rig.run_until_recording(0);
    rig.run(30);
    std::fs::remove_dir_all(&rig.config.videos).unwrap();
    rig.run_until_recording(1);
    rig.run(15);
    let fallback = rig.config.fallback.clone();
    assert_eq!(rig.trouble(|_| true), Some(Fault::FolderChanged { path: fallback.display().to_string() }));
    assert_eq!(rig.segment(1).unwrap().parent(), Some(fallback.as_path()));
    assert_eq!(joined(&mut rig, first), 0, "what was in the removed file is kept");
}

#[test]
fn a_folder_that_turns_read_only_is_left_with_its_files_in_it() {
    let disk = std::cell::OnceCell::new();
    let mut rig = Rig::in_folder(
        |home| disk.get_or_init(|| Disk::mount(home.join("disk"), "size=24m")).0.clone(),
        ffmpeg(),
    );
    let enough = Limits { reserve: 1 << 20, ..Limits::default() };
    rig.start_with("show.mkv", enough);
    rig.run_until_recording(0);
    rig.run(30);
    let first_file = rig.segment(0).unwrap();
    // A second mount over the folder, read-only: whoever opens a file anew is refused.
    let folder = &disk.get().unwrap().0;
    let bound = Command::new("mount").args(["--bind", "-o", "ro"]).args([folder, folder]).status();
    assert!(bound.unwrap().success());
    let shadow = Disk(folder.clone());
    kill_process(encoder_of(&first_file), Signal::KILL).unwrap();
    rig.run_until_recording(1);
    rig.run(15);
    assert!(rig.trouble(|fault| matches!(fault, Fault::FolderChanged { .. })).is_some());
    let (path, _, _) = rig.finished();
    assert_eq!(path.parent(), Some(rig.config.fallback.as_path()));
    assert!(rig.inspect(&path).missing <= 30);
    drop(shadow);
}

#[test]
fn an_encoder_that_never_works_is_reported_and_leaves_nothing() {
    for (encoder, expected) in [
        (PathBuf::from("/bin/false"), Fault::MediaFailed),
        (PathBuf::from("/nowhere/ffmpeg"), Fault::EncoderMissing { looked: vec!["/nowhere/ffmpeg".into()] }),
    ] {
        let mut rig = Rig::in_folder(|home| home.join("videos"), encoder);
        rig.start("show");
        wait_for("the failure", || {
            rig.run(3);
            rig.failed()
        });
        rig.run(3);
        assert_eq!(rig.finish(), MediaReport::RecordingFailed { epoch: EPOCH, fault: expected });
        assert_eq!(std::fs::read_dir(&rig.config.videos).unwrap().count(), 0);
    }
}

/// An ffmpeg that does this before it remuxes, and all else as ever.
fn remuxing_by(home: &Path, act: &str) -> PathBuf {
    let script = home.join("ffmpeg");
    let text =
        format!("#!/bin/sh\ncase \"$*\" in *faststart*) {act};; esac\nexec {} \"$@\"\n", ffmpeg().display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    script
}

#[test]
fn a_remux_gives_way_when_others_need_the_last_room_on_the_disk() {
    let home = tempfile::tempdir().unwrap();
    let disk = Disk::mount(home.path().join("disk"), "size=24m");
    let mut rig = Rig::in_folder(|_| disk.0.clone(), remuxing_by(home.path(), "exec sleep 60"));
    rig.start_with("show", Limits { reserve: RESERVE, ..Limits::default() });
    rig.run(45);
    let (path, _, _) = rig.recorded();
    assert_eq!((path.as_path(), rig.trouble(|_| true)), (disk.0.join("show.mkv").as_path(), None));
    disk.fill_but(RESERVE * 3 / 2);
    let begun = Instant::now();
    rig.remuxes.settle();
    assert!(begun.elapsed() < Duration::from_secs(30), "it is not waited for");
    assert_eq!(rig.trouble(|_| true), Some(Fault::RemuxFailed { path: path.display().to_string() }));
    assert_eq!(rig.inspect(&path).frames, 45);
}

#[test]
fn a_recording_that_cannot_become_mp4_stays_matroska() {
    let home = tempfile::tempdir().unwrap();
    let script = remuxing_by(home.path(), "exit 1");
    let mut rig = Rig::in_folder(|home| home.join("videos"), script);
    rig.start("show");
    rig.run(45);
    let (path, _, _) = rig.finished();
    assert_eq!(path, rig.config.videos.join("show.mkv"));
    assert_eq!(rig.trouble(|_| true), Some(Fault::RemuxFailed { path: path.display().to_string() }));
    assert_eq!(rig.inspect(&path).frames, 45);
    assert_eq!(std::fs::read_dir(&rig.config.videos).unwrap().count(), 1, "no half file beside it");
}

#[test]
fn whatever_is_wrong_with_a_folder_is_found_before_the_show() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).display().to_string();
    let config = Config {
        ffmpeg: Ok(ffmpeg()),
        videos: home.path().join("Videos/Sidestage"),
        fallback: home.path().join("fallback"),
        burn_ticks: false,
        record_as: None,
    };
    let check = |folder: &str| Recorder::check(&config, Some(folder));
    assert_eq!(Recorder::check(&config, None), Ok(config.videos.clone()), "the platform's folder is made");
    assert_eq!(check(&path("none")), Err(Fault::FolderMissing { path: path("none") }));
    std::fs::write(path("file"), "").unwrap();
    assert_eq!(check(&path("file")), Err(Fault::FolderMissing { path: path("file") }));
    assert_eq!(check("/proc/self"), Err(Fault::FolderReadOnly { path: "/proc/self".into() }));

    let read_only = Disk::mount(home.path().join("read only"), "size=1m,ro");
    assert_eq!(check(&path("read only")), Err(Fault::FolderReadOnly { path: path("read only") }));
    let full = Disk::mount(home.path().join("full"), "size=32m");
    assert_eq!(check(&path("full")), Err(Fault::DiskFull { path: path("full") }));
    drop((read_only, full));

    let looked = vec!["/a/ffmpeg".to_owned(), "/b/ffmpeg".to_owned()];
    let without = Config { ffmpeg: Err(looked.clone()), ..config.clone() };
    assert_eq!(Recorder::check(&without, None), Err(Fault::EncoderMissing { looked }));
    let file = PathBuf::from(path("file"));
    let looked = vec![path("file")];
    let wrong = Config { ffmpeg: Ok(file), ..config };
    assert_eq!(Recorder::check(&wrong, None), Err(Fault::EncoderMissing { looked }));
}
