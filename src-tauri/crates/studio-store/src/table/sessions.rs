//! `live_sessions`: one row a show.

use rusqlite::{Connection, OptionalExtension, params};
use studio_wire::view::StateName;
use studio_wire::{ServerId, SessionId};

use super::{integer, of_word};

const OPEN: &str = "broadcast_state NOT IN ('idle', 'error')";

/// A show as it is from now on.
pub struct Row<'a> {
    pub session: &'a SessionId,
    pub title: &'a str,
    pub state: StateName,
    pub server: Option<&'a ServerId>,
}

impl Row<'_> {
    /// Makes the row, or changes its state. A show starts when it is first live and ends when it is idle again;
    /// one that is gone on with after a crash has not ended, and keeps the mark of the crash.
    pub fn write(&self, connection: &Connection, wall_ms: u64) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO live_sessions
                     (id, title, broadcast_state, server_id, created_ms, started_ms, ended_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5,
                         CASE WHEN ?3 = 'live' THEN ?5 END, CASE WHEN ?3 IN ('idle', 'error') THEN ?5 END)
                 ON CONFLICT (id) DO UPDATE SET
                     title = ?2,
                     broadcast_state = ?3,
                     server_id = ?4,
                     started_ms = CASE WHEN ?3 = 'live' THEN coalesce(started_ms, ?5) ELSE started_ms END,
                     ended_ms = CASE WHEN ?3 IN ('idle', 'error') THEN ?5 END",
            )?
            .execute(params![
                self.session.as_str(),
                self.title,
                self.state.word(),
                self.server.map(ServerId::as_str),
                integer(wall_ms),
            ])?;
        Ok(())
    }
}

/// A show that has no end.
pub struct Open {
    pub session: SessionId,
    pub title: String,
    pub state: StateName,
    pub server: Option<ServerId>,
}

/// The newest show without an end.
pub fn open(connection: &Connection) -> rusqlite::Result<Option<Open>> {
    let newest = format!(
        "SELECT id, title, broadcast_state, server_id FROM live_sessions WHERE {OPEN}
         ORDER BY created_ms DESC, rowid DESC LIMIT 1"
    );
    connection
        .query_row(&newest, [], |row| {
            let word: String = row.get(2)?;
            Ok(Open {
                session: SessionId(row.get(0)?),
                title: row.get(1)?,
                state: of_word(StateName::ALL, StateName::word, &word),
                server: row.get::<_, Option<String>>(3)?.map(ServerId),
            })
        })
        .optional()
}

/// Ends every show that the app died in.
pub fn mark_crashed(connection: &Connection) -> rusqlite::Result<()> {
    let mark = format!("UPDATE live_sessions SET broadcast_state = 'error', crashed = 1 WHERE {OPEN}");
    connection.execute(&mark, [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use studio_wire::view::StateName;

    use crate::table::bench::{Bench, SHOW, session};
    use crate::table::unfinished;

    #[test]
    fn a_show_begun_live_has_a_start_and_one_that_is_over_an_end() {
        let bench = Bench::new();
        bench.write(&session("quick", StateName::Live, 7));
        bench.write(&session("stillborn", StateName::Error, 8));
        let times = "SELECT group_concat(coalesce(started_ms, '-') || ' ' || coalesce(ended_ms, '-'), ', ')
                     FROM (SELECT * FROM live_sessions WHERE id <> 's' ORDER BY rowid)";
        assert_eq!(bench.sql::<String>(times), "7 -, - 8");
    }

    #[test]
    fn of_several_shows_without_an_end_the_newest_is_told_and_all_are_over() {
        let bench = Bench::new();
        bench.write(&session("newest", StateName::Live, 30));
        bench.write(&session("between", StateName::Ready, 20));
        let told = unfinished::take(&bench.connection).unwrap().unwrap();
        assert_eq!(told.session.as_str(), "newest");
        assert_eq!(unfinished::take(&bench.connection).unwrap(), None);
        assert_eq!(bench.sql::<i64>("SELECT count(*) FROM live_sessions WHERE crashed"), 3);
    }

    #[test]
    fn a_crashed_show_that_is_gone_on_with_is_live_again_and_stays_marked() {
        let bench = Bench::new();
        let row = "SELECT broadcast_state || ' ' || crashed || ' ' || started_ms || ' '
                       || coalesce(ended_ms, 'open')
                   FROM live_sessions";
        bench.write(&session(SHOW, StateName::Live, 20));
        assert_eq!(bench.sql::<String>(row), "live 0 20 open");
        unfinished::take(&bench.connection).unwrap().unwrap();
        assert_eq!(bench.sql::<String>(row), "error 1 20 open");
        bench.write(&session(SHOW, StateName::Error, 30));
        assert_eq!(bench.sql::<String>(row), "error 1 20 30");
        bench.write(&session(SHOW, StateName::Live, 40));
        assert_eq!(bench.sql::<String>(row), "live 1 20 open");
        bench.write(&session(SHOW, StateName::Idle, 50));
        assert_eq!(bench.sql::<String>(row), "idle 1 20 50");
    }
}
