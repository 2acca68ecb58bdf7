//! Between the library's messages and the crate's own types, one file for each half.

pub(crate) mod audio;
pub(crate) mod room;
pub(crate) mod stats;
pub(crate) mod video;
