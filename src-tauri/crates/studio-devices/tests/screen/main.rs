//! Screens of a real X server: Xvfb, started by each test for itself.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs)]

mod desk;
mod faults;
mod offers;
mod parts;
mod port;
mod windows;
