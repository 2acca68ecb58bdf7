//! `takes`, `tracks`, `segments`: a recording, what it holds, the files it lies in.

use rusqlite::{Connection, params};
use studio_wire::{SessionId, ShowTime, TakeId};

use super::integer;

/// The program's picture and sound together are a take's first track.
const PROGRAM: i64 = 0;

/// A recording begins.
pub fn begin(
    connection: &Connection,
    session: &SessionId,
    take: TakeId,
    at: ShowTime,
    wall_ms: u64,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO takes (session_id, take, at_ns, started_ms) VALUES (?1, ?2, ?3, ?4)",
        params![session.as_str(), take.0, integer(at.0), integer(wall_ms)],
    )?;
    connection.execute(
        "INSERT INTO tracks (session_id, take, track, kind) VALUES (?1, ?2, ?3, 'program')",
        params![session.as_str(), take.0, PROGRAM],
    )?;
    Ok(())
}

/// A file of it has bytes on disk.
pub fn segment(
    connection: &Connection,
    session: &SessionId,
    take: TakeId,
    segment: u32,
    path: &str,
    at: ShowTime,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO segments (session_id, take, track, segment, path, at_ns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![session.as_str(), take.0, PROGRAM, segment, path, integer(at.0)],
    )?;
    Ok(())
}

/// It is finished and can be played.
pub fn done(
    connection: &Connection,
    session: &SessionId,
    take: TakeId,
    path: &str,
    frames: u64,
    wall_ms: u64,
) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE takes SET path = ?3, frames = ?4, ended_ms = ?5 WHERE session_id = ?1 AND take = ?2",
        params![session.as_str(), take.0, path, integer(frames), integer(wall_ms)],
    )?;
    Ok(())
}

/// Files of recordings without an end, oldest first.
pub fn without_end(connection: &Connection, session: &SessionId) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(
            "SELECT segments.path FROM segments JOIN takes USING (session_id, take)
             WHERE session_id = ?1 AND takes.ended_ms IS NULL ORDER BY take, segment",
        )?
        .query_map([session.as_str()], |row| row.get(0))?
        .collect()
}

/// The number of the newest take, 0 if there is none: the next one has a larger number.
pub fn newest(connection: &Connection, session: &SessionId) -> rusqlite::Result<u32> {
    let query = "SELECT coalesce(max(take), 0) FROM takes WHERE session_id = ?1";
    connection.query_row(query, [session.as_str()], |row| row.get(0))
}
