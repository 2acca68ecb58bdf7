//! Clients that are not ours in a show of ours: what they can and cannot do, see and hear.
//!
//! LiveKit's Python SDK and its client for browsers, subscribed to everything that the server lets them have.

mod chat;
mod hearing;
mod off;
mod places;
mod twice;
