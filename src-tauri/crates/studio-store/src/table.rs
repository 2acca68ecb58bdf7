//! One module a table: its rows, its reads, its writes.

mod chat;
mod events;
mod figures;
mod participants;
mod preferences;
mod scenes;
mod servers;
mod sessions;
mod strips;
mod takes;
mod unfinished;
mod visits;

use rusqlite::Connection;
use studio_wire::Fault;
use studio_wire::store::{Kept, StoreOrder};

pub use chat::page;

/// What an app needs to know at its start. Parts that cannot be read are told, and have their defaults.
pub fn read_all(connection: &Connection) -> Kept {
    let mut faults = Vec::new();
    let (preferences, broken) = part("preferences", preferences::read(connection), &mut faults);
    let unfinished = part("unfinished show", unfinished::take(connection), &mut faults);
    let servers = part("servers", servers::read(connection), &mut faults);
    faults.extend(broken);
    Kept { preferences, faults, unfinished, servers }
}

fn part<T: Default>(name: &str, read: rusqlite::Result<T>, faults: &mut Vec<Fault>) -> T {
    read.unwrap_or_else(|error| {
        tracing::error!(%error, name, "what is stored cannot be read");
        if !faults.contains(&Fault::StoreFailed) {
            faults.push(Fault::StoreFailed);
        }
        T::default()
    })
}

/// Writes one order; after an error a part of it may be written, so it needs a transaction or savepoint of its
/// own.
pub fn write(connection: &Connection, order: &StoreOrder) -> rusqlite::Result<()> {
    match order {
        StoreOrder::Session { epoch: _, session, title, state, server, wall_ms } => {
            let row = sessions::Row { session, title, state: *state, server: server.as_ref() };
            row.write(connection, *wall_ms)
        }
        StoreOrder::Scenes { session, program, preview } => {
            scenes::write(connection, session, program, preview)
        }
        StoreOrder::Person { session, identity, name, role, presence, position, rights, wall_ms } => {
            let row = participants::Row {
                session,
                identity,
                name,
                role: *role,
                presence: *presence,
                position: *position,
                rights: *rights,
            };
            row.write(connection, *wall_ms)?;
            visits::follow(connection, session, identity, *presence, *wall_ms)
        }
        StoreOrder::Figures { session, identity, figures } => {
            figures::write(connection, session, identity, figures)
        }
        StoreOrder::Strips { session, identity, strips } => {
            strips::write(connection, session, identity, strips)
        }
        StoreOrder::Chat { session, line } => chat::keep(connection, session, line),
        StoreOrder::Server(profile) => servers::write(connection, profile),
        StoreOrder::ForgetServer(server) => servers::forget(connection, server),
        StoreOrder::Take { session, take, at, wall_ms } => {
            takes::begin(connection, session, *take, *at, *wall_ms)
        }
        StoreOrder::Segment { session, take, segment, path, at } => {
            takes::segment(connection, session, *take, *segment, path, *at)
        }
        StoreOrder::TakeDone { session, take, path, frames, wall_ms } => {
            takes::done(connection, session, *take, path, *frames, *wall_ms)
        }
        StoreOrder::Preferences(preferences) => preferences::write(connection, preferences),
        StoreOrder::Event { session, seq, at, kind, payload } => {
            events::append(connection, session.as_ref(), *seq, *at, kind, payload)
        }
        // Answered, not written.
        StoreOrder::ReadChat { .. } => Ok(()),
    }
}

/// What an order is about, for the log: never what people wrote in it.
pub fn subject(order: &StoreOrder) -> &'static str {
    match order {
        StoreOrder::Session { .. } => "session",
        StoreOrder::Scenes { .. } => "scenes",
        StoreOrder::Person { .. } => "person",
        StoreOrder::Figures { .. } => "figures",
        StoreOrder::Strips { .. } => "strips",
        StoreOrder::Chat { .. } | StoreOrder::ReadChat { .. } => "chat",
        StoreOrder::Server(_) | StoreOrder::ForgetServer(_) => "server",
        StoreOrder::Take { .. } | StoreOrder::Segment { .. } | StoreOrder::TakeDone { .. } => "take",
        StoreOrder::Preferences(_) => "preferences",
        StoreOrder::Event { .. } => "event",
    }
}

/// SQLite's integers are signed; ours are never so large that it matters.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Nothing below zero is ever written.
fn natural(integer: i64) -> u64 {
    u64::try_from(integer).unwrap_or_default()
}

/// The value whose word stands in a column; its default for a word that is not ours, which `CHECK` keeps out.
fn of_word<T: Copy + Default, const N: usize>(all: [T; N], word: fn(T) -> &'static str, found: &str) -> T {
    all.into_iter().find(|&one| word(one) == found).unwrap_or_default()
}

#[cfg(test)]
mod bench;
