//! Whether a recording can be made, and where.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, fstatvfs};
use studio_wire::fault::Fault;

use crate::Config;

/// The encoder, and the folder a recording would go to.
pub(super) fn recording(config: &Config, folder: Option<&str>, reserve: u64) -> Result<PathBuf, Fault> {
    encoder(config)?;
    match folder {
        Some(folder) => usable(Path::new(folder), reserve).map(|()| PathBuf::from(folder)),
        None => made(&config.videos, reserve).map(|()| config.videos.clone()),
    }
}

/// The ffmpeg to use.
pub(super) fn encoder(config: &Config) -> Result<&Path, Fault> {
    let path = config.ffmpeg.as_ref().map_err(|looked| Fault::EncoderMissing { looked: looked.clone() })?;
    if path.is_file() && access(path, Access::EXEC_OK).is_ok() {
        return Ok(path);
    }
    Err(Fault::EncoderMissing { looked: vec![path.display().to_string()] })
}

/// A folder of ours: made if it is not there, then looked at.
pub(super) fn made(folder: &Path, reserve: u64) -> Result<(), Fault> {
    // If it cannot be made, `usable` says what is wrong with it.
    let _ = fs::create_dir_all(folder);
    usable(folder, reserve)
}

/// Whether a file can be made in the folder, and there is room beyond the reserve.
pub(super) fn usable(folder: &Path, reserve: u64) -> Result<(), Fault> {
    if !folder.is_dir() {
        return Err(Fault::FolderMissing { path: folder.display().to_string() });
    }
    let probe = folder.join(format!(".sidestage-{}", std::process::id()));
    let made = create(&probe);
    let room = made.as_ref().ok().and_then(|file| room(file).ok());
    if made.is_ok() {
        let _ = fs::remove_file(&probe);
    }
    match made {
        Ok(_) if room.is_some_and(|room| room <= reserve) => Err(full(folder)),
        Ok(_) => Ok(()),
        Err(error) => Err(refused(folder, &error)),
    }
}

/// A new file that only its owner can read; never one that is there already.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Bytes that may still be written to the disk a file lies on.
pub(super) fn room(file: impl AsFd) -> io::Result<u64> {
    let disk = fstatvfs(file)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Why a file could not be made in a folder.
pub(super) fn refused(folder: &Path, error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(folder),
        io::ErrorKind::NotFound if !folder.is_dir() => {
            Fault::FolderMissing { path: folder.display().to_string() }
        }
        _ => Fault::FolderReadOnly { path: folder.display().to_string() },
    }
}

pub(super) fn full(folder: &Path) -> Fault {
    Fault::DiskFull { path: folder.display().to_string() }
}
