//! The tables as they are, and as older files become them.

use rusqlite::Connection;
use studio_store::SCHEMA;
use studio_wire::store::{PersonFigures, StoreOrder};
use studio_wire::view::StateName;
use studio_wire::{Fault, Presence, Rights, Role};

use crate::bench::{Bench, event, hear, person, session};

const FIRST: &str = include_str!("../../migrations/0001_start.sql");

/// What the first release leaves behind: a show that ended, one that a crash cut off, people of every status.
const ROWS: &str = "
    INSERT INTO live_sessions VALUES
        ('past', 'Past', 'idle', 1, 2, 90, 0),
        ('s', 'Rivers', 'live', 100, 110, NULL, 0);
    INSERT INTO live_participants VALUES
        ('000102030405060708090a0b0c0d0e0f', 'past', 'host', 'Mara', 'host', 'left', 'none', 5, 80, 1, 1),
        ('100102030405060708090a0b0c0d0e0f', 's', 'host', 'Mara', 'host', 'joined', 'on_stage', 101, NULL, 1, 1),
        ('200102030405060708090a0b0c0d0e0f', 's', 'gina', 'Gina', 'guest', 'left', 'none', 120, 130, 1, 1),
        ('300102030405060708090a0b0c0d0e0f', 's', 'ivo', 'Ivo', 'guest', 'invited', 'none', NULL, NULL, 1, 1),
        ('400102030405060708090a0b0c0d0e0f', 's', 'kim', 'Kim', 'viewer', 'removed', 'none', NULL, 140, 0, 0),
        ('500102030405060708090a0b0c0d0e0f', 's', 'leo', 'Leo', 'guest', 'left', 'none', 150, 149, 1, 1),
        ('600102030405060708090a0b0c0d0e0f', 's', 'mia', 'Mia', 'guest', 'invited', 'none', 160, NULL, 1, 1);
    INSERT INTO preferences VALUES ('name', '\"Mara\"');
    INSERT INTO takes VALUES ('s', 1, 7, 111, NULL, NULL, NULL);
    INSERT INTO tracks VALUES ('s', 1, 0, 'program');
    INSERT INTO segments VALUES ('s', 1, 0, 0, '/r/0.mkv', 8);
    INSERT INTO events VALUES (1, 's', 1, 9, 'open', '{}', 1);
    PRAGMA user_version = 1;";

fn first_release() -> Bench {
    let bench = Bench::new();
    let connection = Connection::open(&bench.file).unwrap();
    connection.execute_batch(FIRST).unwrap();
    connection.execute_batch(ROWS).unwrap();
    bench
}

