//! Where one user's things lie, and that only one app at a time uses them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};
use rustix::fs::{FlockOperation, flock};
use thiserror::Error;

/// The folders of one user. While it lives no other app uses them.
#[derive(Debug)]
pub struct Home {
    /// `studio.db`.
    pub database: PathBuf,
    /// Logs of the app, its server and its library.
    pub log: PathBuf,
    /// Sockets; readable by the owner only.
    pub runtime: PathBuf,
    /// Where recordings go unless the user chose another folder.
    pub videos: PathBuf,
    /// Where a recording goes on when its own folder fails.
    pub fallback: PathBuf,
    _lock: File,
}

/// Why a home cannot be used.
#[derive(Debug, Error)]
pub enum HomeError {
    /// The platform names no folders for this user.
    #[error("this system names no folder for the user's data; choose one with --home DIR")]
    Nowhere,
    /// A folder could not be made.
    #[error("{path} cannot be made or used: {error}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The runtime folder belongs to somebody else, or others may read it.
    #[error("{0} belongs to another user; remove it, or choose another place with --home DIR")]
    NotOurs(PathBuf),
    /// An app of this home runs already.
    #[error("Sidestage already runs with this home ({0}); close it first, or choose another with --home DIR")]
    InUse(PathBuf),
}

impl Home {
    /// Opens a home: the given folder, else the platform's. Makes what is missing and takes the lock.
    pub fn open(chosen: Option<&Path>) -> Result<Self, HomeError> {
        let (data, log, runtime, videos) = match chosen {
            Some(dir) => (dir.to_owned(), dir.join("log"), dir.join("run"), dir.join("recordings")),
            None => platform()?,
        };
        for folder in [&data, &log] {
            fs::create_dir_all(folder).map_err(|error| HomeError::Folder { path: folder.clone(), error })?;
        }
        private(&runtime)?;
        let lock = lock(&runtime)?;
        Ok(Self {
            database: data.join("studio.db"),
            log,
            runtime,
            videos,
            fallback: data.join("recordings-kept"),
            _lock: lock,
        })
    }
}

fn platform() -> Result<(PathBuf, PathBuf, PathBuf, PathBuf), HomeError> {
    let dirs = ProjectDirs::from("app", "Sidestage", "Sidestage").ok_or(HomeError::Nowhere)?;
    let data = dirs.data_dir().to_owned();
    let state = dirs.state_dir().unwrap_or(&data).to_owned();
    let runtime = match dirs.runtime_dir() {
        Some(dir) => dir.to_owned(),
        None => std::env::temp_dir().join(format!("sidestage-{}", rustix::process::getuid().as_raw())),
    };
    let user = UserDirs::new().ok_or(HomeError::Nowhere)?;
    let videos = user.video_dir().unwrap_or(user.home_dir()).join("Sidestage");
    Ok((data, state.join("log"), runtime, videos))
}

/// Makes a folder that only its owner can enter, or checks that it is one.
fn private(folder: &Path) -> Result<(), HomeError> {
    let failed = |error| HomeError::Folder { path: folder.to_owned(), error };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    let about = fs::symlink_metadata(folder).map_err(failed)?;
    if !about.is_dir() || about.uid() != rustix::process::getuid().as_raw() {
        return Err(HomeError::NotOurs(folder.to_owned()));
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)
}

fn lock(runtime: &Path) -> Result<File, HomeError> {
    let path = runtime.join("app.lock");
    let failed = |error| HomeError::Folder { path: path.clone(), error };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| HomeError::InUse(runtime.to_owned()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_made_private_and_taken_once() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(Some(dir.path())).unwrap();
        assert_eq!(fs::metadata(&home.runtime).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(matches!(Home::open(Some(dir.path())), Err(HomeError::InUse(_))));
        drop(home);
        assert!(Home::open(Some(dir.path())).is_ok());
    }

    #[test]
    fn a_file_in_the_place_of_a_home_is_said_to_be_unusable() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(Home::open(Some(&file)), Err(HomeError::Folder { .. })));
    }
}
