//! The release that a loaded library says that it is.

#![allow(unsafe_code, reason = "one C call through the UniFFI half of the library")]

use std::path::Path;
use std::{ptr, slice};

use libloading::Library as Loaded;

use crate::error::LoadError;
use crate::library::symbol;

/// Bytes that the library allocated (UniFFI's `RustBuffer`).
#[repr(C)]
#[derive(Clone, Copy)]
struct Buffer {
    capacity: u64,
    len: u64,
    data: *mut u8,
}

/// How a UniFFI call ended (UniFFI's `RustCallStatus`); 0 is success.
#[repr(C)]
struct Status {
    code: i8,
    error: Buffer,
}

impl Status {
    fn new() -> Self {
        Self { code: 0, error: Buffer { capacity: 0, len: 0, data: ptr::null_mut() } }
    }
}

type BuildVersion = unsafe extern "C" fn(*mut Status) -> Buffer;
type Free = unsafe extern "C" fn(Buffer, *mut Status);

/// Asks the library for its release: plain text such as `0.13.2`.
pub(crate) fn of(loaded: &Loaded, path: &Path) -> Result<String, LoadError> {
    // SAFETY: UniFFI gives a function without arguments that returns a string this signature, and its
    // `free` the other; both have not changed since UniFFI 0.25.
    unsafe {
        let build_version: BuildVersion = symbol(loaded, path, "uniffi_livekit_ffi_fn_func_build_version")?;
        let free: Free = symbol(loaded, path, "ffi_livekit_ffi_rustbuffer_free")?;
        let mut status = Status::new();
        let buffer = build_version(&mut status);
        if status.code != 0 || buffer.data.is_null() {
            return Ok("unknown".into());
        }
        let len = usize::try_from(buffer.len).unwrap_or(0);
        let text = String::from_utf8_lossy(slice::from_raw_parts(buffer.data, len)).into_owned();
        free(buffer, &mut Status::new());
        Ok(text)
    }
}
