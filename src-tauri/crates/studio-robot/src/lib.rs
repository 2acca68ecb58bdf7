//! A guest that nobody is: joins a room like any other, shows a test pattern, sounds once a second, listens to
//! everybody, and leaves when it is told nothing more.
//!
//! It uses the same engine as the app, on a thread of its own process, and depends on nothing of the app: what a
//! rehearsal proves, it proves against a client on the other side of a real server.
//!
//! **Invariant:** a robot learns its seat from its input only. No token of it is ever an argument, a file or a line of
//! output.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attend;
mod connection;
mod seat;
mod show;

pub use attend::{Ending, attend};
pub use seat::Seat;
