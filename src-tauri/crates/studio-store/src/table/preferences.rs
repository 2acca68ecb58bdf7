//! `preferences`: one row a field. An unknown field is ignored, a broken one falls back and is told.

use rusqlite::{Connection, params};
use serde_json::{Map, Value};
use studio_wire::{Fault, Preferences};

/// What is stored, with defaults for the rest.
pub fn read(connection: &Connection) -> rusqlite::Result<(Preferences, Vec<Fault>)> {
    let rows = connection
        .prepare("SELECT field, value FROM preferences")?
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let (mut good, mut faults) = (Map::new(), Vec::new());
    for (field, text) in rows {
        match usable(&field, &text) {
            Some(value) => drop(good.insert(field, value)),
            None => faults.push(Fault::PreferenceBroken { group: field }),
        }
    }
    let preferences = serde_json::from_value(Value::Object(good)).unwrap_or_default();
    Ok((preferences, faults))
}

/// The value, if the field alone makes good preferences.
fn usable(field: &str, text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    let alone = Map::from_iter([(field.to_owned(), value.clone())]);
    serde_json::from_value::<Preferences>(Value::Object(alone)).ok()?;
    Some(value)
}

/// Stores every field.
pub fn write(connection: &Connection, preferences: &Preferences) -> rusqlite::Result<()> {
    let Ok(Value::Object(fields)) = serde_json::to_value(preferences) else { return Ok(()) };
    let mut put = connection.prepare_cached(
        "INSERT INTO preferences (field, value) VALUES (?1, ?2) ON CONFLICT (field) DO UPDATE SET value = ?2",
    )?;
    for (field, value) in fields {
        put.execute(params![field, value.to_string()])?;
    }
    Ok(())
}
