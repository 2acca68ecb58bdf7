//! `live_participants`: one row per session and user.

use rusqlite::{Connection, params};
use studio_wire::{Identity, Position, Presence, Role, SessionId};

use super::integer;

/// Somebody's record of a show.
pub struct Row<'a> {
    pub session: &'a SessionId,
    pub identity: &'a Identity,
    pub name: &'a str,
    pub role: Role,
    pub presence: Presence,
    pub position: Position,
    pub wall_ms: u64,
}

impl Row<'_> {
    /// Makes the row or changes it. Who comes again keeps the first time of coming and is no longer gone.
    pub fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let publishes = matches!(self.role, Role::Host | Role::Cohost | Role::Guest);
        connection
            .prepare_cached(
                "INSERT INTO live_participants
                     (id, session_id, user_id, name, role, status, position, joined_ms, can_speak, can_video)
                 VALUES (lower(hex(randomblob(16))), ?1, ?2, ?3, ?4, ?5, ?6,
                         CASE WHEN ?5 = 'joined' THEN ?7 END, ?8, ?8)
                 ON CONFLICT (session_id, user_id) DO UPDATE SET
                     name = ?3, role = ?4, status = ?5, position = ?6,
                     joined_ms = CASE WHEN ?5 = 'joined' THEN coalesce(joined_ms, ?7) ELSE joined_ms END,
                     left_ms = CASE WHEN ?5 IN ('left', 'removed') THEN coalesce(left_ms, ?7) END,
                     can_speak = ?8, can_video = ?8",
            )?
            .execute(params![
                self.session.as_str(),
                self.identity.as_str(),
                self.name,
                self.role.word(),
                presence_word(self.presence),
                position_word(self.position),
                integer(self.wall_ms),
                publishes,
            ])?;
        Ok(())
    }
}

fn presence_word(presence: Presence) -> &'static str {
    match presence {
        Presence::Invited => "invited",
        Presence::Joined => "joined",
        Presence::Left => "left",
        Presence::Removed => "removed",
    }
}

fn position_word(position: Position) -> &'static str {
    match position {
        Position::None => "none",
        Position::Requested => "requested",
        Position::Backstage => "backstage",
        Position::OnStage => "on_stage",
    }
}
