//! Folders that are made beside their final name and renamed when they are complete and checked, so that a
//! folder that is there is whole.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder that is being filled; it gets its name when it is complete.
pub struct Fresh {
    /// Where it is filled.
    pub folder: PathBuf,
}

impl Fresh {
    /// Makes an empty one beside the folder that it will be.
    pub fn beside(done: &Path) -> Result<Self> {
        let mut folder = done.as_os_str().to_owned();
        folder.push(".partial");
        let folder = PathBuf::from(folder);
        remove(&folder)?;
        std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// Gives it its name, in the place of what is there.
    pub fn keep(self, done: &Path) -> Result<()> {
        remove(done)?;
        std::fs::rename(&self.folder, done).with_context(|| format!("renaming {}", self.folder.display()))
    }

    /// Removes it, with everything in it.
    pub fn drop(self) -> Result<()> {
        remove(&self.folder)
    }
}

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", folder.display()))
        }
        _ => Ok(()),
    }
}
