//! The library's own message types, generated from the descriptors of its wheel.

#![allow(missing_docs, clippy::all, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/livekit.proto.rs"));
