//! What people write to each other, and how they cheer.

use serde::{Deserialize, Serialize};

use crate::ids::Identity;
use crate::rtc::RoomKind;

/// Most characters of a message.
pub const MOST_CHARACTERS: usize = 1_000;
/// Messages on one page.
pub const PAGE: usize = 100;

/// A message as the host keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLine {
    /// Where it was said: `crew` is the private chat, `air` the audience's.
    pub room: RoomKind,
    /// Counted up by the host in each room, from 1, without a gap.
    pub seq: u64,
    /// Given by its sender, so that a message sent twice is kept once.
    pub id: String,
    /// Whose, as the server says.
    pub from: Identity,
    /// What its sender was called then.
    pub name: String,
    /// When the host kept it: wall clock, ms since 1970.
    pub at_ms: u64,
    /// What it says, trimmed and cleaned.
    pub text: String,
}

/// Some messages of a room, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatPage {
    /// Which room.
    pub room: RoomKind,
    /// At most [`PAGE`].
    pub lines: Vec<ChatLine>,
    /// The newest number that the host has given in this room.
    pub newest: u64,
}

/// A cheer. Not kept, only counted; some may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Hands.
    Clap,
    /// A heart.
    Heart,
    /// Laughter.
    Laugh,
    /// Surprise.
    Wow,
    /// Thumbs up.
    Up,
}

impl Reaction {
    /// Every reaction, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Clap, Self::Heart, Self::Laugh, Self::Wow, Self::Up];

    /// The word used in packets and as the suffix of its text's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clap => "clap",
            Self::Heart => "heart",
            Self::Laugh => "laugh",
            Self::Wow => "wow",
            Self::Up => "up",
        }
    }
}

/// How often a reaction came in this show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionCount {
    /// Which.
    pub reaction: Reaction,
    /// How often.
    pub count: u32,
}
