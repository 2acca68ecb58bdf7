//! `live_participants`: one row per session and user.

use rusqlite::{Connection, params};
use studio_wire::store::{KeptPerson, PersonFigures};
use studio_wire::{Identity, Position, Presence, Rights, Role, SessionId};

use super::{integer, natural, of_word, strips};

/// Somebody's record of a show.
pub struct Row<'a> {
    pub session: &'a SessionId,
    pub identity: &'a Identity,
    pub name: &'a str,
    pub role: Role,
    pub presence: Presence,
    pub position: Position,
    pub rights: Rights,
}

/// A random UUID (version 4).
const UUID: &str =
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
     || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2)
     || '-' || hex(randomblob(6)))";

impl Row<'_> {
    /// Makes the row or changes it. Who comes again keeps the first time of coming and is no longer gone.
    pub fn write(&self, connection: &Connection, wall_ms: u64) -> rusqlite::Result<()> {
        let put = format!(
            "INSERT INTO live_participants (id, session_id, user_id, name, role, status, position,
                                            can_speak, can_video, joined_ms, left_ms)
             VALUES ({UUID}, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
                     CASE WHEN ?5 = 'joined' THEN ?9 END, CASE WHEN ?5 IN ('left', 'removed') THEN ?9 END)
             ON CONFLICT (session_id, user_id) DO UPDATE SET
                 name = ?3, role = ?4, status = ?5, position = ?6, can_speak = ?7, can_video = ?8,
                 joined_ms = CASE WHEN ?5 = 'joined' THEN coalesce(joined_ms, ?9) ELSE joined_ms END,
                 left_ms = CASE WHEN ?5 IN ('left', 'removed') THEN coalesce(left_ms, ?9) END"
        );
        connection.prepare_cached(&put)?.execute(params![
            self.session.as_str(),
            self.identity.as_str(),
            self.name,
            self.role.word(),
            self.presence.word(),
            self.position.word(),
            self.rights.speak,
            self.rights.video,
            integer(wall_ms),
        ])?;
        Ok(())
    }
}

/// Everybody's record with their figures and strips, in the order in which they became known.
pub fn read(connection: &Connection, session: &SessionId) -> rusqlite::Result<Vec<KeptPerson>> {
    connection
        .prepare(
            "SELECT user_id, name, role, status, can_speak, can_video,
                    coalesce(joins, 0), coalesce(there_ms, 0), coalesce(on_stage_ms, 0),
                    coalesce(talk_ms, 0), coalesce(poor_ms, 0), coalesce(strips, '')
             FROM live_participants LEFT JOIN figures USING (session_id, user_id)
                  LEFT JOIN strips USING (session_id, user_id)
             WHERE session_id = ?1 ORDER BY live_participants.rowid",
        )?
        .query_map([session.as_str()], |row| {
            let (role, status): (String, String) = (row.get(2)?, row.get(3)?);
            Ok(KeptPerson {
                identity: Identity(row.get(0)?),
                name: row.get(1)?,
                role: of_word(Role::ALL, Role::word, &role),
                presence: of_word(Presence::ALL, Presence::word, &status),
                rights: Rights { speak: row.get(4)?, video: row.get(5)? },
                figures: PersonFigures {
                    joins: row.get(6)?,
                    there_ms: natural(row.get(7)?),
                    on_stage_ms: natural(row.get(8)?),
                    talk_ms: natural(row.get(9)?),
                    poor_ms: natural(row.get(10)?),
                },
                strips: strips::of_text(&row.get::<_, String>(11)?),
            })
        })?
        .collect()
}

#[cfg(test)]
mod tests;
