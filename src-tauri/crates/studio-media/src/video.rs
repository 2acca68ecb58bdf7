//! Drawing: a scene into the program, small pictures into the atlas. **All of it runs on the compositor's thread,
//! in tick time that is passed in.**

pub mod argb;
pub mod atlas;
pub mod compose;
pub mod convert;
pub mod fit;
pub mod framing;
pub(crate) mod slate;
pub mod sources;
mod up;
pub mod yuv;
