//! The app's side of the rooms: engines' lives, the local server, tokens, calls to the server.
//!
//! [`Rtc`] is the port that the core orders from. Behind it are two threads: one starts and watches the children that
//! hold the LiveKit library (one a room), the other holds the server by way of the [`keeper`] and calls it. Neither
//! the library nor any type of LiveKit is seen outside: engines are spoken to in `studio_wire::engine`, frames pass
//! through `studio_lane`.
//!
//! What people say to each other comes and goes through the engines too: as JSON that only this crate knows, measured
//! and counted before it is read. With a [`SeatToken`] the port is a seat's side of somebody else's show: the same
//! orders and reports, no server.
//!
//! **Invariant: keys never leave this process but to the keeper; a child gets one join token and nothing else.**
//!
//! **Invariant: when [`Rtc`] is dropped nothing that it started is left; when its process is killed, nothing is left
//! after [`keeper::LEASE`].**
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admin;
mod engine;
mod gate;
pub mod keeper;
pub mod keychain;
mod lines;
mod port;
mod probe;
mod protocol;
mod rooms;
mod seat;
pub mod secret;
mod supervisor;
mod tokens;
mod tools;

pub use engine::{AirBlock, CrewBlock, LaneSink, Out};
pub use keeper::waits as keeper_waits;
pub use port::{HomePaths, Rtc};
pub use seat::{SeatError, SeatToken};
pub use tools::Tools;
