//! What belongs to this machine, whoever's show it is: own sources, preferences, rooms, notices.

pub mod connection;
pub mod devices;
pub mod notices;
pub mod outputs;
pub mod preferences;
pub mod screens;
pub mod sent;
pub mod servers;
