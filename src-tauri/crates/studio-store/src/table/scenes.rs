//! `scenes`: what is on air in a show and what is being prepared.

use rusqlite::{Connection, OptionalExtension, params};
use studio_wire::SessionId;
use studio_wire::view::SceneView;

/// Keeps both.
pub fn write(
    connection: &Connection,
    session: &SessionId,
    program: &SceneView,
    preview: &SceneView,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO scenes (session_id, program, preview) VALUES (?1, ?2, ?3)
             ON CONFLICT (session_id) DO UPDATE SET program = ?2, preview = ?3",
        )?
        .execute(params![session.as_str(), text(program)?, text(preview)?])?;
    Ok(())
}

/// Program and preview; a scene that is missing or broken is an empty one.
pub fn read(connection: &Connection, session: &SessionId) -> rusqlite::Result<(SceneView, SceneView)> {
    let row = connection
        .query_row("SELECT program, preview FROM scenes WHERE session_id = ?1", [session.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let (program, preview) = row.unwrap_or_default();
    Ok((scene(&program), scene(&preview)))
}

fn text(scene: &SceneView) -> rusqlite::Result<String> {
    serde_json::to_string(scene).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn scene(text: &str) -> SceneView {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use studio_wire::store::StoreOrder;
    use studio_wire::view::SceneView;
    use studio_wire::{LayoutName, SessionId};

    use crate::table::bench::{Bench, ODD, SHOW};

    #[test]
    fn the_last_scenes_are_there_with_their_people_in_order() {
        let bench = Bench::new();
        let people = ODD.iter().rev().map(|&odd| odd.into()).collect();
        let program = SceneView { layout: LayoutName::Solo, people };
        let preview = SceneView { layout: LayoutName::Grid, people: Vec::new() };
        for (program, preview) in [(&preview, &program), (&program, &preview)] {
            let session = SessionId::from(SHOW);
            let (program, preview) = (program.clone(), preview.clone());
            bench.write(&StoreOrder::Scenes { session, program, preview });
        }
        let kept = super::read(&bench.connection, &SHOW.into()).unwrap();
        assert_eq!(kept, (program, preview));
    }

    #[test]
    fn a_scene_that_is_missing_or_broken_is_an_empty_one() {
        let bench = Bench::new();
        let empty = (SceneView::default(), SceneView::default());
        assert_eq!(super::read(&bench.connection, &SHOW.into()).unwrap(), empty);
        let broken = "INSERT INTO scenes VALUES ('s', '{\"layout\":\"spiral\"}', '')";
        bench.connection.execute(broken, []).unwrap();
        assert_eq!(super::read(&bench.connection, &SHOW.into()).unwrap(), empty);
    }
}
