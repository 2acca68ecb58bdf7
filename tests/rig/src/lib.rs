//! Faults for tests, on the loopback interface and on processes.
//!
//! | fault | made by |
//! | --- | --- |
//! | a connection is cut, stalls, is slow, is refused | [`Proxy`] |
//! | a server answers late, garbage, or not at all | [`Odd`] |
//! | a process stands still, or is gone | [`freeze`], [`thaw`], [`kill`] |
//! | a microphone or a speaker goes, comes, is another by default; the sound server ends | [`pulse::Pulse`] |
//! | a camera is pulled out, stalls, sends garbage | [`Cameras`] |
//! | windows come and go on a screen | [`desktop::Desktop`] |
//! | chance that can be repeated | [`Dice`] |
//!
//! Nothing here knows a protocol. With LiveKit only signalling goes through the address in the URL; media
//! find their own way over UDP, so a [`Proxy`] in the URL cuts signalling and leaves the media alone.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cameras;
pub mod desktop;
mod dice;
mod odd;
mod process;
mod proxy;
pub mod pulse;
pub mod tone;

pub use cameras::Cameras;
pub use dice::Dice;
pub use odd::{Odd, Way};
pub use process::{freeze, kill, thaw};
pub use proxy::Proxy;
