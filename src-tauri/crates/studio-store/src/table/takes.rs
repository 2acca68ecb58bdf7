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
