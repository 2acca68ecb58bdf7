//! The store against real files.
#![allow(clippy::unwrap_used, missing_docs)]

mod bench;
mod chat;
mod file;
mod schema;
mod show;
