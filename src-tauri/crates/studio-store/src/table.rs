//! One module a table: its rows, its reads, its writes.

mod events;
mod participants;
mod preferences;
mod sessions;
mod takes;

use rusqlite::Connection;
use studio_wire::store::{Kept, StoreOrder};

/// What an app needs to know at its start.
pub fn read_all(connection: &Connection) -> rusqlite::Result<Kept> {
    let (preferences, faults) = preferences::read(connection)?;
    Ok(Kept { preferences, faults, unfinished: sessions::take_unfinished(connection)? })
}

/// Writes one order.
pub fn write(connection: &Connection, order: &StoreOrder) -> rusqlite::Result<()> {
    match order {
        StoreOrder::Session { session, title, state, wall_ms, .. } => {
            sessions::write(connection, session, title, *state, *wall_ms)
        }
        StoreOrder::Person { session, identity, name, role, presence, position, wall_ms } => {
            let row = participants::Row {
                session,
                identity,
                name,
                role: *role,
                presence: *presence,
                position: *position,
                wall_ms: *wall_ms,
            };
            row.write(connection)
        }
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
    }
}

/// SQLite's integers are signed; ours are never so large that it matters.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
