//! The machine of the show: plain data, changed by one function.
//!
//! **One event, then all its effects, then the next event; nothing else changes a [`Studio`].** It knows no
//! clock, no thread, no file and no chance: time comes in as [`Now`](studio_wire::Now), ids come from the
//! seed in [`Start`]. The same events at the same times give the same effects.
//!
//! ```
//! use studio_core::{Effect, Effects, Event, Start, Studio};
//! use studio_wire::{Actor, Command, Now, ShowCommand, ShowTime, Ticket};
//!
//! let mut studio = Studio::new(Start::new(7, "host", "Ada"));
//! let open = Command::Show(ShowCommand::Open { title: "Evening show".into() });
//! let mut inbox = vec![Event::Command(Ticket(1), Actor::LocalHost, open)];
//! while let Some(event) = inbox.pop() {
//!     let (now, mut effects) = (Now { show: ShowTime::from_ms(1), wall_ms: 0 }, Effects::default());
//!     studio.apply(now, event, &mut effects);
//!     for effect in effects.drain() {
//!         match effect {
//!             Effect::Reply(_ticket, verdict) => assert!(verdict.is_ok()),
//!             Effect::Publish => assert_eq!(studio.snapshot(now).rev, 1),
//!             _order_for_a_port => {} // its reports come back as events
//!         }
//!     }
//!     let _sleep_until = studio.next_deadline(); // then: Event::Wake
//! }
//! ```
//!
//! A seat in another machine's show is a [`Visit`]: the same surface, with the host's word in the place of the show.
//! A [`Machine`] is either.
//!
//! Inside, each concern is a machine of its own that knows none of the others: the broadcast (the seven
//! states), the show (roster, stage, takes), and what is here (own sources, preferences, rooms, notices).
//! Only `studio.rs` carries facts from one to another. What the ports are to do that follows from the state
//! (sources, scene, wants, people's records) is derived after each event and sent when it differs.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod access;
mod broadcast;
mod effect;
mod event;
mod here;
mod ids;
mod journal;
mod machine;
mod show;
mod studio;
mod text;
mod time;
mod visit;

pub use effect::{Effect, Effects};
pub use event::{Event, SeatStart, Start};
pub use journal::Row;
pub use machine::Machine;
pub use show::stage::layouts::places;
pub use studio::Studio;
pub use visit::Visit;
