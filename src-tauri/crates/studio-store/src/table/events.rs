//! `events`: the journal, append only.

use rusqlite::{Connection, params};
use studio_wire::{SessionId, ShowTime};

use super::integer;

/// Appends a row.
pub fn append(
    connection: &Connection,
    session: Option<&SessionId>,
    seq: u64,
    at: ShowTime,
    kind: &str,
    payload: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO events (session_id, seq, at_ns, kind, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![session.map(SessionId::as_str), integer(seq), integer(at.0), kind, payload])?;
    Ok(())
}
