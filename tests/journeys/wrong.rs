//! Bad input from the rooms: what people who mean no good send, and what comes of it.

mod flood;
mod forged;
mod names;
mod pictures;
