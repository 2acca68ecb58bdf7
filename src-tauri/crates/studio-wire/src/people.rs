//! Who asks, who looks, and where people are.

use serde::{Deserialize, Serialize};

use crate::ids::Identity;
use crate::rtc::RoomKind;

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

    /// Whether a scene may show them: a producer works and is never on air, a viewer looks.
    pub const fn may_be_on_air(self) -> bool {
        matches!(self, Self::Host | Self::Cohost | Self::Guest)
    }

    /// The room that somebody of this role works in.
    pub const fn room(self) -> RoomKind {
        match self {
            Self::Viewer => RoomKind::Air,
            _ => RoomKind::Crew,
        }
    }

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

impl Presence {
    /// Every presence.
    pub const ALL: [Self; 4] = [Self::Invited, Self::Joined, Self::Left, Self::Removed];

    /// The word used in storage.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Removed => "removed",
        }
    }
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

impl Position {
    /// Every position, from far to near.
    pub const ALL: [Self; 4] = [Self::None, Self::Requested, Self::Backstage, Self::OnStage];

    /// The word used in storage and in the attributes that the server stamps.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requested => "requested",
            Self::Backstage => "backstage",
            Self::OnStage => "on_stage",
        }
    }
}

/// What somebody may send. Kept by the host, enforced by the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rights {
    /// A microphone, and the sound of a shared screen.
    pub speak: bool,
    /// A camera, and a shared screen.
    pub video: bool,
}

impl Rights {
    /// Both.
    pub const ALL: Self = Self { speak: true, video: true };
}

/// How somebody's connection is, as the server judges it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Not known yet.
    #[default]
    Unknown,
    /// As good as none.
    Lost,
    /// Picture or sound suffer.
    Poor,
    /// Fine.
    Good,
    /// Nothing to wish for.
    Excellent,
}

/// How somebody went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parting {
    /// By themselves, or their connection ended.
    Left,
    /// Somebody joined under the same identity.
    Replaced,
    /// Put out by the host.
    Removed,
}

/// Whom a seat that two people have claimed is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Who was there first.
    First,
    /// Who came second.
    Newcomer,
}
