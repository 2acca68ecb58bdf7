//! `chat`: what was said, numbered in each room.

use rusqlite::{Connection, Row, params};
use studio_wire::chat::{ChatLine, ChatPage, PAGE};
use studio_wire::rtc::RoomKind;
use studio_wire::{Identity, SessionId};

use super::{integer, natural};

/// Keeps a line. One whose number, or whose sender and id, is kept already is passed over: the first one stays.
pub fn keep(connection: &Connection, session: &SessionId, line: &ChatLine) -> rusqlite::Result<()> {
    let ChatLine { room, seq, id, from, name, at_ms, text } = line;
    connection
        .prepare_cached(
            "INSERT INTO chat (session_id, room, seq, id, sender, name, at_ms, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            session.as_str(),
            room.word(),
            integer(*seq),
            id,
            from.as_str(),
            name,
            integer(*at_ms),
            text,
        ])?;
    Ok(())
}

/// At most [`PAGE`] lines, oldest first: with `after` the oldest ones that follow it (and come before `before`),
/// else the newest ones that come before `before`, else the newest ones.
pub fn page(
    connection: &Connection,
    session: &SessionId,
    room: RoomKind,
    after: Option<u64>,
    before: Option<u64>,
) -> rusqlite::Result<ChatPage> {
    let from_the_end = after.is_none();
    let order = if from_the_end { "DESC" } else { "ASC" };
    let query = format!(
        "SELECT seq, id, sender, name, at_ms, text FROM chat
         WHERE session_id = ?1 AND room = ?2 AND seq > ?3 AND (?4 IS NULL OR seq < ?4)
         ORDER BY seq {order} LIMIT {PAGE}"
    );
    let after = after.map_or(-1, integer);
    let mut lines = connection
        .prepare_cached(&query)?
        .query_map(params![session.as_str(), room.word(), after, before.map(integer)], |row| line(room, row))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if from_the_end {
        lines.reverse();
    }
    Ok(ChatPage { room, lines, newest: newest(connection, session, room)? })
}

fn newest(connection: &Connection, session: &SessionId, room: RoomKind) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM chat WHERE session_id = ?1 AND room = ?2")?
        .query_row(params![session.as_str(), room.word()], |row| row.get(0))
        .map(natural)
}

fn line(room: RoomKind, row: &Row<'_>) -> rusqlite::Result<ChatLine> {
    Ok(ChatLine {
        room,
        seq: natural(row.get(0)?),
        id: row.get(1)?,
        from: Identity(row.get(2)?),
        name: row.get(3)?,
        at_ms: natural(row.get(4)?),
        text: row.get(5)?,
    })
}

#[cfg(test)]
mod tests;
