//! Chat through the writer's door.

use std::sync::mpsc::Receiver;

use rusqlite::Connection;
use studio_store::Store;
use studio_wire::chat::{ChatPage, PAGE};
use studio_wire::rtc::RoomKind::{self, Air, Crew};
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::view::StateName;
use studio_wire::{Fault, SessionId, Ticket};

use crate::bench::{Bench, chat, hear, in_memory, said, session};

fn ask(ticket: u64, room: RoomKind, after: Option<u64>, before: Option<u64>) -> StoreOrder {
    StoreOrder::ReadChat { ticket: Ticket(ticket), session: SessionId::from("s"), room, after, before }
}

/// The next page that is told, with its ticket.
fn answer(reports: &Receiver<StoreReport>) -> (u64, ChatPage) {
    loop {
        match hear(reports) {
            StoreReport::Chat { ticket, page } => return (ticket.0, page),
            StoreReport::Persisted { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

fn nothing(room: RoomKind) -> ChatPage {
    ChatPage { room, lines: Vec::new(), newest: 0 }
}

/// Says 120 lines in each room and asks before anybody could have waited for them.
fn what_was_said_is_read(store: Store, reports: &Receiver<StoreReport>) {
    store.order(session(1, StateName::Live));
    for seq in 1..=120 {
        store.order(chat(said(Crew, seq)));
        store.order(chat(said(Air, seq)));
        store.order(chat(said(Air, seq)));
    }
    store.order(ask(7, Air, None, None));
    store.order(ask(8, Crew, Some(110), None));
    store.order(ask(9, Air, None, Some(3)));
    let page = |room, range: std::ops::RangeInclusive<u64>| {
        let lines = range.map(|seq| said(room, seq)).collect();
        ChatPage { room, lines, newest: 120 }
    };
    assert_eq!(answer(reports), (7, page(Air, 21..=120)));
    assert_eq!(answer(reports), (8, page(Crew, 111..=120)));
    assert_eq!(answer(reports), (9, page(Air, 1..=2)));
    store.close();
    assert!(reports.try_recv().is_err(), "each question has one answer");
}

#[test]
fn chat_is_read_after_all_that_was_said_before_in_the_file() {
    let bench = Bench::new();
    let (store, _, reports) = bench.open();
    what_was_said_is_read(store, &reports);
    assert_eq!(bench.sql::<i64>("SELECT count(*) FROM chat"), 240);
}

#[test]
fn chat_is_read_after_all_that_was_said_before_in_memory() {
    let (store, reports) = in_memory();
    what_was_said_is_read(store, &reports);
}

#[test]
fn a_question_of_the_last_moment_is_answered() {
    let (store, reports) = in_memory();
    store.order(session(1, StateName::Live));
    store.order(chat(said(Crew, 1)));
    store.order(ask(1, Crew, None, None));
    store.close();
    assert_eq!(answer(&reports), (1, ChatPage { room: Crew, lines: vec![said(Crew, 1)], newest: 1 }));
}

#[test]
fn a_locked_file_is_answered_by_an_empty_page_and_nothing_that_was_said_is_lost() {
    let bench = Bench::new();
    let (store, _, reports) = bench.open();
    store.order(session(1, StateName::Live));
    store.order(chat(said(Crew, 1)));
    store.order(ask(1, Crew, None, None));
    assert_eq!(answer(&reports).1.newest, 1);

    let other = Connection::open(&bench.file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    store.order(chat(said(Crew, 2)));
    store.order(ask(2, Crew, None, None));
    assert_eq!(hear(&reports), StoreReport::Trouble { fault: Fault::StoreLocked });
    assert_eq!(answer(&reports), (2, nothing(Crew)));

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(hear(&reports), StoreReport::Well);
    store.order(ask(3, Crew, None, None));
    let lines = vec![said(Crew, 1), said(Crew, 2)];
    assert_eq!(answer(&reports), (3, ChatPage { room: Crew, lines, newest: 2 }));
    store.close();
}

#[test]
fn a_file_locked_since_the_start_is_answered_by_an_empty_page() {
    let bench = Bench::new();
    bench.open().0.close();
    let other = Connection::open(&bench.file).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM events").unwrap();
    let (store, kept, reports) = bench.open();
    assert_eq!(kept.faults, [Fault::StoreLocked]);
    store.order(ask(1, Air, Some(5), None));
    assert_eq!(answer(&reports), (1, nothing(Air)));
    drop(other);
    store.close();
}

#[test]
fn a_line_that_fits_nowhere_is_passed_over_alone() {
    let bench = Bench::new();
    let (store, _, reports) = bench.open();
    store.order(session(1, StateName::Live));
    store.order(chat(said(Crew, 1)));
    let stray = said(Crew, 2);
    store.order(StoreOrder::Chat { session: SessionId::from("never"), line: stray });
    store.order(chat(said(Crew, 3)));
    store.order(ask(1, Crew, None, None));
    let page = answer(&reports).1;
    assert_eq!((page.lines, page.newest), (vec![said(Crew, 1), said(Crew, 3)], 3));
    store.close();
}

#[test]
fn ten_thousand_lines_with_names_of_ten_thousand_bytes_among_them_survive_a_restart() {
    let bench = Bench::new();
    let long = "ü".repeat(5_000);
    let line = |seq| {
        let mut line = said(Crew, seq);
        if seq % 1_000 == 0 {
            (line.name, line.from) = (long.clone(), long.as_str().into());
        }
        line
    };
    let (store, ..) = bench.open();
    store.order(session(1, StateName::Live));
    (1..=10_000).for_each(|seq| store.order(chat(line(seq))));
    store.close();

    let (store, kept, reports) = bench.open();
    let newest = kept.unfinished.unwrap().chat.remove(0);
    assert!(newest.lines.into_iter().eq((9_901..=10_000).map(line)));
    let mut after = 0;
    while after < 10_000 {
        store.order(ask(after, Crew, Some(after), None));
        let (ticket, page) = answer(&reports);
        assert_eq!((ticket, page.lines.len()), (after, PAGE));
        assert!(page.lines.into_iter().eq((after + 1..=after + PAGE as u64).map(line)));
        after += PAGE as u64;
    }
    store.close();
}
