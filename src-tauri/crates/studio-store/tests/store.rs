//! The store against real files.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use studio_store::{SCHEMA, Store};
use studio_wire::store::{Kept, StoreOrder, StoreReport};
use studio_wire::view::StateName;
use studio_wire::{
    Epoch, Fault, Identity, LayoutName, Position, Preferences, Presence, Role, SessionId, ShowTime, TakeId,
};
use tempfile::TempDir;

struct Bench {
    _dir: TempDir,
    file: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { file: dir.path().join("studio.db"), _dir: dir }
    }

    fn open(&self) -> (Store, Kept, Receiver<StoreReport>) {
        let (report, reports) = channel();
        let (store, kept) = Store::open(Some(&self.file), move |news| drop(report.send(news)));
        (store, kept, reports)
    }

    fn sql<T: rusqlite::types::FromSql>(&self, query: &str) -> T {
        Connection::open(&self.file).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
    }
}

fn session(epoch: u32, state: StateName) -> StoreOrder {
    StoreOrder::Session {
        epoch: Epoch(epoch),
        session: SessionId::from("s"),
        title: "Rivers".to_owned(),
        state,
        wall_ms: u64::from(epoch) * 100,
    }
}

fn person(presence: Presence, wall_ms: u64) -> StoreOrder {
    StoreOrder::Person {
        session: SessionId::from("s"),
        identity: Identity::from("host"),
        name: "Mara".to_owned(),
        role: Role::Host,
        presence,
        position: Position::Backstage,
        wall_ms,
    }
}

fn event(seq: u64) -> StoreOrder {
    StoreOrder::Event {
        session: None,
        seq,
        at: ShowTime(seq),
        kind: "test".to_owned(),
        payload: "{}".to_owned(),
    }
}

fn hear(reports: &Receiver<StoreReport>) -> StoreReport {
    reports.recv_timeout(Duration::from_secs(20)).unwrap()
}

// S-5
#[test]
fn preferences_survive_a_restart() {
    let bench = Bench::new();
    let chosen = Preferences {
        layout: LayoutName::Solo,
        recording_folder: Some("/somewhere".to_owned()),
        name: Some("Mara".to_owned()),
    };
    let (store, kept, _) = bench.open();
    assert_eq!(kept, Kept::default());
    store.order(StoreOrder::Preferences(chosen.clone()));
    store.close();
    assert_eq!(bench.open().1.preferences, chosen);
}

#[test]
fn a_broken_preference_falls_back_alone_and_an_unknown_one_is_ignored() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    store.order(StoreOrder::Preferences(Preferences { name: Some("Mara".to_owned()), ..Default::default() }));
    store.close();
    let change = "UPDATE preferences SET value = '\"spiral\"' WHERE field = 'layout';
                  INSERT INTO preferences VALUES ('colour_of_tomorrow', '7')";
    Connection::open(&bench.file).unwrap().execute_batch(change).unwrap();
    let kept = bench.open().1;
    assert_eq!(kept.preferences.name.as_deref(), Some("Mara"));
    assert_eq!(kept.preferences.layout, LayoutName::default());
    assert_eq!(kept.faults, [Fault::PreferenceBroken { group: "layout".to_owned() }]);
}

#[test]
fn an_intent_is_told_when_it_is_in_the_file() {
    let bench = Bench::new();
    let (store, _, reports) = bench.open();
    store.order(session(7, StateName::Initializing));
    assert_eq!(hear(&reports), StoreReport::Persisted { epoch: Epoch(7) });
    assert_eq!(bench.sql::<String>("SELECT broadcast_state FROM live_sessions"), "initializing");
    drop(store);
}

#[test]
fn a_record_of_a_person_keeps_the_first_coming() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    store.order(session(1, StateName::Ready));
    store.order(person(Presence::Joined, 10));
    store.order(person(Presence::Left, 20));
    store.order(person(Presence::Joined, 30));
    store.close();
    let row = "SELECT count(*) || ' ' || role || ' ' || joined_ms || ' ' || coalesce(left_ms, 'here')
               FROM live_participants";
    assert_eq!(bench.sql::<String>(row), "1 host 10 here");
}

#[test]
fn a_take_has_a_track_and_its_segments() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    let (show, take) = (SessionId::from("s"), TakeId(1));
    store.order(session(1, StateName::Live));
    store.order(StoreOrder::Take { session: show.clone(), take, at: ShowTime(5), wall_ms: 50 });
    for segment in 0..2 {
        let path = format!("/r/{segment}.mkv");
        store.order(StoreOrder::Segment { session: show.clone(), take, segment, path, at: ShowTime(6) });
    }
    store.order(StoreOrder::TakeDone {
        session: show,
        take,
        path: "/r/0.mp4".into(),
        frames: 600,
        wall_ms: 60,
    });
    store.close();
    assert_eq!(
        bench.sql::<i64>("SELECT count(*) FROM segments JOIN tracks USING (session_id, take, track)"),
        2
    );
    assert_eq!(bench.sql::<i64>("SELECT frames FROM takes WHERE ended_ms = 60"), 600);
}

