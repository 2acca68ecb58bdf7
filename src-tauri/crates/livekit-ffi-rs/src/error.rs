//! What can go wrong, one enum per kind of call.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::track::TrackSource;

/// The library could not be loaded. Nothing of it runs then.
#[derive(Debug, Error)]
pub enum LoadError {
    /// There is no file at this path.
    #[error("the LiveKit library is missing: no file {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The system's loader refused the file.
    #[error("{} is not a library that can be loaded: {detail}", path.display())]
    NotALibrary {
        /// The file.
        path: PathBuf,
        /// The loader's own words.
        detail: String,
    },
    /// A library, but not LiveKit's.
    #[error("{} is not the LiveKit library: it has no {symbol}", path.display())]
    NoSymbol {
        /// The file.
        path: PathBuf,
        /// The export that was looked for.
        symbol: &'static str,
    },
    /// LiveKit's library of another release: its messages would not decode.
    #[error("{} is livekit-ffi {found}, wanted is {wanted}", path.display())]
    WrongVersion {
        /// The file.
        path: PathBuf,
        /// What the library says that it is.
        found: String,
        /// [`crate::VERSION`].
        wanted: &'static str,
    },
    /// The process has loaded another file before; a library is never unloaded.
    #[error("cannot load {}: {} is loaded already", path.display(), loaded.display())]
    AlreadyLoaded {
        /// The file asked for.
        path: PathBuf,
        /// The file that is loaded.
        loaded: PathBuf,
    },
}

/// A request to the library did not do what was asked.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum CallError {
    /// [`crate::load`] has not succeeded in this process.
    #[error("the LiveKit library is not loaded")]
    NotLoaded,
    /// A call that waits was made on the library's own thread, inside a sink: it could wait for itself.
    #[error("{request} waits, so it cannot be called inside a sink")]
    InCallback {
        /// The call.
        request: &'static str,
    },
    /// The library refused at once. It gives its reason only to its log.
    #[error("the LiveKit library refused {request}")]
    Refused {
        /// The call.
        request: &'static str,
    },
    /// The library's answer is not the one that belongs to the request.
    #[error("the LiveKit library answered {request} with something else")]
    Malformed {
        /// The call.
        request: &'static str,
    },
    /// No answer came in time. The library may still do it later.
    #[error("no answer to {request} within {after:?}")]
    TimedOut {
        /// The call.
        request: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The library tried and failed.
    #[error("{request} failed: {message}")]
    Failed {
        /// The call.
        request: &'static str,
        /// The library's own words, tokens cut out.
        message: String,
    },
}

/// A room could not be joined.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ConnectError {
    /// The address is not one of `ws://`, `wss://`, `http://`, `https://`.
    #[error("not the address of a LiveKit server")]
    BadUrl,
    /// The token has characters that no token has.
    #[error("not a token: it has characters that cannot stand in one")]
    BadToken,
    /// Refused, failed or timed out.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// A track was not published. The track is spent; a new one on the same source can be tried.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum PublishError {
    /// `options.source` is [`TrackSource::Unknown`]: the server would be silent for 10 s.
    #[error("a track is published as camera, microphone or screen, not as unknown")]
    NoSource,
    /// The token or the server does not allow this source: the server would be silent for 10 s.
    #[error("publishing {source_kind:?} is not permitted")]
    NotPermitted {
        /// What was to be published.
        source_kind: TrackSource,
    },
    /// A picture needs an explicit encoding, with a bit rate and a frame rate above zero.
    #[error("a video track is published with an explicit bit rate and frame rate")]
    NoEncoding,
    /// Refused, failed or timed out.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// A frame was not taken. The source can be used on.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum CaptureError {
    /// The bytes are not a tight I420 picture of this size.
    #[error(
        "{len} bytes are not a tight I420 picture of {width}×{height} ({expected} bytes, 16 to 8192 each way)"
    )]
    VideoSize {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Bytes given.
        len: usize,
        /// Bytes that such a picture has; 0 if the size itself is out of range.
        expected: usize,
    },
    /// The samples are not 10 ms in the format of the source, or the format is one that no source can have.
    #[error("{samples} samples at {sample_rate} Hz in {num_channels} channels are not 10 ms for this source")]
    AudioFormat {
        /// Samples given, over all channels.
        samples: usize,
        /// Samples per second.
        sample_rate: u32,
        /// Channels.
        num_channels: u32,
    },
    /// The library still works on too many earlier frames: drop this one.
    #[error("the library is behind: the frame is dropped")]
    InFlight,
    /// Refused, or not loaded.
    #[error(transparent)]
    Call(#[from] CallError),
}
