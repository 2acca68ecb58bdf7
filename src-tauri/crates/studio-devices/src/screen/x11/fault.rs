//! What can go wrong between us and an X server.

use std::io;

use studio_wire::device::DeviceTrouble;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::ErrorKind;
use x11rb::x11_utils::X11Error;

/// Why a call to the X server, or the work between two, came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// No connection came about.
    #[error("no connection to the X server: {0}")]
    Connect(#[from] ConnectError),
    /// The connection ended, or the server does not answer.
    #[error("the connection to the X server: {0}")]
    Connection(#[from] ConnectionError),
    /// The server refuses a request.
    #[error("the X server refuses {:?}: {:?}", .0.request_name, .0.error_kind)]
    Refused(X11Error),
    /// The server has no numbers left.
    #[error("the X server has no numbers left for what we make")]
    Numbers,
    /// The kernel refuses something.
    #[error("the system refuses: {0}")]
    Machine(io::Error),
    /// Everything answers, and yet there is nothing to show.
    #[error("{0:?}")]
    Trouble(DeviceTrouble),
}

impl Fault {
    pub(super) fn trouble(&self) -> DeviceTrouble {
        match self {
            Self::Connect(ConnectError::SetupAuthenticate(_) | ConnectError::SetupFailed(_)) => {
                DeviceTrouble::Denied
            }
            Self::Connection(ConnectionError::UnsupportedExtension) => DeviceTrouble::Unsupported,
            Self::Connect(_) | Self::Connection(_) => DeviceTrouble::NoServer,
            Self::Refused(error) => match error.error_kind {
                ErrorKind::Window | ErrorKind::Drawable => DeviceTrouble::Gone,
                ErrorKind::Access => DeviceTrouble::Denied,
                _ => DeviceTrouble::Broken,
            },
            Self::Numbers | Self::Machine(_) => DeviceTrouble::Broken,
            Self::Trouble(trouble) => *trouble,
        }
    }

    /// The request does not fit what the window or the screen is like now.
    pub(super) fn is_mismatch(&self) -> bool {
        matches!(self, Self::Refused(error) if error.error_kind == ErrorKind::Match)
    }
}

impl From<ReplyError> for Fault {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::ConnectionError(error) => Self::Connection(error),
            ReplyError::X11Error(error) => Self::Refused(error),
        }
    }
}

impl From<ReplyOrIdError> for Fault {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::IdsExhausted => Self::Numbers,
            ReplyOrIdError::ConnectionError(error) => Self::Connection(error),
            ReplyOrIdError::X11Error(error) => Self::Refused(error),
        }
    }
}
