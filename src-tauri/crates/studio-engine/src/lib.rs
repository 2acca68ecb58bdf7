//! One LiveKit room, served over a socket.
//!
//! The app hands over lanes and bells ([`studio_lane::hello`]) and sends [`Order`](studio_wire::engine::Order)s; the
//! engine answers with [`Report`](studio_wire::engine::Report)s. There is one order that matters, `Want`: the whole
//! wish, of which the engine does the difference to what is. It can be sent at any time, before the room is reached,
//! twice, and again to a new engine after this one died.
//!
//! ```text
//!   orders ──► inbox ──► Engine (one thread) ──► reports
//!                ▲          │ steps(have, want)
//!   room events ─┘          ├─► outlets: bell → lane → capture, a thread each
//!   joins, publications ────┘   inlets:  library's thread → lane
//! ```
//!
//! * The engine's thread never waits for the library for longer than a request takes: joining, publishing and
//!   statistics run beside it, so that a `Ping` is answered while they do, and is not when the library hangs.
//! * A published output is muted, never unpublished: unpublishing leaks 46 MB each time.
//! * What is not open to everybody is closed before it is published, and sends nothing until the server was told to
//!   whom it is open.
//! * What anybody sends is bounded here, in size, number and time, before the app sees it.
//! * It decides nothing and holds no secret but the join token of the last `Want`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(all(feature = "livekit-crate", not(feature = "ffi")))]
mod kit;
#[cfg(feature = "ffi")]
use livekit_ffi_rs as kit;

mod access;
mod arrivals;
mod output;
mod publish;
mod report;
mod room;
mod serve;
mod want;
mod watch;
mod watchdog;

pub use serve::{LIBRARY, ServeError, serve};
