//! Names of things, each its own type so that one cannot be given for another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub String);

        impl $name {
            /// The text as it is.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// Something that can be seen or heard: a camera, a microphone, a pattern. Not a person, who may have several.
    SourceId(u32)
}
number! {
    /// A composed picture with its sound. The first program is `ProgramId(0)`.
    ProgramId(u8)
}
number! {
    /// One life of something slow. A report with an older epoch than the current one is dropped.
    Epoch(u32)
}
number! {
    /// A lane of an engine's shared block, counted from 0 in the order of its shapes.
    LaneId(u16)
}
number! {
    /// Ties a command to its one reply.
    Ticket(u64)
}
number! {
    /// Ties a call that came through a room to its one answer.
    CallId(u64)
}
number! {
    /// One recording from its start to its stop; it has one file a segment.
    TakeId(u32)
}
text! {
    /// A show, in the form of a UUID.
    SessionId
}
text! {
    /// A person as LiveKit's server names them. Set by the server, never read from a message.
    Identity
}
text! {
    /// A server profile, in the form of a UUID.
    ServerId
}
text! {
    /// A track as LiveKit's server names it. Changes when its publisher comes back.
    TrackSid
}
