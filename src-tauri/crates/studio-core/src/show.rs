//! What a show is made of: who is in it, what is on stage, what was recorded.

pub mod roster;
pub mod stage;
pub mod takes;
