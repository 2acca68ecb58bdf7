//! `figures`: what somebody did in a show, one row a person.

use rusqlite::{Connection, params};
use studio_wire::store::PersonFigures;
use studio_wire::{Identity, SessionId};

use super::integer;

/// Keeps somebody's figures in place of their earlier ones.
pub fn write(
    connection: &Connection,
    session: &SessionId,
    identity: &Identity,
    figures: &PersonFigures,
) -> rusqlite::Result<()> {
    let PersonFigures { joins, there_ms, on_stage_ms, talk_ms, poor_ms } = *figures;
    connection
        .prepare_cached(
            "INSERT INTO figures (session_id, user_id, joins, there_ms, on_stage_ms, talk_ms, poor_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (session_id, user_id) DO UPDATE SET
                 joins = ?3, there_ms = ?4, on_stage_ms = ?5, talk_ms = ?6, poor_ms = ?7",
        )?
        .execute(params![
            session.as_str(),
            identity.as_str(),
            joins,
            integer(there_ms),
            integer(on_stage_ms),
            integer(talk_ms),
            integer(poor_ms),
        ])?;
    Ok(())
}
