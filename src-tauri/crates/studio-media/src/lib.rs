//! Picture and sound of the show: composes the program, mixes it, records it, and shows it to the window.
//!
//! Everything runs on two threads with a clock of their own, the compositor and the mixer, started by
//! [`Media::start`]. Orders come in by [`Media::order`], reports go out by a function, pictures and sound come
//! and go by lanes. **What a guest sends, or an engine that dies, never costs a program frame.**
//!
//! **Invariant:** this crate knows nothing of LiveKit, people, or why something is shown. Time is passed in:
//! what runs at each tick can be run by a test at any show time.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod audio;
pub mod clock;
mod config;
pub mod frame;
pub mod inspect;
mod media;
pub mod preview;
pub mod record;
pub mod synthetic;
pub mod video;

pub use config::{Config, ReportSink, find_ffmpeg};
pub use media::{AirLanes, CrewLanes, DeviceDesk, LaneDesk, Media, Out};
