//! Linux: sealed memfd, mmap, eventfd, SCM_RIGHTS.
#![allow(unsafe_code, reason = "mapping shared memory is a system call on raw addresses")]

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::ptr::NonNull;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// Descriptors one message may carry: a block and a bell for each lane that has one.
pub(crate) const MAX_DESCRIPTORS: usize = 64;

const SEALS: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);

/// Shared memory of a fixed size, mapped for reading and writing for as long as this value lives.
pub(crate) struct Memory {
    base: NonNull<u8>,
    len: usize,
    fd: OwnedFd,
}

// SAFETY: the mapping belongs to no thread; what is done to it through `base` is the business of `slot` and
// `lane`, which synchronise by the slots' atomic words.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// New zeroed memory of `len` bytes that can neither shrink nor grow. Pages cost nothing until touched.
    pub(crate) fn create(len: usize) -> io::Result<Memory> {
        let fd = memfd_create("lanes", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&fd, len as u64)?;
        fcntl_add_seals(&fd, SEALS)?;
        Memory::map(fd, len)
    }

    /// Maps memory made by another process. Refuses it unless it holds `len` bytes and is sealed: whoever could
    /// shrink it could end this process by a bus error.
    pub(crate) fn open(fd: OwnedFd, len: usize) -> io::Result<Memory> {
        if !fcntl_get_seals(&fd)?.contains(SEALS) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "shared memory is not sealed"));
        }
        if fstat(&fd)?.st_size.cast_unsigned() < len as u64 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "shared memory is smaller than its lanes",
            ));
        }
        Memory::map(fd, len)
    }

    fn map(fd: OwnedFd, len: usize) -> io::Result<Memory> {
        // SAFETY: a fresh mapping at an address the kernel chooses; the file is at least `len` long and sealed.
        let base = unsafe {
            mmap(std::ptr::null_mut(), len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, &fd, 0)?
        };
        let base = NonNull::new(base.cast()).expect("the kernel never maps at address zero");
        Ok(Memory { base, len, fd })
    }

    /// First byte; page aligned, and valid for [`Memory::len`] bytes while `self` lives.
    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: mapped by `map` with this address and length; every borrower holds an `Arc` of `self`.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.len) };
        debug_assert!(unmapped.is_ok(), "munmap of our own mapping");
    }
}

/// A counter in the kernel that can be waited for.
pub(crate) fn bell() -> io::Result<OwnedFd> {
    Ok(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?)
}

/// Adds one. A full counter means that a ring is pending anyway, so every outcome is success.
pub(crate) fn ring(fd: BorrowedFd<'_>) {
    let _ = rustix::io::write(fd, &1u64.to_ne_bytes());
}

/// Waits until somebody has rung since the last call; false after `limit`.
pub(crate) fn wait(fd: BorrowedFd<'_>, limit: Duration) -> io::Result<bool> {
    let limit = Timespec { tv_sec: limit.as_secs().cast_signed(), tv_nsec: limit.subsec_nanos().into() };
    match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], Some(&limit)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(false),
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    match rustix::io::read(fd, &mut [0u8; 8]) {
        Ok(_) => Ok(true),
        Err(rustix::io::Errno::AGAIN) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Sends all of `bytes` with `fds` attached to their first byte.
pub(crate) fn send_with(stream: &UnixStream, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    if fds.len() > MAX_DESCRIPTORS {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors for one message"));
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let pushed = control.push(SendAncillaryMessage::ScmRights(fds));
    debug_assert!(pushed, "the space is made for that many descriptors");
    let sent = sendmsg(stream, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL)?;
    let mut stream = stream;
    stream.write_all(&bytes[sent..])
}

/// Fills `bytes` exactly and returns the descriptors that came with them.
pub(crate) fn receive_with(stream: &UnixStream, bytes: &mut [u8]) -> io::Result<Vec<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let message = recvmsg(stream, &mut [IoSliceMut::new(bytes)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut fds = Vec::new();
    for part in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = part {
            fds.extend(rights);
        }
    }
    if message.flags.contains(ReturnFlags::CTRUNC) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "descriptors were lost on the way"));
    }
    if message.bytes == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut stream = stream;
    stream.read_exact(&mut bytes[message.bytes..])?;
    Ok(fds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_memory_refuses_to_be_resized_or_unsealed() {
        let memory = Memory::create(8192).unwrap();
        assert!(ftruncate(memory.fd(), 4096).is_err(), "shrinking");
        assert!(ftruncate(memory.fd(), 16384).is_err(), "growing");
        assert!(fcntl_add_seals(memory.fd(), SealFlags::WRITE).is_err(), "sealing further");
    }

    #[test]
    fn memory_that_its_maker_could_still_shrink_is_refused() {
        let fd = memfd_create("loose", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
        ftruncate(&fd, 8192).unwrap();
        assert_eq!(Memory::open(fd, 8192).err().unwrap().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn memory_smaller_than_the_lanes_it_should_hold_is_refused() {
        let memory = Memory::create(4096).unwrap();
        let fd = memory.fd().try_clone_to_owned().unwrap();
        assert_eq!(Memory::open(fd, 4097).err().unwrap().kind(), io::ErrorKind::InvalidData);
    }
}