#[test]
fn a_show_that_a_crash_cut_off_is_told_once_with_its_files() {
    let bench = Bench::new();
    let (store, ..) = bench.open();
    let (show, take) = (SessionId::from("s"), TakeId(1));
    store.order(session(1, StateName::Live));
    store.order(StoreOrder::Take { session: show.clone(), take, at: ShowTime(5), wall_ms: 50 });
    let path = "/r/0.mkv".to_owned();
    store.order(StoreOrder::Segment { session: show, take, segment: 0, path: path.clone(), at: ShowTime(6) });
    store.close();
    let unfinished = bench.open().1.unfinished.unwrap();
    assert_eq!((unfinished.state, unfinished.files), (StateName::Live, vec![path]));
    assert_eq!(bench.open().1.unfinished, None);
}

// S-11
#[test]
fn a_locked_file_holds_up_nobody_and_loses_nothing() {
    let bench = Bench::new();
    let (store, _, reports) = bench.open();
    let other = Connection::open(&bench.file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();

    let before = Instant::now();
    store.order(session(1, StateName::Initializing));
    (0..100).for_each(|seq| store.order(event(seq)));
    assert!(before.elapsed() < Duration::from_millis(250), "an order waited for the lock");
    assert_eq!(hear(&reports), StoreReport::Trouble { fault: Fault::StoreLocked });
    assert_eq!(hear(&reports), StoreReport::Persisted { epoch: Epoch(1) });

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(hear(&reports), StoreReport::Well);
    store.close();
    assert_eq!(bench.sql::<i64>("SELECT count(*) FROM events"), 100);
    assert_eq!(bench.sql::<i64>("SELECT count(*) FROM live_sessions"), 1);
}

#[test]
fn a_file_locked_at_the_start_is_taken_up_later() {
    let bench = Bench::new();
    bench.open().0.close();
    let other = Connection::open(&bench.file).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM events").unwrap();
    let (store, kept, reports) = bench.open();
    assert_eq!(kept.faults, [Fault::StoreLocked]);
    store.order(event(1));
    drop(other);
    assert_eq!(hear(&reports), StoreReport::Well);
    store.close();
    assert_eq!(bench.sql::<i64>("SELECT count(*) FROM events"), 1);
}

// S-11
#[test]
fn a_damaged_file_is_put_aside_whole_and_a_fresh_one_begun() {
    let damages: [fn(&mut Vec<u8>); 3] =
        [|bytes| bytes[..16].fill(b'x'), |bytes| bytes.truncate(5000), |bytes| bytes[4096..8192].fill(0xff)];
    for (number, damage) in damages.into_iter().enumerate() {
        let bench = Bench::new();
        bench.open().0.close();
        let mut bytes = fs::read(&bench.file).unwrap();
        damage(&mut bytes);
        fs::write(&bench.file, &bytes).unwrap();

        let (store, kept, _) = bench.open();
        let [Fault::StoreCorrupt { kept: aside }] = &kept.faults[..] else { panic!("{number}: {kept:?}") };
        assert_eq!(fs::read(aside).unwrap(), bytes, "damage {number}");
        store.order(event(1));
        store.close();
        assert_eq!(bench.sql::<i64>("SELECT count(*) FROM events"), 1);
    }
}

#[test]
fn a_newer_file_is_left_byte_for_byte_and_the_show_runs_in_memory() {
    let bench = Bench::new();
    bench.open().0.close();
    Connection::open(&bench.file).unwrap().pragma_update(None, "user_version", SCHEMA + 1).unwrap();
    let before = fs::read(&bench.file).unwrap();
    let (store, kept, reports) = bench.open();
    assert_eq!(kept.faults, [Fault::StoreNewer { found: SCHEMA + 1, known: SCHEMA }]);
    store.order(session(3, StateName::Initializing));
    assert_eq!(hear(&reports), StoreReport::Persisted { epoch: Epoch(3) });
    store.close();
    assert_eq!(fs::read(&bench.file).unwrap(), before);
}

#[test]
fn a_folder_that_cannot_be_used_means_memory_and_a_word_about_it() {
    let nowhere = Path::new("/proc/nowhere/studio.db");
    let (store, kept) = Store::open(Some(nowhere), |_| {});
    assert_eq!(kept.faults, [Fault::StoreFailed]);
    store.order(event(1));
    store.close();
}

#[test]
fn the_schema_has_the_tables_of_the_model() {
    let bench = Bench::new();
    bench.open().0.close();
    let tables = "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema
                  WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name)";
    assert_eq!(
        bench.sql::<String>(tables),
        "events live_participants live_sessions preferences segments takes tracks"
    );
}
