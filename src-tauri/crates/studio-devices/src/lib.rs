//! The devices of this machine: microphones and speakers, cameras, screens.
//!
//! **Nothing opens by itself: a device is open from the call that opens it until its value is dropped. One that is gone
//! is gone: nothing else is ever taken in its place.** Lists are read once and again when the system says that something
//! changed. What a device gives is handed to a function at the device's own pace, with the show time at which it was
//! taken in; a device that blocks for ever costs nobody anything but itself.
//!
//! **Invariant:** knows nothing of shows, people or LiveKit, and decides nothing.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod camera;
mod port;
pub mod screen;
pub mod sound;

pub use port::Devices;
