//! How one process hands lanes and bells to another: the first message on their socket, and the only one that
//! carries descriptors.
//!
//! The parent keeps one end of a [`UnixStream::pair`] and gives the other to the child as its standard input
//! (`Command::stdin(OwnedFd::from(stream))`): nothing is inherited by accident, nothing has a name, and whoever
//! dies is noticed by the other as the end of its stream.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use serde::{Deserialize, Serialize};

use crate::{Bell, Block, Shape, os};

/// The layout of lanes and of this message. Two programs that differ in it cannot speak to each other.
pub const VERSION: u32 = 1;

/// The largest hello that is read; a block has at most 1024 lanes, so an honest one is smaller.
const MAX_BYTES: usize = 64 * 1024;

/// What is said first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`] of the sender.
    pub version: u32,
    /// Which life of the child this is; the two sides mark with it what they say.
    pub epoch: u32,
    /// The lanes of the block, by index.
    pub shapes: Vec<Shape>,
    /// The lane that each bell rings for, in the order in which the bells are sent.
    pub bells: Vec<u16>,
}

/// What the child has received: its lanes and bells.
pub struct Welcome {
    /// Which life of the child this is.
    pub epoch: u32,
    /// The lanes; its writers and readers are those of this side.
    pub block: Block,
    /// The bells and the lane that each rings for.
    pub bells: Vec<(u16, Bell)>,
}

/// Why there was no hello.
#[derive(Debug, thiserror::Error)]
pub enum HelloError {
    /// The socket failed, or ended before the hello was complete.
    #[error("hello: {0}")]
    Io(#[from] io::Error),
    /// What came is no hello, or its descriptors do not match it.
    #[error("not a hello: {0}")]
    Broken(&'static str),
    /// The other side was built from another version of this crate.
    #[error("hello of version {theirs}, this side speaks {VERSION}")]
    Version {
        /// What the other side said.
        theirs: u32,
    },
}

/// Sends the hello with the descriptors of `block` and `bells` (each with the lane it rings for). `shapes` are those
/// the block was made with.
pub fn send(
    stream: &UnixStream,
    epoch: u32,
    shapes: &[Shape],
    block: &Block,
    bells: &[(u16, &Bell)],
) -> io::Result<()> {
    let hello = Hello {
        version: VERSION,
        epoch,
        shapes: shapes.to_vec(),
        bells: bells.iter().map(|(lane, _)| *lane).collect(),
    };
    let body = postcard::to_stdvec(&hello).map_err(io::Error::other)?;
    if body.len() > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "hello is too long"));
    }
    let length = u32::try_from(body.len()).expect("checked above").to_le_bytes();
    let mut fds = vec![block.fd()];
    fds.extend(bells.iter().map(|(_, bell)| bell.as_fd()));
    os::send_with(stream, &[&length[..], &body].concat(), &fds)
}

/// Waits for the hello. What follows it on the stream is untouched.
pub fn receive(stream: &UnixStream) -> Result<Welcome, HelloError> {
    // Descriptors are attached to the first byte, so the length alone is read together with them.
    let mut length = [0; 4];
    let fds = os::receive_with(stream, &mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_BYTES {
        return Err(HelloError::Broken("too long"));
    }
    let mut body = vec![0; length];
    io::Read::read_exact(&mut &*stream, &mut body)?;
    welcome(&body, fds)
}

fn welcome(body: &[u8], fds: Vec<OwnedFd>) -> Result<Welcome, HelloError> {
    // The version is the first field for ever: it is read even where the rest has changed.
    let (theirs, _) =
        postcard::take_from_bytes::<u32>(body).map_err(|_| HelloError::Broken("no version in it"))?;
    if theirs != VERSION {
        return Err(HelloError::Version { theirs });
    }
    let hello: Hello = postcard::from_bytes(body).map_err(|_| HelloError::Broken("cannot be decoded"))?;
    if fds.len() != 1 + hello.bells.len() {
        return Err(HelloError::Broken("not one descriptor for the block and each bell"));
    }
    let mut fds = fds.into_iter();
    let block = fds.next().ok_or(HelloError::Broken("no block"))?;
    let block = Block::from_fd(block, &hello.shapes)?;
    Ok(Welcome {
        epoch: hello.epoch,
        block,
        bells: hello.bells.into_iter().zip(fds.map(Bell::from_fd)).collect(),
    })
}

/// The socket that a parent handed over as this process's standard input.
pub fn from_stdin() -> io::Result<UnixStream> {
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    stream.peer_addr()?; // refuses anything but a connected socket
    Ok(stream)
}
