//! `visits`: one row each time that somebody was there.

use rusqlite::{Connection, params};
use studio_wire::{Identity, Presence, SessionId};

use super::integer;

/// Somebody's presence is this from now on: begins a visit if they are there and had not come, else ends the one
/// that is open. Their record must be there.
pub fn follow(
    connection: &Connection,
    session: &SessionId,
    identity: &Identity,
    presence: Presence,
    wall_ms: u64,
) -> rusqlite::Result<()> {
    // The wall clock may have been set back since they came.
    let change = match presence {
        Presence::Joined => {
            "INSERT INTO visits (session_id, user_id, came_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
        }
        Presence::Invited | Presence::Left | Presence::Removed => {
            "UPDATE visits SET left_ms = max(came_ms, ?3)
             WHERE session_id = ?1 AND user_id = ?2 AND left_ms IS NULL"
        }
    };
    connection.prepare_cached(change)?.execute(params![
        session.as_str(),
        identity.as_str(),
        integer(wall_ms)
    ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use studio_wire::Presence;
    use studio_wire::Presence::{Invited, Joined, Left, Removed};

    use crate::table::bench::{Bench, person};

    fn visits(steps: &[(Presence, u64)]) -> String {
        let bench = Bench::new();
        for (presence, wall_ms) in steps {
            bench.write(&person("gina", *presence, *wall_ms));
        }
        let list = "SELECT coalesce(group_concat(came_ms || '-' || coalesce(left_ms, ''), ' '), '')
                    FROM (SELECT * FROM visits ORDER BY id)";
        bench.sql(list)
    }

    // S-84
    #[test]
    fn each_coming_is_a_visit_until_the_next_leaving() {
        let came_and_went = [(Joined, 10), (Left, 20), (Joined, 30), (Removed, 40), (Joined, 50)];
        assert_eq!(visits(&came_and_went), "10-20 30-40 50-");
    }

    #[test]
    fn who_is_there_already_does_not_come_and_who_is_gone_does_not_go() {
        assert_eq!(visits(&[(Joined, 10), (Joined, 11), (Left, 20), (Left, 25), (Removed, 30)]), "10-20");
        assert_eq!(visits(&[(Invited, 1), (Left, 2), (Removed, 3)]), "");
    }

    #[test]
    fn who_is_only_expected_again_is_not_there() {
        assert_eq!(visits(&[(Invited, 1), (Joined, 10), (Invited, 20), (Joined, 30)]), "10-20 30-");
    }

    #[test]
    fn a_clock_that_was_set_back_makes_a_visit_short_and_never_negative() {
        assert_eq!(visits(&[(Joined, 100), (Left, 40), (Joined, 50)]), "100-100 50-");
    }
}
