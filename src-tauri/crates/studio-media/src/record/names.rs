//! What the files of a recording are called. **Nothing that is there already is written over** unless exactly that file
//! was asked for.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::check;

/// The container the finished file is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Matroska,
    Mp4,
}

impl Container {
    pub(super) const fn ending(self) -> &'static str {
        match self {
            Self::Matroska => "mkv",
            Self::Mp4 => "mp4",
        }
    }

    /// As ffmpeg calls it.
    pub(super) const fn muxer(self) -> &'static str {
        match self {
            Self::Matroska => "matroska",
            Self::Mp4 => "mp4",
        }
    }
}

/// A wished name: the part before the ending, safe as the name of a file, and the container.
pub(super) fn wished(name: &str) -> (String, Container) {
    let lower = name.to_ascii_lowercase();
    let (stem, container) = if lower.ends_with(".mkv") {
        (&name[..name.len() - 4], Container::Matroska)
    } else if lower.ends_with(".mp4") {
        (&name[..name.len() - 4], Container::Mp4)
    } else {
        (name, Container::Mp4)
    };
    // Room for " (2)", "-2" and the ending within the 255 bytes of a name.
    let mut safe: String = stem.chars().map(|c| if c == '/' || c.is_control() { '_' } else { c }).collect();
    while safe.len() > 200 {
        safe.pop();
    }
    let safe = safe.trim().trim_start_matches('.');
    (if safe.is_empty() { "recording".to_owned() } else { safe.to_owned() }, container)
}

/// Makes the file of a segment. The first one decides the stem that all others and the finished file keep: with
/// " (2)" and so on where something of that name is there.
pub(super) fn segment(folder: &Path, stem: &str, index: u32) -> io::Result<(File, PathBuf, String)> {
    for copy in 1.. {
        let stem = if copy == 1 { stem.to_owned() } else { format!("{stem} ({copy})") };
        let part = if index == 0 { String::new() } else { format!("-{}", index + 1) };
        let path = folder.join(format!("{stem}{part}.mkv"));
        if index == 0 && folder.join(format!("{stem}.mp4")).symlink_metadata().is_ok() {
            continue;
        }
        match check::create(&path) {
            Ok(file) => return Ok((file, path, stem)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && copy < 10_000 => {}
            Err(error) => return Err(error),
        }
    }
    unreachable!("the loop ends by itself")
}

/// Makes room for a recording that replaces the one of its name.
pub(super) fn make_way(folder: &Path, stem: &str) {
    for container in [Container::Matroska, Container::Mp4] {
        let path = folder.join(format!("{stem}.{}", container.ending()));
        if path.is_file() {
            let _ = fs::remove_file(path);
        }
    }
}

/// A name in the folder that is free, with " (2)" and so on if need be.
pub(super) fn free(folder: &Path, stem: &str, ending: &str) -> PathBuf {
    (1..)
        .map(|copy| match copy {
            1 => folder.join(format!("{stem}.{ending}")),
            _ => folder.join(format!("{stem} ({copy}).{ending}")),
        })
        .find(|path| path.symlink_metadata().is_err())
        .expect("there are more numbers than files")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_ending_decides_the_container_and_mp4_is_the_default() {
        assert_eq!(wished("show.mkv"), ("show".into(), Container::Matroska));
        assert_eq!(wished("show.MP4"), ("show".into(), Container::Mp4));
        assert_eq!(wished("show 20.11."), ("show 20.11.".into(), Container::Mp4));
    }

    #[test]
    fn a_name_cannot_leave_its_folder_or_be_none() {
        assert_eq!(wished("../../etc/x\n.mp4").0, "_.._etc_x_");
        assert_eq!(wished("").0, "recording");
        assert_eq!(wished(".mkv").0, "recording");
        assert!(wished(&"ä".repeat(300)).0.len() <= 200);
    }

    #[test]
    fn a_file_that_was_asked_for_by_name_is_replaced_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["show.mkv", "show.mp4", "show (2).mkv"] {
            fs::write(folder.path().join(name), "old").unwrap();
        }
        make_way(folder.path(), "show");
        assert_eq!(segment(folder.path(), "show", 0).unwrap().1, folder.path().join("show.mkv"));
        assert_eq!(fs::read(folder.path().join("show (2).mkv")).unwrap(), b"old");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number_and_nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("show.mp4"), "kept").unwrap();
        std::fs::write(folder.path().join("show (2).mkv"), "kept").unwrap();
        let (file, path, stem) = segment(folder.path(), "show", 0).unwrap();
        assert_eq!((path, stem.as_str()), (folder.path().join("show (3).mkv"), "show (3)"));
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read(folder.path().join("show.mp4")).unwrap(), b"kept");
        assert_eq!(segment(folder.path(), &stem, 1).unwrap().1, folder.path().join("show (3)-2.mkv"));
        assert_eq!(free(folder.path(), "show", "mp4"), folder.path().join("show (2).mp4"));
    }
}
