//! A seat from outside: events in, effects out, and a host that the tests play.
#![allow(clippy::unwrap_used, missing_docs)]

mod chat;
mod devices;
mod life;
mod media;
mod pair;
mod returns;
mod rig;
mod screens;
mod tales;
mod voice;
mod walks;
mod wishes;
