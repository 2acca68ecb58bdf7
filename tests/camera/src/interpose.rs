//! The C functions that stand before the C library's own. **What is no camera goes on to the library, untouched.**
//!
//! The crate `v4l` asks by `syscall(SYS_ioctl, …)`, so that stands here as well. The functions with `…` in C have a fixed
//! number of arguments here: on 64-bit Linux those that were not given are never looked at.

#![allow(unsafe_code, reason = "C functions get pointers; these are looked at here and nowhere else")]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_long, c_ulong, c_void};
use std::mem::transmute;
use std::os::fd::IntoRawFd;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use studio_media::clock::now;
use studio_wire::time::ShowTime;

use crate::answer::{self, Bytes};
use crate::folder;
use crate::session::{self, lock};

/// A function of the C library, looked up once. No lock: a lock makes system calls, and those come through here.
struct Real {
    name: &'static CStr,
    found: AtomicPtr<c_void>,
}

impl Real {
    const fn new(name: &'static CStr) -> Self {
        Self { name, found: AtomicPtr::new(std::ptr::null_mut()) }
    }

    fn address(&self) -> *mut c_void {
        let found = self.found.load(Ordering::Relaxed);
        if !found.is_null() {
            return found;
        }
        // SAFETY: the name is a C string; `RTLD_NEXT` finds the function behind ours.
        let found = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
        if found.is_null() {
            // A C library without it cannot have started this program.
            std::process::abort();
        }
        self.found.store(found, Ordering::Relaxed);
        found
    }
}

/// The C library's own function of this name and type.
macro_rules! real {
    ($name:literal as $type:ty) => {{
        static REAL: Real = Real::new($name);
        // SAFETY: the C library's function of this name has this type, or takes its arguments in the same registers.
        unsafe { transmute::<*mut c_void, $type>(REAL.address()) }
    }};
}

type OpenFn = extern "C" fn(*const c_char, c_int, c_int) -> c_int;
type SyscallFn = extern "C" fn(c_long, c_long, c_long, c_long, c_long, c_long, c_long) -> c_long;

fn fail(error: Errno) -> c_int {
    // SAFETY: the C library gives each thread an error number of its own.
    unsafe { *libc::__errno_location() = error.raw_os_error() };
    -1
}

/// The number in `/dev/video7`, between what stands before and behind it.
fn numbered(path: &CStr, before: &str, behind: &str) -> Option<u32> {
    path.to_str().ok()?.strip_prefix(before)?.strip_suffix(behind)?.parse().ok()
}

/// Opens what is ours: a camera, or the file in which the system tells its name.
fn open_ours(path: *const c_char) -> Option<c_int> {
    if path.is_null() {
        return None;
    }
    // SAFETY: who opens a file hands over a C string.
    let path = unsafe { CStr::from_ptr(path) };
    if let Some(number) = numbered(path, "/dev/video", "").filter(|_| folder::is_named()) {
        return Some(session::open(number).unwrap_or_else(fail));
    }
    let card = folder::card(numbered(path, "/sys/class/video4linux/video", "/name")?)?;
    let text = || -> Result<c_int, Errno> {
        let file = memfd_create("name", MemfdFlags::CLOEXEC)?;
        rustix::io::pwrite(&file, format!("{}\n", card.name).as_bytes(), 0)?;
        Ok(file.into_raw_fd())
    };
    Some(text().unwrap_or_else(fail))
}

/// `open(2)`.
#[unsafe(no_mangle)]
pub extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    open_ours(path).unwrap_or_else(|| real!(c"open" as OpenFn)(path, flags, mode))
}

/// `open(2)` with 64-bit offsets.
#[unsafe(no_mangle)]
pub extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    open_ours(path).unwrap_or_else(|| real!(c"open64" as OpenFn)(path, flags, mode))
}

/// `close(2)`.
#[unsafe(no_mangle)]
pub extern "C" fn close(fd: c_int) -> c_int {
    session::close(fd);
    real!(c"close" as extern "C" fn(c_int) -> c_int)(fd)
}

/// Answers a camera's request; `None` for what is no camera.
fn request(fd: c_int, request: c_ulong, argument: *mut c_void) -> Option<c_int> {
    let camera = session::of(fd)?;
    let (number, kind) = (request as u32 & 0xff, request as u32 >> 8 & 0xff);
    if kind != u32::from(b'V') || argument.is_null() {
        return Some(fail(Errno::NOTTY));
    }
    // SAFETY: a request's number holds the size of what its argument points to, and who asks owns it for the call.
    let bytes =
        unsafe { std::slice::from_raw_parts_mut(argument.cast::<u8>(), request as usize >> 16 & 0x3fff) };
    let done = match number {
        71 | 72 => extended(&camera, number == 72, bytes),
        _ => answer::answer(&camera, number, &mut Bytes(bytes)),
    };
    Some(done.map_or_else(fail, |()| 0))
}

