//! Coming back: what of a show is there again after each part of it was cut, frozen, killed or taken by somebody else.
//!
//! The studio and its seats are driven through their consoles; what they say of themselves is compared with what
//! LiveKit's Python SDK sees from outside. How long each return took is printed and never asserted.

mod cuts;
mod engines;
mod hosts;
mod party;
mod seats;
mod servers;
mod words;
