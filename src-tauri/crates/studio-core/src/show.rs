//! What a show is made of: who is in it, what is on stage, what is said, what was recorded, who watches it from
//! another machine.

pub mod changes;
pub mod chat;
pub mod roster;
pub mod seats;
pub mod stage;
pub mod strips;
pub mod takes;
