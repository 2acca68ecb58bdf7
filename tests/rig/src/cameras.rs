//! Cameras to plug in and pull out, as files for the library `test-camera` (its own page tells what a file may say).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the folder of cameras to the library.
const FOLDER: &str = "SIDESTAGE_TEST_CAMERAS";

/// A bus of cameras. **What is plugged in is whole from the first moment on: no reader sees half of it.**
#[derive(Clone, Debug)]
pub struct Cameras {
    folder: PathBuf,
}

impl Cameras {
    /// The bus in this folder, which is there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The bus that this process itself was started on; `None` when it was not started by [`Self::preload`].
    pub fn around_us() -> Option<Self> {
        std::env::var_os(FOLDER).map(Self::new)
    }

    /// Has a command's process see these cameras and no others. The library lies beside this program when `test-camera`
    /// is among the package's dev-dependencies.
    ///
    /// # Panics
    /// When it is not there: without it the test would look for real cameras.
    pub fn preload(&self, command: &mut Command) {
        let program = std::env::current_exe().expect("a program knows where it is");
        self.preload_from(command, &program.with_file_name("libtest_camera.so"));
    }

    /// The same with a library that lies elsewhere.
    ///
    /// # Panics
    /// When it is not there.
    pub fn preload_from(&self, command: &mut Command, library: &Path) {
        assert!(library.exists(), "{} is not there", library.display());
        command.env("LD_PRELOAD", library).env(FOLDER, &self.folder);
    }

    /// Plugs a camera in, or changes what the one of this number does: its name and the lines of its file.
    ///
    /// # Panics
    /// As the rest of these do, when the folder cannot be written.
    pub fn plug(&self, number: u32, name: &str, lines: &[&str]) {
        let text = format!("{name}\n{}\n", lines.join("\n"));
        let unseen = self.folder.join(format!("new{number}"));
        fs::write(&unseen, text).expect("the folder of cameras can be written");
        fs::rename(unseen, self.file(number)).expect("the folder of cameras can be written");
    }

    /// Pulls a camera out.
    pub fn unplug(&self, number: u32) {
        fs::remove_file(self.file(number)).expect("the camera is plugged in");
    }

    /// What was done to the cameras so far: `video0 open`, `video0 stream`, `video0 close`.
    pub fn log(&self) -> Vec<String> {
        match fs::read_to_string(self.folder.join("log")) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
                Vec::new()
            }
        }
    }

    fn file(&self, number: u32) -> PathBuf {
        self.folder.join(format!("video{number}"))
    }
}
