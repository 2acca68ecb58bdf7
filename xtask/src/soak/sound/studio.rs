//! A machine with devices: a sound server, microphones and speakers with clocks of their own, cameras.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use anyhow::{Context, Result, ensure};
use rig::Cameras;
use rig::pulse::Pulse;
use tempfile::TempDir;

use crate::display::Running;

/// Everything ends with the value: first the converters, then the server.
pub struct Studio {
    converters: Vec<Running>,
    losses: Arc<AtomicU64>,
    pub cameras: Cameras,
    clockwork: PathBuf,
    camera: PathBuf,
    _bus: TempDir,
    pub pulse: Pulse,
}

impl Studio {
    /// Without any device of its own yet, but for those that every server of the rig has.
    pub fn open(binaries: &Path) -> Result<Self> {
        let (clockwork, camera) =
            (binaries.join("examples/clockwork"), binaries.join("deps/libtest_camera.so"));
        for file in [&clockwork, &camera] {
            ensure!(
                file.exists(),
                "{} is not there: cargo build --workspace --examples makes it",
                file.display()
            );
        }
        let bus = tempfile::tempdir().context("making a bus of cameras")?;
        Ok(Self {
            converters: Vec::new(),
            losses: Arc::default(),
            cameras: Cameras::new(bus.path()),
            clockwork,
            camera,
            _bus: bus,
            pulse: Pulse::start(),
        })
    }

    /// A microphone whose clock is off by so many millionths, and what it hears: `--guest K` or `--hz HZ`.
    pub fn microphone(&mut self, name: &str, shown: &str, ppm: i32, hears: [&str; 2]) -> Result<()> {
        let pipe = self.pulse.piped_microphone(name, shown);
        self.converter(&["speak", &pipe.to_string_lossy(), "--ppm", &ppm.to_string(), hears[0], hears[1]])
    }

    /// A speaker whose clock is off by so many millionths.
    pub fn speaker(&mut self, name: &str, shown: &str, ppm: i32) -> Result<()> {
        let pipe = self.pulse.piped_speaker(name, shown);
        self.converter(&["listen", &pipe.to_string_lossy(), "--ppm", &ppm.to_string()])
    }

    fn converter(&mut self, words: &[&str]) -> Result<()> {
        let mut running = Running::start(&self.clockwork, words, &[])?;
        let (losses, output) = (self.losses.clone(), running.output().context("its output is a pipe")?);
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let lost = line.strip_prefix("lost ").and_then(|count| count.parse::<u64>().ok());
                losses.fetch_add(lost.unwrap_or_default(), Ordering::Relaxed);
            }
        });
        self.converters.push(running);
        Ok(())
    }

    /// Blocks of 10 ms that the converters lost so far in the middle of good sound: faults of this rig on a busy machine,
    /// or of a sound server that nobody served.
    pub fn losses(&self) -> u64 {
        self.losses.load(Ordering::Relaxed)
    }

    /// Has a command find these devices and no others.
    pub fn attach(&self, command: &mut Command) {
        command.envs(self.pulse.environment());
        self.cameras.preload_from(command, &self.camera);
    }
}
