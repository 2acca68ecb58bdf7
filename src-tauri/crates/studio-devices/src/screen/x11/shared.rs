//! Memory that the X server writes its pixels into. **It has no name: it is gone with the last process that maps it,
//! however that process ends.**

#![allow(unsafe_code, reason = "mapping shared memory is a system call on raw addresses")]

use std::io;
use std::os::fd::OwnedFd;
use std::ptr::NonNull;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// Shared memory of a fixed size, mapped for as long as this value lives.
pub(super) struct Shared {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: the mapping belongs to no thread and only this value has its address.
unsafe impl Send for Shared {}

impl Shared {
    /// New zeroed memory that can neither shrink nor grow, and the descriptor by which the server maps it too. Pages cost
    /// nothing until touched.
    pub(super) fn new(len: usize) -> io::Result<(Self, OwnedFd)> {
        let fd = memfd_create("screen", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&fd, len as u64)?;
        fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        // SAFETY: a fresh mapping at an address that the kernel chooses; the file is `len` long and sealed.
        let base = unsafe {
            mmap(std::ptr::null_mut(), len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, &fd, 0)?
        };
        let base = NonNull::new(base.cast()).expect("the kernel never maps at address zero");
        Ok((Self { base, len }, fd))
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// What the server wrote. **To be read between its answer to one request for pixels and the next request: only then
    /// does it write.** Pixels are any bytes at all, so a server that writes at another time spoils a picture, no more.
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: mapped by `new` with this address and length for as long as `self` lives, zeroed at first; `&mut self`
        // makes it the only reference in this process.
        unsafe { std::slice::from_raw_parts_mut(self.base.as_ptr(), self.len) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with this address and length; no reference outlives `self`.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.len) };
        debug_assert!(unmapped.is_ok(), "munmap of our own mapping");
    }
}
