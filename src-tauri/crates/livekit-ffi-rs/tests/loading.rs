//! What a file that is not the wanted library is told to be. Needs a C compiler, as building the crate's
//! users does.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

use livekit_ffi_rs::{CallError, ConnectError, LoadError, Room, RoomOptions, VERSION, load};

/// Compiles C to a shared object in `folder`.
fn compile(folder: &Path, name: &str, source: &str) -> PathBuf {
    let (text, object) = (folder.join(format!("{name}.c")), folder.join(format!("{name}.so")));
    std::fs::write(&text, source).unwrap();
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&object).arg(&text).status();
    assert!(status.expect("a C compiler: apt-get install build-essential").success());
    object
}

/// The UniFFI half of the library, saying `version`; starting it ends the process.
fn library_that_says(version: &str) -> String {
    format!(
        r#"
        #include <stdint.h>
        #include <stdlib.h>
        #include <string.h>
        typedef struct {{ uint64_t capacity, len; uint8_t *data; }} buffer;
        typedef struct {{ int8_t code; buffer error; }} status;
        buffer uniffi_livekit_ffi_fn_func_build_version(status *s) {{
            (void)s;
            buffer b = {{ {len}, {len}, malloc({len}) }};
            memcpy(b.data, "{version}", {len});
            return b;
        }}
        void ffi_livekit_ffi_rustbuffer_free(buffer b, status *s) {{ (void)s; free(b.data); }}
        void livekit_ffi_initialize(void *cb, int logs, char *sdk, char *v) {{ (void)cb; abort(); }}
        "#,
        len = version.len()
    )
}

#[test]
fn a_library_that_is_not_there_is_named() {
    let error = load(Path::new("/nowhere/liblivekit_ffi.so")).unwrap_err();
    assert!(matches!(error, LoadError::Missing { .. }), "{error:?}");
    assert!(error.to_string().contains("/nowhere/liblivekit_ffi.so"), "{error}");
}

#[test]
fn a_file_that_is_no_library_is_refused_with_the_loaders_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("liblivekit_ffi.so");
    std::fs::write(&path, "a page of text").unwrap();
    let error = load(&path).unwrap_err();
    assert!(matches!(&error, LoadError::NotALibrary { detail, .. } if !detail.is_empty()), "{error:?}");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
}

#[test]
fn a_library_of_somebody_else_is_refused_by_the_export_that_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let path = compile(folder.path(), "other", "int something(void) { return 1; }");
    let error = load(&path).unwrap_err();
    assert!(matches!(error, LoadError::NoSymbol { .. }), "{error:?}");
}

#[test]
fn a_library_of_another_release_is_refused_before_it_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let path = compile(folder.path(), "old", &library_that_says("0.12.44"));
    match load(&path).unwrap_err() {
        LoadError::WrongVersion { path: named, found, wanted } => {
            assert_eq!((named, found.as_str(), wanted), (path, "0.12.44", VERSION));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_library_of_the_right_release_that_lacks_a_call_is_refused_before_it_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let path = compile(folder.path(), "half", &library_that_says(VERSION));
    let error = load(&path).unwrap_err();
    assert!(matches!(error, LoadError::NoSymbol { symbol: "livekit_ffi_request", .. }), "{error:?}");
}

#[test]
fn without_the_library_every_call_says_so() {
    let error = Room::connect("ws://127.0.0.1:9", "t", RoomOptions::default()).unwrap_err();
    assert_eq!(error, ConnectError::Call(CallError::NotLoaded));
}
