//! The machine from outside: events in, effects out, nothing else.
#![allow(clippy::unwrap_used, missing_docs)]

mod asked;
mod cameras;
mod cells;
mod devices;
mod mixer;
mod people;
mod printed;
mod resume;
mod rig;
mod room;
mod screens;
mod script;
mod seats;
mod takes;
mod talk;
mod transcripts;
mod voice;
mod walks;
