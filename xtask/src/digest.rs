//! SHA-256 of files and texts, as hexadecimal.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The digest of `bytes`.
pub fn of(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a file's content.
pub fn of_file(path: &Path) -> Result<String> {
    Ok(of(std::fs::read(path).with_context(|| format!("reading {}", path.display()))?))
}

/// The first 12 digits of `of`: enough to tell builds apart in a file name.
pub fn short(bytes: impl AsRef<[u8]>) -> String {
    of(bytes)[..12].to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digest_is_the_published_one_for_abc() {
        assert_eq!(super::of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