#[test]
fn the_schema_is_the_model() {
    let bench = Bench::new();
    bench.open().0.close();
    let columns = "SELECT group_concat(line, char(10)) FROM (
            SELECT tables.name || ': ' || (SELECT group_concat(info.name || ' ' || lower(info.type)
                       || iif(info.\"notnull\" OR info.pk, '', '?') || iif(info.pk, '*', ''), ', ')
                   FROM pragma_table_info(tables.name) AS info) AS line
            FROM sqlite_schema AS tables
            WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name)";
    assert_eq!(bench.sql::<String>(columns), include_str!("schema.txt").trim_end());
    let unique = "SELECT group_concat(line, char(10)) FROM (
            SELECT tables.name || ': ' || (SELECT group_concat(name, ', ') FROM pragma_index_info(keys.name))
                       || iif(keys.partial, ' where', '') AS line
            FROM sqlite_schema AS tables, pragma_index_list(tables.name) AS keys
            WHERE tables.type = 'table' AND keys.\"unique\" AND keys.origin <> 'pk' ORDER BY line)";
    let model = "\
chat: session_id, room, seq
chat: session_id, sender, id
live_participants: session_id, user_id
visits: session_id, user_id where";
    assert_eq!(bench.sql::<String>(unique), model);
}

#[test]
fn no_column_is_for_a_secret() {
    let bench = Bench::new();
    bench.open().0.close();
    let secrets = "SELECT count(*) FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS info
                   WHERE info.name LIKE '%secret%' OR info.name LIKE '%token%' OR info.name LIKE '%pass%'
                      OR info.name LIKE '%holder%'";
    assert_eq!(bench.sql::<i64>(secrets), 0);
}

#[test]
fn a_file_of_the_first_release_keeps_every_row() {
    const TABLES: [(&str, &str); 6] = [
        ("live_sessions", "id, title, created_ms, started_ms, ended_ms"),
        (
            "live_participants",
            "replace(id, '-', ''), session_id, user_id, name, role, status, position, joined_ms,
                               left_ms, can_speak, can_video",
        ),
        ("preferences", "field, value"),
        ("takes", "session_id, take, at_ns, started_ms, ended_ms, path, frames"),
        ("segments JOIN tracks USING (session_id, take, track)", "segment, path, at_ns, kind"),
        ("events", "id, session_id, seq, at_ns, kind, payload, schema"),
    ];
    let bench = first_release();
    let rows = || {
        TABLES.map(|(table, columns)| {
            bench.sql::<String>(&format!("SELECT json_group_array(json_array({columns})) FROM {table}"))
        })
    };
    let before = rows();
    let (store, kept, _) = bench.open();
    store.close();
    assert_eq!(rows(), before);
    assert_eq!(bench.sql::<u32>("PRAGMA user_version"), SCHEMA);
    let id = "SELECT id FROM live_participants WHERE session_id = 'past'";
    assert_eq!(bench.sql::<String>(id), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    assert_eq!((kept.faults, kept.preferences.name.as_deref()), (vec![], Some("Mara")));
}

#[test]
fn a_show_that_the_first_release_died_in_is_gone_on_with() {
    let bench = first_release();
    let (store, kept, _) = bench.open();
    let unfinished = kept.unfinished.unwrap();
    assert_eq!((unfinished.title.as_str(), unfinished.state), ("Rivers", StateName::Live));
    assert_eq!((unfinished.files, unfinished.takes), (vec!["/r/0.mkv".to_owned()], 1));
    assert_eq!((unfinished.server, unfinished.program.people), (None, vec![]));
    let people: Vec<_> = unfinished.people.iter().map(|kept| kept.identity.as_str()).collect();
    assert_eq!(people, ["host", "gina", "ivo", "kim", "leo", "mia"]);
    let host = &unfinished.people[0];
    assert_eq!((host.role, host.presence, host.rights), (Role::Host, Presence::Joined, Rights::ALL));
    assert_eq!(host.figures, PersonFigures::default());

    store.order(session(2, StateName::Live));
    store.order(person(Presence::Left, 200));
    store.order(person(Presence::Joined, 300));
    store.order(StoreOrder::Figures { session: "s".into(), identity: "mia".into(), figures: host.figures });
    store.close();
    let visits = "SELECT group_concat(user_id || ' ' || came_ms || '-' || coalesce(left_ms, ''), ', ')
                  FROM (SELECT * FROM visits ORDER BY session_id, user_id, id)";
    assert_eq!(bench.sql::<String>(visits), "host 5-80, gina 120-130, host 101-200, host 300-, leo 150-150");
}

#[test]
fn a_file_that_cannot_be_brought_up_to_date_stays_as_it_was() {
    let bench = first_release();
    let alien = "CREATE TABLE servers (rack INTEGER)";
    Connection::open(&bench.file).unwrap().execute_batch(alien).unwrap();
    let (store, kept, reports) = bench.open();
    assert_eq!(kept.faults, [Fault::StoreFailed]);
    store.order(session(1, StateName::Live));
    store.order(event(1));
    hear(&reports);
    store.close();
    assert_eq!(bench.sql::<u32>("PRAGMA user_version"), 1);
    let new = "SELECT count(*) FROM sqlite_schema WHERE name IN ('visits', 'scenes', 'chat', 'figures')";
    assert_eq!(bench.sql::<i64>(new), 0);
    assert_eq!(bench.sql::<i64>("SELECT count(*) FROM live_participants"), 7);
    assert_eq!(bench.sql::<i64>("SELECT count(*) FROM events"), 1);
}
