//! What is in a file that nobody finished.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::*;

const FOLDER: &str = "SIDESTAGE_TEST_RECORD_INTO";

/// Records until it is killed, when it is run by the test below; else does nothing.
#[test]
fn a_process_that_records() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut rig = Rig::in_folder(|_| folder, ffmpeg());
    rig.start("show");
    println!("\nstart {}", rig.clock.start().0);
    loop {
        rig.run(1);
        println!("tick {}", rig.tick - 1);
    }
}

#[test]
fn when_the_recording_process_is_killed_the_file_plays_to_within_a_second_and_the_encoder_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "record::tests::files::a_process_that_records"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut start = 0;
    let (mut first, mut last) = (None, 0);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(at) = line.strip_prefix("start ") {
            start = at.parse().unwrap();
        } else if let Some(tick) = line.strip_prefix("tick ") {
            last = tick.parse::<u64>().unwrap();
            // Not at the end of a cluster, and not at the start of a group of pictures.
            if last > *first.get_or_insert(last) + 100 {
                kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
                break;
            }
        }
    }
    child.wait().unwrap();
    wait_for("the encoder's end", || processes(folder.path()).is_empty().then_some(()));
    let clock = TickClock::new(studio_wire::time::ShowTime(start), FORMAT.fps);
    let found = read_back(&folder.path().join("show.mkv"), clock);
    assert_eq!((found.first_tick.map(u64::from), found.missing, found.repeated), (first, 0, 0));
    assert!(found.frames + 30 > last - first.unwrap(), "{} of {}", found.frames, last - first.unwrap());
}

#[test]
fn a_file_cut_anywhere_plays_to_its_last_whole_cluster() {
    let mut rig = Rig::new();
    rig.start("show.mkv");
    rig.run(120);
    let (path, _, _) = rig.finished();
    let whole = std::fs::read(&path).unwrap();
    let clusters = clusters(&whole);
    assert!(clusters.len() >= 4, "{clusters:?}");
    let cut = rig.home.path().join("cut.mkv");
    let mut seed = 0x5eed_u64;
    for _ in 0..20 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let length = clusters[0].0 + (seed >> 33) as usize % (whole.len() - clusters[0].0);
        std::fs::write(&cut, &whole[..length]).unwrap();
        let expected: u64 =
            clusters.iter().filter(|(end, _)| *end <= length).map(|(_, pictures)| pictures).sum();
        let found = read_back(&cut, rig.clock);
        // The picture that is cut itself may be spoilt, and lack the three that were to be shown before it.
        let sound = found.frames - found.unreadable;
        assert!(sound >= expected && found.unreadable <= 1, "{found:?}: {expected} before byte {length}");
        assert!(found.missing <= 3 && found.repeated == 0, "{found:?} at byte {length}");
    }
}

/// Ends of the clusters of a Matroska file, and the pictures in each.
fn clusters(file: &[u8]) -> Vec<(usize, u64)> {
    const SEGMENT: u32 = 0x1853_8067;
    const CLUSTER: u32 = 0x1f43_b675;
    const SIMPLE_BLOCK: u32 = 0xa3;
    const BLOCK_GROUP: u32 = 0xa0;
    let (mut at, mut found) = (0, Vec::<(usize, u64)>::new());
    while let Some((id, start, end)) = element(file, at) {
        match id {
            SEGMENT => at = start,
            CLUSTER => {
                found.push((end, 0));
                at = start;
            }
            SIMPLE_BLOCK | BLOCK_GROUP => {
                let block = if id == SIMPLE_BLOCK { start } else { element(file, start).unwrap().1 };
                if let Some((_, pictures)) = found.last_mut().filter(|_| file[block] == 0x81) {
                    *pictures += 1;
                }
                at = end;
            }
            _ => at = end,
        }
    }
    found
}

/// Id, start and end of the content of the element at this place.
fn element(file: &[u8], at: usize) -> Option<(u32, usize, usize)> {
    let id_length = file.get(at)?.leading_zeros() as usize + 1;
    let id = file.get(at..at + id_length)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let at = at + id_length;
    let length = file.get(at)?.leading_zeros() as usize + 1;
    let bytes = file.get(at..at + length)?;
    let size = bytes.iter().fold(0u64, |size, byte| size << 8 | u64::from(*byte)) & ((1 << (7 * length)) - 1);
    let start = at + length;
    Some((id, start, start.saturating_add(size as usize).min(file.len())))
}
