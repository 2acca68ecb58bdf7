//! Microphones and speakers of a real PulseAudio server.

#![allow(clippy::unwrap_used, missing_docs)]

mod here;
mod lists;
mod loss;
mod streams;
mod support;
