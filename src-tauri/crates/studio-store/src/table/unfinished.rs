//! A show that was under way when the app died: what a restarted app goes on with, from all of its tables.

use rusqlite::Connection;
use studio_wire::rtc::RoomKind;
use studio_wire::store::Unfinished;

use super::{chat, participants, scenes, sessions, takes};

/// The newest show that has no end, if any. It is closed here, so that it is told once, also when the rest of
/// it cannot be read.
pub fn take(connection: &Connection) -> rusqlite::Result<Option<Unfinished>> {
    let Some(open) = sessions::open(connection)? else { return Ok(None) };
    sessions::mark_crashed(connection)?;
    let (program, preview) = scenes::read(connection, &open.session)?;
    let pages = RoomKind::ALL.map(|room| chat::page(connection, &open.session, room, None, None));
    Ok(Some(Unfinished {
        files: takes::without_end(connection, &open.session)?,
        takes: takes::newest(connection, &open.session)?,
        people: participants::read(connection, &open.session)?,
        chat: pages.into_iter().collect::<rusqlite::Result<_>>()?,
        program,
        preview,
        session: open.session,
        title: open.title,
        state: open.state,
        server: open.server,
    }))
}
