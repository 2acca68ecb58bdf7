//! Files that are locked, damaged, newer or not to be had.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use studio_store::{SCHEMA, Store};
use studio_wire::store::StoreReport;
use studio_wire::view::StateName;
use studio_wire::{Epoch, Fault};

use crate::bench::{Bench, event, hear, session};

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
