//! Values both ways over a socket: postcard behind a length of four bytes, little-endian.
//!
//! Nothing is lost and nothing is dropped: the socket's buffer (about 200 KB, or 280 small values) holds what the
//! other side has not read yet, and when it is full, [`Sender::send`] waits. A thread that must not wait does not
//! send, and at least one side has to read while it sends.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest value, encoded. More is refused by both ends.
pub const MAX_BYTES: usize = 1 << 20;

/// Why a value did not get across.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    /// The other side is gone. After this nothing more comes.
    #[error("the other side has closed")]
    Closed,
    /// Nothing whole came within the time set. What has come of a value is kept: ask again.
    #[error("nothing came in time")]
    Quiet,
    /// The other side did not read in time. Part of the value may be on its way: the stream is of no more use.
    #[error("the other side does not read")]
    Stuck,
    /// Longer than [`MAX_BYTES`].
    #[error("a value of {0} bytes is too long")]
    TooLong(usize),
    /// The bytes are no value of that type.
    #[error("cannot be decoded: {0}")]
    Broken(#[from] postcard::Error),
    /// The socket failed.
    #[error(transparent)]
    Io(io::Error),
}

impl TalkError {
    fn from_io(error: io::Error, late: TalkError) -> TalkError {
        use io::ErrorKind::{
            BrokenPipe, ConnectionReset, NotConnected, TimedOut, UnexpectedEof, WouldBlock, WriteZero,
        };
        match error.kind() {
            BrokenPipe | ConnectionReset | NotConnected | UnexpectedEof | WriteZero => TalkError::Closed,
            WouldBlock | TimedOut => late,
            _ => TalkError::Io(error),
        }
    }
}

/// Both halves of a socket; each can go to a thread of its own.
pub fn split(stream: UnixStream) -> io::Result<(Sender, Receiver)> {
    let twin = stream.try_clone()?;
    Ok((Sender { stream: twin, buffer: Vec::new() }, Receiver { stream, buffer: Vec::new(), filled: 0 }))
}

/// The half that says.
pub struct Sender {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl Sender {
    /// Sends one value. Waits while the other side's buffer is full.
    pub fn send<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TalkError> {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        bytes.extend_from_slice(&[0; 4]);
        let mut bytes = postcard::to_extend(value, bytes)?;
        let length = bytes.len() - 4;
        if length > MAX_BYTES {
            return Err(TalkError::TooLong(length));
        }
        bytes[..4].copy_from_slice(&u32::try_from(length).expect("below the cap").to_le_bytes());
        let sent = self.stream.write_all(&bytes).map_err(|error| TalkError::from_io(error, TalkError::Stuck));
        self.buffer = bytes;
        sent
    }

    /// How long [`Sender::send`] may wait for the other side to read; `None`: as long as it takes.
    pub fn set_patience(&self, limit: Option<Duration>) -> io::Result<()> {
        self.stream.set_write_timeout(limit)
    }

    /// Ends both halves, here and at the other side, whichever thread is waiting.
    pub fn close(&self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

/// The half that hears.
pub struct Receiver {
    stream: UnixStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Receiver {
    /// Waits for the next value.
    pub fn receive<T: DeserializeOwned>(&mut self) -> Result<T, TalkError> {
        self.fill(4)?;
        let length = u32::from_le_bytes(self.buffer[..4].try_into().expect("four bytes")) as usize;
        if length > MAX_BYTES {
            return Err(TalkError::TooLong(length));
        }
        self.fill(4 + length)?;
        self.filled = 0;
        Ok(postcard::from_bytes(&self.buffer[4..4 + length])?)
    }

    /// How long [`Receiver::receive`] may wait; `None`: as long as it takes.
    pub fn set_patience(&self, limit: Option<Duration>) -> io::Result<()> {
        self.stream.set_read_timeout(limit)
    }

    /// Reads until `want` bytes of this message are here; what has come survives a failure.
    fn fill(&mut self, want: usize) -> Result<(), TalkError> {
        if self.buffer.len() < want {
            self.buffer.resize(want, 0);
        }
        while self.filled < want {
            match self.stream.read(&mut self.buffer[self.filled..want]) {
                Ok(0) => return Err(TalkError::Closed),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(TalkError::from_io(error, TalkError::Quiet)),
            }
        }
        Ok(())
    }
}
