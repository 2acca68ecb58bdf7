//! The machine from outside: events in, effects out, nothing else.
#![allow(clippy::unwrap_used, missing_docs)]

mod cells;
mod devices;
mod people;
mod printed;
mod resume;
mod rig;
mod room;
mod script;
mod seats;
mod takes;
mod transcripts;
mod walks;
