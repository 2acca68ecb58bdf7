//! The words that the core, the shell, the children and the window share: plain serde values, nothing else.
//!
//! **Invariant: no logic beyond constructors and tables, no type of another library, no IO.** Enums keep
//! serde's external tags, and every field that an engine reads is always written, because its wire format (postcard)
//! knows no others. "Order" goes out of the core, "report" comes in.

pub mod chat;
pub mod command;
pub mod device;
pub mod engine;
pub mod fault;
pub mod ids;
pub mod layout;
pub mod media;
pub mod mixer;
pub mod people;
pub mod preferences;
pub mod room;
pub mod rtc;
pub mod server;
pub mod shell;
pub mod store;
pub mod table;
pub mod time;
pub mod view;

pub use command::{Act, Bus, Command, HereCommand, ShowCommand};
pub use fault::{Fault, Severity};
pub use ids::{
    CallId, Epoch, Identity, LaneId, ProgramId, ServerId, SessionId, SourceId, TakeId, Ticket, TrackSid,
};
pub use layout::{LayoutName, Rect};
pub use people::{Actor, Position, Presence, Rights, Role, Seat};
pub use preferences::Preferences;
pub use time::{Now, ShowTime};
pub use view::{Answer, Query, ShowView, Snapshot, Update};
