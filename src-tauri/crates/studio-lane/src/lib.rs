//! Pictures and sound between two processes, without copies on the way and without waiting.
//!
//! A [`Block`] is one piece of sealed shared memory holding some **lanes**. A lane carries frames one way: one
//! side takes its [`Writer`], the other its [`Reader`]. Each lane is a handful of slots with one atomic word
//! each, so that
//!
//! * the writer never waits: with every slot full it takes the oldest frame nobody has begun to read;
//! * the reader never waits and chooses per call between [`Reader::newest`] (pictures) and [`Reader::next`]
//!   (sound, in order);
//! * a frame is handed over by one atomic store made last: a writer that dies inside a frame, even by
//!   `kill -9`, leaves a slot that no reader will ever take, never half a frame;
//! * a [`Frame`] keeps the memory mapped: it stays readable after the writer, its process and the block are gone.
//!
//! Around it lie a [`Bell`] that wakes one waiter, [`hello`], which hands block and bells to the other process,
//! and [`talk`], which carries values both ways beside the media.
//!
//! The other side is not trusted with more than the pixels: sizes are fixed by the [`Shape`]s that this side
//! knows, a frame's length is clamped to its slot, and the seals make it impossible to shrink the memory under
//! a reader. What it *can* do is write into a frame while it is being read; the bytes of a frame are therefore
//! only ever samples to show, never an index or a length to act on.
//!
//! Nothing here knows what is sent, or to whom.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bell;
mod block;
pub mod hello;
mod lane;
// The one file that knows an operating system. Another system is a second file with the same items.
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod os;
mod slot;
pub mod talk;

pub use bell::Bell;
pub use block::{Block, Shape};
pub use lane::{Draft, Frame, Reader, Writer};
pub use slot::Meta;
