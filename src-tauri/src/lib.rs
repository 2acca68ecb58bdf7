//! The app: one studio thread that runs the core, and the ports that carry out what the core asks for.
//!
//! ```text
//! window · console · rehearsal ──ask──► inbox ─► core.apply ─► effects ─► ports ─► media · rtc · store · shell
//!                 ▲                      ▲                                               │
//!                 └──── updates ─────────┴──────────────────── reports ◄─────────────────┘
//! ```
//!
//! **Invariant: business rules live in `studio-core`; this crate only wires.**

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod arguments;
pub mod console;
pub mod home;
pub mod ipc;
pub mod logging;
pub mod ports;
pub mod preview;
pub mod rehearse;
pub mod runtime;
pub mod script;
pub mod shell;
pub mod start;
