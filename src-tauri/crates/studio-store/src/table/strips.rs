//! `strips`: how each person's sounds were mixed.

use rusqlite::{Connection, params};
use studio_wire::mixer::Strip;
use studio_wire::rtc::TrackKind;
use studio_wire::{Identity, SessionId};

/// Keeps them, whole.
pub fn write(
    connection: &Connection,
    session: &SessionId,
    identity: &Identity,
    strips: &[(TrackKind, Strip)],
) -> rusqlite::Result<()> {
    let text = serde_json::to_string(strips)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection
        .prepare_cached(
            "INSERT INTO strips (session_id, user_id, strips) VALUES (?1, ?2, ?3)
             ON CONFLICT (session_id, user_id) DO UPDATE SET strips = ?3",
        )?
        .execute(params![session.as_str(), identity.as_str(), text])?;
    Ok(())
}

/// As they were kept; what is missing or broken is as it is at first.
pub fn of_text(text: &str) -> Vec<(TrackKind, Strip)> {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use studio_wire::mixer::{Compressor, Strip};
    use studio_wire::rtc::TrackKind;
    use studio_wire::store::StoreOrder;
    use studio_wire::{Presence, SessionId};

    use crate::table::bench::{Bench, SHOW, person};
    use crate::table::participants;

    fn order(strips: &[(TrackKind, Strip)]) -> StoreOrder {
        StoreOrder::Strips {
            session: SessionId::from(SHOW),
            identity: "gina".into(),
            strips: strips.to_vec(),
        }
    }

    #[test]
    fn the_last_strips_of_somebody_are_there_and_others_have_none() {
        let bench = Bench::new();
        bench.write(&person("gina", Presence::Joined, 1));
        bench.write(&person("leo", Presence::Joined, 2));
        let compressor = Compressor { on: true, ratio: 4.0, ..Compressor::default() };
        let last = [
            (TrackKind::Microphone, Strip { gain_db: -6.5, compressor, ..Strip::default() }),
            (TrackKind::ScreenSound, Strip { mute: true, ..Strip::default() }),
        ];
        bench.write(&order(&last[..1]));
        bench.write(&order(&last));
        let kept = participants::read(&bench.connection, &SHOW.into()).unwrap();
        assert_eq!((kept[0].strips.as_slice(), kept[1].strips.len()), (&last[..], 0));
    }

    #[test]
    fn strips_that_are_broken_take_nothing_else_with_them() {
        let bench = Bench::new();
        bench.write(&person("gina", Presence::Joined, 1));
        bench.write(&order(&[]));
        bench.connection.execute("UPDATE strips SET strips = '[[\"drum\",{}]]'", []).unwrap();
        let kept = participants::read(&bench.connection, &SHOW.into()).unwrap();
        assert_eq!((kept.len(), kept[0].strips.len()), (1, 0));
    }
}
