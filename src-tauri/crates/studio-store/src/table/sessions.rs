//! `live_sessions`: one row a show.

use rusqlite::{Connection, OptionalExtension, params};
use studio_wire::SessionId;
use studio_wire::store::Unfinished;
use studio_wire::view::StateName;

use super::integer;

/// Makes the row, or changes its state. A show starts when it is first live and ends when it is idle again.
pub fn write(
    connection: &Connection,
    session: &SessionId,
    title: &str,
    state: StateName,
    wall_ms: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO live_sessions (id, title, broadcast_state, created_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET
                 title = ?2,
                 broadcast_state = ?3,
                 started_ms = CASE WHEN ?3 = 'live' THEN coalesce(started_ms, ?4) ELSE started_ms END,
                 ended_ms = CASE WHEN ?3 IN ('idle', 'error') THEN ?4 END",
        )?
        .execute(params![session.as_str(), title, state.word(), integer(wall_ms)])?;
    Ok(())
}

/// The show that was under way when the app died, if any. It is closed here, so that it is told once.
pub fn take_unfinished(connection: &Connection) -> rusqlite::Result<Option<Unfinished>> {
    const OPEN: &str = "broadcast_state NOT IN ('idle', 'error')";
    let newest =
        format!("SELECT id, title, broadcast_state FROM live_sessions WHERE {OPEN} ORDER BY created_ms DESC");
    let row = connection
        .query_row(&newest, [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((id, title, word)) = row else { return Ok(None) };
    let files = connection
        .prepare(
            "SELECT segments.path FROM segments JOIN takes USING (session_id, take)
             WHERE session_id = ?1 AND takes.ended_ms IS NULL ORDER BY take, segment",
        )?
        .query_map([&id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    connection.execute(
        &format!("UPDATE live_sessions SET broadcast_state = 'error', crashed = 1 WHERE {OPEN}"),
        [],
    )?;
    let state = StateName::ALL.into_iter().find(|state| state.word() == word).unwrap_or_default();
    Ok(Some(Unfinished { session: SessionId(id), title, state, files }))
}
