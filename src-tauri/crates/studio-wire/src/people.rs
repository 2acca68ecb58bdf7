//! Who asks, who looks, and where people are.

use serde::{Deserialize, Serialize};

use crate::ids::Identity;

/// Who asks for something. Made by the door the command came through, never read from the command.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The person at this machine's window or its script.
    LocalHost,
    /// Somebody in the room; the identity is the server's.
    Person(Identity),
}

/// Whose eyes a view is made for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// The machine that holds the show.
    Host,
    /// A cohost or producer on another machine.
    Desk(Identity),
    /// Somebody who may be put on stage.
    Guest(Identity),
    /// The audience.
    Viewer(Identity),
}

/// What somebody is in a show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the show.
    Host,
    /// Runs it with the host and may be on air.
    Cohost,
    /// Runs it and is never on air.
    Producer,
    /// May be put on stage.
    Guest,
    /// Looks, listens, writes.
    #[default]
    Viewer,
}

impl Role {
    /// Every role, most powerful first.
    pub const ALL: [Self; 5] = [Self::Host, Self::Cohost, Self::Producer, Self::Guest, Self::Viewer];

    /// The word used in storage and in a token's attributes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Cohost => "cohost",
            Self::Producer => "producer",
            Self::Guest => "guest",
            Self::Viewer => "viewer",
        }
    }
}

/// Whether somebody is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Expected, not seen yet.
    #[default]
    Invited,
    /// In the room now.
    Joined,
    /// Was in the room.
    Left,
    /// Was put out and may not return.
    Removed,
}

/// Where somebody is in the show. Not a right: nothing is unpublished by a change of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The audience.
    #[default]
    None,
    /// Asked to come in.
    Requested,
    /// Connected, neither seen nor heard on air.
    Backstage,
    /// In the program.
    OnStage,
}
