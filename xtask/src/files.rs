//! Walking folders.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// All files below `folder`, sorted; none when there is no such folder.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(folder, &mut found).with_context(|| format!("reading {}", folder.display()))?;
    }
    found.sort();
    Ok(found)
}

/// Those of `below` whose name ends in `.extension`.
pub fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = below(folder)?;
    files.retain(|file| file.extension() == Some(OsStr::new(extension)));
    Ok(files)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), found)?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}
