//! Recordings that nothing happens to.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;

#[test]
fn three_seconds_come_back_whole_in_step_and_as_mp4() {
    let mut rig = Rig::new();
    rig.start("show");
    let first = rig.tick;
    rig.run(96);
    let (path, bytes, frames) = rig.finished();

    assert_eq!((path.file_name().unwrap().to_str(), frames), (Some("show.mp4"), 96));
    assert_eq!(rig.segment(0).unwrap().file_name().unwrap(), "show.mkv");
    let left: Vec<_> =
        std::fs::read_dir(&rig.config.videos).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, std::slice::from_ref(&path), "nothing else is left in the folder");
    let metadata = path.metadata().unwrap();
    assert_eq!((metadata.len(), metadata.permissions().mode() & 0o777), (bytes, 0o600));

    let found = rig.inspect(&path);
    assert_eq!((found.frames, found.first_tick), (96, Some(first as u32)));
    assert_eq!((found.missing, found.repeated, found.unreadable), (0, 0, 0));
    assert!((found.seconds - 3.2).abs() < 0.005, "{}", found.seconds);
    let guest = &found.guests[0];
    assert!(guest.latency_ms.most.unwrap() < 1.5, "{guest:?}");
    assert!(guest.av_offset_ms.samples >= 2, "{guest:?}");
    let (least, most) = (guest.av_offset_ms.least.unwrap(), guest.av_offset_ms.most.unwrap());
    assert!(least > -3.0 && most < 3.0, "{guest:?}");
    assert!((guest.burst_dbfs.unwrap() + 24.0).abs() < 1.0, "{guest:?}");
    assert!((found.audio_peak_dbfs.unwrap() + 24.0).abs() < 1.5, "{found:?}");
}

#[test]
fn a_segment_is_reported_with_the_show_time_of_its_first_picture() {
    let mut rig = Rig::new();
    rig.start("show.mkv");
    let first = rig.clock.at(rig.tick);
    rig.run_until_recording(0);
    let at = rig.reported(|report| match report {
        MediaReport::Recording { epoch: EPOCH, segment: 0, at, .. } => Some(*at),
        _ => None,
    });
    assert_eq!(at, Some(first));
    assert!(rig.recorder.as_ref().unwrap().bytes() > 0);
    assert_eq!(rig.finished().0, rig.config.videos.join("show.mkv"), "what asks for Matroska stays Matroska");
}

#[test]
fn a_tick_nobody_composed_is_repeated_and_sound_nobody_mixed_is_silence() {
    let mut rig = Rig::new();
    rig.start("show.mkv");
    let first = rig.tick;
    let gap = first + 30..first + 40;
    // Sound is lost in the middle between two bursts.
    let start = rig.clock.start().ms();
    let silent = |block: u64| (400..540).contains(&((start + block * 10) % 1_000));
    rig.run_but(105, |tick| !gap.contains(&tick), |block| !silent(block));
    let (path, _, frames) = rig.finished();
    let found = rig.inspect(&path);
    assert_eq!((frames, found.frames), (105, 105));
    assert_eq!((found.missing, found.repeated), (10, 10));
    assert!((found.seconds - 3.5).abs() < 0.005);
    let offsets = &rig.inspect(&path).guests[0].av_offset_ms;
    assert!(offsets.samples >= 1 && offsets.least > Some(-3.0) && offsets.most < Some(3.0), "{offsets:?}");
}

#[test]
fn a_recording_without_any_sound_still_keeps_its_time() {
    let mut rig = Rig::new();
    rig.start("show.mp4");
    rig.run_but(60, |_| true, |_| false);
    let (path, _, _) = rig.finished();
    let found = rig.inspect(&path);
    assert_eq!((found.frames, found.missing, found.audio_peak_dbfs), (60, 0, None));
}

#[test]
fn pictures_are_tagged_bt_709_and_there_is_a_key_frame_every_two_seconds() {
    let mut rig = Rig::new();
    rig.start("show.mkv");
    rig.run(130);
    let (path, _, _) = rig.finished();
    let run = |arguments: &[&str]| {
        let output = Command::new(ffmpeg()).arg("-i").arg(&path).args(arguments).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (packets, said) = run(&["-map", "0:v", "-c", "copy", "-f", "framecrc", "-"]);
    assert!(said.contains("yuv420p(tv, bt709") && said.contains("48000 Hz, stereo"), "{said}");
    let keys: Vec<f64> = packets
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains("F="))
        .map(|line| line.split(',').nth(2).unwrap().trim().parse::<f64>().unwrap())
        .collect();
    assert_eq!(keys, [0.0, 2_000.0, 4_000.0], "in milliseconds");
}

#[test]
fn a_recording_finished_before_its_first_picture_leaves_no_file() {
    let mut rig = Rig::new();
    rig.start("show");
    assert_eq!(
        rig.finish(),
        MediaReport::Recorded { epoch: EPOCH, path: String::new(), bytes: 0, frames: 0 }
    );
    assert_eq!(std::fs::read_dir(&rig.config.videos).unwrap().count(), 0);
}
