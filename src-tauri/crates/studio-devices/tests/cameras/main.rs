//! Cameras through nokhwa, from the test camera. Each test runs in a process of its own, in which the test camera's
//! library stands before the C library: what is tested is what opens real cameras.

#![allow(clippy::unwrap_used, missing_docs)]

mod garbage;
mod listed;
mod lost;
mod pictures;
mod support;
