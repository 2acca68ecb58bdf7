//! The protobuf types of the LiveKit library, taken out of its own wheel.
//!
//! Each `*_pb2.py` of the wheel carries its `FileDescriptorProto` as one Python bytes literal. This module
//! reads those literals as text, so neither Python nor `protoc` nor a `.proto` file is needed, and joins
//! them to the `FileDescriptorSet` that is checked in as `livekit-ffi-rs/descriptors/livekit.fds`. Library
//! and descriptors are one pinned pair: the types of any other release do not decode this library.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

/// What stands before the literal in every file that `protoc` writes.
const MARK: &[u8] = b"AddSerializedFile(b'";

/// Returns the encoded `FileDescriptorSet` of all `*_pb2.py` files of `proto_dir` (`livekit/rtc/_proto` of
/// the unpacked wheel).
///
/// The bytes depend only on the files' contents: files are taken in the order of their names, so the wheels
/// of all platforms give the same set.
pub fn from_wheel(proto_dir: &Path) -> Result<Vec<u8>> {
    let mut files = pb2_files(proto_dir)?;
    files.sort();
    ensure!(
        !files.is_empty(),
        "no *_pb2.py file in {}: is this the wheel's proto folder?",
        proto_dir.display()
    );
    let mut set = FileDescriptorSet::default();
    for path in files {
        let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        let file =
            descriptor(&text).with_context(|| format!("reading the descriptor in {}", path.display()))?;
        set.file.push(file);
    }
    Ok(set.encode_to_vec())
}

fn pb2_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("listing {}", dir.display()))?;
    let paths: Vec<PathBuf> = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    let is_pb2 = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().ends_with("_pb2.py"));
    Ok(paths.into_iter().filter(is_pb2).collect())
}

fn descriptor(text: &[u8]) -> Result<FileDescriptorProto> {
    let at = text.windows(MARK.len()).position(|window| window == MARK);
    let body = &text[at.context("no AddSerializedFile(b'…') in it")? + MARK.len()..];
    Ok(FileDescriptorProto::decode(&*unescape(literal(body)?)?)?)
}

/// The part of `body` before the quote that ends the literal.
fn literal(body: &[u8]) -> Result<&[u8]> {
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'\'' => return Ok(&body[..at]),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bail!("the bytes literal has no end")
}

/// Undoes the escapes that `protoc` writes: `\n \r \t \\ \' \"`, `\xNN`, and one to three octal digits.
fn unescape(text: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        if first != b'\\' {
            out.push(first);
            rest = tail;
            continue;
        }
        let (byte, used) = escape(tail)?;
        out.push(byte);
        rest = &tail[used..];
    }
    Ok(out)
}

/// The byte that the escape after a backslash stands for, and how many characters it takes.
fn escape(text: &[u8]) -> Result<(u8, usize)> {
    let number = |digits: &[u8], radix| -> Result<u8> {
        let digits = std::str::from_utf8(digits)?;
        u8::from_str_radix(digits, radix).with_context(|| format!("bad escape \\{digits}"))
    };
    Ok(match text.first().context("a backslash ends the literal")? {
        b'n' => (b'\n', 1),
        b'r' => (b'\r', 1),
        b't' => (b'\t', 1),
        plain @ (b'\\' | b'\'' | b'"') => (*plain, 1),
        b'x' => (number(text.get(1..3).context("a \\x escape is cut short")?, 16)?, 3),
        b'0'..=b'7' => {
            let digits = text.iter().take(3).take_while(|d| (b'0'..=b'7').contains(*d)).count();
            (number(&text[..digits], 8)?, digits)
        }
        other => bail!("unknown escape \\{}", char::from(*other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_that_protoc_writes_is_undone() {
        let text = br#"a\n\r\t\\\'\"\x00\xfF\0\12\1234\377b"#;
        assert_eq!(unescape(text).unwrap(), b"a\n\r\t\\'\"\x00\xff\x00\x0a\x534\xffb");
    }

    #[test]
    fn a_broken_escape_is_an_error_and_not_a_wrong_byte() {
        for text in [&br"\q"[..], br"\", br"\x4", br"\xzz", br"\777"] {
            assert!(unescape(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn the_literal_ends_at_its_own_quote_only() {
        assert_eq!(literal(br"ab\'c\\' , 'd'").unwrap(), br"ab\'c\\");
        assert!(literal(br"ab\'").is_err());
    }

    #[test]
    fn a_folder_without_descriptors_is_named_in_the_error() {
        let error = from_wheel(Path::new("/nowhere/_proto")).unwrap_err();
        assert!(format!("{error:#}").contains("/nowhere/_proto"));
    }
}
