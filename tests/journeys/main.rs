//! Journeys: the built binary with everything real behind it, seen by clients that are not ours.
//!
//! They use no type of the app: what they know of it is its command line, its window and its files.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

mod crashes;
mod devices;
mod guest;
mod profiles;
mod rehearsal;
mod returns;
mod seats;
mod secrets;
mod stock;
mod trouble;
mod window;
mod wrong;
