//! SHA-256 and SHA-512 of files and texts, as hexadecimal.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256, Sha512};

/// The digest of `bytes`.
pub fn of(bytes: impl AsRef<[u8]>) -> String {
    hexadecimal(&Sha256::digest(bytes.as_ref()))
}

/// The SHA-512 of `bytes`, which is what npm publishes of its packages.
pub fn long(bytes: impl AsRef<[u8]>) -> String {
    hexadecimal(&Sha512::digest(bytes.as_ref()))
}

/// The digest of a file's content.
pub fn of_file(path: &Path) -> Result<String> {
    Ok(of(std::fs::read(path).with_context(|| format!("reading {}", path.display()))?))
}

/// The first 12 digits of `of`: enough to tell builds apart in a file name.
pub fn short(bytes: impl AsRef<[u8]>) -> String {
    of(bytes)[..12].to_owned()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_digests_are_the_published_ones_for_abc() {
        assert_eq!(super::of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(super::long("abc").starts_with("ddaf35a193617abacc417349ae204131"));
    }
}
