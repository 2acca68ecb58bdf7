//! Numbered steps, forward only, each whole or not at all. A step that was released is never edited.

use rusqlite::{Connection, TransactionBehavior};

const STEPS: &[&str] = &[
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_room.sql"),
    include_str!("../migrations/0003_mixer.sql"),
];

/// The schema this program writes: the number of the last step.
#[allow(clippy::cast_possible_truncation, reason = "a handful of steps")]
pub const SCHEMA: u32 = STEPS.len() as u32;

/// The schema of an open file; 0 for an empty one.
pub fn found(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings a file to [`SCHEMA`]. The file is at a step's end before and after, also if this process dies.
pub fn run(connection: &mut Connection) -> rusqlite::Result<()> {
    let from = found(connection)?;
    for (number, step) in (1_u32..).zip(STEPS).filter(|(number, _)| *number > from) {
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute_batch(step)?;
        change.pragma_update(None, "user_version", number)?;
        change.commit()?;
    }
    Ok(())
}