/// `VIDIOC_G_EXT_CTRLS` and `VIDIOC_S_EXT_CTRLS`: a count, and a pointer to so many controls.
fn extended(camera: &Arc<Mutex<session::Session>>, set: bool, bytes: &[u8]) -> Result<(), Errno> {
    let (count, list) = (bytes.get(4..8), bytes.get(24..32));
    let count = count.and_then(|four| four.try_into().ok()).map(u32::from_ne_bytes).ok_or(Errno::INVAL)?;
    let list = list.and_then(|eight| eight.try_into().ok()).map(usize::from_ne_bytes).ok_or(Errno::INVAL)?;
    if list == 0 || count > 64 {
        return Err(Errno::FAULT);
    }
    // SAFETY: the request says that so many controls of 20 bytes are there, and who asks owns them for the call.
    let list = unsafe { std::slice::from_raw_parts_mut(list as *mut u8, count as usize * 20) };
    answer::controls(camera, set, list)
}

/// `ioctl(2)`.
#[unsafe(no_mangle)]
pub extern "C" fn ioctl(fd: c_int, number: c_ulong, argument: *mut c_void) -> c_int {
    request(fd, number, argument).unwrap_or_else(|| {
        real!(c"ioctl" as extern "C" fn(c_int, c_ulong, *mut c_void) -> c_int)(fd, number, argument)
    })
}

/// `syscall(2)`.
#[unsafe(no_mangle)]
pub extern "C" fn syscall(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    let ours = if number == libc::SYS_ioctl {
        // Requests are 32 bits wide; what stands above them in the register is chance.
        request(a as c_int, c_ulong::from(b as u32), c as *mut c_void)
    } else {
        None
    };
    ours.map_or_else(|| real!(c"syscall" as SyscallFn)(number, a, b, c, d, e, f), c_long::from)
}

/// `poll(2)`: ours where a camera is all that is waited for.
#[unsafe(no_mangle)]
pub extern "C" fn poll(fds: *mut libc::pollfd, count: libc::nfds_t, timeout_ms: c_int) -> c_int {
    if count == 1 && !fds.is_null() {
        // SAFETY: the caller says that one entry is there, and owns it for the call.
        let entry = unsafe { &mut *fds };
        if let Some(camera) = session::of(entry.fd) {
            let end = u64::try_from(timeout_ms).ok().map(|ms| now() + ShowTime::from_ms(ms));
            let (events, ready) = match session::wait(&camera, end) {
                Ok(true) => (libc::POLLIN, 1),
                Ok(false) => (0, 0),
                Err(_) => (libc::POLLERR, 1),
            };
            entry.revents = events;
            return ready;
        }
    }
    real!(c"poll" as extern "C" fn(*mut libc::pollfd, libc::nfds_t, c_int) -> c_int)(fds, count, timeout_ms)
}

/// Readings of `/dev`, by the address of their stream: the cameras that are still to be named, and the entry that the
/// reader holds.
static READINGS: Mutex<BTreeMap<usize, Reading>> = Mutex::new(BTreeMap::new());

struct Reading {
    left: Vec<u32>,
    entry: Box<libc::dirent64>,
}

/// `opendir(3)`.
#[unsafe(no_mangle)]
pub extern "C" fn opendir(path: *const c_char) -> *mut c_void {
    let stream = real!(c"opendir" as extern "C" fn(*const c_char) -> *mut c_void)(path);
    // SAFETY: who could open a directory handed over a C string.
    if !stream.is_null() && matches!(unsafe { CStr::from_ptr(path) }.to_bytes(), b"/dev" | b"/dev/") {
        // SAFETY: an entry is numbers and letters; all zeroes are one.
        let entry = Box::new(unsafe { std::mem::zeroed() });
        let reading = Reading { left: folder::numbers(), entry };
        lock(&READINGS).insert(stream as usize, reading);
    }
    stream
}

/// `readdir(3)`: the cameras stand behind all else.
#[unsafe(no_mangle)]
pub extern "C" fn readdir64(stream: *mut c_void) -> *mut libc::dirent64 {
    let found = real!(c"readdir64" as extern "C" fn(*mut c_void) -> *mut libc::dirent64)(stream);
    if !found.is_null() {
        return found;
    }
    let mut readings = lock(&READINGS);
    let Some(reading) = readings.get_mut(&(stream as usize)) else { return found };
    let Some(number) = reading.left.pop() else { return found };
    let entry = reading.entry.as_mut();
    (entry.d_ino, entry.d_type) = (u64::from(number) + 1, libc::DT_CHR);
    entry.d_reclen = size_of::<libc::dirent64>() as u16;
    let name = format!("video{number}\0");
    for (place, byte) in entry.d_name.iter_mut().zip(name.bytes()) {
        *place = byte as c_char;
    }
    entry
}

/// `closedir(3)`.
#[unsafe(no_mangle)]
pub extern "C" fn closedir(stream: *mut c_void) -> c_int {
    lock(&READINGS).remove(&(stream as usize));
    real!(c"closedir" as extern "C" fn(*mut c_void) -> c_int)(stream)
}
