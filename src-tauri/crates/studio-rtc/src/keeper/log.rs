//! The server's log file: redacted before it is written, bounded for ever.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::secret::{Secret, redact_all};

/// The file's name in the log folder.
const NAME: &str = "livekit-server.log";
/// At this size the file becomes `….1`, and what that held is gone: at most twice this is on disk.
const LARGEST: u64 = 4 << 20;

/// Writes lines from any thread.
pub(super) struct Log {
    path: PathBuf,
    secrets: Vec<Secret>,
    open: Mutex<Open>,
}

struct Open {
    file: File,
    bytes: u64,
}

impl Log {
    /// Goes on writing at the end of the file in `folder`. `secrets` are cut from every line, as all tokens are.
    pub fn open(folder: &Path, secrets: Vec<Secret>) -> io::Result<Self> {
        let path = folder.join(NAME);
        let open = Mutex::new(Open::at(&path)?);
        Ok(Self { path, secrets, open })
    }

    /// Writes one line, and gives it back as it may be shown to people.
    pub fn line(&self, line: &str) -> String {
        let secrets: Vec<&Secret> = self.secrets.iter().collect();
        let line = redact_all(line, &secrets);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.bytes >= LARGEST
            && std::fs::rename(&self.path, self.path.with_extension("log.1")).is_ok()
            && let Ok(fresh) = Open::at(&self.path)
        {
            *open = fresh;
        }
        // A full disk costs the log and nothing else.
        if open.file.write_all(format!("{line}\n").as_bytes()).is_ok() {
            open.bytes += line.len() as u64 + 1;
        }
        line
    }
}

impl Open {
    fn at(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        Ok(Self { bytes: file.metadata()?.len(), file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_holds_no_token_and_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(folder.path(), vec![Secret::new("s3cr3t")]).unwrap();
        assert_eq!(log.line("refused eyJa.b.c signed by s3cr3t"), "refused eyJ… signed by …");
        let written = std::fs::read_to_string(folder.path().join(NAME)).unwrap();
        assert_eq!(written, "refused eyJ… signed by …\n");
    }

    #[test]
    fn the_log_never_grows_beyond_two_files() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(folder.path(), Vec::new()).unwrap();
        let line = "x".repeat(64 * 1024);
        for _ in 0..3 * LARGEST / line.len() as u64 {
            log.line(&line);
        }
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [NAME, "livekit-server.log.1"]);
        for name in names {
            assert!(folder.path().join(name).metadata().unwrap().len() <= LARGEST + 64 * 1024 + 1);
        }
    }
}
