//! A remux that takes as long as a test wants it to.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;

use super::*;

/// A show whose remux waits for a file to appear.
struct Slow {
    home: tempfile::TempDir,
    media: Media,
    reports: Receiver<MediaReport>,
}

impl Slow {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let real = crate::find_ffmpeg(home.path()).unwrap();
        let (gate, script) = (home.path().join("gate"), home.path().join("ffmpeg"));
        // It ends by itself after two minutes, which no test that passes needs.
        let wait = format!("for i in $(seq 2400); do [ -e {} ] && break; sleep 0.05; done", gate.display());
        let exec = format!("exec {} \"$@\"", real.display());
        fs::write(&script, format!("#!/bin/sh\ncase \"$*\" in *faststart*) {wait};; esac\n{exec}\n"))
            .unwrap();
        fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
        let (media, reports) = start_with(Config { ffmpeg: Ok(script), ..config(home.path()) });
        Self { home, media, reports }
    }

    /// Opens a show and records it; gives the segment once it has bytes.
    fn record(&self, epoch: Epoch) -> PathBuf {
        for order in [own_sources(), own_scene(), MediaOrder::Open { epoch, format: FORMAT }] {
            self.media.order(order);
        }
        self.media.order(MediaOrder::Record {
            epoch,
            program: ProgramId(0),
            take: TakeId(1),
            folder: None,
            name: "show".into(),
        });
        wait(&self.reports, |report| match report {
            MediaReport::Recording { path, .. } => Some(path.into()),
            MediaReport::RecordingFailed { fault, .. } => panic!("{fault:?}"),
            _ => None,
        })
    }

    /// Ends the show; gives the recording when all is closed.
    fn stop(&self, epoch: Epoch) -> PathBuf {
        self.media.order(MediaOrder::Finish { epoch });
        let path = wait(&self.reports, |report| match report {
            MediaReport::Recorded { epoch: of, path, .. } if of == epoch => Some(path.into()),
            _ => None,
        });
        self.media.order(MediaOrder::Close { epoch });
        until(&self.reports, &MediaReport::Closed { epoch });
        path
    }

    fn gate(&self) -> PathBuf {
        self.home.path().join("gate")
    }

    /// Lets the remux go on after a while.
    fn open_later(&self) -> thread::JoinHandle<()> {
        let gate = self.gate();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            fs::write(gate, "").unwrap();
        })
    }
}

fn only_mp4(mkv: &Path) {
    assert!(mkv.with_extension("mp4").is_file(), "{}", mkv.display());
    assert!(!mkv.exists(), "{}", mkv.display());
}

#[test]
fn a_slow_remux_holds_up_neither_the_stop_nor_the_close_nor_the_next_show() {
    let slow = Slow::start();
    let mkv = slow.record(Epoch(1));
    assert_eq!(slow.stop(Epoch(1)), mkv);
    assert!(mkv.is_file() && !mkv.with_extension("mp4").exists(), "still to be remuxed");
    // A show of the same name is another file.
    let next = slow.record(Epoch(2));
    assert_ne!(next, mkv);
    assert_eq!(slow.stop(Epoch(2)), next);
    fs::write(slow.gate(), "").unwrap();
    slow.media.settle();
    let paths: [PathBuf; 2] = [(); 2].map(|()| wait(&slow.reports, remuxed).into());
    for recording in [mkv, next] {
        only_mp4(&recording);
        assert!(paths.contains(&recording.with_extension("mp4")), "{paths:?}");
    }
}

#[test]
fn who_settles_finds_the_last_file() {
    let slow = Slow::start();
    slow.record(Epoch(1));
    let mkv = slow.stop(Epoch(1));
    let opened = slow.open_later();
    slow.media.settle();
    only_mp4(&mkv);
    opened.join().unwrap();
}

#[test]
fn the_end_of_the_app_waits_for_the_remux() {
    let slow = Slow::start();
    slow.record(Epoch(1));
    let mkv = slow.stop(Epoch(1));
    let opened = slow.open_later();
    drop(slow.media);
    only_mp4(&mkv);
    opened.join().unwrap();
}
