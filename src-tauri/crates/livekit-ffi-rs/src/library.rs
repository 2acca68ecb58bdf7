//! Loading the library, and the one way to ask it for something.

#![allow(unsafe_code, reason = "the C calls of the library: this is the place that makes them safe")]

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::{ptr, slice};

use libloading::Library as Loaded;
use prost::Message as _;

use crate::error::{CallError, LoadError};
use crate::proto::{FfiRequest, FfiResponse, ffi_request, ffi_response};
use crate::{callback, version};

/// The release of the library that the crate speaks with; no other one decodes.
pub const VERSION: &str = "0.13.2";

type Callback = unsafe extern "C" fn(*const u8, usize);
type Initialize = unsafe extern "C" fn(Callback, bool, *const libc_char, *const libc_char);
type Request = unsafe extern "C" fn(*const u8, usize, *mut *const u8, *mut usize) -> u64;
type DropHandle = unsafe extern "C" fn(u64) -> bool;
type Dispose = unsafe extern "C" fn();
#[allow(non_camel_case_types, reason = "C's name")]
type libc_char = std::ffi::c_char;

struct Library {
    path: PathBuf,
    request: Request,
    drop_handle: DropHandle,
    dispose: Dispose,
}

static LIBRARY: OnceLock<Library> = OnceLock::new();
static LOADING: Mutex<()> = Mutex::new(());

/// Loads the library at `path` for the rest of the process and starts it.
///
/// The release is asserted before anything else of it runs. Calling it again with the same path does
/// nothing. The library starts threads of its own, so it is never unloaded. Its log from WARN up goes to
/// `tracing`, target `livekit`, with all tokens cut out.
pub fn load(path: &Path) -> Result<(), LoadError> {
    let _one_at_a_time = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = LIBRARY.get() {
        let same = library.path == path;
        return if same {
            Ok(())
        } else {
            Err(LoadError::AlreadyLoaded { path: path.into(), loaded: library.path.clone() })
        };
    }
    if !path.is_file() {
        return Err(LoadError::Missing { path: path.into() });
    }
    // SAFETY: loading runs the file's start-up code. That is what the caller asks for; who may be trusted
    // with it is decided by the hash that the application checks.
    let loaded = unsafe { Loaded::new(path) }
        .map_err(|e| LoadError::NotALibrary { path: path.into(), detail: detail(&e) })?;
    let loaded: &'static Loaded = Box::leak(Box::new(loaded));
    let found = version::of(loaded, path)?;
    if found != VERSION {
        return Err(LoadError::WrongVersion { path: path.into(), found, wanted: VERSION });
    }
    // SAFETY: the four signatures are those of release 0.13.2, which was asserted above.
    let (initialize, library) = unsafe {
        let initialize: Initialize = symbol(loaded, path, "livekit_ffi_initialize")?;
        let library = Library {
            path: path.into(),
            request: symbol(loaded, path, "livekit_ffi_request")?,
            drop_handle: symbol(loaded, path, "livekit_ffi_drop_handle")?,
            dispose: symbol(loaded, path, "livekit_ffi_dispose")?,
        };
        (initialize, library)
    };
    // Set before the start: the first events may come while `initialize` still runs.
    let _ = LIBRARY.set(library);
    // SAFETY: the callback lives as long as the process and both strings are static and end with a zero.
    // Logs are captured because tokens can only be cut out of what passes through here.
    unsafe { initialize(callback::on_event, true, c"rust".as_ptr(), c"0.1".as_ptr()) };
    Ok(())
}

/// Closes every room in the library, for good: afterwards the process should end.
pub fn shutdown() {
    if let Some(library) = LIBRARY.get() {
        // SAFETY: takes nothing, and the library stays loaded.
        unsafe { (library.dispose)() };
    }
}

/// The export `name` of `loaded`, copied out.
///
/// # Safety
/// `T` must be the type of that export.
pub(crate) unsafe fn symbol<T: Copy>(
    loaded: &Loaded,
    path: &Path,
    name: &'static str,
) -> Result<T, LoadError> {
    // SAFETY: the caller's promise.
    let found = unsafe { loaded.get::<T>(name) };
    found.map(|symbol| *symbol).map_err(|_| LoadError::NoSymbol { path: path.into(), symbol: name })
}

/// The loader's message; the error alone says only that something failed.
fn detail(error: &libloading::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Makes one request and returns what the library answers at once.
pub(crate) fn request(
    name: &'static str,
    message: ffi_request::Message,
) -> Result<ffi_response::Message, CallError> {
    let library = LIBRARY.get().ok_or(CallError::NotLoaded)?;
    let bytes = FfiRequest { message: Some(message) }.encode_to_vec();
    let (mut answer, mut len) = (ptr::null(), 0);
    // SAFETY: `bytes` is readable for its length; the library writes pointer and length of the answer.
    let handle = unsafe { (library.request)(bytes.as_ptr(), bytes.len(), &mut answer, &mut len) };
    if handle == 0 || answer.is_null() {
        return Err(CallError::Refused { request: name });
    }
    // SAFETY: the answer is readable until its handle is dropped, which is the next line but one.
    let response = FfiResponse::decode(unsafe { slice::from_raw_parts(answer, len) });
    drop_handle(handle);
    response.ok().and_then(|r| r.message).ok_or(CallError::Malformed { request: name })
}

/// Gives an object back. [`crate::handle::Handle`] calls it; nothing else has a reason to.
pub(crate) fn drop_handle(id: u64) {
    if let Some(library) = LIBRARY.get() {
        // SAFETY: takes a number; an unknown one is only logged.
        unsafe { (library.drop_handle)(id) };
    }
}

/// Makes a request by name and takes the answer of the same name out of its envelope.
macro_rules! call {
    ($kind:ident($request:expr)) => {
        match $crate::library::request(
            stringify!($kind),
            $crate::proto::ffi_request::Message::$kind($request),
        ) {
            Ok($crate::proto::ffi_response::Message::$kind(response)) => Ok(response),
            Ok(_) => Err($crate::error::CallError::Malformed { request: stringify!($kind) }),
            Err(error) => Err(error),
        }
    };
}
pub(crate) use call;
