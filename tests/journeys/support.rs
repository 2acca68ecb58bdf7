//! What journeys share: the binary, rehearsals, foreign guests, recordings, a look at processes.

pub mod app;
pub mod console;
pub mod python;
pub mod recording;
pub mod seen;
pub mod server;
pub mod show;
pub mod tree;
pub mod web;
pub mod window;
