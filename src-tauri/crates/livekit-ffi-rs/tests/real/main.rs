//! The crate against the real library, and through it against the real server.
//!
//! A fault inside the library ends its process, so each test runs its body in a process of its own.

#![allow(clippy::unwrap_used, missing_docs)]

mod alone;
mod child;
mod media;
mod parts;
mod rights;
mod rooms;
mod words;
